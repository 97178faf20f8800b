// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/limit_told.h"

#include <csignal>

namespace coppice::process {

namespace {

QString sizeText(qint64 bytes)
{
    if (bytes >= 1LL << 30)
        return QStringLiteral("%1 GiB").arg(double(bytes) / double(1LL << 30), 0, 'g', 3);
    if (bytes >= 1LL << 20)
        return QStringLiteral("%1 MiB").arg(double(bytes) / double(1LL << 20), 0, 'g', 4);
    return QStringLiteral("%1 bytes").arg(bytes);
}

QString timeText(std::chrono::milliseconds time)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(time).count();
    if (seconds >= 120 && seconds % 60 == 0)
        return QStringLiteral("%1 minutes").arg(seconds / 60);
    return seconds == 1 ? QStringLiteral("1 second") : QStringLiteral("%1 seconds").arg(seconds);
}

} // namespace

QString limitTold(const Outcome &outcome, const Limits &limits)
{
    if (outcome.timedOut)
        return QStringLiteral("did not end within %1 and was stopped").arg(timeText(limits.time.value_or(std::chrono::milliseconds(0))));
    if (outcome.overMemory)
        return QStringLiteral("used more memory than the %1 it may, and was stopped").arg(sizeText(limits.residentBytes.value_or(0)));
    if (outcome.overProcesses)
        return QStringLiteral("started more than the %1 processes it may, and was stopped").arg(limits.processes.value_or(0));
    if (outcome.exitCode == 128 + SIGXFSZ)
        return QStringLiteral("wrote a file larger than the %1 it may, and was stopped").arg(sizeText(limits.fileSize.value_or(0)));
    if (outcome.exitCode == 128 + SIGXCPU)
        return QStringLiteral("used more than the %1 of processor time it may, and was stopped")
            .arg(timeText(std::chrono::seconds(limits.cpuSeconds.value_or(0))));
    return {};
}

} // namespace coppice::process
