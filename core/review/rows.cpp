// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/rows.h"

#include "review/lines.h"

#include <QHash>

#include <algorithm>
#include <limits>

namespace coppice::review {

namespace {

constexpr size_t mostPairings = 4096; ///< cells of a block's table; larger blocks are paired in order

/// How alike two lines are by their words, 0 to 100.
int likeness(const QString &a, const QString &b)
{
    const auto words = [](const QString &line) {
        QHash<QStringView, int> counts;
        qsizetype from = -1;
        for (qsizetype i = 0; i <= line.size(); ++i) {
            const bool letter = i < line.size() && (line[i].isLetterOrNumber() || line[i] == u'_');
            if (letter && from < 0) {
                from = i;
            } else if (!letter && from >= 0) {
                ++counts[QStringView(line).mid(from, i - from)];
                from = -1;
            }
        }
        return counts;
    };
    if (a.trimmed() == b.trimmed())
        return 100;
    const auto left = words(a.left(1000)), right = words(b.left(1000));
    int common = 0, all = 0;
    for (auto it = left.cbegin(); it != left.cend(); ++it) {
        common += std::min(it.value(), right.value(it.key(), 0)) * int(it.key().size());
        all += it.value() * int(it.key().size());
    }
    for (auto it = right.cbegin(); it != right.cend(); ++it)
        all += it.value() * int(it.key().size());
    return all == 0 ? 0 : common * 200 / all;
}

/// Pairs (removed, added) of a block whose lines stand side by side, rising on both sides.
std::vector<std::pair<size_t, size_t>> pairUp(const QStringList &removed, const QStringList &added)
{
    const size_t n = size_t(removed.size()), m = size_t(added.size());
    std::vector<std::pair<size_t, size_t>> pairs;
    if (n == m || n * m > mostPairings) {
        for (size_t i = 0; i < std::min(n, m); ++i)
            pairs.emplace_back(i, i);
        return pairs;
    }
    std::vector<int> like(n * m), best((n + 1) * (m + 1), 0);
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < m; ++j) {
            const int value = likeness(removed[qsizetype(i)], added[qsizetype(j)]);
            like[i * m + j] = value >= 30 ? value : 0;
        }
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            const int take = like[i * m + j] > 0 ? like[i * m + j] + best[(i + 1) * (m + 1) + j + 1] : 0;
            best[i * (m + 1) + j] = std::max({take, best[(i + 1) * (m + 1) + j], best[i * (m + 1) + j + 1]});
        }
    }
    for (size_t i = 0, j = 0; i < n && j < m;) {
        const int here = best[i * (m + 1) + j];
        if (like[i * m + j] > 0 && here == like[i * m + j] + best[(i + 1) * (m + 1) + j + 1])
            pairs.emplace_back(i++, j++);
        else if (here == best[(i + 1) * (m + 1) + j])
            ++i;
        else
            ++j;
    }
    return pairs;
}

class RowBuilder
{
public:
    RowBuilder(const FilePatch &file, const FileTexts &texts, int context)
        : m_file(file), m_texts(texts), m_context(context < 0 ? std::numeric_limits<int>::max() : context),
          m_before(splitLines(texts.before)), m_after(splitLines(texts.after)), m_whole(isWhole(file))
    {
    }

    std::vector<AlignedRow> build()
    {
        collectBlocks();
        int oldLine = 1, newLine = 1;
        for (size_t i = 0; i < m_blocks.size(); ++i) {
            const Block &block = m_blocks[i];
            unchanged(oldLine, newLine, block.oldFirst - oldLine, i > 0, true);
            change(block);
            oldLine = block.oldFirst + block.oldCount;
            newLine = block.newFirst + block.newCount;
        }
        unchanged(oldLine, newLine, int(m_before.size()) - oldLine + 1, !m_blocks.empty(), false);
        return std::move(m_rows);
    }

private:
    /// Consecutive changed lines; first lines from 1, also where the count is 0.
    struct Block {
        int oldFirst = 1, oldCount = 0, newFirst = 1, newCount = 0;
        int hunk = 0;
    };

