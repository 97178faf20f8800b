// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/sandbox.h"

namespace coppice::sandbox {

/// The path with all links followed; empty when it does not exist.
[[nodiscard]] QString canonical(const QString &path);
/// True when `path` is `folder` or lies in it. Both absolute, without a trailing slash.
[[nodiscard]] bool isWithin(const QString &path, const QString &folder);

/// Whether a host path may be bound, seen with all links followed. Refused: what does not exist, sockets, pipes and
/// devices, system folders, the real home and what is above it, Coppice's own state (but the run's own folder),
/// settings, databases, credentials, and `forbidden` of the profile.
[[nodiscard]] Result<> checkHostPath(const QString &host, bool writable, const SandboxProfile &profile);
/// Whether something may be mounted there inside: a plain absolute path, not over the system, and in the work
/// folder only over what exists there (else the mount point would stay behind).
[[nodiscard]] Result<> checkInsidePath(const QString &inside, const SandboxProfile &profile);

} // namespace coppice::sandbox
