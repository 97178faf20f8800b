// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "base/json.h"
#include "capture/event_row.h"
#include "capture/group_rules.h"
#include "capture/store.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

namespace coppice::capture {

namespace {

using store::Connection;
using store::Row;

constexpr int pageSize = 200; ///< events of one transaction

Result<std::optional<GroupRule>> ruleHere(Connection &connection, const QString &id, bool &active, int &before)
{
    std::optional<GroupRule> rule;
    Result<> readable;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT payload, active, before FROM group_rules_here WHERE rule = ?"), {id}, [&](const Row &row) {
        const auto payload = parseJsonObject(row.text(0).toUtf8(), QStringLiteral("group rule"));
        auto read = payload ? ruleFrom(*payload) : Result<GroupRule>(std::unexpected(payload.error()));
        if (read)
            rule = std::move(*read);
        else
            readable = std::unexpected(read.error());
        active = row.number(1) != 0;
        before = int(row.number(2));
    }));
    COPPICE_CHECK(std::move(readable));
    return rule;
}

/// The group that a split makes, told why; the rest comes by counting.
Result<> makeGroup(Connection &connection, const GroupRule &rule)
{
    COPPICE_CHECK(connection.exec(
        QStringLiteral("INSERT INTO event_groups (id, plugin, fingerprint, title, why, level, count, first, last, releases, state) "
                       "SELECT ?, plugin, ?, title, ?, level, 0, first, last, '[]', 0 FROM event_groups WHERE id = ? ON CONFLICT DO NOTHING"),
        {rule.made, QString(QStringLiteral("rule:") + rule.id),
         QStringLiteral("A rule made by a person takes the events %1 out of the group %2.").arg(rule.by.sentence(), rule.group), rule.group}));
    return {};
}

/// What a group's row says of its events, from these. Events that retention has deleted stay with the group that merges
/// lead them to.
Result<> recount(Connection &connection, const RuleSet &rules, const QString &plugin, const QString &group)
{
    qint64 purged = 0;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT id, purged FROM event_groups WHERE plugin = ? AND purged > 0"), {plugin}, [&](const Row &row) {
        if (rules.merged(row.text(0)) == group)
            purged += row.number(1);
    }));
    QStringList releases;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT release, min(seq) FROM events WHERE group_id = ? AND release <> '' GROUP BY release ORDER BY 2 LIMIT 50"), {group},
                                   [&](const Row &row) { releases << row.text(0); }));
    COPPICE_CHECK(connection.exec(
        QStringLiteral("UPDATE event_groups SET count = ? + (SELECT count(*) FROM events WHERE group_id = event_groups.id), "
                       "first = coalesce((SELECT min(CASE at WHEN 0 THEN received ELSE at END) FROM events WHERE group_id = event_groups.id), first), "
                       "last = coalesce((SELECT max(CASE at WHEN 0 THEN received ELSE at END) FROM events WHERE group_id = event_groups.id), last), "
                       "level = coalesce((SELECT max(level) FROM events WHERE group_id = event_groups.id), level), releases = ? WHERE id = ?"),
        {purged, QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(releases)).toJson(QJsonDocument::Compact)), group}));
    // The title of a group that a split has made is that of its first event.
    COPPICE_CHECK(connection.exec(
        QStringLiteral("UPDATE event_groups SET title = coalesce((SELECT CASE type WHEN '' THEN '' ELSE type || ': ' END || "
                       "substr(message, 1, CASE instr(message, char(10)) WHEN 0 THEN 180 ELSE min(180, instr(message, char(10)) - 1) END) "
                       "FROM events WHERE group_id = event_groups.id ORDER BY seq LIMIT 1), title) WHERE id = ? AND fingerprint LIKE 'rule:%'"),
        {group}));
    return {};
}

} // namespace

