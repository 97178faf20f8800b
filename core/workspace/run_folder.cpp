// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/run_folder.h"

#include "base/paths.h"
#include "workspace/files.h"
#include "workspace/ignore_rules.h"
#include "workspace/materialise.h"
#include "workspace/prepared_store.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <git2.h>

#include <unistd.h>

namespace coppice::workspace {

namespace {

constexpr size_t mostCommits = 50;

Result<> checkPlugin(const QString &plugin)
{
    if (!isSafeRelative(plugin.toUtf8()) || plugin.contains(u'/'))
        return failUsage(QStringLiteral("workspace.plugin"), QStringLiteral("This is no plugin's id"), plugin.left(200));
    return {};
}

/// Lets git inside the sandbox take the directory for that of a work tree, with nothing changed in it.
Result<> setUp(git::Repository &repository, const git::Oid &commit)
{
    git_config *config = nullptr;
    int rc = git_repository_config(&config, repository.raw());
    if (rc == 0)
        rc = git_config_set_bool(config, "core.bare", 0);
    if (rc == 0)
        rc = git_config_set_string(config, "core.excludesfile", "/nonexistent/excludes");
    if (rc == 0)
        rc = git_config_set_bool(config, "core.autocrlf", 0);
    git_config_free(config);
    if (rc < 0)
        return git::gitError(rc, QStringLiteral("Cannot configure a run's repository"), repository.gitDir());

    COPPICE_TRY(const git::Oid tree, repository.treeOf(commit));
    git_oid id;
    git_oid_fromraw(&id, tree.raw());
    git_tree *raw = nullptr;
    git_index *index = nullptr;
    rc = git_tree_lookup(&raw, repository.raw(), &id);
    if (rc == 0)
        rc = git_repository_index(&index, repository.raw());
    if (rc == 0)
        rc = git_index_read_tree(index, raw);
    if (rc == 0)
        rc = git_index_write(index);
    git_index_free(index);
    git_tree_free(raw);
    if (rc < 0)
        return git::gitError(rc, QStringLiteral("Cannot write a run's index"), repository.gitDir());
    return {};
}

Result<> makeGitDir(const git::Repository &library, const git::Oid &commit, const QString &gitDir)
{
    const QString fresh = gitDir + QStringLiteral(".new");
    COPPICE_CHECK(removeFolder(fresh));
    {
        COPPICE_TRY(git::Repository made, git::Repository::initBare(fresh));
        COPPICE_CHECK(library.copyTo(made, commit, mostCommits));
        COPPICE_CHECK(made.setRef(QStringLiteral("refs/heads/main"), commit, std::nullopt, QStringLiteral("run")));
        COPPICE_CHECK(setUp(made, commit));
    }
    COPPICE_CHECK(removeFolder(fresh + QStringLiteral("/hooks")));
    COPPICE_CHECK(makeFolder(fresh + QStringLiteral("/info")));
    COPPICE_CHECK(writeFileAtomically(fresh + QStringLiteral("/info/exclude"), usualExcludes()));
    COPPICE_CHECK(removeFolder(gitDir));
    if (!QDir().rename(fresh, gitDir))
        return fail(QStringLiteral("workspace.git"), QStringLiteral("Cannot put a run's git directory in place"), gitDir);
    return {};
}

} // namespace

Result<RunFolder> RunFolder::create(const git::Repository &library, const git::Oid &splitCommit, const QString &path,
                                    const QString &pluginId)
{
    COPPICE_CHECK(checkPlugin(pluginId));
    RunFolder folder(QDir::cleanPath(path), pluginId);
    COPPICE_CHECK(makeFolder(folder.m_path));
    QFile::setPermissions(folder.m_path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    COPPICE_CHECK(makeFolder(folder.home()));
    COPPICE_CHECK(makeFolder(folder.logs()));
    COPPICE_CHECK(PreparedStore::forget(folder.m_path));
    COPPICE_CHECK(makeGitDir(library, splitCommit, folder.gitDir()));
    COPPICE_TRY(const git::Oid tree, library.treeOf(splitCommit));
    COPPICE_CHECK(folder.checkout(library, tree));
    return folder;
}

Result<RunFolder> RunFolder::open(const QString &path, const QString &pluginId)
{
    COPPICE_CHECK(checkPlugin(pluginId));
    RunFolder folder(QDir::cleanPath(path), pluginId);
    if (!QFileInfo(folder.work()).isDir() || !QFileInfo(folder.gitDir()).isDir())
        return failNotFound(QStringLiteral("workspace.missing"), QStringLiteral("The run's folder is not there any more"), path,
                            QStringLiteral("Start a new run."));
    return folder;
}

Result<> RunFolder::checkout(const git::Repository &library, const git::Oid &tree) const
{
    COPPICE_CHECK(removeFolder(work()));
    COPPICE_CHECK(makeFolder(work()));
    COPPICE_CHECK(materialise(library, tree, work()));
    return PreparedStore::putBack(m_path, work());
}

Result<> RunFolder::remove() const
{
    return removeFolder(m_path);
}

sandbox::SandboxProfile checkProfile(const RunFolder &folder, const Prepared &prepared)
{
    sandbox::SandboxProfile profile;
    profile.profile = sandbox::Profile::Check;
    profile.workFolder = folder.work();
    profile.workInside = folder.inside();
    profile.gitDir = folder.gitDir();
    profile.binds = prepared.binds;
    profile.env = prepared.env;
    return profile; // home is empty: what an agent left in its home decides no check
}

} // namespace coppice::workspace
