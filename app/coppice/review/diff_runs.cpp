// SPDX-License-Identifier: GPL-3.0-or-later
// How the rows of a file are laid out: runs of lines, heads, comments and folds; which lines are folded, and how folds open.
#include "diff_model.h"

#include <review/lines.h>

#include <QSet>

#include <algorithm>
#include <climits>

namespace coppice::ui {

namespace {
constexpr int Context = 3; ///< unchanged lines around a change, as in a hunk
constexpr int FewFolds = 40; ///< so many are opened one by one, more by building anew
} // namespace

using RowKind = review::AlignedRow::Kind;

void DiffModel::rebuild()
{
    m_keeps = true;
    beginResetModel();
    build();
    endResetModel();
    Q_EMIT linesChanged();
    Q_EMIT marksChanged();
}

void DiffModel::build()
{
    ++m_stamp; // a row that is used again shows something else
    m_made.clear();
    m_runs.clear();
    m_shown.clear();
    m_count = 0;
    m_headed = -1;
    m_hidden = m_aligned ? m_aligned->hiddenBy(m_whitespace) : 0;
    if (m_aligned) {
        const auto &blocks = m_aligned->blocks();
        const bool whole = review::isWhole(m_file);
        if (whole)
            addHead(0);
        for (int i = 0; i < int(m_aligned->notes().size()); ++i)
            addRun({RunKind::Note, 0, 1, 0, 0, 0, i, whole ? 0 : -1});
        int oldLine = 1, newLine = 1;
        for (size_t i = 0; i < blocks.size(); ++i) {
            addEqual(oldLine, newLine, blocks[i].oldFirst - oldLine, i > 0 ? Context : 0, Context);
            addBlock(int(i));
            oldLine = blocks[i].oldFirst + blocks[i].oldCount;
            newLine = blocks[i].newFirst + blocks[i].newCount;
        }
        addEqual(oldLine, newLine, m_aligned->oldLines() - oldLine + 1, blocks.empty() ? INT_MAX / 2 : Context, 0);
    }
    // A hunk without lines (a mode, a rename, a binary) still has its head, to be decided on.
    for (int hunk = m_headed + 1; hunk < hunks(); ++hunk)
        addHead(hunk);
}

void DiffModel::addRun(Run run)
{
    run.row = m_count;
    m_count += run.rows;
    m_runs.push_back(run);
}

void DiffModel::addHead(int hunk)
{
    if (hunk <= m_headed || hunk >= hunks())
        return;
    m_headed = hunk;
    addRun({RunKind::Head, 0, 1, 0, 0, 0, 0, hunk});
    const QString id = hunkId(hunk);
    for (size_t i = 0; i < m_comments.size(); ++i) {
        if (m_comments[i].hunk == id)
            addRun({RunKind::Comment, 0, 1, 0, 0, 0, int(i), hunk});
    }
}

/// Lines that are equal and shown. Where a hunk's context begins among them, its head stands.
void DiffModel::addLines(int oldLine, int newLine, int lines)
{
    while (lines > 0) {
        int here = lines;
        if (m_headed + 1 < hunks()) {
            const auto &next = m_file.hunks[size_t(m_headed) + 1];
            const int begin = next.oldLines == 0 ? next.oldStart + 1 : next.oldStart;
            if (oldLine >= begin)
                addHead(m_headed + 1);
            else if (begin < oldLine + lines)
                here = begin - oldLine;
        }
        addRun({RunKind::Equal, 0, here, oldLine, newLine, 0, 0, -1});
        oldLine += here;
        newLine += here;
        lines -= here;
    }
}

/// Equal lines of which the first `head` and the last `tail` are shown, and of the others what was opened.
void DiffModel::addEqual(int oldLine, int newLine, int lines, int head, int tail)
{
    if (head + tail >= lines) {
        addLines(oldLine, newLine, lines);
        return;
    }
    addLines(oldLine, newLine, head);
    const int shift = newLine - oldLine, end = oldLine + lines - tail;
    int at = oldLine + head;
    const auto fold = [&](int to) {
        if (to > at)
            addRun({RunKind::Fold, 0, 1, at, at + shift, to - at, 0, -1});
    };
    for (const auto &opened : m_opened) { // in order, never touching
        if (opened.to <= at || opened.from >= end)
            continue;
        fold(std::max(at, opened.from));
        at = std::max(at, opened.from);
        addLines(at, at + shift, std::min(opened.to, end) - at);
        at = std::min(opened.to, end);
    }
    fold(end);
    addLines(end, end + shift, tail);
}

bool DiffModel::isHidden(const review::AlignedFile::Pair &pair) const
{
    return pair.space != review::Whitespace::Show && pair.space <= m_whitespace;
}

void DiffModel::addBlock(int index)
{
    const auto &block = m_aligned->blocks()[size_t(index)];
    if (block.hunk > m_headed)
        addHead(block.hunk);
    const int first = int(m_shown.size());
    showBlock(block);
    if (int(m_shown.size()) > first)
        addRun({RunKind::Block, 0, int(m_shown.size()) - first, 0, 0, 0, first, block.hunk, index});
}

void DiffModel::showBlock(const review::AlignedFile::Block &block)
{
    const auto &pairs = m_aligned->pairs();
    const int end = block.firstPair + block.pairs;
    for (int i = block.firstPair; i < end;) {
        if (isHidden(pairs[size_t(i)])) {
            m_shown.push_back({i++, 0, true});
        } else if (!m_unified) {
            m_shown.push_back({i++, 0, false});
        } else {
            // What goes, then what comes.
            int to = i;
            while (to < end && !isHidden(pairs[size_t(to)]))
                ++to;
            for (int j = i; j < to; ++j) {
                if (pairs[size_t(j)].oldLine)
                    m_shown.push_back({j, -1, false});
            }
            for (int j = i; j < to; ++j) {
                if (pairs[size_t(j)].newLine)
                    m_shown.push_back({j, 1, false});
            }
            i = to;
        }
    }
}

size_t DiffModel::runAt(int line) const
{
    const auto after = std::upper_bound(m_runs.begin(), m_runs.end(), line, [](int row, const Run &run) { return row < run.row; });
    return after == m_runs.begin() ? 0 : size_t(after - m_runs.begin()) - 1;
}

DiffModel::Line DiffModel::codeOf(const Run &run, int offset, qint64 from) const
{
    Line line;
    if (run.kind == RunKind::Equal) {
        line.hunk = m_aligned->hunkOfOld(run.oldLine + offset);
        line.row = m_aligned->row(run.oldLine + offset, run.newLine + offset, RowKind::Context, line.hunk, from);
        return line;
    }
    line.hunk = run.hunk;
    const auto &shown = m_shown[size_t(run.index + offset)];
    const auto &pair = m_aligned->pairs()[size_t(shown.pair)];
    line.row = m_aligned->row(pair.oldLine, pair.newLine, shown.plain ? RowKind::Context : RowKind::Changed, run.hunk, from);
    line.row.coarse = m_aligned->blocks()[size_t(run.block)].coarse;
    if (shown.side < 0 && line.row.kind == RowKind::Changed) {
        line.row.kind = RowKind::Removed;
        line.row.newLine = 0;
        line.row.newText.clear();
    } else if (shown.side > 0 && line.row.kind == RowKind::Changed) {
        line.row.kind = RowKind::Added;
        line.row.oldLine = 0;
        line.row.oldText.clear();
    }
    return line;
}

std::optional<DiffModel::Line> DiffModel::line(int at, qint64 from) const
{
    if (at < 0 || at >= m_count)
        return std::nullopt;
    const auto &run = m_runs[runAt(at)];
    if (run.kind == RunKind::Equal || run.kind == RunKind::Block) {
        // A row is asked for what it says and for what it draws, one after the other.
        if (const auto *made = m_made.object(at); made && (made->first == from || (!made->second.row.oldCut && !made->second.row.newCut)))
            return made->second;
        auto code = codeOf(run, at - run.row, from);
        m_made.insert(at, new std::pair<qint64, Line>(from, code));
        return code;
    }
    Line line;
    line.hunk = run.hunk;
    switch (run.kind) {
    case RunKind::Head: line.kind = Kind::Head; break;
    case RunKind::Comment:
        line.kind = Kind::Comment;
        line.text = m_comments[size_t(run.index)].text;
        line.author = m_comments[size_t(run.index)].author.name;
        line.at = double(m_comments[size_t(run.index)].at);
        break;
    case RunKind::Fold:
        line.kind = Kind::Fold;
        line.row.kind = RowKind::Fold;
        line.row.foldedLines = run.lines;
        line.row.oldLine = run.oldLine;
        line.row.newLine = run.newLine;
        break;
    default:
        line.kind = Kind::Note;
        line.row.kind = RowKind::Note;
        line.row.oldText = line.row.newText = m_aligned->notes().value(run.index);
    }
    return line;
}

int DiffModel::headOf(int hunk) const
{
    for (const auto &run : m_runs) {
        if (run.kind == RunKind::Head && run.hunk == hunk)
            return run.row;
    }
    return -1;
}

int DiffModel::hunkAt(int at) const
{
    if (at < 0 || at >= m_count)
        return -1;
    const auto &run = m_runs[runAt(at)];
    return run.kind == RunKind::Equal ? m_aligned->hunkOfOld(run.oldLine + at - run.row) : run.hunk;
}

void DiffModel::renumber(size_t from)
{
    m_made.clear();
    int row = from == 0 ? 0 : m_runs[from - 1].row + m_runs[from - 1].rows;
    for (size_t i = from; i < m_runs.size(); ++i) {
        m_runs[i].row = row;
        row += m_runs[i].rows;
    }
    m_count = row;
}

/// Puts runs in the place of a fold; the rows around it stay.
void DiffModel::changeRuns(size_t at, std::vector<Run> by)
{
    const int row = m_runs[at].row;
    beginRemoveRows({}, row, row);
    m_runs.erase(m_runs.begin() + qsizetype(at));
    renumber(at);
    endRemoveRows();
    int rows = 0;
    for (const auto &run : by)
        rows += run.rows;
    beginInsertRows({}, row, row + rows - 1);
    m_runs.insert(m_runs.begin() + qsizetype(at), by.begin(), by.end());
    renumber(at);
    endInsertRows();
}

void DiffModel::openFold(int at, int by)
{
    if (at < 0 || at >= m_count)
        return;
    const size_t index = runAt(at);
    const Run fold = m_runs[index];
    if (fold.kind != RunKind::Fold || fold.lines <= 0)
        return;
    const int lines = by == 0 ? fold.lines : std::min(std::abs(by), fold.lines);
    const int from = by < 0 ? 0 : fold.lines - lines; // of what is opened, in the fold
    Opened opened{fold.oldLine + from, fold.oldLine + from + lines};
    const auto place = std::lower_bound(m_opened.begin(), m_opened.end(), opened.from, [](const Opened &one, int line) { return one.from < line; });
    m_opened.insert(place, opened);

    std::vector<Run> runs;
    const Run shown{RunKind::Equal, 0, lines, fold.oldLine + from, fold.newLine + from, 0, 0, -1};
    Run rest = fold;
    rest.lines -= lines;
    if (by < 0) {
        rest.oldLine += lines;
        rest.newLine += lines;
        runs.push_back(shown);
    }
    if (rest.lines > 0)
        runs.push_back(rest);
    if (by >= 0)
        runs.push_back(shown);
    changeRuns(index, std::move(runs));
    Q_EMIT linesChanged();
}

void DiffModel::openFoldBeside(int hunk, int by)
{
    const int head = headOf(hunk);
    if (head < 0)
        return;
    const size_t at = runAt(head);
    if (by > 0) {
        for (size_t i = at; i-- > 0 && m_runs[i].kind != RunKind::Block;) {
            if (m_runs[i].kind == RunKind::Fold) {
                openFold(m_runs[i].row, by);
                return;
            }
        }
        return;
    }
    for (size_t i = at + 1; i < m_runs.size() && m_runs[i].kind != RunKind::Head; ++i) {
        if (m_runs[i].kind == RunKind::Fold) {
            openFold(m_runs[i].row, by);
            return;
        }
    }
}

double DiffModel::differenceIn(int firstLine, int lastLine) const
{
    for (size_t i = runAt(std::max(0, firstLine)); i < m_runs.size() && m_runs[i].row <= lastLine; ++i) {
        if (m_runs[i].kind != RunKind::Block)
            continue;
        for (int row = std::max(0, firstLine - m_runs[i].row); row < m_runs[i].rows && m_runs[i].row + row <= lastLine; ++row) {
            const auto &pair = m_aligned->pairs()[size_t(m_shown[size_t(m_runs[i].index + row)].pair)];
            if (const qint64 at = m_aligned->firstDifference(pair.oldLine); at >= 0)
                return double(at);
        }
    }
    return -1;
}

int DiffModel::folds() const
{
    return int(std::count_if(m_runs.begin(), m_runs.end(), [](const Run &run) { return run.kind == RunKind::Fold; }));
}

void DiffModel::openAllFolds()
{
    const int number = folds();
    if (number == 0)
        return;
    if (number > FewFolds) {
        m_opened = {{0, INT_MAX}};
        rebuild();
        return;
    }
    for (size_t i = m_runs.size(); i-- > 0;) {
        if (m_runs[i].kind == RunKind::Fold)
            openFold(m_runs[i].row);
    }
}

void DiffModel::foldAgain()
{
    if (m_opened.empty())
        return;
    m_opened.clear();
    rebuild();
}

void DiffModel::setUnified(bool unified)
{
    if (m_unified == unified)
        return;
    m_unified = unified;
    rebuild();
}

void DiffModel::setWhitespace(int mode)
{
    const auto wanted = review::Whitespace(std::clamp(mode, 0, int(review::Whitespace::IgnoreAll)));
    if (m_whitespace == wanted)
        return;
    m_whitespace = wanted;
    rebuild();
}

int DiffModel::rowOf(bool newSide, int number) const
{
    for (const auto &run : m_runs) {
        if (run.kind == RunKind::Equal) {
            const int first = newSide ? run.newLine : run.oldLine;
            if (number >= first && number < first + run.rows)
                return run.row + number - first;
        } else if (run.kind == RunKind::Block) {
            const auto &block = m_aligned->blocks()[size_t(run.block)];
            const int first = newSide ? block.newFirst : block.oldFirst;
            if (number < first || number >= first + (newSide ? block.newCount : block.oldCount))
                continue;
            for (int i = 0; i < run.rows; ++i) {
                const auto &shown = m_shown[size_t(run.index + i)];
                const auto &pair = m_aligned->pairs()[size_t(shown.pair)];
                if ((newSide ? pair.newLine : pair.oldLine) == number && shown.side != (newSide ? -1 : 1))
                    return run.row + i;
            }
        }
    }
    return -1;
}

int DiffModel::reach(bool newSide, int number)
{
    if (const int row = rowOf(newSide, number); row >= 0)
        return row;
    for (const auto &run : m_runs) {
        const int first = newSide ? run.newLine : run.oldLine;
        if (run.kind == RunKind::Fold && number >= first && number < first + run.lines) {
            openFold(run.row);
            return rowOf(newSide, number);
        }
    }
    return -1;
}

void DiffModel::setFlags(std::vector<int> lines)
{
    m_flagged = std::move(lines);
    Q_EMIT marksChanged();
}

void DiffModel::setMoves(std::vector<Moved> moves)
{
    std::sort(moves.begin(), moves.end(), [](const Moved &a, const Moved &b) { return std::pair(a.newSide, a.line) < std::pair(b.newSide, b.line); });
    m_moves = std::move(moves);
    redraw({StampRole, SpokenRole});
}

const DiffModel::Moved *DiffModel::movedAt(bool newSide, int number) const
{
    auto after = std::upper_bound(m_moves.begin(), m_moves.end(), std::pair(newSide, number), [](const std::pair<bool, int> &place, const Moved &one) {
        return place < std::pair(one.newSide, one.line);
    });
    if (after == m_moves.begin())
        return nullptr;
    const auto &found = *std::prev(after);
    return found.newSide == newSide && number < found.line + found.lines ? &found : nullptr;
}

int DiffModel::moveOf(int row) const
{
    const auto shown = line(row);
    if (!shown || shown->kind != Kind::Code)
        return -1;
    const auto *moved = shown->row.newLine > 0 ? movedAt(true, shown->row.newLine) : nullptr;
    if (!moved && shown->row.oldLine > 0)
        moved = movedAt(false, shown->row.oldLine);
    return moved ? int(moved - m_moves.data()) : -1;
}

std::vector<int> DiffModel::rowsNear(const std::vector<std::pair<bool, int>> &lines) const
{
    struct Begin {
        int oldLine, newLine, row, rows;
    };
    std::vector<Begin> begins;
    for (const auto &run : m_runs) {
        if (run.kind == RunKind::Equal || run.kind == RunKind::Fold)
            begins.push_back({run.oldLine, run.newLine, run.row, run.rows});
        if (run.kind != RunKind::Block)
            continue;
        const auto &block = m_aligned->blocks()[size_t(run.block)];
        begins.push_back({block.oldFirst, block.newFirst, run.row, run.rows});
    }
    std::vector<int> rows;
    for (const auto &[newSide, number] : lines) {
        const auto lineOf = [side = newSide](const Begin &begin) { return side ? begin.newLine : begin.oldLine; };
        const auto after = std::upper_bound(begins.begin(), begins.end(), number, [&](int at, const Begin &begin) { return at < lineOf(begin); });
        if (after == begins.begin())
            continue;
        const auto &begin = *std::prev(after);
        rows.push_back(begin.row + std::clamp(number - lineOf(begin), 0, std::max(0, begin.rows - 1)));
    }
    return rows;
}

DiffModel::Place DiffModel::placeOf(int at) const
{
    const auto found = line(at);
    if (!found)
        return {};
    return {found->row.oldLine, found->row.newLine, found->hunk, found->kind};
}

int DiffModel::heldRow() const
{
    if (!m_keeps)
        return -1;
    if (m_held.kind == Kind::Head || m_held.kind == Kind::Comment)
        return headOf(m_held.hunk);
    int row = -1;
    if (m_held.newLine > 0)
        row = rowOf(true, m_held.newLine);
    if (row < 0 && m_held.oldLine > 0)
        row = rowOf(false, m_held.oldLine);
    for (const auto &run : m_runs) { // in a fold
        const bool inside = run.kind == RunKind::Fold && m_held.newLine >= run.newLine && m_held.newLine < run.newLine + run.lines;
        row = row < 0 && inside ? run.row : row;
    }
    return row;
}

std::vector<DiffModel::Stretch> DiffModel::changes() const
{
    std::vector<Stretch> all;
    for (const auto &run : m_runs) {
        if (run.kind == RunKind::Head && m_aligned->blocks().empty())
            all.push_back({run.row, 1, run.hunk, true, true});
        if (run.kind != RunKind::Block)
            continue;
        for (int i = 0; i < run.rows; ++i) {
            const auto &shown = m_shown[size_t(run.index + i)];
            if (shown.plain)
                continue;
            const auto &pair = m_aligned->pairs()[size_t(shown.pair)];
            const bool removes = pair.oldLine > 0 && shown.side <= 0, adds = pair.newLine > 0 && shown.side >= 0;
            auto *last = all.empty() ? nullptr : &all.back();
            if (last && last->row + last->rows == run.row + i && last->removes == removes && last->adds == adds)
                ++last->rows;
            else
                all.push_back({run.row + i, 1, run.hunk, removes, adds});
        }
    }
    return all;
}

QSet<QString> DiffModel::commented() const
{
    QSet<QString> hunks;
    for (const auto &comment : m_comments)
        hunks.insert(comment.hunk);
    return hunks;
}

} // namespace coppice::ui
