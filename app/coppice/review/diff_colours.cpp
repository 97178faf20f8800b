// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_colours.h"

namespace coppice::ui {

void DiffColours::clear()
{
    m_ends = {};
    m_spans = {};
}

void DiffColours::add(int firstLine, const std::vector<highlight::LineSpans> &lines)
{
    if (firstLine < 1 || size_t(firstLine) - 1 < m_ends.size())
        return;
    m_ends.resize(size_t(firstLine) - 1, quint32(m_spans.size()));
    for (const auto &line : lines) {
        m_spans.insert(m_spans.end(), line.begin(), line.end());
        m_ends.push_back(quint32(m_spans.size()));
    }
}

highlight::LineSpans DiffColours::of(int line) const
{
    if (line < 1 || size_t(line) > m_ends.size())
        return {};
    const size_t from = line == 1 ? 0 : m_ends[size_t(line) - 2];
    return {m_spans.begin() + qsizetype(from), m_spans.begin() + qsizetype(m_ends[size_t(line) - 1])};
}

} // namespace coppice::ui
