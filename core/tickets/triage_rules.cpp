// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/triage_rules.h"

#include "base/clock.h"
#include "base/json.h"
#include "capture/group_rules.h"
#include "tickets/drafts.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::tickets {

using namespace Qt::StringLiterals;
using library::TriageRule;
using State = Ticket::State;

namespace {

constexpr int eventsAtOnce = 500;
constexpr int mostPages = 8;
constexpr qsizetype searchedCap = 2000; ///< of a message that a pattern is tried on

const QString actionColumns = u"id, rule, group_id, acts, at, carried, undone, ticket, operations, problem"_s;

TriageAction actionFrom(const store::Row &row)
{
    TriageAction action;
    action.id = row.text(0);
    action.rule = row.text(1);
    action.group = row.text(2);
    action.acts = QJsonDocument::fromJson(row.text(3).toUtf8()).object();
    action.at = row.number(4);
    action.carried = row.number(5) != 0;
    action.undone = row.number(6) != 0;
    action.ticket = row.text(7);
    const QJsonArray operations = QJsonDocument::fromJson(row.text(8).toUtf8()).array();
    for (const auto &each : operations)
        action.operations << each.toString();
    action.problem = row.text(9);
    return action;
}

/// * stands for any text; upper and lower case count as the same.
bool matches(const QString &pattern, const QString &text)
{
    QString expression;
    for (const QString &part : pattern.split(u'*'))
        expression += (expression.isEmpty() ? QString() : u".*"_s) + QRegularExpression::escape(part);
    if (!pattern.contains(u'*'))
        return pattern.compare(text, Qt::CaseInsensitive) == 0;
    if (pattern.startsWith(u'*'))
        expression.prepend(expression.startsWith(".*"_L1) ? QString() : u".*"_s);
    const QRegularExpression glob(QRegularExpression::anchoredPattern(expression), QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption);
    return glob.match(text.left(searchedCap)).hasMatch();
}

bool anyMatches(const QStringList &patterns, const QString &text)
{
    return patterns.isEmpty() || std::any_of(patterns.begin(), patterns.end(), [&](const QString &pattern) { return matches(pattern, text); });
}

QJsonObject actsOf(const TriageRule &rule)
{
    QJsonObject acts;
    if (rule.accept)
        acts[u"accept"_s] = true;
    if (rule.mute)
        acts[u"mute"_s] = true;
    if (rule.draft)
        acts[u"draft"_s] = true;
    if (!rule.decline.isEmpty())
        acts[u"decline"_s] = rule.decline;
    if (!rule.assign.isEmpty())
        acts[u"assign"_s] = rule.assign;
    if (rule.snoozeMs > 0)
        acts[u"snooze_ms"_s] = rule.snoozeMs;
    return acts;
}

Result<qint64> readCursor(store::Database &state)
{
    return state.read<qint64>([](store::Connection &connection) -> Result<qint64> {
        COPPICE_TRY(const auto value, connection.value(u"SELECT events FROM triage_cursor WHERE only = 1"_s));
        return value.toLongLong();
    });
}

Result<> writeCursor(store::Database &state, qint64 cursor)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT INTO triage_cursor (only, events) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET events = excluded.events"_s, {cursor}));
        return {};
    });
}

Result<bool> isTouched(store::Database &state, const QString &group)
{
    return state.read<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const auto there, connection.value(u"SELECT EXISTS (SELECT 1 FROM triage_actions WHERE group_id = ?) OR EXISTS (SELECT 1 FROM ticket_groups WHERE group_id = ?)"_s,
                                                       {group, group}));
        return there.toBool();
    });
}

} // namespace

