// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <base/clock.h>
#include <base/id.h>

#include <QTest>

using namespace coppice;

class IdTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void risesWithinOneMillisecond()
    {
        setClockForTests(1'800'000'000'000);
        Id last = Id::make();
        for (int i = 0; i < 10'000; ++i) {
            const Id next = Id::make();
            QVERIFY(last < next);
            last = next;
        }
        QCOMPARE(last.time(), 1'800'000'000'000);
        setClockForTests(0);
    }
    void readsItsOwnForm()
    {
        const Id id = Id::make();
        const auto again = Id::parse(id.toString().toLower());
        QVERIFY_RESULT(again);
        QCOMPARE(again->toString(), id.toString());
        QVERIFY(!Id::parse(QStringLiteral("01ARZ3NDEKTSV4RRFFQ69G5FAU")).has_value()); // U is no digit
        QVERIFY(!Id::parse(QStringLiteral("short")).has_value());
    }
    void matchesEitherEnd()
    {
        const std::vector<QString> ids{QStringLiteral("01AAAAAAAAAAAAAAAAAAAAXYZ1"), QStringLiteral("01BBBBBBBBBBBBBBBBBBBBXYZ2")};
        QCOMPARE(matchId(QStringLiteral("xyz2"), ids, QStringLiteral("run")).value(), ids[1]);
        QCOMPARE(matchId(QStringLiteral("01AA"), ids, QStringLiteral("run")).value(), ids[0]);
        QCOMPARE(matchId(QStringLiteral("01A"), ids, QStringLiteral("run")).error().kind, ErrorKind::Usage);
        QCOMPARE(matchId(QStringLiteral("QQQQ"), ids, QStringLiteral("run")).error().kind, ErrorKind::NotFound);
        QCOMPARE(matchId(QStringLiteral("01AA"), {ids[0], ids[0] + u'X'}, QStringLiteral("run")).error().kind,
                 ErrorKind::Usage);
    }
};
COPPICE_TEST(IdTest)
#include "id_test.moc"
