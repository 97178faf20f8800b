// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <evals/trial.h>

namespace coppice::ctl {

/// "weather-retry: passed in 12 s", or why not.
[[nodiscard]] QString evalLine(const evals::Trial &trial);
[[nodiscard]] QString evalTable(const std::vector<evals::Trial> &trials);

} // namespace coppice::ctl
