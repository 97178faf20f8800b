// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice {

/// Milliseconds since 1970 UTC. All stored times have this unit.
[[nodiscard]] qint64 nowMs();
/// Sets the clock for tests; 0 gives the system's back. Not for use outside tests.
void setClockForTests(qint64 fixedMs);
/// ISO 8601 in UTC with milliseconds, for example 2026-11-22T02:00:00.000Z.
[[nodiscard]] QString isoTime(qint64 ms);
/// "just now", "5 min ago", "3 h ago", "4 days ago": the age of `ms` at `now`.
[[nodiscard]] QString ageText(qint64 ms, qint64 now = nowMs());

} // namespace coppice
