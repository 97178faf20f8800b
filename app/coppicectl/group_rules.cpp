// SPDX-License-Identifier: GPL-3.0-or-later
#include "group_rules.h"

#include <base/clock.h>
#include <base/counted.h>
#include <capture/store.h>
#include <journal/operation.h>

#include <QDateTime>
#include <QRegularExpression>

namespace coppice::ctl {

namespace {

using capture::GroupRule;
using What = GroupRule::By::What;

/// What the options say about which events a rule is for.
struct Choice {
    std::string tag;
    std::string release;
    std::string environment;
    std::string source;
    std::string message;
    std::string function;
    std::vector<std::string> events;
};

struct Request {
    std::string id;
    std::vector<std::string> others;
    Choice choice;
    std::string until;
    std::string lasting;
    qint64 count = 0;
};

Result<GroupRule::By> formsOf(engine::Session &session, const QString &group, const std::vector<std::string> &ids)
{
    COPPICE_TRY(const auto events, capture::EventStore(session.events()).eventsOf(group, 10'000));
    GroupRule::By by{What::Form, {}, {}};
    std::vector<QString> known;
    for (const auto &event : events)
        known.push_back(event.id.toString());
    for (const auto &typed : ids) {
        const auto bySender = std::find_if(events.begin(), events.end(), [&](const capture::Event &event) { return event.senderId == q(typed); });
        QString id;
        if (bySender != events.end()) {
            id = bySender->id.toString();
        } else {
            COPPICE_TRY(id, matchId(q(typed), known, QStringLiteral("event of this group")));
        }
        for (const auto &event : events) {
            const QString form = capture::formOf(event);
            if (event.id.toString() == id && !by.values.contains(form))
                by.values << form;
        }
    }
    return by;
}

Result<GroupRule::By> byOf(engine::Session &session, const QString &group, const Choice &choice)
{
    std::vector<GroupRule::By> all;
    const auto plain = [&](What what, const std::string &value) {
        if (!value.empty())
            all.push_back({what, {}, {q(value)}});
    };
    if (!choice.tag.empty()) {
        const auto equals = choice.tag.find('=');
        if (equals == std::string::npos || equals == 0)
            return failUsage(QStringLiteral("groups.tag"), QStringLiteral("A tag is written KEY=VALUE"), q(choice.tag));
        all.push_back({What::Tag, q(choice.tag.substr(0, equals)), {q(choice.tag.substr(equals + 1))}});
    }
    plain(What::Release, choice.release);
    plain(What::Environment, choice.environment);
    plain(What::Source, choice.source);
    plain(What::Message, choice.message);
    plain(What::Function, choice.function);
    if (!choice.events.empty()) {
        COPPICE_TRY(auto forms, formsOf(session, group, choice.events));
        all.push_back(std::move(forms));
    }
    if (all.size() > 1)
        return failUsage(QStringLiteral("groups.by"), QStringLiteral("A rule looks at one thing of an event"), {}, QStringLiteral("Make a second rule for the second thing."));
    return all.empty() ? GroupRule::By() : all.front();
}

QString sentence(const GroupRule &rule)
{
    const QString who = QStringLiteral("%1, %2").arg(rule.actor.name, isoTime(rule.at));
    const QString which = rule.by.sentence().isEmpty() ? QStringLiteral("Events") : QStringLiteral("Events %1").arg(rule.by.sentence());
    switch (rule.kind) {
    case GroupRule::Kind::Merge:
        return QStringLiteral("Events of %1 belong to %2 (%3).").arg(rule.groups.join(QStringLiteral(", ")), rule.group, who);
    case GroupRule::Kind::Split:
        return QStringLiteral("%1 of %2 belong to %3 (%4).").arg(which, rule.group, rule.made, who);
    case GroupRule::Kind::Mute:
        break;
    }
    QString end = rule.until > 0 ? QStringLiteral(" until %1").arg(isoTime(rule.until)) : QString();
    if (rule.count > 0)
        end += QStringLiteral("%1 for %2").arg(end.isEmpty() ? QString() : QStringLiteral(" or"), counted(rule.count, "more event"));
    return QStringLiteral("%1 of %2 are muted%3 (%4).").arg(which, rule.group, end, who);
}

QJsonObject shown(const GroupRule &rule)
{
    QJsonObject object = toJson(rule);
    object[QStringLiteral("operation")] = rule.operation;
    object[QStringLiteral("actor")] = rule.actor.toString();
    object[QStringLiteral("at")] = rule.at;
    object[QStringLiteral("sentence")] = sentence(rule);
    return object;
}

Result<int> answer(Context &context, engine::Session &session, const GroupRule &rule, const QString &group)
{
    COPPICE_TRY(const auto now, capture::EventStore(session.events()).group(group));
    QJsonObject document = shown(rule);
    document[QStringLiteral("id")] = group;
    document[QStringLiteral("events")] = now.count;
    document[QStringLiteral("state")] = nameOf(now.state);
    context.answer(document, QStringLiteral("%1\nGroup %2 has %3 now. Undo: coppicectl undo %4")
                                 .arg(sentence(rule), now.id.shown(), counted(now.count, "event"), rule.operation));
    return 0;
}

Result<int> merge(Context &context, const Request &request)
{
    COPPICE_TRY(auto *session, context.session());
    QStringList others;
    for (const auto &each : request.others)
        others << q(each);
    COPPICE_TRY(const auto rule, rulesOf(*session).merge(Actor::self(), q(request.id), others));
    return answer(context, *session, rule, rule.group);
}

Result<int> split(Context &context, const Request &request)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto by, byOf(*session, q(request.id), request.choice));
    if (by.what == What::All)
        return failUsage(QStringLiteral("groups.split"), QStringLiteral("Which of the group's events go to a group of their own?"), {},
                         QStringLiteral("Say by --tag KEY=VALUE, --release, --environment, --source, --message TEXT, --function or --event ID."));
    COPPICE_TRY(const auto rule, rulesOf(*session).split(Actor::self(), q(request.id), by));
    return answer(context, *session, rule, rule.made);
}

/// "90m", "4h", "7d"; 0 when it is none.
qint64 lengthOf(const QString &text)
{
    static const QRegularExpression shape(QStringLiteral(R"(^(\d{1,6})(m|h|d|w)$)"));
    const auto match = shape.match(text);
    if (!match.hasMatch())
        return 0;
    const QString unit = match.captured(2);
    return match.captured(1).toLongLong() * (unit == u"m" ? 60'000LL : unit == u"h" ? 3'600'000LL : unit == u"d" ? 86'400'000LL : 604'800'000LL);
}

Result<int> mute(Context &context, const Request &request)
{
    qint64 until = 0;
    if (!request.lasting.empty()) {
        const qint64 length = lengthOf(q(request.lasting));
        if (length == 0)
            return failUsage(QStringLiteral("groups.for"), QStringLiteral("A length of time is written as 90m, 4h, 7d or 2w"), q(request.lasting));
        until = nowMs() + length;
    }
    if (!request.until.empty()) {
        const auto time = QDateTime::fromString(q(request.until), Qt::ISODate);
        if (!time.isValid())
            return failUsage(QStringLiteral("groups.until"), QStringLiteral("A time is written as 2026-11-22 or 2026-11-22T10:00:00Z"), q(request.until));
        until = time.toMSecsSinceEpoch();
    }
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto by, byOf(*session, q(request.id), request.choice));
    COPPICE_TRY(const auto rule, rulesOf(*session).mute(Actor::self(), q(request.id), by, until, request.count));
    return answer(context, *session, rule, rule.group);
}

Result<int> unmute(Context &context, const Request &request)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const int undone, rulesOf(*session).unmute(Actor::self(), q(request.id)));
    if (undone == 0)
        return failNotFound(QStringLiteral("groups.not-muted"), QStringLiteral("No mute of this group is in force"), q(request.id));
    context.answer({{QStringLiteral("undone"), undone}}, QStringLiteral("%1 taken back.").arg(counted(undone, "mute")));
    return 0;
}

