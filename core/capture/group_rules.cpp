// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/group_rules.h"

#include "base/clock.h"
#include "base/json.h"
#include "capture/message_tokens.h"
#include "capture/store.h"

#include <QJsonArray>
#include <QSet>

#include <algorithm>
#include <array>

namespace coppice::capture {

namespace {

using store::Connection;
using store::Row;
using What = GroupRule::By::What;

constexpr std::array<std::pair<What, QStringView>, 8> whats{{{What::All, u"all"},
                                                             {What::Tag, u"tag"},
                                                             {What::Release, u"release"},
                                                             {What::Environment, u"environment"},
                                                             {What::Source, u"source"},
                                                             {What::Message, u"message"},
                                                             {What::Function, u"function"},
                                                             {What::Form, u"form"}}};
constexpr std::array<std::pair<GroupRule::Kind, QStringView>, 3> kinds{
    {{GroupRule::Kind::Merge, u"merge"}, {GroupRule::Kind::Split, u"split"}, {GroupRule::Kind::Mute, u"mute"}}};

template <class Table, class Value> QString wordOf(const Table &table, Value value)
{
    for (const auto &[each, word] : table) {
        if (each == value)
            return word.toString();
    }
    return {};
}

QString entityOf(const QString &group)
{
    return QStringLiteral("group:") + group;
}

QStringList touchedBy(const GroupRule &rule)
{
    QStringList touched = rule.groups;
    touched << rule.group;
    if (!rule.made.isEmpty())
        touched << rule.made;
    return touched;
}

class GroupRuleProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return QStringLiteral("group"); }
    Result<QJsonObject> apply(Connection &connection, const journal::Operation &operation) override
    {
        COPPICE_TRY(const GroupRule rule, ruleFrom(operation.payload));
        COPPICE_CHECK(connection.exec(
            QStringLiteral("INSERT INTO group_rules (rule, plugin, kind, payload, actor, at, active) VALUES (?, ?, ?, ?, ?, ?, 1) "
                           "ON CONFLICT (rule) DO UPDATE SET active = 1"),
            {rule.id, rule.plugin, wordOf(kinds, rule.kind), QString::fromUtf8(toJsonLine(operation.payload)), operation.actor.toString(), operation.at}));
        return QJsonObject();
    }
    Result<> revert(Connection &connection, const journal::Operation &original, const QJsonObject &) override
    {
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE group_rules SET active = 0 WHERE rule = ?"), {original.payload[u"rule"].toString()}));
        return {};
    }
};

} // namespace

bool GroupRule::By::fits(const Event &event) const
{
    const auto isOne = [&](const QString &value) { return values.contains(value); };
    switch (what) {
    case What::All:
        return true;
    case What::Tag:
        return event.tags.contains(key) && isOne(event.tags.value(key));
    case What::Release:
        return isOne(event.release);
    case What::Environment:
        return isOne(event.environment);
    case What::Source:
        return isOne(event.source);
    case What::Message:
        return std::any_of(values.begin(), values.end(), [&](const QString &value) { return event.message.contains(value); });
    case What::Function:
        return std::any_of(event.frames.begin(), event.frames.end(), [&](const Frame &frame) { return isOne(frame.function); });
    case What::Form:
        break;
    }
    return isOne(formOf(event));
}

QString GroupRule::By::sentence() const
{
    const QString value = values.join(QStringLiteral(" or "));
    switch (what) {
    case What::All:
        return {};
    case What::Tag:
        return QStringLiteral("whose tag %1 is %2").arg(key, value);
    case What::Release:
        return QStringLiteral("of release %1").arg(value);
    case What::Environment:
        return QStringLiteral("from the environment %1").arg(value);
    case What::Source:
        return QStringLiteral("that came from %1").arg(value);
    case What::Message:
        return QStringLiteral("whose message holds “%1”").arg(value);
    case What::Function:
        return QStringLiteral("that passed through %1").arg(value);
    case What::Form:
        break;
    }
    return QStringLiteral("whose message has the form “%1”").arg(value);
}

QString formOf(const Event &event)
{
    return textOf(tokensOf(QStringView(event.message).left(event.message.indexOf(u'\n') < 0 ? event.message.size() : event.message.indexOf(u'\n'))));
}

