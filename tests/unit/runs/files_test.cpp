// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <runs/checker.h>
#include <runs/files.h>
#include <runs/path_kinds.h>

#include <QDir>
#include <QFileInfo>
#include <QTest>

using namespace coppice;
using namespace coppice::runs;

class RunFilesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsTests_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("test");
        for (const char *path : {"test/a.js", "tests/data/in.json", "src/__tests__/a.tsx", "spec/models/a_spec.rb", "test_a.py",
                                 "pkg/a_test.go", "src/a.test.ts", "src/a.spec.mjs", "conftest.py", "src/test/java/a/B.java",
                                 "a/WeatherTest.java", "WeatherTests.cs", "TestWeather.kt", "test.js", "tests.rs", "run-test.sh",
                                 "lib/test-helpers.js", "e2e/a.ts", "pkg/testdata/x.golden", "t/a.bats", "weather_test.exs"})
            QTest::newRow(path) << QString::fromLatin1(path) << true;
        for (const char *path : {"src/a.js", "README.md", "latest.js", "src/contest.py", "attestation.go", "testimony/a.py",
                                 "src/protest.ts", "package.json", "openapi.spec.yaml", ".agents/spec.md", "tests.md", "docs/test/a.md",
                                 "src/Tester.java", "src/greatest.c"})
            QTest::newRow(path) << QString::fromLatin1(path) << false;
    }
    void knowsTests()
    {
        QFETCH(QString, path);
        QFETCH(bool, test);
        QCOMPARE(isTestPath(path.toUtf8()), test);
    }

    void knowsDocumentation_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("doc");
        for (const char *path : {"README.md", "README", "docs/a.png", "doc/index.rst", "CHANGELOG", "a/b/guide.adoc", "LICENSE",
                                 ".agents/knowledge/x.md", "src/NOTES.MD", "docs/plain.txt"})
            QTest::newRow(path) << QString::fromLatin1(path) << true;
        for (const char *path : {"src/a.js", "docs/conf.py", "requirements.txt", "docs/build.sh", "readme.js", "docs/config.yaml",
                                 "package.json", "CMakeLists.txt", "news.py"})
            QTest::newRow(path) << QString::fromLatin1(path) << false;
    }
    void knowsDocumentation()
    {
        QFETCH(QString, path);
        QFETCH(bool, doc);
        QCOMPARE(isDocPath(path.toUtf8()), doc);
    }

    void extractsATree()
    {
        const test::Scratch scratch;
        const QString path = scratch.repository(QStringLiteral("r"), {{QStringLiteral("a/b.txt"), "one\n"}, {QStringLiteral("run.sh"), "#!/bin/sh\n"}});
        QFile::setPermissions(path + QStringLiteral("/run.sh"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QVERIFY(QFile::link(QStringLiteral("a/b.txt"), path + QStringLiteral("/link")));
        scratch.git(path, {QStringLiteral("add"), QStringLiteral("-A")});
        scratch.git(path, {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("more")});
        const auto repository = git::Repository::open(path);
        QVERIFY_RESULT(repository);
        const auto tree = repository->treeOf(*repository->resolve(QStringLiteral("HEAD")));
        QVERIFY_RESULT(extractTree(*repository, *tree, scratch.path(QStringLiteral("out"))));
        QCOMPARE(scratch.read(QStringLiteral("out/a/b.txt")), QByteArray("one\n"));
        QVERIFY(QFileInfo(scratch.path(QStringLiteral("out/run.sh"))).isExecutable());
        QVERIFY(!QFileInfo(scratch.path(QStringLiteral("out/a/b.txt"))).isExecutable());
        QVERIFY(QFileInfo(scratch.path(QStringLiteral("out/link"))).isSymbolicLink());
    }

    void aPersonsCopyHasNothingThatRunsByItself()
    {
        const test::Scratch scratch;
        const QString work = scratch.path(QStringLiteral("work"));
        for (const char *name : {"work/src/a.js", "work/.git/config", "work/.vscode/tasks.json", "work/sub/.envrc", "work/.husky/pre-commit",
                                 "work/x.code-workspace"})
            scratch.write(QString::fromLatin1(name), "before\n");
        const QString hand = scratch.path(QStringLiteral("hand"));
        QVERIFY_RESULT(makeHandCopy(work, hand));
        QVERIFY(QFileInfo::exists(hand + QStringLiteral("/src/a.js")));
        for (const char *name : {".git", ".vscode", "sub/.envrc", ".husky", "x.code-workspace"})
            QVERIFY2(!QFileInfo::exists(hand + u'/' + QLatin1String(name)), name);

        // Work that is there is never written over.
        scratch.write(QStringLiteral("hand/src/a.js"), "after\n");
        scratch.write(QStringLiteral("hand/new/b.js"), "new\n");
        scratch.write(QStringLiteral("hand/.vscode/settings.json"), "of the editor\n");
        QVERIFY_RESULT(makeHandCopy(work, hand));
        QCOMPARE(scratch.read(QStringLiteral("hand/src/a.js")), QByteArray("after\n"));

        scratch.write(QStringLiteral("work/old/gone.js"), "deleted by the person\n");
        QVERIFY_RESULT(takeHandCopy(hand, work));
        QCOMPARE(scratch.read(QStringLiteral("work/src/a.js")), QByteArray("after\n"));
        QCOMPARE(scratch.read(QStringLiteral("work/new/b.js")), QByteArray("new\n"));
        QVERIFY(!QFileInfo::exists(work + QStringLiteral("/old")));
        QCOMPARE(scratch.read(QStringLiteral("work/.vscode/tasks.json")), QByteArray("before\n"));
        QVERIFY(!QFileInfo::exists(work + QStringLiteral("/.vscode/settings.json")));
        QCOMPARE(scratch.read(QStringLiteral("work/sub/.envrc")), QByteArray("before\n"));
        QVERIFY(!takeHandCopy(scratch.path(QStringLiteral("nowhere")), work));
    }

    void beforeHasTheTestsOfThePatchOnly()
    {
        const test::Scratch scratch;
        const QString path = scratch.repository(QStringLiteral("r"), {{QStringLiteral("src/a.js"), "1\n"},
                                                                      {QStringLiteral("test/a.test.js"), "old\n"},
                                                                      {QStringLiteral("test/gone.test.js"), "kept before\n"}});
        scratch.write(QStringLiteral("r/src/a.js"), "2\n");
        scratch.write(QStringLiteral("r/test/a.test.js"), "new\n");
        scratch.write(QStringLiteral("r/test/b.test.js"), "added\n");
        scratch.write(QStringLiteral("r/package-lock.json"), "{}\n");
        QFile::remove(path + QStringLiteral("/test/gone.test.js"));
        scratch.git(path, {QStringLiteral("add"), QStringLiteral("-A")});
        scratch.git(path, {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("more")});
        auto repository = git::Repository::open(path);
        QVERIFY_RESULT(repository);
        const auto base = *repository->treeOf(*repository->resolve(QStringLiteral("HEAD~1")));
        const auto result = *repository->treeOf(*repository->resolve(QStringLiteral("HEAD")));
        const auto before = withTestsOf(*repository, base, result);
        QVERIFY_RESULT(before);
        const auto text = [&](const char *file) {
            const auto entry = repository->entryAt(*before, file);
            return entry && *entry ? *repository->blob((*entry)->id) : QByteArray("none");
        };
        QCOMPARE(text("src/a.js"), QByteArray("1\n"));
        QCOMPARE(text("test/a.test.js"), QByteArray("new\n"));
        QCOMPARE(text("test/b.test.js"), QByteArray("added\n"));
        QCOMPARE(text("test/gone.test.js"), QByteArray("kept before\n"));
        QCOMPARE(text("package-lock.json"), QByteArray("none"));
        QCOMPARE(*lockFilesDiffer(*repository, base, result), true);
        QCOMPARE(*lockFilesDiffer(*repository, base, *before), false);
        QCOMPARE(*withTestsOf(*repository, base, base), base);
    }
};

COPPICE_TEST(RunFilesTest)
#include "files_test.moc"
