// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/impact.h"

#include <manifest/purl.h>

#include <algorithm>

namespace coppice::graph {

namespace {

/// Level by level over those who depend on what is there already.
void spread(const Graph &graph, std::vector<Impact::Touched> front, std::vector<bool> &seen, Impact &impact)
{
    for (int distance = 1; !front.empty(); ++distance) {
        std::ranges::sort(front, {}, &Impact::Touched::plugin);
        impact.byDistance.push_back(int(front.size()));
        std::vector<Impact::Touched> next;
        std::vector<int> place(graph.nodes().size(), -1);
        for (const auto &touched : front) {
            for (const int edge : graph.nodes()[size_t(touched.plugin)].in) {
                const auto &arrow = graph.edges()[size_t(edge)];
                const auto from = size_t(arrow.from);
                const bool certain = touched.certain && arrow.isCertain();
                if (place[from] >= 0 && certain)
                    next[size_t(place[from])].certain = true;
                if (seen[from])
                    continue;
                seen[from] = true;
                place[from] = int(next.size());
                next.push_back({arrow.from, distance + 1, touched.plugin, certain});
            }
        }
        impact.touched.insert(impact.touched.end(), front.begin(), front.end());
        front = std::move(next);
    }
}

} // namespace

Impact impactOf(const Graph &graph, int plugin, const QString &version)
{
    Impact impact;
    std::vector<bool> seen(graph.nodes().size(), false);
    seen[size_t(plugin)] = true;
    std::vector<Impact::Touched> first;
    for (const int edge : graph.nodes()[size_t(plugin)].in) {
        const auto &arrow = graph.edges()[size_t(edge)];
        seen[size_t(arrow.from)] = true;
        first.push_back({arrow.from, 1, -1, arrow.isCertain()});
        for (const auto &reason : arrow.reasons) {
            const auto accepts = version.isEmpty() || reason.purl.isEmpty()
                ? manifest::Accepts::Unknown
                : manifest::accepts(manifest::purlType(reason.purl), reason.range, version);
            impact.takers.push_back({arrow.from, reason, accepts});
        }
    }
    spread(graph, std::move(first), seen, impact);
    return impact;
}

Impact impactOfPackage(const Graph &graph, const QString &purl, const QString &version)
{
    Impact impact;
    const auto uses = graph.packages().find(purl);
    if (uses == graph.packages().end())
        return impact;
    std::vector<bool> seen(graph.nodes().size(), false);
    std::vector<Impact::Touched> first;
    for (const auto &use : uses->second) {
        if (seen[size_t(use.plugin)])
            continue;
        seen[size_t(use.plugin)] = true;
        first.push_back({use.plugin, 1, -1, true});
        const auto accepts = version.isEmpty() ? manifest::Accepts::Unknown : manifest::accepts(manifest::purlType(purl), use.range, version);
        impact.takers.push_back({use.plugin, {Reason::Kind::Package, purl, use.range, use.locked, use.scope, use.source}, accepts});
    }
    spread(graph, std::move(first), seen, impact);
    return impact;
}

} // namespace coppice::graph