void addChoice(Verb &command, Choice &choice)
{
    command.addOption("--tag", choice.tag, "Events with this tag, as KEY=VALUE");
    command.addOption("--release", choice.release, "Events of this release");
    command.addOption("--environment", choice.environment, "Events from this environment");
    command.addOption("--source", choice.source, "Events from this source, as groups show names it");
    command.addOption("--message", choice.message, "Events whose message holds this text");
    command.addOption("--function", choice.function, "Events that passed through this function");
}

} // namespace

capture::GroupRules rulesOf(engine::Session &session)
{
    return {session.state(), session.events(), session.journal()};
}

Result<std::pair<QJsonArray, QStringList>> rulesShown(engine::Session &session, const QString &group)
{
    COPPICE_TRY(const auto rules, rulesOf(session).rules(group));
    std::pair<QJsonArray, QStringList> all;
    for (const auto &rule : rules) {
        all.first.append(shown(rule));
        all.second << sentence(rule);
    }
    return all;
}

void addGroupRuleCommands(Verb &groups, Context &context)
{
    const auto add = [&](const char *name, const char *what, Result<int> (*act)(Context &, const Request &)) {
        auto request = std::make_shared<Request>();
        auto *command = groups.addSubcommand(name, what);
        command->addOption("ID", request->id, "The error group")->required();
        command->callback([request, act, &context] { context.setAction([request, act](Context &here) { return act(here, *request); }); });
        return std::pair(command, request);
    };
    auto [merging, into] = add("merge", "Events of other groups belong to this one, from now on too", &merge);
    merging->addOption("OTHERS", into->others, "The groups that go into it")->required();
    auto [splitting, from] = add("split", "Some events of a group get a group of their own, from now on too", &split);
    addChoice(*splitting, from->choice);
    splitting->addOption("--event", from->choice.events, "Events whose message has the same form as that of this one; repeatable");
    auto [muting, muted] = add("mute", "A group, or its events with one tag value, asks for nobody's attention", &mute);
    addChoice(*muting, muted->choice);
    muting->addOption("--until", muted->until, "Until this time, ISO 8601");
    muting->addOption("--for", muted->lasting, "For so long: 90m, 4h, 7d, 2w")->excludes("--until");
    muting->addOption("--count", muted->count, "Until so many more events have come")->between(1, std::numeric_limits<int>::max());
    add("unmute", "Takes the mutes of a group back", &unmute);
}

} // namespace coppice::ctl
