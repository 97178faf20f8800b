// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway.h"
#include "net/http.h"
#include "net/socket.h"
#include "support/scratch.h"

#include <memory>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>

namespace coppice::test {

/// A model service on loopback that answers as the test says, and a gateway before it.
class Service
{
public:
    explicit Service(net::HttpServer::Handler handler) : m_path(m_scratch.path(QStringLiteral("g.sock")))
    {
        m_server = std::make_unique<net::HttpServer>(
            [this, handler = std::move(handler)](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token stop) {
                {
                    const std::lock_guard lock(m_mutex);
                    m_seen.push_back(request);
                }
                handler(request, answer, stop);
            },
            net::HttpServer::Limits{.threads = 16});
        m_base = QStringLiteral("http://127.0.0.1:%1").arg(m_server->listenTcp(0).value());
    }
    /// Answers every request with this.
    static net::HttpServer::Handler always(int status, const QByteArray &type, const QByteArray &body, const net::Headers &more = {})
    {
        return [=](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
            net::Headers headers{{"content-type", type}};
            headers.insert(headers.end(), more.begin(), more.end());
            answer.send({status, headers, body});
        };
    }
    gateway::Gateway::Request request(const QString &dialect = QStringLiteral("anthropic"), const QString &basePath = {})
    {
        qputenv("COPPICE_TEST_KEY", "the-real-key");
        gateway::Gateway::Request request;
        request.endpoint = library::ModelEndpoint{dialect, m_base + basePath, QStringLiteral("COPPICE_TEST_KEY"), {}};
        request.socketPath = m_path;
        return request;
    }
    gateway::Gateway &start(const gateway::Gateway::Request &request)
    {
        m_gateway.reset();
        auto started = gateway::Gateway::start(request);
        if (!started)
            qFatal("%s", qPrintable(started.error().message()));
        m_gateway = std::move(*started);
        return *m_gateway;
    }
    /// The whole answer with its head; the connection is closed by the gateway.
    QByteArray post(const QByteArray &target, const QByteArray &body = "{}", const QByteArray &headers = {})
    {
        return exchange("POST " + target + " HTTP/1.1\r\nHost: 127.0.0.1:8377\r\nConnection: close\r\nX-Api-Key: " + m_gateway->token()
                        + "\r\n" + headers + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }
    QByteArray exchange(const QByteArray &text) const
    {
        auto fd = net::connectToPath(m_path);
        if (!fd)
            qFatal("cannot connect");
        ::fcntl(fd->get(), F_SETFL, 0);
        (void)::send(fd->get(), text.constData(), size_t(text.size()), MSG_NOSIGNAL);
        QByteArray got;
        char buffer[4096];
        ssize_t n = 0;
        while ((n = ::recv(fd->get(), buffer, sizeof buffer, 0)) > 0)
            got.append(buffer, n);
        return got;
    }
    static QByteArray bodyOf(const QByteArray &answer) { return answer.mid(answer.indexOf("\r\n\r\n") + 4); }
    std::vector<net::HttpRequest> seen()
    {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    gateway::Gateway &gateway() { return *m_gateway; }
    void closeGateway() { m_gateway.reset(); }
    const Scratch &scratch() const { return m_scratch; }
    const QString &base() const { return m_base; }
    const QString &path() const { return m_path; }

private:
    Scratch m_scratch;
    QString m_path, m_base;
    std::mutex m_mutex;
    std::vector<net::HttpRequest> m_seen;
    std::unique_ptr<net::HttpServer> m_server;
    std::unique_ptr<gateway::Gateway> m_gateway;
};

} // namespace coppice::test
