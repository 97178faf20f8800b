// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/graph.h"

namespace coppice::graph {

/// Which plugins depend on which, by id: a catalog's graph without its reasons, for whoever only counts. Likely edges
/// count, as on every screen. Made once; safe from any thread.
class Dependents
{
public:
    explicit Dependents(const Graph &graph);
    explicit Dependents(const library::Catalog &catalog) : Dependents(Graph(catalog)) { }

    /// Those that depend on it directly: sorted, each once; never the plugin itself. Empty for one that is not there.
    [[nodiscard]] QStringList of(const QString &plugin) const;
    [[nodiscard]] int count(const QString &plugin) const;
    /// Those that depend on it directly or through others, sorted; never itself, also in a cycle.
    [[nodiscard]] QStringList allOf(const QString &plugin) const;
    [[nodiscard]] int countAll(const QString &plugin) const { return int(reach(plugin).size()); }

private:
    [[nodiscard]] std::vector<int> reach(const QString &plugin) const;

    QStringList m_ids;                      ///< sorted
    QHash<QString, int> m_places;
    std::vector<std::vector<int>> m_direct; ///< by place
};

} // namespace coppice::graph
