// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/cycles.h"

#include <manifest/locks.h>

#include <QByteArray>
#include <QJsonObject>

#include <functional>

namespace coppice::graph {

/// Graphviz's language: plugins and what they depend on; likely edges dashed, those of a smallest cut red.
[[nodiscard]] QByteArray toDot(const Graph &graph, const std::vector<Cycle> &cycles);

/// {"plugins","edges","packages","cycles","conflicts"}, everything by id.
[[nodiscard]] QJsonObject toJson(const Graph &graph, const std::vector<Cycle> &cycles);
[[nodiscard]] QJsonObject toJson(const Graph &graph, const Edge &edge);
[[nodiscard]] QJsonObject toJson(const Graph &graph, const Cycle &cycle);
[[nodiscard]] QJsonObject toJson(const Graph &graph, const Conflict &conflict);

/// What a bill of materials tells beside the graph.
struct BillOptions {
    QString library;                  ///< its name
    QString version;                  ///< the commit that was read
    QString toolVersion;              ///< Coppice's own
    QString plugin;                   ///< only this one and what it needs; empty: the whole library
    /// A plugin's lock files; called once for each plugin, in order of their ids.
    std::function<manifest::Locks(const library::CatalogEntry &)> locks;
};
/// CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json): plugins, packages at their locked versions with hashes, who needs
/// what; where a plugin has no lock file, its packages stand without a version and what it needs is told as incomplete.
/// The same input gives the same bytes: the serial number follows from the content, and there is no time in it.
[[nodiscard]] QJsonObject toCycloneDx(const library::Catalog &catalog, const Graph &graph, const BillOptions &options);

} // namespace coppice::graph
