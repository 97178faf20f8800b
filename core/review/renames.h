// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <utility>
#include <vector>

namespace coppice::review {

/// Pairs of changes (index of the deletion, index of the addition) that git's default rename detection would call a
/// rename: equal content first, then at least half of the bytes kept, best pairs first.
[[nodiscard]] Result<std::vector<std::pair<size_t, size_t>>>
findRenames(const git::Repository &repository, const std::vector<git::Repository::Change> &changes);

} // namespace coppice::review
