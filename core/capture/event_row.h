// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "store/database.h"

namespace coppice::capture {

/// The columns of `events` that `storedEvent` reads, the group's id first and `seq` at place 16.
[[nodiscard]] const QString &storedEventColumns();
[[nodiscard]] Event storedEvent(const store::Row &row);

} // namespace coppice::capture
