// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace coppice::process {

/// The living processes of a group and all descendants of its leader, whatever group they have moved to. Read from
/// /proc, so processes inside a PID namespace are seen, too. Stops looking when more than `enough` are found.
[[nodiscard]] std::vector<pid_t> groupMembers(pid_t leader, size_t enough = SIZE_MAX);

/// Memory that belongs to these processes alone: anonymous and shared-memory pages that are resident, in bytes. Mapped
/// files (programs, libraries) are not counted: many processes share them, and the kernel can drop them.
[[nodiscard]] qint64 residentBytes(const std::vector<pid_t> &processes);

} // namespace coppice::process
