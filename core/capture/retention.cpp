// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/retention.h"

#include "base/clock.h"
#include "capture/tellings.h"

#include <QStringList>

#include <algorithm>
#include <limits>
#include <vector>

namespace coppice::capture {

namespace {

using store::Connection;
using store::Row;

constexpr qint64 day = 86'400'000;
constexpr int pageSize = 200;
constexpr qint64 rowSize = 400; ///< of an event beside its message and body
constexpr qint64 goneFor = 400 * day;

} // namespace

/// The events of a group that may go: behind the first one, up to `last`.
struct Retention::Span {
    QString group;
    qint64 first = 0;
    qint64 last = 0; ///< 0: none may go
    qint64 bytes = 0;
};

Result<std::vector<Retention::Span>> Retention::spansOf(const QString &plugin)
{
    std::vector<Span> spans;
    COPPICE_CHECK(m_events.read<void>([&](Connection &connection) -> Result<> {
        return connection.query(QStringLiteral("SELECT id FROM event_groups WHERE plugin = ? AND count > 0"), {plugin},
                                [&](const Row &row) { spans.push_back({row.text(0)}); });
    }));
    // One short snapshot a group: a million events are no reason to hold up checkpoints.
    for (auto &span : spans) {
        COPPICE_CHECK(m_events.read<void>([&](Connection &connection) -> Result<> {
            COPPICE_CHECK(connection.query(QStringLiteral("SELECT min(seq), coalesce(sum(length(body) + length(message) + ?), 0) FROM events WHERE group_id = ?"),
                                           {rowSize, span.group}, [&](const Row &row) {
                                               span.first = row.number(0);
                                               span.bytes = row.number(1);
                                           }));
            COPPICE_TRY(const QVariant last, connection.value(QStringLiteral("SELECT seq FROM events WHERE group_id = ? ORDER BY seq DESC LIMIT 1 OFFSET ?"),
                                                              {span.group, std::max(1, m_policy.samples)}));
            span.last = last.toLongLong();
            return {};
        }));
    }
    return spans;
}

/// Answers how many bytes went; 0 when nothing was left to delete.
Result<qint64> Retention::deletePage(const Span &span, qint64 before, int limit)
{
    return m_events.write<qint64>([&](Connection &connection) -> Result<qint64> {
        struct Going {
            qint64 seq;
            QString home;
        };
        std::vector<Going> going;
        qint64 bytes = 0;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT seq, CASE home WHEN '' THEN group_id ELSE home END, length(body) + length(message) + ? FROM events "
                                                      "WHERE group_id = ? AND seq > ? AND seq <= ? AND received < ? ORDER BY seq LIMIT ?"),
                                       {rowSize, span.group, span.first, span.last, before, limit}, [&](const Row &row) {
                                           going.push_back({row.number(0), row.text(1)});
                                           bytes += row.number(2);
                                       }));
        for (const auto &each : going) {
            COPPICE_CHECK(connection.exec(QStringLiteral("INSERT OR IGNORE INTO events_gone (known_by, at) SELECT known_by, ? FROM events WHERE seq = ? AND known_by IS NOT NULL"),
                                          {nowMs(), each.seq}));
            COPPICE_CHECK(connection.exec(QStringLiteral("INSERT OR IGNORE INTO events_gone (known_by, at) SELECT known_by, ? FROM event_twins WHERE seq = ?"), {nowMs(), each.seq}));
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM event_twins WHERE seq = ?"), {each.seq}));
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM events WHERE seq = ?"), {each.seq}));
            COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE event_groups SET purged = purged + 1 WHERE id = ?"), {each.home}));
        }
        return bytes;
    });
}

Result<Retention::Done> Retention::step(std::stop_token stop, qint64 most)
{
    Done done;
    QStringList plugins;
    COPPICE_CHECK(m_events.read<void>([&](Connection &connection) -> Result<> {
        return connection.query(QStringLiteral("SELECT DISTINCT plugin FROM event_groups ORDER BY plugin"), {}, [&](const Row &row) { plugins << row.text(0); });
    }));
    const auto countBefore = [&]() -> Result<qint64> {
        return m_events.read<qint64>([&](Connection &connection) -> Result<qint64> {
            COPPICE_TRY(const QVariant sum, connection.value(QStringLiteral("SELECT coalesce(sum(purged), 0) FROM event_groups")));
            return sum.toLongLong();
        });
    };
    COPPICE_TRY(const qint64 start, countBefore());
    qint64 pages = 0;
    const auto isEnough = [&] { return stop.stop_requested() || pages * pageSize >= most; };
    for (const auto &plugin : std::as_const(plugins)) {
        COPPICE_TRY(auto spans, spansOf(plugin));
        qint64 bytes = 0;
        for (auto &span : spans) {
            while (m_policy.days > 0 && span.last > 0 && !isEnough()) {
                COPPICE_TRY(const qint64 gone, deletePage(span, nowMs() - m_policy.days * day, pageSize));
                if (gone == 0)
                    break;
                span.bytes -= gone;
                ++pages;
            }
            bytes += span.bytes;
        }
        // What fills the most gives first.
        while (m_policy.bytes > 0 && bytes > m_policy.bytes && !isEnough()) {
            const auto largest = std::max_element(spans.begin(), spans.end(), [](const Span &a, const Span &b) {
                return (a.last > 0 ? a.bytes : -1) < (b.last > 0 ? b.bytes : -1);
            });
            if (largest == spans.end() || largest->last == 0)
                break; // only what every group keeps is left
            COPPICE_TRY(const qint64 gone, deletePage(*largest, std::numeric_limits<qint64>::max(), pageSize));
            if (gone == 0)
                largest->last = 0;
            largest->bytes -= gone;
            bytes -= gone;
            ++pages;
        }
    }
    COPPICE_TRY(const qint64 end, countBefore());
    done.deleted = end - start;
    done.more = !stop.stop_requested() && isEnough();
    COPPICE_CHECK(m_events.write<void>([](Connection &connection) -> Result<> {
        COPPICE_CHECK(Tellings::forget(connection));
        COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM events_gone WHERE at < ?"), {nowMs() - goneFor}));
        COPPICE_CHECK(connection.exec(QStringLiteral("PRAGMA incremental_vacuum(500)")));
        return {};
    }));
    return done;
}

} // namespace coppice::capture
