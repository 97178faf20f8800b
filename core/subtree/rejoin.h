// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <vector>

namespace coppice::subtree {

/// A prefix and the split commit to be joined to the mainline it was made from.
struct Rejoin {
    QByteArray prefix;
    git::Oid split;
};

/// Writes the merges that `git subtree split --rejoin` makes, one on the other, the first on `head`: their trees are the
/// head's, their trailers say that `head` is mapped to the split commit. What is in the head's history already is left
/// out. Answers the last merge, or `head`; moves nothing.
[[nodiscard]] Result<git::Oid> writeRejoins(git::Repository &repository, const git::Oid &head, const std::vector<Rejoin> &rejoins);

} // namespace coppice::subtree
