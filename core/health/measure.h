// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "health/health_store.h"
#include "health/probe.h"

namespace coppice::health {

/// What a round did.
struct RoundAnswer {
    int plugins = 0;
    int measured = 0; ///< facts that were looked at anew
    int kept = 0;     ///< facts that follow from what has not changed
    int moved = 0;    ///< plugins whose score is another one
    QStringList unwell; ///< "probe: why", of probes that are not well
    qint64 at = 0;
};
/// Measures what has changed since the last round, judges all plugins and stores facts, scores and movements. Starts no
/// process. Stopped in between, what was measured so far is kept, and the next round goes on.
[[nodiscard]] Result<RoundAnswer> measure(const House &house, std::stop_token stop, Progress &progress);

/// Makes a ticket of a finding: the signal's reason, the fact that it judged, and what to do; the one that there is, if an
/// open one was made of the same finding. NotFound for unknown plugins and signals, Usage where there is nothing wrong.
struct FindingTicket {
    QString id;
    bool there = false; ///< it had been made before
};
[[nodiscard]] Result<FindingTicket> ticketOf(const House &house, const Actor &actor, const QString &plugin, const QString &signal);

} // namespace coppice::health
