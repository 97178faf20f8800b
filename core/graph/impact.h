// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/graph.h"

#include <manifest/version_range.h>

namespace coppice::graph {

/// Who is touched when a plugin, or a package, changes.
struct Impact {
    struct Touched {
        int plugin = 0;
        int distance = 1; ///< 1: depends on it directly
        int by = -1;      ///< the plugin over which it is reached; -1 when directly
        bool certain = true; ///< on at least one shortest way every step is certain
    };
    /// What one direct dependent asks for, and whether it would take the new version.
    struct Taker {
        int plugin = 0;
        Reason reason;
        manifest::Accepts accepts = manifest::Accepts::Unknown;
    };
    std::vector<Touched> touched; ///< by distance, then id
    std::vector<int> byDistance;  ///< [0]: how many at distance 1
    std::vector<Taker> takers;    ///< by id
};
/// `version`: the new one, or empty when nobody's range is to be asked.
[[nodiscard]] Impact impactOf(const Graph &graph, int plugin, const QString &version = {});
/// Of a package (purl without version) that plugins use.
[[nodiscard]] Impact impactOfPackage(const Graph &graph, const QString &purl, const QString &version = {});

} // namespace coppice::graph
