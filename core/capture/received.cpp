// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/received.h"

#include "base/clock.h"

namespace coppice::capture {

namespace {

using store::Connection;
using store::Row;

constexpr qint64 hourMs = 3'600'000;

qint64 hourOf(qint64 ms)
{
    const qint64 at = ms > 0 ? ms : nowMs();
    return at - at % hourMs;
}

/// What is new in a rising counter since its last point. A restart of the program, or a smaller value, begins anew.
Result<qint64> newIn(Connection &connection, const RequestPoint &point)
{
    qint64 before = 0;
    bool same = false;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT started, value FROM request_series WHERE series = ?"), {point.series}, [&](const Row &row) {
        same = row.number(0) == point.started;
        before = row.number(1);
    }));
    if (same && point.value == before)
        return 0;
    COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO request_series (series, started, value, seen) VALUES (?, ?, ?, ?) "
                                                 "ON CONFLICT (series) DO UPDATE SET started = excluded.started, value = excluded.value, seen = excluded.seen"),
                                  {point.series, point.started, point.value, nowMs()}));
    return same && point.value > before ? point.value - before : point.value;
}

} // namespace

Result<> Received::add(const std::vector<RequestPoint> &points, const std::vector<LostReport> &lost)
{
    if (points.empty() && lost.empty())
        return {};
    return m_events.write<void>([&](Connection &connection) -> Result<> {
        for (const auto &point : points) {
            qint64 count = point.value;
            if (point.rising) {
                COPPICE_TRY(count, newIn(connection, point));
            }
            if (count <= 0)
                continue;
            COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO request_counts (plugin, release, hour, requests) VALUES (?, ?, ?, ?) "
                                                         "ON CONFLICT (plugin, release, hour) DO UPDATE SET requests = requests + excluded.requests"),
                                          {point.plugin, point.release, hourOf(point.at), count}));
        }
        for (const auto &report : lost)
            COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO lost_reports (plugin, reason, category, hour, quantity) VALUES (?, ?, ?, ?, ?) "
                                                         "ON CONFLICT (plugin, reason, category, hour) DO UPDATE SET quantity = quantity + excluded.quantity"),
                                          {report.plugin, report.reason, report.category, hourOf(report.at), report.quantity}));
        return {};
    });
}

Result<std::vector<RequestCount>> Received::requests(const QString &plugin, qint64 since)
{
    return m_events.read<std::vector<RequestCount>>([&](Connection &connection) -> Result<std::vector<RequestCount>> {
        std::vector<RequestCount> all;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT plugin, release, hour, requests FROM request_counts "
                                                      "WHERE hour >= ? AND (? = '' OR plugin = ?) ORDER BY hour DESC, plugin, release"),
                                       {since, plugin, plugin},
                                       [&](const Row &row) { all.push_back({row.text(0), row.text(1), row.number(2), row.number(3)}); }));
        return all;
    });
}

Result<std::vector<LostReport>> Received::lost(const QString &plugin, qint64 since)
{
    return m_events.read<std::vector<LostReport>>([&](Connection &connection) -> Result<std::vector<LostReport>> {
        std::vector<LostReport> all;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT plugin, reason, category, max(hour), sum(quantity) FROM lost_reports "
                                                      "WHERE hour >= ? AND (? = '' OR plugin = ?) GROUP BY plugin, reason, category ORDER BY 1, 2, 3"),
                                       {since, plugin, plugin}, [&](const Row &row) {
                                           all.push_back({row.text(0), row.text(1), row.text(2), row.number(3), row.number(4)});
                                       }));
        return all;
    });
}

} // namespace coppice::capture
