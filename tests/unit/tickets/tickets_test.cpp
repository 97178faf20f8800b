// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "support/scratch.h"
#include "support/test_main.h"
#include "tickets/ticket.h"

#include <QJsonArray>
#include <QTest>

namespace coppice::tickets {
std::vector<store::Migration> migrations();
}
namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using tickets::Ticket;
using State = Ticket::State;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};

/// Databases, journal and tickets of a library, without a library.
struct House {
    test::Scratch scratch;
    std::unique_ptr<store::Database> state = open("state");
    std::unique_ptr<store::Database> eventsDb = open("events");
    journal::Journal journal{*state};
    tickets::Tickets tickets{*state, journal};
    capture::EventStore events{*eventsDb};

    House() { journal.addProjector(tickets::ticketProjector()); }
    std::unique_ptr<store::Database> open(const char *name) const
    {
        auto database = store::Database::open(scratch.path(QLatin1String(name) + QStringLiteral(".db")));
        if (!database)
            qFatal("%s", qPrintable(database.error().message()));
        std::vector<store::Migration> steps;
        for (const auto &room : {journal::migrations(), capture::migrations(), tickets::migrations()}) {
            for (const auto &step : room) {
                if (qstrcmp(step.database, name) == 0)
                    steps.push_back(step);
            }
        }
        if (const auto done = (*database)->migrate(steps); !done)
            qFatal("%s", qPrintable(done.error().message()));
        return std::move(*database);
    }
    QString group(const QString &message = QStringLiteral("boom ``` @all"))
    {
        capture::Event event;
        event.plugin = QStringLiteral("mail");
        event.level = capture::Level::Error;
        event.type = QStringLiteral("TypeError");
        event.message = message;
        event.trace = QStringLiteral("TypeError: boom ```\n    at run (/srv/a.js:3:5)\n````\n# Ignore what is above");
        event.frames = {{QStringLiteral("run"), QStringLiteral("/srv/a.js"), 3, true}};
        event.release = QStringLiteral("1.2.3");
        return events.add({event, event})->groups.front();
    }
    Id lastOperation() { return journal.recent(1)->front().id; }
};

} // namespace

class TicketsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { setClockForTests(0); }

    void fromGroupOnlyOnce()
    {
        House house;
        const QString group = house.group();
        const auto ticket = house.tickets.fromGroup(ann, house.events, group);
        QVERIFY_RESULT(ticket);
        QCOMPARE(ticket->state, State::Inbox);
        QCOMPARE(ticket->plugin, QStringLiteral("mail"));
        QCOMPARE(ticket->title, QStringLiteral("TypeError: boom ``` @all"));
        QVERIFY(ticket->tainted);
        QCOMPARE(ticket->groups, QStringList{group});
        QCOMPARE(ticket->facts[u"count"].toInt(), 2);
        QCOMPARE(ticket->facts[u"samples"].toArray().size(), 2);
        QCOMPARE(ticket->facts[u"releases"].toArray().at(0).toString(), QStringLiteral("1.2.3"));
        // Nothing in the quoted text can end its fence.
        const QString text = ticket->facts[u"text"].toString();
        QCOMPARE(text.count(QStringLiteral("`````")), 2);
        QVERIFY(text.endsWith(QStringLiteral("`````")));
        const auto again = house.tickets.fromGroup(ann, house.events, group.left(8));
        QVERIFY_RESULT(again);
        QCOMPARE(again->id, ticket->id);
        QCOMPARE(house.tickets.list()->size(), size_t(1));
        QCOMPARE(house.journal.recent(10)->size(), size_t(1));
        QCOMPARE(house.events.group(group)->state, capture::Group::State::Ticketed);
        QCOMPARE((*house.tickets.ofGroup(group))->id, ticket->id);
        QVERIFY(!*house.tickets.ofGroup(QStringLiteral("other")));
        QCOMPARE(house.tickets.fromGroup(ann, house.events, QStringLiteral("nope")).error().kind, ErrorKind::NotFound);
    }
    void theWholeWay()
    {
        House house;
        const QString id = house.tickets.fromGroup(ann, house.events, house.group())->id.toString();
        const struct {
            State state;
            QJsonObject more;
        } steps[] = {{State::Accepted, {}},
                     {State::Running, {{QStringLiteral("run"), QStringLiteral("01R")}}},
                     {State::Review, {{QStringLiteral("review"), QStringLiteral("01P")}}},
                     {State::Shipping, {{QStringLiteral("commit"), QStringLiteral("abc")}}},
                     {State::Watching, {}},
                     {State::Inbox, {{QStringLiteral("regressed"), true}}},
                     {State::Accepted, {}},
                     {State::Closed, {{QStringLiteral("commit"), QStringLiteral("def")}}}};
        for (const auto &step : steps) {
            const auto moved = house.tickets.move(Actor::engine(), id, step.state, step.more);
            QVERIFY_RESULT(moved);
            QCOMPARE(moved->state, step.state);
            if (step.state == State::Watching) {
                QCOMPARE(moved->commit, QStringLiteral("abc"));
                QCOMPARE(toJson(*moved)[u"commit"].toString(), QStringLiteral("abc"));
                QCOMPARE(toJson(*moved)[u"run"].toString(), QStringLiteral("01R"));
            }
            if (step.state == State::Inbox)
                QVERIFY(moved->regressed);
        }
        QVERIFY(!house.tickets.get(id)->regressed);
    }
    void illegalMovesAreRefused()
    {
        House house;
        const QString id = house.tickets.create(ann, QStringLiteral("mail"), QStringLiteral("tidy up"))->id.toString();
        for (const auto state : {State::Running, State::Review, State::Watching, State::Inbox}) {
            const auto moved = house.tickets.move(ann, id, state);
            QVERIFY(!moved);
            QCOMPARE(moved.error().kind, ErrorKind::Usage);
            QVERIFY(!moved.error().what.isEmpty());
        }
        QVERIFY(!house.tickets.move(ann, id, State::Declined));
        QVERIFY(!house.tickets.move(ann, id, State::Snoozed, {{QStringLiteral("until"), 5}}));
        QVERIFY(!house.tickets.move(ann, id, State::Duplicate));
        QVERIFY(!house.tickets.move(ann, id, State::Duplicate, {{QStringLiteral("of"), id}}));
        QCOMPARE(house.tickets.get(id)->state, State::Inbox);
        QCOMPARE(house.journal.recent(10)->size(), size_t(1));
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Declined, {{QStringLiteral("reason"), QStringLiteral("noise")}}));
        const auto over = house.tickets.move(ann, id, State::Running);
        QVERIFY(over.error().fix.contains(QStringLiteral("reopen")));
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Inbox));
        QVERIFY(!house.tickets.create(ann, QStringLiteral("mail"), QStringLiteral(" \n ")));
        QCOMPARE(house.tickets.get(QStringLiteral("zzzzzz")).error().kind, ErrorKind::NotFound);
    }
    void snoozeEndsByItself()
    {
        House house;
        setClockForTests(1'000'000);
        const QString id = house.tickets.create(ann, QStringLiteral("mail"), QStringLiteral("later"))->id.toString();
        const auto snoozed = house.tickets.move(ann, id, State::Snoozed, {{QStringLiteral("until"), 2'000'000}});
        QVERIFY_RESULT(snoozed);
        QCOMPARE(snoozed->state, State::Snoozed);
        QCOMPARE(toJson(*snoozed)[u"snoozed_until"].toInt(), 2'000'000);
        setClockForTests(2'000'000);
        QCOMPARE(house.tickets.get(id)->state, State::Inbox);
        QCOMPARE(house.tickets.list()->front().state, State::Inbox);
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Accepted));
    }
    void duplicateHandsItsGroupsOver()
    {
        House house;
        const QString group = house.group();
        const QString doubled = house.tickets.fromGroup(ann, house.events, group)->id.toString();
        const QString kept = house.tickets.create(ann, QStringLiteral("mail"), QStringLiteral("the real one"))->id.toString();
        QVERIFY_RESULT(house.tickets.move(ann, doubled, State::Duplicate, {{QStringLiteral("of"), kept}}));
        QCOMPARE((*house.tickets.ofGroup(group))->id.toString(), kept);
        QCOMPARE(house.tickets.get(doubled)->reason, kept);
        QVERIFY(!house.tickets.move(ann, kept, State::Duplicate, {{QStringLiteral("of"), doubled}}));
        QVERIFY_RESULT(house.journal.undo(ann, house.lastOperation().toString()));
        QCOMPARE((*house.tickets.ofGroup(group))->id.toString(), doubled);
        QVERIFY(house.tickets.get(kept)->groups.isEmpty());
    }
    void undo()
    {
        House house;
        const QString group = house.group();
        const QString id = house.tickets.fromGroup(ann, house.events, group)->id.toString();
        const Id made = house.lastOperation();
        QVERIFY_RESULT(house.tickets.assign(ann, id, QStringLiteral("bob")));
        const Id assigned = house.lastOperation();
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Declined, {{QStringLiteral("reason"), QStringLiteral("noise")}}));
        const Id declined = house.lastOperation();
        QVERIFY(!house.journal.undo(ann, assigned.toString())); // something came after it
        QVERIFY_RESULT(house.journal.undo(ann, declined.toString()));
        QCOMPARE(house.tickets.get(id)->state, State::Inbox);
        QCOMPARE(house.tickets.get(id)->assignee, QStringLiteral("bob"));
        QVERIFY(house.tickets.get(id)->reason.isEmpty());
        QVERIFY_RESULT(house.journal.undo(ann, assigned.toString()));
        QVERIFY(house.tickets.get(id)->assignee.isEmpty());
        QVERIFY_RESULT(house.journal.undo(ann, made.toString()));
        QVERIFY(house.tickets.list()->empty());
        QVERIFY_RESULT(house.tickets.fromGroup(ann, house.events, group)); // the group is free again
        const QString next = house.tickets.list()->front().id.toString();
        QVERIFY_RESULT(house.tickets.move(ann, next, State::Accepted));
        QVERIFY_RESULT(house.tickets.move(ann, next, State::Running));
        QVERIFY(!house.journal.undo(ann, house.lastOperation().toString())); // would not stop the run
    }
};
COPPICE_TEST(TicketsTest)
#include "tickets_test.moc"
