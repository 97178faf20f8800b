// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>
#include <QStringList>

namespace coppice::evals {

/// Tests that cannot pass, added to a copy of a task's hidden tests: a plugin that makes its tests say what they should not (it
/// prints a reporter's lines and ends the process, patches assertions or the runner, answers with values that equal everything,
/// writes the reward itself) makes these pass too, or be silent. They have names like the others, drawn anew each time; each
/// fails by another assertion.
///
/// Understood are node:test in .mjs, .js and .cjs, unittest in .py, and shell scripts that print TAP. Answers the names of the tests
/// added, as a report tells them; none where no file is understood.
[[nodiscard]] Result<QStringList> addCanaries(const QString &testsFolder);

} // namespace coppice::evals
