// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/aligned.h"

#include "review/files.h"

#include <algorithm>
#include <cstring>

namespace coppice::review {

namespace {

constexpr qint64 largestShown = 256 << 20; ///< bytes of one side that are read to be shown

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

/// A line without what white space is in it.
QByteArray bare(QByteArrayView line)
{
    QByteArray text;
    text.reserve(line.size());
    for (const char c : line) {
        if (c != ' ' && (c < '\t' || c > '\r'))
            text += c;
    }
    return text;
}

std::vector<qint64> startsOf(const QByteArray &text)
{
    std::vector<qint64> starts{0};
    for (qsizetype from = 0; from < text.size();) {
        const void *end = std::memchr(text.constData() + from, '\n', size_t(text.size() - from));
        from = end ? static_cast<const char *>(end) - text.constData() + 1 : text.size();
        starts.push_back(from);
    }
    return starts;
}

QByteArrayView withoutEnd(QByteArrayView line)
{
    if (line.endsWith('\n'))
        line.chop(1);
    if (line.endsWith('\r'))
        line.chop(1);
    return line;
}

} // namespace

/// Makes an AlignedFile.
class AlignedBuilder
{
public:
    AlignedBuilder(const git::Repository *repository, FilePatch &file, const CompareBudget &budget, std::stop_token stop)
        : m_repository(repository), m_file(file), m_budget(budget), m_stop(std::move(stop)), m_made(new AlignedFile)
    {
    }

    Result<std::shared_ptr<const AlignedFile>> build()
    {
        tellModes();
        if (m_file.oldMode == git::Mode::Submodule || m_file.newMode == git::Mode::Submodule) {
            note(QStringLiteral("Submodule: commit %1, then %2.").arg(m_file.oldBlob.shown(), m_file.newBlob.shown()));
            COPPICE_CHECK(readHunks(*m_repository, m_file));
            return m_made;
        }
        COPPICE_TRY(auto texts, readHunks(*m_repository, m_file));
        if (m_file.binary) {
            note(QStringLiteral("Binary: %1, then %2.").arg(size(m_file.oldBlob), size(m_file.newBlob)));
            return m_made;
        }
        if (m_file.tooLarge) {
            COPPICE_TRY(const bool read, readLarge());
            if (!read)
                return m_made;
        } else {
            m_made->m_before = std::move(texts.before);
            m_made->m_after = std::move(texts.after);
        }
        arrange(texts.hunks);
        return m_made;
    }

    Result<std::shared_ptr<const AlignedFile>> build(QByteArray before, QByteArray after)
    {
        m_file.tooLarge = std::max(before.size(), after.size()) > largestCompared;
        FileTexts texts;
        if (!m_file.tooLarge) {
            COPPICE_TRY(texts, hunksOfTexts(m_file, std::move(before), std::move(after)));
            before = std::move(texts.before);
            after = std::move(texts.after);
        } else {
            COPPICE_TRY(texts, hunksOfTexts(m_file, {}, {}));
        }
        m_made->m_before = std::move(before);
        m_made->m_after = std::move(after);
        arrange(texts.hunks);
        return m_made;
    }

private:
    void arrange(const std::vector<DiffHunk> &hunks)
    {
        m_made->m_oldStarts = startsOf(m_made->m_before);
        m_made->m_newStarts = startsOf(m_made->m_after);
        m_made->m_whole = isWhole(m_file);
        for (const auto &hunk : m_file.hunks)
            m_made->m_hunkRanges.emplace_back(hunk.oldStart, hunk.oldStart + hunk.oldLines);
        if (m_made->m_before == m_made->m_after) {
            if (m_made->m_after.isEmpty() && m_file.status != FilePatch::Status::ModeChanged)
                note(QStringLiteral("The file is empty."));
        } else if (m_file.tooLarge) {
            compareLarge();
        } else {
            blocksOf(hunks);
        }
        for (auto &block : m_made->m_blocks)
            pairLines(block);
        measure();
    }