    void collectBlocks()
    {
        for (size_t h = 0; h < m_texts.hunks.size(); ++h) {
            const auto &hunk = m_texts.hunks[h];
            int oldNext = hunk.oldLines == 0 ? hunk.oldStart + 1 : hunk.oldStart;
            int newNext = hunk.newLines == 0 ? hunk.newStart + 1 : hunk.newStart;
            bool open = false;
            for (const auto &line : hunk.lines) {
                if (line.origin == ' ') {
                    open = false;
                    ++oldNext;
                    ++newNext;
                    continue;
                }
                if (!open)
                    m_blocks.push_back({oldNext, 0, newNext, 0, m_whole ? 0 : int(h)});
                open = true;
                if (line.origin == '-') {
                    ++m_blocks.back().oldCount;
                    ++oldNext;
                } else {
                    ++m_blocks.back().newCount;
                    ++newNext;
                }
            }
        }
    }

    [[nodiscard]] int hunkOfOld(int oldLine) const
    {
        if (m_whole)
            return m_file.hunks.empty() ? -1 : 0;
        const auto &hunks = m_file.hunks;
        const auto after = std::upper_bound(hunks.begin(), hunks.end(), oldLine,
                                            [](int line, const Hunk &hunk) { return line < hunk.oldStart; });
        if (after == hunks.begin())
            return -1;
        const auto it = std::prev(after);
        return oldLine < it->oldStart + it->oldLines ? int(it - hunks.begin()) : -1;
    }

    [[nodiscard]] QString oldText(int line) const { return shownLine(m_before[size_t(line - 1)]); }
    [[nodiscard]] QString newText(int line) const { return shownLine(m_after[size_t(line - 1)]); }
    [[nodiscard]] bool oldCut(int line) const
    {
        return size_t(line) == m_before.size() && !m_before.back().endsWith('\n');
    }
    [[nodiscard]] bool newCut(int line) const { return size_t(line) == m_after.size() && !m_after.back().endsWith('\n'); }

    void unchanged(int oldLine, int newLine, int count, bool afterChange, bool beforeChange)
    {
        const qint64 head = afterChange ? m_context : 0, tail = beforeChange ? m_context : 0;
        const bool all = m_blocks.empty() || head + tail >= count;
        for (int i = 0; i < count; ++i) {
            if (!all && i == head && count - tail > i) {
                AlignedRow fold;
                fold.kind = AlignedRow::Kind::Fold;
                fold.foldedLines = int(count - head - tail);
                fold.oldLine = oldLine + i;
                fold.newLine = newLine + i;
                m_rows.push_back(std::move(fold));
                i = int(count - tail);
                if (i >= count)
                    break;
            }
            AlignedRow row;
            row.oldLine = oldLine + i;
            row.newLine = newLine + i;
            row.oldText = oldText(row.oldLine);
            row.newText = newText(row.newLine);
            row.hunk = hunkOfOld(row.oldLine);
            row.oldNoNewline = oldCut(row.oldLine);
            row.newNoNewline = newCut(row.newLine);
            m_rows.push_back(std::move(row));
        }
    }

    void add(const Block &block, int oldLine, int newLine)
    {
        AlignedRow row;
        row.oldLine = oldLine;
        row.newLine = newLine;
        row.hunk = block.hunk;
        if (oldLine) {
            row.oldText = oldText(oldLine);
            row.oldNoNewline = oldCut(oldLine);
        }
        if (newLine) {
            row.newText = newText(newLine);
            row.newNoNewline = newCut(newLine);
        }
        if (oldLine && newLine) {
            row.kind = AlignedRow::Kind::Changed;
            std::tie(row.oldWords, row.newWords) = wordChanges(row.oldText, row.newText);
        } else {
            row.kind = oldLine ? AlignedRow::Kind::Removed : AlignedRow::Kind::Added;
        }
        m_rows.push_back(std::move(row));
    }

