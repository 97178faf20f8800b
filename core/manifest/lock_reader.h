// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/addresses.h"
#include "manifest/locks.h"
#include "manifest/purl.h"

#include <QSet>

namespace coppice::manifest {

/// Gathers packages from lock files, bounded and cleaned.
class LockReader
{
public:
    explicit LockReader(const FileSource &files);

    /// A file of the root; a finding when it is there and cannot be read.
    [[nodiscard]] std::optional<QByteArray> read(const QString &name);
    [[nodiscard]] bool has(const QString &name) const { return m_names.contains(name); }
    [[nodiscard]] const QStringList &names() const { return m_names; }
    void broken(const QString &text, const QString &where);
    void unreadable(const QString &text, const QString &where); ///< a warning: nothing is wrong with the file

    /// The package's place, whether it is new or not; none when it has no name or version, or there are too many.
    [[nodiscard]] std::optional<size_t> add(const QString &purl, const QString &version, const QString &file);
    [[nodiscard]] LockedPackage &at(size_t place) { return m_locks.packages[place]; }
    [[nodiscard]] std::optional<size_t> find(const QString &id) const;
    void needs(size_t place, const QString &id) { m_locks.packages[place].needs << id; }
    /// What the plugin itself asks for, and what for.
    void direct(const QString &id, Dependency::Scope scope = Dependency::Scope::Runtime);
    /// The lock says itself what a package is for; else that follows from who needs it.
    void scope(size_t place, Dependency::Scope scope);
    void choose(const QString &key, const QString &version);
    /// "sha512-<base64>" (subresource integrity), "sha256:<hex>" or a plain hexadecimal SHA-1 or SHA-256.
    static void setHash(LockedPackage &package, const QString &written);

    /// The file's bytes without counting it as a lock file, for what a lock leaves to the manifest.
    [[nodiscard]] std::optional<QByteArray> peek(const QString &name) const;

    [[nodiscard]] Locks take();

private:
    void spreadScopes();

    const FileSource &m_files;
    QStringList m_names;
    Locks m_locks;
    QHash<QString, size_t> m_places;
    QHash<QString, Dependency::Scope> m_direct;
    QSet<size_t> m_said; ///< whose scope the lock says
};

// One family of files each; all tolerate anything.
void readNpmLock(LockReader &reader);
void readYarnLock(LockReader &reader);
void readPnpmLock(LockReader &reader);
void readBunLock(LockReader &reader);
void readPythonLocks(LockReader &reader);
void readCargoLock(LockReader &reader);
void readGoList(LockReader &reader);
void readGradleLocks(LockReader &reader);

/// One line of a file that a program wrote with two spaces a level: yarn.lock and pnpm-lock.yaml.
struct IndentedLine {
    int depth = 0; ///< columns
    int line = 0;  ///< from 1
    QString key;   ///< without quotes
    QString value; ///< without quotes; empty when a block follows
    bool item = false; ///< of a list: "- key"
};
/// The lines that are neither empty nor comments. Keys end at ": ", a closing ':' or, in classic yarn files, at a space.
[[nodiscard]] std::vector<IndentedLine> indentedLines(const QByteArray &bytes);

} // namespace coppice::manifest