    void note(const QString &text) { m_made->m_notes << text; }

    [[nodiscard]] QString size(const git::Oid &blob) const
    {
        if (blob.isNull())
            return QStringLiteral("nothing");
        const auto bytes = m_repository->blobSize(blob);
        return bytes ? QStringLiteral("%1 bytes").arg(*bytes) : QStringLiteral("unknown size");
    }

    void tellModes()
    {
        if (m_file.status == FilePatch::Status::Renamed)
            note(QStringLiteral("Renamed from %1").arg(QString::fromUtf8(m_file.oldPath))
                 + (m_file.similarity >= 0 ? QStringLiteral(", %1 % alike").arg(m_file.similarity) : QString()));
        if (!m_file.copiedFrom.isEmpty())
            note(QStringLiteral("Like %1, %2 % alike; all lines count as added").arg(QString::fromUtf8(m_file.copiedFrom)).arg(m_file.similarity));
        if (m_file.oldMode != m_file.newMode)
            note(QStringLiteral("Was: %1. Is: %2.").arg(modeText(m_file.oldMode), modeText(m_file.newMode)));
        else if (m_file.oldMode == git::Mode::Link)
            note(QStringLiteral("The target of a symbolic link."));
    }

    /// False when there is nothing to compare, which is noted.
    Result<bool> readLarge()
    {
        for (const auto &[blob, into] : {std::pair(m_file.oldBlob, &m_made->m_before), std::pair(m_file.newBlob, &m_made->m_after)}) {
            if (blob.isNull())
                continue;
            COPPICE_TRY(const qint64 bytes, m_repository->blobSize(blob));
            if (bytes > largestShown) {
                m_made->m_before = m_made->m_after = {};
                note(QStringLiteral("Over 256 MB, so not shown: %1, then %2.").arg(size(m_file.oldBlob), size(m_file.newBlob)));
                return false;
            }
            COPPICE_TRY(*into, m_repository->blob(blob, largestShown));
        }
        if (looksBinary(m_made->m_before) || looksBinary(m_made->m_after)) {
            m_made->m_before = m_made->m_after = {};
            note(QStringLiteral("Binary: %1, then %2.").arg(size(m_file.oldBlob), size(m_file.newBlob)));
            return false;
        }
        note(QStringLiteral("Over 10 MB: decided on as a whole, not hunk by hunk."));
        return true;
    }

    void compareLarge()
    {
        const auto lines = [](const QByteArray &text, const std::vector<qint64> &starts) {
            std::vector<QByteArrayView> all;
            all.reserve(starts.size());
            for (size_t i = 1; i < starts.size(); ++i)
                all.push_back(QByteArrayView(text).sliced(starts[i - 1], starts[i] - starts[i - 1]));
            return all;
        };
        for (const auto &change : compareLines(lines(m_made->m_before, m_made->m_oldStarts), lines(m_made->m_after, m_made->m_newStarts),
                                               m_budget, m_stop)) {
            if (change.coarse && m_made->m_coarseLines == 0)
                m_made->m_firstCoarse = change.newFirst + 1;
            if (change.coarse)
                m_made->m_coarseLines += change.oldCount + change.newCount;
            m_made->m_blocks.push_back({change.oldFirst + 1, change.oldCount, change.newFirst + 1, change.newCount, 0, 0, 0, change.coarse});
        }
        if (m_made->m_coarseLines > 0)
            note(QStringLiteral("Coarse from line %1 on: %2 lines differ too much to be compared in a moment, and stand as removed and added.")
                     .arg(m_made->m_firstCoarse).arg(m_made->m_coarseLines));
    }

    void blocksOf(const std::vector<DiffHunk> &hunks)
    {
        auto &blocks = m_made->m_blocks;
        for (size_t h = 0; h < hunks.size(); ++h) {
            const auto &hunk = hunks[h];
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
                    blocks.push_back({oldNext, 0, newNext, 0, m_made->m_whole ? 0 : int(h)});
                open = true;
                if (line.origin == '-') {
                    ++blocks.back().oldCount;
                    ++oldNext;
                } else {
                    ++blocks.back().newCount;
                    ++newNext;
                }
            }
        }
    }

