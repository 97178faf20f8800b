// SPDX-License-Identifier: GPL-3.0-or-later
#include "service.h"
#include "support/test_main.h"

#include <base/clock.h>
#include <journal/ledger.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <atomic>
#include <thread>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using gateway::Gateway;
using test::Service;

namespace {

// One micro per input token, two per cached, three per cache write, ten per output token.
const QByteArray prices = "date: 2026-11-01\nmodels:\n  anthropic:\n    m: {input: 1, cached: 2, cache_write: 3, cache_write_1h: 3, output: 10, context: 1000, max_output: 50}\n"
                          "    dear: {input: 100, output: 1000}\n"
                          "  openai:\n    m: {input: 1, cached: 2, output: 10, context: 1000, max_output: 50}\n"
                          "  gemini:\n    m: {input: 1, cached: 2, output: 10, context: 1000, max_output: 50}\n";
const QByteArray asking = R"({"model":"m","max_tokens":20})";
const QByteArray whole = R"({"type":"message","model":"m","usage":{"input_tokens":5,"cache_read_input_tokens":7,"cache_creation_input_tokens":11,"output_tokens":13}})";
constexpr qint64 wholeCost = 5 + 14 + 33 + 130;

} // namespace

class BudgetTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    int m_databases = 0;
    std::unique_ptr<store::Database> m_state;
    std::unique_ptr<journal::Ledger> m_ledger;

    Gateway::Request request(Service &service, const QString &dialect = QStringLiteral("anthropic"))
    {
        auto request = service.request(dialect);
        request.ledger = m_ledger.get();
        request.account = {"run-1", "billing", "ticket-1"};
        request.prices = prices;
        return request;
    }
    journal::Spent spent() { return m_ledger->ofRun("run-1").value(); }

