// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"
#include "net/response_reader.h"
#include "net/socket.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QTest>

#include <atomic>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>

using namespace coppice;
using namespace std::chrono_literals;

class HttpSendTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void getsAnAnswer();
    void sendsABody();
    void statusesAreAnswers();
    void redirectsAreNotFollowed();
    void piecesComeAtOnce();
    void readerMayEndIt();
    void stopEndsIt();
    void silenceEndsIt();
    void largeAnswersAreRefused();
    void brokenAnswersAreErrors();
    void rawAnswers_data();
    void rawAnswers();
    void answersHoweverTheyAreCut_data();
    void answersHoweverTheyAreCut();
    void headersCannotBeSmuggled();
    void proxyIsAskedForTheWholeAddress();
    void certificatesAreChecked();
    void nobodyListens();
    void noAddress_data();
    void noAddress();
    void worksInOtherThreads();

private:
    QByteArray serve(net::HttpServer::Handler handler)
    {
        m_server = std::make_unique<net::HttpServer>(std::move(handler), net::HttpServer::Limits{});
        const auto port = m_server->listenTcp(0);
        return "http://127.0.0.1:" + QByteArray::number(port.value());
    }
    std::unique_ptr<net::HttpServer> m_server;
};

void HttpSendTest::getsAnAnswer()
{
    const QByteArray base = serve([](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
        answer.send({200, {{"X-Seen", net::header(request.headers, "x-mine")}, {"Set-Cookie", "a=b"}}, request.target});
    });
    const auto response = net::httpSend({"GET", QByteArray(base + "/a%20b?c=d%2Fe"), {{"x-mine", "hello"}}, {}}, 10'000);
    QVERIFY_RESULT(response);
    QCOMPARE(response->status, 200);
    QCOMPARE(response->body, QByteArray("/a%20b?c=d%2Fe"));
    QCOMPARE(net::header(response->headers, "x-seen"), QByteArray("hello"));
}

void HttpSendTest::sendsABody()
{
    const QByteArray base = serve([](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
        answer.send({200, {}, QByteArray(request.method + ' ' + QByteArray::number(request.body.size()))});
    });
    const auto response = net::httpSend({"PATCH", base, {{"content-type", "application/json"}}, QByteArray(2 << 20, 'x')}, 10'000);
    QVERIFY_RESULT(response);
    QCOMPARE(response->body, QByteArray("PATCH 2097152"));
}

void HttpSendTest::statusesAreAnswers()
{
    const QByteArray base = serve([](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
        answer.send({request.target.mid(1).toInt(), {}, "why"});
    });
    for (const int status : {400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 529}) {
        const auto response = net::httpSend({"GET", QByteArray(base + '/' + QByteArray::number(status)), {}, {}}, 10'000);
        QVERIFY_RESULT(response);
        QCOMPARE(response->status, status);
        QCOMPARE(response->body, QByteArray("why"));
    }
}

void HttpSendTest::redirectsAreNotFollowed()
{
    std::atomic<int> asked = 0;
    const QByteArray base = serve([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        ++asked;
        answer.send({302, {{"location", "/elsewhere"}}, {}});
    });
    const auto response = net::httpSend({"GET", base, {}, {}}, 10'000);
    QVERIFY_RESULT(response);
    QCOMPARE(response->status, 302);
    QCOMPARE(net::header(response->headers, "location"), QByteArray("/elsewhere"));
    QCOMPARE(asked, 1);
}

void HttpSendTest::piecesComeAtOnce()
{
    // The server goes on only when the piece before has been seen.
    std::atomic<int> seen = 0;
    const QByteArray base = serve([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token stop) {
        answer.begin(200, {{"content-type", "text/event-stream"}});
        for (int i = 0; i < 5; ++i) {
            while (seen < i && !stop.stop_requested())
                std::this_thread::sleep_for(1ms);
            answer.write("data: x\n\n");
        }
        answer.end();
    });
    int status = 0;
    QByteArray all;
    const auto response = net::httpSend({"GET", base, {}, {}}, 10'000, {},
        [&](const net::HttpResponse &head) { status = head.status; },
        [&](QByteArrayView piece) {
            all += piece;
            seen = int(all.count("\n\n"));
            return status == 200;
        });
    QVERIFY_RESULT(response);
    QCOMPARE(all.count("data: x\n\n"), 5);
    QVERIFY(response->body.isEmpty());
}

void HttpSendTest::readerMayEndIt()
{
    const QByteArray base = serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.begin(200, {});
        while (answer.write(QByteArray(10'000, 'x'))) { }
    });
    const auto response = net::httpSend({"GET", base, {}, {}}, 10'000, {}, {}, [](QByteArrayView) { return false; });
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Cancelled);
}

void HttpSendTest::stopEndsIt()
{
    std::stop_source source;
    const QByteArray base = serve([&](const net::HttpRequest &, net::HttpAnswer &, std::stop_token stop) {
        source.request_stop();
        while (!stop.stop_requested())
            std::this_thread::sleep_for(1ms);
    });
    const auto response = net::httpSend({"GET", base, {}, {}}, 60'000, source.get_token());
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Cancelled);
}

void HttpSendTest::silenceEndsIt()
{
    const QByteArray base = serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token stop) {
        answer.begin(200, {});
        answer.write("x");
        while (!stop.stop_requested())
            std::this_thread::sleep_for(1ms);
    });
    const auto response = net::httpSend({"GET", base, {}, {}}, 300);
    QVERIFY(!response);
    QCOMPARE(response.error().code, QStringLiteral("net.timeout"));
}

void HttpSendTest::largeAnswersAreRefused()
{
    const QByteArray base = serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.send({200, {}, QByteArray(100'000, 'x')});
    });
    const auto response = net::httpSend({"GET", base, {}, {}}, 10'000, {}, {}, {}, 50'000);
    QVERIFY(!response);
    QCOMPARE(response.error().code, QStringLiteral("net.large"));
    QVERIFY_RESULT(net::httpSend({"GET", base, {}, {}}, 10'000, {}, {}, {}, 100'000));
}

void HttpSendTest::brokenAnswersAreErrors()
{
    const QByteArray base = serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.begin(200, {});
        answer.write("half"); // and no end
    });
    for (int i = 0; i < 20; ++i) {
        const auto response = net::httpSend({"GET", base, {}, {}}, 10'000);
        QVERIFY2(!response, "half an answer was taken for a whole one");
        QCOMPARE(response.error().code, QStringLiteral("net.broken"));
    }
}

namespace {

/// A server that answers one request with exactly these bytes.
class Canned
{
public:
    explicit Canned(QByteArray bytes)
    {
        m_listener = net::listenOnLoopback(m_port).value();
        ::fcntl(m_listener.get(), F_SETFL, 0);
        m_thread = std::jthread([this, text = std::move(bytes)] {
            const process::Descriptor peer(::accept(m_listener.get(), nullptr, nullptr));
            char buffer[4096];
            while (!m_asked.contains("\r\n\r\n")) {
                const ssize_t n = ::recv(peer.get(), buffer, sizeof buffer, 0);
                if (n <= 0)
                    return;
                m_asked.append(buffer, n);
            }
            (void)::send(peer.get(), text.constData(), size_t(text.size()), MSG_NOSIGNAL);
            ::shutdown(peer.get(), SHUT_WR);
        });
    }
    QByteArray url() const { return "http://127.0.0.1:" + QByteArray::number(m_port) + "/"; }
    quint16 port() const { return m_port; }
    /// What the client said, once the server is done.
    QByteArray asked()
    {
        m_thread.join();
        return m_asked;
    }

private:
    quint16 m_port = 0;
    process::Descriptor m_listener;
    QByteArray m_asked;
    std::jthread m_thread;
};

} // namespace

void HttpSendTest::rawAnswers_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("body"); // null: an error
    const auto row = [](const char *name, const QByteArray &bytes, const QByteArray &body) { QTest::newRow(name) << bytes << body; };
    row("length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi");
    row("more than the length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi there", "hi");
    row("until closed", "HTTP/1.1 200 OK\r\n\r\nhi", "hi");
    row("old", "HTTP/1.0 200 OK\r\n\r\nhi", "hi");
    row("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n", "hi");
    row("no content", "HTTP/1.1 204 No Content\r\n\r\n", "");
    row("hints first", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi");
    row("short of the length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", {});
    row("chunk without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", {});
    row("bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {});
    row("half a head", "HTTP/1.1 200 OK\r\nContent-", {});
    row("nothing", "", {});
    row("no http", "hello\r\n\r\n", {});
    row("endless head", "HTTP/1.1 200 OK\r\nX: " + QByteArray(200'000, 'x'), {});
    row("other protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", {});
}

void HttpSendTest::rawAnswers()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, body);
    Canned server(bytes);
    const auto response = net::httpSend({"GET", server.url(), {}, {}}, 10'000);
    QCOMPARE(response.has_value(), !body.isNull());
    if (response)
        QCOMPARE(response->body, body);
}

void HttpSendTest::answersHoweverTheyAreCut_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("closes"); // the end is told by closing
    QTest::newRow("length") << QByteArray("HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\nabcde") << false;
    QTest::newRow("chunks") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n") << false;
    QTest::newRow("to the end") << QByteArray("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde") << true;
    QTest::newRow("after hints") << QByteArray("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde") << false;
}

void HttpSendTest::answersHoweverTheyAreCut()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, closes);
    using State = net::ResponseReader::State;
    const auto read = [&](const std::vector<QByteArrayView> &pieces) {
        QByteArray body;
        int heads = 0;
        net::ResponseReader reader(true, [&](const net::HttpResponse &head) { heads += head.status == 200; },
                                   [&](QByteArrayView piece) {
                                       body.append(piece.data(), piece.size());
                                       return true;
                                   });
        State state = State::More;
        for (const auto &piece : pieces)
            state = reader.read(piece);
        if (closes && state == State::More)
            state = reader.end();
        return state == State::Whole && heads == 1 ? body : QByteArray("state " + QByteArray::number(int(state)));
    };
    const QByteArrayView view(text);
    std::vector<QByteArrayView> bytes;
    for (qsizetype cut = 0; cut <= text.size(); ++cut) {
        QCOMPARE(read({view.first(cut), view.sliced(cut)}), QByteArray("abcde"));
        if (cut < text.size())
            bytes.push_back(view.sliced(cut, 1));
    }
    QCOMPARE(read(bytes), QByteArray("abcde"));
}

void HttpSendTest::headersCannotBeSmuggled()
{
    std::atomic<int> asked = 0;
    const QByteArray base = serve([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        ++asked;
        answer.send({});
    });
    QVERIFY(!net::httpSend({"GET", base, {{"x", "a\r\nhost: evil"}}, {}}, 10'000));
    QVERIFY(!net::httpSend({"GET", base, {{"x\r\ny", "a"}}, {}}, 10'000));
    QVERIFY(!net::httpSend({"GET / HTTP/1.1\r\nx: y", base, {}, {}}, 10'000));
    QVERIFY(!net::httpSend({"GET", QByteArray(base + "/ HTTP/1.1\r\nx:"), {}, {}}, 10'000));
    QCOMPARE(asked, 0);
}

void HttpSendTest::proxyIsAskedForTheWholeAddress()
{
    Canned proxy("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
    qputenv("http_proxy", "http://user:word@127.0.0.1:" + QByteArray::number(proxy.port()));
    const auto response = net::httpSend({"GET", "http://far.example:81/a?b", {}, {}}, 10'000);
    qunsetenv("http_proxy");
    QVERIFY_RESULT(response);
    QCOMPARE(response->body, QByteArray("proxy"));
    const QByteArray asked = proxy.asked();
    QVERIFY2(asked.startsWith("GET http://far.example:81/a?b HTTP/1.1\r\n"), asked.constData());
    QVERIFY(asked.contains("host: far.example:81\r\n"));
    QVERIFY(asked.contains("proxy-authorization: Basic dXNlcjp3b3Jk\r\n"));
}

void HttpSendTest::certificatesAreChecked()
{
    // A service with a certificate that nobody vouches for.
    const test::Scratch scratch;
    process::Request make;
    make.argv = {QStringLiteral("openssl"), QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"),
                 QStringLiteral("-nodes"), QStringLiteral("-subj"), QStringLiteral("/CN=localhost"), QStringLiteral("-keyout"),
                 scratch.path(QStringLiteral("key")), QStringLiteral("-out"), scratch.path(QStringLiteral("cert"))};
    const auto made = process::run(make);
    QVERIFY_RESULT(made);
    QVERIFY2(made->ok(), made->err.constData());
    quint16 port = 0;
    {
        const auto probe = net::listenOnLoopback(port);
        QVERIFY_RESULT(probe);
    }
    std::stop_source source;
    std::jthread server([&] {
        process::Request request;
        request.argv = {QStringLiteral("openssl"), QStringLiteral("s_server"), QStringLiteral("-quiet"), QStringLiteral("-www"), QStringLiteral("-accept"),
                        QString::number(port), QStringLiteral("-key"), scratch.path(QStringLiteral("key")), QStringLiteral("-cert"), scratch.path(QStringLiteral("cert"))};
        (void)process::run(request, source.get_token());
    });
    const QByteArray url = "https://localhost:" + QByteArray::number(port) + "/";
    auto response = net::httpSend({"GET", url, {}, {}}, 10'000);
    for (int i = 0; i < 200 && !response && response.error().code == u"net.refused"; ++i) {
        std::this_thread::sleep_for(20ms);
        response = net::httpSend({"GET", url, {}, {}}, 10'000);
    }
    source.request_stop();
    QVERIFY(!response);
    QCOMPARE(response.error().code, QStringLiteral("net.tls"));
}

void HttpSendTest::nobodyListens()
{
    QByteArray base;
    {
        base = serve([](const net::HttpRequest &, net::HttpAnswer &, std::stop_token) {});
        m_server.reset();
    }
    const auto response = net::httpSend({"GET", base, {}, {}}, 10'000);
    QVERIFY(!response);
    QCOMPARE(response.error().code, QStringLiteral("net.refused"));
}

void HttpSendTest::noAddress_data()
{
    QTest::addColumn<QByteArray>("target");
    for (const char *target : {"", "/path", "file:///etc/passwd", "ftp://host/", "http://", "http://a b/", "javascript:1"})
        QTest::newRow(target) << QByteArray(target);
}

void HttpSendTest::noAddress()
{
    QFETCH(QByteArray, target);
    const auto response = net::httpSend({"GET", target, {}, {}}, 1000);
    QVERIFY(!response);
    QCOMPARE(response.error().code, QStringLiteral("net.url"));
}

void HttpSendTest::worksInOtherThreads()
{
    const QByteArray base = serve([](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
        answer.send({200, {}, request.target});
    });
    std::atomic<int> good = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 10; ++i) {
                    const auto response = net::httpSend({"GET", QByteArray(base + "/t"), {}, {}}, 10'000);
                    good += response && response->body == "/t";
                }
            });
        }
    }
    QCOMPARE(good, 40);
}

COPPICE_TEST(HttpSendTest)
#include "http_send_test.moc"
