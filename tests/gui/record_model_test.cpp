// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <shell/record_model.h>

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using coppice::ui::Record;
using coppice::ui::RecordModel;

class RecordModelTest : public QObject
{
    Q_OBJECT
    static std::vector<Record> records(const QString &keys)
    {
        std::vector<Record> all;
        for (const QChar c : keys)
            all.push_back({QString(c), {QString(c).toUpper(), 1}});
        return all;
    }
    static QString keys(const RecordModel &model)
    {
        QString all;
        for (int i = 0; i < model.count(); ++i)
            all += model.keyAt(i);
        return all;
    }

private Q_SLOTS:
    void becomesAnotherList_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::newRow("grows at the end") << "abc" << "abcd";
        QTest::newRow("grows at the front") << "abc" << "xabc";
        QTest::newRow("shrinks") << "abcd" << "bd";
        QTest::newRow("turns round") << "abcd" << "dcba";
        QTest::newRow("everything else") << "abc" << "xyz";
        QTest::newRow("from nothing") << "" << "ab";
        QTest::newRow("to nothing") << "ab" << "";
        QTest::newRow("mixed") << "abcdef" << "fxbay";
    }
    void becomesAnotherList()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        RecordModel model({"name", "number"});
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRecords(records(before));
        QCOMPARE(keys(model), before);
        model.setRecords(records(after));
        QCOMPARE(keys(model), after);
        for (int i = 0; i < model.count(); ++i) {
            QCOMPARE(model.indexOf(model.keyAt(i)), i);
            QCOMPARE(model.value(i, "name").toString(), model.keyAt(i).toUpper());
        }
    }
    void anyListBecomesAnyOther()
    {
        QRandomGenerator random(20261122);
        RecordModel model({"name", "number"});
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (int round = 0; round < 200; ++round) {
            QString wanted;
            for (char16_t c = u'a'; c < u'n'; ++c) {
                if (random.bounded(2))
                    wanted.insert(random.bounded(int(wanted.size()) + 1), QChar(c));
            }
            model.setRecords(records(wanted));
            QCOMPARE(keys(model), wanted);
        }
    }
    void tellsOnlyChangedRoles()
    {
        RecordModel model({"name", "number"});
        model.setRecords({{"a", {"A", 1}}, {"b", {"B", 1}}});
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setRecords({{"a", {"A", 1}}, {"b", {"B", 2}}});
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed[0][0].toModelIndex().row(), 1);
        const auto roles = changed[0][2].value<QList<int>>();
        QCOMPARE(roles.size(), 1);
        QCOMPARE(model.roleNames()[roles[0]], QByteArray("number"));
        model.setRecords({{"a", {"A", 1}}, {"b", {"B", 2}}});
        QCOMPARE(changed.count(), 1);
        QCOMPARE(reset.count(), 0);
    }
    void asksForNothingThatIsNotThere()
    {
        RecordModel model({"name"});
        QVERIFY(!model.at(0));
        QVERIFY(!model.at(-1));
        QCOMPARE(model.keyAt(3), QString());
        QCOMPARE(model.indexOf(QStringLiteral("none")), -1);
        QVERIFY(!model.value(0, "nothing").isValid());
    }
};

COPPICE_TEST(RecordModelTest)
#include "record_model_test.moc"
