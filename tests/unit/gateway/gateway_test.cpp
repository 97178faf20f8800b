// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway.h"
#include "gateway/usage_reader.h"
#include "net/http.h"
#include "net/socket.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QUrl>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>

using namespace coppice;
using gateway::Gateway;
using gateway::UsageReader;

class GatewayTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void keyIsAddedAndTheAgentsOwnIsTaken_data();
    void keyIsAddedAndTheAgentsOwnIsTaken();
    void whoHasNoTokenIsRefused();
    void onlyBelowTheBase_data();
    void onlyBelowTheBase();
    void streamsAreNotHeldBack();
    void errorsOfTheServiceComeThrough();
    void serviceThatIsNotThere();
    void brokenStreamsLookBroken();
    void agentThatGoesEndsTheRequest();
    void stopClosesTheWay();
    void withoutAKeyItDoesNotStart();
    void badEndpoints_data();
    void badEndpoints();
    void usageOfStreams_data();
    void usageOfStreams();
    void eachKindOfTokenIsToldApart();
    void compressedAnswersAreCounted();
    void errorsInStreams();
    void usageIsBounded();
    void wiring();
    void chunkedUploads();
    void basePathsAndQueriesStay();
    void clientsThatLogInThemselvesGetATunnel();

private:
    QByteArray ask(const QByteArray &text)
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
    QByteArray post(const QByteArray &target, const QByteArray &headers = {}, const QByteArray &body = "{}")
    {
        return ask("POST " + target + " HTTP/1.1\r\nHost: 127.0.0.1:8377\r\nConnection: close\r\nX-Api-Key: " + m_gateway->token() + "\r\n" + headers
                   + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }
    void serve(net::HttpServer::Handler handler)
    {
        m_service = std::make_unique<net::HttpServer>([this, handler](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token stop) {
            {
                const std::lock_guard lock(m_mutex);
                m_seen.push_back(request);
            }
            handler(request, answer, stop);
        }, net::HttpServer::Limits{});
        m_base = QStringLiteral("http://127.0.0.1:%1").arg(m_service->listenTcp(0).value());
    }
    void start(const QString &dialect = QStringLiteral("anthropic"), const QString &path = {})
    {
        Gateway::Request request;
        request.endpoint = library::ModelEndpoint{dialect, m_base + path, QStringLiteral("COPPICE_TEST_KEY"), {}};
        request.socketPath = m_path;
        auto started = Gateway::start(request);
        if (!started)
            qFatal("%s", qPrintable(started.error().message()));
        m_gateway = std::move(*started);
    }
    std::unique_ptr<test::Scratch> m_scratch;
    std::unique_ptr<net::HttpServer> m_service;
    std::unique_ptr<Gateway> m_gateway;
    std::mutex m_mutex;
    std::vector<net::HttpRequest> m_seen;
    QString m_base, m_path;
};

void GatewayTest::init()
{
    m_scratch = std::make_unique<test::Scratch>();
    m_path = m_scratch->path(QStringLiteral("g.sock"));
    m_seen.clear();
    qputenv("COPPICE_TEST_KEY", "the-real-key");
}

void GatewayTest::cleanup()
{
    m_gateway.reset();
    m_service.reset();
}

void GatewayTest::keyIsAddedAndTheAgentsOwnIsTaken_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("anthropic") << QStringLiteral("anthropic") << QByteArray("x-api-key") << QByteArray("the-real-key");
    QTest::newRow("openai-chat") << QStringLiteral("openai-chat") << QByteArray("authorization") << QByteArray("Bearer the-real-key");
    QTest::newRow("openai-responses") << QStringLiteral("openai-responses") << QByteArray("authorization") << QByteArray("Bearer the-real-key");
    QTest::newRow("gemini") << QStringLiteral("gemini") << QByteArray("x-goog-api-key") << QByteArray("the-real-key");
}

