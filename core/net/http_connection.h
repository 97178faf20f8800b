// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/http.h"
#include "process/spawn.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

namespace coppice::net {

/// One client of the server. Touched by the reading thread, or by one worker while `state` is Handling; never by both.
class HttpConnection
{
public:
    using Clock = std::chrono::steady_clock;
    enum class State { Idle, Header, Body, Handling, Lingering };

    HttpConnection(process::Descriptor fd, const HttpServer::Limits &limits, const HttpServer::Admit &admit, std::atomic<qint64> &allBodies);
    ~HttpConnection();
    HttpConnection(const HttpConnection &) = delete;
    HttpConnection &operator=(const HttpConnection &) = delete;

    [[nodiscard]] int fd() const { return m_fd.get(); }
    State state = State::Idle;
    Clock::time_point deadline;
    Clock::time_point since; ///< when the present request began
    std::stop_source stop;   ///< of the handler
    bool peerGone = false;
    bool answered = false;   ///< under the server's lock: its worker is through with it
    HttpRequest request;
    bool keepAlive = false;
    bool oldProtocol = false; ///< HTTP/1.0: no chunks

    enum class Progress { More, Whole, Closed, Refused };
    /// Reads what there is. Refused: an answer was sent and the connection lingers until the peer has read it.
    Progress readSome();
    /// Goes on with what was read together with the last request (pipelining).
    Progress parse();
    /// After an answer: ready for the next request.
    void next();
    /// Answers, reads and forgets what the peer still sends for a while, and ends.
    /// Answers, and hears out (without keeping) what the peer still sends, for that long at most.
    void refuse(const HttpResponse &answer, std::chrono::seconds hearingOut = std::chrono::seconds(15));
    void refuse(int status) { refuse(HttpResponse{status, {}, {}}); }

private:
    struct Parser;
    Progress discard();
    /// A head has come: true when the request was refused by it.
    bool refusedByHead();
    void takeHead();

    process::Descriptor m_fd;
    const HttpServer::Limits &m_limits;
    const HttpServer::Admit &m_admit;
    std::atomic<qint64> &m_allBodies;
    qint64 m_counted = 0;
    qint64 m_bodyCap = 0;
    Clock::time_point m_lingersUntil; ///< at the latest
    QByteArray m_read;
    std::unique_ptr<Parser> m_parser;
    bool m_continued = false;
};

/// What a handler answers with.
class SocketAnswer final : public HttpAnswer
{
public:
    SocketAnswer(HttpConnection &connection, int idleMs) : m_connection(connection), m_idleMs(idleMs) { }
    void send(const HttpResponse &whole) override;
    void begin(int status, const Headers &headers) override;
    bool write(QByteArrayView piece) override;
    void end() override;
    /// Sees that there is an answer, and a whole one; true when the connection can be used again.
    bool finish();

private:
    QByteArray head(int status, const Headers &headers) const;
    bool put(QByteArrayView bytes);
    bool waitForRoom();

    HttpConnection &m_connection;
    int m_idleMs;
    bool m_begun = false;
    bool m_ended = false;
    bool m_broken = false;
    bool m_chunked = false;
};

[[nodiscard]] QByteArray reasonOf(int status);

} // namespace coppice::net
