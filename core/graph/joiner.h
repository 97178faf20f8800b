// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/graph.h"

#include <QSet>

namespace coppice::graph {

/// Finds the plugins that a dependency of another plugin is. For one thread.
///
/// Certain: the same purl, a path into the other's prefix, its repository. Likely (Kind::Name): a package that is called
/// like a plugin which has no package in that ecosystem, and either stands in a namespace of the library's own (an npm
/// scope, a Maven group or a Go path under which plugins publish), or has a name of several words and is not locked from
/// a registry at a version that the plugin does not have.
class Joiner
{
public:
    using Target = std::pair<int, Reason::Kind>;
    explicit Joiner(const std::vector<const library::CatalogEntry *> &entries); ///< places are indices
    [[nodiscard]] std::vector<Target> targetsOf(int plugin, const manifest::Dependency &dependency) const;

private:
    [[nodiscard]] std::optional<int> atPath(int plugin, const QString &path) const;
    [[nodiscard]] std::optional<int> namesake(int plugin, const manifest::Dependency &dependency) const;
    /// What a package is, whoever asks for it: worked out once, since many plugins name the same.
    struct Known {
        std::vector<int> publishers; ///< of the same purl, or of the Go module in another major version
        int namesake = -1;           ///< a plugin that is called like it, and has no package in its ecosystem
        bool ours = false;           ///< stands in a namespace of the library's own
        bool distinct = false;       ///< in no namespace, and of several words
    };
    [[nodiscard]] const Known &known(const QString &purl) const;

    const std::vector<const library::CatalogEntry *> &m_entries;
    QHash<QString, std::vector<int>> m_byPurl;
    QHash<QString, int> m_byModule;     ///< Go modules without their major version
    QHash<QString, int> m_byPrefix;
    QHash<QString, std::vector<int>> m_byUpstream; ///< "git:https://host/owner/name"
    QHash<QString, int> m_byName;       ///< folded; -1 where several plugins have it
    QSet<QString> m_namespaces;         ///< "npm/@scope", "maven/group", "golang/host/owner"
    std::vector<QSet<QString>> m_types; ///< of a plugin's packages
    mutable QHash<QString, Known> m_known; ///< by purl
};

} // namespace coppice::graph
