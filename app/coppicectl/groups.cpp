// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include "group_rules.h"

#include <base/clock.h>
#include <capture/ingest.h>
#include <capture/store.h>
#include <engine/session.h>
#include <tickets/ticket.h>

#include <QJsonArray>
#include <QMap>

namespace coppice::ctl {

namespace {

QJsonObject summary(const capture::Group &group, const QString &ticket)
{
    return {{QStringLiteral("id"), group.id.toString()},
            {QStringLiteral("plugin"), group.plugin},
            {QStringLiteral("title"), group.title},
            {QStringLiteral("level"), nameOf(group.level)},
            {QStringLiteral("events"), group.count},
            {QStringLiteral("first"), group.first},
            {QStringLiteral("last"), group.last},
            {QStringLiteral("releases"), QJsonArray::fromStringList(group.releases)},
            {QStringLiteral("state"), nameOf(group.state)},
            {QStringLiteral("why"), group.why},
            {QStringLiteral("ticket"), ticket.isEmpty() ? QJsonValue() : QJsonValue(ticket)}};
}

Result<int> list(Context &context, const QString &plugin)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_CHECK(rulesOf(*session).apply());
    capture::EventStore store(session->events());
    COPPICE_TRY(const auto groups, store.groups(plugin));
    COPPICE_TRY(const auto tickets, tickets::Tickets(session->state(), session->journal()).list(plugin));
    QMap<QString, QString> ticketOf;
    for (const auto &ticket : tickets) {
        for (const auto &group : ticket.groups)
            ticketOf[group] = ticket.id.toString();
    }
    QJsonArray array;
    QList<QStringList> rows{{QStringLiteral("GROUP"), QStringLiteral("PLUGIN"), QStringLiteral("LEVEL"), QStringLiteral("EVENTS"),
                             QStringLiteral("LAST"), QStringLiteral("STATE"), QStringLiteral("TITLE")}};
    for (const auto &group : groups) {
        array.append(summary(group, ticketOf.value(group.id.toString())));
        rows << QStringList{group.id.shown(), group.plugin, nameOf(group.level), QString::number(group.count), ageText(group.last),
                            nameOf(group.state), group.title};
    }
    context.answer({{QStringLiteral("groups"), array}},
                   groups.empty() ? QStringLiteral("No errors are known. Read a log: coppicectl ingest --plugin ID FILE") : table(rows));
    return 0;
}

Result<int> show(Context &context, const QString &id, int limit)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_CHECK(rulesOf(*session).apply());
    capture::EventStore store(session->events());
    COPPICE_TRY(const auto group, store.group(id));
    COPPICE_TRY(const auto events, store.eventsOf(group.id.toString(), limit));
    COPPICE_TRY(const auto ticket, tickets::Tickets(session->state(), session->journal()).ofGroup(group.id.toString()));
    QJsonArray array;
    for (const auto &event : events)
        array.append(QJsonObject{{QStringLiteral("id"), event.senderId.isEmpty() ? event.id.toString() : event.senderId},
                                 {QStringLiteral("ours"), event.id.toString()},
                                 {QStringLiteral("at"), event.at ? event.at : event.received},
                                 {QStringLiteral("level"), nameOf(event.level)},
                                 {QStringLiteral("release"), event.release},
                                 {QStringLiteral("source"), event.source},
                                 {QStringLiteral("record"), event.record},
                                 {QStringLiteral("message"), event.message}});
    QJsonObject document = summary(group, ticket ? ticket->id.toString() : QString());
    document[QStringLiteral("count")] = group.count;
    document[QStringLiteral("events")] = array;
    document[QStringLiteral("trace")] = events.empty() ? QString() : events.front().trace;
    QStringList lines{group.title, group.why,
                      QStringLiteral("%1, plugin %2, %3 events, first %4, last %5, state %6.")
                          .arg(nameOf(group.level), group.plugin)
                          .arg(group.count)
                          .arg(isoTime(group.first), isoTime(group.last), nameOf(group.state))};
    if (!group.releases.isEmpty())
        lines << QStringLiteral("Releases: %1").arg(group.releases.join(QStringLiteral(", ")));
    if (!events.empty())
        lines << QString() << (events.front().trace.isEmpty() ? events.front().message : events.front().trace);
    context.answer(document, lines.join(u'\n'));
    return 0;
}

Result<int> explain(Context &context, const QString &id)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_CHECK(rulesOf(*session).apply());
    capture::EventStore store(session->events());
    COPPICE_TRY(const auto group, store.group(id));
    COPPICE_TRY(const auto events, store.eventsOf(group.id.toString(), 1));
    COPPICE_TRY(const auto rules, rulesShown(*session, group.id.toString()));
    QJsonArray frames;
    QString messageTemplate;
    if (!events.empty()) {
        messageTemplate = events.front().messageTemplate;
        for (const auto &frame : events.front().frames) {
            if (frame.inApp)
                frames.append(QJsonObject{{QStringLiteral("function"), frame.function}, {QStringLiteral("file"), frame.file},
                                          {QStringLiteral("line"), frame.line}});
        }
    }
    context.answer({{QStringLiteral("id"), group.id.toString()},
                    {QStringLiteral("title"), group.title},
                    {QStringLiteral("why"), group.why},
                    {QStringLiteral("fingerprint"), group.fingerprint},
                    {QStringLiteral("template"), messageTemplate},
                    {QStringLiteral("frames"), frames},
                    {QStringLiteral("rules"), rules.first}},
                   (QStringList{group.title, group.why} + rules.second).join(u'\n'));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *groups = group(root, "groups", "Error groups: events that have one cause");
    auto plugin = std::make_shared<std::string>();
    auto *listing = groups->addSubcommand("list", "All error groups, the latest first");
    listing->addOption("--plugin", *plugin, "Only those of one plugin");
    listing->callback([plugin, &context] { context.setAction([plugin](Context &here) { return list(here, q(*plugin)); }); });

    auto id = std::make_shared<std::string>();
    auto limit = std::make_shared<int>(10'000);
    auto *showing = groups->addSubcommand("show", "One error group with its events, the newest first");
    showing->addOption("ID", *id)->required();
    showing->addOption("--limit", *limit, "At most so many events")->between(1, 1'000'000);
    showing->callback([id, limit, &context] { context.setAction([id, limit](Context &here) { return show(here, q(*id), *limit); }); });

    auto *explaining = groups->addSubcommand("explain", "Why the events of a group are one");
    explaining->addOption("ID", *id)->required();
    explaining->callback([id, &context] { context.setAction([id](Context &here) { return explain(here, q(*id)); }); });
    addGroupRuleCommands(*groups, context);
});

} // namespace

} // namespace coppice::ctl
