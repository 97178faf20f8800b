// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/merge.h"

namespace coppice::subtree {

/// Two histories of one plugin that know nothing of each other, tied together.
struct ContentJoin {
    git::Oid upstream;    ///< the newest commit there whose content the library's plugin had, too
    MergeRequest request; ///< the one that was asked, onto a head and a split that contain that commit
};
/// For a folder that was copied into the library by hand, or moved away from where it was joined: looks for the same
/// content on both sides and writes a join there as `git subtree add` does, which changes no file and moves no branch.
/// None where both sides never had the same content, or where an earlier join stands in the way.
[[nodiscard]] Result<std::optional<ContentJoin>> joinByContent(git::Repository &repository, const MergeRequest &request,
                                                               std::stop_token stop);

} // namespace coppice::subtree
