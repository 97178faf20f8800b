// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <utility>
#include <vector>

namespace coppice::review {

/// A file that is like another one of the base.
struct Rename {
    size_t from = 0; ///< index of the change whose old side it is: of a deletion; of a copy, any
    size_t to = 0;   ///< index of the addition
    int similarity = 100; ///< percent of the larger file's bytes, rounded down
    bool copy = false;    ///< what it is like stays, or went to another name
};

/// Additions that git's default rename detection would call a rename: equal content first, then at least half of the bytes
/// kept, best pairs first. After them, as with `git diff -C`, additions that are like the old side of another changed file.
[[nodiscard]] Result<std::vector<Rename>> findRenames(const git::Repository &repository, const std::vector<git::Repository::Change> &changes);

} // namespace coppice::review
