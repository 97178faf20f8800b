// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <vector>

namespace coppice::shipping {

/// What `base` → `composed` changes, put on another root tree. Only the touched paths take part, so that nothing else
/// of the head is read or taken for a rename. Where the head still has what the base had, the result is exact; elsewhere
/// it is merged line by line.
struct Merged {
    git::Oid tree; ///< null when there are conflicts
    std::vector<QByteArray> conflicts;
    std::vector<QByteArray> mergedPaths; ///< that the head had changed, too
};
[[nodiscard]] Result<Merged> mergeOnto(git::Repository &repository, const git::Oid &headTree, const git::Oid &base,
                                       const git::Oid &composed);

} // namespace coppice::shipping
