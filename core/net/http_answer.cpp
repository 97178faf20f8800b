// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http_connection.h"

#include <boost/beast/http/status.hpp>

#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

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

bool SocketAnswer::put(QByteArrayView bytes)
{
    while (!bytes.isEmpty() && !m_broken) {
        const ssize_t sent = ::send(m_connection.fd(), bytes.data(), size_t(bytes.size()), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes = bytes.sliced(sent);
        } else if (errno == EAGAIN) {
            // In slices, so that the end of the server is noticed.
            pollfd writable{m_connection.fd(), POLLOUT, 0};
            int left = m_idleMs;
            while (left > 0 && ::poll(&writable, 1, std::min(left, 200)) == 0 && !m_connection.stop.stop_requested())
                left -= 200;
            if (writable.revents == 0)
                m_broken = true;
        } else if (errno != EINTR) {
            m_broken = true;
        }
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
    return put(QByteArray(QByteArray::number(piece.size(), 16) + "\r\n" + piece.toByteArray() + "\r\n"));
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
