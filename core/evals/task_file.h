// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/task.h"

namespace coppice::evals {

/// Reads <task.folder>/task.toml into a task. Keys of [metadata] that this program does not know are an error with their
/// line, as are values of the wrong kind; other tables are Harbor's, of which the time limits are read:
///
///   [metadata]
///   level = "failing-test"        a word or a number: tasks of one level are counted together
///   expects = "change"            or "nothing": the files have to stay as they are
///   plugin = "links"              the mock plugin
///   source = "person"             or "outside", "log"
///   playbook = "fix"
///   test = "node --test"          the plugin's own test command
///   scope = ["lib/**", "test/**"]
///   forbid = ["network"]
///   [metadata.tests]
///   turn = ["…"]  variants = ["…"]  stay = ["…"]
///   [agent] timeout_sec = 600.0   [verifier] timeout_sec = 60.0
[[nodiscard]] Result<> readTaskFile(Task &task);

} // namespace coppice::evals
