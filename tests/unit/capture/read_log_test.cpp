// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/ingest.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFile>
#include <QTest>

using namespace coppice;
using namespace coppice::capture;

namespace {

QString data(const QString &name)
{
    return QStringLiteral(COPPICE_SOURCE_DIR "/tests/unit/capture/data/") + name;
}

std::vector<Event> eventsIn(const QString &path, const ReadOptions &options = {})
{
    std::vector<Event> events;
    const auto done = readLog(path, text::Scrubber(), options, [&](Event &&event) { events.push_back(std::move(event)); });
    if (!done)
        qWarning("%s", qPrintable(done.error().message()));
    return events;
}

QString causesOf(const Event &event)
{
    QStringList all;
    for (const auto &cause : event.causes)
        all << QString(cause.type + QStringLiteral(": ") + cause.message);
    return all.join(QStringLiteral("; "));
}

QString topFrame(const Event &event)
{
    for (const auto &frame : event.frames) {
        if (frame.inApp)
            return QStringLiteral("%1@%2:%3").arg(frame.function, frame.file.section(u'/', -1)).arg(frame.line);
    }
    return {};
}

/// One event in a line: what a reader of the log would call it.
QString shown(const Event &event)
{
    return QStringLiteral("%1|%2|%3|%4").arg(nameOf(event.level), event.type, event.message, topFrame(event));
}

} // namespace

class ReadLogTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whomItHappenedTo()
    {
        const test::Scratch scratch;
        const QString file = scratch.write(QStringLiteral("users.jsonl"), R"({"level":"error","msg":"a","user":{"id":"u-17","name":"Ann"}}
{"level":"error","msg":"a","user.id":"u-18"}
{"level":"error","msg":"a","userId":4711}
{"level":"error","msg":"a","user":"carl"}
{"level":"error","msg":"a","usr":{"id":"u-19"}}
{"level":"error","msg":"a","user":{"plan":"large"}}
{"level":"error","msg":"a"}
)");
        QStringList users;
        for (const auto &event : eventsIn(file))
            users << event.tags.value(QStringLiteral("user"), QStringLiteral("-"));
        QCOMPARE(users.join(u' '), QStringLiteral("u-17 u-18 4711 carl u-19 - -"));
    }
    void recordedCrashes_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QStringList>("expected"); // the crashes only, in order
        QTest::addColumn<QString>("causes");       // of the first one
        const auto row = [](const char *file, const QStringList &expected, const char *causes = "") {
            QTest::newRow(file) << QString::fromLatin1(file) << expected << QString::fromLatin1(causes);
        };
        row("node-uncaught.log",
            {QStringLiteral("error|Error|load failed for item 1|load@n.js:1"), QStringLiteral("error|Error|load failed for item 2|load@n.js:1")},
            "SyntaxError: Expected property name or '}' in JSON at position 1");
        row("node-cause.log", {QStringLiteral("error|ConfigError|cannot load /nonexistent/settings.json|load@cause.js:4")},
            "Error: ENOENT: no such file or directory, open '/nonexistent/settings.json'");
        row("node-aggregate.log", {QStringLiteral("error|AggregateError|All promises were rejected|")},
            "TypeError: first went wrong; RangeError: second out of range");
        row("node-assert.log", {QStringLiteral("error|AssertionError|Expected values to be strictly deep-equal:\n+ actual - expected\n\n  {\n+   a: 1\n-   a: 2\n  }|Object.<anonymous>@assert.js:1")});
        row("node-multiline.log", {QStringLiteral("error|Error|first line\nsecond line: 3\n  third|check@multiline.js:1")});
        row("node-string.log", {QStringLiteral("error||plain string|@string.js:1")});
        row("node-syntax.log", {QStringLiteral("error|SyntaxError|Unexpected identifier 'bar'|@syntax.js:2")});
        row("node-console.log",
            {QStringLiteral("error|TypeError|Cannot read properties of undefined (reading 'x')|work@console.js:2"),
             QStringLiteral("error|TypeError|bad item 2|work@console.js:2"), QStringLiteral("error|TypeError|bad item 3|work@console.js:2"),
             QStringLiteral("error|RangeError|inside an object|Object.<anonymous>@console.js:4")});
        row("python-chained.log",
            {QStringLiteral("error|RuntimeError|load failed for item 1|load@p.py:5"), QStringLiteral("error|RuntimeError|load failed for item 2|load@p.py:5")},
            "ValueError: invalid literal for int() with base 10: 'x1'");
        row("py-group.log", {QStringLiteral("error|RuntimeError|sync stopped|<module>@group.py:12")},
            "ExceptionGroup: batch failed (3 sub-exceptions); ValueError: invalid literal for int() with base 10: 'x'; "
            "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'; "
            "ExceptionGroup: inner (1 sub-exception); KeyError: 'k'");
        row("py-grouptop.log", {QStringLiteral("error|ExceptionGroup|batch failed (2 sub-exceptions)|parts@grouptop.py:2")},
            "ValueError: a; TypeError: b\nmore; ZeroDivisionError: division by zero");
        row("py-logged.log",
            {QStringLiteral("error|KeyError|'b'|fetch@logged.py:5"), QStringLiteral("error|KeyError|'c'|fetch@logged.py:5"),
             QStringLiteral("warning|json.decoder.JSONDecodeError|Expecting property name enclosed in double quotes: line 1 column 2 (char 1)|parse@logged.py:7"),
             QStringLiteral("error|Multi|line one\nline two\nline three|deep@logged.py:20")});
        row("py-notes.log", {QStringLiteral("error|NotImplementedError||<module>@notes.py:8")}, "KeyError: 'missing'\nwhile reading the profile");
        row("py-syntax.log", {QStringLiteral("error|SyntaxError|invalid syntax|@syntax.py:1")});
        row("py-imp.log", {QStringLiteral("error|json.decoder.JSONDecodeError|Expecting value: line 1 column 1 (char 0)|<module>@imp.py:2")});
        row("go-panic.log",
            {QStringLiteral("error|panic|runtime error: index out of range [5] with length 1|main.idx@m.go:3"),
             QStringLiteral("error|panic|assignment to entry in nil map|main.main@m.go:4")});
        row("go-nilptr.log", {QStringLiteral("error|panic|runtime error: invalid memory address or nil pointer dereference|main.main@main.go:25")});
        row("go-wrapped.log", {QStringLiteral("error|panic|again: first|main.main.func1@main.go:29")}, "panic: first");
        row("go-http.log", {QStringLiteral("error|panic|runtime error: index out of range [3] with length 0|main.main.func3@main.go:38")});
        row("rust-bt.log", {QStringLiteral("error|panic|key must be there|p::pick@p.rs:2")});
        row("rust-short.log", {QStringLiteral("error|panic|called `Result::unwrap()` on an `Err` value: \"bad\\nthing\"|@p.rs:6")});
        row("java-app.log", {QStringLiteral("error|App$StoreException|cannot load\nx1|App.load@App.java:4")},
            "java.lang.NumberFormatException: For input string: \"x1\"");
        row("java-caused-by.log",
            {QStringLiteral("error|java.lang.IllegalStateException|load failed for item 1|M.load@M.java:1"),
             QStringLiteral("error|java.lang.IllegalStateException|load failed for item 1|M.load@M.java:1")},
            "java.lang.NumberFormatException: For input string: \"x1\"");
        row("php-next.log", {QStringLiteral("error|RuntimeException|load failed|App\\Loader->load@Loader.php:33")},
            "InvalidArgumentException: bad id \"x1\"");
        row("ruby.log", {QStringLiteral("error|ArgumentError|bad id x1|read@store.rb:12")});
        row("dotnet.log", {QStringLiteral("error|System.InvalidOperationException|load failed|App.Loader.Load@Loader.cs:33")},
            "System.FormatException: Input string was not in a correct format.");
        row("pino.jsonl",
            {QStringLiteral("error|Error|load failed for item 1|outer@gen.cjs:3"), QStringLiteral("error|Error|load failed for item 2|outer@gen.cjs:3")},
            "SyntaxError: Expected property name or '}' in JSON at position 1");
        row("bunyan.jsonl", {QStringLiteral("error|Error|load failed for item 2|outer@gen.cjs:3")});
        row("winston.jsonl",
            {QStringLiteral("error|Error|load failed for item 1|outer@gen.cjs:3"), QStringLiteral("error|Error|load failed for item 2|outer@gen.cjs:3")});
        row("structlog.jsonl", {QStringLiteral("error|KeyError|'b'|f@s.py:5"), QStringLiteral("error|KeyError|'c'|f@s.py:5")});
    }
    void recordedCrashes()
    {
        QFETCH(QString, file);
        QFETCH(QStringList, expected);
        QFETCH(QString, causes);
        QStringList crashes;
        QString firstCauses;
        for (const auto &event : eventsIn(data(file))) {
            if (event.frames.empty() && event.causes.empty() && event.type.isEmpty())
                continue;
            if (event.type.endsWith(QStringLiteral("Warning")))
                continue;
            if (crashes.isEmpty())
                firstCauses = causesOf(event);
            crashes << shown(event);
        }
        QCOMPARE(crashes, expected);
        QCOMPARE(firstCauses, causes);
    }
    // Whatever carries a log to its file, the crash in it is the same.
    void carriers_data()
    {
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<QString>("ending");
        QTest::newRow("syslog") << QStringLiteral("Nov 22 10:00:00 host app[12]: ") << QStringLiteral("\n");
        QTest::newRow("journal") << QStringLiteral("2026-11-22T10:00:00+0000 host app[12]: ") << QStringLiteral("\n");
        QTest::newRow("rfc 5424") << QStringLiteral("<11>1 2026-11-22T10:00:00Z host app 12 - - ") << QStringLiteral("\n");
        QTest::newRow("kubernetes") << QStringLiteral("2026-11-22T10:00:00.123456789Z stderr F ") << QStringLiteral("\n");
        QTest::newRow("docker") << QStringLiteral("2026-11-22T10:00:00.123456789Z ") << QStringLiteral("\n");
        QTest::newRow("compose") << QStringLiteral("web-1  | ") << QStringLiteral("\n");
        QTest::newRow("logger on every line") << QStringLiteral("2026-11-22 10:00:00,123 ERROR ") << QStringLiteral("\n");
        QTest::newRow("CRLF") << QString() << QStringLiteral("\r\n");
        QTest::newRow("colours") << QStringLiteral("\x1b[31m") << QStringLiteral("\x1b[0m\n");
    }
    void carriers()
    {
        QFETCH(QString, prefix);
        QFETCH(QString, ending);
        const test::Scratch scratch;
        for (const char *name : {"node-cause.log", "py-grouptop.log", "go-wrapped.log", "java-app.log", "rust-bt.log", "python-chained.log"}) {
            const QString file = QString::fromLatin1(name);
            QFile original(data(file));
            QVERIFY(original.open(QIODevice::ReadOnly));
            QString carried;
            const QStringList lines = QString::fromUtf8(original.readAll()).split(u'\n');
            for (const auto &line : lines)
                carried += prefix + line + ending;
            const auto plain = eventsIn(data(file));
            QStringList expected;
            for (const auto &event : plain) {
                if (event.level >= Level::Error)
                    expected << QString(shown(event) + causesOf(event));
            }
            QStringList got;
            for (const auto &event : eventsIn(scratch.write(QStringLiteral("x.log"), carried.toUtf8()))) {
                if (event.level >= Level::Error && !event.message.trimmed().isEmpty())
                    got << QString(shown(event) + causesOf(event));
            }
            QVERIFY(!expected.isEmpty());
            QCOMPARE(got, expected);
        }
    }
    void linesOfOthersBetween()
    {
        const test::Scratch scratch;
        for (const char *name : {"node-cause.log", "py-grouptop.log", "python-chained.log", "go-wrapped.log", "java-app.log", "rust-bt.log"}) {
            QFile original(data(QString::fromLatin1(name)));
            QVERIFY(original.open(QIODevice::ReadOnly));
            QByteArray mixed = "2026-11-22 10:00:00,001 INFO web: start\n";
            int others = 1;
            int n = 0;
            const QByteArrayList lines = original.readAll().split('\n');
            for (const auto &line : lines) {
                mixed += line + '\n';
                if (++n % 4 == 0) {
                    mixed += "2026-11-22 10:00:01,001 INFO web: request " + QByteArray::number(n) + " served\n";
                    ++others;
                }
            }
            QStringList errors;
            int infos = 0;
            for (const auto &event : eventsIn(scratch.write(QStringLiteral("x.log"), mixed))) {
                if (event.level >= Level::Error)
                    errors << shown(event);
                else
                    infos += event.message.startsWith(QStringLiteral("web: ")) ? 1 : 0;
            }
            QStringList expected;
            for (const auto &event : eventsIn(data(QString::fromLatin1(name)))) {
                if (event.level >= Level::Error)
                    expected << shown(event);
            }
            QCOMPARE(errors, expected);
            QCOMPARE(infos, others);
        }
    }
    void twoProcessesInOneFile()
    {
        QFile a(data(QStringLiteral("python-chained.log")));
        QFile b(data(QStringLiteral("node-cause.log")));
        QVERIFY(a.open(QIODevice::ReadOnly) && b.open(QIODevice::ReadOnly));
        const auto left = a.readAll().trimmed().split('\n');
        const auto right = b.readAll().trimmed().split('\n');
        QByteArray mixed;
        for (qsizetype i = 0; i < qMax(left.size(), right.size()); ++i) {
            if (i < left.size())
                mixed += "Nov 22 10:00:00 host py[1]: " + left[i] + '\n';
            if (i < right.size())
                mixed += "Nov 22 10:00:00 host js[2]: " + right[i] + '\n';
        }
        const test::Scratch scratch;
        QStringList types;
        for (const auto &event : eventsIn(scratch.write(QStringLiteral("x.log"), mixed)))
            types << event.type;
        QCOMPARE(types, (QStringList{QStringLiteral("RuntimeError"), QStringLiteral("ConfigError"), QStringLiteral("RuntimeError")}));
    }
    void headers_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *line, const char *expected) { QTest::newRow(line) << QString::fromUtf8(line) << QString::fromUtf8(expected); };
        row("2026-11-22 10:00:00,123 ERROR app: no", "error|1795341600123|app: no");
        row("[2026-11-22T10:00:00.5Z] [warn] slow", "warning|1795341600500|slow");
        row("2026/11/22 10:00:00 listening", "info|1795341600000|listening");
        row("22/Nov/2026:10:00:00 +0100 INFO x", "info|1795338000000|x");
        row("ERROR:root:could not", "error|0|root:could not");
        row("[ERROR] could not", "error|0|could not");
        row("error: could not", "error|0|could not");
        row("E1122 10:00:00.250000   7 file.go:12] bad", "error|1795341600250|bad");
        row("time=2026-11-22T10:00:00Z level=error msg=\"no \\\"x\\\"\" err=\"gone\"", "error|1795341600000|no \"x\": gone");
        row("[2026-11-22 10:00:00] production.CRITICAL: down", "fatal|1795341600000|down");
        row("Erroring is a word", "info|0|Erroring is a word");
        row("information: none", "info|0|information: none");
        row("{\"level\":\"warn\",\"message\":\"x\",\"time\":1795341600}", "warning|1795341600000|x");
        row("{\"level\":50,\"msg\":\"x\",\"time\":1795341600123}", "error|1795341600123|x");
        row("{\"severity\":\"ERROR\",\"message\":\"x\"}", "error|0|x");
        row("{\"MESSAGE\":\"x\",\"PRIORITY\":\"3\",\"__REALTIME_TIMESTAMP\":\"1795341600000001\"}", "error|1795341600000|x");
        row("{\"log\":\"ERROR x\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-22T10:00:00.000000001Z\"}", "error|1795341600000|x");
        row("{\"ts\":1795341600.5,\"level\":\"error\",\"msg\":\"x\",\"error\":\"y\"}", "error|1795341600500|y");
    }
    void headers()
    {
        QFETCH(QString, line);
        QFETCH(QString, expected);
        const test::Scratch scratch;
        const auto events = eventsIn(scratch.write(QStringLiteral("x.log"), line.toUtf8()));
        QCOMPARE(events.size(), size_t(1));
        QCOMPARE(QStringLiteral("%1|%2|%3").arg(nameOf(events[0].level)).arg(events[0].at).arg(events[0].message), expected);
    }
    void roughFiles()
    {
        const test::Scratch scratch;
        const QByteArray trace = "Error: boom\n    at run (/srv/a.js:3:5)";
        QByteArray rough = "\xEF\xBB\xBF" + QByteArray(5, '\0') + trace + "\n\xff\xfe bad bytes\n" + QByteArray(1'000'000, 'x') + "\n\n"
            + "{\"level\":50,\"msg\":\"" + QByteArray(1'000'000, 'y') + "\"}\n" + trace;
        const auto events = eventsIn(scratch.write(QStringLiteral("x.log"), rough));
        QCOMPARE(events.size(), size_t(5));
        QCOMPARE(events[0].type, QStringLiteral("Error"));
        QVERIFY(events[1].message.endsWith(QStringLiteral("bad bytes")));
        QVERIFY(events[2].message.size() <= 8 * 1024);
        QVERIFY(events[2].message.endsWith(QStringLiteral("[cut]")));
        QCOMPARE(events[3].level, Level::Error); // a long JSON line is still read
        QCOMPARE(topFrame(events[4]), QStringLiteral("run@a.js:3"));
        QVERIFY(events[0].identity != events[4].identity);
    }
    void emptyAndMissing()
    {
        const test::Scratch scratch;
        QVERIFY(eventsIn(scratch.write(QStringLiteral("x.log"), {})).empty());
        QVERIFY(eventsIn(scratch.write(QStringLiteral("x.log"), "\n\r\n  \n")).empty());
        const auto missing = readLog(scratch.path(QStringLiteral("no.log")), text::Scrubber(), {}, [](Event &&) {});
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
        QCOMPARE(readLog(scratch.path(), text::Scrubber(), {}, [](Event &&) {}).error().kind, ErrorKind::Usage);
    }
    void everyLine()
    {
        ReadOptions options;
        options.everyLine = true;
        const auto events = eventsIn(data(QStringLiteral("python-chained.log")), options);
        QFile file(data(QStringLiteral("python-chained.log")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto lines = QString::fromUtf8(file.readAll()).split(u'\n');
        QVERIFY(events.size() > 20);
        for (const auto &event : events)
            QCOMPARE(event.message.trimmed(), lines[event.record - 1].trimmed());
    }
    void secretsNeverLeave()
    {
        const test::Scratch scratch;
        const auto events = eventsIn(scratch.write(QStringLiteral("x.log"),
                                                   "{\"level\":50,\"msg\":\"login\",\"password\":\"hunter2\",\"name\":\"svc\"}\n"
                                                   "ERROR connect postgres://app:hunter2@db/x\n\nINFO next login=ok password=hunter2\n"
                                                   "Error: token=hunter2 refused\n    at run (/srv/a.js:3:5)\n"
                                                   "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"));
        QCOMPARE(events.size(), size_t(5));
        for (const auto &event : events) {
            QVERIFY(!event.message.contains(QStringLiteral("hunter2")));
            QVERIFY2(!event.trace.contains(QStringLiteral("hunter2")), qPrintable(event.trace));
            QVERIFY(event.scrubbed > 0);
        }
    }
    void releases()
    {
        const test::Scratch scratch;
        const auto events = eventsIn(scratch.write(QStringLiteral("x.log"),
                                                   "Error: a\n    at run (/srv/a.js:3:5)\nup release=1.2.3\nError: a\n    at run (/srv/a.js:3:5)\n"
                                                   "{\"level\":50,\"msg\":\"x\",\"version\":\"2.0.0\"}\nconnected, weather v9.9.9\n"));
        QStringList releases;
        for (const auto &event : events)
            releases << event.release;
        QCOMPARE(releases.join(u','), QStringLiteral(",1.2.3,1.2.3,2.0.0,1.2.3"));
    }
    void identityOutlivesGrowth()
    {
        const test::Scratch scratch;
        const QByteArray line = "ERROR no\n";
        const auto before = eventsIn(scratch.write(QStringLiteral("a.log"), line + line));
        const auto after = eventsIn(scratch.write(QStringLiteral("b.log"), line + line + line));
        QCOMPARE(after.size(), size_t(3));
        QCOMPARE(before[0].identity, after[0].identity);
        QCOMPARE(before[1].identity, after[1].identity);
        QVERIFY(after[1].identity != after[2].identity);
        QVERIFY(after[0].identity != after[1].identity);
    }
};
COPPICE_TEST(ReadLogTest)
#include "read_log_test.moc"
