// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs/runner.h"

#include <memory>

namespace coppice::scheduler {

/// Starts queued runs on threads of its own: at most `maxRuns` at once, one per plugin. Cancel requests in state.db
/// are seen within 250 ms.
class Scheduler
{
public:
    Scheduler(runs::House house, int maxRuns);
    ~Scheduler(); ///< asks all runs to stop and waits; they stay interrupted, to be carried on
    void start();
    void wake();
    /// No new runs; those under way end.
    void drain();
    [[nodiscard]] int running() const;

private:
    struct Threads;
    std::unique_ptr<Threads> m_threads;
};

} // namespace coppice::scheduler
