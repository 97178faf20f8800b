// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

namespace coppice::ui {

/// A stretch of a line of source that is drawn in one go. Source is drawn in cells of one width, so that what stands in a
/// column of the file stands in a column of the screen, whatever the scripts before it.
struct CodePart {
    enum class Kind {
        Ascii,   ///< a cell for each character
        Sign,    ///< one character of a script whose letters stand alone; one cell, or two for wide ones
        Cluster, ///< several code points that are one sign: marks over a letter, parts of an emoji
        Joined,  ///< words of a script that joins letters or runs from right to left; as wide as the font makes them
    };
    qsizetype from = 0, length = 0;
    Kind kind = Kind::Ascii;
    int cells = 0; ///< of Joined: a guess
};
/// The part that begins at `from`, which is inside the text. Spaces between two words of one direction are part of them;
/// quotes, brackets and all other ASCII are not, so that nothing of the program's structure changes its place.
[[nodiscard]] CodePart codePartAt(QStringView text, qsizetype from);
/// 2 for the wide signs of East Asia and for emoji, 0 for marks, else 1. Source: Unicode's EastAsianWidth.txt.
[[nodiscard]] int cellsOf(char32_t codePoint);
/// Cells of a text, Joined parts guessed.
[[nodiscard]] int cellsOf(QStringView text);

} // namespace coppice::ui
