// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/lines.h"

#include <vector>

namespace coppice::review {

/// Lines that were taken out at one place and put in, the same but for their indentation, at another.
struct Move {
    int fromFile = 0, fromLine = 0; ///< first, of the old side
    int toFile = 0, toLine = 0;     ///< first, of the new side
    int lines = 0;
};

/// Looks for moved blocks over all files of a patch. A block counts from 20 letters and digits on (as `git diff
/// --color-moved` has it), so that braces and empty lines never do. Bounded: what comes after 200,000 changed lines is not
/// looked at.
class MoveFinder
{
public:
    void add(int file, const FileTexts &texts);
    [[nodiscard]] std::vector<Move> find() const;
    [[nodiscard]] bool isFull() const { return m_full; }

private:
    struct Changed {
        QByteArray text; ///< without the blanks around it
        int file = 0, line = 0, block = 0;
        int letters = 0;
    };
    std::vector<Changed> m_removed, m_added;
    int m_blocks = 0;
    bool m_full = false;
};

} // namespace coppice::review
