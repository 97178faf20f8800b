// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/operation.h"
#include "library/settings.h"
#include "review/reviews.h"
#include "shipping/landing_proof.h"

#include <memory>

namespace coppice::shipping {

/// A person's word for exactly one content of a patch (see Accepted::content).
struct SignOff {
    QString operation;
    Actor actor;
    QString content;
    qint64 at = 0;
};

/// People's approvals, as operations on "signoff:<patch>", with the proofs of what landed. Safe from any thread.
class SignOffs
{
public:
    SignOffs(store::Database &state, journal::Journal &journal) : m_state(state), m_journal(journal) { }
    /// Asked again for the same content by the same person: the same operation. Only people approve.
    Result<Id> approve(const Actor &actor, const review::Patch &patch, const QString &content);
    Result<std::vector<SignOff>> of(const QString &patchId); ///< the oldest first
    /// Writes down what landed; once for a commit.
    Result<> landed(const Actor &actor, const QString &patchId, const QString &content, const QString &commit, const QJsonObject &proof);
    Result<std::optional<LandingProof>> proofOf(const QString &patchId);

    /// Who asked for a change: `subject` is "patch:<id>" or "run:<id>". The first word counts.
    static Result<> noteRequester(store::Database &state, const QString &subject, const Actor &actor);
    /// Who asked for a patch: who opened it, or started the run that made its first revision; and who worked on it by hand.
    Result<std::vector<Actor>> requesters(const review::Patch &patch);

private:
    store::Database &m_state;
    journal::Journal &m_journal;
};
[[nodiscard]] std::unique_ptr<journal::Projector> signOffProjector();

/// What a patch needs before it lands, and what it has.
struct Approvals {
    QString content;
    library::ReviewPolicy policy;
    std::vector<Actor> requesters;
    std::vector<SignOff> holding; ///< for this content, one for each person
    std::vector<SignOff> lapsed;  ///< for another content
    QStringList missing;          ///< sentences; empty: it may land
};
[[nodiscard]] Approvals judgeApprovals(const library::ReviewPolicy &policy, const QString &content, const std::vector<SignOff> &all,
                                       const std::vector<Actor> &requesters);
[[nodiscard]] QJsonObject toJson(const Approvals &approvals);

} // namespace coppice::shipping
