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

#include <utility>

namespace coppice::workspace {

namespace {

constexpr size_t mostCommits = 50;

Result<> checkPlugin(const QString &plugin)
{
    if (!isSafeRelative(plugin.toUtf8()) || plugin.contains(u'/'))
        return failUsage(QStringLiteral("workspace.plugin"), QStringLiteral("This is no plugin's id"), plugin.left(200));
    return {};
}

/// What makes a folder a git directory, with a work tree above it. Three files in a folder that gets its name only when
/// it is whole: git's own way of making one writes and renames a dozen.
Result<> layOut(const QString &gitDir)
{
    for (const char *folder : {"/objects/pack", "/objects/info", "/refs/heads", "/refs/tags", "/info"})
        COPPICE_CHECK(makeFolder(gitDir + QLatin1String(folder)));
    const std::pair<const char *, QByteArray> files[] = {
        {"/HEAD", "ref: refs/heads/main\n"},
        {"/config", "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tautocrlf = false\n"
                    "\texcludesfile = /nonexistent/excludes\n"},
        {"/info/exclude", usualExcludes()}};
    for (const auto &[name, bytes] : files) {
        QFile file(gitDir + QLatin1String(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            return fail(QStringLiteral("workspace.git"), QStringLiteral("Cannot write a run's git directory"), file.fileName(),
                        QStringLiteral("Check the folder's permissions and free space."));
    }
    return {};
}

Result<> writeIndex(git::Repository &repository, const git::Oid &commit)
{
    COPPICE_TRY(const git::Oid tree, repository.treeOf(commit));
    git_oid id;
    git_oid_fromraw(&id, tree.raw());
    git_tree *raw = nullptr;
    git_index *index = nullptr;
    int rc = git_tree_lookup(&raw, repository.raw(), &id);
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
        COPPICE_CHECK(layOut(fresh));
        COPPICE_TRY(git::Repository made, git::Repository::open(fresh));
        COPPICE_CHECK(library.copyTo(made, commit, mostCommits));
        COPPICE_CHECK(made.setRef(QStringLiteral("refs/heads/main"), commit, std::nullopt, QStringLiteral("run")));
        COPPICE_CHECK(writeIndex(made, commit));
    }
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
