// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace coppice::relay {

struct Address {
    std::string host; ///< an IPv4 address
    unsigned short port = 0;
};

/// One direction of a connection: what was read here and is not written there yet.
struct Flow {
    int from = -1;
    int to = -1;
    std::array<char, 64 * 1024> bytes;
    size_t begin = 0, end = 0;
    bool ended = false;  ///< nothing more comes from `from`
    bool closed = false; ///< and `to` was told so, or takes no more

    void read();
    void write();
    [[nodiscard]] bool wantsRead() const { return !ended && !closed && end < bytes.size(); }
    [[nodiscard]] bool wantsWrite() const { return !closed && begin < end; }
};

/// A TCP connection and the unix connection made for it.
class Pair
{
public:
    Pair(int tcp, int unixSocket);
    ~Pair();
    Pair(const Pair &) = delete;
    Pair &operator=(const Pair &) = delete;
    [[nodiscard]] bool over() const { return m_out.closed && m_in.closed; }

    Flow &out() { return m_out; }
    Flow &in() { return m_in; }

private:
    int m_tcp, m_unix;
    Flow m_out, m_in; ///< agent → gateway, gateway → agent
};

/// Brings the loopback interface up where it is not. False (with errno) where that is not allowed.
bool bringLoopbackUp();
/// A listening TCP socket; -1 with errno.
int listenOn(const Address &address);
/// Passes connections on until the child has ended; answers its exit status (128 + signal).
int relayWhile(pid_t child, int childFd, int listener, const std::string &socketPath);

} // namespace coppice::relay
