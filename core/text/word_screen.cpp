// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/word_screen.h"

#include <algorithm>

namespace coppice::text {

namespace {

enum Trait : quint8 { OfWord = 1, IsDigit = 2, Separates = 4, Quotes = 8 };
struct Sign {
    quint8 lower; ///< 0 for what is no ASCII
    quint8 traits;
};
constexpr std::array<Sign, 128> signs = [] {
    std::array<Sign, 128> table{};
    for (int c = 0; c < 128; ++c) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool digit = c >= '0' && c <= '9';
        const bool word = upper || digit || (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '.';
        table[size_t(c)] = {quint8(upper ? c + 32 : c),
                            quint8((word ? OfWord : 0) | (digit ? IsDigit : 0) | (c == '=' || c == ':' ? Separates : 0) | (c == '"' || c == '\'' || c == '`' ? Quotes : 0))};
    }
    return table;
}();

int pairOf(quint8 a, quint8 b)
{
    return int(a) << 7 | b;
}

/// How seldom logs have a sign: rank by the frequency of letters in English, with what joins words in between.
int rarity(char16_t c)
{
    constexpr QStringView common = u" etaoinsr0123lc456789.:dupmhg/-=fbwyv_,x\"kqjz";
    const auto at = common.indexOf(QChar(c));
    return at < 0 ? int(common.size()) : int(at);
}

} // namespace

WordScreen::WordScreen() = default;

void WordScreen::add(QStringView word, int set)
{
    Q_ASSERT(word.size() >= 2 && set >= 0 && set < mostSets);
    qsizetype best = 0;
    const auto rank = [&](qsizetype i) { return rarity(word[i].unicode()) + rarity(word[i + 1].unicode()); };
    for (qsizetype i = 1; i + 1 < word.size(); ++i) {
        if (rank(i) > rank(best))
            best = i;
    }
    const int pair = pairOf(quint8(word[best].unicode() & 127), quint8(word[best + 1].unicode() & 127));
    m_pairs[size_t(pair) >> 6] |= 1ULL << (pair & 63);
    Word made{word.toString().toStdU16String(), best, pair, 1ULL << set};
    m_words.insert(std::ranges::upper_bound(m_words, pair, {}, &Word::pair), std::move(made));
}

WordScreen::Seen WordScreen::look(QStringView text) const
{
    Seen seen;
    const char16_t *chars = text.utf16();
    const qsizetype size = text.size();
    quint8 before = 0;
    quint8 traitsBefore = 0;
    qsizetype word = 0;
    for (qsizetype i = 0; i < size; ++i) {
        const char16_t unit = chars[i];
        const Sign sign = unit < 128 ? signs[unit] : Sign{};
        seen.ascii = seen.ascii && unit < 128;
        if (sign.traits & OfWord) {
            ++word;
        } else {
            seen.longestWord = std::max(seen.longestWord, word);
            word = 0;
        }
        seen.digits += (sign.traits & IsDigit) != 0 && seen.digits < 1'000'000;
        seen.separates = seen.separates || (sign.traits & Separates) || (unit == u',' && (traitsBefore & Quotes));
        const int pair = pairOf(before, sign.lower);
        before = sign.lower;
        traitsBefore = sign.traits;
        if (!(m_pairs[size_t(pair) >> 6] >> (pair & 63) & 1))
            continue;
        for (auto it = std::ranges::lower_bound(m_words, pair, {}, &Word::pair); it != m_words.end() && it->pair == pair; ++it) {
            const qsizetype start = i - 1 - it->offset;
            const auto length = qsizetype(it->text.size());
            if ((seen.sets & it->set) || start < 0 || start + length > size)
                continue;
            qsizetype same = 0;
            while (same < length && chars[start + same] < 128 && signs[chars[start + same]].lower == it->text[size_t(same)])
                ++same;
            if (same == length)
                seen.sets |= it->set;
        }
    }
    seen.longestWord = std::max(seen.longestWord, word);
    return seen;
}

} // namespace coppice::text