void GatewayTest::keyIsAddedAndTheAgentsOwnIsTaken()
{
    QFETCH(QString, dialect);
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, value);
    serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.send({200, {{"content-type", "application/json"}, {"set-cookie", "a=b"}, {"request-id", "r1"}}, "{\"ok\":1}"});
    });
    start(dialect);
    const QByteArray got = post("/v1/x?key=agents&beta=true&q=a%26b", "X-Api-Key: agents\r\nAuthorization: Bearer agents\r\nX-Goog-Api-Key: agents\r\n"
                                                                "Cookie: agents\r\nAnthropic-Version: 2023-06-01\r\n", "{\"the\":\"body\"}");
    QVERIFY2(got.startsWith("HTTP/1.1 200 "), got.constData());
    QVERIFY(got.contains("{\"ok\":1}"));
    QVERIFY(got.contains("request-id: r1"));
    QVERIFY(!got.contains("set-cookie"));
    QVERIFY(!got.contains("the-real-key"));
    QCOMPARE(m_seen.size(), size_t(1));
    QCOMPARE(m_seen[0].method, QByteArray("POST"));
    QCOMPARE(m_seen[0].target, QByteArray("/v1/x?beta=true&q=a%26b"));
    QCOMPARE(m_seen[0].body, QByteArray("{\"the\":\"body\"}"));
    QCOMPARE(net::header(m_seen[0].headers, header), value);
    QCOMPARE(net::header(m_seen[0].headers, "anthropic-version"), QByteArray("2023-06-01"));
    for (const auto &[name, text] : m_seen[0].headers)
        QVERIFY2(!text.contains("agents"), name.constData());
    QCOMPARE(m_gateway->usage().requests, 1);
}

void GatewayTest::whoHasNoTokenIsRefused()
{
    serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) { answer.send({200, {}, "through"}); });
    start();
    const QByteArray token = m_gateway->token();
    const auto with = [this](const QByteArray &target, const QByteArray &headers) {
        return ask("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n").contains("through");
    };
    QByteArray other = token;
    other.back() = other.endsWith('0') ? '1' : '0';
    for (const QByteArray &wrong : {QByteArray(), QByteArray("X-Api-Key: " + other + "\r\n"), QByteArray("X-Api-Key: \r\n"),
                                    QByteArray("Authorization: Bearer the-real-key\r\n"), QByteArray("Authorization: Bearer\r\n"),
                                    QByteArray("Cookie: " + token + "\r\n"), QByteArray("X-Api-Key: " + token + "x\r\n")})
        QVERIFY2(!with("/v1/models", wrong), wrong.constData());
    QVERIFY(!with("/v1/models?key=" + other, {}));
    QCOMPARE(m_seen.size(), size_t(0));
    QCOMPARE(m_gateway->usage().refused, 8);
    QCOMPARE(m_gateway->usage().requests, 0);
    for (const QByteArray &right : {QByteArray("X-Api-Key: " + token + "\r\n"), QByteArray("authorization: bearer " + token + "\r\n"),
                                    QByteArray("api-key: " + token + "\r\n"), QByteArray("x-goog-api-key: " + token + "\r\n"),
                                    QByteArray("Authorization: Bearer other\r\nX-Api-Key: " + token + "\r\n")})
        QVERIFY2(with("/v1/models", right), right.constData());
    QVERIFY(with("/v1/models?alt=sse&key=" + token, {}));
    for (const auto &request : m_seen) {
        QVERIFY(!request.target.contains(token));
        for (const auto &[name, value] : request.headers)
            QVERIFY2(!value.contains(token), name.constData());
    }
    Gateway::Request second;
    second.endpoint = library::ModelEndpoint{QStringLiteral("gemini"), m_base, {}, {}};
    second.socketPath = m_scratch->path(QStringLiteral("second.sock"));
    const auto beside = Gateway::start(second);
    QVERIFY_RESULT(beside);
    QVERIFY((*beside)->token() != token);
    Gateway::stopAll();
    QVERIFY(!with("/v1/models?key=" + token, {}));
}

