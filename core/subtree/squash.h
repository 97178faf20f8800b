// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "subtree/split.h"

namespace coppice::subtree {

/// The lines by which git subtree finds its joins again; `mainline` null: a squash.
[[nodiscard]] QByteArray trailers(const QByteArray &prefix, const git::Oid &mainline, const git::Oid &split);
/// The commit that stands for upstream's whole history when that is squashed, with git's own message. It follows `last`
/// where that is a squash of the same prefix.
[[nodiscard]] Result<git::Oid> squashCommit(git::Repository &repository, const QByteArray &prefix, const git::Oid &upstream,
                                            const std::optional<SplitResult::Squash> &last);

} // namespace coppice::subtree
