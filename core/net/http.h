// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

namespace coppice::net {

using Headers = std::vector<std::pair<QByteArray, QByteArray>>; ///< names in lower case
/// The first value under a name (lower case); empty when there is none.
[[nodiscard]] QByteArray header(const Headers &headers, QByteArrayView name);

struct HttpRequest {
    QByteArray method = "GET";
    QByteArray target; ///< server: path and query as received. Client: the whole url
    Headers headers;
    QByteArray body;
};
struct HttpResponse {
    int status = 200;
    Headers headers;
    QByteArray body;
};

/// One client request, blocking, in the calling thread. `onData`, where given, gets the body in pieces as it arrives
/// (unbuffered, and nothing is kept); false ends the request as cancelled. `onHead` gets status and headers first.
/// `timeoutMs` is the longest silence, from the peer's first byte on and before it. No redirects are followed, no
/// cookies kept; the user's proxy variables are honoured except for loopback. An answer that is cut off is an error. `bodyCap` bounds a kept body. An answer
/// with any status is a response; an Error ("net.…") means that there was none.
[[nodiscard]] Result<HttpResponse> httpSend(const HttpRequest &request, int timeoutMs, std::stop_token stop = {},
                                            const std::function<void(const HttpResponse &)> &onHead = {},
                                            const std::function<bool(QByteArrayView)> &onData = {},
                                            qint64 bodyCap = 64 << 20);

/// The way a handler answers: whole, or head first and then pieces (chunked).
class HttpAnswer
{
public:
    virtual ~HttpAnswer() = default;
    virtual void send(const HttpResponse &whole) = 0;
    virtual void begin(int status, const Headers &headers) = 0;
    virtual bool write(QByteArrayView piece) = 0; ///< false when the peer is gone
    virtual void end() = 0;
};

/// The one bounded HTTP/1.1 server: Boost.Beast's parser on non-blocking sockets with own deadlines (header 5 s, body
/// 30 s, idle 60 s), 64 headers in 32 KB, bounds on one body, on all bodies together and on connections (the slowest
/// sender goes when a new one comes). Requests with both Content-Length and Transfer-Encoding are refused. One thread
/// reads all requests; whole ones go to at most `threads` others, where handlers may block. A handler's stop token is
/// asked when its peer has gone or the server ends. Source: RFC 9112.
/// A request may be refused by its head alone, before any of its body is kept.
class HttpServer
{
public:
    struct Limits {
        qint64 body = 20 << 20;
        qint64 allBodies = 64 << 20; ///< of requests that are being read or handled
        int connections = 256;
        int threads = 4;
        int headerMs = 5000;
        int bodyMs = 30000;
        int idleMs = 60000;
    };
    using Handler = std::function<void(const HttpRequest &, HttpAnswer &, std::stop_token)>;
    /// Sees a request's head as soon as it is there, on the thread that reads all of them: it must be quick. An answer
    /// refuses the request, and the connection ends; `bodyCap` may be lowered for this request.
    using Admit = std::function<std::optional<HttpResponse>(const HttpRequest &head, qint64 &bodyCap)>;
    HttpServer(Handler handler, Limits limits, Admit admit = {});
    ~HttpServer(); ///< stops listening and waits for the handlers

    /// One of several requests that are handled by one call.
    struct Exchange {
        const HttpRequest &request;
        HttpAnswer &answer;
        std::stop_token stop;
    };
    /// Requests that came at about the same time go into one call, so that they share what each would do alone: a commit, and
    /// the way from thread to thread. Where the last call had more, the next one waits a little for as many.
    struct Together {
        std::function<bool(const HttpRequest &)> fits; ///< on the thread that reads all of them: quick
        std::function<void(std::span<Exchange>)> handle;
        size_t most = 64; ///< of one call
        int calls = 2;    ///< at a time; the others wait for the next one
        int gatherMs = 8;
    };
    /// Before listening. What does not fit goes to the handler as ever.
    void handleTogether(Together together);

    /// Listens on loopback; answers the port (0 asks for a free one).
    [[nodiscard]] Result<quint16> listenTcp(quint16 port);
    /// The same on an address of this machine, or "0.0.0.0" or "::" for all of them.
    [[nodiscard]] Result<quint16> listenTcp(const QString &address, quint16 port);
    /// Listens on a unix socket with mode 0600; an old socket file that nobody listens on is replaced.
    [[nodiscard]] Result<> listenUnix(const QString &path);

private:
    struct Server;
    std::unique_ptr<Server> m_server;
};

} // namespace coppice::net
