// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: the files of a commit-graph, mapped.

#include "git/pack_file.h"

#include <vector>

namespace coppice::git {

/// One file of a commit-graph: its tables, and the ids of its commits in order.
/// Source: https://git-scm.com/docs/commit-graph-format
class GraphFile
{
public:
    struct Chunk {
        const uchar *data = nullptr; ///< null: the file has no such chunk
        size_t size = 0;
    };

    [[nodiscard]] static std::optional<GraphFile> open(const QString &path);
    /// The files of an objects folder, the oldest layer first; what cannot be used ends them.
    [[nodiscard]] static std::vector<GraphFile> all(const QString &objectsFolder);

    [[nodiscard]] quint32 count() const { return m_count; }
    [[nodiscard]] std::optional<quint32> find(const Oid &id) const;
    [[nodiscard]] Oid id(quint32 place) const { return Oid::fromRaw(m_ids + size_t(place) * 20); }
    /// `name` has four letters.
    [[nodiscard]] Chunk chunk(const char *name) const;

private:
    explicit GraphFile(MappedFile file) : m_file(std::move(file)) { }
    [[nodiscard]] bool isSound();
    /// It is made to lie on exactly the layers of these names.
    [[nodiscard]] bool liesOn(const std::vector<Oid> &layers) const;

    MappedFile m_file;
    const uchar *m_fanout = nullptr;
    const uchar *m_ids = nullptr;
    quint32 m_count = 0;
};

} // namespace coppice::git
