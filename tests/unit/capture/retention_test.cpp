// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "capture/retention.h"
#include "capture/store.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QTest>

namespace coppice::capture {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::capture;

class RetentionTest : public QObject
{
    Q_OBJECT
    static std::unique_ptr<store::Database> open(const test::Scratch &scratch)
    {
        auto database = store::Database::open(scratch.path(QStringLiteral("events.db")));
        if (!database)
            qFatal("%s", qPrintable(database.error().message()));
        if (const auto done = (*database)->migrate(capture::migrations()); !done)
            qFatal("%s", qPrintable(done.error().message()));
        return std::move(*database);
    }
    static std::vector<Event> many(const QString &message, int count, qint64 received)
    {
        std::vector<Event> all;
        for (int i = 0; i < count; ++i) {
            Event event;
            event.plugin = QStringLiteral("mail");
            event.level = Level::Error;
            event.message = message;
            event.senderId = QStringLiteral("%1 %2 %3").arg(message).arg(received).arg(i);
            event.received = received;
            all.push_back(std::move(event));
        }
        return all;
    }
private Q_SLOTS:
    void byAgeKeepsFirstAndNewest()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        EventStore store(*database);
        const qint64 old = nowMs() - 100LL * 86'400'000;
        QVERIFY(store.add(many(QStringLiteral("disk full"), 500, old)));
        QVERIFY(store.add(many(QStringLiteral("disk full"), 3, nowMs())));
        QVERIFY(store.add(many(QStringLiteral("rare thing"), 2, old)));
        Retention retention(*database, {0, 90, 5});
        const auto done = retention.step();
        QVERIFY2(done, qPrintable(done ? QString() : done.error().message()));
        QCOMPARE(done->deleted, 503 - 6); // the first, and the five newest
        const auto groups = store.groups();
        QCOMPARE(groups->size(), 2u);
        for (const auto &group : *groups) {
            const bool rare = group.title == u"rare thing";
            QCOMPARE(group.count, rare ? 2 : 503);
            const auto events = store.eventsOf(group.id.toString(), 1000);
            QCOMPARE(events->size(), rare ? 2u : 6u);
            QVERIFY(events->back().senderId.endsWith(QStringLiteral(" 0")));
        }
        const auto unused = database->read<qint64>([](store::Connection &connection) -> Result<qint64> {
            COPPICE_TRY(const QVariant pages, connection.value(QStringLiteral("PRAGMA freelist_count")));
            return pages.toLongLong();
        });
        QVERIFY(unused);
        QCOMPARE(*unused, 0); // given back to the disk
        QCOMPARE(retention.step()->deleted, 0);
        // what is gone is still known
        const auto again = store.add(many(QStringLiteral("disk full"), 500, old));
        QCOMPARE(again->events, 0);
        QCOMPARE(again->known, 500);
    }
    void bySizeTakesFromTheLargest()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        EventStore store(*database);
        QVERIFY(store.add(many(QStringLiteral("loud"), 2000, nowMs())));
        QVERIFY(store.add(many(QStringLiteral("quiet"), 40, nowMs())));
        Retention retention(*database, {300'000, 0, 10});
        const auto done = retention.step();
        QVERIFY(done && done->deleted > 0);
        qint64 left = 0;
        const auto groups = store.groups();
        for (const auto &group : *groups) {
            const auto events = store.eventsOf(group.id.toString(), 10'000);
            left += qint64(events->size());
            if (group.title == u"quiet")
                QCOMPARE(events->size(), 40u);
            else
                QVERIFY(events->size() >= 11u);
        }
        QVERIFY(left * 400 <= 300'000);
        // a limit that cannot be kept: every group keeps its own
        Retention strict(*database, {1, 0, 10});
        QVERIFY(strict.step());
        const auto kept = store.groups();
        for (const auto &group : *kept)
            QCOMPARE(store.eventsOf(group.id.toString(), 10'000)->size(), 11u);
    }
};
COPPICE_TEST(RetentionTest)
#include "retention_test.moc"