void GatewayTest::onlyBelowTheBase_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<bool>("passes");
    for (const char *target : {"/messages", "/", "/models?x=/../y", "/a%20b", "/models/x%2Fy:do"})
        QTest::newRow(target) << QByteArray(target) << true;
    for (const char *target : {"/../v2", "/x/../../v2", "/%2e%2e/v2", "/%252e%252e/v2", "/..%2fv2", "/..", "/a\\..\\b", "/x#y",
                               "http://evil.example/api/v1/x", "//evil.example/api/v1", "*"})
        QTest::newRow(target) << QByteArray(target) << false;
}

void GatewayTest::onlyBelowTheBase()
{
    QFETCH(QByteArray, target);
    QFETCH(bool, passes);
    serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) { answer.send({200, {}, "through"}); });
    start(QStringLiteral("openai-chat"), QStringLiteral("/api/v1/"));
    const QByteArray got = post(target);
    QCOMPARE(got.contains("through"), passes);
    QCOMPARE(m_seen.size(), size_t(passes ? 1 : 0));
    if (!passes) {
        QVERIFY2(got.startsWith("HTTP/1.1 403 ") || got.startsWith("HTTP/1.1 400 "), got.constData());
    } else {
        QCOMPARE(m_seen[0].target, QByteArray("/api/v1" + target));
    }
    QCOMPARE(m_gateway->usage().refused, got.startsWith("HTTP/1.1 403 ") ? 1 : 0);
}

void GatewayTest::streamsAreNotHeldBack()
{
    // The service goes on only when the agent has read what came before.
    std::atomic<int> read = 0;
    serve([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token stop) {
        answer.begin(200, {{"content-type", "text/event-stream"}});
        answer.write("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":25,"
                     "\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n");
        while (read < 1 && !stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        answer.write("event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n");
        answer.end();
    });
    start();
    auto fd = net::connectToPath(m_path);
    QVERIFY_RESULT(fd);
    ::fcntl(fd->get(), F_SETFL, 0);
    const QByteArray text = "POST /v1/messages?beta=true HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-api-key: " + m_gateway->token() + "\r\nContent-Length: 2\r\n\r\n{}";
    (void)::send(fd->get(), text.constData(), size_t(text.size()), MSG_NOSIGNAL);
    QByteArray got;
    char buffer[4096];
    ssize_t n = 0;
    while ((n = ::recv(fd->get(), buffer, sizeof buffer, 0)) > 0) {
        got.append(buffer, n);
        if (got.contains("message_start"))
            read = 1;
    }
    QVERIFY(got.contains("message_delta"));
    QVERIFY(got.endsWith("0\r\n\r\n"));
    QTRY_COMPARE(m_gateway->usage().outputTokens, 15);
    QCOMPARE(m_gateway->usage().inputTokens, 125);
    QCOMPARE(m_gateway->usage().requests, 1);
}

void GatewayTest::errorsOfTheServiceComeThrough()
{
    serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.send({429, {{"retry-after", "7"}, {"content-type", "application/json"}}, "{\"type\":\"error\"}"});
    });
    start();
    const QByteArray got = post("/v1/messages");
    QVERIFY2(got.startsWith("HTTP/1.1 429 "), got.constData());
    QVERIFY(got.contains("retry-after: 7"));
    QVERIFY(got.contains("{\"type\":\"error\"}"));
}

void GatewayTest::serviceThatIsNotThere()
{
    serve([](const net::HttpRequest &, net::HttpAnswer &, std::stop_token) {});
    m_service.reset();
    start();
    const QByteArray got = post("/v1/messages");
    QVERIFY2(got.startsWith("HTTP/1.1 502 "), got.constData());
    QVERIFY(QJsonDocument::fromJson(got.mid(got.indexOf("\r\n\r\n") + 4)).object()[u"error"].toObject()[u"message"].toString().size() > 20);
    QVERIFY(!got.contains("the-real-key"));
}

