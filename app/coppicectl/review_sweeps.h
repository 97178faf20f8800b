// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <review/patch.h>

namespace coppice::ctl {

/// Decides on every place of a sweep, named by a beginning of its id, as one operation.
[[nodiscard]] Result<int> decideSweep(Context &context, const QString &id, review::Decision::Verdict verdict, const QString &reason);

} // namespace coppice::ctl
