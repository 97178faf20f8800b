// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

namespace coppice::store {

/// Whether a file system of this statfs type is shared between machines, where SQLite's WAL mode corrupts files.
/// Source: https://www.sqlite.org/wal.html and the magic numbers of statfs(2).
[[nodiscard]] bool isNetworkFileSystem(quint64 type);
/// The same for FUSE, which hides what is behind it: by the mount's type, for example "fuse.sshfs".
[[nodiscard]] bool isNetworkMount(const QString &type);
/// An error when a file in this folder would lie on a network file system.
[[nodiscard]] Result<> demandLocalFolder(const QString &folder);

} // namespace coppice::store