void GatewayTest::brokenStreamsLookBroken()
{
    serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.begin(200, {{"content-type", "text/event-stream"}});
        answer.write("data: {\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}\n\n");
    });
    start();
    const QByteArray got = post("/v1/messages");
    QVERIFY(got.contains("output_tokens"));
    QVERIFY2(!got.endsWith("0\r\n\r\n"), got.constData());
    QCOMPARE(m_gateway->usage().outputTokens, 4); // paid for all the same
}

void GatewayTest::agentThatGoesEndsTheRequest()
{
    std::atomic<bool> begun = false, ended = false;
    serve([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token stop) {
        answer.begin(200, {{"content-type", "text/event-stream"}});
        answer.write(": thinking\n\n");
        begun = true;
        while (!stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ended = true;
    });
    start();
    {
        auto fd = net::connectToPath(m_path);
        QVERIFY_RESULT(fd);
        const QByteArray text = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nx-api-key: " + m_gateway->token() + "\r\nContent-Length: 2\r\n\r\n{}";
        (void)::send(fd->get(), text.constData(), size_t(text.size()), MSG_NOSIGNAL);
        QTRY_VERIFY(begun);
    }
    QTRY_VERIFY(ended);
}

void GatewayTest::stopClosesTheWay()
{
    std::atomic<bool> begun = false;
    serve([&](const net::HttpRequest &, net::HttpAnswer &, std::stop_token stop) {
        begun = true;
        while (!stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    start();
    QByteArray first;
    std::jthread agent([&] { first = post("/v1/messages"); });
    QTRY_VERIFY(begun);
    m_gateway->stop();
    agent.join();
    QVERIFY(!first.contains("200 OK"));
    QVERIFY(post("/v1/messages").startsWith("HTTP/1.1 503 "));
    QCOMPARE(m_gateway->usage().refused, 1);
    m_gateway.reset();
    QVERIFY(!QFileInfo::exists(m_path));
}

void GatewayTest::withoutAKeyItDoesNotStart()
{
    qunsetenv("COPPICE_TEST_KEY");
    Gateway::Request request;
    request.endpoint = library::ModelEndpoint{QStringLiteral("anthropic"), QStringLiteral("http://127.0.0.1:1"), QStringLiteral("COPPICE_TEST_KEY"), {}};
    request.socketPath = m_path;
    const auto started = Gateway::start(request);
    QVERIFY(!started);
    QCOMPARE(started.error().code, QStringLiteral("gateway.key"));
    QVERIFY(started.error().message().contains(QStringLiteral("COPPICE_TEST_KEY")));
    QVERIFY(!QFileInfo::exists(m_path));
}

void GatewayTest::badEndpoints_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("url");
    QTest::newRow("dialect") << QStringLiteral("other") << QStringLiteral("https://x.example");
    for (const char *url : {"", "x.example", "ftp://x.example", "https://", "https://x.example?key=1", "https://user:pw@x.example", "file:///etc"})
        QTest::newRow(url) << QStringLiteral("anthropic") << QString::fromLatin1(url);
}

void GatewayTest::badEndpoints()
{
    QFETCH(QString, dialect);
    QFETCH(QString, url);
    Gateway::Request request;
    request.endpoint = library::ModelEndpoint{dialect, url, QStringLiteral("COPPICE_TEST_KEY"), {}};
    request.socketPath = m_path;
    const auto started = Gateway::start(request);
    QVERIFY(!started);
    QCOMPARE(started.error().kind, ErrorKind::Usage);
    QVERIFY(!started.error().message().contains(QStringLiteral("pw@")));
}

void GatewayTest::usageOfStreams_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("input");
    QTest::addColumn<qint64>("output");
    const auto row = [](const char *name, const char *dialect, const char *type, const QByteArray &text, qint64 input, qint64 output) {
        QTest::newRow(name) << QString::fromLatin1(dialect) << QByteArray(type) << text << input << output;
    };
    const char *sse = "text/event-stream; charset=utf-8";
    const char *json = "application/json";
    row("anthropic whole", "anthropic", json, "{\"content\":[{\"text\":\"usage\"}],\"usage\":{\"input_tokens\":10,\"cache_creation_input_tokens\":5,\"output_tokens\":7}}", 15, 7);
    row("anthropic stream", "anthropic", sse, "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\r\n\r\n"
                                              "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":20}}\r\n\r\n", 9, 20);
    row("chat whole", "openai-chat", json, "{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}", 3, 4);
    row("chat stream", "openai-chat", sse, "data: {\"choices\":[],\"usage\":null}\n\ndata: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n", 3, 4);
    row("responses stream", "openai-responses", sse, "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":30,\"output_tokens\":40}}}\n\n", 30, 40);
    row("responses whole", "openai-responses", json, "{\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}", 1, 2);
    row("gemini stream", "gemini", sse, "data: {\"usageMetadata\":{\"promptTokenCount\":5}}\n\ndata: {\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":6,\"thoughtsTokenCount\":2}}", 5, 8);
    row("gemini array", "gemini", json, "[{\"usageMetadata\":{\"promptTokenCount\":5}},{\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":6}}]", 5, 6);
    row("anthropic, cache", "anthropic", sse, "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":{\"input_tokens\":4,\"cache_creation_input_tokens\":300,"
        "\"cache_read_input_tokens\":2000,\"cache_creation\":{\"ephemeral_5m_input_tokens\":100,\"ephemeral_1h_input_tokens\":200},\"output_tokens\":1}}}\n\n"
        "event: ping\ndata: {\"type\":\"ping\"}\n\nevent: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"\\\"usage\\\": {\\\"output_tokens\\\": 9}\"}}\n\n"
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":50}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", 2304, 50);
    row("comments, \\r\\n, no space", "openai-chat", sse, ": OPENROUTER PROCESSING\r\n\r\ndata:{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\r\n\r\ndata: [DONE]\r\n\r\n", 3, 4);
    row("only \\r", "openai-chat", sse, "id: 1\rdata: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\r\r", 3, 4);
    row("one event of several lines", "openai-chat", sse, "data: {\"usage\":\ndata: {\"prompt_tokens\":3,\ndata: \"completion_tokens\":4}}\n\n", 3, 4);
    row("a type that is wrong", "openai-chat", "text/plain", "data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n", 3, 4);
    row("no type", "anthropic", "", "event: message_delta\ndata: {\"usage\":{\"output_tokens\":20}}\n\n", 0, 20);
    row("responses, failed", "openai-responses", sse, "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":\"x\"},\"usage\":{\"input_tokens\":8,\"output_tokens\":1}}}\n\n", 8, 1);
    row("gemini, cut list", "gemini", json, "[{\n  \"usageMetadata\": {\"promptTokenCount\": 5, \"candidatesTokenCount\": 6}\n}\n,\r\n{\n  \"candidates\": [", 5, 6);
    row("gemini, tools and cache", "gemini", json, "{\"usageMetadata\":{\"promptTokenCount\":100,\"cachedContentTokenCount\":80,\"toolUsePromptTokenCount\":7,\"candidatesTokenCount\":6,\"thoughtsTokenCount\":3,\"totalTokenCount\":116}}", 107, 9);
    row("no usage", "anthropic", json, "{\"type\":\"error\"}", 0, 0);
    row("nonsense", "anthropic", sse, "data: {\"usage\": broken\n\nusage\n", 0, 0);
    row("negative", "anthropic", json, "{\"usage\":{\"input_tokens\":-5,\"output_tokens\":\"x\"}}", 0, 0);
}

