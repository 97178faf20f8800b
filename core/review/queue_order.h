// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/patch.h"

#include <QMap>

namespace coppice::review {

/// What waits on a patch, as the caller knows it.
struct Waiting {
    qint64 ageMs = 0;   ///< since its first revision
    qint64 events = 0;  ///< production errors of its ticket's groups
    int dependents = 0; ///< plugins that depend on its plugin, where known
    bool regressed = false; ///< its ticket came back after a fix
};
/// Where a patch stands in the queue, and why: both numbers are sums of points, larger is earlier.
struct Rank {
    int risk = 0; ///< of its flags, by the table in queue_order.cpp; a kind counts fully once, then a fifth for each more
    int waits = 0;
    QStringList reasons; ///< what gave points, the most first, as people read it
    [[nodiscard]] int points() const { return risk + waits; }
};
/// Points of one flag of a kind; a kind that the table does not hold counts like a plain note.
[[nodiscard]] int weightOf(const QString &flagKind);
using FlagKinds = QMap<QString, int>; ///< how many flags of each kind
[[nodiscard]] FlagKinds countKinds(const std::vector<Flag> &flags);
[[nodiscard]] Rank rankOf(const FlagKinds &kinds, const Waiting &waiting);
/// Of a patch that cannot be read: it has the points of what waits on it, and says so first among its reasons, since one of
/// them never hides the queue.
[[nodiscard]] Rank rankOfUnreadable(const Error &why, const Waiting &waiting);

} // namespace coppice::review
