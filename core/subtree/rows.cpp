// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/rows.h"

#include <algorithm>

namespace coppice::subtree {

Rows::Rows(size_t prefixes) : m_rows(1), m_chunks(1)
{
    m_rows.front().chunks.assign((prefixes + chunkSize - 1) / chunkSize, 0);
    m_rows.front().uses = 1; // for good
}

quint32 Rows::copy(quint32 from)
{
    quint32 made = quint32(m_rows.size());
    if (m_freeRows.empty()) {
        m_rows.emplace_back();
    } else {
        made = m_freeRows.back();
        m_freeRows.pop_back();
    }
    m_rows[made] = m_rows[from];
    m_rows[made].uses = 1; // so that its chunks are not collected while it is being made
    return made;
}

void Rows::setChunk(quint32 row, size_t index, Chunk chunk)
{
    if (m_freeChunks.empty() && m_chunks.size() >= m_collectAt)
        collect();
    quint32 at = quint32(m_chunks.size());
    if (m_freeChunks.empty()) {
        m_chunks.push_back(chunk);
    } else {
        at = m_freeChunks.back();
        m_freeChunks.pop_back();
        m_chunks[at] = chunk;
    }
    m_rows[row].chunks[index] = at;
}

void Rows::summarise(quint32 number)
{
    Row &row = m_rows[number];
    row.settled = true;
    row.links = row.rawLinks = false;
    for (const quint32 at : row.chunks) {
        row.settled = row.settled && m_chunks[at].settled;
        row.links = row.links || m_chunks[at].links;
        row.rawLinks = row.rawLinks || m_chunks[at].rawLinks;
    }
}

void Rows::release(quint32 number)
{
    if (--m_rows[number].uses == 0)
        m_freeRows.push_back(number);
}

/// Frees the chunks that no row holds any more.
void Rows::collect()
{
    std::vector<char> held(m_chunks.size());
    held[0] = 1;
    size_t count = 1;
    for (const Row &row : m_rows) {
        if (row.uses == 0)
            continue;
        for (const quint32 at : row.chunks) {
            count += !held[at];
            held[at] = 1;
        }
    }
    for (size_t i = 0; i < held.size(); ++i) {
        if (!held[i])
            m_freeChunks.push_back(quint32(i));
    }
    m_collectAt = std::max(m_collectAt, count * 2);
}

} // namespace coppice::subtree