void GatewayTest::usageOfStreams()
{
    QFETCH(QString, dialect);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, text);
    QFETCH(qint64, input);
    QFETCH(qint64, output);
    for (qsizetype cut = 0; cut <= text.size(); ++cut) { // however the network cuts it: once at every byte
        UsageReader reader(dialect, type);
        reader.read(QByteArrayView(text).first(cut));
        reader.read(QByteArrayView(text).sliced(cut));
        reader.end();
        QCOMPARE(reader.inputTokens(), input);
        QCOMPARE(reader.outputTokens(), output);
    }
    for (const int size : {1, 2, 7}) {
        UsageReader reader(dialect, type);
        for (qsizetype at = 0; at < text.size(); at += size)
            reader.read(QByteArrayView(text).sliced(at, std::min<qsizetype>(size, text.size() - at)));
        reader.end();
        QCOMPARE(reader.inputTokens(), input);
        QCOMPARE(reader.outputTokens(), output);
    }
}

void GatewayTest::eachKindOfTokenIsToldApart()
{
    const auto read = [](const char *dialect, const QByteArray &body) {
        UsageReader reader(QString::fromLatin1(dialect), "application/json");
        reader.read(body);
        reader.end();
        return reader.tokens();
    };
    using gateway::Tokens;
    QCOMPARE(read("anthropic", R"({"usage":{"input_tokens":1,"cache_read_input_tokens":2,"cache_creation_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},"output_tokens":5}})"),
             (Tokens{1, 2, 3, 4, 5}));
    QCOMPARE(read("anthropic", R"({"usage":{"input_tokens":1,"cache_read_input_tokens":2,"cache_creation_input_tokens":7,"output_tokens":5}})"), (Tokens{1, 2, 7, 0, 5}));
    QCOMPARE(read("openai-responses", R"({"usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":4}}})"),
             (Tokens{40, 60, 0, 0, 5}));
    QCOMPARE(read("openai-chat", R"({"usage":{"prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":10},"completion_tokens":5}})"), (Tokens{30, 60, 10, 0, 5}));
    QCOMPARE(read("openai-chat", R"({"usage":{"prompt_tokens":100,"prompt_cache_hit_tokens":60,"prompt_cache_miss_tokens":40,"completion_tokens":5}})"), (Tokens{40, 60, 0, 0, 5}));
    QCOMPARE(read("openai-chat", R"({"usage":{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":60},"completion_tokens":5}})"), (Tokens{0, 5, 0, 0, 5}));
    QCOMPARE(read("gemini", R"({"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":80,"candidatesTokenCount":6,"thoughtsTokenCount":3}})"), (Tokens{20, 80, 0, 0, 9}));
}

