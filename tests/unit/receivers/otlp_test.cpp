// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/otlp.h"
#include "receivers/wire.h"
#include "support/test_main.h"

#include <QTest>

#include <bit>

using namespace coppice;
using namespace coppice::receivers;
using capture::Level;

namespace {

/// JSON written with single quotes.
QByteArray j(QByteArray text)
{
    return text.replace('\'', '"');
}

QByteArray varint(quint64 value)
{
    QByteArray out;
    for (; value >= 0x80; value >>= 7)
        out += char(value | 0x80);
    return out + char(value);
}
QByteArray number(int field, quint64 value) { return varint(quint64(field) << 3) + varint(value); }
QByteArray fixed(int field, quint64 value)
{
    QByteArray out = varint((quint64(field) << 3) | 1);
    for (int i = 0; i < 8; ++i)
        out += char(value >> (8 * i));
    return out;
}
QByteArray bytes(int field, const QByteArray &value) { return varint((quint64(field) << 3) | 2) + varint(quint64(value.size())) + value; }
QByteArray attribute(const QByteArray &key, const QByteArray &text) { return bytes(1, key) + bytes(2, bytes(1, text)); }
QByteArray resource() { return bytes(1, bytes(1, attribute("service.name", "mail")) + bytes(1, attribute("service.version", "1.4"))); }

QByteArray jsonLog(const QByteArray &record)
{
    return j("{'resourceLogs':[{'resource':{'attributes':[{'key':'service.version','value':{'stringValue':'1.4'}},{'key':'deployment.environment','value':{'stringValue':'prod'}}]},'scopeLogs':[{'scope':{'name':'lib'},'logRecords':[")
        + record + "]}]}]}";
}
QByteArray jsonSpan(const QByteArray &span)
{
    return j("{'resourceSpans':[{'resource':{'attributes':[{'key':'service.version','value':{'stringValue':'1.4'}}]},'scopeSpans':[{'spans':[") + span + "]}]}]}";
}

Batch logs(const QByteArray &record)
{
    const auto read = readOtlp(jsonLog(record), OtlpSignal::Logs, true);
    if (!read)
        qFatal("%s", qPrintable(read.error().message()));
    return read->batch;
}
Batch spans(const QByteArray &span)
{
    const auto read = readOtlp(jsonSpan(span), OtlpSignal::Traces, true);
    if (!read)
        qFatal("%s", qPrintable(read.error().message()));
    return read->batch;
}

const QByteArray ids = j("'traceId':'5b8efff798038103d269b633813fc60c','spanId':'eee19b7ec3c1b174'");

} // namespace

class OtlpTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordsBySeverity_data()
    {
        QTest::addColumn<QByteArray>("record");
        QTest::addColumn<bool>("kept");
        QTest::addColumn<int>("level");
        QTest::newRow("info") << j("'severityNumber':9") << false << 0;
        QTest::newRow("warning") << j("'severityNumber':16") << false << 0;
        QTest::newRow("error") << j("'severityNumber':17") << true << int(Level::Error);
        QTest::newRow("error4") << j("'severityNumber':20") << true << int(Level::Error);
        QTest::newRow("fatal") << j("'severityNumber':21") << true << int(Level::Fatal);
        QTest::newRow("only words") << j("'severityText':'ERROR'") << true << int(Level::Error);
        QTest::newRow("nothing said") << j("'x':1") << false << 0;
        QTest::newRow("an exception, quietly")
            << j("'severityNumber':9,'attributes':[{'key':'exception.type','value':{'stringValue':'E'}}]") << true << int(Level::Error);
    }
    void recordsBySeverity()
    {
        QFETCH(QByteArray, record);
        QFETCH(bool, kept);
        QFETCH(int, level);
        const Batch batch = logs("{" + record + j(",'body':{'stringValue':'m'}}"));
        QCOMPARE(batch.events.size(), size_t(kept));
        if (kept)
            QCOMPARE(int(batch.events[0].level), level);
    }
    void whatARecordSays()
    {
        const Batch batch = logs(j("{'timeUnixNano':'1795303774888000000','severityNumber':17,'body':{'kvlistValue':{'values':[{'key':'a','value':{'intValue':3}},{'key':'b','value':{'arrayValue':{'values':[{'boolValue':true},{'doubleValue':1.5},{'intValue':'9007199254740993'}]}}}]}},'attributes':[{'key':'tool','value':{'stringValue':'send'}},{'key':'password','value':{'stringValue':'x'}}],")
                                 + ids + "}");
        QCOMPARE(batch.events.size(), size_t(1));
        const auto &event = batch.events[0];
        QCOMPARE(event.message, QStringLiteral("{\"a\":3,\"b\":[true,1.5,9007199254740993]}"));
        QCOMPARE(event.at, 1795303774888);
        QCOMPARE(event.release, QStringLiteral("1.4"));
        QCOMPARE(event.environment, QStringLiteral("prod"));
        QCOMPARE(event.source, QStringLiteral("otlp:logs"));
        QCOMPARE(event.tags[QStringLiteral("tool")], QStringLiteral("send"));
        QCOMPARE(event.tags[QStringLiteral("password")], QStringLiteral("[scrubbed]"));
        QCOMPARE(event.tags[QStringLiteral("logger")], QStringLiteral("lib"));
        QCOMPARE(event.tags[QStringLiteral("trace")], QStringLiteral("5b8efff798038103d269b633813fc60c"));
    }
    void stacksAreReadInTheirLanguage()
    {
        const Batch batch = logs(j("{'severityNumber':17,'body':{'stringValue':'request failed'},'attributes':[{'key':'exception.type','value':{'stringValue':'ValueError'}},{'key':'exception.message','value':{'stringValue':'bad 7'}},{'key':'exception.stacktrace','value':{'stringValue':'Traceback (most recent call last):\\n  File \\'/srv/app.py\\', line 10, in main\\n    run()\\n  File \\'/srv/job.py\\', line 4, in run\\n    raise ValueError(text)\\nValueError: bad 7\\n'}}]}"));
        const auto &event = batch.events[0];
        QCOMPARE(event.type, QStringLiteral("ValueError"));
        QCOMPARE(event.message, QStringLiteral("bad 7"));
        QCOMPARE(event.frames.size(), size_t(2));
        QCOMPARE(event.frames[0].function, QStringLiteral("run"));
        QCOMPARE(event.frames[0].line, 4);
        QCOMPARE(event.tags[QStringLiteral("logged")], QStringLiteral("request failed"));
        QVERIFY(event.trace.startsWith(u"Traceback"));
    }
    void exceptionsInSpansAndFailedSpans()
    {
        QCOMPARE(spans("{" + ids + j(",'name':'ok','status':{}}")).events.size(), size_t(0));
        const Batch failed = spans("{" + ids + j(",'name':'tools/call send','kind':2,'endTimeUnixNano':'1795303774888000000','attributes':[{'key':'error.type','value':{'stringValue':'timeout'}}],'status':{'code':2,'message':'no answer'}}"));
        QCOMPARE(failed.events.size(), size_t(1));
        QCOMPARE(failed.events[0].type, QStringLiteral("timeout"));
        QCOMPARE(failed.events[0].message, QStringLiteral("no answer"));
        QCOMPARE(failed.events[0].tags[QStringLiteral("span")], QStringLiteral("tools/call send"));
        QCOMPARE(failed.events[0].level, Level::Error);
        QCOMPARE(spans("{" + ids + j(",'name':'n','status':{'code':'STATUS_CODE_ERROR'}}")).events[0].message, QStringLiteral("n failed"));
        // The status of a span that names its exception says it once more, and makes no second event.
        const Batch told = spans("{" + ids + j(",'name':'n','events':[{'name':'log'},{'name':'exception','timeUnixNano':'5','attributes':[{'key':'exception.type','value':{'stringValue':'E'}},{'key':'exception.message','value':{'stringValue':'m'}}]}],'status':{'code':2,'message':'m'}}"));
        QCOMPARE(told.events.size(), size_t(1));
        QCOMPARE(told.events[0].type, QStringLiteral("E"));
    }
    void twinsAreTheSameErrorOnTwoRoads()
    {
        const QByteArray exception = j("'attributes':[{'key':'exception.type','value':{'stringValue':'E'}},{'key':'exception.message','value':{'stringValue':'m'}}]");
        const auto log = logs("{\"severityNumber\":17," + exception + "," + ids + "}").events[0];
        const auto span = spans("{" + ids + j(",'name':'n','events':[{'name':'exception',") + exception + "}]}").events[0];
        QVERIFY(!log.twin.isEmpty());
        QCOMPARE(log.twin, span.twin);
        QVERIFY(log.identity != span.identity);
        // another span, another error; no span, nothing to go by
        QVERIFY(logs("{\"severityNumber\":17," + exception + j(",'traceId':'5b8efff798038103d269b633813fc60c','spanId':'aaa19b7ec3c1b174'}")).events[0].twin != log.twin);
        QVERIFY(logs("{\"severityNumber\":17," + exception + "}").events[0].twin.isEmpty());
    }
    void metricsCountRequests()
    {
        const QByteArray body = j("{'resourceMetrics':[{'resource':{'attributes':[{'key':'service.version','value':{'stringValue':'1.4'}}]},'scopeMetrics':[{'metrics':["
            "            {'name':'http.server.request.duration','histogram':{'aggregationTemporality':2,'dataPoints':[{'startTimeUnixNano':'1','timeUnixNano':'1795303774000000000','count':'7','sum':1.5,'attributes':[{'key':'http.route','value':{'stringValue':'/a'}}]},{'startTimeUnixNano':'1','timeUnixNano':'1795303774000000000','count':5}]}},"
            "            {'name':'requests_total','sum':{'isMonotonic':true,'aggregationTemporality':1,'dataPoints':[{'asInt':'3','timeUnixNano':'1795303774000000000'}]}},"
            "            {'name':'active_requests_total','sum':{'isMonotonic':false,'aggregationTemporality':1,'dataPoints':[{'asInt':'3'}]}},"
            "            {'name':'http.client.request.duration','histogram':{'aggregationTemporality':1,'dataPoints':[{'count':'100'}]}},"
            "            {'name':'process.memory','gauge':{'dataPoints':[{'asDouble':1.0}]}}]}]}]}");
        const auto read = readOtlp(body, OtlpSignal::Metrics, true);
        QVERIFY_RESULT(read);
        const auto &points = read->batch.requests;
        QCOMPARE(points.size(), size_t(3));
        QCOMPARE(points[0].value, 7);
        QVERIFY(points[0].rising);
        QVERIFY(points[0].series != points[1].series);
        QCOMPARE(points[0].release, QStringLiteral("1.4"));
        QCOMPARE(points[0].at, 1795303774000);
        QCOMPARE(points[2].value, 3);
        QVERIFY(!points[2].rising);
    }
    void protobufSaysTheSame()
    {
        const QByteArray trace = QByteArray::fromHex("5b8efff798038103d269b633813fc60c");
        const QByteArray spanId = QByteArray::fromHex("eee19b7ec3c1b174");
        const QByteArray type = attribute("exception.type", "E"), message = attribute("exception.message", "m");
        // an unknown field, a field of another type, and items before their resource
        const QByteArray log = fixed(1, 1795303774888000000) + number(2, 17) + bytes(5, bytes(1, "body")) + bytes(6, type) + bytes(6, message)
            + bytes(9, trace) + bytes(10, spanId) + number(1, 3) + bytes(99, "later") + bytes(6, bytes(1, "n") + bytes(2, number(3, quint64(-5))))
            + bytes(6, bytes(1, "d") + bytes(2, fixed(4, std::bit_cast<quint64>(1.5))));
        const QByteArray body = bytes(1, bytes(2, bytes(2, log) + bytes(1, bytes(1, "lib"))) + resource());
        const auto read = readOtlp(body, OtlpSignal::Logs, false);
        QVERIFY_RESULT(read);
        QCOMPARE(read->batch.events.size(), size_t(1));
        const auto &event = read->batch.events[0];
        QCOMPARE(event.type, QStringLiteral("E"));
        QCOMPARE(event.message, QStringLiteral("m"));
        QCOMPARE(event.at, 1795303774888);
        QCOMPARE(event.release, QStringLiteral("1.4"));
        QCOMPARE(event.tags[QStringLiteral("logged")], QStringLiteral("body"));
        QCOMPARE(event.tags[QStringLiteral("n")], QStringLiteral("-5"));
        QCOMPARE(event.tags[QStringLiteral("d")], QStringLiteral("1.5"));
        QCOMPARE(event.tags[QStringLiteral("logger")], QStringLiteral("lib"));
        QCOMPARE(event.twin, logs(j("{'severityNumber':17,'attributes':[{'key':'exception.type','value':{'stringValue':'E'}},{'key':'exception.message','value':{'stringValue':'m'}}],") + ids + "}").events[0].twin);

        const QByteArray span = bytes(1, trace) + bytes(2, spanId) + bytes(5, "n") + number(6, 2) + fixed(8, 5)
            + bytes(11, fixed(1, 4) + bytes(2, "exception") + bytes(3, type) + bytes(3, message)) + bytes(15, bytes(2, "m") + number(3, 2));
        const auto spansRead = readOtlp(bytes(1, resource() + bytes(2, bytes(2, span))), OtlpSignal::Traces, false);
        QVERIFY_RESULT(spansRead);
        QCOMPARE(spansRead->batch.events.size(), size_t(1));
        QCOMPARE(spansRead->batch.events[0].twin, event.twin);

        const QByteArray histogram = number(2, 2) + bytes(1, fixed(2, 1) + fixed(3, 1795303774000000000) + fixed(4, 7) + bytes(9, attribute("http.route", "/a")));
        const QByteArray sum = bytes(1, fixed(3, 1795303774000000000) + fixed(6, 3)) + number(2, 1) + number(3, 1);
        const QByteArray exponential = number(2, 1) + bytes(1, bytes(1, attribute("a", "b")) + fixed(4, 11));
        const QByteArray metrics = bytes(2, bytes(9, histogram) + bytes(1, "http.server.request.duration")) + bytes(2, bytes(1, "requests_total") + bytes(7, sum))
            + bytes(2, bytes(1, "mcp.server.operation.duration") + bytes(10, exponential)) + bytes(2, bytes(1, "other") + bytes(9, histogram));
        const auto metricsRead = readOtlp(bytes(1, resource() + bytes(2, metrics)), OtlpSignal::Metrics, false);
        QVERIFY_RESULT(metricsRead);
        const auto &points = metricsRead->batch.requests;
        QCOMPARE(points.size(), size_t(3));
        QCOMPARE(points[0].value, 7);
        QVERIFY(points[0].rising);
        QCOMPARE(points[1].value, 3);
        QVERIFY(!points[1].rising);
        QCOMPARE(points[2].value, 11);
    }
    void brokenProtobufIsRefused()
    {
        const QByteArray log = number(2, 17) + bytes(5, bytes(1, "body"));
        const QByteArray body = bytes(1, bytes(2, bytes(2, log)));
        QVERIFY(readOtlp(body, OtlpSignal::Logs, false));
        for (qsizetype i = 1; i < body.size(); ++i)
            QVERIFY2(!readOtlp(body.left(i), OtlpSignal::Logs, false), qPrintable(QString::number(i)));
        QVERIFY(!readOtlp("\x0b\x0c", OtlpSignal::Logs, false));                     // groups
        QVERIFY(!readOtlp(QByteArray("\x08") + QByteArray(11, '\xff'), OtlpSignal::Logs, false)); // a number without end
        QVERIFY(!readOtlp(QByteArray("\x00\x00", 2), OtlpSignal::Logs, false));      // field 0
        QByteArray deep = bytes(1, "x");
        for (int i = 0; i < 200; ++i)
            deep = bytes(5, bytes(1, deep));
        QVERIFY(!readOtlp(bytes(1, bytes(2, bytes(2, number(2, 17) + bytes(5, deep)))), OtlpSignal::Logs, false));
        QVERIFY(readOtlp("", OtlpSignal::Logs, false)); // an empty message is a message
    }
    void brokenJsonIsRefused()
    {
        QVERIFY(!readOtlp("{", OtlpSignal::Logs, true));
        QVERIFY(!readOtlp("[]", OtlpSignal::Logs, true));
        QVERIFY(!readOtlp(j("{'resourceLogs':7}"), OtlpSignal::Logs, true));
        QVERIFY(!readOtlp(QByteArray("{\"resourceLogs\":") + QByteArray(500, '[') + QByteArray(500, ']') + '}', OtlpSignal::Logs, true));
        QVERIFY(readOtlp("{}", OtlpSignal::Logs, true));
        QVERIFY(readOtlp(j("{'resourceLogs':[null,7,{'scopeLogs':[{'logRecords':['x',{'body':[]}]}]}]}"), OtlpSignal::Logs, true));
    }
    void oneRequestBringsAtMostSoMany()
    {
        QByteArray records = "{\"severityNumber\":17}";
        for (int i = 0; i < 6000; ++i)
            records += ",{\"severityNumber\":17}";
        const auto read = readOtlp(jsonLog(records), OtlpSignal::Logs, true);
        QVERIFY_RESULT(read);
        QCOMPARE(read->batch.events.size(), size_t(5000));
        QCOMPARE(read->rejected, 1001);
    }
};

COPPICE_TEST(OtlpTest)
#include "otlp_test.moc"
