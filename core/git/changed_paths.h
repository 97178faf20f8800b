// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/oid.h"

#include <memory>
#include <vector>

namespace coppice::git {

/// The changed-path filters of a repository's commit-graph, where `git commit-graph write --changed-paths` has made
/// them: they know which commits left a path alone, compared with their first parent, without a tree being read.
/// Source: https://git-scm.com/docs/commit-graph-format
class ChangedPaths
{
public:
    /// The filters as they lie in an objects folder, for these paths; none when there are no filters to use.
    [[nodiscard]] static std::unique_ptr<ChangedPaths> open(const QString &objectsFolder, const std::vector<QByteArray> &paths);
    ~ChangedPaths();
    /// False only when it is sure that all the paths are as in the commit's first parent.
    [[nodiscard]] bool mayHaveChanged(const Oid &commit) const;

private:
    struct Layer;
    struct Key {
        quint32 first, step;
    };
    ChangedPaths() = default;

    std::vector<Layer> m_layers;
    std::vector<Key> m_keys;
};

} // namespace coppice::git
