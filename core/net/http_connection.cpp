// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http_connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>

#include <array>
#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace coppice::net {

namespace http = boost::beast::http;

namespace {

constexpr quint32 headerBytes = 32 * 1024;
constexpr size_t headerCount = 64;
constexpr auto lingering = std::chrono::seconds(2);       ///< of silence after a refusal
constexpr qint64 smallBody = 256 * 1024; ///< has a share of its own, so that large ones do not keep out what is small
constexpr qint64 smallBodies = 16 << 20;

/// A body that grows as it comes: a client's promise of a length reserves nothing.
struct GrowingBody {
    using value_type = QByteArray;
    class reader
    {
    public:
        template <bool isRequest, class Fields>
        explicit reader(http::header<isRequest, Fields> &, value_type &body) : m_body(body)
        {
        }
        void init(const boost::optional<std::uint64_t> &, boost::beast::error_code &ec) { ec = {}; }
        template <class Buffers> std::size_t put(const Buffers &buffers, boost::beast::error_code &ec)
        {
            ec = {};
            std::size_t taken = 0;
            for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
                m_body.append(static_cast<const char *>(buffer.data()), qsizetype(buffer.size()));
                taken += buffer.size();
            }
            return taken;
        }
        void finish(boost::beast::error_code &ec) { ec = {}; }

    private:
        value_type &m_body;
    };
};

int statusFor(const boost::beast::error_code &ec)
{
    if (ec == http::error::body_limit)
        return 413;
    if (ec == http::error::header_limit)
        return 431;
    if (ec == http::error::bad_version)
        return 505;
    return 400;
}

QByteArray fromView(boost::beast::string_view view)
{
    return QByteArray(view.data(), qsizetype(view.size()));
}

} // namespace

struct HttpConnection::Parser {
    http::request_parser<GrowingBody> beast;
    explicit Parser(qint64 bodyLimit)
    {
        beast.header_limit(headerBytes);
        beast.body_limit(quint64(bodyLimit));
        beast.eager(true);
    }
};

HttpConnection::HttpConnection(process::Descriptor fd, const HttpServer::Limits &limits, const HttpServer::Admit &admit,
                               std::atomic<qint64> &allBodies)
    : since(Clock::now()), m_fd(std::move(fd)), m_limits(limits), m_admit(admit), m_allBodies(allBodies)
{
    next();
}

HttpConnection::~HttpConnection()
{
    m_allBodies -= m_counted;
}

void HttpConnection::next()
{
    request = {};
    m_parser = std::make_unique<Parser>(m_limits.body);
    m_allBodies -= m_counted;
    m_counted = 0;
    m_continued = false;
    stop = {};
    since = Clock::now();
    // A new connection has the time for a header, a kept one may be silent for longer.
    state = State::Idle;
    deadline = since + std::chrono::milliseconds(keepAlive ? m_limits.idleMs : m_limits.headerMs);
}

HttpConnection::Progress HttpConnection::discard()
{
    std::array<char, 16 * 1024> bytes;
    for (int i = 0; i < 64; ++i) {
        const ssize_t got = ::recv(m_fd.get(), bytes.data(), bytes.size(), 0);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return Progress::Closed;
        if (got < 0)
            break;
        deadline = std::min(Clock::now() + lingering, m_lingersUntil);
    }
    return Progress::More;
}

