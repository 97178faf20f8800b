// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"
#include "store/database.h"
#include "subtree/split.h"
#include "sync/sync.h"

#include <functional>

namespace coppice::sync {

/// What is known here of a plugin's upstream, without asking it.
struct KnownUpstream {
    QString plugin;
    QString url;    ///< as git takes it: a relative path of the settings made absolute
    QString branch; ///< short name; empty while not known
    git::Oid commit;
    bool there = false;   ///< it was fetched, or put there by whoever made the library; an empty upstream counts
    qint64 fetchedAt = 0; ///< 0: never
    QString error;        ///< of the last try
    git::Oid rewritten;   ///< where the branch stood before somebody pushed by force; null: nobody did, or it is there again
};
/// `refs/coppice/upstream/<id>/<branch>`
[[nodiscard]] QString upstreamRef(const QString &plugin, const QString &branch);
/// Where the branch stood before it was rewritten, `refs/coppice/rewritten/<id>`: what was dropped is kept alive.
[[nodiscard]] QString rewrittenRef(const QString &plugin);
/// A url of the settings as git takes it.
[[nodiscard]] QString locatedUrl(const library::Library &library, const QString &url);
/// For every plugin of `plugins` that has an upstream in its settings.
[[nodiscard]] Result<std::vector<KnownUpstream>> knownUpstreams(const Host &host, git::Repository &repository,
                                                                const std::vector<const library::CatalogEntry *> &plugins);
[[nodiscard]] Result<> remember(const Host &host, const KnownUpstream &upstream);

/// Asks one upstream and fetches what is new; safe from any thread. `branch` empty: the branch of its HEAD.
[[nodiscard]] Result<KnownUpstream> fetchUpstream(const Host &host, const QString &plugin, const QString &url,
                                                  const QString &branch, std::stop_token stop);
/// The same for many, a few at a time; what failed has its `error` set. Remembered.
[[nodiscard]] Result<std::vector<KnownUpstream>> fetchAll(const Host &host, const std::vector<const library::CatalogEntry *> &plugins,
                                                          std::stop_token stop, Progress &progress);

/// The entries of these ids, or all; NotFound for one that the library does not have.
[[nodiscard]] Result<std::vector<const library::CatalogEntry *>> selected(const library::Catalog &catalog, const QStringList &plugins);
[[nodiscard]] bool hasUpstream(const library::CatalogEntry &entry);

/// Where plugins stand, with the split that says so.
struct Standing {
    SyncState state;
    const library::CatalogEntry *entry = nullptr;
    KnownUpstream upstream;
    subtree::SplitResult split;
};
[[nodiscard]] Result<std::vector<Standing>> standings(const Host &host, const library::Catalog &catalog,
                                                      const std::vector<const library::CatalogEntry *> &plugins,
                                                      std::stop_token stop, Progress &progress);

/// Moves the library's branch with the intent journaled first; for recover() to finish.
[[nodiscard]] Result<> landJournaled(const Host &host, const journal::Lease &lease, git::Repository &repository,
                                     const git::Oid &from, const git::Oid &to, const QString &reason, std::stop_token stop);
/// Pushes with the intent journaled first; afterwards `local` (a reference, may be empty) stands at the commit.
[[nodiscard]] Result<> pushJournaled(const Host &host, git::Repository &repository, const QString &url, const git::Oid &commit,
                                     const QString &remoteRef, const git::Oid &expected, const QString &local,
                                     std::stop_token stop, Progress &progress,
                                     git::PushMode mode = git::PushMode::FastForward);

/// Calls `work` for 0 … count-1, a few at a time, each on a thread of this call. Stops handing out when asked to.
void inParallel(size_t count, std::stop_token stop, const std::function<void(size_t)> &work);

} // namespace coppice::sync
