// SPDX-License-Identifier: GPL-3.0-or-later
// How a group's events are spread over days and users, and what they differ in.
#include "base/clock.h"
#include "capture/group_trend.h"
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

class GroupTrendTest : public QObject
{
    Q_OBJECT
    static constexpr qint64 Hour = 3'600'000;
    static constexpr qint64 Noon = 1'700'000'000'000 / (24 * Hour) * (24 * Hour) + 12 * Hour;

    static std::unique_ptr<store::Database> open(const test::Scratch &scratch)
    {
        auto database = store::Database::open(scratch.path(QStringLiteral("events.db")));
        if (!database)
            qFatal("%s", qPrintable(database.error().message()));
        if (const auto done = (*database)->migrate(capture::migrations()); !done)
            qFatal("%s", qPrintable(done.error().message()));
        return std::move(*database);
    }
    static Event event(const QString &message, qint64 at, const QString &user = {})
    {
        Event event;
        event.plugin = QStringLiteral("mail");
        event.level = Level::Error;
        event.type = message;
        event.message = message;
        event.received = Noon;
        event.at = at;
        if (!user.isEmpty())
            event.tags[QStringLiteral("user")] = user;
        return event;
    }
    static GroupTrends trends(store::Database &database, qint64 now = Noon, qint64 offset = 0)
    {
        const auto groups = EventStore(database).groups();
        if (!groups)
            qFatal("%s", qPrintable(groups.error().message()));
        QStringList ids;
        for (const auto &group : *groups)
            ids << group.id.toString();
        const auto read = trendsOf(database, ids, now, offset);
        if (!read)
            qFatal("%s", qPrintable(read.error().message()));
        return *read;
    }

private Q_SLOTS:
    void daysAreCountedBackFromToday()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        EventStore store(*database);
        QVERIFY(store.add({event(QStringLiteral("DiskFull"), Noon - Hour), event(QStringLiteral("DiskFull"), Noon - 13 * Hour),
                           event(QStringLiteral("DiskFull"), Noon - 13 * 24 * Hour), event(QStringLiteral("DiskFull"), Noon - 14 * 24 * Hour),
                           event(QStringLiteral("DiskFull"), 0), event(QStringLiteral("DiskFull"), Noon + 30 * Hour)}));
        const auto read = trends(*database);
        QCOMPARE(read.size(), 1);
        const auto &days = read.begin()->days;
        QCOMPARE(days[13], 3); // an hour ago, one without a time of its own, one from the future
        QCOMPARE(days[12], 1);
        QCOMPARE(days[0], 1);
        QCOMPARE(read.begin()->total(), 5);
        // Where it is two hours later than in UTC, thirteen hours ago was today.
        QCOMPARE(trends(*database, Noon, 2 * Hour).begin()->days[13], 4);
        // Where it is eleven and a half hours earlier, an hour ago was yesterday, as far as whole hours tell.
        const auto west = trends(*database, Noon, -12 * Hour);
        QCOMPARE(west.begin()->days[13], 2);
        QCOMPARE(west.begin()->days[12], 2);
    }
    void usersAreCountedOnce()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        QVERIFY(EventStore(*database).add({event(QStringLiteral("DiskFull"), Noon, QStringLiteral("ann")), event(QStringLiteral("DiskFull"), Noon, QStringLiteral("ann")),
                                           event(QStringLiteral("DiskFull"), Noon, QStringLiteral("bob")), event(QStringLiteral("DiskFull"), Noon),
                                           event(QStringLiteral("DiskFull"), Noon, QStringLiteral("[scrubbed]")), event(QStringLiteral("TimedOut"), Noon)}));
        const auto groups = EventStore(*database).groups();
        const auto read = trends(*database);
        for (const auto &group : *groups)
            QCOMPARE(read[group.id.toString()].users, group.title.startsWith(u"DiskFull") ? 2 : 0);
    }
    void theNewestEventTellsPlaceAndTags()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        std::vector<Event> all;
        for (int group = 0; group < 450; ++group) { // more than one page of them
            for (const auto &environment : {QStringLiteral("staging"), QStringLiteral("production")}) {
                auto one = event(QStringLiteral("Failure") + QChar(u'A' + group % 26) + QChar(u'A' + group / 26), Noon);
                one.environment = environment;
                one.tags[QStringLiteral("region")] = environment + u'-' + QString::number(group);
                all.push_back(std::move(one));
            }
        }
        QVERIFY(EventStore(*database).add(std::move(all)));
        const auto read = trends(*database);
        QCOMPARE(read.size(), 450);
        QSet<QString> regions;
        for (const auto &trend : read) {
            QCOMPARE(trend.environment, QStringLiteral("production"));
            QCOMPARE(trend.days[13], 2);
            regions << trend.tags[QStringLiteral("region")];
        }
        QCOMPARE(regions.size(), 450);
    }
    void whatRetentionTookIsSaid()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        std::vector<Event> all;
        for (int i = 0; i < 40; ++i) {
            all.push_back(event(QStringLiteral("DiskFull"), 0));
            all.back().received = nowMs() - 100LL * 24 * Hour;
        }
        QVERIFY(EventStore(*database).add(std::move(all)));
        QVERIFY(Retention(*database, {0, 90, 5}).step());
        const auto read = trends(*database, nowMs());
        QCOMPARE(read.begin()->purged, 40 - 6);
        QCOMPARE(read.begin()->total(), 0);
    }
    void theSpreadOfAGroup()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        std::vector<Event> all;
        for (int i = 0; i < 6; ++i) {
            auto one = event(QStringLiteral("DiskFull"), Noon + i * Hour);
            one.release = i < 2 ? QStringLiteral("1.0") : QStringLiteral("1.1");
            one.environment = i == 0 ? QStringLiteral("staging") : QStringLiteral("production");
            one.tags[QStringLiteral("tenant")] = i % 3 == 0 ? QStringLiteral("acme") : QStringLiteral("globex");
            all.push_back(std::move(one));
        }
        QVERIFY(EventStore(*database).add(std::move(all)));
        const auto spread = spreadOf(*database, EventStore(*database).groups()->front().id.toString());
        QVERIFY(spread);
        QCOMPARE(spread->looked, 6);
        QCOMPARE(spread->releases.size(), 2u);
        QCOMPARE(spread->releases[0].value, QStringLiteral("1.0"));
        QCOMPARE(spread->releases[1].first, Noon + 2 * Hour);
        QCOMPARE(spread->releases[1].events, 4);
        QCOMPARE(spread->environments.front().value, QStringLiteral("production"));
        const auto &tenants = spread->tags[QStringLiteral("tenant")];
        QCOMPARE(tenants.size(), 2u);
        QCOMPARE(tenants[0].value, QStringLiteral("globex"));
        QCOMPARE(tenants[0].events, 4);
    }
    void indicesAreUsed()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        const auto plan = [&](const QString &sql) {
            QString text;
            const auto read = database->read<void>([&](store::Connection &connection) -> Result<> {
                return connection.query(QStringLiteral("EXPLAIN QUERY PLAN ") + sql, {}, [&](const store::Row &row) { text += row.text(3) + u'\n'; });
            });
            return read ? text : read.error().message();
        };
        const QString days = plan(QStringLiteral("SELECT group_id, (hour + 1) / 24, count(*) FROM events WHERE group_id IN ('a', 'b') AND hour >= 7 GROUP BY 1, 2"));
        QVERIFY2(days.contains(QLatin1String("events_by_hour (group_id=? AND hour>?)")), qPrintable(days));
        const QString users = plan(QStringLiteral("SELECT group_id, count(DISTINCT who) FROM events WHERE group_id IN ('a', 'b') AND who IS NOT NULL GROUP BY group_id"));
        QVERIFY2(users.contains(QLatin1String("COVERING INDEX events_by_user")), qPrintable(users));
    }
};

COPPICE_TEST(GroupTrendTest)
#include "group_trend_test.moc"
