// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graph.h"

#include "graph/joiner.h"

#include <manifest/purl.h>

#include <algorithm>

namespace coppice::graph {

using namespace Qt::StringLiterals;

bool Edge::isCertain() const
{
    return std::ranges::any_of(reasons, [](const Reason &reason) { return reason.kind != Reason::Kind::Name; });
}

int Edge::strength() const
{
    using Scope = manifest::Dependency::Scope;
    int strongest = 1;
    for (const auto &reason : reasons) {
        if (reason.kind == Reason::Kind::Name)
            continue;
        const bool run = reason.scope == Scope::Runtime || reason.scope == Scope::Indirect;
        strongest = std::max(strongest, run ? 5 : reason.scope == Scope::Peer ? 4 : reason.scope == Scope::Optional ? 3 : 2);
    }
    return strongest;
}

QString nameOf(manifest::Dependency::Scope scope)
{
    constexpr const char *names[] = {"runtime", "dev", "optional", "peer", "indirect"};
    return QString::fromLatin1(names[int(scope)]);
}

QString nameOf(Reason::Kind kind)
{
    constexpr const char *names[] = {"package", "path", "git", "needs", "name"};
    return QString::fromLatin1(names[int(kind)]);
}

Graph::Graph(const library::Catalog &catalog)
{
    m_nodes.reserve(catalog.entries.size());
    for (const auto &entry : catalog.entries) {
        Node node;
        node.id = entry.plugin.id;
        node.version = entry.manifest.version.value;
        node.language = entry.manifest.language.value;
        node.owners = entry.plugin.settings.owners;
        for (const auto &package : entry.manifest.packages) {
            node.packages << package.purl;
            m_publishers[package.purl] << node.id;
        }
        m_nodes.push_back(std::move(node));
    }
    // The catalog stands by id already; who makes one by hand may not have sorted it.
    std::vector<const library::CatalogEntry *> entries;
    for (const auto &entry : catalog.entries)
        entries.push_back(&entry);
    std::ranges::sort(entries, {}, [](const auto *entry) { return entry->plugin.id; });
    std::ranges::sort(m_nodes, {}, &Node::id);
    for (size_t i = 0; i < m_nodes.size(); ++i)
        m_byId.insert(m_nodes[i].id, int(i));

    const Joiner joiner(entries);
    QHash<QString, std::vector<Use> *> uses; // quicker than looking into m_packages each time
    for (size_t i = 0; i < entries.size(); ++i) {
        std::map<int, std::vector<Reason>> to;
        for (const auto &dependency : entries[i]->manifest.dependencies) {
            if (dependency.scope == manifest::Dependency::Scope::Indirect)
                continue;
            auto &used = uses[dependency.purl];
            if (!used)
                used = &m_packages[dependency.purl];
            used->push_back({int(i), dependency.range, dependency.locked, dependency.scope, dependency.source});
            for (const auto &[target, kind] : joiner.targetsOf(int(i), dependency))
                to[target].push_back({kind, dependency.purl, dependency.range, dependency.locked, dependency.scope, dependency.source});
        }
        for (const auto &need : entries[i]->plugin.settings.needs) {
            if (const auto other = find(need); other && size_t(*other) != i)
                to[*other].push_back({Reason::Kind::Needs, {}, {}, {}, manifest::Dependency::Scope::Runtime,
                                      QString::fromUtf8(library::pluginSettingsFile(m_nodes[i].id))});
        }
        for (auto &[target, reasons] : to)
            m_edges.push_back({int(i), target, std::move(reasons)});
    }
    for (size_t i = 0; i < m_edges.size(); ++i) {
        m_nodes[size_t(m_edges[i].from)].out.push_back(int(i));
        m_nodes[size_t(m_edges[i].to)].in.push_back(int(i));
    }
}

std::optional<int> Graph::find(const QString &plugin) const
{
    const auto there = m_byId.constFind(plugin);
    return there == m_byId.constEnd() ? std::nullopt : std::optional(*there);
}

QStringList Graph::publishersOf(const QString &purl) const
{
    return m_publishers.value(purl);
}

QStringList Graph::dependentsOf(const QString &plugin) const
{
    QStringList ids;
    if (const auto own = find(plugin)) {
        for (const int edge : m_nodes[size_t(*own)].in)
            ids << m_nodes[size_t(m_edges[size_t(edge)].from)].id;
    }
    return ids;
}

QStringList Graph::dependenciesOf(const QString &plugin) const
{
    QStringList ids;
    if (const auto own = find(plugin)) {
        for (const int edge : m_nodes[size_t(*own)].out)
            ids << m_nodes[size_t(m_edges[size_t(edge)].to)].id;
    }
    return ids;
}

std::vector<Conflict> Graph::conflicts() const
{
    std::vector<Conflict> all;
    for (const auto &[purl, uses] : m_packages) {
        Conflict conflict{purl, {}};
        for (const auto &use : uses) {
            if (!use.locked.isEmpty())
                conflict.plugins[use.locked].push_back(use.plugin);
        }
        if (conflict.plugins.size() > 1)
            all.push_back(std::move(conflict));
    }
    std::ranges::stable_sort(all, [](const Conflict &a, const Conflict &b) { return a.plugins.size() > b.plugins.size(); });
    return all;
}

} // namespace coppice::graph
