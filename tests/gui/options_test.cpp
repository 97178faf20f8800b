// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include "support/test_main.h"

#include <shell/finder.h>
#include <shell/options.h>
#include <shell/screens.h>

#include <QProcess>
#include <QTest>

using namespace coppice::ui;

class OptionsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void refused_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("screen") << QStringList{"--screen", "nowhere"};
        QTest::newRow("screen in another case") << QStringList{"--screen", "Inbox"};
        QTest::newRow("theme") << QStringList{"--theme", "pink"};
        QTest::newRow("renderer") << QStringList{"--renderer", "vulkan"};
        QTest::newRow("until") << QStringList{"--library", "x", "--until", "dawn"};
        QTest::newRow("until without a library") << QStringList{"--until", "scan"};
        QTest::newRow("unknown option") << QStringList{"--colour"};
        QTest::newRow("argument") << QStringList{"library"};
        QTest::newRow("no value") << QStringList{"--library"};
    }
    void refused()
    {
        QFETCH(QStringList, arguments);
        int code = 0;
        QVERIFY(!readOptions(QStringList{"coppice"} + arguments, code));
        QCOMPARE(code, 2);
    }
    void read()
    {
        int code = 7;
        const auto options = readOptions({"coppice", "--library", "/tmp/lib", "--screen", "sync", "--theme", "dark"}, code);
        QVERIFY(options);
        QCOMPARE(code, 0);
        QCOMPARE(options->library, QStringLiteral("/tmp/lib"));
        QCOMPARE(options->screen, QStringLiteral("sync"));
        QCOMPARE(options->theme, QStringLiteral("dark"));
    }
    void theProgramExitsWith2()
    {
        QProcess program;
        program.start(QStringLiteral(COPPICE_PROGRAM), {"--screen", "nowhere"});
        QVERIFY(program.waitForFinished(30'000));
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QCOMPARE(program.exitCode(), 2);
        const QByteArray said = program.readAllStandardError();
        QVERIFY2(said.contains("nowhere") && said.contains("overview"), said.constData());
    }
    void theProgramEndsAfterWhatWasAskedFor()
    {
        const auto exitOf = [](const QStringList &arguments) {
            QProcess program;
            program.start(QStringLiteral(COPPICE_PROGRAM), arguments);
            return program.waitForFinished(60'000) && program.exitStatus() == QProcess::NormalExit ? program.exitCode() : -1;
        };
        const QString library = coppice::test::demoLibrary().library;
        QCOMPARE(exitOf({"--library", library, "--until", "frame"}), 0);
        QCOMPARE(exitOf({"--library", library, "--screen", "catalog", "--until", "scan"}), 0);
        QCOMPARE(exitOf({"--library", library, "--screen", "catalog", "--until", "library"}), 0);
        QCOMPARE(exitOf({"--library", library + "/nowhere", "--until", "library"}), 1);
    }
    void theRailIsInOrder()
    {
        QStringList names;
        for (const auto *screen : Screen::all())
            names << screen->name;
        QCOMPARE(names, (QStringList{"overview", "catalog", "graph", "inbox", "runs", "review", "sync", "evals", "health"}));
    }
    void wordsFit()
    {
        QVERIFY(fitOf({"we"}, QStringLiteral("weather")) > fitOf({"at"}, QStringLiteral("weather")));
        QVERIFY(fitOf({"ser", "wea"}, QStringLiteral("weather server")) > 0);
        QCOMPARE(fitOf({"xyz"}, QStringLiteral("weather")), -1);
        QCOMPARE(fitOf({}, QStringLiteral("weather")), 0);
        QVERIFY(fitOf({"WEATHER"}, QStringLiteral("weather")) > 0);
    }
};

COPPICE_TEST(OptionsTest)
#include "options_test.moc"
