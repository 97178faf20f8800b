// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace coppice::clients {

/// Ends a client that says nothing any more, or that was told to end and does not: asked politely first (an interrupt, a
/// cancel), stopped firmly a little later. A thread of its own; both calls come from it.
class Watchdog
{
public:
    /// `silence` 0: silence is no reason.
    Watchdog(std::chrono::milliseconds silence, std::function<void()> politely, std::function<void()> firmly);
    ~Watchdog();
    Watchdog(const Watchdog &) = delete;
    Watchdog &operator=(const Watchdog &) = delete;

    void heard();
    /// While a person is asked, silence is ours.
    void waits(bool begins);
    /// Stops it: politely now where `ask`, firmly after `grace`. The earliest end that was asked for counts.
    void end(std::chrono::milliseconds grace, bool ask);
    [[nodiscard]] bool stalled() const;

    static constexpr std::chrono::milliseconds politeGrace{5000};

private:
    using Clock = std::chrono::steady_clock;
    void watch(const std::stop_token &stop);

    const std::chrono::milliseconds m_silence;
    const std::function<void()> m_politely, m_firmly;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    Clock::time_point m_heard = Clock::now();
    std::optional<Clock::time_point> m_firmAt;
    int m_waiting = 0;
    bool m_ask = false;
    bool m_asked = false;
    bool m_stalled = false;
    std::jthread m_thread;
};

} // namespace coppice::clients
