// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shipping/shipping.h"

namespace coppice::shipping {

/// Begins to watch a release for a ticket's errors. `releaseIsNew`: no event of the ticket's groups had it before.
[[nodiscard]] Result<> addWatch(store::Database &state, const Watch &watch, bool releaseIsNew);
/// The release is out anew since `since`: silence is counted from then on.
[[nodiscard]] Result<> renewWatch(store::Database &state, const QString &ticket, qint64 since);
/// Whether events came that no look at the watched releases has seen yet, also because it was cut short.
[[nodiscard]] Result<bool> hasUnseenEvents(store::Database &state, store::Database &events);
[[nodiscard]] Result<> dropWatch(store::Database &state, const QString &ticket);

} // namespace coppice::shipping
