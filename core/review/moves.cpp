// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/moves.h"

#include <QHash>

#include <algorithm>

namespace coppice::review {

namespace {
constexpr size_t mostLines = 200'000;
constexpr int leastLetters = 20;
constexpr int mostTried = 64; ///< places that a line is looked for at
constexpr qsizetype longestKept = 2'000;
} // namespace

void MoveFinder::add(int file, const FileTexts &texts)
{
    if (texts.hunks.empty())
        return;
    const auto before = splitLines(texts.before), after = splitLines(texts.after);
    for (const auto &hunk : texts.hunks) {
        char last = ' ';
        for (const auto &line : hunk.lines) {
            if (line.origin == ' ') {
                last = ' ';
                continue;
            }
            if (last == ' ')
                ++m_blocks;
            last = line.origin;
            if (m_removed.size() + m_added.size() >= mostLines) {
                m_full = true;
                return;
            }
            const bool added = line.origin == '+';
            const auto bytes = added ? after[size_t(line.newLine) - 1] : before[size_t(line.oldLine) - 1];
            const QByteArray text = bytes.first(std::min(bytes.size(), longestKept)).trimmed().toByteArray();
            const auto letters = std::count_if(text.begin(), text.end(), [](char c) {
                return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c & 0x80);
            });
            (added ? m_added : m_removed).push_back({text, file, added ? line.newLine : line.oldLine, m_blocks, int(letters)});
        }
    }
}

std::vector<Move> MoveFinder::find() const
{
    QMultiHash<QByteArrayView, int> places;
    for (size_t i = 0; i < m_removed.size(); ++i) {
        if (m_removed[i].letters > 0)
            places.insert(m_removed[i].text, int(i));
    }
    std::vector<bool> used(m_removed.size(), false);
    const auto follows = [](const std::vector<Changed> &all, size_t first, size_t at) {
        return at < all.size() && all[at].file == all[first].file && all[at].line == all[first].line + int(at - first);
    };
    std::vector<Move> moves;
    for (size_t i = 0; i < m_added.size();) {
        size_t best = 0, bestFrom = 0;
        int tried = 0;
        for (auto it = places.constFind(m_added[i].text); it != places.cend() && it.key() == m_added[i].text && tried < mostTried; ++it, ++tried) {
            const auto from = size_t(it.value());
            size_t lines = 0;
            int letters = 0;
            while (follows(m_added, i, i + lines) && follows(m_removed, from, from + lines) && !used[from + lines]
                   && m_added[i + lines].text == m_removed[from + lines].text && m_added[i + lines].block != m_removed[from + lines].block) {
                letters += m_added[i + lines].letters;
                ++lines;
            }
            while (lines > 0 && m_added[i + lines - 1].letters == 0) // a block ends with something that can be told apart
                --lines;
            if (letters >= leastLetters && lines > best) {
                best = lines;
                bestFrom = from;
            }
        }
        if (best == 0) {
            ++i;
            continue;
        }
        for (size_t k = 0; k < best; ++k)
            used[bestFrom + k] = true;
        moves.push_back({m_removed[bestFrom].file, m_removed[bestFrom].line, m_added[i].file, m_added[i].line, int(best)});
        i += best;
    }
    return moves;
}

} // namespace coppice::review
