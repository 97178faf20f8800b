// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/checkout.h"

#include "git/run_git.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

namespace coppice::git {

namespace {

/// The branch that a git directory's HEAD names; empty when detached.
QString headOf(const QString &gitDir)
{
    QFile file(gitDir + u"/HEAD");
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray line = file.read(4096).trimmed();
    return line.startsWith("ref: ") ? QString::fromUtf8(line.mid(5)).trimmed() : QString();
}

std::vector<QByteArray> splitZero(const QByteArray &bytes)
{
    std::vector<QByteArray> names;
    const auto parts = bytes.split('\0');
    for (const auto &name : parts) {
        if (!name.isEmpty())
            names.push_back(name);
    }
    return names;
}

/// The paths that git's messages name: "error: Untracked working tree file 'a' would be overwritten by merge."
std::vector<QByteArray> namedIn(const QByteArray &messages)
{
    static const QRegularExpression pattern(QStringLiteral("^error: [^']*'(.+)'[^']*$"));
    std::vector<QByteArray> names;
    const auto lines = messages.split('\n');
    for (const auto &line : lines) {
        const auto match = pattern.match(QString::fromUtf8(line));
        if (match.hasMatch())
            names.push_back(match.captured(1).toUtf8());
    }
    return names;
}

bool saysLocked(const process::Outcome &outcome)
{
    return outcome.err.contains("index.lock");
}

} // namespace

Fail lockedIndex(const QString &workTree)
{
    return failNeeds(QStringLiteral("land.locked"), QStringLiteral("Another git command is at work in the work tree"), workTree,
                     QStringLiteral("Let it end, and try again; if there is none, remove index.lock from the git folder."),
                     {QJsonObject{{QStringLiteral("kind"), QStringLiteral("locked")}}});
}

std::vector<Checkout> Checkout::of(const Repository &repository, const QString &branch)
{
    std::vector<Checkout> found;
    const QString common = repository.commonDir();
    if (headOf(common) == branch) {
        if (const auto main = Repository::open(common); main && !main->workTree().isEmpty() && QFileInfo(main->workTree()).isDir())
            found.push_back(Checkout(common, main->workTree()));
    }
    const QDir linked(common + u"/worktrees");
    const QStringList names = linked.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::Hidden);
    for (const auto &name : names) {
        const QString gitDir = linked.filePath(name);
        QFile back(gitDir + u"/gitdir");
        if (headOf(gitDir) != branch || !back.open(QIODevice::ReadOnly))
            continue;
        const QString dotGit = QDir(gitDir).absoluteFilePath(QFile::decodeName(back.read(8192).trimmed()));
        if (QFileInfo(dotGit).isFile()) // gone where the work tree was removed or lies on a disk that is not there
            found.push_back(Checkout(gitDir, QFileInfo(QDir::cleanPath(dotGit)).path()));
    }
    return found;
}

QByteArray Checkout::fullPath(const QByteArray &path) const
{
    return QFile::encodeName(m_workTree) + '/' + path;
}

Result<std::vector<QByteArray>> Checkout::stagedAgainst(const Oid &tree) const
{
    COPPICE_TRY(const QByteArray out, userGitChecked(m_gitDir, m_workTree, {QStringLiteral("diff-index"), QStringLiteral("--cached"),
                                                                            QStringLiteral("--name-only"), QStringLiteral("-z"), QStringLiteral("--no-renames"),
                                                                            QStringLiteral("--ignore-submodules=dirty"), tree.toString()}));
    auto names = splitZero(out);
    std::sort(names.begin(), names.end());
    return names;
}

