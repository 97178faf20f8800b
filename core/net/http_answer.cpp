// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http_connection.h"

#include <boost/beast/http/status.hpp>

#include <array>
#include <cerrno>
#include <cstdio>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace coppice::net {

namespace {

/// Set by the server itself, or only for one hop.
bool isOurs(const QByteArray &name)
{
    return name == "content-length" || name == "transfer-encoding" || name == "connection" || name == "keep-alive"
        || name == "upgrade" || name == "trailer";
}

bool isClean(const QByteArray &text)
{
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool hasNoBody(int status)
{
    return status < 200 || status == 204 || status == 304;
}

} // namespace

QByteArray reasonOf(int status)
{
    const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(unsigned(status)));
    return QByteArray(reason.data(), qsizetype(reason.size()));
}

QByteArray SocketAnswer::head(int status, const Headers &headers) const
{
    QByteArray text = "HTTP/1.1 " + QByteArray::number(status) + ' ' + reasonOf(status) + "\r\n";
    for (const auto &[name, value] : headers) {
        if (!name.isEmpty() && !isOurs(name.toLower()) && isClean(name) && isClean(value))
            text += name + ": " + value + "\r\n";
    }
    if (!m_connection.keepAlive)
        text += "connection: close\r\n";
    return text;
}

bool SocketAnswer::waitForRoom()
{
    // In slices, so that the end of the server is noticed.
    pollfd writable{m_connection.fd(), POLLOUT, 0};
    int left = m_idleMs;
    while (left > 0 && ::poll(&writable, 1, std::min(left, 200)) == 0 && !m_connection.stop.stop_requested())
        left -= 200;
    m_broken = m_broken || writable.revents == 0;
    return !m_broken;
}

bool SocketAnswer::put(QByteArrayView bytes)
{
    while (!bytes.isEmpty() && !m_broken) {
        const ssize_t sent = ::send(m_connection.fd(), bytes.data(), size_t(bytes.size()), MSG_NOSIGNAL);
        if (sent >= 0)
            bytes = bytes.sliced(sent);
        else if (errno == EAGAIN)
            waitForRoom();
        else if (errno != EINTR)
            m_broken = true;
    }
    return !m_broken;
}

void SocketAnswer::send(const HttpResponse &whole)
{
    if (m_begun)
        return;
    m_begun = m_ended = true;
    QByteArray text = head(whole.status, whole.headers);
    if (!hasNoBody(whole.status))
        text += "content-length: " + QByteArray::number(whole.body.size()) + "\r\n";
    text += "\r\n";
    if (!hasNoBody(whole.status) && m_connection.request.method != "HEAD")
        text += whole.body;
    put(text);
}

void SocketAnswer::begin(int status, const Headers &headers)
{
    if (m_begun)
        return;
    m_begun = true;
    m_chunked = !m_connection.oldProtocol;
    if (!m_chunked)
        m_connection.keepAlive = false; // the end is told by closing
    put(QByteArray(head(status, headers) + (m_chunked ? "transfer-encoding: chunked\r\n\r\n" : "\r\n")));
}

bool SocketAnswer::write(QByteArrayView piece)
{
    if (!m_begun || m_ended)
        return false;
    if (piece.isEmpty() || m_connection.request.method == "HEAD")
        return !m_broken;
    if (!m_chunked)
        return put(piece);
    // One call for the chunk with what is around it, and no copy of it.
    std::array<char, 24> size;
    const int length = std::snprintf(size.data(), size.size(), "%zx\r\n", size_t(piece.size()));
    char end[] = "\r\n";
    iovec parts[3] = {{size.data(), size_t(length)}, {const_cast<char *>(piece.data()), size_t(piece.size())}, {end, 2}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 3;
    ssize_t sent = -1;
    while (!m_broken && (sent = ::sendmsg(m_connection.fd(), &message, MSG_NOSIGNAL)) < 0) {
        if (errno == EAGAIN)
            waitForRoom();
        else if (errno != EINTR)
            m_broken = true;
    }
    for (const auto &part : parts) { // what did not go at once
        const auto gone = std::min(size_t(std::max<ssize_t>(sent, 0)), part.iov_len);
        sent -= ssize_t(gone);
        if (!put(QByteArrayView(static_cast<const char *>(part.iov_base) + gone, qsizetype(part.iov_len - gone))))
            return false;
    }
    return true;
}

void SocketAnswer::end()
{
    if (!m_begun || m_ended)
        return;
    m_ended = true;
    if (m_chunked && m_connection.request.method != "HEAD")
        put("0\r\n\r\n");
}

bool SocketAnswer::finish()
{
    if (!m_begun)
        send({500, {}, {}});
    // An answer that its handler left in the middle must not look whole.
    return m_ended && !m_broken && m_connection.keepAlive;
}

} // namespace coppice::net
