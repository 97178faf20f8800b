// SPDX-License-Identifier: GPL-3.0-or-later
// Real kits, pinned, from the npm registry and from Debian: what a program reports by them stands in its plugin's groups.
#include "clients/real_agent.h"
#include "integration/receiving.h"
#include "support/test_main.h"

#include <QDir>
#include <QTest>

using namespace coppice::test;

namespace {

const char *const sentryProgram = R"(
const Sentry = require('@sentry/node');
Sentry.init({ dsn: process.env.DSN, release: 'mail@1.4.2', environment: 'production', tracesSampleRate: 1 });
const ids = [];
function boom(n) { throw new RangeError('index ' + n + ' out of range'); }
for (let i = 0; i < 5; ++i) { try { boom(i); } catch (e) { ids.push(Sentry.captureException(e)); } }
function outer() { try { JSON.parse('{'); } catch (e) { throw new Error('settings are broken', { cause: e }); } }
try { outer(); } catch (e) { ids.push(Sentry.captureException(e, { extra: { password: 'hunter2' } })); }
ids.push(Sentry.captureMessage('disk is full', 'error'));
Sentry.captureMessage('all is well', 'info');
try { boom(6); } catch (e) { ids.push(Sentry.captureException(e, { extra: { big: 'lorem ipsum '.repeat(8000) } })); }
Sentry.flush(20000).then((ok) => { console.log(JSON.stringify({ ok, ids })); process.exit(ok ? 0 : 1); });
)";

const char *const pythonProgram = R"(
import json, logging, os, sentry_sdk
sentry_sdk.init(os.environ['DSN'], release='mail@1.4.2', environment='production')
ids = []
def boom(n):
    password = 'hunter2'
    raise ValueError('index %d out of range' % n)
for i in range(5):
    try:
        boom(i)
    except ValueError as e:
        ids.append(sentry_sdk.capture_exception(e))
ids.append(sentry_sdk.capture_message('disk is full', level='error'))
logging.getLogger('mail').error('could not reach %s after %d tries', 'smtp.example.com', 3)
sentry_sdk.flush(timeout=20)
print(json.dumps({'ids': ids}))
)";

/// FORM is http (JSON) or proto.
const char *const otelProgram = R"(
const { trace, SpanStatusCode, context } = require('@opentelemetry/api');
const { LoggerProvider, SimpleLogRecordProcessor } = require('@opentelemetry/sdk-logs');
const { NodeTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-node');
const { MeterProvider, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const form = process.env.FORM;
const { OTLPLogExporter } = require('@opentelemetry/exporter-logs-otlp-' + form);
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-' + form);
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-' + form);
const resource = resourceFromAttributes({ 'service.name': 'something-else', 'service.version': '1.4.2' });
const compression = process.env.PACKED ? 'gzip' : 'none';
const logs = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter({ compression }) })] });
const traces = new NodeTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter({ compression }))] });
traces.register();
const meters = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ compression }), exportIntervalMillis: 3600000 })] });
const histogram = meters.getMeter('m').createHistogram('http.server.request.duration');
for (let i = 0; i < 42; ++i) histogram.record(0.1);
const logger = logs.getLogger('mail');
function boom(n) { return new TypeError('cannot send message ' + n); }
const error = boom(8842);
traces.getTracer('t').startActiveSpan('tools/call send', (span) => {
  // one error, on two roads
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  logger.emit({ severityNumber: 17, body: 'send failed', context: context.active(),
                attributes: { 'exception.type': 'TypeError', 'exception.message': error.message, 'exception.stacktrace': error.stack } });
  span.end();
});
logger.emit({ severityNumber: 21, body: 'out of memory' });
logger.emit({ severityNumber: 9, body: 'all is well' });
Promise.all([logs.forceFlush(), traces.forceFlush(), meters.forceFlush()])
  .then(() => Promise.all([logs.shutdown(), traces.shutdown(), meters.shutdown()]))
  .then(() => console.log('{}'), (e) => { console.error(e); process.exit(1); });
)";

} // namespace

class SdksTest final : public QObject
{
    Q_OBJECT

    std::unique_ptr<ServedLibrary> m_house;
    QJsonObject m_keys;

