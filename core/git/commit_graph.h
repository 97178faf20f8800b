// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/oid.h"

#include <memory>
#include <optional>
#include <vector>

namespace coppice::git {

class GraphFile;

/// What `git commit-graph write` has noted of commits, so that their parents, trees and dates are known without an
/// object being read. Commits have positions, from 0; those made since it was written have none.
/// Source: https://git-scm.com/docs/commit-graph-format
class CommitGraph
{
public:
    struct Commit {
        Oid tree;
        qint64 date = 0;              ///< the committer's, in seconds; only its lowest 34 bits are noted
        std::vector<quint32> parents; ///< positions
    };

    /// As it lies in an objects folder; null when there is none to use.
    [[nodiscard]] static std::unique_ptr<CommitGraph> open(const QString &objectsFolder);
    ~CommitGraph();

    [[nodiscard]] quint32 count() const { return m_count; }
    [[nodiscard]] std::optional<quint32> find(const Oid &id) const;
    [[nodiscard]] Oid id(quint32 position) const;
    /// False where what is noted makes no sense.
    [[nodiscard]] bool read(quint32 position, Commit &commit) const;

private:
    struct Layer;
    CommitGraph() = default;
    [[nodiscard]] const Layer &layerOf(quint32 position) const;

    std::vector<Layer> m_layers;
    quint32 m_count = 0;
};

} // namespace coppice::git
