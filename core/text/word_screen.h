// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <array>
#include <vector>

namespace coppice::text {

/// Finds in one pass which of many words stand in a text, whatever their case: of each word the two neighbouring signs that
/// texts have least often are looked up at every place, and only where they stand the word is compared. What most rules
/// need never stands in most texts; this says so for all rules at once, at about a nanosecond a sign.
/// Immutable after the last `add`; then safe from any thread.
class WordScreen
{
public:
    static constexpr int mostSets = 64;
    /// What was seen on the way.
    struct Seen {
        quint64 sets = 0;          ///< bit n: a word of set n stands in the text
        qsizetype longestWord = 0; ///< of letters, digits, "_", "-" and "."; ASCII
        int digits = 0;            ///< ASCII, at most counted to a million
        bool ascii = true;
        bool separates = false; ///< has "=", ":", or a comma behind a quote
    };

    WordScreen();
    /// A word in lower case, of 2 signs or more, ASCII only. Sets from 0.
    void add(QStringView word, int set);
    [[nodiscard]] Seen look(QStringView text) const;

private:
    struct Word {
        std::u16string text;
        qsizetype offset; ///< of its telling pair
        int pair;
        quint64 set;
    };
    std::vector<Word> m_words; ///< by pair
    std::array<quint64, 256> m_pairs{}; ///< bit: some word has this telling pair
};

} // namespace coppice::text
