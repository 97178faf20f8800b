// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "git/repository.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace coppice::review {

/// One "@@" hunk of a git diff as it was read. Lines start with ' ', '-' or '+' and end with "\n", unless the diff says
/// that the file's last line has none.
struct DiffTextHunk {
    int line = 0; ///< of the diff, from 1
    int oldStart = 0, oldLines = 0, newStart = 0, newLines = 0;
    std::vector<QByteArray> lines;
};
/// The bytes of one side of a "GIT binary patch", unpacked.
struct DiffBinary {
    bool delta = false; ///< a pack delta against the other side, else the whole content
    QByteArray data;
};
/// One file of a git diff. Paths are without the "a/" and "b/" in front.
struct DiffFile {
    int line = 0; ///< of the diff, where this file begins
    int series = 0; ///< number of the mail or commit in the diff; later ones apply on top of earlier ones
    QByteArray oldPath, newPath;
    std::optional<git::Mode> oldMode, newMode;
    bool added = false, deleted = false, renamed = false, copied = false;
    QByteArray oldBlob, newBlob; ///< hex of the index line, perhaps abbreviated; empty when it has none
    std::vector<DiffTextHunk> hunks;
    std::optional<DiffBinary> binary;
    bool binaryLeftOut = false; ///< "Binary files differ" without their bytes
};
struct GitDiff {
    std::vector<DiffFile> files;
    QString subject; ///< of the first mail, when `git format-patch` wrote it
};

/// Reads what `git diff`, `git show` or `git format-patch` write, and plain unified diffs. Bounded: at most 64 MB,
/// 20,000 files, 64 MB unpacked for a binary file. Errors name the diff's line.
/// Source: git-diff(1), "Generating patch text with -p", and gitformat-pack(5) for binary deltas.
[[nodiscard]] Result<GitDiff> parseGitDiff(const QByteArray &diff);

/// Unpacks git's base 85 lines of a binary patch; `size` is the length that its header names.
[[nodiscard]] Result<QByteArray> unpackBinary(const std::vector<QByteArrayView> &lines, qint64 size, int firstLine);
/// Applies a pack delta. Bounded by the sizes that it names, which are checked.
[[nodiscard]] Result<QByteArray> applyDelta(const QByteArray &base, const QByteArray &delta);

} // namespace coppice::review