QJsonObject toJson(const GroupRule &rule)
{
    QJsonObject object{{QStringLiteral("rule"), rule.id}, {QStringLiteral("kind"), wordOf(kinds, rule.kind)}, {QStringLiteral("plugin"), rule.plugin},
                       {QStringLiteral("group"), rule.group}};
    if (rule.kind == GroupRule::Kind::Merge)
        object[QStringLiteral("groups")] = QJsonArray::fromStringList(rule.groups);
    if (!rule.made.isEmpty())
        object[QStringLiteral("made")] = rule.made;
    if (rule.by.what != What::All)
        object[QStringLiteral("by")] = QJsonObject{{QStringLiteral("what"), wordOf(whats, rule.by.what)}, {QStringLiteral("key"), rule.by.key},
                                                   {QStringLiteral("values"), QJsonArray::fromStringList(rule.by.values)}};
    if (rule.until > 0)
        object[QStringLiteral("until")] = rule.until;
    if (rule.count > 0)
        object[QStringLiteral("count")] = rule.count;
    return object;
}

Result<GroupRule> ruleFrom(const QJsonObject &payload)
{
    const auto strings = [](const QJsonValue &value) {
        QStringList list;
        for (const auto &each : value.toArray())
            list << each.toString();
        return list;
    };
    GroupRule rule;
    const QString kind = payload[u"kind"].toString();
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto &each) { return each.second == kind; });
    const QJsonObject by = payload[u"by"].toObject();
    const QString what = by.isEmpty() ? QStringLiteral("all") : by[u"what"].toString();
    const auto which = std::find_if(whats.begin(), whats.end(), [&](const auto &each) { return each.second == what; });
    rule.id = payload[u"rule"].toString();
    rule.group = payload[u"group"].toString();
    if (found == kinds.end() || which == whats.end() || rule.id.isEmpty() || rule.group.isEmpty())
        return fail(QStringLiteral("group.rule"), QStringLiteral("A rule about error groups cannot be read"), QString::fromUtf8(toJsonLine(payload)).left(200));
    rule.kind = found->first;
    rule.plugin = payload[u"plugin"].toString();
    rule.groups = strings(payload[u"groups"]);
    rule.made = payload[u"made"].toString();
    rule.by = {which->first, by[u"key"].toString(), strings(by[u"values"])};
    rule.until = payload[u"until"].toInteger();
    rule.count = payload[u"count"].toInteger();
    return rule;
}

Result<RuleSet> RuleSet::load(Connection &events, const QString &plugin)
{
    RuleSet set;
    Result<> readable;
    COPPICE_CHECK(events.query(QStringLiteral("SELECT payload, hits FROM group_rules_here WHERE plugin = ? AND active = 1 ORDER BY ordinal"), {plugin},
                               [&](const Row &row) {
                                   const auto payload = parseJsonObject(row.text(0).toUtf8(), QStringLiteral("group rule"));
                                   auto rule = payload ? ruleFrom(*payload) : Result<GroupRule>(std::unexpected(payload.error()));
                                   if (!rule) {
                                       readable = std::unexpected(rule.error());
                                       return;
                                   }
                                   rule->hits = row.number(1);
                                   set.m_rules.push_back(std::move(*rule));
                               }));
    COPPICE_CHECK(std::move(readable));
    return set;
}

QString RuleSet::resolve(const Event &event, const QString &home) const
{
    QString group = home;
    for (const auto &rule : m_rules) {
        if (rule.kind == GroupRule::Kind::Merge && rule.groups.contains(group))
            group = rule.group;
        else if (rule.kind == GroupRule::Kind::Split && rule.group == group && rule.by.fits(event))
            group = rule.made;
    }
    return group;
}

QString RuleSet::merged(const QString &home) const
{
    QString group = home;
    for (const auto &rule : m_rules) {
        if (rule.kind == GroupRule::Kind::Merge && rule.groups.contains(group))
            group = rule.group;
    }
    return group;
}

