// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "process/spawn.h"

#include <QByteArray>

#include <optional>

namespace coppice::net {

// Helpers for proxies on plain, non-blocking sockets. All of them end when `wake` becomes readable.

/// Up to the empty line after the headers, at most 32 KB within 10 s; what came after it is in `rest`.
[[nodiscard]] std::optional<QByteArray> readHead(int fd, QByteArray &rest, int wake);
/// False when the peer is gone or takes nothing for 60 s.
[[nodiscard]] bool sendAll(int fd, QByteArrayView bytes, int wake);
/// Passes bytes both ways until both sides have ended, or nothing moves for 10 minutes.
void spliceBoth(int a, int b, int wake);
/// A TCP connection. Addresses of this machine and of private networks only with `privateToo`.
[[nodiscard]] Result<process::Descriptor> connectToHost(const QString &host, int port, bool privateToo, int wake);
/// Asks an HTTP proxy for a tunnel.
[[nodiscard]] Result<> askProxy(int fd, const QString &host, int port, const QString &user, const QString &password, int wake);

} // namespace coppice::net
