// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <evals/summary.h>
#include <library/library.h>

#include <optional>

namespace coppice::ctl {

/// The library that was named, or stands around the current folder; none where there is none.
[[nodiscard]] Result<std::optional<library::Library>> evalLibrary(const Context &context);
/// "shipped", "none", a commit of the library, or "review:ID".
[[nodiscard]] Result<evals::Instructions> evalInstructions(const QString &asked, Context &context);

/// The trials that FOLDER, FOLDER@ARM or FOLDER@CLIENT/ARM names. Where that fits several, the error says which there are.
[[nodiscard]] Result<std::pair<evals::Arm, std::vector<evals::Trial>>> evalArm(const QString &named);

} // namespace coppice::ctl
