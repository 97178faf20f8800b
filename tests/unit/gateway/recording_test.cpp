// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/recording.h"
#include "service.h"
#include "support/test_main.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <atomic>
#include <thread>

using namespace coppice;
using gateway::Gateway;
using test::Service;

class RecordingTest : public QObject
{
    Q_OBJECT

    static QList<QJsonObject> lines(const QString &path)
    {
        QFile file(path);
        QList<QJsonObject> all;
        if (file.open(QIODevice::ReadOnly)) {
            while (!file.atEnd())
                all << QJsonDocument::fromJson(file.readLine()).object();
        }
        return all;
    }
    static QByteArray bytes(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void recordedAndPlayedAgain()
    {
        std::atomic<int> asked = 0;
        Service service([&](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
            const int n = ++asked;
            if (request.target.contains("count_tokens"))
                return answer.send({200, {{"content-type", "application/json"}}, "{\"input_tokens\":7}"});
            if (n == 3)
                return answer.send({500, {{"content-type", "application/json"}}, "{\"error\":{\"message\":\"broken\"}}"});
            answer.begin(200, {{"content-type", "text/event-stream"}, {"request-id", "r" + QByteArray::number(n)}});
            answer.write("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n");
            answer.write(QByteArray("data: {\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":" + QByteArray::number(n) + "}}\n\n"));
            answer.end();
        });
        const QString path = service.scratch().path(QStringLiteral("exchanges.jsonl"));
        auto request = service.request();
        request.recordPath = path;
        service.start(request);
        const QByteArray first = R"({"model":"m","messages":[{"role":"user","content":"first, on 2026-11-22, 01234567-89ab-cdef-0123-456789abcdef"}],"metadata":{"user_id":"x"}})";
        const QByteArray second = R"({"model":"m","messages":[{"role":"user","content":"second"}]})";
        const QByteArray one = service.post("/v1/messages?beta=true&key=agents", first);
        const QByteArray two = service.post("/v1/messages?beta=true", second);
        const QByteArray three = service.post("/v1/messages", second);
        const QByteArray four = service.post("/v1/messages/count_tokens", "{}");
        service.closeGateway();
        const auto recorded = lines(path);
        QCOMPARE(recorded.size(), 4);
        QCOMPARE(recorded[0][u"path"].toString(), QStringLiteral("/v1/messages?beta=true"));
        QCOMPARE(recorded[0][u"status"].toInt(), 200);
        QVERIFY(recorded[0][u"whole"].toBool());
        QVERIFY(!bytes(path).contains("the-real-key"));
        QCOMPARE(int(QFile(path).permissions() & (QFile::ReadGroup | QFile::ReadOther)), 0);

        // Nothing is asked outside, and no key is needed.
        asked = 0;
        qunsetenv("COPPICE_TEST_KEY");
        Gateway::Request again;
        again.endpoint = library::ModelEndpoint{QStringLiteral("anthropic"), service.base(), QStringLiteral("COPPICE_TEST_KEY"), {}};
        again.socketPath = service.path();
        again.replayPath = path;
        service.start(again);
        // In another order, on another day, with other ids.
        const auto stripped = [](const QByteArray &answer) { return Service::bodyOf(answer); };
        QCOMPARE(stripped(service.post("/v1/messages/count_tokens", "{}")).contains("\"input_tokens\":7"), true);
        QByteArray later = first;
        later.replace("2026-11-22", "2027-01-02").replace("0123-456789abcdef", "0123-456789abcdff").replace("\"x\"", "\"y\"");
        const QByteArray replayed = service.post("/v1/messages?beta=true", later);
        QCOMPARE(stripped(replayed), stripped(one));
        QVERIFY(replayed.contains("request-id: r1"));
        QCOMPARE(stripped(service.post("/v1/messages?beta=true", "{\"another\":\"body\"}")), stripped(two)); // by the order
        QVERIFY(service.post("/v1/messages", second).startsWith("HTTP/1.1 500 "));
        const QByteArray end = service.post("/v1/messages", second);
        QVERIFY2(end.startsWith("HTTP/1.1 400 ") && end.contains("at its end after 4"), end.constData());
        QCOMPARE(asked, 0);
        const auto usage = service.gateway().usage();
        QCOMPARE(usage.inputTokens, 18);
        QCOMPARE(usage.micros, 0);
        QCOMPARE(usage.refused, 1);
        QVERIFY(three.startsWith("HTTP/1.1 500 ") && four.startsWith("HTTP/1.1 200 "));
    }
    void mismatchSaysWhatWasExpected()
    {
        Service service(Service::always(200, "application/json", "{}"));
        const QString path = service.scratch().path(QStringLiteral("x.jsonl"));
        auto request = service.request();
        request.recordPath = path;
        service.start(request);
        service.post("/v1/messages", "{}");
        service.closeGateway();
        request.recordPath.clear();
        request.replayPath = path;
        service.start(request);
        const QByteArray got = service.post("/v1/other", "{}");
        QVERIFY2(got.startsWith("HTTP/1.1 400 ") && got.contains("has POST /v1/messages as exchange 1 of 1") && got.contains("asks for POST /v1/other"), got.constData());
    }
    void piecesStayPieces()
    {
        const test::Scratch scratch;
        const QString path = scratch.path(QStringLiteral("x.jsonl"));
        gateway::Exchange exchange;
        exchange.method = "POST";
        exchange.path = "/p";
        exchange.status = 200;
        exchange.headers = {{"content-type", "text/event-stream"}};
        exchange.whole = true;
        exchange.pieces = {"data: {\"a\":", "1}\n\n", QByteArray("data: \xc3"), QByteArray("\xa4\n\n")};
        auto binary = exchange;
        binary.pieces = {QByteArray("\x1f\x8b\x00\xff", 4), QByteArray("\x00", 1)};
        {
            const auto recorder = gateway::Recorder::open(path, {});
            QVERIFY_RESULT(recorder);
            QVERIFY_RESULT((*recorder)->append(exchange));
            QVERIFY_RESULT((*recorder)->append(binary));
        }
        scratch.write(QStringLiteral("x.jsonl"), scratch.read(QStringLiteral("x.jsonl")) + "{\"v\":1,\"n\":3,\"torn");
        const auto replayer = gateway::Replayer::open(path);
        QVERIFY_RESULT(replayer);
        const auto one = (*replayer)->next("POST", "/p", {});
        QVERIFY_RESULT(one);
        QByteArray all;
        for (const auto &piece : one->pieces)
            all += piece;
        QCOMPARE(all, QByteArray("data: {\"a\":1}\n\ndata: \xc3\xa4\n\n"));
        QVERIFY(one->pieces.size() > 1);
        const auto two = (*replayer)->next("POST", "/p", {});
        QVERIFY_RESULT(two);
        QVERIFY(two->pieces == binary.pieces);
        QVERIFY(!(*replayer)->next("POST", "/p", {}));
    }
    void secretsAreScrubbedAndJsonStaysJson()
    {
        const test::Scratch scratch;
        const QString path = scratch.path(QStringLiteral("x.jsonl"));
        {
            const auto recorder = gateway::Recorder::open(path, {"the-real-key"});
            QVERIFY_RESULT(recorder);
            gateway::Exchange exchange;
            exchange.method = "POST";
            exchange.path = "/p";
            exchange.request = R"({"max_tokens":5,"messages":[{"content":"my password=hunter2hunter2 and ghp_0123456789abcdefghijABCDEFGHIJ012345"}]})";
            exchange.status = 200;
            exchange.headers = {{"content-type", "text/event-stream"}, {"x-echo", "the-real-key"}};
            exchange.whole = true;
            exchange.pieces = {"data: {\"usage\":{\"input_tokens\":5}}\n\ndata: {\"text\":\"ghp_0123456789abc", "defghijABCDEFGHIJ012345 the-real", "-key\"}\n\n"};
            QVERIFY_RESULT((*recorder)->append(exchange));
        }
        const QByteArray kept = bytes(path);
        for (const char *secret : {"the-real-key", "ghp_0123", "hunter2"})
            QVERIFY2(!kept.contains(secret), secret);
        const auto line = lines(path).value(0);
        const auto request = QJsonDocument::fromJson(line[u"request"].toString().toUtf8()).object();
        QCOMPARE(request[u"max_tokens"].toInt(), 5);
        QByteArray all;
        for (const auto &piece : line[u"pieces"].toArray())
            all += piece.toString().toUtf8();
        QVERIFY2(all.contains("\"input_tokens\":5") && all.endsWith("\n\n"), all.constData());
        for (const auto &event : all.split('\n')) {
            if (event.startsWith("data:"))
                QVERIFY2(QJsonDocument::fromJson(event.mid(5)).isObject(), event.constData());
        }
    }
    void largeAnswersAreNotKept()
    {
        Service service(Service::always(200, "application/json", QByteArray(9 << 20, 'x')));
        const QString path = service.scratch().path(QStringLiteral("x.jsonl"));
        auto request = service.request();
        request.recordPath = path;
        service.start(request);
        QVERIFY(service.post("/v1/messages", "{}").size() > (9 << 20));
        service.closeGateway();
        QVERIFY(lines(path).value(0)[u"truncated"].toBool());
        QVERIFY(QFile(path).size() < (1 << 20));
        request.recordPath.clear();
        request.replayPath = path;
        service.start(request);
        QVERIFY(service.post("/v1/messages", "{}").contains("too large to be recorded"));
    }
    void badRecordings()
    {
        const test::Scratch scratch;
        QCOMPARE(gateway::Replayer::open(scratch.path(QStringLiteral("none"))).error().kind, ErrorKind::NotFound);
        const auto bad = gateway::Replayer::open(scratch.write(QStringLiteral("x"), "{\"v\":1}\nno json\n"));
        QVERIFY(!bad);
        QVERIFY(bad.error().message().contains(QStringLiteral(":2")));
    }
};

COPPICE_TEST(RecordingTest)
#include "recording_test.moc"
