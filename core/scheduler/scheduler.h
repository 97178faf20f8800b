// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs/runner.h"

#include <memory>

namespace coppice::scheduler {

/// Starts queued runs on threads of its own: at most `maxRuns` at once and only while memory for one more is free, one that
/// writes per plugin, the most urgent first, the plugins in turn. Nothing new while the queue is paused or a provider's limit
/// holds for the client. Cancel requests in state.db are seen within 250 ms; runs whose question was answered go on.
/// Interrupted runs are gone on with, a few times by itself.
class Scheduler
{
public:
    /// All queued runs, or only those that somebody waits for: what a command does that is the engine while it waits.
    enum class Which { All, Wanted };

    Scheduler(runs::House house, int maxRuns);
    ~Scheduler(); ///< stop(false)
    void start(Which which = Which::All);
    void wake();
    /// Somebody waits for this run: it is started as soon as there is room, whatever `which` says.
    void want(const QString &runId);
    /// No new runs; those under way end.
    void drain();
    /// No new runs; those under way are asked to stop, and stay interrupted, to be carried on.
    void interrupt();
    /// No new runs, and the end of the threads: `afterDraining` waits for the runs under way; otherwise they are
    /// interrupted.
    void stop(bool afterDraining);
    [[nodiscard]] int running() const;

private:
    struct Threads;
    std::unique_ptr<Threads> m_threads;
};

} // namespace coppice::scheduler
