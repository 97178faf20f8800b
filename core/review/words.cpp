// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/rows.h"

#include <algorithm>

namespace coppice::review {

namespace {

struct Token {
    int offset = 0;
    int length = 0;
};

constexpr qsizetype longestCompared = 4000; ///< UTF-16 units; longer lines are marked as a whole
constexpr size_t mostCells = 250'000;

/// Words, runs of blanks, and single other characters; a surrogate pair or a letter with its marks stays whole.
std::vector<Token> tokensOf(const QString &line)
{
    const auto classOf = [](QChar c) {
        if (c == u'_' || c.isLetterOrNumber())
            return c.script() == QChar::Script_Han || c.script() == QChar::Script_Hiragana
                    || c.script() == QChar::Script_Katakana
                ? 0
                : 1;
        return c.isSpace() ? 2 : 0;
    };
    std::vector<Token> tokens;
    for (int i = 0; i < line.size();) {
        const int kind = classOf(line[i]);
        int end = i + 1;
        if (line[i].isHighSurrogate() && end < line.size() && line[end].isLowSurrogate())
            ++end;
        if (kind != 0) {
            while (end < line.size() && classOf(line[end]) == kind)
                ++end;
        }
        while (end < line.size() && line[end].isMark())
            ++end;
        tokens.push_back({i, end - i});
        i = end;
    }
    return tokens;
}

/// Changed tokens as ranges; two changes with only one blank between them are one.
std::vector<WordChange> rangesOf(const QString &line, const std::vector<Token> &tokens, const std::vector<bool> &changed)
{
    std::vector<WordChange> ranges;
    for (size_t i = 0; i < tokens.size(); ++i) {
        if (!changed[i])
            continue;
        const int end = tokens[i].offset + tokens[i].length;
        if (!ranges.empty()) {
            auto &last = ranges.back();
            const int lastEnd = last.offset + last.length;
            if (QStringView(line).mid(lastEnd, tokens[i].offset - lastEnd).trimmed().isEmpty()) {
                last.length = end - last.offset;
                continue;
            }
        }
        ranges.push_back({tokens[i].offset, tokens[i].length});
    }
    return ranges;
}

std::vector<WordChange> wholeLine(const QString &line)
{
    return line.isEmpty() ? std::vector<WordChange>() : std::vector<WordChange>{{0, int(line.size())}};
}

} // namespace

std::pair<std::vector<WordChange>, std::vector<WordChange>> wordChanges(const QString &before, const QString &after)
{
    if (before == after)
        return {};
    if (before.size() > longestCompared || after.size() > longestCompared)
        return {wholeLine(before), wholeLine(after)};
    const auto a = tokensOf(before), b = tokensOf(after);
    const auto same = [&](size_t i, size_t j) {
        return QStringView(before).mid(a[i].offset, a[i].length) == QStringView(after).mid(b[j].offset, b[j].length);
    };
    size_t head = 0;
    while (head < a.size() && head < b.size() && same(head, head))
        ++head;
    size_t tail = 0;
    while (tail + head < a.size() && tail + head < b.size() && same(a.size() - 1 - tail, b.size() - 1 - tail))
        ++tail;
    std::vector<bool> changedA(a.size(), false), changedB(b.size(), false);
    const size_t n = a.size() - head - tail, m = b.size() - head - tail;
    std::fill_n(changedA.begin() + qsizetype(head), n, true);
    std::fill_n(changedB.begin() + qsizetype(head), m, true);
    if (n > 0 && m > 0 && (n + 1) * (m + 1) <= mostCells) {
        // Longest common subsequence of what is between the equal ends.
        std::vector<quint16> longest((n + 1) * (m + 1), 0);
        const auto cell = [&](size_t i, size_t j) -> quint16 & { return longest[i * (m + 1) + j]; };
        for (size_t i = n; i-- > 0;) {
            for (size_t j = m; j-- > 0;)
                cell(i, j) = same(head + i, head + j) ? quint16(cell(i + 1, j + 1) + 1)
                                                      : std::max(cell(i + 1, j), cell(i, j + 1));
        }
        for (size_t i = 0, j = 0; i < n && j < m;) {
            if (same(head + i, head + j)) {
                changedA[head + i++] = false;
                changedB[head + j++] = false;
            } else if (cell(i + 1, j) >= cell(i, j + 1)) {
                ++i;
            } else {
                ++j;
            }
        }
    }
    // Where next to nothing is common, marks on single words only confuse.
    const auto kept = [](const QString &line, const std::vector<Token> &tokens, const std::vector<bool> &changed) {
        qsizetype units = 0;
        for (size_t i = 0; i < tokens.size(); ++i) {
            if (!changed[i] && !line[tokens[i].offset].isSpace())
                units += tokens[i].length;
        }
        return units;
    };
    const auto letters = [](const QString &line) {
        return std::count_if(line.begin(), line.end(), [](QChar c) { return !c.isSpace(); });
    };
    if (kept(before, a, changedA) * 5 < std::min(letters(before), letters(after)))
        return {wholeLine(before), wholeLine(after)};
    return {rangesOf(before, a, changedA), rangesOf(after, b, changedB)};
}

} // namespace coppice::review