const GroupRule *RuleSet::muteOf(const Event &event, const QString &group)
{
    const qint64 now = nowMs();
    for (auto &rule : m_rules) {
        if (rule.kind == GroupRule::Kind::Mute && rule.group == group && !rule.isOver(now) && rule.by.fits(event)) {
            ++rule.hits;
            return &rule;
        }
    }
    return nullptr;
}

bool RuleSet::hasMuteEnded(const QString &group) const
{
    const qint64 now = nowMs();
    bool ended = false;
    for (const auto &rule : m_rules) {
        if (rule.kind != GroupRule::Kind::Mute || rule.group != group || rule.by.what != What::All)
            continue;
        if (!rule.isOver(now))
            return false;
        ended = true;
    }
    return ended;
}

Result<GroupRule> GroupRules::decide(const Actor &actor, GroupRule rule, const QString &verb)
{
    rule.id = Id::make().toString();
    COPPICE_TRY(const Id operation, m_journal.append(actor, entityOf(rule.group), verb, toJson(rule)));
    rule.operation = operation.toString();
    rule.actor = actor;
    rule.at = nowMs();
    COPPICE_CHECK(apply());
    return rule;
}

Result<GroupRule> GroupRules::merge(const Actor &actor, const QString &into, const QStringList &groups)
{
    EventStore store(m_events);
    COPPICE_TRY(const Group target, store.group(into));
    GroupRule rule;
    rule.kind = GroupRule::Kind::Merge;
    rule.plugin = target.plugin;
    rule.group = target.id.toString();
    for (const auto &typed : groups) {
        COPPICE_TRY(const Group each, store.group(typed));
        if (each.plugin != target.plugin)
            return failUsage(QStringLiteral("group.plugins"), QStringLiteral("Groups of two plugins cannot be one"), typed,
                             QStringLiteral("Mark one ticket as a duplicate of the other instead."));
        if (each.id == target.id || rule.groups.contains(each.id.toString()))
            return failUsage(QStringLiteral("group.same"), QStringLiteral("A group cannot be merged into itself"), typed);
        rule.groups << each.id.toString();
    }
    if (rule.groups.isEmpty())
        return failUsage(QStringLiteral("group.none"), QStringLiteral("Which groups go into this one?"), into);
    return decide(actor, std::move(rule), QStringLiteral("merge"));
}

