// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/channel.h"

namespace coppice::process {

/// The side of a Channel that writes into the pipe; for process::run().
class ChannelEnd
{
public:
    explicit ChannelEnd(std::shared_ptr<Channel> channel) : m_channel(std::move(channel)) { }
    /// Readable when there is something to write, or when it was closed; -1 without a channel.
    [[nodiscard]] int wakeFd() const;
    /// Forgets that it was woken.
    void awake();
    /// Something waits to be written.
    [[nodiscard]] bool pending() const;
    /// Writes what the pipe takes. False when the pipe is to be closed: all is written and no more comes, or nobody reads.
    [[nodiscard]] bool writeTo(int fd);
    /// Nobody reads any more: what is written from now on is refused.
    void refuse();

private:
    std::shared_ptr<Channel> m_channel;
};

} // namespace coppice::process
