// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace coppice::sandbox {

/// A program for the kernel (seccomp, as bwrap's --seccomp takes it) that refuses what namespaces do not keep apart: sockets of
/// any family but unix, IP and netlink (a virtual machine's host listens on vsock, whatever the network namespace), the
/// kernel's keyrings, tracing and programs in the kernel, mounts, modules, the clock, typing into terminals; and system calls of
/// other architectures than this program's. Everything else is allowed. Source: seccomp(2), the kernel's seccomp_filter.rst.
[[nodiscard]] QByteArray syscallFilter();

} // namespace coppice::sandbox
