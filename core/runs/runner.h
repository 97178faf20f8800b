// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"
#include "journal/lease.h"
#include "library/library.h"
#include "review/reviews.h"
#include "runs/run.h"
#include "tickets/ticket.h"

#include <stop_token>

namespace coppice::runs {

/// What a run needs to know of the house.
struct House {
    const library::Library &library;
    store::Database &state;
    store::Database &events;
    journal::Journal &journal;
    const journal::Lease &lease;
};

/// Carries a run through its states: preparing, running the client, checking, patch. Writes each state before it acts;
/// a run that was under way when the process died is carried on as the next attempt. Blocks the calling thread.
class Runner
{
public:
    explicit Runner(House house) : m_house(house) { }
    /// Makes a queued run; the ticket is accepted if need be. Errors for unknown plugin, playbook, client.
    [[nodiscard]] Result<Run> queue(const Actor &actor, const QString &ticket, const QString &plugin,
                                    const QString &playbook, const QString &client, const QString &command);
    /// Runs it to its end; the stop token cancels (state cancelled).
    [[nodiscard]] Result<Run> carryOut(const QString &runId, std::stop_token stop, Progress &progress = Progress::none());
    /// After a person worked in a hand run's folder: takes the result and goes on with the checks.
    [[nodiscard]] Result<Run> takeHand(const QString &runId, std::stop_token stop, Progress &progress = Progress::none());
    /// At engine start: runs that were under way become interrupted (answered), ready to be carried on.
    [[nodiscard]] Result<std::vector<Run>> recover();
    /// Runs the checks of a patch's run on another tree (the accepted part): command → passed.
    [[nodiscard]] Result<std::vector<Check>> checkTree(const Run &run, const git::Oid &pluginTree, std::stop_token stop);

private:
    House m_house;
};

} // namespace coppice::runs
