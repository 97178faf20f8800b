// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

namespace coppice::subtree {

/// The commit that brings an upstream's commit into a prefix of `head`, not yet on any branch: trees merged as
/// `git subtree merge` (or add) would, template links restored where their content did not change.
struct MergeResult {
    git::Oid commit;                     ///< null with conflicts, or when there was nothing to do
    bool upToDate = false;
    std::vector<QByteArray> conflicts;   ///< paths from the library's root
};
struct MergeRequest {
    git::Oid head;      ///< of the library's branch
    QByteArray prefix;
    git::Oid upstream;  ///< commit of the plugin's own repository, present in the library's object store
    git::Oid splitHead; ///< map(head) for the prefix; null when the prefix is new
    bool squash = false;
    bool resolveLinks = false;
};
[[nodiscard]] Result<MergeResult> mergeUpstream(git::Repository &repository, const MergeRequest &request);

/// `git subtree add`: upstream's tree at a prefix that does not exist yet, with git's own message and trailers.
/// `alsoWrite` are further files of the library that go into the same commit (its settings file).
[[nodiscard]] Result<git::Oid> addSubtree(git::Repository &repository, const git::Oid &head, const QByteArray &prefix,
                                          const git::Oid &upstream, bool squash,
                                          const std::vector<std::pair<QByteArray, QByteArray>> &alsoWrite = {});

} // namespace coppice::subtree
