// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/quota.h"

#include <algorithm>
#include <cmath>

namespace coppice::receivers {

Quota::Bucket &Quota::filled(const QString &plugin, qint64 nowMs)
{
    auto it = m_buckets.find(plugin);
    if (it == m_buckets.end())
        it = m_buckets.insert(plugin, {double(m_perMinute), nowMs});
    const double gained = double(m_perMinute) * double(std::max<qint64>(0, nowMs - it->at)) / 60'000;
    it->left = std::min(double(m_perMinute), it->left + gained);
    it->at = nowMs;
    return *it;
}

int Quota::secondsUntilAllowed(const QString &plugin, qint64 nowMs)
{
    if (m_perMinute <= 0)
        return 0;
    const std::lock_guard lock(m_mutex);
    const double missing = 1 - filled(plugin, nowMs).left;
    return missing <= 0 ? 0 : std::max(1, int(std::ceil(missing * 60 / double(m_perMinute))));
}

void Quota::spend(const QString &plugin, qint64 events, qint64 nowMs)
{
    if (m_perMinute <= 0)
        return;
    const std::lock_guard lock(m_mutex);
    filled(plugin, nowMs).left -= double(events); // one large request may overdraw: the next one waits
}

} // namespace coppice::receivers
