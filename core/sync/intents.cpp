// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fault.h"
#include "git/land.h"
#include "git/user_git.h"
#include "journal/command.h"
#include "sync/upstreams.h"

namespace coppice::sync {

namespace {

const QString landKind = QStringLiteral("sync.land");
const QString pushKind = QStringLiteral("sync.push");

git::Oid oidIn(const QJsonObject &data, const QString &key)
{
    return git::Oid::fromHex(data.value(key).toString().toLatin1());
}

/// The remote has what was pushed: the reference that says so locally follows.
Result<> notePushed(git::Repository &repository, const QString &local, const git::Oid &commit)
{
    if (local.isEmpty())
        return {};
    return repository.setRef(local, commit, std::nullopt, QStringLiteral("coppice push"));
}

Result<> recoverPush(const Host &host, git::Repository &repository, const journal::Intent &intent)
{
    journal::Intents intents(host.state);
    const QString url = intent.data.value(QStringLiteral("url")).toString();
    const auto remote = git::lsRemote(host.library.commonDir(), url, {});
    if (!remote)
        return {}; // cannot be asked now: kept for the next start; a push of today asks for itself
    const git::Oid commit = oidIn(intent.data, QStringLiteral("commit"));
    if (remote->refs.value(intent.data.value(QStringLiteral("ref")).toString()) == commit)
        COPPICE_CHECK(notePushed(repository, intent.data.value(QStringLiteral("local")).toString(), commit));
    return intents.close(intent.id);
}

} // namespace

Result<> landJournaled(const Host &host, const journal::Lease &lease, git::Repository &repository, const git::Oid &from,
                       const git::Oid &to, const QString &reason, std::stop_token stop)
{
    const FaultStep step("sync.land");
    journal::Intents intents(host.state);
    const QString &branch = host.library.branch();
    COPPICE_TRY(const auto intent, intents.open(landKind, {{QStringLiteral("branch"), branch},
                                                           {QStringLiteral("from"), from.toString()},
                                                           {QStringLiteral("to"), to.toString()},
                                                           {QStringLiteral("reason"), reason}}));
    const auto landed = git::land(lease, repository, branch, from, to, reason, stop);
    if (!landed) {
        // refused before it moved, unless the branch says otherwise: then the work tree is finished at the next start
        const auto now = repository.refTarget(branch);
        if (!now || *now != to)
            COPPICE_CHECK(intents.close(intent));
        return std::unexpected(landed.error());
    }
    return intents.close(intent);
}

Result<> pushJournaled(const Host &host, git::Repository &repository, const QString &url, const git::Oid &commit,
                       const QString &remoteRef, const git::Oid &expected, const QString &local, std::stop_token stop,
                       Progress &progress, git::PushMode mode)
{
    const FaultStep step("sync.push");
    journal::Intents intents(host.state);
    COPPICE_TRY(const auto intent, intents.open(pushKind, {{QStringLiteral("url"), url},
                                                           {QStringLiteral("ref"), remoteRef},
                                                           {QStringLiteral("commit"), commit.toString()},
                                                           {QStringLiteral("expected"), expected.toString()},
                                                           {QStringLiteral("local"), local}}));
    const auto pushed = git::push(host.library.commonDir(), url, commit, remoteRef, expected, stop, progress, mode);
    if (!pushed) {
        // a connection can break after the remote has taken it: recover() asks
        if (pushed.error().code == QStringLiteral("git.push-rejected"))
            COPPICE_CHECK(intents.close(intent));
        else
            COPPICE_CHECK(recoverPush(host, repository, {intent, pushKind, {{QStringLiteral("url"), url},
                                                                            {QStringLiteral("ref"), remoteRef},
                                                                            {QStringLiteral("commit"), commit.toString()},
                                                                            {QStringLiteral("local"), local}}, 0}));
        return std::unexpected(pushed.error());
    }
    COPPICE_CHECK(notePushed(repository, local, commit));
    return intents.close(intent);
}

Result<> recover(const Host &host, const journal::Lease &lease)
{
    const FaultStep step("sync.recover");
    journal::Intents intents(host.state);
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto landings, intents.unfinished(landKind));
    for (const auto &intent : landings) {
        COPPICE_CHECK(git::finishLanding(lease, repository, intent.data.value(QStringLiteral("branch")).toString(),
                                         oidIn(intent.data, QStringLiteral("from")), oidIn(intent.data, QStringLiteral("to"))));
        COPPICE_CHECK(intents.close(intent.id));
    }
    COPPICE_TRY(const auto pushes, intents.unfinished(pushKind));
    for (const auto &intent : pushes)
        COPPICE_CHECK(recoverPush(host, repository, intent));
    return {};
}

} // namespace coppice::sync
