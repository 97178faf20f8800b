// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/rows.h"

#include "review/aligned.h"

#include <limits>

namespace coppice::review {

namespace {

AlignedRow note(const QString &text)
{
    AlignedRow row;
    row.kind = AlignedRow::Kind::Note;
    row.hunk = 0;
    row.oldText = row.newText = text;
    return row;
}

/// Unchanged lines between two changes, with the middle folded.
void unchanged(std::vector<AlignedRow> &rows, const AlignedFile &file, int oldLine, int newLine, int count, qint64 head, qint64 tail)
{
    const bool all = head + tail >= count || file.blocks().empty();
    for (int i = 0; i < count; ++i) {
        if (!all && i == head) {
            AlignedRow fold;
            fold.kind = AlignedRow::Kind::Fold;
            fold.foldedLines = int(count - head - tail);
            fold.oldLine = oldLine + i;
            fold.newLine = newLine + i;
            rows.push_back(std::move(fold));
            i = int(count - tail);
            if (i >= count)
                break;
        }
        rows.push_back(file.row(oldLine + i, newLine + i, AlignedRow::Kind::Context, file.hunkOfOld(oldLine + i), -1));
    }
}

} // namespace

Result<std::vector<AlignedRow>> alignedRows(const git::Repository &repository, const FilePatch &file, int context)
{
    FilePatch own = file;
    COPPICE_TRY(const auto aligned, AlignedFile::read(repository, own));
    std::vector<AlignedRow> rows;
    for (const auto &text : aligned->notes())
        rows.push_back(note(text));
    const qint64 around = context < 0 ? std::numeric_limits<int>::max() : context;
    int oldLine = 1, newLine = 1;
    bool first = true;
    for (const auto &block : aligned->blocks()) {
        unchanged(rows, *aligned, oldLine, newLine, block.oldFirst - oldLine, first ? 0 : around, around);
        first = false;
        for (int i = block.firstPair; i < block.firstPair + block.pairs; ++i) {
            const auto &pair = aligned->pairs()[size_t(i)];
            rows.push_back(aligned->row(pair.oldLine, pair.newLine, AlignedRow::Kind::Changed, block.hunk, -1));
        }
        oldLine = block.oldFirst + block.oldCount;
        newLine = block.newFirst + block.newCount;
    }
    unchanged(rows, *aligned, oldLine, newLine, aligned->oldLines() - oldLine + 1, around, 0);
    return rows;
}

} // namespace coppice::review
