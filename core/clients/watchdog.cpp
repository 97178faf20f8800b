// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/watchdog.h"

namespace coppice::clients {

Watchdog::Watchdog(std::chrono::milliseconds silence, std::function<void()> politely, std::function<void()> firmly)
    : m_silence(silence), m_politely(std::move(politely)), m_firmly(std::move(firmly)),
      m_thread([this](const std::stop_token &stop) { watch(stop); })
{
}

Watchdog::~Watchdog()
{
    m_thread.request_stop();
    m_changed.notify_all();
}

void Watchdog::heard()
{
    const std::lock_guard lock(m_mutex);
    m_heard = Clock::now();
}

void Watchdog::waits(bool begins)
{
    {
        const std::lock_guard lock(m_mutex);
        m_waiting += begins ? 1 : -1;
        m_heard = Clock::now();
    }
    m_changed.notify_all();
}

void Watchdog::end(std::chrono::milliseconds grace, bool ask)
{
    {
        const std::lock_guard lock(m_mutex);
        const auto at = Clock::now() + grace;
        m_firmAt = m_firmAt ? std::min(*m_firmAt, at) : at;
        m_ask = m_ask || ask;
    }
    m_changed.notify_all();
}

bool Watchdog::stalled() const
{
    const std::lock_guard lock(m_mutex);
    return m_stalled;
}

void Watchdog::watch(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        const auto now = Clock::now();
        if (m_silence.count() > 0 && m_waiting == 0 && !m_firmAt && now >= m_heard + m_silence) {
            m_stalled = m_ask = true;
            m_firmAt = now + politeGrace;
        }
        if (m_ask && !m_asked) {
            m_asked = true;
            lock.unlock();
            if (m_politely)
                m_politely();
            lock.lock();
            continue;
        }
        if (m_firmAt && now >= *m_firmAt) {
            lock.unlock();
            m_firmly();
            return;
        }
        auto until = now + std::chrono::hours(1);
        if (m_firmAt)
            until = std::min(until, *m_firmAt);
        else if (m_silence.count() > 0 && m_waiting == 0)
            until = std::min(until, m_heard + m_silence);
        m_changed.wait_until(lock, stop, until, [&, firm = m_firmAt, asked = m_ask, waiting = m_waiting] {
            return m_firmAt != firm || m_ask != asked || m_waiting != waiting;
        });
    }
}

} // namespace coppice::clients
