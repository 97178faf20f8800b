// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <playbooks/condition.h>

#include <QRandomGenerator>
#include <QTest>

using namespace coppice;
using namespace coppice::playbooks;

class ConditionTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void holds_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("expected");
        const auto row = [](const char *text, bool expected) { QTest::newRow(text) << QString::fromLatin1(text) << expected; };
        row("outputs.look.kind == 'plugin'", true);
        row("outputs.look.kind == \"plugin\"", true);
        row("'plugin'==outputs.look.kind", true);
        row("outputs.look.kind != 'plugin'", false);
        row("outputs.look.kind", true);
        row("outputs.look.gone", false);
        row("not outputs.look.gone", true);
        row("outputs.look.gone == ''", false);
        row("outputs.look.gone != 'x'", true);
        row("outputs.other-step.kind", false);
        row("outputs.look.nothing", false);
        row("outputs.look.nothing == ''", true);
        row("outputs.look.no", false);
        row("outputs.look.no == false", true);
        row("outputs.look.off", false); // the text false, as a line of a file gives it
        row("outputs.look.off == false", true);
        row("outputs.look.count == 3", true);
        row("outputs.look.count == 3.0", true);
        row("outputs.look.count == '3.0'", false);
        row("outputs.look.digits == 7", true);
        row("outputs.look.digits != 7", false);
        row("outputs.look.kind == 7", false);
        row("outputs.look.kind == outputs.look.same", true);
        row("outputs.look.kind == 'x' or outputs.look.count == 3", true);
        row("outputs.look.kind == 'x' or outputs.look.kind == 'y' or true", true);
        row("true or false and false", true); // and binds closer
        row("(true or false) and false", false);
        row("not true or true", true); // so does not
        row("not (true or true)", false);
        row("not not true", true);
        row("always", true);
        row("failed", false);
        row("not failed and outputs.look.kind", true);
    }
    void holds()
    {
        QFETCH(QString, text);
        QFETCH(bool, expected);
        const QJsonObject outputs{{QStringLiteral("look"), QJsonObject{{QStringLiteral("kind"), QStringLiteral("plugin")},
                                                                       {QStringLiteral("same"), QStringLiteral("plugin")},
                                                                       {QStringLiteral("nothing"), QString()},
                                                                       {QStringLiteral("no"), false},
                                                                       {QStringLiteral("off"), QStringLiteral("false")},
                                                                       {QStringLiteral("count"), 3},
                                                                       {QStringLiteral("digits"), QStringLiteral("7.0")}}}};
        const auto condition = Condition::parse(text);
        QVERIFY_RESULT(condition);
        QCOMPARE(condition->holds(outputs, false), expected);
    }

    void failedHoldsAfterAFailure()
    {
        const auto condition = Condition::parse(QStringLiteral("failed"));
        QVERIFY_RESULT(condition);
        QVERIFY(condition->speaksOfStatus());
        QVERIFY(condition->holds({}, true));
        QVERIFY(!Condition::parse(QStringLiteral("outputs.a.b == 'failed'"))->speaksOfStatus());
    }

    void namesWhatItRefersTo()
    {
        const auto condition = Condition::parse(QStringLiteral("outputs.a-b.c_d == 'x' and not outputs.e.f"));
        QVERIFY_RESULT(condition);
        QCOMPARE(condition->references().size(), 2u);
        QCOMPARE(condition->references()[0].step, QStringLiteral("a-b"));
        QCOMPARE(condition->references()[0].name, QStringLiteral("c_d"));
        QCOMPARE(condition->references()[1].step, QStringLiteral("e"));
    }

    void saysWhatIsWrongAndWhere_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *text, const char *says) { QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(says); };
        row("", "missing at the end (character 1)");
        row("outputs.a.b ==", "missing at the end (character 15)");
        row("outputs.a.b = 'x'", "'=' means nothing here");
        row("outputs.a.b == 'x", "does not end (character 16)");
        row("(outputs.a.b", "not closed (character 1)");
        row("outputs.a.b) ", "')' follows");
        row("outputs.a.b outputs.c.d", "'outputs.c.d' follows");
        row("and true", "'and' is no value");
        row("success", "'success' is no value");
        row("outputs.A.b", "'outputs.A.b' is no value");
        row("outputs.a", "'outputs.a' is no value");
        row("outputs.a.b.c", "'outputs.a.b.c' is no value");
        row("true && false", "'&' means nothing here");
        row("failed == true", "'failed' stands alone");
        row("== 'x'", "a value is missing before '=='");
        row("not", "missing at the end");
    }
    void saysWhatIsWrongAndWhere()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto condition = Condition::parse(text);
        QVERIFY(!condition);
        QVERIFY2(condition.error().what.contains(says), qPrintable(condition.error().what));
    }

    void isBounded()
    {
        QVERIFY(!Condition::parse(QString(600, u'(') + QStringLiteral("true") + QString(600, u')')));
        QVERIFY(!Condition::parse(QString(200, u'(') + QStringLiteral("true") + QString(200, u')')));
        QVERIFY(!Condition::parse(QStringLiteral("not ").repeated(200) + QStringLiteral("true")));
        QVERIFY(Condition::parse(QString(20, u'(') + QStringLiteral("true") + QString(20, u')')));
        QVERIFY(Condition::parse(QStringLiteral("true") + QStringLiteral(" or true").repeated(120)));
    }

    /// Pieces in any order are read or refused, and never more.
    void anyPiecesAreReadOrRefused()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        const QStringList pieces{QStringLiteral("("), QStringLiteral(")"), QStringLiteral("not"), QStringLiteral("and"), QStringLiteral("or"),
                                 QStringLiteral("outputs.a.b"), QStringLiteral("=="), QStringLiteral("!="), QStringLiteral("'x'"),
                                 QStringLiteral("3"), QStringLiteral("failed"), QStringLiteral("\u202e"), QStringLiteral("=")};
        int read = 0;
        for (int i = 0; i < 20'000; ++i) {
            QStringList words;
            for (int n = random.bounded(9); n >= 0; --n)
                words << pieces[random.bounded(int(pieces.size()))];
            const auto condition = Condition::parse(words.join(u' '));
            read += condition ? 1 : 0;
            if (condition)
                static_cast<void>(condition->holds({}, true));
            else
                QVERIFY(!condition.error().what.isEmpty());
        }
        QVERIFY(read > 100);
    }
};

COPPICE_TEST(ConditionTest)
#include "condition_test.moc"
