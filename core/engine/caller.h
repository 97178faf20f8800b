// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice::engine {

/// Names this process beyond the reuse of its number: "<pid>/<start time in ticks since boot>".
[[nodiscard]] QString thisProcess();
/// Whether the process of that name still runs.
[[nodiscard]] bool isAlive(const QString &process);

} // namespace coppice::engine
