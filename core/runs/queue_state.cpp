// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/run.h"

#include "base/clock.h"
#include "gateway/gateway.h"
#include "journal/approval.h"

#include <algorithm>

namespace coppice::runs {

using namespace Qt::StringLiterals;

Result<QueueState> queueState(store::Database &state)
{
    return state.read<QueueState>([](store::Connection &connection) -> Result<QueueState> {
        QueueState queue;
        COPPICE_CHECK(connection.query(u"SELECT actor, at FROM queue_pause"_s, {}, [&queue](const store::Row &row) {
            queue.paused = true;
            queue.pausedBy = row.text(0);
            queue.pausedAt = row.number(1);
        }));
        COPPICE_CHECK(connection.query(u"SELECT account, until, reason FROM queue_limit WHERE until > ? ORDER BY until"_s, {nowMs()},
                                       [&queue](const store::Row &row) {
                                           queue.limits.push_back({row.text(0), row.number(1), row.text(2)});
                                       }));
        return queue;
    });
}

Result<> pauseQueue(store::Database &state, const Actor &actor, bool paused)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        if (!paused)
            COPPICE_CHECK(connection.exec(u"DELETE FROM queue_pause"_s, {}));
        else
            COPPICE_CHECK(connection.exec(u"INSERT OR IGNORE INTO queue_pause (one, actor, at) VALUES (1, ?, ?)"_s,
                                          {actor.toString(), nowMs()}));
        return {};
    });
}

Result<> noteLimit(store::Database &state, const QueueState::Limit &limit)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"DELETE FROM queue_limit WHERE until <= ?"_s, {nowMs()}));
        COPPICE_CHECK(connection.exec(u"INSERT INTO queue_limit (account, until, reason) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE "
                               "SET until = max(until, excluded.until), reason = excluded.reason"_s,
                               {limit.account, limit.until, limit.reason}));
        return {};
    });
}

Result<QStringList> clientsAtLimit(store::Database &state, const library::LibrarySettings &settings)
{
    COPPICE_TRY(const QueueState queue, queueState(state));
    QStringList clients;
    for (const auto &client : settings.clients) {
        const bool limited = client.model && std::ranges::any_of(queue.limits, [&](const QueueState::Limit &limit) {
            return limit.account == gateway::accountOf(*client.model);
        });
        if (limited)
            clients << client.name;
    }
    return clients;
}

Result<> withdrawOver(store::Database &state, journal::Journal &journal)
{
    std::vector<QString> subjects;
    COPPICE_TRY([[maybe_unused]] const bool read, state.read<bool>([&subjects](store::Connection &connection) -> Result<bool> {
        COPPICE_CHECK(connection.query(u"SELECT DISTINCT a.subject FROM approval AS a JOIN runs AS r ON a.subject = 'run:' || r.id "
                                       "WHERE a.answer IS NULL AND r.state IN ('done', 'failed', 'cancelled')"_s,
                                       {}, [&subjects](const store::Row &row) { subjects.push_back(row.text(0)); }));
        return true;
    }));
    journal::Approvals approvals(state, journal);
    for (const QString &subject : subjects)
        COPPICE_CHECK(approvals.withdraw(Actor::engine(), subject));
    return {};
}

} // namespace coppice::runs
