// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"
#include "support/test_main.h"

#include <QTest>

#include <atomic>
#include <memory>
#include <thread>

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
    const auto response = net::httpSend({"GET", base, {}, {}}, 10'000);
    QVERIFY2(!response, "half an answer was taken for a whole one");
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
