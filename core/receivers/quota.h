// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

#include <mutex>

namespace coppice::receivers {

/// Events per minute that each plugin may send, with as many at once. Safe from any thread.
class Quota
{
public:
    explicit Quota(qint64 perMinute) : m_perMinute(perMinute) { } ///< 0: no bound
    /// 0, or in how many seconds the plugin may send again. Times are milliseconds of any clock that only rises.
    [[nodiscard]] int secondsUntilAllowed(const QString &plugin, qint64 nowMs);
    void spend(const QString &plugin, qint64 events, qint64 nowMs);

private:
    struct Bucket {
        double left = 0;
        qint64 at = 0;
    };
    Bucket &filled(const QString &plugin, qint64 nowMs);
    qint64 m_perMinute;
    std::mutex m_mutex;
    QHash<QString, Bucket> m_buckets;
};

} // namespace coppice::receivers
