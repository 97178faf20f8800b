// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <algorithm>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace coppice::receivers {

/// Bytes that may be in memory at a time for bodies being inflated and parsed. Whoever wants more than there is waits a
/// little, then goes without. Small bodies need none of it. Safe from any thread.
class Budget
{
public:
    explicit Budget(qint64 bytes) : m_left(bytes), m_all(bytes) { }

    /// A share that is given back when it goes.
    class Share
    {
    public:
        Share() = default;
        Share(Budget &budget, qint64 bytes) : m_budget(&budget), m_bytes(bytes) { }
        Share(Share &&other) noexcept : m_budget(std::exchange(other.m_budget, nullptr)), m_bytes(std::exchange(other.m_bytes, 0)) { }
        Share &operator=(Share &&other) noexcept
        {
            shrink(0);
            m_budget = std::exchange(other.m_budget, nullptr);
            m_bytes = std::exchange(other.m_bytes, 0);
            return *this;
        }
        ~Share() { shrink(0); }
        /// Gives back what is not needed after all.
        void shrink(qint64 bytes)
        {
            if (!m_budget || bytes >= m_bytes)
                return;
            m_budget->giveBack(m_bytes - bytes);
            m_bytes = bytes;
        }

    private:
        Budget *m_budget = nullptr;
        qint64 m_bytes = 0;
    };

    /// False when there was not enough within `patience`. More than all there is counts as all.
    [[nodiscard]] bool take(qint64 bytes, std::chrono::milliseconds patience, Share &share)
    {
        bytes = std::min(bytes, m_all);
        std::unique_lock lock(m_mutex);
        if (!m_returned.wait_for(lock, patience, [&] { return m_left >= bytes; }))
            return false;
        m_left -= bytes;
        lock.unlock();
        share = Share(*this, bytes);
        return true;
    }

private:
    void giveBack(qint64 bytes)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_left += bytes;
        }
        m_returned.notify_all();
    }
    std::mutex m_mutex;
    std::condition_variable m_returned;
    qint64 m_left;
    qint64 m_all;
};

} // namespace coppice::receivers
