// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/bounded_json.h"
#include "receivers/envelope.h"
#include "receivers/sentry.h"
#include "support/test_main.h"

#include <QTest>

using namespace coppice;
using namespace coppice::receivers;
using capture::Level;

namespace {

const QByteArray id = "fc6d8c0c43fc4630ad850ee518f1b9d0";

Result<SentryRequest> read(const QByteArray &bytes)
{
    const auto envelope = parseEnvelope(bytes);
    if (!envelope)
        return std::unexpected(envelope.error());
    return readEnvelope(*envelope);
}

} // namespace

class EnvelopeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itemsWithAndWithoutLength()
    {
        const QByteArray bytes = "{\"event_id\":\"" + id + "\"}\n{\"type\":\"attachment\",\"length\":10,\"filename\":\"a\"}\nline\none.\n\n"
                                 "{\"type\":\"event\",\"content_type\":\"application/json\"}\n{\"message\":\"m\"}\n{\"type\":\"session\",\"length\":2}\n{}";
        const auto envelope = parseEnvelope(bytes);
        QVERIFY_RESULT(envelope);
        QCOMPARE(envelope->items.size(), size_t(3));
        QCOMPARE(envelope->items[0].payload.toByteArray(), QByteArray("line\none.\n"));
        QCOMPARE(envelope->items[1].payload.toByteArray(), QByteArray("{\"message\":\"m\"}"));
        QCOMPARE(envelope->items[1].contentType, QStringLiteral("application/json"));
        QCOMPARE(envelope->items[2].payload.toByteArray(), QByteArray("{}"));
    }
    void emptyOnes()
    {
        QCOMPARE(parseEnvelope("{}")->items.size(), size_t(0));
        QCOMPARE(parseEnvelope("{}\n")->items.size(), size_t(0));
        const auto empty = parseEnvelope("{}\n{\"type\":\"attachment\",\"length\":0}\n\n{\"type\":\"attachment\"}\n");
        QVERIFY_RESULT(empty);
        QCOMPARE(empty->items.size(), size_t(2));
        QVERIFY(parseEnvelope("{}\r\n{\"type\":\"x\"}\r\n{}\r\n"));
    }
    void brokenOnes_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray("");
        QTest::newRow("no json") << QByteArray("hello\nworld\n");
        QTest::newRow("a list") << QByteArray("[]\n");
        QTest::newRow("item header") << QByteArray("{}\n{\"type\"\n{}\n");
        QTest::newRow("no type") << QByteArray("{}\n{\"length\":2}\n{}\n");
        QTest::newRow("too short") << QByteArray("{}\n{\"type\":\"event\",\"length\":20}\n{}\n");
        QTest::newRow("negative") << QByteArray("{}\n{\"type\":\"event\",\"length\":-2}\n{}\n");
        QTest::newRow("half a byte") << QByteArray("{}\n{\"type\":\"event\",\"length\":1.5}\n{}\n");
        QTest::newRow("huge") << QByteArray("{}\n{\"type\":\"event\",\"length\":1e300}\n{}\n");
        QTest::newRow("no number") << QByteArray("{}\n{\"type\":\"event\",\"length\":\"nan\"}\n{}\n");
        QTest::newRow("goes on") << QByteArray("{}\n{\"type\":\"event\",\"length\":1}\n{}\n");
        QTest::newRow("deep") << QByteArray("{\"a\":" + QByteArray(50, '[') + QByteArray(50, ']') + "}\n");
        QByteArray many = "{}\n";
        for (int i = 0; i < 1100; ++i)
            many += "{\"type\":\"x\"}\n\n";
        QTest::newRow("many") << many;
    }
    void brokenOnes()
    {
        QFETCH(QByteArray, bytes);
        const auto envelope = parseEnvelope(bytes);
        QVERIFY(!envelope);
        QCOMPARE(envelope.error().code, QStringLiteral("envelope.malformed"));
    }
    void theHeadersIdBeatsThePayloads()
    {
        const auto request = read("{\"event_id\":\"" + id + "\"}\n{\"type\":\"event\"}\n{\"event_id\":\"" + QByteArray(32, 'a') + "\",\"message\":\"m\"}\n");
        QVERIFY_RESULT(request);
        QCOMPARE(request->eventId, QString::fromLatin1(id));
        QCOMPARE(request->batch.events[0].senderId, QString::fromLatin1(id));
        // dashes and capitals are the same id; what is no id is none
        const auto dashed = read("{\"event_id\":\"FC6D8C0C-43FC-4630-AD85-0EE518F1B9D0\"}\n{\"type\":\"event\"}\n{}\n");
        QCOMPARE(dashed->batch.events[0].senderId, QString::fromLatin1(id));
        const auto none = read("{\"event_id\":\"../../etc/passwd\"}\n{\"type\":\"event\"}\n{\"event_id\":\"" + id + "\"}\n");
        QCOMPARE(none->batch.events[0].senderId, QString::fromLatin1(id));
    }
    void oneEventOrOneTransaction_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<bool>("good");
        QTest::newRow("two events") << QByteArray("event") << QByteArray("event") << false;
        QTest::newRow("event and transaction") << QByteArray("event") << QByteArray("transaction") << false;
        QTest::newRow("transaction and event") << QByteArray("transaction") << QByteArray("event") << false;
        QTest::newRow("event and session") << QByteArray("event") << QByteArray("session") << true;
        QTest::newRow("event and unknown") << QByteArray("event") << QByteArray("hologram") << true;
        QTest::newRow("unknown twice") << QByteArray("hologram") << QByteArray("hologram") << true;
    }
    void oneEventOrOneTransaction()
    {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, second);
        QFETCH(bool, good);
        const auto request = read("{}\n{\"type\":\"" + first + "\"}\n{\"message\":\"a\"}\n{\"type\":\"" + second + "\"}\n{\"message\":\"b\"}\n");
        QCOMPARE(request.has_value(), good);
        if (!good)
            QCOMPARE(request.error().code, QStringLiteral("sentry.duplicate"));
    }
    void reportsOfLossesAreRead()
    {
        const auto request = read("{}\n{\"type\":\"client_report\"}\n{\"timestamp\":1795304047.334,\"discarded_events\":[{\"reason\":\"ratelimit_backoff\","
                                  "\"category\":\"error\",\"quantity\":4},{\"reason\":\"x\",\"category\":\"error\",\"quantity\":-1}]}\n");
        QVERIFY_RESULT(request);
        QCOMPARE(request->batch.lost.size(), size_t(1));
        QCOMPARE(request->batch.lost[0].reason, QStringLiteral("ratelimit_backoff"));
        QCOMPARE(request->batch.lost[0].quantity, 4);
        QCOMPARE(request->batch.lost[0].at, 1795304047334);
    }
    void anEventMayHaveOneMegabyte()
    {
        const auto large = [](qsizetype size) { return QByteArray("{}\n{\"type\":\"event\"}\n{\"message\":\"" + QByteArray(size, 'x') + "\"}\n"); };
        QVERIFY(read(large(900'000)));
        const auto over = read(large(1'100'000));
        QVERIFY(!over);
        QCOMPARE(over.error().code, QStringLiteral("sentry.too-large"));
    }
    void storeTakesJsonAndPackedJson()
    {
        const QByteArray json = "{\"event_id\":\"" + id + "\",\"message\":\"m\"}";
        for (const QByteArray &body : {json, qCompress(json).mid(4).toBase64(), json.toBase64()}) {
            const auto request = readStore(body);
            QVERIFY_RESULT(request);
            QCOMPARE(request->batch.events[0].message, QStringLiteral("m"));
        }
        QCOMPARE(readStore("not even base64!").error().code, QStringLiteral("sentry.malformed"));
        QCOMPARE(readStore(QByteArray("nothing in it").toBase64()).error().code, QStringLiteral("sentry.malformed"));
        QCOMPARE(readStore(qCompress(QByteArray(8 << 20, ' ')).mid(4).toBase64()).error().code, QStringLiteral("sentry.too-large"));
    }
    void keysInQueryAndHeaders()
    {
        net::HttpRequest request;
        request.target = "/api/1/envelope/?sentry_version=7&sentry_key=ab%63&x=1";
        QCOMPARE(sentryKey(request), QByteArray("abc"));
        request.target = "/api/1/store/";
        request.headers = {{"x-sentry-auth", "Sentry sentry_version=7, sentry_client=raven-node/2.6.4,sentry_key = no, sentry_key=abc"}};
        QCOMPARE(sentryKey(request), QByteArray("abc"));
        request.headers = {{"authorization", "sentry sentry_key=abc"}};
        QCOMPARE(sentryKey(request), QByteArray("abc"));
        request.headers = {{"authorization", "Basic abc"}};
        QCOMPARE(sentryKey(request), QByteArray());
        QCOMPARE(dsnKey(*parseEnvelope("{\"dsn\":\"https://abc:secret@example.org/sub/7\"}\n")), QByteArray("abc"));
        QCOMPARE(dsnKey(*parseEnvelope("{\"dsn\":\"nonsense\"}\n")), QByteArray());
    }
    void jsonHasBounds()
    {
        QVERIFY(parseBounded("{\"a\":\"\\\"[[[[\",\"b\":[1,2]}", {2, 10}));
        QCOMPARE(parseBounded("{\"a\":{\"b\":[]}}", {2, 10}).error().code, QStringLiteral("json.too-deep"));
        QCOMPARE(parseBounded("{\"a\":[1,2,3,4,5,6,7,8,9,10]}", {2, 10}).error().code, QStringLiteral("json.too-many"));
        QCOMPARE(parseBounded("{\"a\":\"", {2, 10}).error().code, QStringLiteral("json.broken"));
        QCOMPARE(parseBounded("{\"a\":\"\\", {2, 10}).error().code, QStringLiteral("json.broken"));
        QCOMPARE(parseBounded("[1]", {2, 10}).error().code, QStringLiteral("json.broken"));
        const auto bad = parseBounded("{\"a\":\"caf\xe9\"}");
        QVERIFY_RESULT(bad);
        QCOMPARE((*bad)[u"a"].toString(), QString::fromUtf8("caf\xef\xbf\xbd"));
    }
};

COPPICE_TEST(EnvelopeTest)
#include "envelope_test.moc"
