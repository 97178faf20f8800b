// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "highlight/highlighter.h"
#include "review/patch.h"

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
};
/// The rows of one file with `context` unchanged lines around changes, the rest folded (-1: nothing folded).
[[nodiscard]] Result<std::vector<AlignedRow>> alignedRows(const git::Repository &repository, const FilePatch &file,
                                                          int context = 3);
/// Words that changed between two lines.
[[nodiscard]] std::pair<std::vector<WordChange>, std::vector<WordChange>> wordChanges(const QString &before,
                                                                                      const QString &after);

} // namespace coppice::review
