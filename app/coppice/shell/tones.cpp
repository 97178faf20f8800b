// SPDX-License-Identifier: GPL-3.0-or-later
#include "tones.h"

namespace coppice::ui {

namespace {
Look look(const char *tone, const char *icon)
{
    return {QString::fromLatin1(tone), QString::fromLatin1(icon)};
}
} // namespace

Look lookOf(capture::Group::State state)
{
    using S = capture::Group::State;
    switch (state) {
    case S::New: return look("danger", "bug");
    case S::Regressed: return look("danger", "undo");
    case S::Ticketed: return look("info", "ticket");
    case S::Muted: return look("neutral", "mute");
    case S::Resolved: return look("ok", "circle-check");
    }
    return look("neutral", "circle");
}

Look lookOf(capture::Level level)
{
    using L = capture::Level;
    switch (level) {
    case L::Fatal:
    case L::Error: return look("danger", "error");
    case L::Warning: return look("warning", "warning");
    default: return look("neutral", "info");
    }
}

Look lookOf(tickets::Ticket::State state)
{
    using S = tickets::Ticket::State;
    switch (state) {
    case S::Inbox: return look("warning", "inbox");
    case S::Accepted: return look("info", "check");
    case S::Running: return look("info", "runs");
    case S::Review: return look("warning", "review");
    case S::Shipping: return look("info", "ship");
    case S::Watching: return look("ok", "eye");
    case S::Closed: return look("ok", "circle-check");
    case S::Declined: return look("neutral", "circle-cross");
    case S::Snoozed: return look("neutral", "snooze");
    case S::Duplicate: return look("neutral", "copy");
    }
    return look("neutral", "circle");
}

Look lookOf(runs::Run::State state)
{
    using S = runs::Run::State;
    switch (state) {
    case S::Queued: return look("neutral", "clock");
    case S::Preparing:
    case S::Running:
    case S::Checking: return look("info", "runs");
    case S::Waiting: return look("warning", "hand");
    case S::Done: return look("ok", "circle-check");
    case S::Failed: return look("danger", "circle-cross");
    case S::Cancelled: return look("neutral", "stop");
    case S::Interrupted: return look("warning", "clock");
    }
    return look("neutral", "circle");
}

Look lookOf(review::Patch::State state)
{
    using S = review::Patch::State;
    switch (state) {
    case S::Open: return look("warning", "review");
    case S::Applied: return look("info", "check");
    case S::Shipped: return look("ok", "ship");
    case S::Closed: return look("neutral", "circle-cross");
    }
    return look("neutral", "circle");
}

Look tierLook(const QString &tier)
{
    if (tier == QLatin1String("excellent"))
        return {QStringLiteral("ok"), QStringLiteral("tier-excellent")};
    if (tier == QLatin1String("good"))
        return {QStringLiteral("info"), QStringLiteral("tier-good")};
    if (tier == QLatin1String("fair"))
        return {QStringLiteral("warning"), QStringLiteral("tier-fair")};
    if (tier == QLatin1String("poor"))
        return {QStringLiteral("danger"), QStringLiteral("tier-poor")};
    return {QStringLiteral("neutral"), QStringLiteral("tier-unknown")};
}

QString durationText(qint64 ms)
{
    const qint64 seconds = ms / 1000;
    if (seconds < 60)
        return QStringLiteral("%1 s").arg(seconds);
    if (seconds < 3600)
        return QStringLiteral("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    return QStringLiteral("%1 h %2 min").arg(seconds / 3600).arg(seconds % 3600 / 60);
}

} // namespace coppice::ui
