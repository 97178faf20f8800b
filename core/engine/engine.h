// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"
#include "engine/wake.h"
#include "journal/command.h"
#include "journal/lease.h"
#include "runs/runner.h"
#include "scheduler/scheduler.h"

#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace coppice::engine {

/// Among a command's arguments: the process that waits for it.
constexpr QLatin1String callerKey("_caller");

/// What acts for a library while the lease is held: carries out commands one at a time, and runs on the scheduler's
/// threads. Without start() nothing runs by itself: commands are then carried out by carryNext in the caller's thread.
class Engine
{
public:
    struct Parts {
        const library::Library &library;
        store::Database &state;
        store::Database &events;
        journal::Journal &journal;
        journal::CommandQueue &commands;
    };
    Engine(const Parts &parts, journal::Lease lease, int maxRuns);
    ~Engine(); ///< stop(false)
    Engine(const Engine &) = delete;
    Engine &operator=(const Engine &) = delete;

    /// Sets right what a dead engine left behind. To be called before anything is carried out.
    [[nodiscard]] Result<> recover();
    /// The threads: commands, runs, the tick, the wake-up socket.
    [[nodiscard]] Result<> start(scheduler::Scheduler::Which which);
    /// Ends the threads. `drain`: commands and runs under way end first; otherwise they are asked to stop, and are
    /// left to be gone on with by the next engine.
    void stop(bool drain);

    /// Asks commands and runs under way to stop, while stop(true) waits for them.
    void hurry();

    /// The command that the caller waits for, with its ways to stop it and to hear of it.
    struct Own {
        Id id;
        std::stop_token stop;
        Progress *progress = nullptr;
    };
    /// Carries out the oldest queued command; false when there was none.
    [[nodiscard]] Result<bool> carryNext(const Own *own = nullptr);

    void wake();
    /// Runs this run too, where only wanted ones are run.
    void want(const QString &runId);
    [[nodiscard]] int running() const { return m_scheduler.running(); }

private:
    void work(const std::stop_token &stop);
    void tick(const std::stop_token &stop);
    void keepTickets(const std::stop_token &stop);
    void keepHealth(const std::stop_token &stop);
    Result<> carryOut(const journal::Command &command, const Own *own);
    void carryOutBeside(const journal::Command &command);
    void keepBriefs(const std::stop_token &stop);

    Parts m_parts;
    journal::Lease m_lease;
    runs::House m_house;
    scheduler::Scheduler m_scheduler;
    std::mutex m_commandMutex; ///< held while a command or the tick acts: one branch-moving thing at a time
    std::mutex m_wakeMutex;
    std::condition_variable_any m_woken;
    bool m_wake = false;
    std::stop_source m_hurry; ///< asked: commands under way shall stop
    WakeListener m_listener;
    /// A command that holds up no other, on a thread of its own.
    struct Beside {
        std::atomic_bool ended = false;
        std::jthread thread;
    };
    std::mutex m_besideMutex;  ///< of the list
    std::mutex m_besideTurn;   ///< one at a time
    std::list<Beside> m_beside;
    std::jthread m_worker;
    std::jthread m_briefs; ///< briefs that are due
    std::jthread m_ticker;
    std::jthread m_health; ///< probes, and checks that are due
    std::jthread m_desk; ///< tickets and trackers: these wait for the network, and hold up nothing else
};

} // namespace coppice::engine
