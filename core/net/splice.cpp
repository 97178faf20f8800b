// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/splice.h"

#include <QHostAddress>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace coppice::net {

using process::Descriptor;

namespace {

/// Waits for an event; false on silence or the end.
bool waitFor(int fd, short events, int ms, int wake)
{
    pollfd polled[2] = {{wake, POLLIN, 0}, {fd, events, 0}};
    int ready = 0;
    do {
        ready = ::poll(polled, 2, ms);
    } while (ready < 0 && errno == EINTR);
    return ready > 0 && !polled[0].revents;
}

bool isPrivate(const sockaddr *address)
{
    static const QList<QPair<QHostAddress, int>> networks = [] {
        QList<QPair<QHostAddress, int>> all;
        for (const char *text : {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                                 "192.168.0.0/16", "224.0.0.0/3", "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8"})
            all << QHostAddress::parseSubnet(QLatin1String(text));
        return all;
    }();
    QHostAddress host(address);
    bool mapped = false;
    const QHostAddress four(host.toIPv4Address(&mapped));
    if (mapped)
        host = four;
    return host.isNull() || std::any_of(networks.begin(), networks.end(), [&](const auto &net) { return host.isInSubnet(net); });
}

struct Direction {
    int from = -1, to = -1;
    std::array<char, 64 * 1024> bytes;
    size_t begin = 0, end = 0;
    bool ended = false, closed = false;

    void move(bool readable)
    {
        if (readable && begin == end && !ended) {
            const ssize_t got = ::recv(from, bytes.data(), bytes.size(), 0);
            begin = 0;
            end = got > 0 ? size_t(got) : 0;
            ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
        }
        while (begin < end && !closed) {
            const ssize_t put = ::send(to, bytes.data() + begin, end - begin, MSG_NOSIGNAL);
            if (put > 0)
                begin += size_t(put);
            else if (errno == EAGAIN)
                break;
            else if (errno != EINTR)
                closed = true;
        }
        if (ended && begin == end && !closed) {
            ::shutdown(to, SHUT_WR);
            closed = true;
        }
    }
    [[nodiscard]] short wantsFrom() const { return !closed && !ended && begin == end ? POLLIN : 0; }
    [[nodiscard]] short wantsTo() const { return !closed && begin < end ? POLLOUT : 0; }
};

} // namespace

std::optional<QByteArray> readHead(int fd, QByteArray &rest, int wake)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    QByteArray bytes;
    for (;;) {
        const auto at = bytes.indexOf("\r\n\r\n");
        if (at >= 0) {
            rest = bytes.mid(at + 4);
            return bytes.left(at + 2);
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        if (bytes.size() > 32 * 1024 || left <= 0 || !waitFor(fd, POLLIN, int(left), wake))
            return std::nullopt;
        std::array<char, 8192> piece;
        const ssize_t got = ::recv(fd, piece.data(), piece.size(), 0);
        if (got > 0)
            bytes.append(piece.data(), got);
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            return std::nullopt;
    }
}

bool sendAll(int fd, QByteArrayView bytes, int wake)
{
    while (!bytes.isEmpty()) {
        const ssize_t put = ::send(fd, bytes.data(), size_t(bytes.size()), MSG_NOSIGNAL);
        if (put > 0)
            bytes = bytes.sliced(put);
        else if (errno == EAGAIN ? !waitFor(fd, POLLOUT, 60'000, wake) : errno != EINTR)
            return false;
    }
    return true;
}

void spliceBoth(int a, int b, int wake)
{
    const auto there = std::make_unique<Direction>();
    const auto back = std::make_unique<Direction>();
    there->from = back->to = a;
    there->to = back->from = b;
    while (!there->closed || !back->closed) {
        const short eventsA = short(there->wantsFrom() | back->wantsTo());
        const short eventsB = short(back->wantsFrom() | there->wantsTo());
        pollfd polled[3] = {{wake, POLLIN, 0}, {eventsA ? a : -1, eventsA, 0}, {eventsB ? b : -1, eventsB, 0}};
        const int ready = ::poll(polled, 3, 600'000);
        if (ready == 0 || (ready < 0 && errno != EINTR) || polled[0].revents)
            return;
        there->move(polled[1].revents & (POLLIN | POLLHUP | POLLERR));
        back->move(polled[2].revents & (POLLIN | POLLHUP | POLLERR));
        if (back->closed && !back->ended) // nobody reads the answer
            return;
    }
}

Result<Descriptor> connectToHost(const QString &host, int port, bool privateToo, int wake)
{
    const QString where = QStringLiteral("%1:%2").arg(host).arg(port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo *found = nullptr;
    if (::getaddrinfo(host.toUtf8().constData(), QByteArray::number(port).constData(), &hints, &found) != 0)
        return fail(QStringLiteral("net.host"), QStringLiteral("There is no such host"), where);
    const std::unique_ptr<addrinfo, void (*)(addrinfo *)> addresses(found, ::freeaddrinfo);
    bool allPrivate = true;
    for (const addrinfo *entry = found; entry; entry = entry->ai_next) {
        if (!privateToo && isPrivate(entry->ai_addr))
            continue;
        allPrivate = false;
        Descriptor fd(::socket(entry->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!fd.isOpen())
            continue;
        int error = ::connect(fd.get(), entry->ai_addr, entry->ai_addrlen) == 0 ? 0 : errno;
        socklen_t length = sizeof error;
        if (error == EINPROGRESS
            && (!waitFor(fd.get(), POLLOUT, 15'000, wake) || ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0))
            continue;
        if (error == 0)
            return fd;
    }
    if (allPrivate)
        return fail(QStringLiteral("net.private"), QStringLiteral("This name leads into a private network"), where,
                    QStringLiteral("List the host with its port to allow it."));
    return fail(QStringLiteral("net.failed"), QStringLiteral("The host does not answer"), where);
}

Result<> askProxy(int fd, const QString &host, int port, const QString &user, const QString &password, int wake)
{
    const QByteArray target = host.toUtf8() + ':' + QByteArray::number(port);
    QByteArray text = "CONNECT " + target + " HTTP/1.1\r\nhost: " + target + "\r\n";
    if (!user.isEmpty())
        text += "proxy-authorization: Basic " + QString(user + u':' + password).toUtf8().toBase64() + "\r\n";
    text += "\r\n";
    QByteArray rest;
    const auto head = sendAll(fd, text, wake) ? readHead(fd, rest, wake) : std::nullopt;
    const auto words = head ? head->left(head->indexOf('\r')).split(' ') : QByteArrayList();
    if (words.value(1) != "200" || !rest.isEmpty())
        return fail(QStringLiteral("net.proxy"), QStringLiteral("The proxy refuses a connection"), QString::fromUtf8(target),
                    QStringLiteral("Check the proxy's settings."));
    return {};
}

} // namespace coppice::net
