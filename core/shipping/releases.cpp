// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/releases.h"

#include "base/clock.h"

#include <algorithm>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

Result<std::vector<ReleaseRow>> rowsOf(store::Database &state, const QString &plugin)
{
    return state.read<std::vector<ReleaseRow>>([&](store::Connection &connection) -> Result<std::vector<ReleaseRow>> {
        std::vector<ReleaseRow> all;
        COPPICE_CHECK(connection.query(u"SELECT id, plugin, version, split, state, run, at, told, tagged FROM shipping_releases WHERE plugin = ? ORDER BY id"_s, {plugin},
                                       [&](const store::Row &row) {
                                           all.push_back({row.text(0), row.text(1), row.text(2), git::Oid::fromHex(row.text(3).toLatin1()), row.text(4), row.text(5),
                                                          row.number(6), row.number(7) != 0, row.number(8) != 0});
                                       }));
        return all;
    });
}

} // namespace

Result<ReleaseHistory> releaseHistory(store::Database &state, const QString &plugin, const QString &without)
{
    COPPICE_TRY(const auto rows, rowsOf(state, plugin));
    ReleaseHistory history;
    for (const auto &row : rows) {
        if (row.id == without)
            continue;
        if (row.state == "done"_L1) {
            const auto same = [&](const ReleaseRow &other) { return other.isSame(row); };
            std::erase_if(history.out, same); // shipped again: it is the newest now
            std::erase_if(history.rolledBack, same);
            history.out.push_back(row);
        } else if (row.state == "rolled-back"_L1 && !history.out.empty()) {
            history.rolledBack.push_back(history.out.back());
            history.rolledBack.back().at = row.at;
            history.out.pop_back();
        }
    }
    return history;
}

Result<std::optional<ReleaseRow>> lastRelease(store::Database &state, const QString &plugin)
{
    COPPICE_TRY(const auto rows, rowsOf(state, plugin));
    return rows.empty() ? std::optional<ReleaseRow>() : std::optional(rows.back());
}

Result<std::optional<ReleaseRow>> untoldRelease(store::Database &state, const QString &plugin)
{
    COPPICE_TRY(auto last, lastRelease(state, plugin));
    if (last && last->told)
        last.reset();
    return last;
}

Result<> markTold(store::Database &state, const QString &plugin)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"UPDATE shipping_releases SET told = 1 WHERE plugin = ? AND told = 0"_s, {plugin}));
        return {};
    });
}

Result<> markUntold(store::Database &state)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"UPDATE shipping_releases SET told = 0 WHERE EXISTS (SELECT 1 FROM command c WHERE c.state = 'running' "
                                      "AND c.verb = CASE shipping_releases.state WHEN 'done' THEN 'ship' WHEN 'rolled-back' THEN 'ship.roll-back' ELSE '' END "
                                      "AND json_extract(c.args, '$.plugin') = shipping_releases.plugin AND c.queued_at <= shipping_releases.at)"_s));
        return {};
    });
}

QJsonObject toJson(const ReleaseRow &row)
{
    return {{u"plugin"_s, row.plugin}, {u"version"_s, row.version}, {u"commit"_s, row.split.isNull() ? QJsonValue() : QJsonValue(row.split.toString())}, {u"at"_s, isoTime(row.at)}};
}

} // namespace coppice::shipping
