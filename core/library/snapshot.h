// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"
#include "library/prefixes.h"

namespace coppice::library {

/// One plugin as it is stored: what follows from its tree and its settings file, in a compact form.
struct StoredPlugin {
    QString id;
    QByteArray prefix;
    git::Oid tree;
    git::Oid settingsBlob; ///< null: it has no settings file
    QByteArray facts;
};
/// The catalog as it is stored.
struct StoredCatalog {
    git::Oid head;
    qint64 scannedAt = 0;
    git::Oid settingsBlob;
    QByteArray settings; ///< coppice.yaml's bytes
    std::vector<Join> joins; ///< of the history of joinsHead
    git::Oid joinsHead;
    std::vector<Problem> problems; ///< that belong to no single plugin
    std::vector<StoredPlugin> plugins;
};

[[nodiscard]] QByteArray packFacts(const PluginSettings &settings, const manifest::Manifest &manifest);
/// False when the bytes are not ours: the plugin is then read anew.
[[nodiscard]] bool unpackFacts(const QByteArray &bytes, PluginSettings &settings, manifest::Manifest &manifest);
/// Only the settings, which stand first.
[[nodiscard]] bool unpackSettings(const QByteArray &bytes, PluginSettings &settings);

/// None when nothing is stored, or by a version of Coppice that read manifests otherwise.
[[nodiscard]] Result<std::optional<StoredCatalog>> loadCatalog(store::Database &state);
/// Writes the rows named by `changed`, drops those that are gone, then the catalog's own row.
[[nodiscard]] Result<> saveCatalog(store::Database &state, const StoredCatalog &catalog, const std::vector<size_t> &changed);

} // namespace coppice::library
