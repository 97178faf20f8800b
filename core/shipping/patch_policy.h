// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/operation.h"
#include "library/library.h"
#include "review/reviews.h"
#include "sync/policy.h"

namespace coppice::shipping {

/// What git_policy says of a patch before it lands, from local data.
struct PatchPolicy {
    QString subject; ///< of the commit that it would land as
    bool conventional = true; ///< the subject is; asked for only where git_policy.commits says so
    /// Of its own commit a finding that refuses stops applying; the others tell what shipping it will refuse.
    std::vector<sync::PolicyFinding> applying, shipping;
};
/// `message`: a person's words for the commit; empty: as it is made from the ticket's or patch's title.
[[nodiscard]] Result<PatchPolicy> policyOfPatch(const library::Library &library, store::Database &state, journal::Journal &journal, const review::Patch &patch,
                                                const QString &message, std::stop_token stop);
/// The finding on a commit's subject alone; none where git_policy asks for nothing, or has it.
[[nodiscard]] std::optional<sync::PolicyFinding> checkSubject(const library::GitPolicy &policy, const QString &plugin, const QString &subject);
[[nodiscard]] QJsonObject toJson(const PatchPolicy &policy);

} // namespace coppice::shipping
