// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <memory>

namespace coppice::process {

/// A child's stdin, written to while it runs: given with a Request, used from any thread. What is written before the start
/// waits for it. The stdin stays open until close(), or until the child does not want to read it any more.
class Channel
{
public:
    Channel();
    ~Channel();
    Channel(const Channel &) = delete;
    Channel &operator=(const Channel &) = delete;

    /// Queues these bytes. False when it is closed, or when the child leaves more than `cap` bytes unread: then nothing
    /// is queued.
    bool write(const QByteArray &bytes);
    /// Closes the stdin once everything that was queued has been written.
    void close();

    static constexpr qsizetype cap = 64 << 20;

private:
    friend class ChannelEnd;
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace coppice::process
