// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"
#include "journal/lease.h"
#include "library/library.h"
#include "review/reviews.h"
#include "runs/run.h"
#include "tickets/ticket.h"

#include <optional>
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

/// What is asked for when a run is queued.
struct RunRequest {
    QString ticket; ///< may be empty where the playbook needs none; then `plugin` is named
    QString plugin;
    QString playbook;
    QString client;
    QString command;        ///< of a client of kind exec
    qint64 timeoutSeconds = 0; ///< of each agent step; 0: as the playbook says
    QString model;             ///< empty: the plugin agent's, else the client's own choice
    std::optional<int> priority; ///< larger is earlier; none: 10 for a production error, else 0
    QString replayOf;          ///< of client replay: the run that is played back
    git::Oid from;             ///< tree to begin with, for work taken over from another run; null: the plugin's
    Id id;                     ///< that the run is to get; null: a new one
    git::Oid head, base;       ///< library's head and plugin's split commit that `from` was made for; null: when it starts
};

/// Carries a run through its states: preparing, running the client, checking, patch. Writes each state before it acts;
/// a run that was under way when the process died is carried on as the next attempt. Blocks the calling thread.
class Runner
{
public:
    explicit Runner(House house) : m_house(house) { }
    /// Makes a queued run; the ticket is accepted if need be. Errors for unknown plugin, playbook, client.
    [[nodiscard]] Result<Run> queue(const Actor &actor, const RunRequest &request);
    /// What queue would refuse, without queueing or changing anything.
    [[nodiscard]] Result<> check(const RunRequest &request);
    [[nodiscard]] Result<Run> queue(const Actor &actor, const QString &ticket, const QString &plugin,
                                    const QString &playbook, const QString &client, const QString &command);
    /// An interrupted, failed or cancelled run is queued again, to go on as the next attempt from what was journaled.
    [[nodiscard]] Result<Run> resume(const QString &runId);
    /// A run's recording as a run of its own, labelled as such: {replay} with the checks made once more, and no patch.
    [[nodiscard]] Result<Run> replay(const Actor &actor, const QString &runId);
    /// A person takes over: the run itself where it is not over, else a hand run that begins with what it had.
    [[nodiscard]] Result<Run> byHand(const Actor &actor, const QString &runId);
    /// A person is done in a hand run's folder: queued again, to take the result and go on with the checks.
    [[nodiscard]] Result<Run> take(const QString &runId);

    /// Runs it to its end, or until it waits. A stop request interrupts it, to be carried on later, or cancels it where
    /// a cancel was asked for; a deploying run is always cancelled. A run that another thread carries out already is
    /// waited for.
    [[nodiscard]] Result<Run> carryOut(const QString &runId, std::stop_token stop, Progress &progress = Progress::none());
    [[nodiscard]] Result<Run> claim(const QString &runId); ///< state preparing, the next attempt
    [[nodiscard]] Result<Run> carryOutClaimed(Run run, std::stop_token stop, Progress &progress = Progress::none());
    /// At engine start: runs that were under way become interrupted (answered), ready to be carried on. One that was
    /// deploying failed: nobody deploys twice without being asked to.
    [[nodiscard]] Result<std::vector<Run>> recover();
    /// Runs the checks of a patch's run on another tree (the accepted part); `before` stays what it was.
    [[nodiscard]] Result<std::vector<Check>> checkTree(const Run &run, const git::Oid &pluginTree, std::stop_token stop);

private:
    struct Checked;
    [[nodiscard]] Result<Checked> checked(RunRequest request);

    House m_house;
};

} // namespace coppice::runs
