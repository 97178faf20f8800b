// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/intake.h"

#include <condition_variable>
#include <thread>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

struct Intake::Waiting {
    Batch batch;
    Result<> outcome;
    bool done = false;
    bool leads = false; ///< it is this one's turn to write for all
    std::condition_variable turn; ///< of its own, so that only whoever is meant wakes
};

Result<> Intake::put(Batch &&batch)
{
    if (batch.isEmpty())
        return {};
    Waiting own;
    own.batch = std::move(batch);
    std::unique_lock lock(m_mutex);
    if (m_events + own.batch.events.size() > m_limits.waiting && !m_queue.empty())
        return fail(u"intake.full"_s, u"More events come than can be written"_s, {}, u"Send it again in a moment."_s);
    m_events += own.batch.events.size();
    m_queue.push_back(&own);
    if (m_led) {
        own.turn.wait(lock, [&] { return own.done || own.leads; });
        if (own.done)
            return std::move(own.outcome);
    }
    m_led = true;
    lead(lock, own);
    return std::move(own.outcome);
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
    while (!m_queue.empty() && (taken.empty() || events + m_queue.front()->batch.events.size() <= m_limits.events)) {
        events += m_queue.front()->batch.events.size();
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

void Intake::commit(const std::vector<Waiting *> &taken)
{
    if (taken.size() == 1) {
        taken.front()->outcome = m_keeper.keep(std::move(taken.front()->batch));
        return;
    }
    Batch all;
    for (const auto *each : taken)
        all.append(Batch(each->batch));
    if (m_keeper.keep(std::move(all)))
        return;
    for (auto *each : taken)
        each->outcome = m_keeper.keep(std::move(each->batch));
}

qint64 Intake::commits() const
{
    const std::lock_guard lock(m_mutex);
    return m_commits;
}

} // namespace coppice::receivers
