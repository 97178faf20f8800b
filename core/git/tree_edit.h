// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

namespace coppice::git {

/// One change to a tree: the entry that shall stand at `path`, or nothing.
struct TreeChange {
    QByteArray path;
    std::optional<TreeEntry> entry; ///< mode and id are used; none removes what is there
};
/// The tree that results; folders appear and vanish as needed. A path through a file is an error.
[[nodiscard]] Result<Oid> editTree(Repository &repository, const Oid &tree, const std::vector<TreeChange> &changes);
/// Puts a whole tree at a prefix (null: removes it).
[[nodiscard]] Result<Oid> putTree(Repository &repository, const Oid &tree, const QByteArray &prefix, const Oid &subtree);

} // namespace coppice::git
