// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/group_trend.h"

#include "capture/event_row.h"

#include <algorithm>
#include <numeric>

namespace coppice::capture {

namespace {

using store::Connection;
using store::Row;

constexpr qsizetype groupsAtOnce = 200;
constexpr qint64 msOfHour = 3'600'000;
constexpr int eventsLookedAt = 10'000;
constexpr int eventsWithTags = 200;
constexpr size_t valuesOfTag = 20;

/// Hours since 1970, of which those of one local day give the same number when divided by 24.
struct Calendar {
    qint64 shift; ///< hours
    qint64 today; ///< number of the local day
    Calendar(qint64 now, qint64 offset) : shift(offset / msOfHour), today((now / msOfHour + shift) / 24) { }
    [[nodiscard]] qint64 firstHour() const { return (today - GroupTrend::Days + 1) * 24 - shift; }
};

Result<> readDays(Connection &connection, const QString &where, const QVariantList &ids, const Calendar &calendar, GroupTrends &trends)
{
    QVariantList values{calendar.shift};
    values += ids;
    values << calendar.firstHour();
    return connection.query(QStringLiteral("SELECT group_id, (hour + ?) / 24, count(*) FROM events WHERE group_id IN (%1) AND hour >= ? GROUP BY 1, 2").arg(where), values,
                            [&](const Row &row) {
                                // A clock of production that goes ahead counts for today.
                                const qint64 day = std::min<qint64>(row.number(1) - calendar.today + GroupTrend::Days - 1, GroupTrend::Days - 1);
                                if (day >= 0)
                                    trends[row.text(0)].days[size_t(day)] += int(row.number(2));
                            });
}

Result<> readPage(Connection &connection, const QStringList &groups, const Calendar &calendar, GroupTrends &trends)
{
    QVariantList ids;
    for (const auto &group : groups)
        ids << group;
    const QString where = QStringList(groups.size(), QStringLiteral("?")).join(u',');
    COPPICE_CHECK(readDays(connection, where, ids, calendar, trends));
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT group_id, count(DISTINCT who) FROM events WHERE group_id IN (%1) AND who IS NOT NULL GROUP BY group_id").arg(where), ids,
                                   [&](const Row &row) { trends[row.text(0)].users = row.number(1); }));
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT id, purged FROM event_groups WHERE id IN (%1)").arg(where), ids,
                                   [&](const Row &row) { trends[row.text(0)].purged = row.number(1); }));
    return connection.query(QStringLiteral("SELECT %1 FROM events WHERE seq IN (SELECT max(seq) FROM events WHERE group_id IN (%2) GROUP BY group_id)").arg(storedEventColumns(), where), ids,
                            [&](const Row &row) {
                                Event newest = storedEvent(row);
                                auto &trend = trends[row.text(0)];
                                trend.environment = newest.environment;
                                trend.tags = std::move(newest.tags);
                            });
}

Result<std::vector<GroupSpread::Part>> readParts(Connection &connection, const QString &column, const QString &group, const QString &order)
{
    std::vector<GroupSpread::Part> parts;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1, count(*), min(time), max(time) FROM (SELECT %1, CASE at WHEN 0 THEN received ELSE at END AS time FROM events "
                                                  "WHERE group_id = ? ORDER BY seq DESC LIMIT %2) WHERE %1 <> '' GROUP BY %1 ORDER BY %3 LIMIT 50")
                                       .arg(column, QString::number(eventsLookedAt), order),
                                   {group}, [&](const Row &row) { parts.push_back({row.text(0), row.number(1), row.number(2), row.number(3)}); }));
    return parts;
}

} // namespace

int GroupTrend::total() const
{
    return std::accumulate(days.begin(), days.end(), 0);
}

Result<GroupTrends> trendsOf(store::Database &events, const QStringList &groups, qint64 now, qint64 offset)
{
    const Calendar calendar(now, offset);
    GroupTrends trends;
    for (const auto &group : groups)
        trends.insert(group, {});
    for (qsizetype from = 0; from < groups.size(); from += groupsAtOnce)
        COPPICE_CHECK(events.read<void>([&](Connection &connection) { return readPage(connection, groups.mid(from, groupsAtOnce), calendar, trends); }));
    return trends;
}

Result<GroupSpread> spreadOf(store::Database &events, const QString &group)
{
    return events.read<GroupSpread>([&](Connection &connection) -> Result<GroupSpread> {
        GroupSpread spread;
        COPPICE_TRY(spread.releases, readParts(connection, QStringLiteral("release"), group, QStringLiteral("3")));
        COPPICE_TRY(spread.environments, readParts(connection, QStringLiteral("environment"), group, QStringLiteral("2 DESC")));
        COPPICE_TRY(spread.sources, readParts(connection, QStringLiteral("source"), group, QStringLiteral("2 DESC")));
        COPPICE_TRY(const QVariant there, connection.value(QStringLiteral("SELECT count(*) FROM events WHERE group_id = ?"), {group}));
        spread.looked = std::min<qint64>(there.toLongLong(), eventsLookedAt);
        QMap<QString, QMap<QString, qint64>> counts;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM events WHERE group_id = ? ORDER BY seq DESC LIMIT %2").arg(storedEventColumns(), QString::number(eventsWithTags)), {group},
                                       [&](const Row &row) {
                                           const Event event = storedEvent(row);
                                           for (auto it = event.tags.cbegin(); it != event.tags.cend(); ++it)
                                               ++counts[it.key()][*it];
                                       }));
        for (auto tag = counts.cbegin(); tag != counts.cend(); ++tag) {
            auto &parts = spread.tags[tag.key()];
            for (auto value = tag->cbegin(); value != tag->cend(); ++value)
                parts.push_back({value.key(), *value, 0, 0});
            std::stable_sort(parts.begin(), parts.end(), [](const auto &a, const auto &b) { return a.events > b.events; });
            if (parts.size() > valuesOfTag)
                parts.resize(valuesOfTag);
        }
        return spread;
    });
}

} // namespace coppice::capture
