// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/cleaner.h"
#include "receivers/sentry_event.h"
#include "receivers/sentry_text.h"
#include "support/test_main.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace coppice;
using namespace coppice::receivers;
using capture::Event;
using capture::Level;

namespace {

Event read(const QByteArray &json)
{
    const auto read = LeanJson::parse(json);
    if (!read)
        qFatal("%s", qPrintable(read.error().message()));
    return sentryEvent(read->root());
}

qint64 timeOf(const QJsonValue &time)
{
    const QByteArray text = QJsonDocument(QJsonObject{{QStringLiteral("at"), time}}).toJson();
    const auto json = LeanJson::parse(text);
    return sentryTime(json->root()["at"]);
}

} // namespace

class SentryEventTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void tagsThatAreNoPairs()
    {
        // Reading past the end of such a list once ended the receiver.
        QJsonArray tags{QJsonArray(), QJsonArray{QStringLiteral("alone")}, QJsonArray{QJsonArray{QStringLiteral("deep")}}, QStringLiteral("text"), 5,
                        QJsonArray{QStringLiteral("tool"), QStringLiteral("send")}};
        const Event event = read(QJsonDocument(QJsonObject{{QStringLiteral("message"), QStringLiteral("m")}, {QStringLiteral("tags"), tags}}).toJson());
        QCOMPARE(event.tags, (QMap<QString, QString>{{QStringLiteral("tool"), QStringLiteral("send")}}));
    }
    void theThrownExceptionIsTheLast()
    {
        const Event event = read(R"({"level":"error","platform":"node","release":"mail@1.2","environment":"prod","exception":{"values":[
            {"type":"SyntaxError","value":"bad json"},
            {"type":"TypeError","value":"cannot send 7","stacktrace":{"frames":[
              {"function":"main","filename":"/srv/a.js","lineno":1,"colno":2,"in_app":true},
              {"function":"send","filename":"/srv/node_modules/x/b.js","lineno":3,"in_app":false}]}}]},
            "tags":{"tool":"send"},"user":{"id":17},"timestamp":1795303774.5})");
        QCOMPARE(event.type, QStringLiteral("TypeError"));
        QCOMPARE(event.message, QStringLiteral("cannot send 7"));
        QCOMPARE(event.causes.size(), size_t(1));
        QCOMPARE(event.causes[0].type, QStringLiteral("SyntaxError"));
        QCOMPARE(event.frames.size(), size_t(2));
        QCOMPARE(event.frames[0].function, QStringLiteral("send")); // innermost first
        QVERIFY(!event.frames[0].inApp);
        QCOMPARE(event.frames[1].line, 1);
        QCOMPARE(event.frames[1].column, 2);
        QCOMPARE(event.release, QStringLiteral("mail@1.2"));
        QCOMPARE(event.environment, QStringLiteral("prod"));
        QCOMPARE(event.tags[QStringLiteral("tool")], QStringLiteral("send"));
        QCOMPARE(event.tags[QStringLiteral("user")], QStringLiteral("17"));
        QCOMPARE(event.at, 1795303774500);
        QVERIFY(event.trace.startsWith(u"TypeError: cannot send 7\n    at send (/srv/node_modules/x/b.js:3)\n"));
        QVERIFY(event.trace.contains(u"Caused by: SyntaxError: bad json"));
    }
    void formsOfExceptions()
    {
        const QByteArray one = R"({"type":"E","value":"v"})";
        QCOMPARE(read("{\"exception\":[" + one + "]}").type, QStringLiteral("E"));
        QCOMPARE(read("{\"exception\":" + one + "}").type, QStringLiteral("E"));
        QCOMPARE(read("{\"sentry.interfaces.Exception\":{\"values\":[" + one + "]}}").type, QStringLiteral("E"));
        // a stack that hangs on a message has no type
        const Event message = read(R"({"message":"depth 9 above limit","level":"warning","exception":{"values":[{"value":"depth 9 above limit","stacktrace":{"frames":[{"function":"f","filename":"a.js"}]}}]}})");
        QCOMPARE(message.type, QString());
        QCOMPARE(message.message, QStringLiteral("depth 9 above limit"));
        QCOMPARE(message.level, Level::Warning);
        QCOMPARE(message.frames.size(), size_t(1));
        // Without a level it is an error.
        QCOMPARE(read("{\"message\":\"m\"}").level, Level::Error);
        QCOMPARE(read("{\"message\":\"m\",\"level\":\"fatal\"}").level, Level::Fatal);
        // nothing at all, and nonsense in every place
        QVERIFY(read("{}").message.isEmpty());
        const Event odd = read(R"({"exception":{"values":[null,7,{"type":3,"value":{"a":1},"stacktrace":[]}]},"tags":7,"user":[],"breadcrumbs":"x","timestamp":"yesterday","contexts":[]})");
        QCOMPARE(odd.type, QStringLiteral("3"));
        QCOMPARE(odd.message, QStringLiteral("{\"a\":1}"));
        QCOMPARE(odd.at, 0);
    }
    void messagesAndTheirTemplates()
    {
        const Event python = read(R"({"logentry":{"message":"could not reach %s after %d tries, 100%%","params":["smtp",3]}})");
        QCOMPARE(python.message, QStringLiteral("could not reach smtp after 3 tries, 100%"));
        QCOMPARE(python.messageTemplate, QStringLiteral("could not reach %s after %d tries, 100%%"));
        const Event formatted = read(R"({"logentry":{"message":"to {0}","formatted":"to ann"}})");
        QCOMPARE(formatted.message, QStringLiteral("to ann"));
        QCOMPARE(formatted.messageTemplate, QStringLiteral("to {0}"));
        // A message without parameters is no template: its numbers are found as in any other.
        QCOMPARE(read(R"({"logentry":{"message":"item 7 is gone"}})").messageTemplate, QString());
        QCOMPARE(read(R"({"message":{"formatted":"f","message":"p %s","params":["x"]}})").message, QStringLiteral("f"));
        QCOMPARE(read(R"({"sentry.interfaces.Message":{"message":"p %s","params":["x"]}})").message, QStringLiteral("p x"));
    }
    void platformsThatNameClassAndMethod()
    {
        const Event java = read(R"({"platform":"java","exception":{"values":[{"type":"IllegalStateException","value":"x","stacktrace":{"frames":[
            {"module":"org.springframework.Web","function":"run","filename":"Web.java","lineno":3},{"module":"com.acme.Mail","function":"send","filename":"Mail.java","lineno":9}]}}]}})");
        QCOMPARE(java.frames[0].function, QStringLiteral("com.acme.Mail.send"));
        QVERIFY(java.frames[0].inApp);
        QVERIFY(!java.frames[1].inApp); // nobody said, so it is found out
    }
    void threadsLendTheirStack()
    {
        const Event event = read(R"({"level":"fatal","threads":{"values":[{"id":1,"stacktrace":{"frames":[{"function":"idle"}]}},{"id":2,"crashed":true,"stacktrace":{"frames":[{"function":"boom","filename":"a.rs"}]}}]},"message":"abort"})");
        QCOMPARE(event.frames.size(), size_t(1));
        QCOMPARE(event.frames[0].function, QStringLiteral("boom"));
    }
    void logsOfSentry()
    {
        const auto json = LeanJson::parse(R"({"timestamp":1795303774.888,"level":"error","body":"smtp refused code=535","trace_id":"8c","severity_number":17,"attributes":{
            "sentry.message.template":{"value":"smtp refused code=%s","type":"string"},"sentry.release":{"value":"mail@1","type":"string"},"host":{"value":"a","type":"string"},"apiToken":{"value":"xyz","type":"string"}}})");
        const Event event = sentryLog(json->root());
        QCOMPARE(event.message, QStringLiteral("smtp refused code=535"));
        QCOMPARE(event.messageTemplate, QStringLiteral("smtp refused code=%s"));
        QCOMPARE(event.level, Level::Error);
        QCOMPARE(event.release, QStringLiteral("mail@1"));
        QCOMPARE(event.tags[QStringLiteral("host")], QStringLiteral("a"));
        QCOMPARE(event.tags[QStringLiteral("apiToken")], QStringLiteral("[scrubbed]"));
    }
    void secretsGoBeforeAnythingIsKept()
    {
        Event event = read(R"({"exception":{"values":[{"type":"E","value":"login failed with password=hunter2","stacktrace":{"frames":[
            {"function":"login","filename":"https://x.test/a.js?token=ghp_abcdefghijklmnopqrstuvwxyz0123456789","in_app":true,"vars":{"password":"hunter2 and more","user":"ann"}}]}}]},
            "extra":{"password":"hunter2","api_key":"k-123456","nested":{"secret":"hunter2"}},
            "request":{"method":"GET","url":"https://ann:hunter2@x.test/"},
            "breadcrumbs":{"values":[{"category":"http","message":"GET","data":{"Authorization":"Bearer hunter2hunter2hunter2hunter2"}}]},
            "tags":{"authorization":"Basic YW5uOmh1bnRlcjI=","plain":"value"},"user":{"id":"u1"}})");
        Cleaner(text::Scrubber()).clean(event);
        QStringList all{event.message, event.trace, event.type, event.release};
        for (const auto &tag : event.tags)
            all << tag;
        for (const auto &frame : event.frames)
            all << frame.file << frame.function;
        for (const auto &text : all) {
            QVERIFY2(!text.contains(u"hunter2"), qPrintable(text));
            QVERIFY2(!text.contains(u"ghp_"), qPrintable(text));
            QVERIFY2(!text.contains(u"k-123456"), qPrintable(text));
        }
        QVERIFY(event.trace.contains(u"user: ann"));
        QVERIFY(event.trace.contains(u"plain") || event.tags[QStringLiteral("plain")] == u"value");
        QVERIFY(event.scrubbed > 0);
    }
    void everythingIsBoundedAndPlain()
    {
        QByteArray frames;
        for (int i = 0; i < 3000; ++i)
            frames += "{\"function\":\"" + QByteArray(200, 'f') + "\",\"filename\":\"a\"},";
        frames.chop(1);
        Event event = read("{\"exception\":{\"values\":[{\"type\":\"" + QByteArray(5000, 'T') + "\",\"value\":\"\\u001b[31mred\\u202e" + QByteArray(200'000, 'v')
                           + "\",\"stacktrace\":{\"frames\":[" + frames + "]}}]},\"release\":\"" + QByteArray(5000, 'r') + "\"}");
        Cleaner(text::Scrubber()).clean(event);
        QVERIFY(event.type.size() <= 256);
        QVERIFY(event.message.size() <= 8 * 1024);
        QVERIFY(event.trace.size() <= 64 * 1024);
        QVERIFY(event.frames.size() <= 200);
        QVERIFY(event.release.size() <= 128);
        QVERIFY(!event.message.contains(QChar(0x1b)));
        QVERIFY(!event.message.contains(QChar(0x202e)));
    }
    void timesInEveryForm()
    {
        QCOMPARE(timeOf(1795303774.25), 1795303774250);
        QCOMPARE(timeOf(QStringLiteral("1795303774.25")), 1795303774250);
        QCOMPARE(timeOf(QStringLiteral("2026-11-21T23:34:15.996Z")), 1795304055996);
        QCOMPARE(timeOf(QStringLiteral("2026-11-21T23:34:15.996260Z")), 1795304055996);
        QCOMPARE(timeOf(QStringLiteral("2026-11-21T23:34:15")), 1795304055000);
        QCOMPARE(timeOf(QStringLiteral("2026-11-22T00:34:15+01:00")), 1795304055000);
        QCOMPARE(timeOf(QStringLiteral("no")), 0);
        QCOMPARE(timeOf(-5), 0);
        QCOMPARE(timeOf(1e300), 0);
    }
};

COPPICE_TEST(SentryEventTest)
#include "sentry_event_test.moc"