private Q_SLOTS:
    void init()
    {
        m_state = store::Database::open(m_scratch.path(QStringLiteral("%1.db").arg(++m_databases))).value();
        QVERIFY_RESULT(m_state->migrate(journal::migrations()));
        m_ledger = std::make_unique<journal::Ledger>(*m_state);
    }
    void chargedByTheList()
    {
        Service service(Service::always(200, "application/json", whole));
        service.start(request(service));
        QVERIFY(service.post("/v1/messages", asking).startsWith("HTTP/1.1 200 "));
        QCOMPARE(spent().micros, wholeCost);
        QCOMPARE(spent().reserved, 0);
        QCOMPARE(spent().inputTokens, 23);
        QCOMPARE(spent().cachedTokens, 7);
        QCOMPARE(spent().outputTokens, 13);
        QVERIFY(!spent().unpriced);
        QCOMPARE(m_ledger->ofTicket("ticket-1").value().micros, wholeCost);
        const auto charges = m_ledger->charges("run-1").value();
        QCOMPARE(charges.size(), size_t(1));
        QCOMPARE(charges[0].model, QStringLiteral("m"));
        QCOMPARE(charges[0].priceDate, QStringLiteral("2026-11-01"));
        const auto usage = service.gateway().usage();
        QCOMPARE(usage.micros, wholeCost);
        QCOMPARE(usage.cachedTokens, 7);
        QVERIFY(usage.metered);
        // Counting tokens is free.
        service.post("/v1/messages/count_tokens", asking);
        QCOMPARE(m_ledger->charges("run-1").value().size(), size_t(1));
    }
    void reservedWhileItRuns()
    {
        std::atomic<bool> go = false;
        Service service([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token stop) {
            while (!go && !stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            answer.send({200, {{"content-type", "application/json"}}, whole});
        });
        service.start(request(service));
        std::jthread agent([&] { service.post("/v1/messages", asking); });
        const qint64 input = asking.size() * 2 / 5 + 1;
        QTRY_COMPARE(spent().reserved, input * 3 + 20 * 10);
        go = true;
        agent.join();
        QCOMPARE(spent().reserved, 0);
        QCOMPARE(spent().micros, wholeCost);
    }
    void overTheCapNothingIsAsked_data()
    {
        QTest::addColumn<QString>("dialect");
        QTest::addColumn<QByteArray>("path");
        for (const char *dialect : {"anthropic", "openai-responses", "openai-chat", "gemini"})
            QTest::newRow(dialect) << QString::fromLatin1(dialect) << QByteArray(qstrcmp(dialect, "gemini") ? "/v1/x" : "/v1beta/models/m:generateContent");
    }
    void overTheCapNothingIsAsked()
    {
        QFETCH(QString, dialect);
        QFETCH(QByteArray, path);
        Service service(Service::always(200, "application/json", whole));
        auto wanted = request(service, dialect);
        wanted.caps.pluginDay = 100;
        service.start(wanted);
        const QByteArray got = service.post(path, asking);
        // A status that no client tries again, in the shape that it shows the message of.
        QVERIFY2(got.startsWith("HTTP/1.1 400 "), got.constData());
        QVERIFY(got.contains("x-should-retry: false"));
        const auto error = QJsonDocument::fromJson(Service::bodyOf(got)).object()[u"error"].toObject();
        QVERIFY(error[u"message"].toString().contains("budget of the day"));
        if (dialect == u"gemini")
            QCOMPARE(error[u"status"].toString(), QStringLiteral("FAILED_PRECONDITION"));
        else
            QVERIFY(error[u"type"].isString());
        QCOMPARE(service.seen().size(), size_t(0));
        const auto usage = service.gateway().usage();
        QCOMPARE(usage.overBudget, 1);
        QVERIFY(usage.budget.contains("0.0001 USD"));
        QCOMPARE(spent().micros + spent().reserved, 0);
    }
    void aRunEndsAtItsCap()
    {
        Service service(Service::always(200, "application/json", whole));
        auto wanted = request(service);
        wanted.caps.run = 1000;
        service.start(wanted);
        int passed = 0;
        while (passed < 50 && service.post("/v1/messages", asking).startsWith("HTTP/1.1 200 "))
            ++passed;
        QVERIFY(passed > 1 && passed < 50);
        QVERIFY(spent().micros <= 1000);
        QVERIFY(spent().micros + 20 * 10 + 36 > 1000);
    }
    void twoRunsCannotBothTakeTheLast()
    {
        Service service([](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            answer.send({200, {{"content-type", "application/json"}}, R"({"usage":{"input_tokens":1,"output_tokens":20}})"});
        });
        auto wanted = request(service);
        wanted.caps.day = 500; // two reservations fit at a time
        service.start(wanted);
        std::atomic<int> passed = 0;
        {
            std::vector<std::jthread> agents;
            for (int i = 0; i < 8; ++i)
                agents.emplace_back([&] { passed += service.post("/v1/messages", asking).startsWith("HTTP/1.1 200 "); });
        }
        QVERIFY(passed >= 1 && passed <= 2);
        QVERIFY(m_ledger->ofDay(journal::Ledger::today()).value().micros <= 500);
    }
    void unknownModelsAreBoundedByTheDearest()
    {
        Service service(Service::always(200, "application/json", R"({"usage":{"input_tokens":10,"output_tokens":1}})"));
        auto wanted = request(service);
        service.start(wanted);
        QVERIFY(service.post("/v1/messages", R"({"model":"brand-new","max_tokens":20})").startsWith("HTTP/1.1 200 "));
        QCOMPARE(spent().micros, 10 * 100 + 1000);
        QVERIFY(spent().unpriced && spent().estimated);
        QVERIFY(m_ledger->charges("run-1").value()[0].priceDate.isEmpty());
        wanted.caps.run = 10'000;
        service.start(wanted);
        QVERIFY(service.post("/v1/messages", R"({"model":"brand-new","max_tokens":20})").startsWith("HTTP/1.1 400 "));
    }
    void anAnswerMayNameAModelThatIsKnown()
    {
        Service service(Service::always(200, "application/json", R"({"model":"m-20261001","usage":{"input_tokens":10,"output_tokens":1}})"));
        service.start(request(service));
        service.post("/v1/messages", R"({"model":"my-alias","max_tokens":20})");
        QCOMPARE(spent().micros, 20);
        QVERIFY(!spent().unpriced);
    }
    void failuresCostNothing_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {400, 401, 403, 404, 429, 500, 529})
            QTest::newRow(qPrintable(QString::number(status))) << status;
    }
    void failuresCostNothing()
    {
        QFETCH(int, status);
        Service service(Service::always(status, "application/json", R"({"type":"error","error":{"type":"x","message":"the-real-key is wrong"}})"));
        service.start(request(service));
        const QByteArray got = service.post("/v1/messages", asking);
        QVERIFY(got.startsWith(QByteArray("HTTP/1.1 " + QByteArray::number(status))));
        QVERIFY2(!got.contains("the-real-key") && got.contains("[key] is wrong"), got.constData());
        QCOMPARE(spent().micros + spent().reserved, 0);
        QVERIFY(m_ledger->charges("run-1").value().empty());
        QCOMPARE(service.gateway().usage().lastError, status);
    }
    void cutStreamsAreCharged_data()
    {
        QTest::addColumn<QString>("dialect");
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<qint64>("input"); // 0: by the size of the request
        QTest::addColumn<qint64>("least");
        QTest::newRow("after the start") << QStringLiteral("anthropic")
            << QByteArray("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":30,\"output_tokens\":2}}}\n\n") << qint64(30) << qint64(2);
        QByteArray deltas;
        for (int i = 0; i < 10; ++i)
            deltas += "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word\"}}]}\n\n";
        QTest::newRow("no counts at all") << QStringLiteral("openai-chat") << deltas << qint64(0) << qint64(10);
        QTest::newRow("gemini") << QStringLiteral("gemini")
            << QByteArray("data: {\"usageMetadata\":{\"promptTokenCount\":30,\"candidatesTokenCount\":4}}\r\n\r\n") << qint64(30) << qint64(4);
    }
    void cutStreamsAreCharged()
    {
        QFETCH(QString, dialect);
        QFETCH(QByteArray, stream);
        QFETCH(qint64, input);
        QFETCH(qint64, least);
        Service service([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
            answer.begin(200, {{"content-type", "text/event-stream"}});
            answer.write(stream);
        });
        service.start(request(service, dialect));
        QVERIFY(!service.post(dialect == u"gemini" ? "/v1beta/models/m:streamGenerateContent?alt=sse" : "/v1/x", asking).endsWith("0\r\n\r\n"));
        QTRY_COMPARE(spent().reserved, 0);
        QCOMPARE(spent().inputTokens, input ? input : asking.size() * 2 / 5 + 1);
        QVERIFY2(spent().outputTokens >= least && spent().outputTokens <= 20, qPrintable(QString::number(spent().outputTokens)));
        QVERIFY(spent().micros > 0);
    }
    void anAgentThatGoesIsCharged()
    {
        std::atomic<bool> begun = false;
        Service service([&](const net::HttpRequest &, net::HttpAnswer &, std::stop_token stop) {
            begun = true; // not a word before the agent has gone: the service bills what it read
            while (!stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        });
        service.start(request(service));
        {
            auto fd = net::connectToPath(service.path());
            QVERIFY_RESULT(fd);
            const QByteArray text = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nx-api-key: " + service.gateway().token() + "\r\nContent-Length: "
                + QByteArray::number(asking.size()) + "\r\n\r\n" + asking;
            (void)::send(fd->get(), text.constData(), size_t(text.size()), MSG_NOSIGNAL);
            QTRY_VERIFY(begun);
        }
        QTRY_COMPARE(spent().micros, asking.size() * 2 / 5 + 1);
        QCOMPARE(spent().reserved, 0);
    }
    void aServiceThatIsAwayCostsNothing()
    {
        Service service(Service::always(200, "application/json", whole));
        auto wanted = request(service);
        wanted.endpoint->baseUrl = QStringLiteral("http://127.0.0.1:1");
        service.start(wanted);
        QVERIFY(service.post("/v1/messages", asking).startsWith("HTTP/1.1 502 "));
        QCOMPARE(spent().micros + spent().reserved, 0);
    }
    void stoppedIsSettled()
    {
        std::atomic<bool> begun = false;
        Service service([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token stop) {
            answer.begin(200, {{"content-type", "text/event-stream"}});
            answer.write("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":30,\"output_tokens\":2}}}\n\n");
            begun = true;
            while (!stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        });
        service.start(request(service));
        std::jthread agent([&] { service.post("/v1/messages", asking); });
        QTRY_VERIFY(begun);
        Gateway::stopAll();
        QCOMPARE(spent().reserved, 0);
        QVERIFY(spent().micros >= 30);
        QVERIFY(service.post("/v1/messages", asking).startsWith("HTTP/1.1 503 "));
    }
    void limitsAreToldOnce()
    {
        std::atomic<int> told = 0;
        gateway::Limit last;
        std::atomic<int> wait = 60;
        Service service([&](const net::HttpRequest &, net::HttpAnswer &answer, std::stop_token) {
            answer.send({429, {{"content-type", "application/json"}, {"retry-after", QByteArray::number(wait.load())}},
                         R"({"type":"error","error":{"type":"rate_limit_error","message":"Too much."}})"});
        });
        auto wanted = request(service);
        wanted.onLimit = [&](const gateway::Limit &limit) {
            ++told;
            last = limit;
        };
        service.start(wanted);
        const qint64 before = nowMs();
        for (int i = 0; i < 3; ++i) {
            const QByteArray got = service.post("/v1/messages", asking);
            QVERIFY(got.startsWith("HTTP/1.1 429 ") && got.contains("retry-after: 60") && got.contains("Too much."));
        }
        QCOMPARE(told, 1);
        QVERIFY(last.until >= before + 60'000 && last.until <= nowMs() + 60'000);
        QCOMPARE(last.account, gateway::accountOf(*wanted.endpoint));
        QVERIFY(last.account.contains(QStringLiteral("COPPICE_TEST_KEY")));
        QCOMPARE(last.reason, QStringLiteral("Too much."));
        QCOMPARE(service.gateway().usage().limit->until, last.until);
        wait = 600; // later than was told
        service.post("/v1/messages", asking);
        QCOMPARE(told, 2);
        QCOMPARE(service.gateway().usage().lastError, 429);
    }
    void limitsInTheMiddleOfAStream()
    {
        std::atomic<int> told = 0;
        Service service(Service::always(200, "text/event-stream",
                                        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3}}}\n\n"
                                        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"));
        auto wanted = request(service);
        wanted.onLimit = [&](const gateway::Limit &) { ++told; };
        service.start(wanted);
        QVERIFY(service.post("/v1/messages", asking).contains("overloaded_error"));
        QCOMPARE(told, 1);
        QCOMPARE(service.gateway().usage().lastError, 429);
        QVERIFY(spent().micros >= 3);
    }
    void whatCannotBeCountedDoesNotPass()
    {
        Service service(Service::always(200, "application/json", "{}"));
        service.start(request(service));
        QVERIFY(service.post("/v1/messages/batches", "{}").startsWith("HTTP/1.1 403 "));
        QCOMPARE(service.seen().size(), size_t(0));
        QCOMPARE(service.gateway().usage().refused, 1);
    }
};

COPPICE_TEST(BudgetTest)
#include "budget_test.moc"