void GatewayTest::compressedAnswersAreCounted()
{
    const QByteArray text = "data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n";
    const QByteArray zlib = qCompress(text).mid(4);
    // The same deflated bytes between a gzip head and its sum and length.
    QByteArray gzip = QByteArray::fromHex("1f8b0800000000000003") + zlib.mid(2, zlib.size() - 6);
    const auto put = [&gzip](quint32 value) {
        for (int i = 0; i < 4; ++i)
            gzip += char(value >> (8 * i));
    };
    quint32 crc = ~0u;
    for (const char c : text) {
        crc ^= quint8(c);
        for (int i = 0; i < 8; ++i)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    }
    put(~crc);
    put(quint32(text.size()));
    for (const auto &[encoding, bytes] : {std::pair<QByteArray, QByteArray>{"gzip", gzip}, {"deflate", zlib}, {"identity", text}}) {
        for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
            UsageReader reader(QStringLiteral("openai-chat"), "text/event-stream", encoding);
            reader.read(QByteArrayView(bytes).first(cut));
            reader.read(QByteArrayView(bytes).sliced(cut));
            reader.end();
            QCOMPARE(reader.inputTokens(), 3);
            QCOMPARE(reader.outputTokens(), 4);
            QVERIFY(reader.complete());
        }
    }
    for (const char *encoding : {"br", "gzip"}) { // what cannot be read is guessed by its size
        UsageReader reader(QStringLiteral("openai-chat"), "text/event-stream", encoding);
        reader.read(text);
        reader.end();
        QVERIFY(!reader.complete());
    }
}

