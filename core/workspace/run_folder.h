// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"
#include "git/repository.h"
#include "library/library.h"
#include "sandbox/sandbox.h"

#include <stop_token>

namespace coppice::workspace {

/// The folder of one run: <runs>/<id>/ with `work/` (the plugin's files), `git/` (a small repository of its own whose
/// HEAD is the plugin's split commit, at most 50 commits, no remotes, no hooks, no alternates), `home/`, `logs/`.
/// Nothing of the library's repository or of other plugins is in it.
class RunFolder
{
public:
    /// Makes or makes anew `work/` from a commit of the library's object store (the plugin's resolved split commit).
    [[nodiscard]] static Result<RunFolder> create(const git::Repository &library, const git::Oid &splitCommit,
                                                  const QString &path, const QString &pluginId);
    [[nodiscard]] static Result<RunFolder> open(const QString &path, const QString &pluginId);

    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] QString work() const { return m_path + QStringLiteral("/work"); }
    [[nodiscard]] QString gitDir() const { return m_path + QStringLiteral("/git"); }
    [[nodiscard]] QString home() const { return m_path + QStringLiteral("/home"); }
    [[nodiscard]] QString logs() const { return m_path + QStringLiteral("/logs"); }
    [[nodiscard]] QString inside() const { return QStringLiteral("/src/") + m_plugin; }

    /// The tree of what lies in `work/` now, computed outside without running anything: written into the run's own
    /// repository, then copied into `library`'s object store. A `.git` of any kind in the work folder, sockets,
    /// devices and pipes are left out and named in `leftOut`; ignored files (.gitignore of the base) are left out.
    /// Files over `fileCap` bytes or trees over `filesCap` files are an error.
    struct Captured {
        git::Oid tree;
        std::vector<QByteArray> leftOut;
    };
    [[nodiscard]] Result<Captured> resultTree(git::Repository &library, const git::Oid &baseTree) const;
    /// Sets `work/` to a tree (for checks on the accepted part, or going on after a crash).
    [[nodiscard]] Result<> checkout(const git::Repository &library, const git::Oid &tree) const;
    /// Deletes it all.
    [[nodiscard]] Result<> remove() const;

private:
    RunFolder(QString path, QString plugin) : m_path(std::move(path)), m_plugin(std::move(plugin)) { }
    QString m_path, m_plugin;
};

/// Runs the plugin's set-up command once per lock file and toolchain, before any untrusted text is in the folder, and
/// keeps what it made (node_modules, .venv, …) in a cache that later runs get read-only or copied. No set-up command
/// and no lock file: nothing to do.
struct Prepared {
    bool needed = false;
    bool fromCache = false;
    QString log;
    std::vector<sandbox::Bind> binds; ///< to add to every later sandbox of the run
    QMap<QString, QString> env;
};
[[nodiscard]] Result<Prepared> prepare(const RunFolder &folder, const library::Plugin &plugin,
                                       const QStringList &packageHosts, std::stop_token stop, Progress &progress);

/// The sandbox for a check command in a run folder: no network, `bash -c line` in the plugin's folder.
[[nodiscard]] sandbox::SandboxProfile checkProfile(const RunFolder &folder, const Prepared &prepared);

} // namespace coppice::workspace
