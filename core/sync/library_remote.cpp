// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/upstreams.h"


#include <QJsonArray>

#include <git2.h>

namespace coppice::sync {

namespace {

/// Where the library's branch goes: branch.<name>.remote, else origin.
struct Remote {
    QString name;
    QString fetchUrl;
    QString pushUrl;
    QString ref;   ///< there, a full name
    QString local; ///< where what was fetched is kept
};

QString configured(const git::Repository &repository, const QString &key)
{
    git_config *config = nullptr;
    if (git_repository_config_snapshot(&config, repository.raw()) < 0)
        return {};
    const char *value = nullptr;
    const QString text = git_config_get_string(&value, config, key.toUtf8().constData()) == 0 ? QString::fromUtf8(value) : QString();
    git_config_free(config);
    return text;
}

Result<Remote> remoteOf(const Host &host, const git::Repository &repository)
{
    const QString &branch = host.library.branch();
    const QString heads = QStringLiteral("refs/heads/");
    if (!branch.startsWith(heads))
        return fail(QStringLiteral("library.no-branch"), QStringLiteral("The library is on no branch"), host.library.path(),
                    QStringLiteral("Check out a branch first."));
    const QString name = branch.mid(heads.size());
    Remote remote;
    remote.name = configured(repository, QStringLiteral("branch.%1.remote").arg(name));
    if (remote.name.isEmpty() || remote.name == QStringLiteral("."))
        remote.name = QStringLiteral("origin");
    const QString url = configured(repository, QStringLiteral("remote.%1.url").arg(remote.name));
    if (url.isEmpty())
        return fail(QStringLiteral("library.no-remote"), QStringLiteral("The library has no remote"), host.library.path(),
                    QStringLiteral("git remote add origin URL gives it one."));
    remote.fetchUrl = locatedUrl(host.library, url);
    const QString pushUrl = configured(repository, QStringLiteral("remote.%1.pushurl").arg(remote.name));
    remote.pushUrl = pushUrl.isEmpty() ? remote.fetchUrl : locatedUrl(host.library, pushUrl);
    const QString merge = configured(repository, QStringLiteral("branch.%1.merge").arg(name));
    remote.ref = merge.startsWith(heads) ? merge : branch;
    remote.local = QStringLiteral("refs/remotes/%1/%2").arg(remote.name, remote.ref.mid(heads.size()));
    return remote;
}

/// The remote's commit of our branch, its objects here; null when the remote does not have the branch.
Result<git::Oid> fetchTip(const Host &host, git::Repository &repository, const Remote &remote, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(const auto refs, git::lsRemote(host.library.commonDir(), remote.fetchUrl, stop));
    const git::Oid tip = refs.refs.value(remote.ref);
    COPPICE_TRY(const auto before, repository.refTarget(remote.local));
    if (tip.isNull() || (before == tip && repository.has(tip)))
        return tip;
    const QString spec = u'+' + remote.ref + u':' + remote.local;
    COPPICE_CHECK(git::fetch(host.library.commonDir(), remote.fetchUrl, {spec}, stop, progress));
    COPPICE_TRY(repository, host.library.repository()); // sees what was fetched
    return repository.refTarget(remote.local);
}

/// Conflicting paths of the library, by the plugin that they lie in.
QJsonArray needsOf(const library::Catalog &catalog, const std::vector<QByteArray> &conflicts)
{
    QMap<QString, QJsonArray> byPlugin;
    for (const auto &path : conflicts) {
        QString plugin;
        for (const auto &entry : catalog.entries) {
            if (path.startsWith(QByteArray(entry.plugin.prefix + '/')))
                plugin = entry.plugin.id;
        }
        byPlugin[plugin].append(QString::fromUtf8(path));
    }
    QJsonArray needs;
    for (auto it = byPlugin.cbegin(); it != byPlugin.cend(); ++it)
        needs.append(QJsonObject{{QStringLiteral("kind"), QStringLiteral("conflict")},
                                 {QStringLiteral("plugin"), it.key()},
                                 {QStringLiteral("paths"), it.value()}});
    return needs;
}

} // namespace

Result<LibraryOutcome> pullLibrary(const Host &host, const journal::Lease &lease, std::stop_token stop, Progress &progress)
{
    LibraryOutcome outcome;
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto remote, remoteOf(host, repository));
    outcome.hasRemote = true;
    COPPICE_TRY(const auto tip, fetchTip(host, repository, remote, stop, progress));
    COPPICE_TRY(const auto head, host.library.head());
    if (tip.isNull()) {
        outcome.what = QStringLiteral("%1 does not have the branch yet.").arg(remote.name);
        return outcome;
    }
    COPPICE_TRY(const bool known, repository.isAncestor(tip, head));
    if (known) {
        outcome.what = QStringLiteral("Up to date with %1.").arg(remote.name);
        return outcome;
    }
    COPPICE_TRY(const bool forward, repository.isAncestor(head, tip));
    git::Oid target = tip;
    if (!forward) {
        COPPICE_TRY(const auto base, repository.mergeBase(head, tip));
        if (!base)
            return fail(QStringLiteral("library.unrelated"), QStringLiteral("The library and its remote have no common history"),
                        remote.fetchUrl, QStringLiteral("Check remote.%1.url.").arg(remote.name));
        COPPICE_TRY(const auto baseTree, repository.treeOf(*base));
        COPPICE_TRY(const auto ours, repository.treeOf(head));
        COPPICE_TRY(const auto theirs, repository.treeOf(tip));
        COPPICE_TRY(const auto merged, repository.mergeTrees(baseTree, ours, theirs));
        if (!merged.conflicts.empty()) {
            COPPICE_TRY(const auto catalog, host.library.scan(host.state, stop, progress));
            return failNeeds(QStringLiteral("library.conflict"), QStringLiteral("The library and its remote changed the same lines"),
                             remote.name,
                             QStringLiteral("Merge %1 by hand (git merge %2) and commit; nothing was changed.").arg(remote.name, tip.toString()),
                             needsOf(catalog, merged.conflicts));
        }
        const auto who = repository.defaultSignature();
        const QByteArray message = "Merge branch '" + remote.ref.mid(11).toUtf8() + "' of " + remote.name.toUtf8() + '\n';
        COPPICE_TRY(target, repository.writeCommit(merged.tree, {head, tip}, who, who, message));
    }
    COPPICE_CHECK(landJournaled(host, lease, repository, head, target, QStringLiteral("coppice: pull ") + remote.name, stop));
    outcome.changed = true;
    outcome.what = forward ? QStringLiteral("Moved forward to %1 of %2.").arg(tip.shown(), remote.name)
                           : QStringLiteral("Merged %1 of %2.").arg(tip.shown(), remote.name);
    return outcome;
}