    void change(const Block &block)
    {
        QStringList removed, added;
        for (int i = 0; i < block.oldCount; ++i)
            removed << oldText(block.oldFirst + i);
        for (int i = 0; i < block.newCount; ++i)
            added << newText(block.newFirst + i);
        int i = 0, j = 0;
        const auto loose = [&](int untilOld, int untilNew) {
            for (; i < untilOld; ++i)
                add(block, block.oldFirst + i, 0);
            for (; j < untilNew; ++j)
                add(block, 0, block.newFirst + j);
        };
        for (const auto &[left, right] : pairUp(removed, added)) {
            loose(int(left), int(right));
            add(block, block.oldFirst + i++, block.newFirst + j++);
        }
        loose(block.oldCount, block.newCount);
    }

    const FilePatch &m_file;
    const FileTexts &m_texts;
    const int m_context;
    const std::vector<QByteArrayView> m_before, m_after;
    const bool m_whole;
    std::vector<Block> m_blocks;
    std::vector<AlignedRow> m_rows;
};

AlignedRow note(const QString &text)
{
    AlignedRow row;
    row.kind = AlignedRow::Kind::Note;
    row.hunk = 0;
    row.oldText = row.newText = text;
    return row;
}

QString modeText(git::Mode mode)
{
    switch (mode) {
    case git::Mode::File: return QStringLiteral("file");
    case git::Mode::Executable: return QStringLiteral("executable file");
    case git::Mode::Link: return QStringLiteral("symbolic link");
    case git::Mode::Submodule: return QStringLiteral("submodule");
    case git::Mode::Tree: return QStringLiteral("folder");
    }
    return {};
}

QString sizeText(const git::Repository &repository, const git::Oid &blob)
{
    const auto size = blob.isNull() ? Result<qint64>(0) : repository.blobSize(blob);
    return size ? QStringLiteral("%1 bytes").arg(*size) : QStringLiteral("unknown size");
}

} // namespace

Result<std::vector<AlignedRow>> alignedRows(const git::Repository &repository, const FilePatch &file, int context)
{
    std::vector<AlignedRow> rows;
    if (file.status == FilePatch::Status::Renamed)
        rows.push_back(note(QStringLiteral("Renamed from %1").arg(QString::fromUtf8(file.oldPath))));
    if (file.oldMode != file.newMode)
        rows.push_back(note(QStringLiteral("Was: %1. Is: %2.").arg(modeText(file.oldMode), modeText(file.newMode))));
    else if (file.oldMode == git::Mode::Link)
        rows.push_back(note(QStringLiteral("The target of a symbolic link.")));
    if (file.oldMode == git::Mode::Submodule || file.newMode == git::Mode::Submodule) {
        rows.push_back(note(QStringLiteral("Submodule: commit %1, then %2.").arg(file.oldBlob.shown(), file.newBlob.shown())));
        return rows;
    }
    if (file.binary || file.tooLarge) {
        rows.push_back(note((file.tooLarge ? QStringLiteral("Over 10 MB, so not compared line by line: %1, then %2.")
                                           : QStringLiteral("Binary: %1, then %2."))
                                .arg(sizeText(repository, file.oldBlob), sizeText(repository, file.newBlob))));
        return rows;
    }
    COPPICE_TRY(const auto texts, textsOf(repository, file));
    if (texts.before == texts.after) {
        if (texts.after.isEmpty() && file.status != FilePatch::Status::ModeChanged)
            rows.push_back(note(QStringLiteral("The file is empty.")));
        return rows;
    }
    auto lines = RowBuilder(file, texts, context).build();
    rows.insert(rows.end(), std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
    return rows;
}

} // namespace coppice::review
