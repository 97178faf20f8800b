// SPDX-License-Identifier: GPL-3.0-or-later
// The inbox as the window shows it: error groups and tickets in one list, searched and ordered.
#include "command.h"

#include "group_rules.h"

#include <base/clock.h>
#include <engine/session.h>
#include <tickets/inbox_query.h>
#include <tickets/triage_rules.h>

#include <QJsonArray>

namespace coppice::ctl {

namespace {

using tickets::InboxEntry;

struct Options {
    std::string query;
    std::string saved;
    std::string order = "last";
    int limit = 1000;
};

QJsonObject shown(const InboxEntry &entry)
{
    QJsonArray days;
    for (const int day : entry.days)
        days.append(day);
    QJsonObject tags;
    for (auto it = entry.tags.cbegin(); it != entry.tags.cend(); ++it)
        tags[it.key()] = *it;
    return {{QStringLiteral("entity"), entry.key},
            {QStringLiteral("plugin"), entry.plugin},
            {QStringLiteral("title"), entry.title},
            {QStringLiteral("state"), entry.state},
            {QStringLiteral("level"), entry.level ? QJsonValue(nameOf(*entry.level)) : QJsonValue()},
            {QStringLiteral("groups"), QJsonArray::fromStringList(entry.groups)},
            {QStringLiteral("events"), entry.events},
            {QStringLiteral("users"), entry.users},
            {QStringLiteral("first"), entry.first},
            {QStringLiteral("last"), entry.last},
            {QStringLiteral("days"), days},
            {QStringLiteral("releases"), QJsonArray::fromStringList(entry.releases)},
            {QStringLiteral("environments"), QJsonArray::fromStringList(entry.environments)},
            {QStringLiteral("tags"), tags},
            {QStringLiteral("assignee"), entry.assignee.isEmpty() ? QJsonValue() : QJsonValue(entry.assignee)},
            {QStringLiteral("regressed"), entry.regressed},
            {QStringLiteral("muted"), entry.muted}};
}

Result<QString> queryOf(engine::Session &session, const Options &options)
{
    if (options.saved.empty())
        return q(options.query);
    COPPICE_TRY(const auto all, tickets::SavedSearches(session.state(), session.journal()).list());
    for (const auto &each : all) {
        if (each.name == q(options.saved))
            return QString(each.query + u' ' + q(options.query)).trimmed();
    }
    return failNotFound(QStringLiteral("search.missing"), QStringLiteral("No search is kept under this name"), q(options.saved),
                        QStringLiteral("See coppicectl tickets search list."));
}

Result<int> list(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_CHECK(rulesOf(*session).apply());
    COPPICE_TRY(const QString text, queryOf(*session, options));
    const auto query = tickets::InboxQuery::parse(text);
    if (!query.problems().isEmpty())
        return failUsage(QStringLiteral("inbox.query"), query.problems().front(), text);
    COPPICE_TRY(const auto groups, capture::EventStore(session->events()).groups());
    COPPICE_TRY(const auto all, tickets::Tickets(session->state(), session->journal()).list());
    QStringList ids;
    for (const auto &group : groups)
        ids << group.id.toString();
    COPPICE_TRY(const auto trends, capture::trendsOf(session->events(), ids, nowMs(), 0));
    auto entries = tickets::inboxEntries({groups, all, trends, {}, 0});
    std::erase_if(entries, [&, me = Actor::self().name](const InboxEntry &entry) { return !query.fits(entry, me); });
    tickets::sortInbox(entries, tickets::inboxOrderFrom(q(options.order)).value_or(tickets::InboxOrder::Last));
    QJsonArray array;
    QList<QStringList> rows{{QStringLiteral("ID"), QStringLiteral("PLUGIN"), QStringLiteral("STATE"), QStringLiteral("EVENTS"), QStringLiteral("USERS"),
                             QStringLiteral("LAST"), QStringLiteral("TITLE")}};
    for (const auto &entry : entries) {
        if (array.size() >= options.limit)
            break;
        array.append(shown(entry));
        rows << QStringList{entry.key.section(u':', 0, 0) + u' ' + entry.key.right(6).toLower(), entry.plugin, entry.state, QString::number(entry.events),
                            entry.users > 0 ? QString::number(entry.users) : QStringLiteral("-"), ageText(entry.last), entry.title};
    }
    context.answer({{QStringLiteral("entries"), array}, {QStringLiteral("found"), qint64(entries.size())}},
                   array.isEmpty() ? QStringLiteral("Nothing in the inbox fits.") : table(rows));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *parent = group(root, "inbox", "Error groups and tickets in one list");
    auto options = std::make_shared<Options>();
    auto *listing = parent->addSubcommand("list", "What is open, or what a search finds");
    listing->addOption("SEARCH", options->query, "Words, and plugin: level: state: release: environment: assignee: tag:KEY=VALUE is:WORD");
    listing->addOption("--saved", options->saved, "A search that is kept, before these words");
    listing->addOption("--sort", options->order, "last, first, events, users or priority")->among({"last", "first", "events", "users", "priority"});
    listing->addOption("--limit", options->limit, "At most so many")->between(1, 1'000'000);
    listing->callback([options, &context] { context.setAction([options](Context &here) { return list(here, *options); }); });
});

} // namespace

} // namespace coppice::ctl