    void put(int oldLine, int newLine)
    {
        auto space = Whitespace::Show;
        if (oldLine && newLine) {
            const auto a = m_made->oldLine(oldLine), b = m_made->newLine(newLine);
            space = equalFrom(a, b);
            if (std::max(a.size(), b.size()) > AlignedFile::longest)
                compareLong(oldLine, withoutEnd(a), withoutEnd(b), space, a == b);
        }
        m_made->m_pairs.push_back({oldLine, newLine, space});
    }

    void compareLong(int oldLine, QByteArrayView a, QByteArrayView b, Whitespace space, bool equal)
    {
        const auto [inOld, inNew] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
        qint64 head = inOld - a.begin(), tail = 0;
        if (head < a.size())
            head = AlignedFile::partAt(a, head);
        const qint64 most = std::min(a.size(), b.size()) - head;
        while (tail < most && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
            ++tail;
        m_made->m_longPairs.push_back({oldLine, head, a.size() - tail, b.size() - tail, space, equal});
    }

    /// Lines of both sides from here on, alike ones side by side.
    void pairRange(int oldFirst, int oldCount, int newFirst, int newCount)
    {
        std::vector<std::pair<size_t, size_t>> pairs;
        const bool inOrder = oldCount == newCount || size_t(oldCount) * size_t(newCount) > mostPairings;
        if (inOrder) {
            for (size_t i = 0; i < size_t(std::min(oldCount, newCount)); ++i)
                pairs.emplace_back(i, i);
        } else if (oldCount > 0 && newCount > 0) {
            QStringList removed, added;
            for (int i = 0; i < oldCount; ++i)
                removed << shownLine(m_made->oldLine(oldFirst + i).first(std::min(AlignedFile::longest, m_made->oldLine(oldFirst + i).size())));
            for (int i = 0; i < newCount; ++i)
                added << shownLine(m_made->newLine(newFirst + i).first(std::min(AlignedFile::longest, m_made->newLine(newFirst + i).size())));
            pairs = pairUp(removed, added);
        }
        int i = 0, j = 0;
        const auto loose = [&](int untilOld, int untilNew) {
            for (; i < untilOld; ++i)
                put(oldFirst + i, 0);
            for (; j < untilNew; ++j)
                put(0, newFirst + j);
        };
        for (const auto &[left, right] : pairs) {
            loose(int(left), int(right));
            put(oldFirst + i, newFirst + j);
            ++i;
            ++j;
        }
        loose(oldCount, newCount);
    }

    void pairLines(AlignedFile::Block &block)
    {
        block.firstPair = int(m_made->m_pairs.size());
        const bool large = size_t(block.oldCount) * size_t(block.newCount) > mostPairings && !block.coarse;
        if (large && block.oldCount < 100'000 && block.newCount < 100'000) {
            // Lines that differ in white space alone are found first, as when a file is indented anew.
            std::vector<QByteArray> bareOld, bareNew;
            for (int i = 0; i < block.oldCount; ++i)
                bareOld.push_back(bare(m_made->oldLine(block.oldFirst + i)));
            for (int i = 0; i < block.newCount; ++i)
                bareNew.push_back(bare(m_made->newLine(block.newFirst + i)));
            int oldAt = 0, newAt = 0;
            const auto equalUntil = [&](int untilOld) {
                for (; oldAt < untilOld; ++oldAt, ++newAt)
                    put(block.oldFirst + oldAt, block.newFirst + newAt);
            };
            for (const auto &change : compareLines({bareOld.begin(), bareOld.end()}, {bareNew.begin(), bareNew.end()}, {64, 2'000'000}, m_stop)) {
                equalUntil(change.oldFirst);
                pairRange(block.oldFirst + change.oldFirst, change.oldCount, block.newFirst + change.newFirst, change.newCount);
                oldAt = change.oldFirst + change.oldCount;
                newAt = change.newFirst + change.newCount;
            }
            equalUntil(block.oldCount);
        } else {
            pairRange(block.oldFirst, block.oldCount, block.newFirst, block.newCount);
        }
        block.pairs = int(m_made->m_pairs.size()) - block.firstPair;
    }

    void measure()
    {
        for (const auto *side : {&m_made->m_oldStarts, &m_made->m_newStarts}) {
            const auto &text = side == &m_made->m_oldStarts ? m_made->m_before : m_made->m_after;
            for (size_t i = 1; i < side->size(); ++i) {
                qint64 bytes = (*side)[i] - (*side)[i - 1];
                if (bytes + 3 * std::min<qint64>(bytes, 64) > m_made->m_longest) // only these can be longer
                    bytes += 3 * text.sliced((*side)[i - 1], std::min<qint64>(bytes, AlignedFile::longest)).count('\t');
                m_made->m_longest = std::max<qsizetype>(m_made->m_longest, bytes);
            }
        }
    }

    const git::Repository *m_repository; ///< null where the texts were at hand
    FilePatch &m_file;
    const CompareBudget m_budget;
    const std::stop_token m_stop;
    std::shared_ptr<AlignedFile> m_made;
};

Result<std::shared_ptr<const AlignedFile>> AlignedFile::read(const git::Repository &repository, FilePatch &file, const CompareBudget &budget,
                                                             std::stop_token stop)
{
    return AlignedBuilder(&repository, file, budget, std::move(stop)).build();
}

Result<std::shared_ptr<const AlignedFile>> AlignedFile::of(FilePatch &file, QByteArray before, QByteArray after, const CompareBudget &budget,
                                                           std::stop_token stop)
{
    return AlignedBuilder(nullptr, file, budget, std::move(stop)).build(std::move(before), std::move(after));
}

std::shared_ptr<const AlignedFile> AlignedFile::withheld(QStringList notes)
{
    const std::shared_ptr<AlignedFile> made(new AlignedFile);
    made->m_notes = std::move(notes);
    made->m_withheld = true;
    return made;
}

int AlignedFile::hiddenBy(Whitespace mode) const
{
    return int(std::count_if(m_pairs.begin(), m_pairs.end(),
                             [&](const Pair &pair) { return pair.space != Whitespace::Show && pair.space <= mode; }));
}

int AlignedFile::hunkOfOld(int oldLine) const
{
    if (m_whole)
        return m_hunkRanges.empty() ? -1 : 0;
    const auto after = std::upper_bound(m_hunkRanges.begin(), m_hunkRanges.end(), oldLine,
                                        [](int line, const std::pair<int, int> &range) { return line < range.first; });
    if (after == m_hunkRanges.begin())
        return -1;
    const auto it = std::prev(after);
    return oldLine < it->second ? int(it - m_hunkRanges.begin()) : -1;
}

FileTexts AlignedFile::texts() const
{
    FileTexts texts{m_before, m_after, {}};
    texts.hunks.reserve(m_blocks.size());
    for (const auto &block : m_blocks) {
        DiffHunk hunk{block.oldFirst, block.oldCount, block.newFirst, block.newCount, {}};
        hunk.lines.reserve(size_t(block.oldCount + block.newCount));
        for (int i = 0; i < block.oldCount; ++i)
            hunk.lines.push_back({'-', block.oldFirst + i, 0});
        for (int i = 0; i < block.newCount; ++i)
            hunk.lines.push_back({'+', 0, block.newFirst + i});
        texts.hunks.push_back(std::move(hunk));
    }
    return texts;
}

const AlignedFile::LongPair *AlignedFile::longPair(int oldLine) const
{
    const auto found = std::lower_bound(m_longPairs.begin(), m_longPairs.end(), oldLine,
                                        [](const LongPair &pair, int line) { return pair.oldLine < line; });
    return found != m_longPairs.end() && found->oldLine == oldLine ? &*found : nullptr;
}

qint64 AlignedFile::firstDifference(int oldLine) const
{
    const auto *pair = longPair(oldLine);
    return pair ? pair->head : -1;
}

void AlignedFile::markLong(AlignedRow &row, const LongPair &pair)
{
    // Bytes of the line as UTF-16 offsets into the part of it that is shown.
    const auto mark = [&](const QString &text, qint64 at, qint64 to, std::vector<WordChange> &words) {
        const QByteArray bytes = text.toUtf8();
        const auto unit = [&](qint64 byte) {
            return int(QString::fromUtf8(QByteArrayView(bytes).first(std::clamp<qint64>(byte - at, 0, bytes.size()))).size());
        };
        const int begin = unit(pair.head), end = unit(to);
        if (end > begin)
            words = {{begin, end - begin}};
    };
    mark(row.oldText, row.oldAt, pair.oldTo, row.oldWords);
    mark(row.newText, row.newAt, pair.newTo, row.newWords);
}

qsizetype AlignedFile::partAt(QByteArrayView line, qsizetype from)
{
    from = std::clamp<qsizetype>(from, 0, std::max<qsizetype>(0, line.size() - 1));
    for (int i = 0; i < 3 && from > 0 && (quint8(line[from]) & 0xc0) == 0x80; ++i)
        --from;
    return from;
}

AlignedRow AlignedFile::row(int oldNumber, int newNumber, AlignedRow::Kind kind, int hunk, qint64 from) const
{
    AlignedRow row;
    row.kind = kind;
    row.oldLine = oldNumber;
    row.newLine = newNumber;
    row.hunk = hunk;
    const auto wholeOld = oldLine(oldNumber), wholeNew = newLine(newNumber);
    const auto shown = [&](QByteArrayView line, QString &text, qint64 &at, qint64 &bytes, bool &cut) {
        line = withoutEnd(line);
        bytes = line.size();
        cut = from >= 0 && line.size() > longest;
        if (cut) {
            at = partAt(line, from);
            const qsizetype end = line.size() - at > longest ? partAt(line, at + longest) : line.size();
            line = line.sliced(at, end - at);
        }
        text = QString::fromUtf8(line);
    };
    if (oldNumber) {
        shown(wholeOld, row.oldText, row.oldAt, row.oldBytes, row.oldCut);
        row.oldNoNewline = oldNumber == oldLines() && !wholeOld.endsWith('\n');
    }
    if (newNumber) {
        shown(wholeNew, row.newText, row.newAt, row.newBytes, row.newCut);
        row.newNoNewline = newNumber == newLines() && !wholeNew.endsWith('\n');
    }
    if (kind == AlignedRow::Kind::Context)
        return row;
    // Of long lines all is known already: to compare 50 MB again takes longer than a frame.
    const auto *known = oldNumber && newNumber && std::max(wholeOld.size(), wholeNew.size()) > longest ? longPair(oldNumber) : nullptr;
    if (!oldNumber || !newNumber) {
        row.kind = oldNumber ? AlignedRow::Kind::Removed : AlignedRow::Kind::Added;
    } else if (known ? known->equal : wholeOld == wholeNew) {
        row.kind = AlignedRow::Kind::Context;
    } else {
        row.space = known ? known->space : equalFrom(wholeOld, wholeNew);
        if (known && (row.oldCut || row.newCut))
            markLong(row, *known);
        else
            std::tie(row.oldWords, row.newWords) = wordChanges(row.oldText, row.newText);
        if (const QString a = endOf(wholeOld), b = endOf(wholeNew); a != b && !row.oldNoNewline && !row.newNoNewline) {
            row.oldEnd = a;
            row.newEnd = b;
        }
    }
    return row;
}

} // namespace coppice::review
