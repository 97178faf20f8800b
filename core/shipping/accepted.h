// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/reviews.h"

namespace coppice::shipping {

/// What people decided on the hunks that a patch has now, and what that makes.
struct Accepted {
    std::vector<review::FilePatch> files;
    QStringList hunks; ///< accepted ones, whole or in part
    int inPart = 0;    ///< of these: by lines
    int rejected = 0;
    int undecided = 0;
    git::Oid composed; ///< the base's tree with what was accepted; null where nothing is
    /// SHA-256 over path, mode and blob, before and after, of each path that the accepted part changes: the same for the
    /// same change on another base. Empty where nothing is accepted.
    QString content;
    [[nodiscard]] int all() const { return int(hunks.size()) + rejected + undecided; }
};
[[nodiscard]] Result<Accepted> acceptedOf(git::Repository &repository, review::Reviews &reviews, const review::Patch &patch);
[[nodiscard]] Result<QString> contentHash(const git::Repository &repository, const git::Oid &base, const git::Oid &composed);

} // namespace coppice::shipping
