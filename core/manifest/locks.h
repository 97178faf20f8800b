// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/manifest.h"

#include <QHash>

namespace coppice::manifest {

/// One package at one version, as a lock file fixes it.
struct LockedPackage {
    QString purl; ///< without version
    QString version;
    QString hashName; ///< as CycloneDX spells it ("SHA-512"), of the one file that is installed; empty where a lock has none
    QString hash;     ///< in lower-case hexadecimal
    QString origin;   ///< "git:https://…" or "path:…" where it comes from no registry
    QString file;     ///< the lock file
    Dependency::Scope scope = Dependency::Scope::Runtime; ///< Development: reached by development needs only
    QStringList needs; ///< ids of the packages that it needs, sorted; those that the lock does not hold are left out

    [[nodiscard]] QString id() const; ///< purl with version
};

/// What the lock files at a plugin's root fix: package-lock.json (1 to 3), npm-shrinkwrap.json, yarn.lock (classic and
/// berry), pnpm-lock.yaml (5 to 9), bun.lock, uv.lock, poetry.lock, pdm.lock, pylock.toml, Pipfile.lock, pinned
/// requirements*.txt, Cargo.lock, go.mod, gradle.lockfile. What a lock takes from a folder is none of its packages; what such
/// a folder needs is.
struct Locks {
    std::vector<LockedPackage> packages; ///< by id, each once
    QStringList files;                   ///< that were read, as far as they could be
    std::vector<Finding> findings;
    /// Ids of what the plugin itself asks for, where the lock says so.
    QStringList direct;
    /// The version that the plugin's own code gets, by purl; by purl, '\n' and range where a lock has one for each.
    QHash<QString, QString> chosen;
    bool cut = false; ///< there were more packages than are read (50,000)

    [[nodiscard]] QString versionFor(const QString &purl, const QString &range) const;
};
/// Never fails: a file that cannot be read is a finding, and what stood before the fault counts.
[[nodiscard]] Locks readLocks(const FileSource &files);

} // namespace coppice::manifest
