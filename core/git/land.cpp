// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/land.h"

#include "git/user_git.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>

namespace coppice::git {

namespace {

/// A work tree that has the branch checked out.
struct Checkout {
    QString gitDir;
    QString workTree;
};

/// The branch that a git directory's HEAD names; empty when detached.
QString headOf(const QString &gitDir)
{
    QFile file(gitDir + QStringLiteral("/HEAD"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray line = file.read(4096).trimmed();
    return line.startsWith("ref: ") ? QString::fromUtf8(line.mid(5)) : QString();
}

std::vector<Checkout> checkoutsOf(const Repository &repository, const QString &branch)
{
    std::vector<Checkout> found;
    const QString common = repository.commonDir();
    const bool mainIsBare = QFileInfo(common).fileName() != u".git";
    if (!mainIsBare && headOf(common) == branch)
        found.push_back({common, QFileInfo(common).absolutePath()});
    const QDir linked(common + QStringLiteral("/worktrees"));
    for (const auto &name : linked.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString gitDir = linked.filePath(name);
        QFile back(gitDir + QStringLiteral("/gitdir"));
        if (headOf(gitDir) != branch || !back.open(QIODevice::ReadOnly))
            continue;
        const QString workTree = QFileInfo(QString::fromUtf8(back.read(4096)).trimmed()).absolutePath();
        if (QFileInfo(workTree).isDir())
            found.push_back({gitDir, workTree});
    }
    return found;
}

QStringList splitZero(const QByteArray &bytes)
{
    QStringList names;
    for (const auto &name : bytes.split('\0')) {
        if (!name.isEmpty())
            names << QString::fromUtf8(name);
    }
    return names;
}

/// Paths that differ between the two commits and are not as `from` has them in the index or the work tree.
Result<QStringList> dirtyPaths(const Checkout &checkout, const std::vector<Repository::Change> &changes, const Oid &from)
{
    QByteArray touched;
    for (const auto &change : changes)
        touched += change.path + '\0';
    if (touched.isEmpty())
        return QStringList();
    // The index may hold stale time stamps: refresh it first, or clean files look changed.
    COPPICE_CHECK(userGit(checkout.gitDir, checkout.workTree, {QStringLiteral("update-index"), QStringLiteral("-q"), QStringLiteral("--refresh")}));
    COPPICE_TRY(const auto staged, userGitChecked(checkout.gitDir, checkout.workTree,
                                                  {QStringLiteral("diff-index"), QStringLiteral("--cached"), QStringLiteral("--name-only"),
                                                   QStringLiteral("-z"), QStringLiteral("--no-renames"), from.toString()}));
    COPPICE_TRY(const auto changed, userGitChecked(checkout.gitDir, checkout.workTree,
                                                   {QStringLiteral("diff-files"), QStringLiteral("--name-only"), QStringLiteral("-z")}));
    const QStringList dirty = splitZero(staged) + splitZero(changed);
    QStringList hit;
    for (const auto &change : changes) {
        const QString path = QString::fromUtf8(change.path);
        const bool untrackedInTheWay = !change.before && change.after && QFileInfo(checkout.workTree + u'/' + path).exists()
                                       && !dirty.contains(path);
        if (dirty.contains(path) || untrackedInTheWay)
            hit << path;
    }
    return hit;
}

QJsonArray dirtyNeeds(const QStringList &paths)
{
    QJsonObject need;
    need[QStringLiteral("kind")] = QStringLiteral("dirty");
    need[QStringLiteral("paths")] = QJsonArray::fromStringList(paths);
    return QJsonArray{need};
}

/// The blob ids that files of a work tree would have, filters applied; null for what is not there.
Result<std::vector<Oid>> idsInWorkTree(const Checkout &checkout, const QStringList &paths)
{
    std::vector<Oid> ids(size_t(paths.size()));
    QByteArray input;
    std::vector<size_t> asked;
    for (qsizetype i = 0; i < paths.size(); ++i) {
        const QFileInfo info(checkout.workTree + u'/' + paths[i]);
        if (info.isSymLink() || !info.isFile())
            continue;
        input += paths[i].toUtf8() + '\n';
        asked.push_back(size_t(i));
    }
    COPPICE_TRY(const auto out, userGitChecked(checkout.gitDir, checkout.workTree, {QStringLiteral("hash-object"), QStringLiteral("--stdin-paths")}, {}, input));
    const auto lines = out.split('\n');
    for (size_t i = 0; i < asked.size() && qsizetype(i) < lines.size(); ++i)
        ids[asked[i]] = Oid::fromHex(lines[qsizetype(i)]);
    return ids;
}

/// Completes an update that was cut short: every touched file is as before or as after, and becomes as after. One that
/// somebody changed since is named and left alone.
Result<> completeWorkTree(const Checkout &checkout, const std::vector<Repository::Change> &changes, const Oid &to)
{
    QStringList paths;
    for (const auto &change : changes)
        paths << QString::fromUtf8(change.path);
    COPPICE_TRY(const auto ids, idsInWorkTree(checkout, paths));
    QByteArray kept, gone;
    QStringList foreign;
    for (size_t i = 0; i < changes.size(); ++i) {
        const auto &[path, before, after] = changes[i];
        const bool ours = ids[i].isNull() || (before && before->id == ids[i]) || (after && after->id == ids[i]);
        if (!ours)
            foreign << paths[qsizetype(i)];
        else
            (after ? kept : gone) += path + '\0';
    }
    QFile::remove(checkout.gitDir + QStringLiteral("/index.lock")); // of the update that was cut short
    const QStringList fromInput{QStringLiteral("--pathspec-from-file=-"), QStringLiteral("--pathspec-file-nul")};
    if (!kept.isEmpty())
        COPPICE_CHECK(userGitChecked(checkout.gitDir, checkout.workTree,
                                     QStringList{QStringLiteral("--literal-pathspecs"), QStringLiteral("checkout"), QStringLiteral("-q"), to.toString()} + fromInput, {}, kept));
    if (!gone.isEmpty())
        COPPICE_CHECK(userGitChecked(checkout.gitDir, checkout.workTree,
                                     QStringList{QStringLiteral("--literal-pathspecs"), QStringLiteral("rm"), QStringLiteral("-qf"), QStringLiteral("--ignore-unmatch")} + fromInput, {}, gone));
    if (!foreign.isEmpty())
        return failNeeds(QStringLiteral("land.dirty"), QStringLiteral("Files were changed while an update was cut short: %1").arg(foreign.join(QStringLiteral(", "))),
                         checkout.workTree, QStringLiteral("Compare them with the branch and commit what you want to keep."), dirtyNeeds(foreign));
    return {};
}

/// Brings index and touched files from one commit to the other; what else is in the work tree stays.
Result<> updateWorkTree(const Checkout &checkout, const Oid &from, const Oid &to, std::stop_token stop)
{
    COPPICE_CHECK(userGitChecked(checkout.gitDir, checkout.workTree,
                                 {QStringLiteral("read-tree"), QStringLiteral("-m"), QStringLiteral("-u"), from.toString(), to.toString()}, stop));
    return {};
}

} // namespace

Result<> land(const journal::Lease &, Repository &repository, const QString &branch, const Oid &from, const Oid &to,
              const QString &reason, std::stop_token stop)
{
    COPPICE_TRY(const Oid now, repository.refTarget(branch));
    if (now == to)
        return {};
    if (now != from)
        return fail(QStringLiteral("land.moved"), QStringLiteral("The branch moved meanwhile"), branch, QStringLiteral("Try again."));
    const auto checkouts = checkoutsOf(repository, branch);
    if (!checkouts.empty() && !from.isNull()) {
        COPPICE_TRY(const Oid before, repository.treeOf(from));
        COPPICE_TRY(const Oid after, repository.treeOf(to));
        COPPICE_TRY(const auto changes, repository.changes(before, after));
        for (const auto &checkout : checkouts) {
            COPPICE_TRY(const QStringList dirty, dirtyPaths(checkout, changes, from));
            if (!dirty.isEmpty())
                return failNeeds(QStringLiteral("land.dirty"), QStringLiteral("Files that would change have changes of their own: %1").arg(dirty.mid(0, 5).join(QStringLiteral(", "))),
                                 checkout.workTree, QStringLiteral("Commit, stash or remove them, then try again."),
                                 dirtyNeeds(dirty));
        }
    }
    COPPICE_CHECK(repository.setRef(branch, to, from, reason));
    for (const auto &checkout : checkouts) {
        if (from.isNull())
            COPPICE_CHECK(userGitChecked(checkout.gitDir, checkout.workTree, {QStringLiteral("read-tree"), QStringLiteral("-m"), QStringLiteral("-u"), to.toString()}, stop));
        else
            COPPICE_CHECK(updateWorkTree(checkout, from, to, stop));
    }
    return {};
}

Result<> finishLanding(const journal::Lease &, Repository &repository, const QString &branch, const Oid &from, const Oid &to)
{
    COPPICE_TRY(const Oid now, repository.refTarget(branch));
    if (now != to || from.isNull())
        return {};
    COPPICE_TRY(const Oid before, repository.treeOf(from));
    COPPICE_TRY(const Oid after, repository.treeOf(to));
    COPPICE_TRY(const auto changes, repository.changes(before, after));
    for (const auto &checkout : checkoutsOf(repository, branch)) {
        const auto behind = userGitChecked(checkout.gitDir, checkout.workTree,
                                           {QStringLiteral("diff-index"), QStringLiteral("--cached"), QStringLiteral("--name-only"), QStringLiteral("-z"),
                                            QStringLiteral("--no-renames"), to.toString()});
        if (!behind)
            return std::unexpected(behind.error());
        const QStringList staged = splitZero(*behind);
        bool stale = !changes.empty();
        for (const auto &change : changes)
            stale = stale && staged.contains(QString::fromUtf8(change.path));
        if (stale)
            COPPICE_CHECK(completeWorkTree(checkout, changes, to));
    }
    return {};
}

} // namespace coppice::git
