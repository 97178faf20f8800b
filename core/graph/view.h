// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/cycles.h"

namespace coppice::graph {

/// What of the graph is looked at: a plugin with its neighbours both ways.
struct ViewRequest {
    int focus = 0;
    int up = 1;     ///< steps to what depends on it
    int down = 1;   ///< steps to what it depends on
    int most = 150; ///< boxes; the nearest come first
};
/// A part of the graph to be drawn. Plugins that depend on each other share a box, unless the focus is one of them.
struct View {
    struct Box {
        std::vector<int> plugins; ///< more than one: a cycle, by id
        int distance = 0;         ///< from the focus: negative for those that depend on it
        int hiddenIn = 0;         ///< edges from plugins that are not in the view
        int hiddenOut = 0;        ///< edges to such
    };
    struct Arrow {
        int from = 0, to = 0;   ///< boxes
        std::vector<int> edges; ///< of the graph
        bool certain = true;
        bool inCycle = false; ///< between plugins that depend on each other
        bool inCut = false;   ///< of the smallest cut of that cycle
    };
    std::vector<Box> boxes; ///< the focus first, then by distance and id
    std::vector<Arrow> arrows;
    int hiddenEdges = 0;   ///< of the boxes' plugins, to or from others: each once
    int hiddenPlugins = 0; ///< that those edges lead to
    int leftOut = 0;       ///< plugins within reach that `most` left out
};
[[nodiscard]] View viewOf(const Graph &graph, const std::vector<Cycle> &cycles, const ViewRequest &request);

/// The plugins of one cycle, each in a box of its own, with all edges between them: at most `most`, by id.
[[nodiscard]] View cycleView(const Graph &graph, const Cycle &cycle, int most = 150);

/// The order of rows and columns of the dependency matrix: what depends on others before what it depends on, members of a
/// cycle side by side; then by id.
[[nodiscard]] std::vector<int> matrixOrder(const Graph &graph);

} // namespace coppice::graph
