// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/database.h"

#include <QHash>
#include <QSet>

namespace coppice::capture {

/// What came since somebody looked last.
struct EventNews {
    qint64 newest = 0;             ///< where the events end now: what to look from next time
    QHash<QString, qint64> events; ///< group id → events that came since
    QSet<QString> known;           ///< of those groups: had events before
};
/// `since` is a `newest` of before; below 0: nobody ever looked, so that nothing counts as new. At most the newest 200,000
/// events are counted.
[[nodiscard]] Result<EventNews> newsSince(store::Database &events, qint64 since);

} // namespace coppice::capture
