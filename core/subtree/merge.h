// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "subtree/link_merge.h"
#include "subtree/split.h"

namespace coppice::subtree {

/// The commit that brings an upstream's commit into a prefix of `head`, not yet on any branch: trees merged as
/// `git subtree merge` (or add) would, template links restored where their content did not change.
struct MergeResult {
    git::Oid commit; ///< null with conflicts or open decisions, or when there was nothing to do
    bool upToDate = false;
    std::vector<QByteArray> conflicts;  ///< paths from the library's root
    std::vector<LinkChange> openLinks;  ///< linked paths that upstream changed: a person decides what becomes of them
    std::vector<LinkChange> adopted;    ///< went into their templates, in a commit before the merge
    std::vector<LinkChange> kept;       ///< are the plugin's own from now on
    /// The upstream commit at which histories without anything in common were joined, both having the same content there.
    git::Oid joinedAt;
    /// The plugin's trees that were merged, without the paths that stay links; for a person to merge in our place. `links`
    /// are those paths with what they name, which is needed to try the plugin out.
    struct Sides {
        git::Oid base, ours, theirs;
        std::vector<git::TreeChange> links;
    } sides;
};
struct MergeRequest {
    git::Oid head;     ///< of the library's branch
    QByteArray prefix;
    git::Oid upstream; ///< commit of the plugin's own repository, present in the library's object store
    SplitResult split; ///< of `head`, or of an ancestor of it since which the prefix did not change; objects written
    SplitOptions options;
    bool squash = false;
    std::vector<LinkAnswer> answers; ///< what was decided of linked paths
    std::optional<git::Oid> byHand;  ///< the merged content that a person made, shaped as `MergeResult::sides`
};
/// A plugin that upstream's history does not know is joined to it by git subtree's own trailers, so that later splits
/// contain what was merged and pushes fast-forward. Without common history (a folder that was copied in by hand) both are
/// joined at the newest upstream commit whose content the library had as well; "subtree.unrelated" where there is none.
[[nodiscard]] Result<MergeResult> mergeUpstream(git::Repository &repository, const MergeRequest &request,
                                                std::stop_token stop = {});

/// `git subtree add`: upstream's tree at a prefix that does not exist yet, with git's own message and trailers.
/// `alsoWrite` are further files of the library that go into the same commit (its settings file).
[[nodiscard]] Result<git::Oid> addSubtree(git::Repository &repository, const git::Oid &head, const QByteArray &prefix,
                                          const git::Oid &upstream, bool squash,
                                          const std::vector<std::pair<QByteArray, QByteArray>> &alsoWrite = {});

} // namespace coppice::subtree
