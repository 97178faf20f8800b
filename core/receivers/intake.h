// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "receivers/batch.h"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace coppice::receivers {

/// Where batches are kept: a library's events, or a spool.
class Keeper
{
public:
    virtual ~Keeper() = default;
    /// On disk when it answers. One transaction where that can be. A batch that it fails with is still whole.
    [[nodiscard]] virtual Result<> keep(Batch &&batch) = 0;
};

/// Lets many requests share one commit, since each commit waits for the disk. Whoever comes first writes for all that wait;
/// while it does, the next ones gather. It has no thread of its own. Safe from any thread.
class Intake
{
public:
    struct Limits {
        size_t events = 200;                            ///< of one commit
        size_t waiting = 20'000;                        ///< events; more are refused with "intake.full"
        std::chrono::milliseconds gather{8};            ///< how long a commit waits for others, where others were there before
    };
    Intake(Keeper &keeper, Limits limits) : m_keeper(keeper), m_limits(limits) { }

    /// Blocks until the batches are on disk; an outcome for each. Where a shared commit fails, each batch is tried alone, so
    /// that a bad one fails for itself only.
    [[nodiscard]] std::vector<Result<>> put(std::vector<Batch> batches);
    [[nodiscard]] Result<> put(Batch &&batch);
    /// Commits so far.
    [[nodiscard]] qint64 commits() const;

private:
    struct Waiting;
    void lead(std::unique_lock<std::mutex> &lock, Waiting &own);
    void commit(const std::vector<Waiting *> &taken);
    [[nodiscard]] bool commitAsOne(const std::vector<Waiting *> &taken);

    Keeper &m_keeper;
    Limits m_limits;
    mutable std::mutex m_mutex;
    std::deque<Waiting *> m_queue;
    size_t m_events = 0; ///< in the queue
    bool m_led = false;
    size_t m_lastShared = 1; ///< calls of `put` in the last commit
    qint64 m_commits = 0;
};

} // namespace coppice::receivers
