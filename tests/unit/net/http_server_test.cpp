// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"
#include "net/socket.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <atomic>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace coppice;
using namespace std::chrono_literals;

namespace {

/// A client that says exactly what it is told to.
class Raw
{
public:
    explicit Raw(quint16 port)
    {
        m_fd = process::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(m_fd.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
            qFatal("cannot connect");
        const timeval limit{30, 0};
        ::setsockopt(m_fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    explicit Raw(const QString &path)
    {
        auto fd = net::connectToPath(path);
        if (!fd)
            qFatal("cannot connect");
        m_fd = std::move(*fd);
        ::fcntl(m_fd.get(), F_SETFL, 0);
    }
    Raw &say(const QByteArray &bytes)
    {
        (void)::send(m_fd.get(), bytes.constData(), size_t(bytes.size()), MSG_NOSIGNAL);
        return *this;
    }
    /// Until the server closes.
    QByteArray all()
    {
        QByteArray got;
        char buffer[65536];
        ssize_t n = 0;
        while ((n = ::recv(m_fd.get(), buffer, sizeof buffer, 0)) > 0)
            got.append(buffer, n);
        return got;
    }
    /// Until these bytes have come.
    QByteArray until(const QByteArray &mark)
    {
        QByteArray got;
        char c = 0;
        while (!got.endsWith(mark) && ::recv(m_fd.get(), &c, 1, 0) == 1)
            got.append(c);
        return got;
    }
    /// What has come already.
    QByteArray now()
    {
        char buffer[4096];
        const ssize_t n = ::recv(m_fd.get(), buffer, sizeof buffer, MSG_DONTWAIT);
        return QByteArray(buffer, std::max<ssize_t>(n, 0));
    }

private:
    process::Descriptor m_fd;
};

QByteArray get(const QByteArray &target = "/")
{
    return QByteArray("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

} // namespace

class HttpServerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersWithWhatWasAsked();
    void keepsConnections();
    void pipelinedRequests();
    void chunkedBodies();
    void chunkedAnswers();
    void oldProtocolGetsNoChunks();
    void headHasNoBody();
    void continueIsTold();
    void refused_data();
    void refused();
    void lyingLengthReservesNothing();
    void bodiesTogetherAreBounded();
    void slowHeadersAreDropped();
    void slowBodiesAreDropped();
    void silentConnectionsAreDropped();
    void slowSendersDoNotKeepOthersWaiting();
    void newcomersGetRoom();
    void handlerThatSaysNothing();
    void handlerThatStopsInTheMiddle();
    void headersCannotBeSmuggled();
    void handlerIsStoppedWhenThePeerGoes();
    void serverWaitsForItsHandlers();
    void thoseThatComeTogetherAreOneCall();
    void whatDoesNotFitGoesAlone();
    void theEndDoesNotWaitForACrowd();
    void unixSocket();
    void unixSocketWithALongPath();
    void unixSocketThatIsTaken();
    void portThatIsTaken();

private:
    net::HttpServer::Handler echo()
    {
        return [this](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
            {
                const std::lock_guard lock(m_mutex);
                m_seen.push_back(request);
            }
            answer.send({200, {{"x-method", request.method}}, QByteArray(request.target + "|" + request.body)});
        };
    }
    std::mutex m_mutex;
    std::vector<net::HttpRequest> m_seen;
};

void HttpServerTest::answersWithWhatWasAsked()
{
    m_seen.clear();
    net::HttpServer server(echo(), {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    const QByteArray got = Raw(*port).say("POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Thing: One\r\nx-thing: two\r\nContent-Length: 5\r\n"
                                          "Connection: close\r\n\r\nhello").all();
    QVERIFY2(got.startsWith("HTTP/1.1 200 OK\r\n"), got.constData());
    QVERIFY(got.contains("\r\nx-method: POST\r\n"));
    QVERIFY(got.endsWith("\r\n\r\n/a?b=c|hello"));
    QCOMPARE(m_seen.size(), size_t(1));
    QCOMPARE(net::header(m_seen[0].headers, "x-thing"), QByteArray("One"));
}

void HttpServerTest::keepsConnections()
{
    net::HttpServer server(echo(), {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    Raw raw(*port);
    for (int i = 0; i < 20; ++i) {
        const QByteArray number = QByteArray::number(i);
        raw.say("POST /" + number + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nz");
        QVERIFY(raw.until("|z").endsWith(QByteArray("/" + number + "|z")));
    }
}

void HttpServerTest::pipelinedRequests()
{
    net::HttpServer server(echo(), {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    QByteArray all;
    for (int i = 0; i < 10; ++i)
        all += "POST /" + QByteArray::number(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
    const QByteArray got = Raw(*port).say(all + get("/last")).all();
    QCOMPARE(got.count("HTTP/1.1 200"), 11);
    QVERIFY(got.indexOf("/3|hi") < got.indexOf("/4|hi"));
    QVERIFY(got.endsWith("/last|"));
}

void HttpServerTest::chunkedBodies()
{
    net::HttpServer server(echo(), {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    Raw raw(*port);
    // In pieces that do not respect the chunks.
    for (const char *piece : {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n", "5\r", "\nhel",
                              "lo\r\n", "6;ext=1\r\n world\r\n0\r", "\nX-Trailer: y\r\n\r\n"}) {
        raw.say(piece);
        std::this_thread::sleep_for(5ms);
    }
    const QByteArray got = raw.all();
    QVERIFY2(got.endsWith("/|hello world"), got.constData());
}

void HttpServerTest::chunkedAnswers()
{
    net::HttpServer server([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.begin(201, {{"content-type", "text/event-stream"}, {"content-length", "3"}});
        answer.write("data: 1\n\n");
        answer.write("");
        answer.write("data: 2\n\n");
        answer.end();
    }, {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    const QByteArray got = Raw(*port).say(get()).all();
    QVERIFY(got.startsWith("HTTP/1.1 201 Created\r\n"));
    QVERIFY(!got.contains("content-length"));
    QVERIFY2(got.endsWith("\r\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n"), got.constData());
}

void HttpServerTest::oldProtocolGetsNoChunks()
{
    net::HttpServer server([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.begin(200, {});
        answer.write("plain");
        answer.end();
    }, {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    const QByteArray got = Raw(*port).say("GET / HTTP/1.0\r\n\r\n").all();
    QVERIFY2(got.endsWith("\r\n\r\nplain"), got.constData());
    QVERIFY(!got.contains("chunked"));
}

void HttpServerTest::headHasNoBody()
{
    net::HttpServer server(echo(), {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    const QByteArray got = Raw(*port).say("HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").all();
    QVERIFY(got.contains("content-length: 3\r\n"));
    QVERIFY(got.endsWith("\r\n\r\n"));
}

void HttpServerTest::continueIsTold()
{
    net::HttpServer server(echo(), {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    Raw raw(*port);
    raw.say("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
    QCOMPARE(raw.until("\r\n\r\n"), QByteArray("HTTP/1.1 100 Continue\r\n\r\n"));
    QVERIFY(raw.say("ok").all().endsWith("/|ok"));
}

void HttpServerTest::refused_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    const QByteArray start = "POST / HTTP/1.1\r\nHost: x\r\n";
    QTest::newRow("length and encoding") << QByteArray(start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") << 400;
    QTest::newRow("encoding and length") << QByteArray(start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n") << 400;
    QTest::newRow("two lengths") << QByteArray(start + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!") << 400;
    QTest::newRow("negative length") << QByteArray(start + "Content-Length: -1\r\n\r\n") << 400;
    QTest::newRow("no number") << QByteArray(start + "Content-Length: 0x10\r\n\r\n") << 400;
    QTest::newRow("other encoding") << QByteArray(start + "Transfer-Encoding: gzip\r\n\r\n") << 501;
    QTest::newRow("two encodings") << QByteArray(start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n") << 501;
    QTest::newRow("bad chunk") << QByteArray(start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n") << 400;
    QTest::newRow("huge chunk") << QByteArray(start + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n") << 413;
    QTest::newRow("no http") << QByteArray("\x16\x03\x01\x02 hello\r\n\r\n") << 400;
    QTest::newRow("other version") << QByteArray("GET / HTTP/7.7\r\n\r\n") << 505;
    QTest::newRow("space before colon") << QByteArray("GET / HTTP/1.1\r\nHost : x\r\n\r\n") << 400;
    QTest::newRow("long header") << QByteArray("GET / HTTP/1.1\r\nX: " + QByteArray(40'000, 'a') + "\r\n\r\n") << 431;
    QTest::newRow("endless first line") << QByteArray("GET /" + QByteArray(70'000, 'a')) << 431;
    QTest::newRow("many headers") << QByteArray("GET / HTTP/1.1\r\n" + QByteArray("A: b\r\n").repeated(65) + "\r\n") << 431;
    QTest::newRow("large body") << QByteArray(start + "Content-Length: 5000\r\n\r\n" + QByteArray(5000, 'x')) << 413;
    QTest::newRow("large chunks") << QByteArray(start + "Transfer-Encoding: chunked\r\n\r\n" + QByteArray("400\r\n" + QByteArray(1024, 'x') + "\r\n").repeated(3)) << 413;
}

void HttpServerTest::refused()
{
    QFETCH(QByteArray, request);
    QFETCH(int, status);
    m_seen.clear();
    net::HttpServer server(echo(), {.body = 2000});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    const QByteArray got = Raw(*port).say(request).all();
    QVERIFY2(got.startsWith(QByteArray("HTTP/1.1 " + QByteArray::number(status) + ' ')), got.left(200).constData());
    QCOMPARE(got.count("HTTP/1.1 "), 1); // nothing of the rest is taken for another request
    QVERIFY(m_seen.empty());
}

void HttpServerTest::lyingLengthReservesNothing()
{
    const auto resident = [] {
        QFile status(QStringLiteral("/proc/self/statm"));
        return status.open(QIODevice::ReadOnly) ? status.readAll().split(' ')[0].toLongLong() * 4096 : 0;
    };
    net::HttpServer server(echo(), {.body = 1 << 30});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    const auto before = resident();
    std::vector<std::unique_ptr<Raw>> liars;
    for (int i = 0; i < 40; ++i) {
        liars.push_back(std::make_unique<Raw>(*port));
        liars.back()->say("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000000000\r\n\r\nx");
        liars.back()->until("\r\n\r\n");
    }
    QVERIFY2(resident() - before < 1 << 30, "virtual memory grew as if 40 GB had come"); // 1 GB: threads' stacks
}

void HttpServerTest::bodiesTogetherAreBounded()
{
    net::HttpServer server(echo(), {.body = 1 << 20, .allBodies = 3 << 20});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    std::vector<std::unique_ptr<Raw>> holders;
    for (int i = 0; i < 4; ++i) {
        holders.push_back(std::make_unique<Raw>(*port));
        holders.back()->say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" + QByteArray(1'000'000, 'x'));
    }
    // One of the four is refused, and says so; the others can go on.
    QByteArray said;
    for (int tries = 0; tries < 500 && said.isEmpty(); ++tries) {
        for (auto &holder : holders)
            said += holder->now();
        std::this_thread::sleep_for(10ms);
    }
    QVERIFY2(said.startsWith("HTTP/1.1 503 "), said.constData());
    holders.clear();
    QTRY_VERIFY(Raw(*port).say("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n" + QByteArray(1'000'000, 'y'))
                    .all().startsWith("HTTP/1.1 200"));
}

void HttpServerTest::slowHeadersAreDropped()
{
    net::HttpServer server(echo(), {.headerMs = 300});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    Raw raw(*port);
    raw.say("GET / HTTP/1.1\r\n");
    std::jthread dripper([&raw](const std::stop_token &stop) {
        while (!stop.stop_requested()) {
            raw.say("a: b\r\n");
            std::this_thread::sleep_for(50ms);
        }
    });
    const QByteArray got = raw.all();
    dripper.request_stop();
    QVERIFY2(got.startsWith("HTTP/1.1 408 "), got.constData());
}

void HttpServerTest::slowBodiesAreDropped()
{
    net::HttpServer server(echo(), {.bodyMs = 300});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    const QByteArray got = Raw(*port).say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc").all();
    QVERIFY2(got.startsWith("HTTP/1.1 408 "), got.constData());
}

void HttpServerTest::silentConnectionsAreDropped()
{
    net::HttpServer server(echo(), {.headerMs = 200, .idleMs = 200});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    QCOMPARE(Raw(*port).all(), QByteArray());
    Raw kept(*port);
    kept.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nz").until("|z");
    QCOMPARE(kept.all(), QByteArray());
}

void HttpServerTest::slowSendersDoNotKeepOthersWaiting()
{
    net::HttpServer server(echo(), {.connections = 64, .threads = 2});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    std::vector<std::unique_ptr<Raw>> slow;
    for (int i = 0; i < 40; ++i) {
        slow.push_back(std::make_unique<Raw>(*port));
        slow.back()->say(i % 2 ? "GET / HT" : "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    }
    QVERIFY(Raw(*port).say(get("/quick")).all().endsWith("/quick|"));
}

void HttpServerTest::newcomersGetRoom()
{
    net::HttpServer server(echo(), {.connections = 8, .headerMs = 60'000});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    std::vector<std::unique_ptr<Raw>> slow;
    for (int i = 0; i < 30; ++i) {
        slow.push_back(std::make_unique<Raw>(*port));
        slow.back()->say("GET / HT");
    }
    QVERIFY(Raw(*port).say(get("/quick")).all().endsWith("/quick|"));
    QCOMPARE(slow.front()->all(), QByteArray()); // the slowest went
}

void HttpServerTest::handlerThatSaysNothing()
{
    net::HttpServer server([](const net::HttpRequest &, net::HttpAnswer &, std::stop_token) {}, {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    QVERIFY(Raw(*port).say(get()).all().startsWith("HTTP/1.1 500 "));
}

void HttpServerTest::handlerThatStopsInTheMiddle()
{
    net::HttpServer server([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.begin(200, {});
        answer.write("half");
    }, {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    const QByteArray got = Raw(*port).say("GET / HTTP/1.1\r\nHost: x\r\n\r\n").all();
    QVERIFY2(!got.contains("0\r\n\r\n"), "an answer cut in the middle must not look whole");
}

void HttpServerTest::headersCannotBeSmuggled()
{
    net::HttpServer server([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.send({200, {{"x-a", "b\r\nset-cookie: c"}, {"content-length", "99"}, {"x-fine", "yes"}}, "body"});
    }, {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    const QByteArray got = Raw(*port).say(get()).all();
    QVERIFY(!got.contains("set-cookie"));
    QVERIFY(got.contains("x-fine: yes\r\n"));
    QCOMPARE(got.count("content-length"), 1);
}

void HttpServerTest::handlerIsStoppedWhenThePeerGoes()
{
    std::atomic<bool> begun = false, stopped = false;
    net::HttpServer server([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token stop) {
        answer.begin(200, {});
        begun = true;
        while (!stop.stop_requested())
            std::this_thread::sleep_for(2ms);
        stopped = true;
    }, {});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    {
        Raw raw(*port);
        raw.say(get());
        QTRY_VERIFY(begun);
        QVERIFY(!stopped);
    }
    QTRY_VERIFY(stopped);
}

void HttpServerTest::serverWaitsForItsHandlers()
{
    std::atomic<bool> begun = false;
    std::atomic<bool> ended = false;
    auto server = std::make_unique<net::HttpServer>([&](const net::HttpRequest &, net::HttpAnswer &, std::stop_token stop) {
        begun = true;
        while (!stop.stop_requested())
            std::this_thread::sleep_for(2ms);
        std::this_thread::sleep_for(50ms);
        ended = true;
    }, net::HttpServer::Limits{});
    const auto port = server->listenTcp(0);
    QVERIFY_RESULT(port);
    Raw raw(*port);
    raw.say(get());
    QTRY_VERIFY(begun);
    server.reset();
    QVERIFY(ended);
}

void HttpServerTest::thoseThatComeTogetherAreOneCall()
{
    std::atomic<int> calls = 0, answered = 0;
    std::atomic<size_t> most = 0;
    net::HttpServer server([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) { answer.send({500, {}, {}}); }, {});
    server.handleTogether({.fits = [](const net::HttpRequest &) { return true; },
                           .handle =
                               [&](std::span<net::HttpServer::Exchange> exchanges) {
                                   ++calls;
                                   most = std::max(most.load(), exchanges.size());
                                   std::this_thread::sleep_for(10ms); // a commit
                                   for (auto &exchange : exchanges) {
                                       exchange.answer.send({200, {}, exchange.request.target + ' ' + exchange.request.body});
                                       ++answered;
                                   }
                               },
                           .most = 16});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    constexpr int clients = 24, rounds = 20;
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int c = 0; c < clients; ++c) {
            threads.emplace_back([&, c] {
                Raw raw(*port);
                for (int i = 0; i < rounds; ++i) {
                    const QByteArray name = '/' + QByteArray::number(c) + '/' + QByteArray::number(i);
                    raw.say("POST " + name + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
                    wrong += raw.until(name + " hi").startsWith("HTTP/1.1 200 ") ? 0 : 1;
                }
            });
        }
    }
    QCOMPARE(wrong, 0);
    QCOMPARE(answered, clients * rounds);
    QVERIFY2(calls < clients * rounds / 2, qPrintable(QString::number(calls)));
    QVERIFY(most > 1 && most <= 16);
    // two at once on one connection, answered in order
    Raw twice(*port);
    twice.say("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1POST /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n2");
    const QByteArray both = twice.all();
    QVERIFY2(both.indexOf("/a 1") > 0 && both.indexOf("/b 2") > both.indexOf("/a 1"), both.constData());
}

void HttpServerTest::whatDoesNotFitGoesAlone()
{
    std::atomic<bool> hold = true;
    net::HttpServer server([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) { answer.send({200, {}, "alone"}); }, {});
    server.handleTogether({.fits = [](const net::HttpRequest &request) { return request.target == "/crowd"; },
                           .handle =
                               [&](std::span<net::HttpServer::Exchange> exchanges) {
                                   while (hold)
                                       std::this_thread::sleep_for(1ms);
                                   for (auto &exchange : exchanges.first(exchanges.size() - 1))
                                       exchange.answer.send({200, {}, "crowd"}); // and one is forgotten
                               },
                           .calls = 1});
    const auto port = server.listenTcp(0);
    QVERIFY_RESULT(port);
    Raw crowd(*port);
    crowd.say(get("/crowd"));
    QVERIFY(Raw(*port).say(get("/other")).all().endsWith("alone")); // whatever the crowd waits for
    hold = false;
    QVERIFY(crowd.all().startsWith("HTTP/1.1 500 ")); // who is forgotten is told so
}

void HttpServerTest::theEndDoesNotWaitForACrowd()
{
    auto server = std::make_unique<net::HttpServer>([](const net::HttpRequest &, net::HttpAnswer &, std::stop_token) { }, net::HttpServer::Limits{});
    std::atomic<int> begun = 0;
    server->handleTogether({.fits = [](const net::HttpRequest &) { return true; },
                            .handle =
                                [&](std::span<net::HttpServer::Exchange> exchanges) {
                                    ++begun;
                                    while (!exchanges.front().stop.stop_requested())
                                        std::this_thread::sleep_for(1ms);
                                },
                            .calls = 1});
    const auto port = server->listenTcp(0);
    QVERIFY_RESULT(port);
    Raw first(*port), second(*port);
    first.say(get());
    while (begun == 0)
        std::this_thread::sleep_for(1ms);
    second.say(get());
    std::this_thread::sleep_for(20ms);
    server.reset();
    QCOMPARE(begun, 1);
}

void HttpServerTest::unixSocket()
{
    const test::Scratch scratch;
    const QString path = scratch.path(QStringLiteral("s.sock"));
    {
        net::HttpServer server(echo(), {});
        QVERIFY_RESULT(server.listenUnix(path));
        QCOMPARE(QFile::permissions(path) & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther), QFile::Permissions());
        QVERIFY(Raw(path).say(get("/u")).all().endsWith("/u|"));
    }
    QVERIFY(!QFileInfo(path).exists());
}

void HttpServerTest::unixSocketWithALongPath()
{
    const test::Scratch scratch;
    const QString path = scratch.path(QString(QString(60, u'a') + u'/' + QString(60, u'b') + QStringLiteral("/s.sock")));
    scratch.write(QString(QString(60, u'a') + u'/' + QString(60, u'b') + QStringLiteral("/x")), {});
    QVERIFY(path.size() > 120);
    net::HttpServer server(echo(), {});
    QVERIFY_RESULT(server.listenUnix(path));
    QVERIFY(Raw(path).say(get("/u")).all().endsWith("/u|"));
}

void HttpServerTest::unixSocketThatIsTaken()
{
    const test::Scratch scratch;
    const QString path = scratch.path(QStringLiteral("s.sock"));
    net::HttpServer first(echo(), {});
    QVERIFY_RESULT(first.listenUnix(path));
    net::HttpServer second(echo(), {});
    const auto busy = second.listenUnix(path);
    QVERIFY(!busy);
    QCOMPARE(busy.error().code, QStringLiteral("net.socket-busy"));
    scratch.write(QStringLiteral("file"), "precious");
    QVERIFY(!second.listenUnix(scratch.path(QStringLiteral("file"))));
    QCOMPARE(scratch.read(QStringLiteral("file")), QByteArray("precious"));
    // A socket file whose process has died is replaced.
    const QString stale = scratch.path(QStringLiteral("stale.sock"));
    {
        auto fd = net::listenOnPath(stale);
        QVERIFY_RESULT(fd);
    }
    QVERIFY(QFileInfo::exists(stale));
    QVERIFY_RESULT(second.listenUnix(stale));
    QVERIFY(Raw(stale).say(get("/u")).all().endsWith("/u|"));
}

void HttpServerTest::portThatIsTaken()
{
    net::HttpServer first(echo(), {});
    const auto port = first.listenTcp(0);
    QVERIFY_RESULT(port);
    net::HttpServer second(echo(), {});
    const auto taken = second.listenTcp(*port);
    QVERIFY(!taken);
    QCOMPARE(taken.error().code, QStringLiteral("net.listen"));
}

COPPICE_TEST(HttpServerTest)
#include "http_server_test.moc"