bool fits(const TriageRule &rule, const capture::Group &group, const capture::Event &newest)
{
    if (!anyMatches(rule.plugins, group.plugin) || !anyMatches(rule.types, newest.type) || !anyMatches(rule.releases, newest.release)
        || !anyMatches(rule.environments, newest.environment) || group.count < rule.count)
        return false;
    if (!rule.level.isEmpty() && group.level < capture::levelFrom(rule.level))
        return false;
    for (auto it = rule.tags.cbegin(); it != rule.tags.cend(); ++it) {
        if (!newest.tags.contains(it.key()) || !matches(*it, newest.tags[it.key()]))
            return false;
    }
    if (rule.message.isEmpty())
        return true;
    const QRegularExpression message(rule.message);
    return message.match(newest.message.left(searchedCap)).hasMatch();
}

QJsonObject toJson(const TriageAction &action)
{
    return {{u"id"_s, action.id},          {u"rule"_s, action.rule},       {u"group"_s, action.group},
            {u"acts"_s, action.acts},      {u"at"_s, action.at},           {u"undone"_s, action.undone},
            {u"carried"_s, action.carried}, {u"ticket"_s, action.ticket.isEmpty() ? QJsonValue() : QJsonValue(action.ticket)},
            {u"problem"_s, action.problem}};
}

QJsonObject toJson(const TriageRule &rule)
{
    QJsonObject when;
    const auto list = [&](const QString &name, const QStringList &values) {
        if (!values.isEmpty())
            when[name] = QJsonArray::fromStringList(values);
    };
    list(u"plugin"_s, rule.plugins);
    list(u"type"_s, rule.types);
    list(u"release"_s, rule.releases);
    list(u"environment"_s, rule.environments);
    if (!rule.level.isEmpty())
        when[u"level"_s] = rule.level;
    if (!rule.message.isEmpty())
        when[u"message"_s] = rule.message;
    if (rule.count > 0)
        when[u"count"_s] = rule.count;
    if (!rule.tags.isEmpty()) {
        QJsonObject tags;
        for (auto it = rule.tags.cbegin(); it != rule.tags.cend(); ++it)
            tags[it.key()] = *it;
        when[u"tags"_s] = tags;
    }
    return {{u"name"_s, rule.name}, {u"when"_s, when}, {u"then"_s, actsOf(rule)}};
}

Result<std::vector<TriageAction>> TriageRules::step(capture::EventStore &events, const std::vector<TriageRule> &rules, std::stop_token stop)
{
    // What a dead engine had written down and not carried out comes first.
    COPPICE_TRY(const auto open, m_state.read<std::vector<TriageAction>>([](store::Connection &connection) -> Result<std::vector<TriageAction>> {
        std::vector<TriageAction> all;
        COPPICE_CHECK(connection.query(u"SELECT %1 FROM triage_actions WHERE carried = 0 ORDER BY id"_s.arg(actionColumns), {},
                                       [&](const store::Row &row) { all.push_back(actionFrom(row)); }));
        return all;
    }));
    for (const auto &action : open)
        COPPICE_CHECK(carryOut(events, action));

    COPPICE_TRY(qint64 cursor, readCursor(m_state));
    COPPICE_TRY(const auto off, switchedOff());
    std::vector<TriageAction> done;
    for (int page = 0; page < mostPages && !stop.stop_requested(); ++page) {
        COPPICE_TRY(const auto read, events.after(cursor, eventsAtOnce));
        QHash<QString, const capture::Event *> newest;
        QStringList order;
        for (const auto &[group, event] : read.events) {
            if (!newest.contains(group))
                order << group;
            newest[group] = &event;
        }
        for (const QString &id : order) {
            COPPICE_TRY(const bool touched, isTouched(m_state, id));
            if (touched)
                continue;
            const auto group = events.group(id);
            if (!group && group.error().kind == ErrorKind::NotFound)
                continue;
            if (!group)
                return std::unexpected(group.error());
            if (group->state != capture::Group::State::New)
                continue;
            const auto rule = std::find_if(rules.begin(), rules.end(), [&](const TriageRule &each) { return !off.contains(each.name) && fits(each, *group, *newest[id]); });
            if (rule == rules.end())
                continue;
            TriageAction action;
            action.id = Id::make().toString();
            action.rule = rule->name;
            action.group = id;
            action.acts = actsOf(*rule);
            action.at = nowMs();
            COPPICE_CHECK(m_journal.append({Actor::Kind::Rule, rule->name}, u"triage:"_s + action.id, u"act"_s,
                                           {{u"rule"_s, rule->name}, {u"group"_s, id}, {u"acts"_s, action.acts}}));
            COPPICE_CHECK(carryOut(events, action));
            done.push_back(action);
        }
        if (read.cursor == cursor)
            break;
        cursor = read.cursor;
        COPPICE_CHECK(writeCursor(m_state, cursor));
        if (int(read.events.size()) < eventsAtOnce)
            break;
    }
    return done;
}

