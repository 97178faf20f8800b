// SPDX-License-Identifier: GPL-3.0-or-later
// Logs that are pulled. `ssh` and `journalctl` are small programs here that run what they are given, so that the commands
// themselves are real.
#include "base/clock.h"
#include "capture/pull.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include "capture/ingest.h"

#include <QBuffer>
#include <QDateTime>
#include <QFile>
#include <QTest>
#include <QtEndian>

namespace coppice::capture {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::capture;

namespace {

std::unique_ptr<store::Database> openEvents(const test::Scratch &scratch)
{
    auto database = store::Database::open(scratch.path(QStringLiteral("events.db")));
    if (!database || !(*database)->migrate(capture::migrations()))
        qFatal("no database");
    return std::move(*database);
}

void program(const test::Scratch &scratch, const QString &name, const QByteArray &text)
{
    const QString path = scratch.write(QStringLiteral("bin/") + name, "#!/bin/sh\n" + text);
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

qint64 pull(LogPull &source)
{
    qint64 sum = 0;
    for (;;) {
        const auto step = source.step();
        if (!step)
            qFatal("%s", qPrintable(step.error().message()));
        sum += step->events;
        if (!step->more)
            return sum;
    }
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::Append) || file.write(bytes) != bytes.size())
        qFatal("not written");
    file.close();
    // written some seconds ago
    if (!file.open(QIODevice::Append) || !file.setFileTime(QDateTime::currentDateTime().addSecs(-30), QFileDevice::FileModificationTime))
        qFatal("no time");
}

QByteArray entry(int number, const QByteArray &message, int priority = 3)
{
    return "{\"__CURSOR\":\"s=" + QByteArray::number(number) + "\",\"__REALTIME_TIMESTAMP\":\"" + QByteArray::number(1'795'341'600'000'000LL + number)
        + "\",\"PRIORITY\":\"" + QByteArray::number(priority) + "\",\"_SYSTEMD_UNIT\":\"mail.service\",\"_PID\":\"7\",\"MESSAGE\":\"" + message + "\"}\n";
}

} // namespace

class PullTest : public QObject
{
    Q_OBJECT
    QByteArray m_path;
private Q_SLOTS:
    void init() { m_path = qgetenv("PATH"); }
    void cleanup() { qputenv("PATH", m_path); }
    void fileOverSsh()
    {
        const test::Scratch scratch;
        const auto events = openEvents(scratch);
        program(scratch, QStringLiteral("ssh"), "while [ \"$1\" != -- ]; do shift; done\n[ \"$2\" = web-1 ] || { echo \"no route to $2\" >&2; exit 255; }\nshift 2\nexec sh -c \"$*\"\n");
        qputenv("PATH", scratch.path(QStringLiteral("bin")).toUtf8() + ':' + m_path);
        const QString path = scratch.path(QStringLiteral("it's app.log"));
        LogPull::Source source{QStringLiteral("mail"), QStringLiteral("web-1"), path, {}, {}};
        LogPull first(*events, source, text::Scrubber());
        QCOMPARE(pull(first), 0); // not there yet
        write(path, "ERROR one\nINFO fine\nERROR tw");
        QCOMPARE(pull(first), 1);
        write(path, "o\n");
        LogPull second(*events, source, text::Scrubber()); // as after a restart
        QCOMPARE(pull(second), 1);
        QCOMPARE(pull(second), 0);
        write(path, "ERROR three\n");
        QVERIFY(QFile::rename(path, path + QStringLiteral(".1")));
        write(path, "ERROR uno\n");
        QCOMPARE(pull(second), 2);
        QCOMPARE(pull(second), 0);
        write(path, "ERROR four\n");
        QVERIFY(QFile::copy(path, path + QStringLiteral(".2")));
        QVERIFY(QFile::resize(path, 0));
        write(path, "ERROR five\n");
        QCOMPARE(pull(second), 2);
        QCOMPARE(pull(second), 0);
        source.host = QStringLiteral("web-2");
        LogPull unreachable(*events, source, text::Scrubber());
        const auto failed = unreachable.step();
        QVERIFY(!failed);
        QVERIFY2(failed.error().what.contains(QStringLiteral("no route to web-2")), qPrintable(failed.error().message()));
        source.host = QStringLiteral("-oProxyCommand=touch x");
        QVERIFY(!LogPull(*events, source, text::Scrubber()).step());
    }
    void journalByCursor()
    {
        const test::Scratch scratch;
        const auto events = openEvents(scratch);
        // answers what stands behind the cursor
        program(scratch, QStringLiteral("journalctl"), "for a; do case $a in --after-cursor=*) c=${a#*=};; esac; done\nif [ -z \"$c\" ]; then cat \"$JOURNAL\"; else "
                                                       "awk -v c=\"\\\"$c\\\"\" 'f{print} index($0,c){f=1}' \"$JOURNAL\"; fi\n");
        qputenv("PATH", scratch.path(QStringLiteral("bin")).toUtf8() + ':' + m_path);
        const QString path = scratch.path(QStringLiteral("journal"));
        qputenv("JOURNAL", path.toUtf8());
        const LogPull::Source source{QStringLiteral("mail"), {}, {}, QStringLiteral("mail.service"), {}};
        write(path, entry(1, "started", 6) + entry(2, "cannot reach 10.0.0.1") + entry(3, "Traceback (most recent call last):", 6)
                        + entry(4, "  File \\\"/srv/a.py\\\", line 3, in load", 6) + entry(5, "ValueError: bad", 6));
        LogPull first(*events, source, text::Scrubber());
        QCOMPARE(pull(first), 2);
        QCOMPARE(pull(first), 0);
        write(path, entry(6, "cannot reach 10.0.0.1"));
        LogPull second(*events, source, text::Scrubber());
        QCOMPARE(pull(second), 1);
        QCOMPARE(pull(second), 0);
        QCOMPARE(EventStore(*events).groups()->size(), 2u);
    }
    void journalExport()
    {
        const auto binary = [](const QByteArray &name, const QByteArray &value) -> QByteArray {
            QByteArray length(8, '\0');
            qToLittleEndian(quint64(value.size()), length.data());
            return name + '\n' + length + value + '\n';
        };
        QByteArray bytes = "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795341600000000\nPRIORITY=3\n_SYSTEMD_UNIT=mail.service\n_PID=7\nMESSAGE=disk full\n\n"
            + QByteArray("__CURSOR=s=2\n__REALTIME_TIMESTAMP=1795341600000001\nPRIORITY=3\n_PID=7\n")
            + binary("MESSAGE", "Error: two lines\n    at load (/srv/a.js:3:5)\n    at main (/srv/a.js:9:1)") + binary("COREDUMP", QByteArray(300'000, '\n')) + "\n"
            + "__CURSOR=s=3\nPRIORITY=6\nMESSAGE=fine\n\n";
        QBuffer device(&bytes);
        device.open(QIODevice::ReadOnly);
        std::vector<Event> events;
        QVERIFY(readLog(device, QStringLiteral("test"), text::Scrubber(), {}, [&](Event &&event) { events.push_back(std::move(event)); }));
        QCOMPARE(events.size(), 3u);
        QCOMPARE(events[0].message, QStringLiteral("disk full"));
        QCOMPARE(events[0].level, Level::Error);
        QCOMPARE(events[1].type, QStringLiteral("Error"));
        QCOMPARE(events[1].frames.size(), 2u);
        QCOMPARE(events[2].level, Level::Info);
    }
};
COPPICE_TEST(PullTest)
#include "pull_test.moc"
