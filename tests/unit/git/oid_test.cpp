// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <git/oid.h>

#include <QTest>

using coppice::git::Oid;

class OidTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsAndWritesHex()
    {
        const QByteArray hex = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        const Oid oid = Oid::fromHex(hex);
        QCOMPARE(oid.hex(), hex);
        QCOMPARE(Oid::fromHex(hex.toUpper()), oid);
        QCOMPARE(oid.shown(), QStringLiteral("4b825dc6"));
        QCOMPARE(Oid::fromRaw(oid.raw()), oid);
        QVERIFY(!oid.isNull());
    }
    void whatIsNoHexIsNull_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("short") << QByteArray("4b825dc6");
        QTest::newRow("long") << QByteArray(41, 'a');
        QTest::newRow("last digit") << QByteArray(39, 'a') + "g";
        QTest::newRow("zero byte") << QByteArray(39, 'a') + '\0';
        QTest::newRow("space") << QByteArray(" ") + QByteArray(39, 'a');
    }
    void whatIsNoHexIsNull()
    {
        QFETCH(QByteArray, text);
        QVERIFY(Oid::fromHex(text).isNull());
    }
    void sortsByBytes()
    {
        const QByteArray zeros(38, '0');
        QVERIFY(Oid::fromHex(QByteArray(zeros + "00")) < Oid::fromHex(QByteArray(zeros + "01")));
        QVERIFY(Oid::fromHex(QByteArray("7f" + zeros)) < Oid::fromHex(QByteArray("80" + zeros)));
    }
};
COPPICE_TEST(OidTest)
#include "oid_test.moc"
