// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/child.h"

namespace coppice::process {

/// Which of its limits a child came up against, as the rest of a sentence that begins with its name: "used more memory
/// than the 8 GiB it may, and was stopped". Empty when it was none of them. A command that is refused further processes
/// is not stopped for it, and says so itself.
[[nodiscard]] QString limitTold(const Outcome &outcome, const Limits &limits);

} // namespace coppice::process
