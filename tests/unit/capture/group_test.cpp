// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/ingest.h"
#include "capture/store.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QSet>
#include <QTest>

namespace coppice::capture {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::capture;

namespace {

Event crash(const QString &type, const QString &message, const QString &function, int line = 3)
{
    Event event;
    event.plugin = QStringLiteral("mail");
    event.level = Level::Error;
    event.type = type;
    event.message = message;
    event.frames = {{QStringLiteral("parse"), QStringLiteral("node:internal/x"), 9, false}, {function, QStringLiteral("/srv/a.js"), line, true}};
    return event;
}

Event plain(const QString &message)
{
    Event event;
    event.plugin = QStringLiteral("mail");
    event.level = Level::Error;
    event.message = message;
    return event;
}

} // namespace

class GroupTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sameCauseSameGroup()
    {
        Grouper grouper;
        const auto first = grouper.keyOf(crash(QStringLiteral("Error"), QStringLiteral("load failed for item 1"), QStringLiteral("load")));
        QCOMPARE(grouper.keyOf(crash(QStringLiteral("Error"), QStringLiteral("load failed for item 22"), QStringLiteral("load"))).fingerprint, first.fingerprint);
        // the code above has grown: other lines, same place
        QCOMPARE(grouper.keyOf(crash(QStringLiteral("Error"), QStringLiteral("load failed for item 3"), QStringLiteral("load"), 99)).fingerprint, first.fingerprint);
        // a word in the message changes, the place in the code does not
        QCOMPARE(grouper.keyOf(crash(QStringLiteral("Error"), QStringLiteral("wholly other words"), QStringLiteral("load"))).fingerprint, first.fingerprint);
        QVERIFY(first.why.contains(QStringLiteral("load (a.js)")));
        QVERIFY(first.why.endsWith(u'.'));
    }
    void otherCauseOtherGroup()
    {
        Grouper grouper;
        QSet<QString> groups;
        groups << grouper.keyOf(crash(QStringLiteral("Error"), QStringLiteral("load failed for item 1"), QStringLiteral("load"))).fingerprint;
        groups << grouper.keyOf(crash(QStringLiteral("TypeError"), QStringLiteral("load failed for item 1"), QStringLiteral("load"))).fingerprint;
        groups << grouper.keyOf(crash(QStringLiteral("Error"), QStringLiteral("load failed for item 1"), QStringLiteral("save"))).fingerprint;
        groups << grouper.keyOf(crash(QStringLiteral("Error"), QStringLiteral("quota used up"), QStringLiteral("load"), 44)).fingerprint;
        groups << grouper.keyOf(plain(QStringLiteral("load failed for item 1"))).fingerprint;
        QCOMPARE(groups.size(), 5);
    }
    void messagesWithoutStack_data()
    {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<bool>("same");
        const auto row = [](const char *a, const char *b, bool same) { QTest::newRow(a) << QString::fromLatin1(a) << QString::fromLatin1(b) << same; };
        row("timeout after 30 s on 10.0.0.1:80", "timeout after 5 s on 10.1.2.3:8080", true);
        row("GET /a?x=1 failed with 500", "GET /b/c failed with 502", true);
        row("order 4f1c2f6e-1111-4222-8333-444455556666 lost", "order 5f1c2f6e-9999-4222-8333-444455556666 lost", true);
        row("cannot open '/srv/a'", "cannot open '/var/b/c'", true);
        row("VM started on host", "VM stopped on host", false);
        row("disk full", "quota exceeded", false);
        row("retry 3", "retry 3 of 5", false);
    }
    void messagesWithoutStack()
    {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(bool, same);
        Grouper grouper;
        const QString first = grouper.keyOf(plain(a)).fingerprint;
        QCOMPARE(grouper.keyOf(plain(b)).fingerprint == first, same);
        QCOMPARE(grouper.keyOf(plain(a)).fingerprint, first);
    }
    void learntIsRestored()
    {
        Grouper before;
        std::vector<Event> events{plain(QStringLiteral("job mail-3 of ann failed today at last")), plain(QStringLiteral("job mail-4 of bob failed today at last")),
                                  crash(QStringLiteral("Error"), QStringLiteral("bad"), QStringLiteral("load"))};
        QStringList keys;
        for (const auto &event : events)
            keys << before.keyOf(event).fingerprint;
        Grouper after;
        for (const auto &pattern : before.takeLearnt())
            after.learn(pattern);
        QVERIFY(before.takeLearnt().empty());
        for (size_t i = 0; i < events.size(); ++i)
            QCOMPARE(after.keyOf(events[i]).fingerprint, keys[qsizetype(i)]);
    }
};
COPPICE_TEST(GroupTest)

class EventStoreTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<store::Database> open(const test::Scratch &scratch)
    {
        auto database = store::Database::open(scratch.path(QStringLiteral("events.db")));
        if (!database)
            qFatal("%s", qPrintable(database.error().message()));
        std::vector<store::Migration> steps;
        for (const auto &step : capture::migrations()) {
            if (QByteArray(step.database) == "events")
                steps.push_back(step);
        }
        if (const auto done = (*database)->migrate(steps); !done)
            qFatal("%s", qPrintable(done.error().message()));
        return std::move(*database);
    }
private Q_SLOTS:
    void sameFileTwiceCountsOnce()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        EventStore store(*database);
        const QByteArray line = "ERROR could not reach 10.0.0.1\n";
        const auto ingest = [&](const QByteArray &bytes) {
            std::vector<Event> events;
            const QString path = scratch.write(QStringLiteral("x.log"), bytes);
            if (!readLog(path, text::Scrubber(), {}, [&](Event &&event) {
                    event.plugin = QStringLiteral("mail");
                    events.push_back(std::move(event));
                }))
                qFatal("no log");
            return *store.add(std::move(events));
        };
        const auto first = ingest(line + "INFO fine\n" + line);
        QCOMPARE(first.events, 2);
        QCOMPARE(first.below, 1);
        QCOMPARE(first.groups.size(), 1);
        const auto again = ingest(line + "INFO fine\n" + line);
        QCOMPARE(again.events, 0);
        QCOMPARE(again.known, 2);
        const auto grown = ingest(line + "INFO fine\n" + line + line);
        QCOMPARE(grown.events, 1);
        const auto groups = store.groups();
        QVERIFY_RESULT(groups);
        QCOMPARE(groups->size(), size_t(1));
        QCOMPARE(groups->front().count, 3);
        QCOMPARE(groups->front().title, QStringLiteral("could not reach 10.0.0.1"));
        QCOMPARE(store.eventsOf(first.groups.front())->size(), size_t(3));
    }
    void sendersIdDecides()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        EventStore store(*database);
        Event event = crash(QStringLiteral("Error"), QStringLiteral("x"), QStringLiteral("f"));
        event.senderId = QStringLiteral("abc");
        QCOMPARE(store.add({event, event})->events, 1);
        event.plugin = QStringLiteral("other");
        QCOMPARE(store.add({event})->events, 1);
        event.senderId.clear(); // nothing tells it apart: each one counts
        QCOMPARE(store.add({event, event})->events, 2);
    }
    void groupGrows()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        EventStore store(*database);
        std::vector<Event> events;
        for (int i = 0; i < 450; ++i) {
            Event event = crash(QStringLiteral("Error"), QStringLiteral("item %1").arg(i), QStringLiteral("load"));
            event.at = 1000 + i;
            event.release = i < 300 ? QStringLiteral("1.0.0") : QStringLiteral("1.1.0");
            event.trace = QStringLiteral("trace");
            events.push_back(event);
        }
        const auto added = store.add(events);
        QVERIFY_RESULT(added);
        QCOMPARE(added->events, 450);
        QCOMPARE(added->groups.size(), 1);
        const auto group = store.group(added->groups.front().right(6).toLower());
        QVERIFY_RESULT(group);
        QCOMPARE(group->count, 450);
        QCOMPARE(group->first, 1000);
        QCOMPARE(group->last, 1449);
        QCOMPARE(group->releases, (QStringList{QStringLiteral("1.0.0"), QStringLiteral("1.1.0")}));
        QCOMPARE(group->title, QStringLiteral("Error: item 0"));
        const auto stored = store.eventsOf(added->groups.front(), 1);
        QCOMPARE(stored->front().frames.size(), size_t(2));
        QVERIFY(!stored->front().frames[0].inApp);
        QCOMPARE(stored->front().trace, QStringLiteral("trace"));
        const auto page = store.after(0, 400);
        QCOMPARE(page->events.size(), size_t(400));
        QCOMPARE(store.after(page->cursor, 400)->events.size(), size_t(50));
    }
    void resolvedComesBackAsRegressed()
    {
        const test::Scratch scratch;
        const auto database = open(scratch);
        EventStore store(*database);
        const auto added = store.add({crash(QStringLiteral("Error"), QStringLiteral("x"), QStringLiteral("f"))});
        QVERIFY_RESULT(store.setState(added->groups.front(), Group::State::Resolved));
        QVERIFY_RESULT(store.add({crash(QStringLiteral("Error"), QStringLiteral("x"), QStringLiteral("f"))}));
        QCOMPARE(store.group(added->groups.front())->state, Group::State::Regressed);
        QVERIFY(!store.setState(QStringLiteral("nope"), Group::State::Muted));
        QCOMPARE(store.group(QStringLiteral("zzzz")).error().kind, ErrorKind::NotFound);
    }
};
COPPICE_TEST(EventStoreTest)
#include "group_test.moc"
