// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <git/tree_path.h>

#include <QTest>

using namespace coppice;

class TreePathTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void liesInAFolder()
    {
        QVERIFY(git::isUnder("a/b", "a"));
        QVERIFY(!git::isUnder("a", "a"));
        QVERIFY(!git::isUnder("ab/c", "a"));
        QCOMPARE(git::folderOf("a/b/c"), QByteArray("a/b"));
        QCOMPARE(git::folderOf("a"), QByteArray());
    }
    void isWorkedOutFromTheRoot_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("inside");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char *path, bool inside, const char *result) {
            QTest::addRow("%s", path) << QByteArray(path) << inside << QByteArray(result);
        };
        row("a/b", true, "a/b");
        row("/a//./b/", true, "a/b");
        row("a/../b", true, "b");
        row("a/..", true, "");
        row("../a", false, "");
        row("a/../../a", false, "");
        row("..a/.b", true, "..a/.b");
    }
    void isWorkedOutFromTheRoot()
    {
        QFETCH(QByteArray, path);
        QFETCH(bool, inside);
        QFETCH(QByteArray, result);
        const auto found = git::normalised(path);
        QCOMPARE(found.has_value(), inside);
        if (inside)
            QCOMPARE(*found, result);
    }
    void namesAPathFromAFolder_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char *from, const char *to, const char *result) {
            QTest::addRow("%s to %s", from, to) << QByteArray(from) << QByteArray(to) << QByteArray(result);
        };
        row("", "templates/x", "templates/x");
        row("plugins/a", "templates/x", "../../templates/x");
        row("templates/next", "templates/x", "../x");
        row("a/b", "a/b", "../b");
    }
    void namesAPathFromAFolder()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, result);
        QCOMPARE(git::relativePath(from, to), result);
        QCOMPARE(git::normalised(QByteArray(from + '/' + result)).value(), to);
    }
};

COPPICE_TEST(TreePathTest)
#include "tree_path_test.moc"
