// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/channel_end.h"
#include "process/spawn.h"

#include <cerrno>
#include <mutex>

#include <sys/eventfd.h>
#include <unistd.h>

namespace coppice::process {

struct Channel::State {
    std::mutex mutex;
    QByteArray queued;
    qsizetype written = 0; ///< of `queued`
    bool closed = false;
    Descriptor wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};

    void call() const
    {
        const quint64 one = 1;
        [[maybe_unused]] const auto done = ::write(wake.get(), &one, sizeof one);
    }
};

Channel::Channel() : m_state(std::make_unique<State>()) { }
Channel::~Channel() = default;

bool Channel::write(const QByteArray &bytes)
{
    const std::lock_guard lock(m_state->mutex);
    if (m_state->closed || m_state->queued.size() - m_state->written + bytes.size() > cap)
        return false;
    m_state->queued += bytes;
    m_state->call();
    return true;
}

void Channel::close()
{
    const std::lock_guard lock(m_state->mutex);
    m_state->closed = true;
    m_state->call();
}

int ChannelEnd::wakeFd() const
{
    return m_channel ? m_channel->m_state->wake.get() : -1;
}

void ChannelEnd::awake()
{
    quint64 count = 0;
    [[maybe_unused]] const auto got = ::read(m_channel->m_state->wake.get(), &count, sizeof count);
}

bool ChannelEnd::pending() const
{
    if (!m_channel)
        return false;
    const std::lock_guard lock(m_channel->m_state->mutex);
    return m_channel->m_state->written < m_channel->m_state->queued.size();
}

bool ChannelEnd::writeTo(int fd)
{
    if (!m_channel)
        return false;
    auto &state = *m_channel->m_state;
    const std::lock_guard lock(state.mutex);
    while (state.written < state.queued.size()) {
        const ssize_t done = ::write(fd, state.queued.constData() + state.written, size_t(state.queued.size() - state.written));
        if (done > 0)
            state.written += done;
        else if (errno == EAGAIN)
            return true;
        else if (errno != EINTR) {
            state.closed = true;
            return false;
        }
    }
    state.queued.clear();
    state.written = 0;
    return !state.closed;
}

void ChannelEnd::refuse()
{
    if (m_channel)
        m_channel->close();
}

} // namespace coppice::process
