// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "process/spawn.h"

namespace coppice::net {

/// Listens on 127.0.0.1; `port` 0 asks for a free one, which is then in `port`. Non-blocking.
[[nodiscard]] Result<process::Descriptor> listenOnLoopback(quint16 &port);
/// The same port on ::1; a closed descriptor where there is no IPv6 or somebody has it.
[[nodiscard]] process::Descriptor listenOnLoopback6(quint16 port);
/// Listens on an address of this machine (IPv4 or IPv6, no name); "::" takes IPv4 as well.
[[nodiscard]] Result<process::Descriptor> listenOnAddress(const QString &address, quint16 &port);
/// Listens on a unix socket with mode 0600, also at a path that is longer than a socket's address may be. A socket file
/// that nobody listens on is replaced; anything else at the path is an error. Non-blocking.
[[nodiscard]] Result<process::Descriptor> listenOnPath(const QString &path);
/// Connects to a unix socket. Non-blocking once connected.
[[nodiscard]] Result<process::Descriptor> connectToPath(const QString &path);

} // namespace coppice::net
