// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/graph.h"

#include <array>

namespace coppice::subtree {

/// Mapped to the commit itself, whichever it is.
constexpr Node selfNode = noNode - 1;

/// What one commit is mapped to for one prefix.
struct Pair {
    git::Oid raw; ///< the tree at the prefix; null: none
    Node node = noNode;
    bool settled = true;   ///< a child that changes nothing has the same
    bool links = false;    ///< the tree holds links
    bool rawLinks = false; ///< and they were left alone here, which need not hold for a child
    friend bool operator==(const Pair &, const Pair &) = default;
};

/// The mapping of commits, a row each, while children of theirs are still to be mapped. A row is made of chunks of
/// pairs; what a commit leaves alone it shares with its parent.
class Rows
{
public:
    static constexpr size_t chunkSize = 16;
    struct Chunk {
        std::array<Pair, chunkSize> pairs;
        bool settled = true, links = false, rawLinks = false; ///< of all, of any, of any
        friend bool operator==(const Chunk &, const Chunk &) = default;
    };
    struct Row {
        std::vector<quint32> chunks;
        git::Oid templates; ///< the tree of the templates; only when links are resolved
        bool settled = true, links = false, rawLinks = false;
        quint32 uses = 0;
    };

    explicit Rows(size_t prefixes);
    /// The row of a commit without parents before anything is mapped.
    [[nodiscard]] static constexpr quint32 blank() { return 0; }
    [[nodiscard]] const Row &row(quint32 number) const { return m_rows[number]; }
    [[nodiscard]] const Chunk &chunk(quint32 number) const { return m_chunks[number]; }
    [[nodiscard]] const Pair &pair(quint32 row, size_t prefix) const
    {
        return m_chunks[m_rows[row].chunks[prefix / chunkSize]].pairs[prefix % chunkSize];
    }
    /// A copy of a row to be changed; not in use yet.
    [[nodiscard]] quint32 copy(quint32 row);
    void setChunk(quint32 row, size_t index, Chunk chunk);
    void shareChunk(quint32 row, size_t index, quint32 chunk) { m_rows[row].chunks[index] = chunk; }
    void setTemplates(quint32 row, const git::Oid &templates) { m_rows[row].templates = templates; }
    /// To be called when all chunks are set.
    void summarise(quint32 row);
    void use(quint32 row) { ++m_rows[row].uses; }
    void release(quint32 row);

private:
    void collect();

    std::vector<Row> m_rows;
    std::vector<quint32> m_freeRows;
    std::vector<Chunk> m_chunks;
    std::vector<quint32> m_freeChunks;
    size_t m_collectAt = 4096; ///< chunks in use
};

} // namespace coppice::subtree
