// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace coppice::relay {

/// Runs a command and answers its exit status (128 + signal where one ended it). When the process that started this one
/// dies, or the command ends, everything that came of the command is killed, also what lost its own parent: a sandbox
/// whose outer half dies while it is being set up leaves an inner half that waits for ever. Outside the sandbox; no
/// threads. The death of the parent is told by PR_SET_PDEATHSIG, orphans by PR_SET_CHILD_SUBREAPER (prctl(2)).
int wardOver(char **command);

} // namespace coppice::relay
