// SPDX-License-Identifier: GPL-3.0-or-later
#include <review/git_diff.h>

#include "support/test_main.h"

#include <QRandomGenerator>
#include <QTest>

using namespace coppice;
using namespace coppice::review;

class GitDiffTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsNames_data()
    {
        QTest::addColumn<QByteArray>("diff");
        QTest::addColumn<QByteArray>("oldPath");
        QTest::addColumn<QByteArray>("newPath");
        const QByteArray body = "\n@@ -1 +1 @@\n-a\n+b\n";
        QTest::newRow("plain") << QByteArray("diff --git a/p/x b/p/x\n--- a/p/x\n+++ b/p/x" + body) << QByteArray("p/x") << QByteArray("p/x");
        QTest::newRow("spaces") << QByteArray("diff --git a/p/x y b/p/x y\n--- a/p/x y\t\n+++ b/p/x y\t" + body)
                                << QByteArray("p/x y") << QByteArray("p/x y");
        QTest::newRow("spaces, mode only") << QByteArray("diff --git a/p/x b/q b/p/x b/q\nold mode 100644\nnew mode 100755\n")
                                           << QByteArray("p/x b/q") << QByteArray("p/x b/q");
        QTest::newRow("octal") << QByteArray("diff --git \"a/p/\\303\\244\\t\\\"\" \"b/p/\\303\\244\\t\\\"\"\n--- \"a/p/\\303\\244\\t\\\"\"\n"
                                             "+++ \"b/p/\\303\\244\\t\\\"\"" + body)
                               << QByteArray("p/\xc3\xa4\t\"") << QByteArray("p/\xc3\xa4\t\"");
        QTest::newRow("no prefix") << QByteArray("diff --git a/x a/x\n--- a/x\n+++ a/x" + body) << QByteArray("a/x") << QByteArray("a/x");
        QTest::newRow("mnemonic") << QByteArray("diff --git i/x/y w/x/y\n--- i/x/y\n+++ w/x/y" + body) << QByteArray("x/y") << QByteArray("x/y");
        QTest::newRow("rename") << QByteArray("diff --git a/one b/two words\nsimilarity index 100%\nrename from one\nrename to two words\n")
                                << QByteArray("one") << QByteArray("two words");
        QTest::newRow("plain unified") << QByteArray("--- a/p/x\t2026-01-01\n+++ b/p/x\t2026-01-02" + body) << QByteArray("p/x") << QByteArray("p/x");
        QTest::newRow("plain new") << QByteArray("--- /dev/null\n+++ b/p/x\n@@ -0,0 +1 @@\n+b\n") << QByteArray("p/x") << QByteArray("p/x");
    }
    void readsNames()
    {
        QFETCH(QByteArray, diff);
        QFETCH(QByteArray, oldPath);
        QFETCH(QByteArray, newPath);
        const auto parsed = parseGitDiff(diff);
        QVERIFY_RESULT(parsed);
        QCOMPARE(parsed->files.size(), size_t(1));
        QCOMPARE(parsed->files[0].oldPath, oldPath);
        QCOMPARE(parsed->files[0].newPath, newPath);
    }

    void readsHunks()
    {
        const auto parsed = parseGitDiff("From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\n"
                                         "From: A <a@b>\nSubject: [PATCH 1/2] fix: a thing\n\n---\n x | 2 +-\n\n"
                                         "diff --git a/x b/x\nindex 1111111..2222222 100755\n--- a/x\n+++ b/x\n"
                                         "@@ -2,2 +2,3 @@ def f():\n \n-old\n+new\n+more\n\\ No newline at end of file\n"
                                         "-- \n2.39.5\n\n");
        QVERIFY_RESULT(parsed);
        QCOMPARE(parsed->subject, QStringLiteral("fix: a thing"));
        const auto &file = parsed->files.at(0);
        QCOMPARE(file.oldBlob, QByteArray("1111111"));
        QVERIFY(file.newMode == git::Mode::Executable);
        QCOMPARE(file.hunks.size(), size_t(1));
        QCOMPARE(file.hunks[0].line, 12);
        QCOMPARE(file.hunks[0].lines.size(), size_t(4));
        QCOMPARE(file.hunks[0].lines[3], QByteArray("+more"));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("diff");
        QTest::addColumn<QString>("says");
        QTest::newRow("nothing") << QByteArray("hello\n") << "no git diff";
        QTest::newRow("empty") << QByteArray() << "no git diff";
        QTest::newRow("merge") << QByteArray("diff --cc x\n") << "merge";
        QTest::newRow("cut") << QByteArray("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n") << "middle";
        QTest::newRow("too long") << QByteArray("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,1 +1,2 @@\n-a\n-b\n+c\n") << "longer";
        QTest::newRow("header") << QByteArray("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,9999999999999999999 +1 @@\n a\n") << "header";
        QTest::newRow("upwards") << QByteArray("diff --git a/../x b/../x\n--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n") << "cannot be in a library";
        QTest::newRow("git folder") << QByteArray("diff --git a/p/.GIT/config b/p/.GIT/config\nnew file mode 100644\n--- /dev/null\n"
                                                  "+++ b/p/.GIT/config\n@@ -0,0 +1 @@\n+x\n") << "cannot be in a library";
        QTest::newRow("mode") << QByteArray("diff --git a/x b/x\nold mode 100644\nnew mode 104755\n") << "mode";
        QTest::newRow("binary") << QByteArray("diff --git a/x b/x\nGIT binary patch\nliteral 3\n!!!\n\n") << "binary part";
        QTest::newRow("bomb") << QByteArray("diff --git a/x b/x\nGIT binary patch\nliteral 99999999999\nzcmV\n\n") << "64 MB";
    }
    void refuses()
    {
        QFETCH(QByteArray, diff);
        QFETCH(QString, says);
        const auto parsed = parseGitDiff(diff);
        QVERIFY(!parsed);
        QVERIFY2(parsed.error().message().contains(says), qPrintable(parsed.error().message()));
    }

    /// Damaged diffs are errors or diffs, never more.
    void survivesDamage()
    {
        const QByteArray good = "diff --git a/x b/x\nold mode 100644\nnew mode 100755\nindex 1111111..2222222\n--- a/x\n+++ b/x\n"
                                "@@ -1,2 +1,2 @@\n a\n-b\n+c\ndiff --git \"a/\\303\\244\" b/z\nrename from y\nrename to z\n";
        QVERIFY_RESULT(parseGitDiff(good));
        QRandomGenerator random(7);
        int refused = 0;
        for (int i = 0; i < 2000; ++i) {
            QByteArray bad = good;
            for (int j = 0; j < 3; ++j)
                bad[random.bounded(int(bad.size()))] = char(random.bounded(256));
            bad.truncate(random.bounded(int(bad.size())) + 1);
            const auto parsed = parseGitDiff(bad);
            refused += !parsed;
            if (!parsed)
                QVERIFY(!parsed.error().what.isEmpty());
        }
        QVERIFY(refused > 100);
    }

    void deltasAreChecked()
    {
        const QByteArray base = "hello world";
        // sizes 11 and 11; copy 6 from 0; insert "there"
        const QByteArray delta = QByteArray::fromHex("0b0b900605") + "there";
        const auto applied = applyDelta(base, delta);
        QVERIFY_RESULT(applied);
        QCOMPARE(*applied, QByteArray("hello there"));
        QVERIFY(!applyDelta("other", delta));
        QVERIFY(!applyDelta(base, delta.chopped(1)));
        QVERIFY(!applyDelta(base, QByteArray::fromHex("0b0b91ff0b")));
        QVERIFY(!applyDelta(base, QByteArray::fromHex("0b0b00")));
    }
};

COPPICE_TEST(GitDiffTest)
#include "git_diff_test.moc"
