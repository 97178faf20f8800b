// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "highlight/highlighter.h"
#include "review/patch.h"
#include "review/space.h"

namespace coppice::review {

/// A changed piece inside a line, UTF-16 offsets.
struct WordChange {
    int offset = 0;
    int length = 0;
};
/// One line of the side-by-side view. A side without a line has number 0.
struct AlignedRow {
    enum class Kind { Context, Changed, Removed, Added, Fold, Note };
    Kind kind = Kind::Context;
    int oldLine = 0;
    int newLine = 0;
    QString oldText, newText; ///< without line end; tabs kept
    std::vector<WordChange> oldWords, newWords;
    int hunk = -1;       ///< index in FilePatch::hunks
    int foldedLines = 0; ///< of Fold
    bool oldNoNewline = false, newNoNewline = false;
    Whitespace space = Whitespace::Show; ///< of Changed: the mode in which both lines are equal
    qint64 oldAt = 0, newAt = 0;         ///< byte of the line at which its text begins, where it is too long for all of it
    qint64 oldBytes = 0, newBytes = 0;   ///< of the whole line, without its end
    bool oldCut = false, newCut = false; ///< the text is a part of the line
    QString oldEnd, newEnd;              ///< of Changed, where the two lines end differently: "CRLF", "LF", "CR"
    bool coarse = false;                 ///< of a block that was not compared line by line
};
/// All rows of one file with `context` unchanged lines around changes, the rest folded (-1: nothing folded). For what
/// prints them; what draws them takes them one by one from an AlignedFile.
[[nodiscard]] Result<std::vector<AlignedRow>> alignedRows(const git::Repository &repository, const FilePatch &file,
                                                          int context = 3);
/// Pairs (removed, added) of a block's lines that stand side by side because they are alike, rising on both sides; from 0.
[[nodiscard]] std::vector<std::pair<size_t, size_t>> pairUp(const QStringList &removed, const QStringList &added);
/// Blocks with more cells than this (removed times added) are not paired by likeness.
inline constexpr size_t mostPairings = 4096;
/// Words that changed between two lines.
[[nodiscard]] std::pair<std::vector<WordChange>, std::vector<WordChange>> wordChanges(const QString &before,
                                                                                      const QString &after);

} // namespace coppice::review