Result<> Checkout::refreshIndex() const
{
    // Files that only have another time would look changed. Another git may be at work for an instant.
    for (int tries = 0; tries < 20; ++tries) {
        COPPICE_TRY(const auto outcome, userGit(m_gitDir, m_workTree, {QStringLiteral("update-index"), QStringLiteral("-q"), QStringLiteral("--refresh")}));
        if (outcome.exitCode <= 1) // 1: some files are changed, which is asked for next
            return {};
        if (!saysLocked(outcome) && !QFileInfo::exists(m_gitDir + u"/index.lock"))
            return fail(QStringLiteral("land.index"), QStringLiteral("The index of the work tree cannot be read (%1)").arg(lastWords(outcome)), m_workTree,
                        QStringLiteral("Run `git status` there."));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return lockedIndex(m_workTree);
}

Result<std::vector<QByteArray>> Checkout::dirty(const Changes &changes, const Oid &from, const Oid &to) const
{
    std::vector<QByteArray> hit;
    if (changes.empty())
        return hit;
    COPPICE_CHECK(refreshIndex());
    COPPICE_TRY(const auto staged, stagedAgainst(from));
    COPPICE_TRY(const QByteArray changedOut, userGitChecked(m_gitDir, m_workTree, {QStringLiteral("diff-files"), QStringLiteral("--name-only"), QStringLiteral("-z"),
                                                                                   QStringLiteral("--ignore-submodules=dirty")}));
    const auto changedNames = splitZero(changedOut);
    std::set<QByteArray> all(staged.begin(), staged.end());
    all.insert(changedNames.begin(), changedNames.end());
    for (const auto &change : changes) {
        struct stat info {};
        const bool inTheWay = !change.before && lstat(fullPath(change.path).constData(), &info) == 0 && !S_ISDIR(info.st_mode);
        if (all.contains(change.path) || inTheWay)
            hit.push_back(change.path);
    }
    if (!hit.empty())
        return hit;
    // Git's own opinion has the last word: it knows of folders and files in each other's place, sparse work trees, ...
    COPPICE_TRY(const auto tried, userGit(m_gitDir, m_workTree, {QStringLiteral("read-tree"), QStringLiteral("-m"), QStringLiteral("-u"), QStringLiteral("-n"),
                                                                 from.toString(), to.toString()}));
    if (tried.ok())
        return hit;
    if (saysLocked(tried))
        return lockedIndex(m_workTree);
    hit = namedIn(tried.err);
    if (hit.empty())
        return fail(QStringLiteral("land.index"), QStringLiteral("The work tree cannot be brought to the new state (%1)").arg(lastWords(tried)), m_workTree,
                    QStringLiteral("Run `git status` there."));
    return hit;
}

Result<> Checkout::update(const Oid &from, const Oid &to) const
{
    COPPICE_CHECK(userGitChecked(m_gitDir, m_workTree, {QStringLiteral("read-tree"), QStringLiteral("-m"), QStringLiteral("-u"), from.toString(), to.toString()}));
    return {};
}

Result<std::vector<QByteArray>> Checkout::complete(const Changes &changes, const Oid &from, const Oid &to) const
{
    COPPICE_CHECK(clearStaleLock());
    COPPICE_TRY(const auto notAtTo, stagedAgainst(to));
    COPPICE_TRY(const auto notAtFrom, stagedAgainst(from));
    const auto in = [](const std::vector<QByteArray> &sorted, const QByteArray &path) {
        return std::binary_search(sorted.begin(), sorted.end(), path);
    };
    Changes pending;
    std::vector<QByteArray> foreign;
    for (const auto &change : changes) {
        if (!in(notAtTo, change.path))
            continue; // the index is written last: the file is done, too
        if (in(notAtFrom, change.path))
            foreign.push_back(change.path); // staged by somebody
        else
            pending.push_back(change);
    }
    if (!pending.empty()) {
        COPPICE_TRY(const auto left, bring(pending, to));
        foreign.insert(foreign.end(), left.begin(), left.end());
    }
    return foreign;
}

Result<> Checkout::putBack(const Changes &changes, const Oid &from) const
{
    Changes reversed = changes;
    for (auto &change : reversed)
        std::swap(change.before, change.after);
    COPPICE_CHECK(clearStaleLock());
    COPPICE_CHECK(bring(reversed, from));
    return {};
}

} // namespace coppice::git