/// Does what is written down. Carried out again after a crash, it finds what was done and goes on.
Result<> TriageRules::carryOut(capture::EventStore &events, TriageAction action)
{
    const Actor actor{Actor::Kind::Rule, action.rule};
    if (action.acts[u"mute"].toBool()) {
        const auto muted = mute(actor, action);
        if (!muted && muted.error().kind != ErrorKind::NotFound)
            return muted;
        if (!muted)
            action.problem = muted.error().message();
        return finish(action);
    }
    Tickets tickets(m_state, m_journal);
    const auto made = tickets.fromGroup(actor, events, action.group);
    if (!made) {
        action.problem = made.error().message();
        return finish(action);
    }
    const QString id = made->id.toString();
    action.ticket = id;
    Result<Ticket> last = made;
    if (const QString assignee = action.acts[u"assign"].toString(); !assignee.isEmpty() && made->assignee != assignee)
        last = tickets.assign(actor, id, assignee);
    const auto move = [&](State state, const QJsonObject &more) {
        if (last && last->state == State::Inbox)
            last = tickets.move(actor, id, state, more);
    };
    if (action.acts[u"accept"].toBool())
        move(State::Accepted, {});
    else if (const QString reason = action.acts[u"decline"].toString(); !reason.isEmpty())
        move(State::Declined, {{u"reason"_s, reason}});
    else if (const qint64 length = action.acts[u"snooze_ms"].toInteger(); length > 0)
        move(State::Snoozed, {{u"until"_s, nowMs() + length}});
    if (!last)
        action.problem = last.error().message();
    if (action.acts[u"draft"].toBool())
        COPPICE_CHECK(Drafts(m_state, m_journal).want(id));
    COPPICE_TRY(const auto operations, m_journal.recent(20, u"ticket:"_s + id));
    for (const auto &operation : operations) {
        if (operation.actor == actor && !operation.undoes)
            action.operations.prepend(operation.id.toString());
    }
    return finish(action);
}

Result<> TriageRules::mute(const Actor &actor, TriageAction &action)
{
    capture::GroupRules groups(m_state, m_eventsDb, m_journal);
    COPPICE_TRY(const auto there, groups.rules(action.group));
    for (const auto &rule : there) {
        if (rule.kind == capture::GroupRule::Kind::Mute && rule.actor == actor)
            action.operations << rule.operation; // by an engine that died before it could say so
    }
    if (!action.operations.isEmpty())
        return {};
    COPPICE_TRY(const auto rule, groups.mute(actor, action.group, {}, 0, 0));
    action.operations << rule.operation;
    return {};
}

Result<> TriageRules::finish(const TriageAction &action)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"UPDATE triage_actions SET carried = 1, ticket = ?, operations = ?, problem = ? WHERE id = ?"_s,
                                      {action.ticket.isNull() ? u""_s : action.ticket,
                                       QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(action.operations)).toJson(QJsonDocument::Compact)),
                                       action.problem.isNull() ? u""_s : action.problem, action.id}));
        return {};
    });
}

