// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "git/oid.h"
#include "process/child.h"

#include <QMap>
#include <QString>
#include <QStringList>

#include <array>
#include <stop_token>

namespace coppice::git {

/// Runs the user's own `git` in a repository named by explicit path, so that ssh, credentials, proxies and signing are
/// theirs. Hooks, fsmonitor, protocol.ext and automatic gc are off; no terminal prompt. LC_ALL=C.
[[nodiscard]] Result<process::Outcome> userGit(const QString &gitDir, const QString &workTree, const QStringList &args,
                                               std::stop_token stop = {}, const QByteArray &input = {});
/// The same, an exit status other than 0 made an error with git's own words.
[[nodiscard]] Result<QByteArray> userGitChecked(const QString &gitDir, const QString &workTree, const QStringList &args,
                                                std::stop_token stop = {}, const QByteArray &input = {});

/// Fetches refspecs from a url or path (never shell-expanded; "ext::" refused).
[[nodiscard]] Result<> fetch(const QString &gitDir, const QString &url, const QStringList &refspecs,
                             std::stop_token stop, Progress &progress);
/// A remote that says nothing for two minutes is given up (git's configuration coppice.timeout, in seconds, sets another
/// time). Branches and tags of a remote: full name → id, with "HEAD" and, under "HEAD->", the branch that HEAD names.
/// `gitDir` is the repository whose settings for remotes count, as they do for fetch and push.
struct RemoteRefs {
    QMap<QString, Oid> refs;
    QString headBranch; ///< full name; empty when the remote does not say
};
[[nodiscard]] Result<RemoteRefs> lsRemote(const QString &gitDir, const QString &url, std::stop_token stop);
/// Pushes one commit to a full reference name, expecting it at `expected` (null: must not exist): only fast-forward, unless
/// a person said `Overwrite`. An error with code "git.push-rejected" when the remote moved.
enum class PushMode { FastForward, Overwrite };
[[nodiscard]] Result<> push(const QString &gitDir, const QString &url, const Oid &commit, const QString &remoteRef,
                            const Oid &expected, std::stop_token stop, Progress &progress,
                            PushMode mode = PushMode::FastForward);
/// The installed git's version, for example {2,39,5}; asked once.
[[nodiscard]] Result<std::array<int, 3>> userGitVersion();

} // namespace coppice::git
