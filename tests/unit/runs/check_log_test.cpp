// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <runs/check_log.h>

#include <QTest>

using namespace coppice;
using namespace coppice::runs;
using coppice::test::Scratch;

class CheckLogTest final : public QObject
{
    Q_OBJECT

    static Run runWith(const Scratch &scratch)
    {
        Run run;
        run.id = Id::make();
        run.checks = {{QStringLiteral("test"), QStringLiteral("npm test"), false, true, scratch.path(QStringLiteral("before.log")),
                       scratch.path(QStringLiteral("after.log"))},
                      {QStringLiteral("lint"), QStringLiteral("npm run lint"), {}, true, {}, scratch.path(QStringLiteral("gone.log"))}};
        return run;
    }

private Q_SLOTS:
    void readsBothSidesByNameOrCommand()
    {
        Scratch scratch;
        scratch.write(QStringLiteral("before.log"), "1 of 3 failed\n");
        scratch.write(QStringLiteral("after.log"), "3 passed\n");
        const auto before = readCheckLog(runWith(scratch), QStringLiteral("test"), CheckSide::Before);
        const auto after = readCheckLog(runWith(scratch), QStringLiteral("npm test"), CheckSide::After);
        QVERIFY(before && after);
        QCOMPARE(before->text, QStringLiteral("1 of 3 failed\n"));
        QCOMPARE(after->text, QStringLiteral("3 passed\n"));
        QCOMPARE(after->leftOut, 0);
    }
    void takesOutSecretsAndWhatSteersATerminal()
    {
        Scratch scratch;
        scratch.write(QStringLiteral("after.log"), "\x1b[2Jcleared\nAuthorization: Bearer abcdefghij0123456789KLMNOP\n");
        const auto log = readCheckLog(runWith(scratch), QStringLiteral("test"), CheckSide::After);
        QVERIFY(log);
        QVERIFY(!log->text.contains(QChar(0x1b)));
        QVERIFY(log->text.contains(QStringLiteral("cleared")));
        QVERIFY2(!log->text.contains(QStringLiteral("abcdefghij0123456789")), qPrintable(log->text));
    }
    void leavesOutTheMiddleOfALongOneAndSaysHowMuch()
    {
        Scratch scratch;
        QByteArray bytes;
        for (int i = 0; bytes.size() < 3 * 1024 * 1024; ++i)
            bytes += "line " + QByteArray::number(i) + "\n";
        scratch.write(QStringLiteral("after.log"), bytes);
        const auto log = readCheckLog(runWith(scratch), QStringLiteral("test"), CheckSide::After);
        QVERIFY(log);
        QVERIFY(log->text.startsWith(QStringLiteral("line 0\n")));
        QVERIFY(bytes.endsWith(log->text.section(u'\n', -2).toUtf8()));
        const QString mark = QStringLiteral("[... %1 bytes are left out here ...]\n").arg(log->leftOut);
        QVERIFY(log->text.contains(mark));
        QCOMPARE(log->text.size() - mark.size() + log->leftOut, bytes.size()); // nothing but the told bytes is missing
    }
    void saysWhyThereIsNone()
    {
        Scratch scratch;
        const auto unknown = readCheckLog(runWith(scratch), QStringLiteral("build"), CheckSide::After);
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().code, QStringLiteral("run.check"));
        QVERIFY(unknown.error().fix.contains(QStringLiteral("test, lint")));
        const auto notRun = readCheckLog(runWith(scratch), QStringLiteral("lint"), CheckSide::Before);
        QVERIFY(!notRun);
        QCOMPARE(notRun.error().exitCode(), 3);
        const auto gone = readCheckLog(runWith(scratch), QStringLiteral("lint"), CheckSide::After);
        QVERIFY(!gone);
        QVERIFY(!gone.error().fix.isEmpty());
    }
};

COPPICE_TEST(CheckLogTest)
#include "check_log_test.moc"
