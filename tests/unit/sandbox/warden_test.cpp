// SPDX-License-Identifier: GPL-3.0-or-later
// coppice-relay --warden: nothing of a command is left when it ends, or when whoever started it dies.
#include "support/test_main.h"

#include <base/paths.h>

#include <QDeadlineTimer>
#include <QDir>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <QThread>

using namespace coppice;
using namespace Qt::StringLiterals;

class WardenTest : public QObject
{
    Q_OBJECT

    QString m_relay;
    /// The name under which the commands of a test run, so that they can be told from all others.
    QString m_mark;

    /// Processes with the mark as their name; waits up to 10 s for none.
    [[nodiscard]] int left() const
    {
        QDeadlineTimer patience(10'000);
        int found = 0;
        do {
            found = 0;
            for (const QString &pid : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
                QFile file(u"/proc/%1/cmdline"_s.arg(pid));
                if (file.open(QIODevice::ReadOnly) && file.readAll().startsWith(QByteArray(m_mark.toLatin1() + '\0')))
                    ++found;
            }
            if (found > 0)
                QThread::msleep(10);
        } while (found > 0 && !patience.hasExpired());
        return found;
    }
    /// A shell line that becomes a process with the mark.
    [[nodiscard]] QString sleeper() const { return u"exec -a %1 sleep 300"_s.arg(m_mark); }

private Q_SLOTS:
    void init()
    {
        const auto relay = helperProgram(u"coppice-relay"_s);
        QVERIFY(relay);
        m_relay = *relay;
        m_mark = u"warden-test-%1"_s.arg(QRandomGenerator::global()->generate(), 8, 16, QLatin1Char('0'));
    }

    void answersTheExitStatus_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<int>("status");
        QTest::newRow("well") << QStringList{u"true"_s} << 0;
        QTest::newRow("badly") << QStringList{u"sh"_s, u"-c"_s, u"exit 7"_s} << 7;
        QTest::newRow("by a signal") << QStringList{u"sh"_s, u"-c"_s, u"kill -9 $$"_s} << 137;
        QTest::newRow("no program") << QStringList{u"/nowhere/program"_s} << 127;
        QTest::newRow("no command") << QStringList{} << 2;
    }
    void answersTheExitStatus()
    {
        QFETCH(QStringList, command);
        QFETCH(int, status);
        QProcess warden;
        warden.start(m_relay, QStringList{u"--warden"_s, u"--"_s} + command);
        QVERIFY(warden.waitForFinished(30'000));
        QCOMPARE(warden.exitStatus(), QProcess::NormalExit);
        QCOMPARE(warden.exitCode(), status);
    }

    void nothingOutlivesTheCommand()
    {
        QProcess warden;
        warden.start(m_relay, {u"--warden"_s, u"--"_s, u"bash"_s, u"-c"_s,
                               u"(setsid bash -c '%1' &); bash -c '%1' & sleep 0.2; exit 3"_s.arg(sleeper())});
        QVERIFY(warden.waitForFinished(30'000));
        QCOMPARE(warden.exitCode(), 3);
        QCOMPARE(left(), 0);
    }

    void nothingOutlivesAKilledParent()
    {
        QProcess parent;
        // The warden's parent is a shell, which waits for it.
        parent.start(u"bash"_s, {u"-c"_s, u"\"$0\" --warden -- bash -c \"$1\"; true"_s, m_relay,
                                 u"(trap '' TERM; %1) & (setsid bash -c '%1' &); echo up; %1"_s.arg(sleeper())});
        QVERIFY(parent.waitForReadyRead(30'000));
        QCOMPARE(parent.readAllStandardOutput(), QByteArray("up\n"));
        parent.kill();
        QVERIFY(parent.waitForFinished(30'000));
        QCOMPARE(left(), 0);
    }
};

COPPICE_TEST(WardenTest)
#include "warden_test.moc"
