// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "git/repository.h"
#include "library/settings.h"
#include "manifest/manifest.h"
#include "store/database.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace coppice::library {

/// One plugin of the library at one commit.
struct Plugin {
    QString id;
    QByteArray prefix;
    PluginSettings settings;
    /// A command by name (test, setup, deploy, …): the one that is set, else the detected one; empty when there is none.
    struct Command {
        QString line;
        bool detected = false;
    };
    QMap<QString, Command> commands;
};
/// What the catalog shows of a plugin.
struct CatalogEntry {
    Plugin plugin;
    git::Oid tree; ///< the plugin's tree at its prefix
    manifest::Manifest manifest;
};
struct Catalog {
    git::Oid head;
    qint64 scannedAt = 0; ///< ms; when these facts were read
    std::vector<CatalogEntry> entries; ///< by id
    std::vector<Problem> problems;     ///< of settings files
    LibrarySettings settings;
    int blobsRead = 0; ///< by the scan that made this; 0 when nothing had changed

    [[nodiscard]] const CatalogEntry *find(const QString &id) const;
};

/// A library: a git repository that composes plugins. Immutable but for the snapshot; safe from any thread (each call
/// opens its own git handle).
class Library
{
public:
    /// Opens a repository by any path inside it, with or without coppice.yaml, bare or not. Only `coppice/` in its
    /// common git directory is ever written by opening (the cache folder where that is not writable).
    [[nodiscard]] static Result<Library> open(const QString &path);

    [[nodiscard]] const QString &path() const { return m_path; }           ///< work tree, or the bare repository
    [[nodiscard]] const QString &commonDir() const { return m_commonDir; } ///< its common git directory
    [[nodiscard]] const QString &coppiceDir() const { return m_coppiceDir; } ///< databases, lease, split state
    [[nodiscard]] const QString &runsDir() const { return m_runsDir; } ///< $XDG_STATE_HOME/coppice/<library>/runs
    [[nodiscard]] const QString &branch() const { return m_branch; }   ///< full name of the branch that HEAD names
    [[nodiscard]] QString branchName() const; ///< the same without refs/heads/, for people
    [[nodiscard]] bool isBare() const { return m_bare; }
    [[nodiscard]] const QString &name() const { return m_name; } ///< of coppice.yaml when it was opened, else the folder's
    [[nodiscard]] Result<git::Repository> repository() const; ///< a fresh handle
    [[nodiscard]] Result<git::Oid> head() const;              ///< null id on an unborn branch

    /// The catalog as it was stored last; none at the first opening. Quick: for the first picture on screen.
    [[nodiscard]] Result<std::optional<Catalog>> snapshot(store::Database &state) const;
    /// Reads the branch's head: prefixes in parallel, only those whose tree changed since the stored snapshot; stores
    /// the new one. Nothing changed: no blob is read.
    [[nodiscard]] Result<Catalog> scan(store::Database &state, std::stop_token stop = {},
                                       Progress &progress = Progress::none()) const;

private:
    QString m_path, m_commonDir, m_coppiceDir, m_runsDir, m_branch, m_name;
    bool m_bare = false;
};

/// What stands in coppice.yaml and .coppice/plugins: paths in the library.
inline const QByteArray settingsFile = "coppice.yaml";
inline const QByteArray pluginSettingsFolder = ".coppice/plugins";
/// ".coppice/plugins/<id>.yaml"
[[nodiscard]] QByteArray pluginSettingsFile(const QString &id);

/// The settings at a commit.
[[nodiscard]] LibrarySettings librarySettingsAt(const git::Repository &repository, const git::Oid &commit);

/// A new library: repository, coppice.yaml, the shipped templates, committed. The folder must be empty or not exist.
[[nodiscard]] Result<Library> initLibrary(const QString &dir, const QString &name);
/// Writes the settings of an existing repository from what it holds (git-subtree-dir trailers, then plugins/*), in one
/// commit on its branch; nothing else changes. Settings files that are there stay. `upstreams`: a folder with <id>.git or <id>
/// repositories, or empty. `prefixes`: patterns instead of plugins/*, for a repository without coppice.yaml.
[[nodiscard]] Result<Library> adoptLibrary(const QString &dir, const QString &upstreams, const QStringList &prefixes = {});

} // namespace coppice::library
