// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/command.h"
#include "runs/runner.h"

namespace coppice::shipping {

inline const QString applyIntent = QStringLiteral("apply");
inline const QString rollBackIntent = QStringLiteral("roll-back");
inline const QString shipIntent = QStringLiteral("ship");

/// Written before a patch's commit is put on the branch.
struct LandIntent {
    QString patch;
    Actor actor;
    QString branch;
    git::Oid from, to;
    QString content;   ///< that was approved, see Accepted
    QJsonObject proof; ///< LandingProof
};
[[nodiscard]] QJsonObject toJson(const LandIntent &intent);

/// Brings one landing to its end: when the branch has the commit, the work tree, patch and ticket follow, else it is
/// dropped, as nothing has moved. What could not follow is told in `notes`.
[[nodiscard]] Result<> settleApply(const runs::House &house, const journal::Intent &intent, QStringList *notes);
[[nodiscard]] Result<> settleApplies(const runs::House &house);
/// Tells what became of roll-backs that a dead engine left; none is repeated by itself.
[[nodiscard]] Result<> settleRollBacks(const runs::House &house);

} // namespace coppice::shipping