void GatewayTest::errorsInStreams()
{
    const auto error = [](const char *dialect, const QByteArray &text) {
        UsageReader reader(QString::fromLatin1(dialect), "text/event-stream");
        reader.read(text);
        reader.end();
        return reader.error()[u"message"].toString();
    };
    QCOMPARE(error("anthropic", "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"), QStringLiteral("Overloaded"));
    QCOMPARE(error("openai-responses", "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"x\",\"message\":\"Failed\"}}}\n\n"), QStringLiteral("Failed"));
    QCOMPARE(error("openai-responses", "data: {\"type\":\"error\",\"code\":\"\\\"error\\\"\",\"message\":\"Plain\",\"error\":null}\n\n"), QStringLiteral("Plain"));
    QCOMPARE(error("openai-chat", "data: {\"error\":{\"message\":\"Busy\",\"code\":502},\"choices\":[]}\n\n"), QStringLiteral("Busy"));
    QCOMPARE(error("openai-chat", "data: {\"choices\":[{\"delta\":{\"content\":\"an \\\"error\\\"\"}}]}\n\n"), QString());
    QCOMPARE(error("openai-responses", "data: {\"type\":\"response.completed\",\"response\":{\"error\":null,\"usage\":{\"input_tokens\":1}}}\n\n"), QString());
}

void GatewayTest::usageIsBounded()
{
    UsageReader reader(QStringLiteral("anthropic"), "text/event-stream");
    const QByteArray flood(1 << 20, 'x');
    for (int i = 0; i < 40; ++i)
        reader.read(flood); // one line without an end
    reader.read("\n\ndata: ");
    for (int i = 0; i < 40; ++i)
        reader.read(flood); // an event of it
    reader.read("\n\ndata: {\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}\n");
    reader.end();
    QCOMPARE(reader.outputTokens(), 2);
    UsageReader document(QStringLiteral("anthropic"), "application/json");
    for (int i = 0; i < 40; ++i)
        document.read(flood);
    document.end();
    QVERIFY(!document.complete());
    QVERIFY(document.guessedOutput() > 1'000'000);
}

void GatewayTest::wiring()
{
    const QString inside = QStringLiteral("http://127.0.0.1:8377");
    auto wiring = gateway::wiringFor({QStringLiteral("anthropic"), QStringLiteral("https://api.example/"), QStringLiteral("K"), {}}, inside, "run-token");
    QCOMPARE(wiring.env[QStringLiteral("ANTHROPIC_BASE_URL")], inside);
    QCOMPARE(wiring.env[QStringLiteral("ANTHROPIC_API_KEY")], QStringLiteral("run-token"));
    QCOMPARE(wiring.env[QStringLiteral("IS_SANDBOX")], QStringLiteral("1"));
    wiring = gateway::wiringFor({QStringLiteral("openai-responses"), QStringLiteral("https://api.example/v1"), QStringLiteral("K"), {}}, inside, "run-token");
    QVERIFY(wiring.homeFiles[QStringLiteral(".codex/config.toml")].contains("base_url = \"http://127.0.0.1:8377\""));
    QVERIFY(!wiring.env[QStringLiteral("CODEX_HOME")].startsWith(QStringLiteral("/tmp")));
    wiring = gateway::wiringFor({QStringLiteral("openai-chat"), QStringLiteral("https://api.example/v1/"), QStringLiteral("K"), {}}, inside, "run-token");
    QCOMPARE(wiring.env[QStringLiteral("OPENAI_BASE_URL")], inside);
    wiring = gateway::wiringFor({QStringLiteral("gemini"), QStringLiteral("https://api.example"), QStringLiteral("K"), {}}, inside, "run-token");
    const auto settings = QJsonDocument::fromJson(wiring.homeFiles[QStringLiteral(".gemini/settings.json")]).object();
    QCOMPARE(settings[u"security"].toObject()[u"auth"].toObject()[u"selectedType"].toString(), QStringLiteral("gemini-api-key"));
    QCOMPARE(wiring.env[QStringLiteral("GOOGLE_GEMINI_BASE_URL")], inside);
    // A model that was asked for is told in each client's own way.
    wiring = gateway::wiringFor({QStringLiteral("gemini"), QStringLiteral("https://api.example"), QStringLiteral("K"), QStringLiteral("m \"1\"")}, inside, "run-token");
    QCOMPARE(wiring.env[QStringLiteral("GEMINI_MODEL")], QStringLiteral("m \"1\""));
    wiring = gateway::wiringFor({QStringLiteral("anthropic"), QStringLiteral("https://api.example"), QStringLiteral("K"), QStringLiteral("m")}, inside, "run-token");
    QCOMPARE(wiring.env[QStringLiteral("ANTHROPIC_MODEL")], QStringLiteral("m"));
    wiring = gateway::wiringFor({QStringLiteral("openai-responses"), QStringLiteral("https://api.example"), QStringLiteral("K"), QStringLiteral("m \"1\"")}, inside, "run-token");
    QVERIFY(wiring.homeFiles[QStringLiteral(".codex/config.toml")].startsWith("model = \"m \\\"1\\\"\"\nmodel_provider"));
}