Result<LibraryOutcome> pushLibrary(const Host &host, const journal::Lease &lease, std::stop_token stop, Progress &progress)
{
    Q_UNUSED(lease) // the right to push is the engine's
    LibraryOutcome outcome;
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto remote, remoteOf(host, repository));
    outcome.hasRemote = true;
    COPPICE_TRY(const auto head, host.library.head());
    if (head.isNull())
        return fail(QStringLiteral("library.empty"), QStringLiteral("The library has no commit to push"), host.library.path());
    COPPICE_TRY(const auto refs, git::lsRemote(host.library.commonDir(), remote.pushUrl, stop));
    const git::Oid tip = refs.refs.value(remote.ref);
    if (tip == head) {
        outcome.what = QStringLiteral("Up to date with %1.").arg(remote.name);
        return outcome;
    }
    if (!tip.isNull()) {
        bool forward = false;
        if (repository.has(tip)) {
            COPPICE_TRY(forward, repository.isAncestor(tip, head));
        }
        if (!forward)
            return fail(QStringLiteral("git.push-rejected"), QStringLiteral("The remote has commits that the library does not have"),
                        remote.name, QStringLiteral("coppicectl library pull, then push again."));
    }
    COPPICE_CHECK(pushJournaled(host, repository, remote.pushUrl, head, remote.ref, tip, remote.local, stop, progress));
    outcome.changed = true;
    outcome.what = QStringLiteral("Pushed %1 to %2.").arg(head.shown(), remote.name);
    return outcome;
}

} // namespace coppice::sync
