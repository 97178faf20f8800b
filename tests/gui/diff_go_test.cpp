// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <review/diff_go.h>

#include <QTest>

using namespace coppice;
using coppice::ui::DiffGo;

class DiffGoTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void texts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("parts");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("hunk");
        QTest::addColumn<bool>("wrong");
        QTest::newRow("path") << "src/in" << QStringList{"src/in"} << 0 << 0 << false;
        QTest::newRow("parts") << " src  index " << QStringList{"src", "index"} << 0 << 0 << false;
        QTest::newRow("line") << ":120" << QStringList() << 120 << 0 << false;
        QTest::newRow("line of a file") << "index.js:7" << QStringList{"index.js"} << 7 << 0 << false;
        QTest::newRow("hunk") << "#3" << QStringList() << 0 << 3 << false;
        QTest::newRow("hunk of a file") << "index #2" << QStringList{"index"} << 0 << 2 << false;
        QTest::newRow("not yet a number") << "index:" << QStringList{"index"} << 0 << 0 << false;
        QTest::newRow("no number") << ":x" << QStringList() << 0 << 0 << true;
        QTest::newRow("zero") << "#0" << QStringList() << 0 << 0 << true;
        QTest::newRow("too much") << ":99999999999" << QStringList() << 0 << 0 << true;
    }
    void texts()
    {
        QFETCH(QString, text);
        const auto wanted = DiffGo::wantedBy(text);
        QTEST(wanted.parts, "parts");
        QTEST(wanted.line, "line");
        QTEST(wanted.hunk, "hunk");
        QTEST(wanted.wrong, "wrong");
    }
    void namesFitBetterThanFolders()
    {
        const QStringList part{QStringLiteral("index")};
        QCOMPARE(DiffGo::fits(QStringLiteral("plugins/a/readme.md"), part), 0);
        QVERIFY(DiffGo::fits(QStringLiteral("plugins/a/src/Index.js"), part) > DiffGo::fits(QStringLiteral("plugins/a/reindex.js"), part));
        QVERIFY(DiffGo::fits(QStringLiteral("plugins/a/reindex.js"), part) > DiffGo::fits(QStringLiteral("plugins/index/a.js"), part));
        QVERIFY(DiffGo::fits(QStringLiteral("plugins/a/index.js"), {QStringLiteral("a/"), QStringLiteral("js")}) > 0);
        QCOMPARE(DiffGo::fits(QStringLiteral("plugins/a/index.js"), {QStringLiteral("index"), QStringLiteral("ts")}), 0);
    }
};

COPPICE_TEST(DiffGoTest)
#include "diff_go_test.moc"
