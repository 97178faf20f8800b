// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"

#include <QHash>

#include <map>
#include <optional>
#include <vector>

namespace coppice::graph {

/// One reason why a plugin depends on another.
struct Reason {
    enum class Kind {
        Package, ///< it names a package that the other publishes
        Path,    ///< it names the other's folder
        Git,     ///< it names the other's repository
        Needs,   ///< its settings say that it calls the other
        Name,    ///< it names a package of another ecosystem that is called like the other: likely, not certain
    };
    Kind kind = Kind::Package;
    QString purl;  ///< of the package that is named; empty for Needs
    QString range; ///< as written
    QString locked;
    manifest::Dependency::Scope scope = manifest::Dependency::Scope::Runtime;
    QString source; ///< file and line in the plugin that depends
};
/// One plugin depends on another.
struct Edge {
    int from = 0; ///< the plugin that depends
    int to = 0;   ///< the one that it depends on
    std::vector<Reason> reasons;
    [[nodiscard]] bool isCertain() const;
    /// How hard it is to do without, by the strongest of its certain reasons: 1 likely only, 2 development, 3 optional,
    /// 4 peer, 5 at run time.
    [[nodiscard]] int strength() const;
};
struct Node {
    QString id;
    QString version;
    QString language;
    QStringList owners;
    QStringList packages; ///< purls of its own packages
    std::vector<int> out; ///< edges to what it depends on, by the other's id
    std::vector<int> in;  ///< edges from what depends on it, by the other's id
};
/// A plugin's use of a package.
struct Use {
    int plugin = 0;
    QString range;
    QString locked;
    manifest::Dependency::Scope scope = manifest::Dependency::Scope::Runtime;
    QString source;
};
/// A package that plugins lock at several versions.
struct Conflict {
    QString purl;
    std::map<QString, std::vector<int>> plugins; ///< by version
};

/// What a library's plugins need of each other and of packages. Immutable once made; safe from any thread.
class Graph
{
public:
    Graph() = default;
    explicit Graph(const library::Catalog &catalog);

    [[nodiscard]] const std::vector<Node> &nodes() const { return m_nodes; } ///< by id
    [[nodiscard]] const std::vector<Edge> &edges() const { return m_edges; } ///< by from, then to; each pair once
    /// Packages that plugins name in their manifests, siblings' included, by purl.
    [[nodiscard]] const std::map<QString, std::vector<Use>> &packages() const { return m_packages; }

    [[nodiscard]] std::optional<int> find(const QString &plugin) const;
    /// The plugins that publish a package (a purl without version).
    [[nodiscard]] QStringList publishersOf(const QString &purl) const;
    /// Ids of the plugins that depend on this one directly, sorted; empty for one that is not there.
    [[nodiscard]] QStringList dependentsOf(const QString &plugin) const;
    [[nodiscard]] QStringList dependenciesOf(const QString &plugin) const;
    /// Packages that are locked at more than one version, the ones with most versions first.
    [[nodiscard]] std::vector<Conflict> conflicts() const;

private:
    friend class Joiner;
    std::vector<Node> m_nodes;
    std::vector<Edge> m_edges;
    std::map<QString, std::vector<Use>> m_packages;
    QHash<QString, int> m_byId;
    QHash<QString, QStringList> m_publishers;
};

/// "runtime", "dev", "optional", "peer", "indirect"
[[nodiscard]] QString nameOf(manifest::Dependency::Scope scope);
/// "package", "path", "git", "needs", "name"
[[nodiscard]] QString nameOf(Reason::Kind kind);

} // namespace coppice::graph
