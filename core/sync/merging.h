// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: one plugin's merge, as a pull makes it and as a person finishes it.

#include "subtree/merge.h"
#include "sync/upstreams.h"

namespace coppice::sync {

struct Merging {
    QString plugin;
    QString branch;    ///< of the upstream, short name
    size_t behind = 0; ///< upstream commits that are merged
    subtree::MergeRequest request;
};
/// One plugin's merge onto the branch as it is now, by what was fetched last; `upstream` null: the tip.
[[nodiscard]] Result<Merging> prepareMerge(const Host &host, const QString &plugin, const git::Oid &upstream, std::stop_token stop,
                                           Progress &progress);
/// The same onto any commit that follows the head that `standing` was found at.
[[nodiscard]] Result<Merging> prepareMerge(const Host &host, const Standing &standing, const subtree::SplitOptions &options,
                                           const git::Oid &head);

/// Says in `outcome` what a merge that has landed did, and forgets the questions that it answered.
[[nodiscard]] Result<> noteMerged(const Host &host, const Merging &merging, const subtree::MergeResult &merged, PluginOutcome &outcome);
/// Moves the branch to a merge that was made, and notes it.
[[nodiscard]] Result<> landMerge(const Host &host, const journal::Lease &lease, git::Repository &repository, const Merging &merging,
                                 const subtree::MergeResult &merged, PluginOutcome &outcome, std::stop_token stop);

/// What a person has to do: exit 4, the paths from the library's root in `needs`.
[[nodiscard]] Error conflictError(const QString &plugin, const std::vector<QByteArray> &paths, const QString &what);
[[nodiscard]] Error openLinksError(const QString &plugin, const QByteArray &prefix, const std::vector<subtree::LinkChange> &changes);

} // namespace coppice::sync
