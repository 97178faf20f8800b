// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>

#include <sys/types.h>

namespace coppice::relay {

/// Starts a command that dies with this process. `mask`: the signals that it has blocked; null: as they are here. -1 when
/// no process can be made, which is told on stderr; a program that cannot be started ends with 127 or 126.
pid_t startChild(char **command, const sigset_t *mask = nullptr);

} // namespace coppice::relay
