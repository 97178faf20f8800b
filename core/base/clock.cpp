// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"

#include <QDateTime>
#include <QTimeZone>

#include <atomic>

namespace coppice {

namespace {
std::atomic<qint64> fixedTime = 0;
}

qint64 nowMs()
{
    const qint64 fixed = fixedTime;
    return fixed ? fixed : QDateTime::currentMSecsSinceEpoch();
}

void setClockForTests(qint64 fixedMs)
{
    fixedTime = fixedMs;
}

QString isoTime(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs);
}

QString ageText(qint64 ms, qint64 now)
{
    const qint64 seconds = (now - ms) / 1000;
    if (seconds < 60)
        return QStringLiteral("just now");
    if (seconds < 3600)
        return QStringLiteral("%1 min ago").arg(seconds / 60);
    if (seconds < 48 * 3600)
        return QStringLiteral("%1 h ago").arg(seconds / 3600);
    return QStringLiteral("%1 days ago").arg(seconds / 86400);
}

} // namespace coppice
