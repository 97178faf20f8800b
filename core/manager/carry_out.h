// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/store.h"
#include "journal/command.h"
#include "journal/operation.h"

#include <functional>

namespace coppice::manager {

/// Makes the ticket of a finding of health; answers its id.
using FindingTicket = std::function<Result<QString>(const Actor &actor, const QString &plugin, const QString &signal)>;

/// Carries out the proposals that a person has agreed to: a ticket is made, a run or a pull is queued for the engine. Each is
/// written down before it is begun and begun once: after a crash in between, the problem that stands beside it says to look.
/// For the engine; answers how many were carried out.
[[nodiscard]] Result<int> carryOutProposals(store::Database &state, store::Database &events, journal::Journal &journal,
                                            journal::CommandQueue &commands, const FindingTicket &findingTicket);

/// What became of an agreed proposal.
struct CarriedOut {
    QString approval;
    qint64 at = 0;
    QString outcome; ///< "ticket:ID", "command:ID"; empty: not done
    QString problem; ///< why not
};
[[nodiscard]] Result<std::vector<CarriedOut>> carriedOut(store::Database &state);

} // namespace coppice::manager
