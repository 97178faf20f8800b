// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "process/spawn.h"

#include <QByteArray>

#include <functional>

#include <sys/stat.h>

namespace coppice::workspace {

// Files that a stranger may have made: links are never followed, and folders without permissions are opened all the
// same (they are ours).

struct FoundFile {
    QByteArray path; ///< below the folder, raw bytes
    QByteArray name;
    int folder = -1; ///< descriptor of the folder it lies in
    struct stat info {};
};
/// What to do with a folder that was found.
enum class Descend { Yes, No };

/// Calls `found` for everything below a folder, folders before what is in them, names in byte order. At most `depth`
/// levels; an error that `found` answers ends it.
[[nodiscard]] Result<> walkFolder(const QString &folder, const std::function<Result<Descend>(const FoundFile &)> &found,
                                  int depth = 128);
/// Deletes a folder and all below it. Nothing there is fine.
[[nodiscard]] Result<> removeFolder(const QString &folder);
/// Deletes all below a folder.
[[nodiscard]] Result<> emptyFolder(const QString &folder);
/// Copies all below `from` into `to` (made where missing): files with their bytes, times and permissions, links as
/// links; anything else is left out. Files that are there are replaced.
[[nodiscard]] Result<> copyFolder(const QString &from, const QString &to);
/// Moves a file, link or folder; copies where the target lies on another file system (what is left is not deleted).
[[nodiscard]] Result<> moveEntry(const QString &from, const QString &to);
/// Opens a regular file that was found; an error when it is no regular file any more.
[[nodiscard]] Result<process::Descriptor> openFound(const FoundFile &file);
[[nodiscard]] Result<QByteArray> readFound(const FoundFile &file, qint64 cap);
/// Where a link points to.
[[nodiscard]] Result<QByteArray> readLink(const FoundFile &file);

} // namespace coppice::workspace
