// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "git/repository.h"

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

namespace coppice::manifest {

/// A value and the file (and line, where known) it was read from.
template <class T> struct Sourced {
    T value{};
    QString source; ///< path in the plugin, for example "package.json" or "pyproject.toml:4"
    [[nodiscard]] bool isSet() const { return !source.isEmpty(); }
};

struct EnvironmentVariable {
    QString name;
    QString description;
    bool required = false;
    bool secret = false;
    QString defaultValue;
    QString source;
};
struct Dependency {
    enum class Level { Locked, Manifest, Imported }; ///< how well it is known
    /// What it is needed for. Indirect: listed (by go.mod) because something else needs it.
    enum class Scope { Runtime, Development, Optional, Peer, Indirect };
    QString purl; ///< pkg:npm/%40scope/name, without a version. Source: https://github.com/package-url/purl-spec
    QString range;
    QString locked;
    Level level = Level::Manifest;
    QString source;
    Scope scope = Scope::Runtime;
    /// Where it is taken from instead of a registry: "path:../sibling" (from the plugin's root, may leave it),
    /// "git:https://host/owner/name", "workspace:"; empty otherwise.
    QString reference;
};
/// A package that the plugin is, or holds as a member of its workspace.
struct Package {
    QString purl; ///< without a version
    QString version;
    QString source;
};
/// Something a check found; told, never guessed away.
struct Finding {
    enum class Severity { Note, Warning, Error };
    Severity severity = Severity::Warning;
    QString code; ///< for example "manifest.versions-differ"
    QString text;
    QString where;
};

/// What a plugin's own files say of it.
struct Manifest {
    Sourced<QString> name;
    Sourced<QString> version;
    Sourced<QString> description;
    Sourced<QString> language; ///< node, typescript, python, go, rust, java, shell; empty when not known
    Sourced<QString> license;
    std::vector<EnvironmentVariable> environment;
    std::vector<Dependency> dependencies;
    std::vector<Package> packages; ///< its own, those that it publishes as server.json says included
    QMap<QString, Sourced<QString>> commands; ///< detected: setup, build, test, lint, start
    std::vector<Finding> findings;
};

/// Reads a plugin's files: from a git tree or a folder.
class FileSource
{
public:
    virtual ~FileSource() = default;
    /// Names in a folder ("" is the root), folders with a trailing '/'. Empty when there is no such folder.
    [[nodiscard]] virtual QStringList list(const QString &folder) const = 0;
    /// A file's bytes; none when it is not there, no file, or larger than 1 MiB.
    [[nodiscard]] virtual std::optional<QByteArray> read(const QString &path) const = 0;
    /// The same for lock files, which programs write and which grow: up to 16 MiB where the source can.
    [[nodiscard]] virtual std::optional<QByteArray> readLock(const QString &path) const { return read(path); }
};
[[nodiscard]] std::unique_ptr<FileSource> treeSource(const git::Repository &repository, const git::Oid &tree);
[[nodiscard]] std::unique_ptr<FileSource> folderSource(const QString &folder);

/// Reads server.json (all dates, both spellings, also .mcp/), manifest.json (MCPB), package.json, pyproject.toml,
/// go.mod, Cargo.toml, pom.xml, then hints (.env.example, smithery.yaml, .mcp.json), and the lock files beside them
/// (locks.h). Members of a workspace inside the plugin count as the plugin's own. Never fails: what cannot be read is a
/// finding. Files that disagree are a finding.
[[nodiscard]] Manifest readManifest(const FileSource &files);

[[nodiscard]] QJsonObject toJson(const Manifest &manifest);
[[nodiscard]] Manifest fromJson(const QJsonObject &object);

} // namespace coppice::manifest
