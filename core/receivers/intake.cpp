// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/intake.h"

#include <algorithm>
#include <condition_variable>
#include <thread>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

Result<> full()
{
    return fail(u"intake.full"_s, u"More events come than can be written"_s, {}, u"Send it again in a moment."_s);
}

} // namespace

struct Intake::Waiting {
    std::vector<Batch> batches;
    std::vector<Result<>> outcomes;
    size_t events = 0;
    bool done = false;
    bool leads = false; ///< it is this one's turn to write for all
    std::condition_variable turn; ///< of its own, so that only whoever is meant wakes
};

Result<> Intake::put(Batch &&batch)
{
    std::vector<Batch> one;
    one.push_back(std::move(batch));
    return std::move(put(std::move(one)).front());
}

std::vector<Result<>> Intake::put(std::vector<Batch> batches)
{
    Waiting own;
    own.batches = std::move(batches);
    own.outcomes.resize(own.batches.size());
    for (const auto &batch : own.batches)
        own.events += batch.events.size();
    if (std::all_of(own.batches.begin(), own.batches.end(), [](const Batch &batch) { return batch.isEmpty(); }))
        return std::move(own.outcomes);
    std::unique_lock lock(m_mutex);
    if (m_events + own.events > m_limits.waiting && !m_queue.empty())
        return {own.batches.size(), full()};
    m_events += own.events;
    m_queue.push_back(&own);
    if (m_led) {
        own.turn.wait(lock, [&] { return own.done || own.leads; });
        if (own.done)
            return std::move(own.outcomes);
    }
    m_led = true;
    lead(lock, own);
    return std::move(own.outcomes);
}

void Intake::lead(std::unique_lock<std::mutex> &lock, Waiting &own)
{
    if (m_lastShared > 1 && m_limits.gather.count() > 0 && m_queue.size() < m_lastShared) {
        lock.unlock();
        std::this_thread::sleep_for(m_limits.gather);
        lock.lock();
    }
    std::vector<Waiting *> taken;
    size_t events = 0;
    while (!m_queue.empty() && (taken.empty() || events + m_queue.front()->events <= m_limits.events)) {
        events += m_queue.front()->events;
        taken.push_back(m_queue.front());
        m_queue.pop_front();
    }
    m_events -= events;
    m_lastShared = taken.size();
    lock.unlock();
    commit(taken);
    lock.lock();
    ++m_commits;
    for (auto *each : taken) {
        each->done = true;
        if (each != &own)
            each->turn.notify_one();
    }
    // Our own batch stands before all that came later, so it is among those taken: another goes on.
    m_led = false;
    if (!m_queue.empty()) {
        m_led = true;
        m_queue.front()->leads = true;
        m_queue.front()->turn.notify_one();
    }
}

/// All of them in one; where that fails, they are as they were.
bool Intake::commitAsOne(const std::vector<Waiting *> &taken)
{
    Batch all;
    for (auto *each : taken) {
        for (auto &batch : each->batches)
            all.append(std::move(batch)); // leaves a batch of the same size
    }
    if (m_keeper.keep(std::move(all)))
        return true;
    auto event = all.events.begin();
    auto request = all.requests.begin();
    auto lost = all.lost.begin();
    for (auto *each : taken) {
        for (auto &batch : each->batches) {
            for (auto &to : batch.events)
                to = std::move(*event++);
            for (auto &to : batch.requests)
                to = std::move(*request++);
            for (auto &to : batch.lost)
                to = std::move(*lost++);
        }
    }
    return false;
}

void Intake::commit(const std::vector<Waiting *> &taken)
{
    const bool alone = taken.size() == 1 && taken.front()->batches.size() == 1;
    if (!alone && commitAsOne(taken))
        return;
    for (auto *each : taken) {
        for (size_t i = 0; i < each->batches.size(); ++i) {
            if (!each->batches[i].isEmpty())
                each->outcomes[i] = m_keeper.keep(std::move(each->batches[i]));
        }
    }
}

qint64 Intake::commits() const
{
    const std::lock_guard lock(m_mutex);
    return m_commits;
}

} // namespace coppice::receivers
