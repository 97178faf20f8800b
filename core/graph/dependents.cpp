// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/dependents.h"

#include <algorithm>

namespace coppice::graph {

Dependents::Dependents(const Graph &graph) : m_direct(graph.nodes().size())
{
    for (const auto &node : graph.nodes()) {
        m_places.insert(node.id, int(m_ids.size()));
        m_ids << node.id;
    }
    for (const auto &edge : graph.edges()) // by `from`, so that each list is sorted
        m_direct[size_t(edge.to)].push_back(edge.from);
}

QStringList Dependents::of(const QString &plugin) const
{
    QStringList ids;
    if (const auto place = m_places.constFind(plugin); place != m_places.constEnd()) {
        for (const int one : m_direct[size_t(*place)])
            ids << m_ids[one];
    }
    return ids;
}

int Dependents::count(const QString &plugin) const
{
    const auto place = m_places.constFind(plugin);
    return place == m_places.constEnd() ? 0 : int(m_direct[size_t(*place)].size());
}

QStringList Dependents::allOf(const QString &plugin) const
{
    auto places = reach(plugin);
    std::ranges::sort(places);
    QStringList ids;
    for (const int one : places)
        ids << m_ids[one];
    return ids;
}

std::vector<int> Dependents::reach(const QString &plugin) const
{
    const auto place = m_places.constFind(plugin);
    if (place == m_places.constEnd())
        return {};
    std::vector<bool> seen(m_direct.size(), false);
    seen[size_t(*place)] = true;
    std::vector<int> found{*place};
    for (size_t at = 0; at < found.size(); ++at) {
        for (const int one : m_direct[size_t(found[at])]) {
            if (!seen[size_t(one)]) {
                seen[size_t(one)] = true;
                found.push_back(one);
            }
        }
    }
    found.erase(found.begin());
    return found;
}

} // namespace coppice::graph