Result<> EventStore::carryOut(const QString &id)
{
    bool active = false;
    int before = 0;
    COPPICE_TRY(const auto rule, m_events.write<std::optional<GroupRule>>([&](Connection &connection) -> Result<std::optional<GroupRule>> {
        COPPICE_TRY(auto found, ruleHere(connection, id, active, before));
        if (found && found->kind == GroupRule::Kind::Split && active)
            COPPICE_CHECK(makeGroup(connection, *found));
        return found;
    }));
    if (!rule)
        return {};
    const auto done = [&](Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(active ? QStringLiteral("UPDATE group_rules_here SET filed = 1 WHERE rule = ?")
                                             : QStringLiteral("DELETE FROM group_rules_here WHERE rule = ?"), {id}));
        return {};
    };
    if (rule->kind == GroupRule::Kind::Mute) {
        return m_events.write<void>([&](Connection &connection) -> Result<> {
            const int muted = int(Group::State::Muted);
            if (active && rule->by.what == GroupRule::By::What::All) {
                COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE group_rules_here SET before = coalesce((SELECT state FROM event_groups WHERE id = ? AND state <> ?), 0) WHERE rule = ?"),
                                              {rule->group, muted, id}));
                COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE event_groups SET state = ? WHERE id = ?"), {muted, rule->group}));
            } else if (!active && rule->by.what == GroupRule::By::What::All) {
                COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE event_groups SET state = ? WHERE id = ? AND state = ?"), {before, rule->group, muted}));
            }
            return done(connection);
        });
    }
    QSet<QString> touched{rule->group};
    for (const auto &each : rule->groups)
        touched << each;
    if (!rule->made.isEmpty())
        touched << rule->made;
    for (qint64 cursor = 0; cursor >= 0;) {
        COPPICE_TRY(cursor, m_events.write<qint64>([&](Connection &connection) -> Result<qint64> {
            COPPICE_TRY(const RuleSet rules, RuleSet::load(connection, rule->plugin));
            QStringList marks;
            QVariantList values{cursor};
            for (int twice = 0; twice < 2; ++twice) {
                for (const auto &each : std::as_const(touched))
                    values << each;
            }
            for (qsizetype i = 0; i < touched.size(); ++i)
                marks << QStringLiteral("?");
            struct Move {
                qint64 seq;
                QString home;
                QString group;
            };
            std::vector<Move> moves;
            qint64 last = -1;
            int seen = 0;
            COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1, home FROM events WHERE seq > ? AND (group_id IN (%2) OR home IN (%2)) ORDER BY seq LIMIT %3")
                                               .arg(storedEventColumns(), marks.join(u','), QString::number(pageSize)),
                                           values, [&](const Row &row) {
                                               const QString now = row.text(0);
                                               const QString home = row.text(17).isEmpty() ? now : row.text(17);
                                               const QString then = rules.resolve(storedEvent(row), home);
                                               last = row.number(16);
                                               ++seen;
                                               if (then != now)
                                                   moves.push_back({last, then == home ? QString() : home, then});
                                           }));
            for (const auto &move : moves) {
                COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE events SET group_id = ?, home = ? WHERE seq = ?"), {move.group, move.home, move.seq}));
                touched << move.group;
            }
            return seen < pageSize ? qint64(-1) : last;
        }));
    }
    return m_events.write<void>([&](Connection &connection) -> Result<> {
        COPPICE_TRY(const RuleSet rules, RuleSet::load(connection, rule->plugin));
        for (const auto &each : std::as_const(touched))
            COPPICE_CHECK(recount(connection, rules, rule->plugin, each));
        return done(connection);
    });
}

Result<QString> EventStore::positionOf(const QString &plugin, const QString &source)
{
    return m_events.read<QString>([&](Connection &connection) -> Result<QString> {
        COPPICE_TRY(const QVariant position, connection.value(QStringLiteral("SELECT position FROM log_positions WHERE plugin = ? AND source = ?"), {plugin, source}));
        return position.toString();
    });
}

Result<> EventStore::endMutes()
{
    return m_events.write<void>([&](Connection &connection) -> Result<> {
        struct Over {
            QString rule;
            QString group;
            int before;
        };
        std::vector<Over> over;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT rule, json_extract(payload, '$.group'), before FROM group_rules_here WHERE kind = 'mute' AND active = 1 "
                                                      "AND filed = 1 AND json_extract(payload, '$.by') IS NULL "
                                                      "AND ((json_extract(payload, '$.until') <= ?) OR (json_extract(payload, '$.count') <= hits))"),
                                       {nowMs()}, [&](const Row &row) { over.push_back({row.text(0), row.text(1), int(row.number(2))}); }));
        for (const auto &each : over)
            COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE event_groups SET state = ? WHERE id = ? AND state = ?"),
                                          {each.before, each.group, int(Group::State::Muted)}));
        return {};
    });
}

} // namespace coppice::capture
