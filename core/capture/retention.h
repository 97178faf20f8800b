// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/database.h"

#include <QString>

#include <stop_token>
#include <vector>

namespace coppice::capture {

/// Deletes events that are too old or too many, per plugin. Each group keeps its first event and its newest ones, and its
/// count; an event that was deleted is still known when its log is read again. Safe from any thread.
class Retention
{
public:
    struct Policy {
        qint64 bytes = 512LL << 20; ///< of the events of one plugin; 0: any
        int days = 90;              ///< 0: any
        int samples = 20;           ///< newest events that a group keeps at least, beside its first
    };
    Retention(store::Database &events, Policy policy) : m_events(events), m_policy(policy) { }

    struct Done {
        qint64 deleted = 0;
        bool more = false; ///< stopped at `most`
    };
    /// In small transactions, so that receiving goes on beside it; at most so many events at once.
    [[nodiscard]] Result<Done> step(std::stop_token stop = {}, qint64 most = 20'000);

private:
    struct Span;
    Result<std::vector<Span>> spansOf(const QString &plugin);
    Result<qint64> deletePage(const Span &span, qint64 before, int limit);
    store::Database &m_events;
    Policy m_policy;
};

} // namespace coppice::capture
