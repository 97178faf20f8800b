// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/view.h"

#include <QSet>

#include <algorithm>
#include <map>

namespace coppice::graph {

namespace {

struct Near {
    int plugin = 0;
    int distance = 0;
};

/// Those within reach one way, nearest first, then by id.
std::vector<Near> reachedFrom(const Graph &graph, int focus, int steps, bool down)
{
    std::vector<Near> found;
    QSet<int> seen{focus};
    std::vector<int> front{focus};
    for (int step = 1; step <= steps && !front.empty(); ++step) {
        std::vector<int> next;
        for (const int at : front) {
            const auto &node = graph.nodes()[size_t(at)];
            for (const int edge : down ? node.out : node.in) {
                const int other = down ? graph.edges()[size_t(edge)].to : graph.edges()[size_t(edge)].from;
                if (seen.contains(other))
                    continue;
                seen.insert(other);
                next.push_back(other);
            }
        }
        std::ranges::sort(next);
        for (const int plugin : next)
            found.push_back({plugin, down ? step : -step});
        front = std::move(next);
    }
    return found;
}

} // namespace

View viewOf(const Graph &graph, const std::vector<Cycle> &cycles, const ViewRequest &request)
{
    View view;
    if (request.focus < 0 || size_t(request.focus) >= graph.nodes().size())
        return view;
    std::vector<int> cycleOf(graph.nodes().size(), -1);
    for (size_t i = 0; i < cycles.size(); ++i) {
        for (const int plugin : cycles[i].plugins)
            cycleOf[size_t(plugin)] = int(i);
    }
    auto near = reachedFrom(graph, request.focus, request.down, true);
    const auto above = reachedFrom(graph, request.focus, request.up, false);
    near.insert(near.end(), above.begin(), above.end());
    std::ranges::stable_sort(near, [](const Near &a, const Near &b) {
        return std::abs(a.distance) != std::abs(b.distance) ? std::abs(a.distance) < std::abs(b.distance) : a.plugin < b.plugin;
    });

    const int own = cycleOf[size_t(request.focus)];
    std::map<int, int> boxOf;   // plugin → box
    std::map<int, int> circles; // cycle → box
    view.boxes.push_back({{request.focus}, 0, 0, 0});
    boxOf[request.focus] = 0;
    for (const auto &[plugin, distance] : near) {
        if (boxOf.contains(plugin))
            continue;
        const int cycle = cycleOf[size_t(plugin)];
        const bool shared = cycle >= 0 && cycle != own;
        if (shared && circles.contains(cycle)) {
            boxOf[plugin] = circles[cycle];
            view.boxes[size_t(circles[cycle])].plugins.push_back(plugin);
            continue;
        }
        if (int(view.boxes.size()) >= request.most) {
            ++view.leftOut;
            continue;
        }
        if (shared)
            circles[cycle] = int(view.boxes.size());
        boxOf[plugin] = int(view.boxes.size());
        view.boxes.push_back({{plugin}, distance, 0, 0});
    }
    for (auto &box : view.boxes)
        std::ranges::sort(box.plugins);

    QSet<int> cut;
    for (const auto &cycle : cycles) {
        for (const int edge : cycle.cut)
            cut.insert(edge);
    }
    std::map<std::pair<int, int>, View::Arrow> arrows;
    QSet<int> beyond, hidden;
    for (const auto &[plugin, box] : boxOf) {
        const auto &node = graph.nodes()[size_t(plugin)];
        for (const int edge : node.in) {
            const int other = graph.edges()[size_t(edge)].from;
            if (boxOf.contains(other))
                continue;
            ++view.boxes[size_t(box)].hiddenIn;
            hidden.insert(edge);
            beyond.insert(other);
        }
        for (const int edge : node.out) {
            const int other = graph.edges()[size_t(edge)].to;
            const auto there = boxOf.find(other);
            if (there == boxOf.end()) {
                ++view.boxes[size_t(box)].hiddenOut;
                hidden.insert(edge);
                beyond.insert(other);
                continue;
            }
            if (there->second == box)
                continue; // within a cycle's box, which names its members
            auto &arrow = arrows[{box, there->second}];
            arrow.certain = (arrow.edges.empty() ? false : arrow.certain) || graph.edges()[size_t(edge)].isCertain();
            arrow.from = box;
            arrow.to = there->second;
            arrow.edges.push_back(edge);
            arrow.inCycle = arrow.inCycle || (cycleOf[size_t(plugin)] >= 0 && cycleOf[size_t(plugin)] == cycleOf[size_t(other)]);
            arrow.inCut = arrow.inCut || cut.contains(edge);
        }
    }
    for (auto &[pair, arrow] : arrows)
        view.arrows.push_back(std::move(arrow));
    view.hiddenEdges = int(hidden.size());
    view.hiddenPlugins = int(beyond.size());
    return view;
}

View cycleView(const Graph &graph, const Cycle &cycle, int most)
{
    View view;
    std::map<int, int> boxOf;
    for (const int plugin : cycle.plugins) {
        if (int(view.boxes.size()) >= most) {
            ++view.leftOut;
            continue;
        }
        boxOf[plugin] = int(view.boxes.size());
        view.boxes.push_back({{plugin}, 0, 0, 0});
    }
    QSet<int> beyond;
    for (const auto &[plugin, box] : boxOf) {
        const auto &node = graph.nodes()[size_t(plugin)];
        for (const int edge : node.in) {
            const int other = graph.edges()[size_t(edge)].from;
            if (boxOf.contains(other))
                continue;
            ++view.boxes[size_t(box)].hiddenIn;
            ++view.hiddenEdges;
            beyond.insert(other);
        }
        for (const int edge : node.out) {
            const int other = graph.edges()[size_t(edge)].to;
            const auto there = boxOf.find(other);
            if (there == boxOf.end()) {
                ++view.boxes[size_t(box)].hiddenOut;
                ++view.hiddenEdges;
                beyond.insert(other);
                continue;
            }
            const bool inCut = std::ranges::find(cycle.cut, edge) != cycle.cut.end();
            view.arrows.push_back({box, there->second, {edge}, graph.edges()[size_t(edge)].isCertain(), true, inCut});
        }
    }
    view.hiddenPlugins = int(beyond.size());
    return view;
}

std::vector<int> matrixOrder(const Graph &graph)
{
    const auto count = graph.nodes().size();
    Arrows arrows(count);
    for (const auto &edge : graph.edges())
        arrows[size_t(edge.from)].push_back(edge.to);
    const auto parts = components(arrows); // what is depended on comes first
    std::vector<int> partOf(count, 0), levels(parts.size(), 0);
    for (size_t i = 0; i < parts.size(); ++i) {
        for (const int plugin : parts[i])
            partOf[size_t(plugin)] = int(i);
    }
    for (size_t i = 0; i < parts.size(); ++i) {
        for (const int plugin : parts[i]) {
            for (const int to : arrows[size_t(plugin)]) {
                if (partOf[size_t(to)] != int(i))
                    levels[i] = std::max(levels[i], levels[size_t(partOf[size_t(to)])] + 1);
            }
        }
    }
    std::vector<int> order(parts.size());
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = int(i);
    // Plugins that stand alone come last: they would part those that do not.
    const auto isAlone = [&](int part) {
        const auto &node = graph.nodes()[size_t(parts[size_t(part)].front())];
        return node.in.empty() && node.out.empty();
    };
    std::ranges::stable_sort(order, [&](int a, int b) {
        if (isAlone(a) != isAlone(b))
            return isAlone(b);
        if (levels[size_t(a)] != levels[size_t(b)])
            return levels[size_t(a)] > levels[size_t(b)];
        return parts[size_t(a)].front() < parts[size_t(b)].front();
    });
    std::vector<int> plugins;
    for (const int part : order)
        plugins.insert(plugins.end(), parts[size_t(part)].begin(), parts[size_t(part)].end());
    return plugins;
}

} // namespace coppice::graph