HttpConnection::Progress HttpConnection::readSome()
{
    if (state == State::Lingering)
        return discard();
    std::array<char, 64 * 1024> bytes;
    const ssize_t got = ::recv(m_fd.get(), bytes.data(), bytes.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        return Progress::Closed;
    if (got < 0)
        return Progress::More;
    m_read.append(bytes.data(), got);
    return parse();
}

HttpConnection::Progress HttpConnection::parse()
{
    auto &beast = m_parser->beast;
    if (m_read.isEmpty())
        return Progress::More;
    if (state == State::Idle) {
        state = State::Header;
        since = Clock::now();
        deadline = since + std::chrono::milliseconds(m_limits.headerMs);
    }
    boost::beast::error_code ec;
    while (!m_read.isEmpty() && !beast.is_done()) {
        const auto used = beast.put(boost::asio::buffer(m_read.constData(), size_t(m_read.size())), ec);
        m_read.remove(0, qsizetype(used));
        if (ec || used == 0)
            break;
    }
    if (ec && ec != http::error::need_more) {
        refuse(statusFor(ec));
        return Progress::Refused;
    }
    if (!beast.is_header_done()) {
        if (m_read.size() > qsizetype(headerBytes)) {
            refuse(431);
            return Progress::Refused;
        }
        return Progress::More;
    }
    if (state == State::Header && refusedByHead())
        return Progress::Refused;
    const qint64 size = beast.get().body().size();
    m_allBodies += size - m_counted;
    m_counted = size;
    if (size > m_bodyCap) {
        refuse(413);
        return Progress::Refused;
    }
    if (m_allBodies > m_limits.allBodies + (size > smallBody ? 0 : smallBodies)) {
        refuse({503, {{"retry-after", "2"}}, {}});
        return Progress::Refused;
    }
    if (!beast.is_done())
        return Progress::More;
    request.body = std::move(beast.get().body());
    state = State::Handling;
    return Progress::Whole;
}

void HttpConnection::takeHead()
{
    const auto &message = m_parser->beast.get();
    keepAlive = message.keep_alive();
    oldProtocol = message.version() < 11;
    request.method = fromView(message.method_string());
    request.target = fromView(message.target());
    for (const auto &field : message)
        request.headers.emplace_back(fromView(field.name_string()).toLower(), fromView(field.value()));
}

bool HttpConnection::refusedByHead()
{
    auto &beast = m_parser->beast;
    const auto &message = beast.get();
    state = State::Body;
    deadline = Clock::now() + std::chrono::milliseconds(m_limits.bodyMs);
    if (size_t(std::distance(message.begin(), message.end())) > headerCount) {
        refuse(431);
        return true;
    }
    const QByteArray encoding = fromView(message[http::field::transfer_encoding]).trimmed().toLower();
    if (!encoding.isEmpty() && encoding != "chunked") {
        refuse(501);
        return true;
    }
    takeHead();
    m_bodyCap = m_limits.body;
    if (m_admit) {
        if (const auto answer = m_admit(request, m_bodyCap)) {
            refuse(*answer);
            return true;
        }
    }
    if (beast.content_length_remaining().value_or(0) > quint64(m_bodyCap)) {
        refuse(413);
        return true;
    }
    if (!beast.is_done() && !m_continued && fromView(message[http::field::expect]).toLower() == "100-continue") {
        m_continued = true;
        (void)::send(m_fd.get(), "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL);
    }
    return false;
}

void HttpConnection::refuse(const HttpResponse &answer, std::chrono::seconds hearingOut)
{
    QByteArray text = "HTTP/1.1 " + QByteArray::number(answer.status) + ' ' + reasonOf(answer.status) + "\r\n";
    for (const auto &[name, value] : answer.headers)
        text += name + ": " + value + "\r\n";
    text += "content-length: " + QByteArray::number(answer.body.size()) + "\r\nconnection: close\r\n\r\n" + answer.body;
    (void)::send(m_fd.get(), text.constData(), size_t(text.size()), MSG_NOSIGNAL);
    ::shutdown(m_fd.get(), SHUT_WR);
    // Closing at once, with bytes unread, would take the answer away from the peer.
    state = State::Lingering;
    deadline = Clock::now() + lingering;
    m_lingersUntil = Clock::now() + hearingOut;
    m_read.clear();
    m_parser = std::make_unique<Parser>(0);
    m_allBodies -= m_counted;
    m_counted = 0;
}

} // namespace coppice::net
