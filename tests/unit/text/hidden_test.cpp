// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"
#include "text/hidden.h"

#include <QTest>

using namespace coppice::text;

class HiddenTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void classes_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("expected"); // "offset:class …"
        QTest::newRow("ascii") << QStringLiteral("if (a == b)\treturn;") << QString();
        QTest::newRow("bidi override") << QStringLiteral("a \u202E b") << QStringLiteral("2:reordering");
        QTest::newRow("isolate") << QStringLiteral("/*\u2067*/") << QStringLiteral("2:reordering");
        QTest::newRow("zero width space") << QStringLiteral("is\u200BAdmin") << QStringLiteral("2:hidden");
        QTest::newRow("tag characters") << QStringLiteral("x\U000E0041\U000E0042") << QStringLiteral("1:hidden 3:hidden");
        QTest::newRow("escape") << QStringLiteral("a\u001b[31m") << QStringLiteral("1:hidden");
        QTest::newRow("hangul filler") << QStringLiteral("const \u3164 = 1") << QStringLiteral("6:hidden");
        QTest::newRow("variation selector smuggling") << QStringLiteral("ab\uFE0F") << QStringLiteral("2:hidden");
        QTest::newRow("lone surrogate") << QString(QString(QChar(0xD83D)) + u'x') << QStringLiteral("0:hidden");
        QTest::newRow("cyrillic a in an english word") << QStringLiteral("\u0430dmin") << QStringLiteral("0:ambiguous");
        QTest::newRow("greek o in an identifier") << QStringLiteral("f\u03BFo_bar()") << QStringLiteral("1:ambiguous");
        QTest::newRow("click letter as exclamation mark") << QStringLiteral("if (env\u01C3=1)") << QStringLiteral("7:ambiguous");
        QTest::newRow("greek question mark") << QStringLiteral("a()\u037E") << QStringLiteral("3:ambiguous");
        QTest::newRow("mathematical letters") << QStringLiteral("x\U0001D41A") << QStringLiteral("1:ambiguous");
    }
    void classes()
    {
        QFETCH(QString, line);
        QFETCH(QString, expected);
        QStringList found;
        for (const auto &one : findHidden(line))
            found << QStringLiteral("%1:%2").arg(one.offset).arg(nameOf(one.kind));
        QCOMPARE(found.join(u' '), expected);
    }
    void honestTextIsLeftAlone_data()
    {
        QTest::addColumn<QString>("line");
        QTest::newRow("russian") << QStringLiteral("Привет, мир");
        QTest::newRow("greek") << QStringLiteral("αβγ και ο");
        QTest::newRow("german, french, turkish") << QStringLiteral("Grüße, déjà vu, ılık");
        QTest::newRow("chinese") << QStringLiteral("错误：文件不存在");
        QTest::newRow("persian with joiner") << QStringLiteral("می\u200Cخواهم");
        QTest::newRow("family emoji") << QStringLiteral("\U0001F468\u200D\U0001F469\u200D\U0001F467");
        QTest::newRow("heart with selector") << QStringLiteral("\u2764\uFE0F");
        QTest::newRow("key cap") << QStringLiteral("1\uFE0F\u20E3");
    }
    void honestTextIsLeftAlone()
    {
        QFETCH(QString, line);
        QCOMPARE(findHidden(line).size(), size_t(0));
        QCOMPARE(plain(line), line);
    }
    void plainKeepsLinesAndDropsTheRest()
    {
        QCOMPARE(plain(QStringLiteral("a\u001b[1;31mred\u001b[0m\r\nb\u0007\tc\u202Ed\u200Be")), QStringLiteral("ared\nb\tcde"));
        QCOMPARE(plain(QStringLiteral("\u001b]0;title\u0007x\u001b]8;;http://y\u001b\\z")), QStringLiteral("xz"));
        QCOMPARE(plain(QStringLiteral("50%\r100%")), QStringLiteral("50%\n100%"));
        QCOMPARE(plain(QStringLiteral("cut short \u001b[3")), QStringLiteral("cut short "));
        QCOMPARE(plain(QString()), QString());
    }
    void plainCutsVisibly()
    {
        const QString cut = plain(QString(1000, u'x'), 100);
        QCOMPARE(cut.size(), 100);
        QVERIFY(cut.endsWith(QStringLiteral("… [cut]")));
        QCOMPARE(plain(QString(100, u'x'), 100), QString(100, u'x'));
        QVERIFY(plain(QStringLiteral("\U0001F600").repeated(100), 51).size() <= 51);
        QVERIFY(!plain(QStringLiteral("\U0001F600").repeated(100), 51).contains(QChar(0xD83D) + QString(u' ')));
    }
};
COPPICE_TEST(HiddenTest)
#include "hidden_test.moc"
