// SPDX-License-Identifier: GPL-3.0-or-later
// The lines of the inbox, how they are searched and ordered, and what is done to many of them at once with one way back.
#include "base/clock.h"
#include "support/scratch.h"
#include "support/test_main.h"
#include "tickets/inbox_acts.h"
#include "tickets/inbox_query.h"

#include <QTest>

namespace coppice::tickets {
std::vector<store::Migration> migrations();
}
namespace coppice::forges {
std::vector<store::Migration> migrations();
}
namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::tickets;
using namespace Qt::StringLiterals;
using State = Ticket::State;
using GroupState = capture::Group::State;
using News = InboxEntry::News;

namespace {

const Actor ann{Actor::Kind::Person, u"ann"_s};
constexpr qint64 Hour = 3'600'000;

struct House {
    test::Scratch scratch;
    std::unique_ptr<store::Database> state = open("state");
    std::unique_ptr<store::Database> eventsDb = open("events");
    journal::Journal journal{*state};
    Tickets tickets{*state, journal};
    InboxActs acts{*state, *eventsDb, journal};
    capture::EventStore events{*eventsDb};

    House()
    {
        journal.addProjector(ticketProjector());
        journal.addProjector(capture::groupRuleProjector());
    }
    std::unique_ptr<store::Database> open(const char *name) const
    {
        auto database = store::Database::open(scratch.path(QLatin1String(name) + u".db"_s));
        std::vector<store::Migration> steps;
        for (const auto &room : {journal::migrations(), capture::migrations(), forges::migrations(), tickets::migrations()}) {
            for (const auto &step : room) {
                if (qstrcmp(step.database, name) == 0)
                    steps.push_back(step);
            }
        }
        if (!database || !(*database)->migrate(steps))
            qFatal("%s", qPrintable(database ? u"migrations"_s : database.error().message()));
        return std::move(*database);
    }
    /// An error group of its own for each type; answers its key.
    QString crash(const QString &type, const QString &plugin = u"mail"_s, int count = 1, const QString &release = u"1.0"_s, const QString &tenant = {})
    {
        std::vector<capture::Event> all;
        for (int i = 0; i < count; ++i) {
            capture::Event event;
            event.plugin = plugin;
            event.level = capture::Level::Error;
            event.type = type;
            event.message = type + u" happened"_s;
            event.release = release;
            event.environment = u"production"_s;
            event.received = nowMs();
            if (!tenant.isEmpty())
                event.tags[u"tenant"_s] = tenant;
            all.push_back(std::move(event));
        }
        const auto added = this->events.add(std::move(all));
        if (!added || added->groups.size() != 1)
            qFatal("%s: not one group", qPrintable(type));
        return u"group:"_s + added->groups.front();
    }
    std::vector<InboxEntry> entries(qint64 since = -1, qint64 lookedAt = 0)
    {
        const auto groups = events.groups();
        const auto all = tickets.list();
        QStringList ids;
        for (const auto &group : *groups)
            ids << group.id.toString();
        const auto trends = capture::trendsOf(*eventsDb, ids, nowMs(), 0);
        const auto news = capture::newsSince(*eventsDb, since);
        if (!trends || !news)
            qFatal("The inbox cannot be read");
        return inboxEntries({*groups, *all, *trends, *news, lookedAt});
    }
    InboxEntry entry(const QString &key)
    {
        for (const auto &each : entries()) {
            if (each.key == key)
                return each;
        }
        return {};
    }
    QStringList found(const QString &query, const QString &me = u"ann"_s)
    {
        QStringList titles;
        for (const auto &each : entries()) {
            if (InboxQuery::parse(query).fits(each, me))
                titles << each.title.section(u':', 0, 0);
        }
        titles.sort();
        return titles;
    }
    GroupState stateOf(const QString &key) { return events.group(key.section(u':', 1))->state; }
};

} // namespace

class InboxTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aGroupIsOneLineWithOrWithoutATicket()
    {
        House house;
        const auto group = house.crash(u"DiskFull"_s, u"mail"_s, 3);
        auto all = house.entries();
        QCOMPARE(all.size(), 1u);
        QVERIFY(!all.front().ticket && all.front().open && all.front().waiting);
        QCOMPARE(all.front().events, 3);
        QCOMPARE(all.front().days.back(), 3);
        QCOMPARE(all.front().environments, QStringList{u"production"_s});

        const auto made = house.acts.makeTickets(ann, {group});
        QVERIFY(made);
        all = house.entries();
        QCOMPARE(all.size(), 1u);
        QVERIFY(all.front().ticket);
        QCOMPARE(all.front().events, 3);
        QCOMPARE(all.front().groups, QStringList{group.section(u':', 1)});
        QCOMPARE(house.stateOf(group), GroupState::Ticketed);
        // The ticket is taken back, and the group is as before.
        QVERIFY(house.acts.undo(ann, *made));
        QCOMPARE(house.entries().front().key, group);
        QCOMPARE(house.stateOf(group), GroupState::New);
    }
    void whatCameSinceSomebodyLooked()
    {
        House house;
        const auto known = house.crash(u"DiskFull"_s, u"mail"_s, 3);
        (void)house.crash(u"Quiet"_s);
        const qint64 looked = capture::newsSince(*house.eventsDb, -1)->newest;
        (void)house.crash(u"DiskFull"_s, u"mail"_s, 2);
        const auto fresh = house.crash(u"TimedOut"_s);
        for (const auto &entry : house.entries(looked)) {
            QCOMPARE(entry.news, entry.key == known ? News::More : entry.key == fresh ? News::New : News::None);
            QCOMPARE(entry.more, entry.key == known ? 2 : entry.key == fresh ? 1 : 0);
        }
        for (const auto &entry : house.entries(-1))
            QCOMPARE(entry.news, News::None); // who never looked is not told that all is new
        const auto ticket = house.tickets.create(ann, u"mail"_s, u"By hand"_s);
        for (const auto &entry : house.entries(looked, ticket->made - 1))
            QVERIFY(entry.key != u"ticket:"_s + ticket->id.toString() || entry.news == News::New);
    }
    void searching_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("titles");
        QTest::newRow("nothing: what is open") << QString() << u"DiskFull NoMemory TimedOut"_s;
        QTest::newRow("a word") << u"disk"_s << u"DiskFull"_s;
        QTest::newRow("two words, both") << u"disk mail"_s << u"DiskFull"_s;
        QTest::newRow("words of two lines") << u"disk web"_s << QString();
        QTest::newRow("plugin") << u"plugin:web"_s << u"NoMemory TimedOut"_s;
        QTest::newRow("plugins") << u"plugin:web,mail"_s << u"DiskFull NoMemory TimedOut"_s;
        QTest::newRow("pattern") << u"plugin:w*b"_s << u"NoMemory TimedOut"_s;
        QTest::newRow("pattern is whole") << u"plugin:e*"_s << QString();
        QTest::newRow("not") << u"-plugin:web"_s << u"DiskFull"_s;
        QTest::newRow("not a word") << u"-disk"_s << u"NoMemory TimedOut"_s;
        QTest::newRow("release") << u"release:2.*"_s << u"TimedOut"_s;
        QTest::newRow("environment") << u"environment:production"_s << u"DiskFull NoMemory TimedOut"_s;
        QTest::newRow("environment, none") << u"environment:staging"_s << QString();
        QTest::newRow("tag") << u"tag:tenant=acme"_s << u"NoMemory"_s;
        QTest::newRow("has a tag") << u"tag:tenant"_s << u"NoMemory"_s;
        QTest::newRow("level") << u"level:error"_s << u"DiskFull NoMemory TimedOut"_s;
        QTest::newRow("worse level") << u"level:fatal"_s << QString();
        QTest::newRow("state") << u"state:accepted"_s << u"NoMemory"_s;
        QTest::newRow("waiting") << u"is:waiting"_s << u"DiskFull TimedOut"_s;
        QTest::newRow("mine") << u"is:mine"_s << u"NoMemory"_s;
        QTest::newRow("unassigned") << u"is:unassigned"_s << u"DiskFull TimedOut"_s;
        QTest::newRow("snoozed") << u"is:snoozed"_s << u"Later"_s;
        QTest::newRow("muted") << u"is:muted"_s << u"Noise"_s;
        QTest::newRow("closed") << u"is:closed"_s << u"NotOurs"_s;
        QTest::newRow("any") << u"is:any"_s << u"DiskFull Later NoMemory Noise NotOurs TimedOut"_s;
        QTest::newRow("one of two") << u"is:snoozed,muted"_s << u"Later Noise"_s;
        QTest::newRow("ticket") << u"is:ticket"_s << u"NoMemory"_s;
        QTest::newRow("quoted") << u"\"DiskFull happened\""_s << u"DiskFull"_s;
        QTest::newRow("quoted value") << u"plugin:\"web\""_s << u"NoMemory TimedOut"_s;
        QTest::newRow("not closed") << u"\"DiskFull hap"_s << u"DiskFull"_s;
        QTest::newRow("being typed") << u"plugin:"_s << u"DiskFull NoMemory TimedOut"_s;
        QTest::newRow("a colon that is text") << u"http:x"_s << QString();
    }
    void searching()
    {
        QFETCH(QString, query);
        QFETCH(QString, titles);
        House house;
        (void)house.crash(u"DiskFull"_s);
        (void)house.crash(u"TimedOut"_s, u"web"_s, 1, u"2.1"_s);
        const auto taken = house.crash(u"NoMemory"_s, u"web"_s, 1, u"1.0"_s, u"acme"_s);
        const auto later = house.crash(u"Later"_s), noise = house.crash(u"Noise"_s), other = house.crash(u"NotOurs"_s);
        QVERIFY(house.acts.move(ann, {taken}, State::Accepted));
        QVERIFY(house.acts.assign(ann, {taken}, u"ann"_s));
        QVERIFY(house.acts.snooze(ann, {later}, {nowMs() + Hour, 0, false}));
        QVERIFY(house.acts.mute(ann, {noise}, {}, 0, 0));
        QVERIFY(house.acts.move(ann, {other}, State::Declined, {{u"reason"_s, u"not ours"_s}}));
        QCOMPARE(house.found(query).join(u' '), titles);
    }
    void whatCannotBeReadIsSaid()
    {
        const auto query = InboxQuery::parse(u"is:nice level:loud disk"_s);
        QCOMPARE(query.problems().size(), 2);
        QVERIFY(query.problems().front().contains(u"nice"_s));
        QVERIFY(!query.isEmpty());
        QVERIFY(InboxQuery::parse(QString(100'000, u'"')).isEmpty());
        QVERIFY(InboxQuery::parse(u"plugin:a "_s.repeated(5000)).fits({.plugin = u"a"_s, .open = true}, {}));
    }
    void ordering()
    {
        House house;
        const auto quiet = house.crash(u"Quiet"_s), loud = house.crash(u"Loud"_s, u"mail"_s, 50), back = house.crash(u"Back"_s);
        QVERIFY(house.events.setState(back.section(u':', 1), GroupState::Regressed));
        auto entries = house.entries();
        sortInbox(entries, InboxOrder::Events);
        QCOMPARE(entries.front().key, loud);
        sortInbox(entries, InboxOrder::Priority);
        QCOMPARE(entries[0].key, back);
        QCOMPARE(entries[1].key, loud);
        QCOMPARE(entries[2].key, quiet);
        for (const auto order : {InboxOrder::Last, InboxOrder::First, InboxOrder::Events, InboxOrder::Users, InboxOrder::Priority})
            QCOMPARE(inboxOrderFrom(nameOf(order)), order);
    }
    void manyAtOnceWithOneWayBack()
    {
        House house;
        QStringList keys{house.crash(u"A"_s), house.crash(u"B"_s), house.crash(u"C"_s)};
        const auto byHand = house.tickets.create(ann, u"mail"_s, u"By hand"_s);
        keys << u"ticket:"_s + byHand->id.toString();
        const auto accepted = house.acts.move(ann, keys, State::Accepted);
        QVERIFY(accepted);
        QCOMPARE(accepted->done, 4);
        QVERIFY(accepted->problems.isEmpty());
        for (const auto &entry : house.entries())
            QCOMPARE(entry.state, u"accepted"_s);
        // Those that are so already are skipped, the others go on.
        const auto again = house.acts.move(ann, keys, State::Accepted);
        QCOMPARE(again->skipped, 4);
        QVERIFY(!again->canUndo());
        const auto back = house.acts.undo(ann, *accepted);
        QVERIFY(back);
        QVERIFY2(back->problems.isEmpty(), qPrintable(back->problems.join(u'\n')));
        const auto entries = house.entries();
        QCOMPARE(entries.size(), 4u);
        for (const auto &entry : entries) {
            QCOMPARE(entry.state, entry.ticket ? u"inbox"_s : u"new"_s);
            QCOMPARE(entry.ticket, entry.title == u"By hand");
        }
    }
    void whatCannotBeDoneToSomeIsSaid()
    {
        House house;
        const auto group = house.crash(u"A"_s);
        const QString byHand = u"ticket:"_s + house.tickets.create(ann, u"mail"_s, u"By hand"_s)->id.toString();
        // A ticket without events cannot wait for events.
        const auto snoozed = house.acts.snooze(ann, {group, byHand}, {0, 10, false});
        QVERIFY(snoozed);
        QCOMPARE(snoozed->done, 1);
        QCOMPARE(snoozed->problems.size(), 1);
        QVERIFY(!house.acts.snooze(ann, {byHand}, {0, 10, false}));
        QVERIFY(!house.acts.mute(ann, {byHand}, {}, 0, 0));
        // What others changed meanwhile is not taken back under their hands.
        QVERIFY(house.tickets.assign({Actor::Kind::Person, u"bob"_s}, snoozed->tickets.front(), u"bob"_s));
        const auto back = house.acts.undo(ann, *snoozed);
        QVERIFY(!back || !back->problems.isEmpty());
        QCOMPARE(house.tickets.get(snoozed->tickets.front())->state, State::Snoozed);
    }
    void mutesComeAndGo()
    {
        House house;
        const auto group = house.crash(u"Noise"_s);
        const auto muted = house.acts.mute(ann, {group}, {}, 0, 0);
        QVERIFY(muted);
        QVERIFY(house.entry(group).muted && !house.entry(group).open);
        const auto heard = house.acts.unmute(ann, {group});
        QVERIFY(heard);
        QVERIFY(house.entry(group).open);
        QVERIFY(house.acts.undo(ann, *heard));
        QVERIFY(house.entry(group).muted);
        // One that an older version muted without a rule.
        const auto old = house.crash(u"Old"_s);
        QVERIFY(house.events.setState(old.section(u':', 1), GroupState::Muted));
        const auto again = house.acts.unmute(ann, {old});
        QVERIFY(again);
        QVERIFY(house.entry(old).open);
        QVERIFY(house.acts.undo(ann, *again));
        QVERIFY(house.entry(old).muted);
        QVERIFY(!house.acts.unmute(ann, {house.crash(u"Heard"_s)}));
    }
    void mergeAndSplitComeAndGo()
    {
        House house;
        const auto a = house.crash(u"A"_s, u"mail"_s, 2), b = house.crash(u"B"_s, u"mail"_s, 3);
        QVERIFY(house.acts.makeTickets(ann, {b}));
        const QString ticket = house.entries().front().ticket ? house.entries().front().key : house.entries().back().key;
        const auto merged = house.acts.merge(ann, {a, ticket});
        QVERIFY2(merged, qPrintable(merged ? QString() : merged.error().message()));
        QCOMPARE(u"group:"_s + merged->made, b); // the one that has the ticket
        QCOMPARE(house.entries().size(), 1u);
        QCOMPARE(house.entries().front().events, 5);
        QVERIFY(house.acts.undo(ann, *merged));
        QCOMPARE(house.entries().size(), 2u);
        QVERIFY(!house.acts.merge(ann, {a}));
        QVERIFY(house.acts.makeTickets(ann, {a}));
        const auto two = house.acts.merge(ann, {a, b});
        QVERIFY(!two);
        QVERIFY(two.error().fix.contains(u"duplicate"_s));

        const auto mixed = house.crash(u"Mixed"_s, u"web"_s, 2, u"1.0"_s, u"acme"_s);
        (void)house.crash(u"Mixed"_s, u"web"_s, 1, u"1.0"_s, u"globex"_s);
        using What = capture::GroupRule::By::What;
        const auto split = house.acts.split(ann, mixed.section(u':', 1), {What::Tag, u"tenant"_s, {u"globex"_s}});
        QVERIFY2(split, qPrintable(split ? QString() : split.error().message()));
        QCOMPARE(house.entry(u"group:"_s + split->made).events, 1);
        QCOMPARE(house.entry(mixed).events, 2);
        QVERIFY(house.acts.undo(ann, *split));
        QCOMPARE(house.entry(mixed).events, 3);
    }
    void duplicatesHandTheirGroupsOver()
    {
        House house;
        const auto a = house.crash(u"A"_s), b = house.crash(u"B"_s);
        const auto one = house.acts.makeTickets(ann, {a});
        const auto same = house.acts.move(ann, {b}, State::Duplicate, {{u"of"_s, one->tickets.front()}});
        QVERIFY(same);
        QCOMPARE(house.entry(u"ticket:"_s + one->tickets.front()).groups.size(), 2);
        QVERIFY(house.acts.undo(ann, *same));
        QCOMPARE(house.entry(u"ticket:"_s + one->tickets.front()).groups.size(), 1);
        QVERIFY(!house.entry(b).ticket);
        QCOMPARE(house.stateOf(b), GroupState::New);
    }
};

COPPICE_TEST(InboxTest)
#include "inbox_test.moc"
