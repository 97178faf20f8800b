// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <store/statements.h>

#include <QTest>

using coppice::store::splitStatements;

class StatementsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void splits_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QStringList>("statements");
        QTest::newRow("nothing") << " \n-- only words; here\n;; /* ; */" << QStringList{};
        QTest::newRow("two") << "SELECT 1;\nSELECT 2" << QStringList{"SELECT 1", "SELECT 2"};
        QTest::newRow("strings") << "INSERT INTO a VALUES('x;''y;'); SELECT \";\", [;], `;`;"
                                 << QStringList{"INSERT INTO a VALUES('x;''y;')", "SELECT \";\", [;], `;`"};
        QTest::newRow("open string") << "SELECT 'a; b" << QStringList{"SELECT 'a; b"};
        QTest::newRow("trigger") << "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; DELETE FROM b; END; SELECT 3;"
                                 << QStringList{"CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; DELETE FROM b; END", "SELECT 3"};
        QTest::newRow("temporary trigger") << "create temp trigger t before delete on a begin select 1; end; select 2"
                                           << QStringList{"create temp trigger t before delete on a begin select 1; end", "select 2"};
        QTest::newRow("a table named trigger") << "CREATE TABLE x(trigger TEXT); SELECT 1;"
                                               << QStringList{"CREATE TABLE x(trigger TEXT)", "SELECT 1"};
    }
    void splits()
    {
        QFETCH(QString, script);
        QFETCH(QStringList, statements);
        QCOMPARE(splitStatements(script), statements);
    }
};
COPPICE_TEST(StatementsTest)
#include "statements_test.moc"
