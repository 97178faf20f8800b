// SPDX-License-Identifier: GPL-3.0-or-later

// The part of user_git.h that talks to other repositories.

#include "git/run_git.h"

#include "git/repository.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::git {

namespace {

QString withoutCredentials(const QString &url)
{
    static const QRegularExpression credentials(QStringLiteral("^(\\w+://)[^/\\s]*@"));
    return QString(url).replace(credentials, QStringLiteral("\\1"));
}

/// Refuses what git would take for an option or for a program to run. A relative path is made absolute, since git runs
/// in a folder of its own.
Result<QString> usableUrl(const QString &url)
{
    static const QRegularExpression helper(QStringLiteral("^[A-Za-z0-9_+.-]+::"));
    static const QRegularExpression control(QStringLiteral("[\\x00-\\x1f\\x7f]"));
    if (url.isEmpty() || url.startsWith(u'-') || url.contains(helper) || url.contains(control))
        return failUsage(QStringLiteral("git.url"), QStringLiteral("This is not an address that git may use"), withoutCredentials(url.left(200)),
                         QStringLiteral("Use a path, or an address of ssh, https or file."));
    if (QDir::isRelativePath(url) && QFileInfo(url).isDir())
        return QFileInfo(url).absoluteFilePath();
    return url;
}

Fail failedRemote(const process::Outcome &outcome, const QString &url)
{
    if (outcome.cancelled)
        return failCancelled();
    if (outcome.timedOut)
        return fail(QStringLiteral("git.timeout"), QStringLiteral("The repository did not answer in time"), withoutCredentials(url),
                    QStringLiteral("Check the network, then try again."));
    return fail(QStringLiteral("git.remote"), QStringLiteral("git could not use the repository (%1)").arg(lastWords(outcome)), withoutCredentials(url),
                QStringLiteral("Check the address, the network and your access rights; try: git ls-remote %1").arg(withoutCredentials(url)));
}

/// A remote that is silent must end some time, and ssh must not ask in a terminal that it does not own. What the user
/// has set for ssh stays.
struct Network {
    QStringList settings;
    std::chrono::seconds quiet{120}; ///< that a remote may take to answer
};
Network networkOf(const QString &gitDir)
{
    Network network;
    const auto own = userGit(gitDir, {}, {QStringLiteral("config"), QStringLiteral("--get-regexp"), QStringLiteral("^(core\\.sshcommand|coppice\\.timeout)$")});
    bool ssh = qEnvironmentVariableIsSet("GIT_SSH_COMMAND") || qEnvironmentVariableIsSet("GIT_SSH") || !own || own->exitCode > 1;
    const auto lines = own ? own->out.split('\n') : QByteArrayList();
    for (const auto &line : lines) {
        ssh = ssh || line.startsWith("core.sshcommand ");
        if (const int seconds = line.startsWith("coppice.timeout ") ? line.sliced(16).toInt() : 0; seconds > 0)
            network.quiet = std::chrono::seconds(std::min(seconds, 3600));
    }
    network.settings << QStringLiteral("http.lowSpeedLimit=1") << QStringLiteral("http.lowSpeedTime=%1").arg(network.quiet.count());
    if (!ssh)
        network.settings << QStringLiteral("core.sshCommand=ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=30");
    return network;
}

/// Tells of git's own progress lines: "Receiving objects:  45% (450/1000), 1.2 MiB".
class ProgressReader
{
public:
    explicit ProgressReader(Progress &progress) : m_progress(progress) { }
    void read(QByteArrayView bytes)
    {
        for (const char c : bytes) {
            if (c == '\r' || c == '\n')
                line();
            else if (m_line.size() < 400)
                m_line += c;
        }
    }

private:
    void line()
    {
        static const QRegularExpression pattern(QStringLiteral("^(?:remote: )?([A-Za-z ]+):\\s+\\d+% \\((\\d+)/(\\d+)\\)"));
        const auto match = pattern.match(QString::fromUtf8(m_line));
        if (match.hasMatch())
            m_progress.report(match.captured(2).toLongLong(), match.captured(3).toLongLong(), match.captured(1).toLower());
        m_line.clear();
    }
    Progress &m_progress;
    QByteArray m_line;
};

/// What only asks has to answer within the time for that; what transfers may take longer while it goes on.
enum class Talk { Asks, Transfers };
Result<process::Outcome> overNetwork(Talk talk, const QString &gitDir, const QStringList &args, std::stop_token stop, Progress &progress)
{
    ProgressReader reader(progress);
    GitCall call;
    call.gitDir = gitDir;
    call.args = args;
    const auto network = networkOf(gitDir);
    call.settings = network.settings;
    call.time = talk == Talk::Asks ? network.quiet : network.quiet * 15;
    call.onStderr = [&reader](QByteArrayView bytes) { reader.read(bytes); };
    return runGit(call, stop);
}

/// What `git push --porcelain` says of our one reference: "!\tsource:target\t[rejected] (fetch first)".
QString verdictOnPush(const QByteArray &out)
{
    for (const auto &line : out.split('\n')) {
        if (line.startsWith("!\t"))
            return QString::fromUtf8(line.mid(line.lastIndexOf('\t') + 1)).trimmed();
    }
    return {};
}

} // namespace

