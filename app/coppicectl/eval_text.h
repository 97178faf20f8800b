// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <evals/summary.h>

namespace coppice::ctl {

/// "weather-retry: passed in 12 s", or why not.
[[nodiscard]] QString evalLine(const evals::Trial &trial);
[[nodiscard]] QString evalTable(const std::vector<evals::Trial> &trials);

/// A line of a table for each sum.
[[nodiscard]] QStringList evalSumHeader();
[[nodiscard]] QStringList evalSumRow(const QString &what, const evals::Sum &sum);
/// What does not fit into a line: pass@k, steps, findings, cost.
[[nodiscard]] QString evalSumNotes(const evals::Sum &sum);

} // namespace coppice::ctl
