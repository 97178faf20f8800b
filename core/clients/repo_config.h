// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/sandbox.h"

namespace coppice::clients {

/// Configuration that lies in a plugin's files (hooks, MCP servers, plugins, rules) is code of whoever wrote them: the
/// clients that are known are told, in the run's own HOME and environment, not to load it. Written before each start.
/// `answered`: the client's questions are answered by us.
[[nodiscard]] Result<> ignoreRepositoryConfig(sandbox::SandboxProfile &profile, bool answered);
/// A command line of a program that reads such configuration (and not a script that may be about it).
[[nodiscard]] bool isAgentProgram(const QStringList &argv);

} // namespace coppice::clients