Result<> fetch(const QString &gitDir, const QString &url, const QStringList &refspecs, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(const QString from, usableUrl(url));
    progress.report(0, 0, QString(QStringLiteral("fetching ") + withoutCredentials(url)));
    const QStringList args = QStringList{QStringLiteral("fetch"), QStringLiteral("--no-tags"), QStringLiteral("--no-write-fetch-head"),
                                         QStringLiteral("--no-recurse-submodules"), QStringLiteral("--progress"), QStringLiteral("--"), from}
        + refspecs;
    COPPICE_TRY(const auto outcome, overNetwork(Talk::Transfers, gitDir, args, stop, progress));
    if (!outcome.ok())
        return failedRemote(outcome, url);
    return {};
}

Result<RemoteRefs> lsRemote(const QString &gitDir, const QString &url, std::stop_token stop)
{
    COPPICE_TRY(const QString from, usableUrl(url));
    COPPICE_TRY(const auto outcome, overNetwork(Talk::Asks, gitDir, {QStringLiteral("ls-remote"), QStringLiteral("--symref"), QStringLiteral("--"), from,
                                                     QStringLiteral("HEAD"), QStringLiteral("refs/heads/*"), QStringLiteral("refs/tags/*")},
                                                stop, Progress::none()));
    if (!outcome.ok())
        return failedRemote(outcome, url);
    if (outcome.droppedOut > 0)
        return fail(QStringLiteral("git.output"), QStringLiteral("The repository has more branches and tags than can be read"), withoutCredentials(url));
    RemoteRefs remote;
    const auto lines = outcome.out.split('\n');
    for (const auto &line : lines) {
        const auto tab = line.indexOf('\t');
        if (tab < 0 || line.endsWith("^{}")) // what an annotated tag points at is no name of its own
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
              std::stop_token stop, Progress &progress, PushMode mode)
{
    COPPICE_TRY(const QString to, usableUrl(url));
    const QString where = withoutCredentials(url) + u' ' + remoteRef;
    const QString pullFirst = QStringLiteral("Pull first, then push again.");
    if (commit.isNull()) // to git, that would mean: delete it
        return failUsage(QStringLiteral("git.push-empty"), QStringLiteral("There is nothing to push"), where);
    if (!remoteRef.startsWith(u"refs/"))
        return failUsage(QStringLiteral("git.push-ref"), QStringLiteral("A push needs the full name of a branch or tag"), remoteRef);
    if (!expected.isNull() && mode == PushMode::FastForward) {
        // A lease alone would allow going back; only what contains the remote's commit is sent.
        COPPICE_TRY(const auto repository, Repository::open(gitDir));
        if (!repository.has(expected))
            return fail(QStringLiteral("git.push-rejected"), QStringLiteral("The remote has commits that are not known here"), where, pullFirst);
        COPPICE_TRY(const bool forward, repository.isAncestor(expected, commit));
        if (!forward)
            return fail(QStringLiteral("git.push-rejected"), QStringLiteral("The remote has commits that this push would take away"), where, pullFirst);
    }
    progress.report(0, 0, QString(QStringLiteral("pushing to ") + withoutCredentials(url)));
    const QString lease = QStringLiteral("--force-with-lease=%1:%2").arg(remoteRef, expected.isNull() ? QString() : expected.toString());
    COPPICE_TRY(const auto outcome,
                overNetwork(Talk::Transfers, gitDir,
                            {QStringLiteral("push"), QStringLiteral("--porcelain"), QStringLiteral("--progress"), QStringLiteral("--no-verify"),
                             QStringLiteral("--no-recurse-submodules"), lease, QStringLiteral("--"), to,
                             QString(commit.toString() + u':' + remoteRef)},
                            stop, progress));
    if (outcome.ok())
        return {};
    const QString verdict = verdictOnPush(outcome.out);
    // Somebody was quicker: before the push began, or while it went on.
    static const QRegularExpression moved(QStringLiteral(
        "^\\[rejected\\]|stale info|fetch first|non-fast-forward|incorrect old value|failed to update ref|cannot lock ref|already exists|reference already"));
    const bool refused = mode == PushMode::Overwrite && verdict.startsWith(u"[remote rejected] (non-fast-forward)"); // a rule of the remote's
    if (!refused && verdict.contains(moved))
        return fail(QStringLiteral("git.push-rejected"), QStringLiteral("The remote branch moved meanwhile"), where, pullFirst);
    if (!verdict.isEmpty())
        return fail(QStringLiteral("git.push-refused"),
                    QStringLiteral("The remote does not take the push: %1 (%2)").arg(verdict.left(300), lastWords(outcome)), where,
                    QStringLiteral("Ask who runs it, or push to another branch."));
    return failedRemote(outcome, url);
}

} // namespace coppice::git
