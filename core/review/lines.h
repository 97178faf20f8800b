// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "review/patch.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace coppice::review {

/// Lines of a file as views into its bytes, each with its "\n"; the last may lack it.
[[nodiscard]] std::vector<QByteArrayView> splitLines(QByteArrayView bytes);
/// A line as text to show: without "\n" and "\r\n", decoded as UTF-8 (what is none becomes U+FFFD).
[[nodiscard]] QString shownLine(QByteArrayView line);
/// As git decides it: a NUL in the first 8000 bytes.
[[nodiscard]] bool looksBinary(QByteArrayView bytes);

struct DiffLine {
    char origin = ' '; ///< ' ', '-' or '+'
    int oldLine = 0;   ///< from 1; 0 where there is none
    int newLine = 0;
};
struct DiffHunk {
    int oldStart = 0, oldLines = 0, newStart = 0, newLines = 0;
    std::vector<DiffLine> lines;
};
/// The hunks that `git diff` makes of two texts: Myers with the indent heuristic, 3 lines of context.
[[nodiscard]] Result<std::vector<DiffHunk>> diffTexts(const QByteArray &before, const QByteArray &after);

/// True when the file is accepted or rejected as a whole: it has one hunk, whatever its lines.
[[nodiscard]] bool isWhole(const FilePatch &file);
/// True for modes whose object is a blob.
[[nodiscard]] inline bool hasBlob(git::Mode mode)
{
    return mode == git::Mode::File || mode == git::Mode::Executable || mode == git::Mode::Link;
}

/// Both sides of a file and their hunks. Both empty for binary and too large files and submodules.
struct FileTexts {
    QByteArray before, after;
    std::vector<DiffHunk> hunks; ///< of a whole file: what git would show, to be drawn as one
};
[[nodiscard]] Result<FileTexts> textsOf(const git::Repository &repository, const FilePatch &file);

/// Over this a file is not compared line by line.
inline constexpr qint64 largestCompared = 10 << 20;

} // namespace coppice::review
