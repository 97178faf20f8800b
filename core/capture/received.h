// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/database.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace coppice::capture {

/// Requests that a plugin served in one hour, by release: what an error rate is divided by.
struct RequestCount {
    QString plugin;
    QString release;
    qint64 hour = 0; ///< ms since 1970, the start of the hour
    qint64 requests = 0;
};
/// One point of a metric that counts requests, as a program reported it.
struct RequestPoint {
    QString plugin;
    QString release;
    qint64 at = 0;     ///< ms; 0: when it is stored
    qint64 value = 0;
    bool rising = false; ///< counts since the start of the program: only what is new since the last point is added
    QByteArray series;   ///< tells a rising counter from every other one
    qint64 started = 0;  ///< ns; of the rising counter
};
/// Events that a sender says it dropped: sampling, a full queue, our own limit.
struct LostReport {
    QString plugin;
    QString reason;
    QString category;
    qint64 at = 0; ///< ms; 0: when it is stored
    qint64 quantity = 0;
};

/// What is received beside events, in events.db. Safe from any thread.
class Received
{
public:
    explicit Received(store::Database &events) : m_events(events) { }
    [[nodiscard]] Result<> add(const std::vector<RequestPoint> &points, const std::vector<LostReport> &lost);
    /// Newest first; all plugins when none is named.
    [[nodiscard]] Result<std::vector<RequestCount>> requests(const QString &plugin = {}, qint64 since = 0);
    /// Summed per plugin, reason and category.
    [[nodiscard]] Result<std::vector<LostReport>> lost(const QString &plugin = {}, qint64 since = 0);

private:
    store::Database &m_events;
};

} // namespace coppice::capture
