// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/compare.h"
#include "review/lines.h"
#include "review/patch.h"
#include "review/rows.h"
#include "review/space.h"

#include <memory>
#include <stop_token>

namespace coppice::review {

/// Both sides of one file of a patch, line beside line: made once on a worker, then only read, from any thread. It holds
/// the two texts, where their lines begin, and which lines stand beside which; texts and words of a row are made when they
/// are asked for, so that a file of a million lines costs little more than its bytes.
class AlignedFile
{
public:
    /// A line of a block: a side without a line has number 0.
    struct Pair {
        int oldLine = 0, newLine = 0; ///< from 1
        Whitespace space = Whitespace::Show; ///< of both: the mode in which they are equal
    };
    /// Consecutive changed lines, from 1; what is between two blocks is equal.
    struct Block {
        int oldFirst = 1, oldCount = 0, newFirst = 1, newCount = 0;
        int hunk = 0;
        int firstPair = 0, pairs = 0;
        bool coarse = false; ///< was not compared line by line
    };

    /// Reads and compares the file. What `file` lacks of its hunks is filled in (binary, tooLarge, hunks).
    [[nodiscard]] static Result<std::shared_ptr<const AlignedFile>> read(const git::Repository &repository, FilePatch &file,
                                                                        const CompareBudget &budget = {}, std::stop_token stop = {});

    /// The same for two texts that are at hand; over 10 MB they are compared as a file too large for hunks is.
    [[nodiscard]] static Result<std::shared_ptr<const AlignedFile>> of(FilePatch &file, QByteArray before, QByteArray after,
                                                                      const CompareBudget &budget = {}, std::stop_token stop = {});

    /// Nothing but notes, in the place of lines that are not to be shown.
    [[nodiscard]] static std::shared_ptr<const AlignedFile> withheld(QStringList notes);
    [[nodiscard]] bool isWithheld() const { return m_withheld; }

    [[nodiscard]] const std::vector<Block> &blocks() const { return m_blocks; }
    [[nodiscard]] const std::vector<Pair> &pairs() const { return m_pairs; }
    [[nodiscard]] const QStringList &notes() const { return m_notes; } ///< on renaming, modes, binary content, size
    [[nodiscard]] int oldLines() const { return int(m_oldStarts.size()) - 1; }
    [[nodiscard]] int newLines() const { return int(m_newStarts.size()) - 1; }
    [[nodiscard]] QByteArrayView oldLine(int line) const { return slice(m_before, m_oldStarts, line); } ///< with its end
    [[nodiscard]] QByteArrayView newLine(int line) const { return slice(m_after, m_newStarts, line); }
    /// What was read and found, for whoever would read it again: the bytes are shared, and each hunk is a block without the
    /// lines around it.
    [[nodiscard]] FileTexts texts() const;
    [[nodiscard]] const QByteArray &before() const { return m_before; }
    [[nodiscard]] const QByteArray &after() const { return m_after; }
    /// Lines in blocks that are coarse; 0 when the comparison is exact.
    [[nodiscard]] int coarseLines() const { return m_coarseLines; }
    [[nodiscard]] int firstCoarse() const { return m_firstCoarse; } ///< line of the new side
    [[nodiscard]] qsizetype longestLine() const { return m_longest; } ///< bytes; tabs counted as four
    /// Changed lines that are equal in a mode.
    [[nodiscard]] int hiddenBy(Whitespace mode) const;
    /// The hunk that an unchanged line is context of; -1 for none.
    [[nodiscard]] int hunkOfOld(int oldLine) const;

    /// The row of two lines that stand side by side, with texts and words. Texts of lines over `longest` bytes are cut to
    /// what begins at byte `from` (-1: never cut).
    [[nodiscard]] AlignedRow row(int oldLine, int newLine, AlignedRow::Kind kind, int hunk, qint64 from = 0) const;
    /// Bytes of a line that are made into text at once; longer lines are shown in parts.
    static constexpr qsizetype longest = 4096;
    /// The byte at which a changed line, too long to be shown at once, first differs; -1 when it is not known to be one.
    [[nodiscard]] qint64 firstDifference(int oldLine) const;
    /// Where the part of a line that holds byte `from` begins, at a character.
    [[nodiscard]] static qsizetype partAt(QByteArrayView line, qsizetype from);

private:
    struct LongPair { ///< of two lines, one of which is long: where they differ, in bytes
        int oldLine = 0;
        qint64 head = 0, oldTo = 0, newTo = 0;
        Whitespace space = Whitespace::Show;
        bool equal = false;
    };
    AlignedFile() = default;
    [[nodiscard]] const LongPair *longPair(int oldLine) const;
    static void markLong(AlignedRow &row, const LongPair &pair);
    friend class AlignedBuilder;
    static QByteArrayView slice(const QByteArray &bytes, const std::vector<qint64> &starts, int line)
    {
        return line >= 1 && size_t(line) < starts.size()
            ? QByteArrayView(bytes).sliced(starts[size_t(line) - 1], starts[size_t(line)] - starts[size_t(line) - 1])
            : QByteArrayView();
    }

    QByteArray m_before, m_after;
    std::vector<qint64> m_oldStarts{0}, m_newStarts{0};
    std::vector<Block> m_blocks;
    std::vector<Pair> m_pairs;
    std::vector<LongPair> m_longPairs; ///< by old line
    std::vector<std::pair<int, int>> m_hunkRanges; ///< first old line, one after the last
    QStringList m_notes;
    qsizetype m_longest = 0;
    int m_coarseLines = 0, m_firstCoarse = 0;
    bool m_whole = false, m_withheld = false;
};

} // namespace coppice::review
