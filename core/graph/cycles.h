// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/graph.h"

#include <stop_token>

namespace coppice::graph {

/// A directed graph by numbers: who has an arrow to whom.
using Arrows = std::vector<std::vector<int>>;

/// Strongly connected components (Tarjan): each sorted, in the order that what is depended on comes first. Loops of one
/// node count as components of one.
[[nodiscard]] std::vector<std::vector<int>> components(const Arrows &arrows);

/// The fewest arrows without which nothing goes round; of several such sets, the one that is weakest in sum.
struct Cut {
    std::vector<std::pair<int, int>> arrows; ///< sorted
    bool exact = true;                       ///< no smaller set exists
    bool weakest = true;                     ///< none of this size is weaker
    int atLeast = 0;                         ///< no set is smaller than this; equals arrows.size() where exact
};
/// Looks for the exact answer (arrow by arrow of a shortest cycle, one arrow more each round) until it has looked at `effort`
/// arrows; beyond that it answers by an order of the nodes, improved arrow by arrow, with the number of cycles that share no
/// arrow as the bound. `strengths` has the shape of `arrows` (from 1, what is hard to take away is stronger); empty: all are
/// alike. The same input gives the same answer. The default takes about a tenth of a second, and as much again for strengths.
[[nodiscard]] Cut smallestCut(const Arrows &arrows, const Arrows &strengths = {}, std::stop_token stop = {}, qint64 effort = 4'000'000);

/// A cycle of the library: plugins that all depend on each other.
struct Cycle {
    std::vector<int> plugins; ///< sorted
    std::vector<int> edges;   ///< all between them
    std::vector<int> cut;     ///< edges to take away
    bool exact = true;
    bool weakest = true; ///< as Cut says, by Edge::strength()
    int atLeast = 0;
    std::vector<int> shortest; ///< one shortest way round, beginning with the smallest plugin
};
/// Largest first, then by id.
[[nodiscard]] std::vector<Cycle> cyclesOf(const Graph &graph, std::stop_token stop = {});

} // namespace coppice::graph
