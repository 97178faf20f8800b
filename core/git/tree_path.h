// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <optional>

namespace coppice::git {

// Paths in a tree: bytes, '/' between the parts, none at the beginning or end; the root is the empty path.

/// Whether a path lies in a folder; a folder does not lie in itself.
[[nodiscard]] bool isUnder(const QByteArray &path, const QByteArray &folder);
/// The folder that a path lies in.
[[nodiscard]] QByteArray folderOf(const QByteArray &path);
/// "." and ".." worked out from the root; none when the path climbs above it.
[[nodiscard]] std::optional<QByteArray> normalised(const QByteArray &path);
/// How a link in a folder names a path: up to where they part, and down again.
[[nodiscard]] QByteArray relativePath(const QByteArray &fromFolder, const QByteArray &to);

} // namespace coppice::git
