// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <gateway/gateway.h>
#include <gateway/usage.h>
#include <net/http.h>

#include <QLocalSocket>
#include <QTest>

#include <mutex>

using namespace coppice;

namespace {

/// A model service on loopback that answers by script and remembers what it was asked.
struct Service {
    std::mutex mutex;
    std::vector<net::HttpRequest> asked;
    net::HttpServer server;
    quint16 port = 0;

    explicit Service(QByteArray type, std::vector<QByteArray> pieces)
        : server([this, type, pieces](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
              {
                  const std::lock_guard lock(mutex);
                  asked.push_back(request);
              }
              answer.begin(200, {{"content-type", type}});
              for (const auto &piece : pieces)
                  answer.write(piece);
              answer.end();
          }, {})
    {
        port = server.listenTcp(0).value();
    }
};

QByteArray ask(const QString &socket, const QByteArray &text)
{
    QLocalSocket client;
    client.connectToServer(socket);
    if (!client.waitForConnected(5000))
        return "no connection";
    client.write(text);
    QByteArray answer;
    while (client.waitForReadyRead(3000)) {
        answer += client.readAll();
        if (answer.endsWith("0\r\n\r\n") || (answer.contains("content-length") && answer.contains("}}")))
            break;
    }
    return answer;
}

} // namespace

class GatewayTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { qputenv("COPPICE_TEST_KEY", "the-real-key"); }

    void addsTheKeyAndCountsAStream()
    {
        const test::Scratch scratch;
        Service service("text/event-stream",
                        {"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":7,\"output_tokens\":1}}}\n\n",
                         "event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"outp", "ut_tokens\":42}}\n\n"});
        const QString socket = scratch.path(QStringLiteral("g.sock"));
        const library::ModelEndpoint endpoint{QStringLiteral("anthropic"), QStringLiteral("http://127.0.0.1:%1/base/").arg(service.port),
                                              QStringLiteral("COPPICE_TEST_KEY")};
        const auto gateway = gateway::Gateway::start(endpoint, socket);
        QVERIFY_RESULT(gateway);
        const QByteArray answer = ask(socket, "POST /v1/messages?beta=true&key=x HTTP/1.1\r\nhost: a\r\nx-api-key: stolen\r\nauthorization: Bearer stolen\r\n"
                                              "anthropic-version: 1\r\ncontent-length: 2\r\n\r\n{}");
        QVERIFY2(answer.contains("message_delta"), answer.constData());
        QCOMPARE(service.asked.size(), size_t(1));
        const auto &seen = service.asked[0];
        QCOMPARE(seen.target, QByteArray("/base/v1/messages?beta=true"));
        QCOMPARE(net::header(seen.headers, "x-api-key"), QByteArray("the-real-key"));
        QCOMPARE(net::header(seen.headers, "authorization"), QByteArray());
        QCOMPARE(net::header(seen.headers, "anthropic-version"), QByteArray("1"));
        QCOMPARE(seen.body, QByteArray("{}"));
        QTRY_COMPARE((*gateway)->usage().outputTokens, 42);
        QCOMPARE((*gateway)->usage().inputTokens, 7);
    }

    void refusesOtherPlaces_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("upwards") << QByteArray("/../admin");
        QTest::newRow("encoded") << QByteArray("/v1/%2e%2e/%2e%2e/admin");
        QTest::newRow("another host") << QByteArray("http://example.org/");
        QTest::newRow("two slashes") << QByteArray("//example.org/");
    }
    void refusesOtherPlaces()
    {
        QFETCH(QByteArray, target);
        const test::Scratch scratch;
        Service service("application/json", {"{}"});
        const QString socket = scratch.path(QStringLiteral("g.sock"));
        const auto gateway = gateway::Gateway::start({QStringLiteral("anthropic"), QStringLiteral("http://127.0.0.1:%1/api").arg(service.port),
                                                      QStringLiteral("COPPICE_TEST_KEY")}, socket);
        QVERIFY_RESULT(gateway);
        const QByteArray answer = ask(socket, "GET " + target + " HTTP/1.1\r\nhost: a\r\n\r\n");
        QVERIFY2(answer.startsWith("HTTP/1.1 4"), answer.constData());
        QVERIFY(service.asked.empty());
    }

    void needsKeyAddressAndDialect()
    {
        const test::Scratch scratch;
        const QString socket = scratch.path(QStringLiteral("g.sock"));
        const QString url = QStringLiteral("https://model.example.org");
        QCOMPARE(gateway::Gateway::start({QStringLiteral("anthropic"), url, QStringLiteral("COPPICE_NO_KEY")}, socket).error().code,
                 QStringLiteral("gateway.key"));
        QCOMPARE(gateway::Gateway::start({QStringLiteral("anthropic"), QStringLiteral("file:///etc"), QStringLiteral("COPPICE_TEST_KEY")}, socket).error().code,
                 QStringLiteral("gateway.url"));
        QCOMPARE(gateway::Gateway::start({QStringLiteral("other"), url, QStringLiteral("COPPICE_TEST_KEY")}, socket).error().code,
                 QStringLiteral("gateway.dialect"));
    }

    void countsEachDialect_data()
    {
        QTest::addColumn<bool>("streamed");
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("chat, whole") << false << QByteArray(R"({"usage":{"prompt_tokens":5,"completion_tokens":6}})");
        QTest::newRow("responses") << true << QByteArray("data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5,\"output_tokens\":6}}}\n\n");
        QTest::newRow("gemini") << true << QByteArray("data: {\"usageMetadata\":{\"promptTokenCount\":5}}\r\n\r\ndata: {\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":6}}\r\n\r\n");
        QTest::newRow("garbage around") << true << QByteArray("data: {oops\n: note\ndata: [DONE]\ndata: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}\n");
    }
    void countsEachDialect()
    {
        QFETCH(bool, streamed);
        QFETCH(QByteArray, answer);
        for (const int size : {1, 7, 1000}) {
            gateway::UsageReader reader(streamed);
            for (qsizetype at = 0; at < answer.size(); at += size)
                reader.read(QByteArrayView(answer).sliced(at, qMin<qsizetype>(size, answer.size() - at)));
            reader.finish();
            QCOMPARE(reader.inputTokens(), 5);
            QCOMPARE(reader.outputTokens(), 6);
        }
    }
};
COPPICE_TEST(GatewayTest)
#include "gateway_test.moc"