Result<GroupRule> GroupRules::split(const Actor &actor, const QString &group, const GroupRule::By &by)
{
    EventStore store(m_events);
    COPPICE_TRY(const Group from, store.group(group));
    COPPICE_TRY(const auto events, store.eventsOf(from.id.toString(), 10'000));
    const auto fitting = std::count_if(events.begin(), events.end(), [&](const Event &event) { return by.fits(event); });
    const QString shown = QStringLiteral("events %1").arg(by.sentence());
    if (by.what == What::All || fitting == 0)
        return failUsage(QStringLiteral("group.split.none"), QStringLiteral("No event of the group fits the rule"), shown);
    if (fitting == qsizetype(events.size()))
        return failUsage(QStringLiteral("group.split.all"), QStringLiteral("All events of the group fit the rule: nothing would stay"), shown,
                         QStringLiteral("Split by something that only some of them have: a tag, the release, a function, a part of the message."));
    GroupRule rule;
    rule.kind = GroupRule::Kind::Split;
    rule.plugin = from.plugin;
    rule.group = from.id.toString();
    rule.made = Id::make().toString();
    rule.by = by;
    return decide(actor, std::move(rule), QStringLiteral("split"));
}

Result<GroupRule> GroupRules::mute(const Actor &actor, const QString &group, const GroupRule::By &by, qint64 until, qint64 count)
{
    COPPICE_TRY(const Group muted, EventStore(m_events).group(group));
    if (until > 0 && until <= nowMs())
        return failUsage(QStringLiteral("group.mute.past"), QStringLiteral("The time until which to mute is over already"), isoTime(until));
    GroupRule rule;
    rule.kind = GroupRule::Kind::Mute;
    rule.plugin = muted.plugin;
    rule.group = muted.id.toString();
    rule.by = by;
    rule.until = until;
    rule.count = count;
    return decide(actor, std::move(rule), QStringLiteral("mute"));
}

Result<int> GroupRules::unmute(const Actor &actor, const QString &group)
{
    COPPICE_TRY(const Group muted, EventStore(m_events).group(group));
    COPPICE_TRY(const auto standing, rules(muted.id.toString()));
    int undone = 0;
    for (const auto &rule : standing) {
        if (rule.kind != GroupRule::Kind::Mute)
            continue;
        COPPICE_CHECK(m_journal.undo(actor, rule.operation));
        ++undone;
    }
    COPPICE_CHECK(apply());
    return undone;
}

Result<std::vector<GroupRule>> GroupRules::rules(const QString &group)
{
    std::vector<GroupRule> all;
    Result<> readable;
    COPPICE_CHECK(m_state.read<void>([&](Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT payload, actor, at FROM group_rules WHERE active = 1 ORDER BY seq"), {}, [&](const Row &row) {
            const auto payload = parseJsonObject(row.text(0).toUtf8(), QStringLiteral("group rule"));
            auto rule = payload ? ruleFrom(*payload) : Result<GroupRule>(std::unexpected(payload.error()));
            if (!rule) {
                readable = std::unexpected(rule.error());
                return;
            }
            rule->actor = Actor::fromString(row.text(1));
            rule->at = row.number(2);
            if (group.isEmpty() || touchedBy(*rule).contains(group))
                all.push_back(std::move(*rule));
        }));
        for (auto &rule : all) {
            COPPICE_TRY(QVariant id, connection.value(QStringLiteral("SELECT id FROM operation WHERE entity = ? AND undoes IS NULL AND json_extract(payload, '$.rule') = ?"),
                                                      {entityOf(rule.group), rule.id}));
            while (id.isValid()) { // undone and done again: the newest one is to be undone
                rule.operation = id.toString();
                COPPICE_TRY(id, connection.value(QStringLiteral("SELECT id FROM operation WHERE undoes = ?"), {rule.operation}));
            }
        }
        return {};
    }));
    COPPICE_CHECK(std::move(readable));
    return all;
}

Result<> GroupRules::apply()
{
    struct Wanted {
        QString rule;
        qint64 ordinal;
        QString plugin;
        QString kind;
        QString payload;
    };
    std::vector<Wanted> wanted;
    COPPICE_CHECK(m_state.read<void>([&](Connection &connection) -> Result<> {
        return connection.query(QStringLiteral("SELECT rule, seq, plugin, kind, payload FROM group_rules WHERE active = 1 ORDER BY seq"), {}, [&](const Row &row) {
            wanted.push_back({row.text(0), row.number(1), row.text(2), row.text(3), row.text(4)});
        });
    }));
    // What future events follow comes first, in one transaction; those that are there are filed after it, in small ones.
    COPPICE_TRY(const auto unfiled, m_events.write<QStringList>([&](Connection &connection) -> Result<QStringList> {
        QSet<QString> here;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT rule FROM group_rules_here WHERE active = 1"), {}, [&](const Row &row) { here << row.text(0); }));
        QSet<QString> there;
        for (const auto &each : wanted) {
            there << each.rule;
            if (!here.contains(each.rule))
                COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO group_rules_here (rule, ordinal, plugin, kind, payload, active, filed) VALUES (?, ?, ?, ?, ?, 1, 0) "
                                                             "ON CONFLICT (rule) DO UPDATE SET active = 1, filed = 0, hits = 0"),
                                              {each.rule, each.ordinal, each.plugin, each.kind, each.payload}));
        }
        for (const auto &gone : here - there)
            COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE group_rules_here SET active = 0, filed = 0 WHERE rule = ?"), {gone}));
        QStringList list;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT rule FROM group_rules_here WHERE filed = 0 ORDER BY ordinal"), {},
                                       [&](const Row &row) { list << row.text(0); }));
        return list;
    }));
    EventStore store(m_events);
    for (const auto &rule : unfiled)
        COPPICE_CHECK(store.carryOut(rule));
    return store.endMutes();
}

std::unique_ptr<journal::Projector> groupRuleProjector()
{
    return std::make_unique<GroupRuleProjector>();
}

} // namespace coppice::capture
