// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/user_git.h"

#include "git/repository.h"
#include "text/hidden.h"

#include <QProcessEnvironment>
#include <QRegularExpression>

namespace coppice::git {

namespace {

/// The user's environment, without what would point git elsewhere, and without terminal prompts.
QMap<QString, QString> environment()
{
    QMap<QString, QString> env;
    const auto system = QProcessEnvironment::systemEnvironment();
    static const QStringList left{QStringLiteral("GIT_DIR"), QStringLiteral("GIT_WORK_TREE"), QStringLiteral("GIT_INDEX_FILE"),
                                  QStringLiteral("GIT_OBJECT_DIRECTORY"), QStringLiteral("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
                                  QStringLiteral("GIT_COMMON_DIR"), QStringLiteral("GIT_NAMESPACE"), QStringLiteral("GIT_PREFIX")};
    for (const auto &key : system.keys()) {
        if (!left.contains(key))
            env[key] = system.value(key);
    }
    env[QStringLiteral("LC_ALL")] = QStringLiteral("C");
    env[QStringLiteral("GIT_TERMINAL_PROMPT")] = QStringLiteral("0");
    env[QStringLiteral("GIT_OPTIONAL_LOCKS")] = QStringLiteral("0");
    return env;
}

QStringList safeOptions()
{
    return {QStringLiteral("-c"), QStringLiteral("core.hooksPath=/dev/null"), QStringLiteral("-c"), QStringLiteral("core.fsmonitor=false"),
            QStringLiteral("-c"), QStringLiteral("protocol.ext.allow=never"), QStringLiteral("-c"), QStringLiteral("gc.auto=0"),
            QStringLiteral("-c"), QStringLiteral("maintenance.auto=false"), QStringLiteral("-c"), QStringLiteral("submodule.recurse=false")};
}

/// The last lines that git said, without credentials in addresses and without control characters.
QString lastWords(const process::Outcome &outcome)
{
    static const QRegularExpression credentials(QStringLiteral("(\\w+://)[^/@\\s]+@"));
    QString said = text::plain(QString::fromUtf8(outcome.err.right(4000))).trimmed();
    said.replace(credentials, QStringLiteral("\\1"));
    return said.split(u'\n').mid(qMax(0, said.count(u'\n') - 4)).join(QStringLiteral("; "));
}

QString withoutCredentials(const QString &url)
{
    static const QRegularExpression credentials(QStringLiteral("^(\\w+://)[^/@\\s]+@"));
    return QString(url).replace(credentials, QStringLiteral("\\1"));
}

Result<> checkUrl(const QString &url)
{
    if (url.isEmpty() || url.startsWith(u'-') || url.contains(QStringLiteral("::")) || url.contains(u'\n'))
        return failUsage(QStringLiteral("git.url"), QStringLiteral("This is not an address that git may use"), withoutCredentials(url.left(200)),
                         QStringLiteral("Use a path, or an address of ssh, https or file."));
    return {};
}

Result<> failedRemote(const process::Outcome &outcome, const QString &url)
{
    if (outcome.cancelled)
        return failCancelled();
    if (outcome.timedOut)
        return fail(QStringLiteral("git.timeout"), QStringLiteral("The repository did not answer in time"), withoutCredentials(url));
    return fail(QStringLiteral("git.remote"), QStringLiteral("git could not use the repository (%1)").arg(lastWords(outcome)), withoutCredentials(url),
                QStringLiteral("Check the address, the network and your access rights; try: git ls-remote %1").arg(withoutCredentials(url)));
}

} // namespace

Result<process::Outcome> userGit(const QString &gitDir, const QString &workTree, const QStringList &args, std::stop_token stop,
                                 const QByteArray &input)
{
    process::Request request;
    request.argv = QStringList{QStringLiteral("git")} + safeOptions();
    if (!gitDir.isEmpty())
        request.argv << QStringLiteral("--git-dir=") + gitDir;
    if (!workTree.isEmpty())
        request.argv << QStringLiteral("--work-tree=") + workTree;
    request.argv << args;
    request.env = environment();
    request.cwd = workTree.isEmpty() ? QStringLiteral("/") : workTree;
    request.input = input;
    request.limits.time = std::chrono::minutes(30);
    return process::run(request, stop);
}

Result<QByteArray> userGitChecked(const QString &gitDir, const QString &workTree, const QStringList &args, std::stop_token stop,
                                  const QByteArray &input)
{
    COPPICE_TRY(auto outcome, userGit(gitDir, workTree, args, stop, input));
    if (outcome.cancelled)
        return failCancelled();
    if (!outcome.ok())
        return fail(QStringLiteral("git.failed"), QStringLiteral("git %1 failed (%2)").arg(args.value(0), lastWords(outcome)), gitDir);
    if (outcome.droppedOut > 0)
        return fail(QStringLiteral("git.output"), QStringLiteral("git %1 answered more than can be read").arg(args.value(0)), gitDir);
    return outcome.out;
}

Result<> fetch(const QString &gitDir, const QString &url, const QStringList &refspecs, std::stop_token stop, Progress &progress)
{
    COPPICE_CHECK(checkUrl(url));
    progress.report(0, 0, QStringLiteral("fetching ") + withoutCredentials(url));
    const QStringList args = QStringList{QStringLiteral("fetch"), QStringLiteral("--no-tags"), QStringLiteral("--no-write-fetch-head"),
                                         QStringLiteral("--no-recurse-submodules"), QStringLiteral("--quiet"), QStringLiteral("--"), url}
                             + refspecs;
    COPPICE_TRY(const auto outcome, userGit(gitDir, {}, args, stop));
    return outcome.ok() ? Result<>() : failedRemote(outcome, url);
}

Result<RemoteRefs> lsRemote(const QString &url, std::stop_token stop)
{
    COPPICE_CHECK(checkUrl(url));
    COPPICE_TRY(const auto outcome, userGit({}, {}, {QStringLiteral("ls-remote"), QStringLiteral("--symref"), QStringLiteral("--"), url}, stop));
    if (!outcome.ok())
        return std::unexpected(failedRemote(outcome, url).error());
    RemoteRefs remote;
    for (const auto &line : outcome.out.split('\n')) {
        const auto tab = line.indexOf('\t');
        if (tab < 0)
            continue;
        const QString name = QString::fromUtf8(line.mid(tab + 1));
        if (line.startsWith("ref: ")) {
            if (name == u"HEAD")
                remote.headBranch = QString::fromUtf8(line.mid(5, tab - 5));
            continue;
        }
        remote.refs[name] = Oid::fromHex(line.left(tab));
    }
    return remote;
}

Result<> push(const QString &gitDir, const QString &url, const Oid &commit, const QString &remoteRef, const Oid &expected,
              std::stop_token stop, Progress &progress)
{
    COPPICE_CHECK(checkUrl(url));
    if (commit.isNull())
        return fail(QStringLiteral("git.push-empty"), QStringLiteral("There is nothing to push"), remoteRef);
    if (!expected.isNull()) {
        COPPICE_TRY(const auto repository, Repository::open(gitDir));
        // A lease alone would allow going back; only what contains the remote's commit is sent.
        const bool forward = repository.has(expected) && repository.isAncestor(expected, commit).value_or(false);
        if (!forward)
            return fail(QStringLiteral("git.push-rejected"), QStringLiteral("The remote branch has commits that would be lost"),
                        withoutCredentials(url) + u' ' + remoteRef, QStringLiteral("Pull first, then push again."));
    }
    progress.report(0, 0, QStringLiteral("pushing to ") + withoutCredentials(url));
    COPPICE_TRY(const auto outcome,
                userGit(gitDir, {},
                        {QStringLiteral("push"), QStringLiteral("--quiet"), QStringLiteral("--porcelain"), QStringLiteral("--no-verify"),
                         QStringLiteral("--force-with-lease=%1:%2").arg(remoteRef, expected.isNull() ? QString() : expected.toString()),
                         QStringLiteral("--"), url, commit.toString() + u':' + remoteRef},
                        stop));
    if (outcome.ok())
        return {};
    if (outcome.out.contains("[rejected]") || outcome.err.contains("[rejected]") || outcome.err.contains("stale info"))
        return fail(QStringLiteral("git.push-rejected"), QStringLiteral("The remote branch moved meanwhile"),
                    withoutCredentials(url) + u' ' + remoteRef, QStringLiteral("Pull first, then push again."));
    return failedRemote(outcome, url);
}

Result<std::array<int, 3>> userGitVersion()
{
    static const auto asked = []() -> Result<std::array<int, 3>> {
        COPPICE_TRY(const QByteArray said, userGitChecked({}, {}, {QStringLiteral("version")}));
        static const QRegularExpression pattern(QStringLiteral("(\\d+)\\.(\\d+)(?:\\.(\\d+))?"));
        const auto match = pattern.match(QString::fromUtf8(said));
        if (!match.hasMatch())
            return fail(QStringLiteral("git.version"), QStringLiteral("git does not say its version"), QString::fromUtf8(said.left(100)));
        return std::array<int, 3>{match.captured(1).toInt(), match.captured(2).toInt(), match.captured(3).toInt()};
    }();
    return asked;
}

} // namespace coppice::git
