// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <runs/log_tail.h>
#include <shell/worker.h>

#include <QAbstractItemModelTester>
#include <QFile>
#include <QTest>

using coppice::test::Scratch;
using coppice::ui::LogTail;
using coppice::ui::Worker;

class LogTailTest : public QObject
{
    Q_OBJECT
    static QStringList lines(const LogTail &log)
    {
        QStringList all;
        for (int i = 0; i < log.count(); ++i)
            all << log.data(log.index(i), Qt::UserRole).toString();
        return all;
    }
    static void append(const Scratch &scratch, const QString &name, const QByteArray &bytes)
    {
        QFile file(scratch.path(name));
        QVERIFY(file.open(QIODevice::Append));
        file.write(bytes);
    }

private Q_SLOTS:
    void growsWithItsFile()
    {
        Scratch scratch;
        Worker worker;
        LogTail log(worker);
        QAbstractItemModelTester tester(&log, QAbstractItemModelTester::FailureReportingMode::QtTest);
        scratch.write(QStringLiteral("logs/agent-1.log"), "one\ntwo\nthr");
        log.follow(scratch.path(QStringLiteral("logs")), true);
        QTRY_COMPARE(lines(log), (QStringList{QStringLiteral("one"), QStringLiteral("two")}));
        append(scratch, QStringLiteral("logs/agent-1.log"), "ee\n");
        QTRY_COMPARE(lines(log).value(log.count() - 1), QStringLiteral("three"));
        append(scratch, QStringLiteral("logs/agent-1.log"), "last words");
        log.follow(scratch.path(QStringLiteral("logs")), false);
        QTRY_COMPARE(lines(log).value(log.count() - 1), QStringLiteral("last words"));
    }
    void goesOnToTheNextLog()
    {
        Scratch scratch;
        Worker worker;
        LogTail log(worker);
        scratch.write(QStringLiteral("logs/agent-1.log"), "first");
        log.follow(scratch.path(QStringLiteral("logs")), true);
        QTRY_VERIFY(worker.pending() == 0);
        QTest::qWait(30); // so that the second log is the younger one on any file system
        scratch.write(QStringLiteral("logs/agent-2.log"), "second\n");
        QTRY_COMPARE(lines(log).value(log.count() - 1), QStringLiteral("second"));
        QCOMPARE(lines(log).first(), QStringLiteral("first"));
        QVERIFY(lines(log)[1].contains(QStringLiteral("agent-2.log")));
    }
    void nothingThereYet()
    {
        Scratch scratch;
        Worker worker;
        LogTail log(worker);
        log.follow(scratch.path(QStringLiteral("none")), false);
        QTRY_COMPARE(worker.pending(), 0);
        QCOMPARE(log.count(), 0);
        log.follow({}, false);
        QCOMPARE(log.count(), 0);
    }
    void controlCharactersAreTakenOut()
    {
        Scratch scratch;
        Worker worker;
        LogTail log(worker);
        scratch.write(QStringLiteral("logs/agent-1.log"), "10%\r50%\r100%\na\x1b[31mred\x07\xff\n\xe2\x80\xae" "evil\n");
        log.follow(scratch.path(QStringLiteral("logs")), false);
        QTRY_COMPARE(log.count(), 3);
        QCOMPARE(lines(log)[0], QStringLiteral("100%"));
        for (const auto &line : lines(log)) {
            for (const QChar c : line)
                QVERIFY2(c.unicode() >= 0x20 && c.unicode() != 0x202e, qPrintable(line));
        }
    }
    void aFloodIsBounded()
    {
        Scratch scratch;
        Worker worker;
        LogTail log(worker);
        QAbstractItemModelTester tester(&log, QAbstractItemModelTester::FailureReportingMode::QtTest);
        scratch.write(QStringLiteral("logs/agent-1.log"), QByteArray("x\n").repeated(200'000) + QByteArray(200'000, 'y') + "\nend\n");
        log.follow(scratch.path(QStringLiteral("logs")), false);
        QTRY_VERIFY(log.count() > 0 && lines(log).value(log.count() - 1) == QStringLiteral("end"));
        QVERIFY(log.cut());
        QVERIFY(log.count() <= 22'000);
        for (const auto &line : lines(log))
            QVERIFY(line.size() < 3'000);
    }
};

COPPICE_TEST(LogTailTest)
#include "log_tail_test.moc"
