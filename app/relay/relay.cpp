// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace coppice::relay {

namespace {

constexpr size_t maxPairs = 256; // more wait in the listener's queue

int connectTo(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        ::close(fd);
        return -1;
    }
    if (fd >= 0)
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    return fd;
}

void acceptOne(int listener, const std::string &socketPath, std::vector<std::unique_ptr<Pair>> &pairs)
{
    const int tcp = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (tcp < 0)
        return;
    const int other = connectTo(socketPath);
    if (other < 0) { // the gateway is gone: the agent sees its connection refused
        ::close(tcp);
        return;
    }
    const int on = 1;
    ::setsockopt(tcp, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pairs.push_back(std::make_unique<Pair>(tcp, other));
}

short eventsFor(const Flow &reads, const Flow &writes)
{
    return short((reads.wantsRead() ? POLLIN : 0) | (writes.wantsWrite() ? POLLOUT : 0));
}

} // namespace

void Flow::read()
{
    if (begin == end)
        begin = end = 0;
    const ssize_t got = ::read(from, bytes.data() + end, bytes.size() - end);
    if (got > 0)
        end += size_t(got);
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        ended = true;
}

void Flow::write()
{
    while (begin < end) {
        const ssize_t put = ::send(to, bytes.data() + begin, end - begin, MSG_NOSIGNAL);
        if (put > 0) {
            begin += size_t(put);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {
            closed = true; // nobody reads it any more
            return;
        }
    }
    begin = end = 0;
    if (ended && !closed) {
        ::shutdown(to, SHUT_WR);
        closed = true;
    }
}

Pair::Pair(int tcp, int unixSocket) : m_tcp(tcp), m_unix(unixSocket)
{
    m_out.from = m_in.to = tcp;
    m_out.to = m_in.from = unixSocket;
}

Pair::~Pair()
{
    ::close(m_tcp);
    ::close(m_unix);
}

bool bringLoopbackUp()
{
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    bool up = ::ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP);
    if (!up) {
        request.ifr_flags |= IFF_UP | IFF_RUNNING;
        up = ::ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    }
    const int error = errno;
    ::close(fd);
    errno = error;
    return up;
}

int listenOn(const Address &address)
{
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(address.port);
    if (::inet_pton(AF_INET, address.host.c_str(), &where.sin_addr) != 1) {
        errno = EINVAL;
        return -1;
    }
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(fd, reinterpret_cast<const sockaddr *>(&where), sizeof where) != 0 || ::listen(fd, 64) != 0) {
        const int error = errno;
        ::close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

int relayWhile(pid_t child, int childFd, int listener, const std::string &socketPath)
{
    std::vector<std::unique_ptr<Pair>> pairs;
    std::vector<pollfd> polled;
    for (;;) {
        polled.assign({{childFd, POLLIN, 0}, {pairs.size() < maxPairs ? listener : -1, POLLIN, 0}});
        for (const auto &pair : pairs) {
            polled.push_back({pair->out().from, eventsFor(pair->out(), pair->in()), 0});
            polled.push_back({pair->in().from, eventsFor(pair->in(), pair->out()), 0});
            // A side with nothing to wait for would wake the loop by POLLHUP for ever.
            for (size_t i = polled.size() - 2; i < polled.size(); ++i) {
                if (polled[i].events == 0)
                    polled[i].fd = -1;
            }
        }
        if (::poll(polled.data(), nfds_t(polled.size()), -1) < 0 && errno != EINTR)
            return 125;
        int status = 0;
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child)
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        for (size_t i = 0; i < pairs.size(); ++i) {
            auto &out = pairs[i]->out();
            auto &in = pairs[i]->in();
            if (polled[2 + 2 * i].revents && out.wantsRead())
                out.read();
            if (polled[3 + 2 * i].revents && in.wantsRead())
                in.read();
            out.write();
            in.write();
            // Nobody reads the answer any more: the gateway need not go on with the question.
            if (in.closed && !in.ended)
                out.closed = true;
        }
        std::erase_if(pairs, [](const auto &pair) { return pair->over(); });
        if (polled[1].revents)
            acceptOne(listener, socketPath, pairs);
    }
}

} // namespace coppice::relay
