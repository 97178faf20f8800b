// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"
#include "git/user_git.h"
#include "journal/command.h"
#include "journal/lease.h"
#include "library/library.h"
#include "sync/policy.h"

#include <stop_token>

namespace coppice::sync {

/// Where a plugin stands against its upstream, from local data: what was fetched last.
struct SyncState {
    enum class State { Unknown, Clean, Ahead, Behind, Diverged, NoUpstream, Blocked };
    QString plugin;
    State state = State::Unknown;
    size_t ahead = 0;
    size_t behind = 0;
    QString upstreamUrl;
    QString upstreamBranch; ///< short name
    git::Oid split;         ///< of the library's head
    git::Oid upstream;      ///< as fetched
    qint64 fetchedAt = 0;   ///< 0: never
    QString why;            ///< of Unknown and Blocked, and where a plain push parted
    /// Where somebody's plain `git subtree push` sent the plugin with its links as they are, so that ids part.
    struct Parted {
        git::Oid upstream; ///< the first such commit
        git::Oid library;  ///< what it is a copy of; null when the library's head does not have it
    };
    std::optional<Parted> parted;
    std::vector<PolicyFinding> incoming, outgoing; ///< what git_policy says of the commits that would be pulled and pushed
};
[[nodiscard]] QString nameOf(SyncState::State state);

struct Host {
    const library::Library &library;
    store::Database &state;
};
/// From local data only; nothing is fetched. Empty `plugins`: all.
[[nodiscard]] Result<std::vector<SyncState>> status(const Host &host, const QStringList &plugins, std::stop_token stop = {},
                                                    Progress &progress = Progress::none());
/// Fetches upstreams (a few at a time) into refs/coppice/upstream/<id>/<branch>. A failing one is in the answer as
/// Unknown with its reason; the others go on.
[[nodiscard]] Result<std::vector<SyncState>> fetchUpstreams(const Host &host, const QStringList &plugins, std::stop_token stop,
                                                            Progress &progress);

struct PluginOutcome {
    QString plugin;
    bool changed = false;
    QString what;              ///< a sentence
    git::Oid commit;           ///< of the library (pull) or the upstream (push)
    QString ref;               ///< pushed to
    std::vector<QByteArray> conflicts; ///< paths from the library's root
    std::vector<QByteArray> links;     ///< linked paths that wait for a decision
    /// What a push by force takes off the upstream's branch (or would), the newest first; `lostCount` is of all.
    struct Lost {
        git::Oid commit;
        QString author, subject;
        qint64 at = 0; ///< committer's time, ms
    };
    std::vector<Lost> lost;
    size_t lostCount = 0;
    std::vector<PolicyFinding> policy; ///< of a pull: what git_policy says of the upstream's commits that it merges, or does not
    std::vector<QByteArray> ungated;   ///< templates that were pushed without having been reviewed and evaluated
    std::optional<Error> error; ///< of this plugin; the others went on
};
/// Fetches and merges each plugin's upstream, one commit each on the library's branch. Conflicts: nothing moved for that
/// plugin.
[[nodiscard]] Result<std::vector<PluginOutcome>> pull(const Host &host, const journal::Lease &lease, const QStringList &plugins,
                                                      std::stop_token stop, Progress &progress);
/// Splits and pushes each plugin to its upstream's branch, fast-forward only. Refuses blocked links and commits that
/// are neither a split copy nor known upstream.
struct PushOptions {
    bool cut = false;    ///< leaves such commits out, for one plugin, and lands a join
    /// Puts the library's state in the place of what upstream has, for plugins that are named: only where upstream still
    /// stands as it was fetched before this push, so that somebody has seen what is lost.
    bool force = false;
    bool dryRun = false; ///< says what would be done; asks the upstreams, and changes nothing
};
[[nodiscard]] Result<std::vector<PluginOutcome>> push(const Host &host, const journal::Lease &lease, const QStringList &plugins,
                                                      std::stop_token stop, Progress &progress, const PushOptions &options = {});
/// Adds a plugin: fetch, subtree add at plugins/<id>, settings file, one commit, tree clean.
[[nodiscard]] Result<library::Plugin> addPlugin(const Host &host, const journal::Lease &lease, const QString &url,
                                                const QString &id, const QString &branch, bool squash, std::stop_token stop,
                                                Progress &progress);
/// The library's own remote: fetch and fast-forward or merge; push. "library.no-remote" when it has none.
struct LibraryOutcome {
    bool hasRemote = false;
    bool changed = false;
    QString what;
};
[[nodiscard]] Result<LibraryOutcome> pullLibrary(const Host &host, const journal::Lease &lease, std::stop_token stop,
                                                 Progress &progress);
[[nodiscard]] Result<LibraryOutcome> pushLibrary(const Host &host, const journal::Lease &lease, std::stop_token stop,
                                                 Progress &progress);
/// At engine start: finishes or drops landings and pushes that were under way.
[[nodiscard]] Result<> recover(const Host &host, const journal::Lease &lease);

/// The plugin's split commit at a head, template links resolved; objects written. For run folders.
[[nodiscard]] Result<git::Oid> splitOf(git::Repository &repository, const library::Catalog &catalog, const QString &plugin,
                                       std::stop_token stop = {});

} // namespace coppice::sync
