// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <highlight/highlighter.h>

namespace coppice::ui {

/// The colours of a file's lines, packed: a vector for each line would take more than the file.
class DiffColours
{
public:
    void clear();
    /// Lines from `firstLine` on, from 1; lines between the last and these have no colours. Earlier ones are not replaced.
    void add(int firstLine, const std::vector<highlight::LineSpans> &lines);
    [[nodiscard]] highlight::LineSpans of(int line) const;
    [[nodiscard]] int lines() const { return int(m_ends.size()); }

private:
    std::vector<quint32> m_ends; ///< by line, from 0: one after its last span
    std::vector<highlight::Span> m_spans;
};

} // namespace coppice::ui