    QJsonObject runProgram(const QString &program, const QStringList &args, const QMap<QString, QString> &env, const QString &folder)
    {
        QProcess process;
        auto all = QProcessEnvironment::systemEnvironment();
        for (auto it = env.begin(); it != env.end(); ++it)
            all.insert(it.key(), *it);
        process.setProcessEnvironment(all);
        process.setWorkingDirectory(folder);
        process.start(program, args);
        process.waitForFinished(120'000);
        if (process.exitCode() != 0)
            qWarning("%s", process.readAllStandardError().constData());
        return QJsonDocument::fromJson(process.readAllStandardOutput().trimmed().split('\n').last()).object();
    }
    /// Title → number of events.
    [[nodiscard]] QMap<QString, int> groups() const
    {
        QMap<QString, int> found;
        for (const auto &group : m_house->ctl({QStringLiteral("groups"), QStringLiteral("list")}).json[u"groups"].toArray())
            found[group[u"title"].toString()] += group[u"events"].toInt();
        return found;
    }
    /// Events of all groups whose title begins so: which of several like ones came first is open.
    [[nodiscard]] int eventsOf(const QString &beginning) const
    {
        int sum = 0;
        const auto found = groups();
        for (auto it = found.begin(); it != found.end(); ++it)
            sum += it.key().startsWith(beginning) ? *it : 0;
        return sum;
    }
    [[nodiscard]] QByteArray everythingShown() const
    {
        QByteArray all;
        for (const auto &group : m_house->ctl({QStringLiteral("groups"), QStringLiteral("list")}).json[u"groups"].toArray())
            all += m_house->ctl({QStringLiteral("groups"), QStringLiteral("show"), group[u"id"].toString()}).out;
        return all;
    }

private Q_SLOTS:
    void init()
    {
        m_house = std::make_unique<ServedLibrary>();
        m_house->start();
        const auto answer = m_house->ctl({QStringLiteral("serve"), QStringLiteral("--port"), QString::number(m_house->port), QStringLiteral("--keys"), QStringLiteral("mail")});
        QCOMPARE_EXIT(answer, 0);
        m_keys = answer.json[u"plugins"][0].toObject();
    }
    void cleanup() { m_house.reset(); }

    void sentryForNode_data()
    {
        QTest::addColumn<QString>("version");
        for (const char *version : {"11.12.0", "9.47.2", "7.120.4"})
            QTest::newRow(version) << QString::fromLatin1(version);
    }
    void sentryForNode()
    {
        QFETCH(QString, version);
        const QString modules = installed(QStringLiteral("sentry-node-") + version, {QStringLiteral("@sentry/node@") + version});
        QVERIFY2(!modules.isEmpty(), "npm could not install the kit");
        const QString folder = QFileInfo(modules).path();
        QFile(folder + QStringLiteral("/program.cjs")).remove();
        QFile file(folder + QStringLiteral("/program.cjs"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(sentryProgram) > 0);
        file.close();
        const auto said = runProgram(QStringLiteral("node"), {QStringLiteral("program.cjs")}, {{QStringLiteral("DSN"), m_keys[u"dsn"].toString()}}, folder);
        const auto ids = said[u"ids"].toArray();
        QCOMPARE(ids.size(), 8);
        const QByteArray shown = everythingShown();
        for (const auto &id : ids)
            QVERIFY2(shown.count(id.toString().toLatin1()) == 1, qPrintable(id.toString()));
        const auto found = groups();
        QCOMPARE(eventsOf(QStringLiteral("RangeError: index ")), 6);
        QCOMPARE(found.value(QStringLiteral("Error: settings are broken")), 1);
        QCOMPARE(found.value(QStringLiteral("disk is full")), 1);
        QVERIFY(!shown.contains("hunter2"));
        QVERIFY(!shown.contains("all is well"));
        QVERIFY(shown.contains("mail@1.4.2"));
    }

    void sentryForPython()
    {
        // Debian's package, unpacked into the build: nothing is installed on this machine.
        const QString folder = QStringLiteral(COPPICE_CLIENTS_DIR "/sentry-python");
        const QString modules = folder + QStringLiteral("/usr/lib/python3/dist-packages");
        if (!QFile::exists(modules + QStringLiteral("/sentry_sdk"))) {
            QVERIFY(QDir().mkpath(folder));
            QProcess get;
            get.setWorkingDirectory(folder);
            get.start(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("apt-get download python3-sentry-sdk && dpkg -x python3-sentry-sdk*.deb .")});
            QVERIFY(get.waitForFinished(120'000));
        }
        QVERIFY2(QFile::exists(modules + QStringLiteral("/sentry_sdk")), "apt could not fetch python3-sentry-sdk");
        QFile file(folder + QStringLiteral("/program.py"));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(pythonProgram) > 0);
        file.close();
        const auto said = runProgram(QStringLiteral("python3"), {QStringLiteral("program.py")},
                                     {{QStringLiteral("DSN"), m_keys[u"dsn"].toString()}, {QStringLiteral("PYTHONPATH"), modules}}, folder);
        const auto ids = said[u"ids"].toArray();
        QCOMPARE(ids.size(), 6);
        const QByteArray shown = everythingShown();
        for (const auto &id : ids)
            QVERIFY2(shown.count(id.toString().toLatin1()) == 1, qPrintable(id.toString()));
        const auto found = groups();
        QCOMPARE(eventsOf(QStringLiteral("ValueError: index ")), 5);
        QCOMPARE(found.value(QStringLiteral("could not reach smtp.example.com after 3 tries")), 1);
        QVERIFY(!shown.contains("hunter2"));
    }

    void openTelemetry_data()
    {
        QTest::addColumn<QString>("form");
        QTest::addColumn<bool>("packed");
        QTest::newRow("json") << QStringLiteral("http") << false;
        QTest::newRow("json, gzip") << QStringLiteral("http") << true;
        QTest::newRow("protobuf") << QStringLiteral("proto") << false;
        QTest::newRow("protobuf, gzip") << QStringLiteral("proto") << true;
    }
    void openTelemetry()
    {
        QFETCH(QString, form);
        QFETCH(bool, packed);
        const QString modules = installed(QStringLiteral("otel-0.223.1"),
                                          {QStringLiteral("@opentelemetry/api@1.9.0"), QStringLiteral("@opentelemetry/sdk-logs@0.223.1"),
                                           QStringLiteral("@opentelemetry/sdk-trace-node@2.12.0"), QStringLiteral("@opentelemetry/sdk-metrics@2.12.0"),
                                           QStringLiteral("@opentelemetry/resources@2.12.0"), QStringLiteral("@opentelemetry/exporter-logs-otlp-http@0.223.1"),
                                           QStringLiteral("@opentelemetry/exporter-logs-otlp-proto@0.223.1"), QStringLiteral("@opentelemetry/exporter-trace-otlp-http@0.223.1"),
                                           QStringLiteral("@opentelemetry/exporter-trace-otlp-proto@0.223.1"), QStringLiteral("@opentelemetry/exporter-metrics-otlp-http@0.223.0"),
                                           QStringLiteral("@opentelemetry/exporter-metrics-otlp-proto@0.223.0")});
        QVERIFY2(!modules.isEmpty(), "npm could not install the kit");
        const QString folder = QFileInfo(modules).path();
        QFile file(folder + QStringLiteral("/program.cjs"));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(otelProgram) > 0);
        file.close();
        QMap<QString, QString> env{{QStringLiteral("FORM"), form}};
        const QJsonObject otel = m_keys[u"otel"].toObject();
        for (auto it = otel.begin(); it != otel.end(); ++it)
            env[it.key()] = it->toString();
        if (packed)
            env[QStringLiteral("PACKED")] = QStringLiteral("1");
        runProgram(QStringLiteral("node"), {QStringLiteral("program.cjs")}, env, folder);
        const auto found = groups();
        QCOMPARE(found.value(QStringLiteral("TypeError: cannot send message 8842")), 1); // told twice, counted once
        QCOMPARE(found.value(QStringLiteral("out of memory")), 1);
        QCOMPARE(found.size(), 2);
        const auto received = m_house->ctl({QStringLiteral("receivers")}).json;
        QCOMPARE(received[u"plugins"][0][u"requests"][u"1.4.2"].toInt(), 42);
    }
};

COPPICE_TEST(SdksTest)
#include "sdks_test.moc"
