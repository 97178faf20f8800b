// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs/run.h"

namespace coppice::runs {

/// What a check printed, once: on the base, or on the result.
struct CheckLog {
    QString text;        ///< scrubbed of secrets and of what steers a terminal; untrusted, for people to read
    qint64 leftOut = 0;  ///< bytes between the first lines and the last that were too many to read
};
enum class CheckSide { Before, After };

/// Reads the log of a run's check from the run's folder: whole up to 1 MiB, else the first 128 KiB and the end. Fails with
/// run.check where the run has no such check, run.check_log where it was not run on that side, or its log is gone.
/// Any thread.
[[nodiscard]] Result<CheckLog> readCheckLog(const Run &run, const QString &check, CheckSide side);

} // namespace coppice::runs
