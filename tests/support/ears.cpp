// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/ears.h"

#include <QByteArray>
#include <QDir>
#include <QFile>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace coppice::test {

namespace {

int bound(int family, int type, const void *address, socklen_t size)
{
    const int fd = ::socket(family, type | SOCK_CLOEXEC, 0);
    if (fd >= 0 && ::bind(fd, static_cast<const sockaddr *>(address), size) == 0
        && (type != SOCK_STREAM || ::listen(fd, 16) == 0))
        return fd;
    if (fd >= 0)
        ::close(fd);
    return -1;
}

int boundUnix(int type, const QByteArray &name)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (size_t(name.size()) >= sizeof address.sun_path)
        return -1;
    std::memcpy(address.sun_path, name.constData(), size_t(name.size()));
    return bound(AF_UNIX, type, &address, socklen_t(offsetof(sockaddr_un, sun_path) + size_t(name.size()) + (name.startsWith('\0') ? 0 : 1)));
}

int portOf(int fd)
{
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size);
    return ntohs(address.sin6_port); // at the same place in both versions
}

} // namespace

Ears::~Ears()
{
    for (auto &thread : m_threads)
        thread.request_stop();
    m_threads.clear();
    for (const int fd : m_fds)
        ::close(fd);
}

void Ears::listen(int fd, bool stream)
{
    if (fd < 0) {
        std::fputs("a socket of the test cannot be made\n", stderr);
        std::abort();
    }
    m_fds.push_back(fd);
    m_threads.emplace_back([this, fd, stream](const std::stop_token &stop) {
        while (!stop.stop_requested()) {
            pollfd polled{fd, POLLIN, 0};
            if (::poll(&polled, 1, 50) <= 0)
                continue;
            ++m_heard;
            if (stream) {
                const int peer = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
                const QByteArray answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                [[maybe_unused]] const auto sent = ::send(peer, answer.constData(), size_t(answer.size()), MSG_NOSIGNAL);
                ::shutdown(peer, SHUT_WR);
                std::array<char, 4096> rest{};
                while (::recv(peer, rest.data(), rest.size(), 0) > 0) { }
                ::close(peer);
                continue;
            }
            std::array<char, 4096> bytes{};
            sockaddr_in from{};
            socklen_t size = sizeof from;
            const ssize_t got = ::recvfrom(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr *>(&from), &size);
            if (got > 0 && size >= sizeof from)
                ::sendto(fd, bytes.data(), size_t(got), MSG_NOSIGNAL, reinterpret_cast<const sockaddr *>(&from), size);
        }
    });
}

void Ears::open(const QString &folder, const QString &name)
{
    runtime = folder;
    abstractName = name;
    QDir().mkpath(folder);
    sockaddr_in v4{};
    v4.sin_family = AF_INET; // on all addresses, so that any of them would do
    const int tcpFd = bound(AF_INET, SOCK_STREAM, &v4, sizeof v4);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int udpFd = bound(AF_INET, SOCK_DGRAM, &v4, sizeof v4);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    const int tcp6Fd = bound(AF_INET6, SOCK_STREAM, &v6, sizeof v6);
    tcp = portOf(tcpFd);
    udp = portOf(udpFd);
    tcp6 = tcp6Fd < 0 ? 0 : portOf(tcp6Fd);
    listen(tcpFd, true);
    listen(udpFd, false);
    if (tcp6Fd >= 0)
        listen(tcp6Fd, true);
    listen(boundUnix(SOCK_STREAM, QFile::encodeName(folder + QStringLiteral("/bus"))), true);
    listen(boundUnix(SOCK_STREAM, '\0' + name.toUtf8()), true);
}

void Ears::addDatagram(const QString &path)
{
    QFile::remove(path);
    listen(boundUnix(SOCK_DGRAM, QFile::encodeName(path)), false);
}

} // namespace coppice::test