void GatewayTest::chunkedUploads()
{
    serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) { answer.send({200, {}, "through"}); });
    start();
    const QByteArray got = ask("POST /v1/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + m_gateway->token()
                               + "\r\nX-Api-Key: something else\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n");
    QVERIFY2(got.contains("\r\nthrough\r\n"), got.constData());
    QCOMPARE(m_seen[0].body, QByteArray("{\"a\":1}"));
    QCOMPARE(net::header(m_seen[0].headers, "authorization"), QByteArray());
    QCOMPARE(net::header(m_seen[0].headers, "x-api-key"), QByteArray("the-real-key"));
}

void GatewayTest::basePathsAndQueriesStay()
{
    serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
        answer.send({200, {{"content-type", "application/json"}}, "{\"model\":\"gpt-5\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}"});
    });
    start(QStringLiteral("openai-chat"), QStringLiteral("/openai/"));
    const QByteArray got = post("/deployments/my-gpt/chat/completions?api-version=2026-01-01&api-key=" + m_gateway->token(), {}, "{\"max_tokens\":5}");
    QVERIFY2(got.contains("gpt-5"), got.constData());
    QCOMPARE(m_seen[0].target, QByteArray("/openai/deployments/my-gpt/chat/completions?api-version=2026-01-01"));
    QCOMPARE(m_gateway->usage().inputTokens, 3);
    QVERIFY(m_gateway->usage().micros > 0);
}

void GatewayTest::clientsThatLogInThemselvesGetATunnel()
{
    serve([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) { answer.send({200, {}, "inside"}); });
    Gateway::Request request;
    request.loginHosts = {m_base.mid(7)};
    request.socketPath = m_path;
    auto started = Gateway::start(request);
    QVERIFY_RESULT(started);
    m_gateway = std::move(*started);
    const QUrl proxy(gateway::tunnelWiring(QStringLiteral("http://127.0.0.1:8377"), m_gateway->token()).env[QStringLiteral("HTTPS_PROXY")]);
    QCOMPARE(proxy.port(), 8377);
    const QByteArray login = "Proxy-Authorization: Basic " + QString(proxy.userName() + u':' + proxy.password()).toUtf8().toBase64() + "\r\n";
    const QByteArray host = m_base.mid(7).toUtf8();
    const QByteArray inside = "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    QVERIFY(ask("CONNECT " + host + " HTTP/1.1\r\n" + login + "\r\n" + inside).endsWith("inside"));
    QVERIFY(ask("CONNECT other.example:443 HTTP/1.1\r\n" + login + "\r\n" + inside).startsWith("HTTP/1.1 403 "));
    QVERIFY(ask("CONNECT " + host + " HTTP/1.1\r\n\r\n" + inside).startsWith("HTTP/1.1 407 "));
    QVERIFY(!m_gateway->usage().metered);
    QCOMPARE(m_gateway->usage().requests, 1);
    QCOMPARE(m_gateway->usage().refused, 1);
    m_gateway->stop();
    QVERIFY(!net::connectToPath(m_path));
    QCOMPARE(m_gateway->usage().requests, 1);
    m_gateway->stop();
    request.loginHosts.clear();
    QCOMPARE(Gateway::start(request).error().kind, ErrorKind::Usage);
}

COPPICE_TEST(GatewayTest)
#include "gateway_test.moc"
