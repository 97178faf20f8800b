// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"
#include "text/slots.h"

#include <QTest>

using coppice::text::fillSlots;

class SlotsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void fills()
    {
        const auto filled = fillSlots(QStringLiteral("{{plugin.name}} at {{ version }}: {{plugin.name}}"),
                                      {{QStringLiteral("plugin.name"), QStringLiteral("mail")},
                                       {QStringLiteral("version"), QStringLiteral("1.2")}},
                                      QStringLiteral("x.md"));
        QVERIFY_RESULT(filled);
        QCOMPARE(*filled, QStringLiteral("mail at 1.2: mail"));
    }
    void filledTextIsNotReadAgain()
    {
        const auto filled = fillSlots(QStringLiteral("{{a}}{{b}}"),
                                      {{QStringLiteral("a"), QStringLiteral("{{b}}")}, {QStringLiteral("b"), QStringLiteral("{")}},
                                      QStringLiteral("x.md"));
        QVERIFY_RESULT(filled);
        QCOMPARE(*filled, QStringLiteral("{{b}}{"));
    }
    void missingValueNamesSlotAndLine()
    {
        const auto filled = fillSlots(QStringLiteral("one\ntwo {{nope}}"), {{QStringLiteral("a"), {}}}, QStringLiteral("x.md"));
        QVERIFY(!filled);
        QVERIFY(filled.error().what.contains(QStringLiteral("{{nope}}")));
        QCOMPARE(filled.error().where, QStringLiteral("x.md:2"));
    }
    void otherBracesStay()
    {
        const QString text = QStringLiteral("${{ secrets.X }} {{ }} { {a} } {{1x}}");
        const auto filled = fillSlots(text, {}, QStringLiteral("x.md"));
        QVERIFY_RESULT(filled);
        QCOMPARE(*filled, text);
    }
};
COPPICE_TEST(SlotsTest)
#include "slots_test.moc"