Result<std::vector<TriageAction>> TriageRules::actions(const QString &rule, int limit)
{
    return m_state.read<std::vector<TriageAction>>([&](store::Connection &connection) -> Result<std::vector<TriageAction>> {
        std::vector<TriageAction> all;
        COPPICE_CHECK(connection.query(u"SELECT %1 FROM triage_actions WHERE ? = '' OR rule = ? ORDER BY id DESC LIMIT ?"_s.arg(actionColumns),
                                       {rule.isNull() ? u""_s : rule, rule.isNull() ? u""_s : rule, limit},
                                       [&](const store::Row &row) { all.push_back(actionFrom(row)); }));
        return all;
    });
}

Result<QStringList> TriageRules::switchedOff()
{
    return m_state.read<QStringList>([](store::Connection &connection) -> Result<QStringList> {
        QStringList names;
        COPPICE_CHECK(connection.query(u"SELECT name FROM triage_rules_off ORDER BY name"_s, {}, [&](const store::Row &row) { names << row.text(0); }));
        return names;
    });
}

Result<> TriageRules::setOn(const Actor &actor, const QString &rule, bool on)
{
    COPPICE_CHECK(m_journal.append(actor, u"triage-rule:"_s + rule, on ? u"on"_s : u"off"_s, {{u"rule"_s, rule}}));
    return {};
}

Result<TriageAction> TriageRules::undo(const Actor &actor, capture::EventStore &events, const QString &actionId)
{
    COPPICE_TRY(const auto all, actions({}, 100'000));
    std::vector<QString> ids;
    for (const auto &each : all)
        ids.push_back(each.id);
    COPPICE_TRY(const QString whole, matchId(actionId, ids, u"act of a rule"_s));
    TriageAction action = *std::find_if(all.begin(), all.end(), [&](const TriageAction &each) { return each.id == whole; });
    if (action.undone)
        return failUsage(u"triage.undone"_s, u"This has been taken back already"_s, action.rule);
    for (auto it = action.operations.crbegin(); it != action.operations.crend(); ++it) {
        const auto undone = m_journal.undo(actor, *it);
        if (!undone && undone.error().code != "undo.done"_L1)
            return std::unexpected(undone.error());
    }
    // Before anything else is told: the rule leaves the group alone, whatever happens next.
    COPPICE_CHECK(m_journal.append(actor, u"triage:"_s + action.id, u"take-back"_s, {}));
    if (action.acts[u"mute"].toBool())
        COPPICE_CHECK(capture::GroupRules(m_state, m_eventsDb, m_journal).apply());
    if (!action.ticket.isEmpty()) {
        const auto free = events.setState(action.group, capture::Group::State::New);
        if (!free && free.error().kind != ErrorKind::NotFound)
            return std::unexpected(free.error());
    }
    action.undone = true;
    return action;
}

Result<std::vector<SavedSearch>> SavedSearches::list()
{
    return m_state.read<std::vector<SavedSearch>>([](store::Connection &connection) -> Result<std::vector<SavedSearch>> {
        std::vector<SavedSearch> all;
        COPPICE_CHECK(connection.query(u"SELECT name, query FROM saved_searches ORDER BY name"_s, {}, [&](const store::Row &row) { all.push_back({row.text(0), row.text(1)}); }));
        return all;
    });
}

Result<> SavedSearches::save(const Actor &actor, const QString &name, const QString &query)
{
    const QString plain = name.simplified().left(80);
    if (plain.isEmpty() || query.trimmed().isEmpty())
        return failUsage(u"search.empty"_s, u"A saved search has a name and a query"_s, name);
    COPPICE_CHECK(m_journal.append(actor, u"search:"_s + plain, u"save"_s, {{u"name"_s, plain}, {u"query"_s, query.trimmed().left(1000)}}));
    return {};
}

Result<> SavedSearches::remove(const Actor &actor, const QString &name)
{
    COPPICE_CHECK(m_journal.append(actor, u"search:"_s + name, u"remove"_s, {{u"name"_s, name}}));
    return {};
}

} // namespace coppice::tickets
