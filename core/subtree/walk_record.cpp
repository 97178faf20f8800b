// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/walk_record.h"

namespace coppice::subtree {

void WalkRecord::begin(Node node)
{
    if (ordinals.size() < graph.size())
        ordinals.resize(graph.size());
    order.push_back(node);
    ordinals[node] = quint32(order.size());
    starts.push_back(quint32(changes.size()));
}

std::span<const WalkRecord::Change> WalkRecord::changesOf(Node node) const
{
    const size_t ordinal = ordinals[node] - 1;
    const size_t end = ordinal + 1 < starts.size() ? starts[ordinal + 1] : changes.size();
    return changes.run(starts[ordinal], end - starts[ordinal]);
}

Node WalkRecord::mapped(Node node, size_t prefix) const
{
    const Node asked = node;
    while (true) {
        for (const auto &change : changesOf(node)) {
            if (prefixOf(change) == prefix)
                return change.node == selfNode ? asked : change.node;
        }
        const auto parents = graph.parents(node);
        if (parents.empty())
            return noNode;
        node = parents.front();
    }
}

void WalkRecord::markHistory(Node from, const std::vector<Node> &fresh, std::vector<char> &marks) const
{
    marks.assign(graph.size(), 0);
    marks[from] = 1;
    const auto pass = [&](Node node) {
        if (!marks[node])
            return;
        for (const Node parent : graph.parents(node))
            marks[parent] = 1;
    };
    for (auto node = fresh.rbegin(); node != fresh.rend(); ++node)
        pass(*node);
    for (size_t i = order.size(); i-- > 0;) {
        if (order[i] != noNode)
            pass(order[i]);
    }
}

std::vector<Node> WalkRecord::takeBack(const std::vector<Node> &from, const std::vector<char> &history)
{
    std::vector<char> taken(graph.size());
    for (const Node node : from)
        taken[node] = 1;
    std::vector<Node> again;
    for (size_t i = 0; i < order.size(); ++i) {
        const Node node = order[i];
        if (node == noNode)
            continue;
        for (const Node parent : graph.parents(node))
            taken[node] |= taken[parent];
        if (!taken[node])
            continue;
        order[i] = noNode;
        ordinals[node] = 0;
        if (history[node])
            again.push_back(node);
        else
            graph.setWalked(node, false);
    }
    std::erase_if(hits, [&](const JoinFinder::Hit &hit) { return taken[hit.node] && !history[hit.node]; });
    return again;
}

} // namespace coppice::subtree
