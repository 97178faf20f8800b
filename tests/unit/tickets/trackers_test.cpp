// SPDX-License-Identifier: GPL-3.0-or-later
// Tickets and issues in step, with each kind of tracker: a tracker in memory that commits and then loses its answer, refuses,
// limits, and in which other people work.
#include "base/clock.h"
#include "support/scratch.h"
#include "support/test_main.h"
#include "support/tracker_server.h"
#include "tickets/trackers.h"

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
using test::TrackerServer;
using Fault = TrackerServer::Fault;
using State = Ticket::State;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};

struct House {
    test::Scratch scratch;
    TrackerServer server;
    std::unique_ptr<store::Database> state = open("state");
    std::unique_ptr<store::Database> eventsDb = open("events");
    journal::Journal journal{*state};
    Tickets tickets{*state, journal};
    capture::EventStore events{*eventsDb};
    TrackerPlaces places;
    int groups = 0;

    explicit House(const QString &kind) : server(kind)
    {
        journal.addProjector(ticketProjector());
        forges::Place place;
        place.kind = kind;
        place.baseUrl = server.base();
        place.project = server.project();
        place.user = QStringLiteral("me@acme.example");
        qputenv("COPPICE_TEST_TRACKER", "good");
        place.token = QStringLiteral("env:COPPICE_TEST_TRACKER");
        places.ofPlugin.insert(QStringLiteral("mail"), place);
    }
    std::unique_ptr<store::Database> open(const char *name) const
    {
        auto database = store::Database::open(scratch.path(QLatin1String(name) + QStringLiteral(".db")));
        std::vector<store::Migration> steps;
        for (const auto &room : {journal::migrations(), capture::migrations(), forges::migrations(), tickets::migrations()}) {
            for (const auto &step : room) {
                if (qstrcmp(step.database, name) == 0)
                    steps.push_back(step);
            }
        }
        if (!database || !(*database)->migrate(steps))
            qFatal("no database");
        return std::move(*database);
    }
    QString ticket(bool accepted = true)
    {
        capture::Event event;
        event.plugin = QStringLiteral("mail");
        event.level = capture::Level::Error;
        event.type = QStringLiteral("TypeError%1").arg(++groups);
        event.message = QStringLiteral("no @team, see #12 and ![x](http://evil.example/x.png)");
        event.trace = QStringLiteral("TypeError: boom\n```\n/close\n@admin {{include(x)}} </pre> <script>");
        event.frames = {{QStringLiteral("run%1").arg(groups), QStringLiteral("/srv/a%1.js").arg(groups), 3, true}};
        event.release = QStringLiteral("1.2.3");
        const auto added = events.add({event});
        const auto made = tickets.fromGroup(ann, events, added->groups.front());
        if (!made || (accepted && !tickets.move(ann, made->id.toString(), State::Accepted)))
            qFatal("no ticket");
        return made->id.toString();
    }
    Result<TrackerReport> step(bool now = true) { return TrackerSync(*state, journal).step(places, now); }
    State stateOf(const QString &id) { return tickets.get(id)->state; }
};

void kinds()
{
    QTest::addColumn<QString>("kind");
    for (const char *kind : {"github", "gitlab", "jira", "redmine"})
        QTest::newRow(kind) << QString::fromLatin1(kind);
}

} // namespace

class TrackersTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { setClockForTests(0); }

    void bothWays_data() { kinds(); }
    void bothWays()
    {
        QFETCH(QString, kind);
        House house(kind);
        const QString id = house.ticket();
        const QString inbox = house.ticket(false); // is nobody's business yet
        auto report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems, QStringList());
        QCOMPARE(report->created.size(), 1);
        QCOMPARE(house.server.issues().size(), size_t(1));
        QVERIFY(house.tickets.get(id)->remote.startsWith(house.server.base() + u'/')); // never the answer's own address
        QVERIFY(house.tickets.get(inbox)->remote.isEmpty());

        // Nothing to do, and nothing twice.
        report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->created.size() + report->sent + report->taken, 0);
        QCOMPARE(house.server.issues().size(), size_t(1));

        // Said here, and there.
        QVERIFY_RESULT(house.tickets.comment(ann, id, QStringLiteral("please look, @bob #7")));
        house.server.say(1, QStringLiteral("bob"), QStringLiteral("I did.\nIt is the cache."));
        house.server.change(1, [](auto &issue) { issue.assignee = QStringLiteral("bob"); });
        report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems, QStringList());
        QCOMPARE(house.tickets.get(id)->assignee, QStringLiteral("bob"));
        auto comments = house.tickets.comments(id);
        QCOMPARE(comments->size(), size_t(2));
        const auto &said = comments->at(0).outside ? comments->at(0) : comments->at(1);
        QVERIFY(said.outside);
        QCOMPARE(said.author, QStringLiteral("bob"));
        QCOMPARE(said.text, QStringLiteral("I did.\nIt is the cache."));
        QCOMPARE(house.server.issues()[0].notes.size(), size_t(2));
        QVERIFY_RESULT(house.step()); // our own comment does not come back as somebody's
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.tickets.comments(id)->size(), size_t(2));
        QCOMPARE(house.server.issues()[0].notes.size(), size_t(2));

        // Closed there, opened again there.
        house.server.change(1, [&](auto &issue) { issue.status = house.server.closed(); });
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.stateOf(id), State::Closed);
        house.server.change(1, [&](auto &issue) { issue.status = house.server.open(); });
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.stateOf(id), State::Inbox);
        QCOMPARE(house.server.issues()[0].status, house.server.open());

        // Declined here, opened again here: by a regression, say.
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Declined, {{QStringLiteral("reason"), QStringLiteral("as designed")}}));
        report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems, QStringList());
        QVERIFY(house.server.issues()[0].status != house.server.open());
        if (kind != u"gitlab")
            QVERIFY(QStringList({QStringLiteral("not_planned"), QStringLiteral("Won't Do"), QStringLiteral("Rejected")}).contains(house.server.issues()[0].status));
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.stateOf(id), State::Declined);
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Inbox, {{QStringLiteral("regressed"), true}, {QStringLiteral("reason"), QStringLiteral("It came back in 2.0")}}));
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues()[0].status, house.server.open());
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.stateOf(id), State::Inbox);
        QVERIFY(QString::fromUtf8(QJsonDocument(QJsonArray{house.server.issues()[0].notes.back().body}).toJson()).contains(QStringLiteral("It came back in 2.0")));
        QCOMPARE(house.server.issues().size(), size_t(1));
    }

    void aLostAnswerMakesNoSecondIssue_data() { kinds(); }
    void aLostAnswerMakesNoSecondIssue()
    {
        QFETCH(QString, kind);
        House house(kind);
        const QString id = house.ticket();
        house.server.fault("POST", Fault::Lose);
        auto report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems.size(), 1);
        QCOMPARE(report->waiting, 1);
        QCOMPARE(house.server.issues().size(), size_t(1)); // it was made
        QVERIFY(house.tickets.get(id)->remote.isEmpty());  // and nobody knows
        report = house.step(); // in a hurry, but it cannot be found yet perhaps: not sent
        QVERIFY_RESULT(report);
        QCOMPARE(house.server.issues().size(), size_t(1));
        setClockForTests(nowMs() + 3600'000);
        report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems, QStringList());
        QCOMPARE(house.server.issues().size(), size_t(1));
        QVERIFY(!house.tickets.get(id)->remote.isEmpty());
        QCOMPARE(report->waiting, 0);

        // The same of a comment.
        QVERIFY_RESULT(house.tickets.comment(ann, id, QStringLiteral("only once")));
        house.server.fault(kind == u"redmine" ? "PUT" : "POST", Fault::Lose, 1);
        if (kind == u"jira") // its search is a POST, too: the comment's own request is the second
            QVERIFY_RESULT(house.step(false));
        else
            QVERIFY_RESULT(house.step());
        setClockForTests(nowMs() + 2 * 3600'000);
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues()[0].notes.size(), size_t(1));
        QCOMPARE(house.tickets.comments(id)->size(), size_t(1));
    }

    void withoutLabelsTheBodyIsFound()
    {
        House house(QStringLiteral("github"));
        house.server.dropLabels = true;
        const QString id = house.ticket();
        house.server.fault("POST", Fault::Lose);
        QVERIFY_RESULT(house.step());
        setClockForTests(nowMs() + 3600'000);
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(1));
        QVERIFY(!house.tickets.get(id)->remote.isEmpty());
    }

    /// A process that is killed between sending and writing down: the next one looks before it sends.
    void killedBetweenSendingAndKnowing_data() { kinds(); }
    void killedBetweenSendingAndKnowing()
    {
        QFETCH(QString, kind);
        House house(kind);
        const QString id = house.ticket();
        {
            // As the killed process left it: claimed, and made in the tracker.
            TrackerSync sync(*house.state, house.journal);
            QVERIFY_RESULT(sync.push(house.places, id));
            forges::Outbox outbox(*house.state);
            const auto due = outbox.due(nowMs());
            QCOMPARE(due->size(), size_t(1));
            QVERIFY(*outbox.claim(due->front(), 30'000));
            auto forge = forges::openForge(*house.places.ofPlugin.cbegin());
            QVERIFY_RESULT(forge);
            QVERIFY_RESULT((*forge)->create({due->front().payload[u"title"].toString(), forges::documentFrom(due->front().payload[u"body"].toArray()), due->front().marker}));
        }
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(1)); // it is still another process' for all that is known
        QVERIFY_RESULT(TrackerSync(*house.state, house.journal).recover());
        QVERIFY_RESULT(house.step()); // too early to be found
        QCOMPARE(house.server.issues().size(), size_t(1));
        setClockForTests(nowMs() + 60'000);
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(1));
        QVERIFY(!house.tickets.get(id)->remote.isEmpty());
    }

    void aLimitIsHonoured_data() { kinds(); }
    void aLimitIsHonoured()
    {
        QFETCH(QString, kind);
        House house(kind);
        const QString first = house.ticket();
        const QString second = house.ticket();
        house.server.fault("POST", Fault::Limit);
        const auto report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems.size(), 1);
        QVERIFY2(report->problems[0].contains(QStringLiteral("no more requests")), qPrintable(report->problems[0]));
        QCOMPARE(house.server.asked().size(), 1); // the second was not even tried
        QVERIFY_RESULT(house.step());             // nor by hand
        QCOMPARE(house.server.asked().size(), 1);
        setClockForTests(nowMs() + 100'000);
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.asked().size(), 1);
        setClockForTests(nowMs() + 25'000);
        QVERIFY_RESULT(house.step());
        setClockForTests(nowMs() + 600'000);
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(2));
        QVERIFY(!house.tickets.get(first)->remote.isEmpty() && !house.tickets.get(second)->remote.isEmpty());
    }

    void aWrongKeyIsToldAndHeals_data() { kinds(); }
    void aWrongKeyIsToldAndHeals()
    {
        QFETCH(QString, kind);
        House house(kind);
        const QString id = house.ticket();
        qputenv("COPPICE_TEST_TRACKER", "wrong");
        auto report = house.step();
        QVERIFY_RESULT(report);
        QVERIFY2(report->problems.value(0).contains(QStringLiteral("does not accept the key")), qPrintable(report->problems.join(u'\n')));
        QVERIFY(!report->problems[0].contains(QStringLiteral("wrong")));
        QCOMPARE(report->waiting, 1);
        const auto tries = house.server.asked().size();
        QVERIFY_RESULT(house.step(false)); // not at every turn
        QCOMPARE(house.server.asked().size(), tries);
        qputenv("COPPICE_TEST_TRACKER", "good");
        QVERIFY_RESULT(house.step(true));
        QVERIFY(!house.tickets.get(id)->remote.isEmpty());
        QCOMPARE(house.server.issues().size(), size_t(1));
    }

    void errorsByMeaning_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("fault");
        QTest::addColumn<QString>("code");
        for (const char *kind : {"github", "gitlab", "jira", "redmine"}) {
            const auto row = [&](Fault fault, const char *code) { QTest::addRow("%s %s", kind, code) << QString::fromLatin1(kind) << int(fault) << QString::fromLatin1(code); };
            row(Fault::Refuse, "forge.invalid");
            row(Fault::Limit, "forge.limited");
            row(Fault::Unavailable, "forge.unreachable");
            row(Fault::Redirect, "forge.moved");
            row(Fault::Garbage, "forge.answer");
        }
    }
    void errorsByMeaning()
    {
        QFETCH(QString, kind);
        QFETCH(int, fault);
        QFETCH(QString, code);
        House house(kind);
        auto forge = forges::openForge(*house.places.ofPlugin.cbegin());
        QVERIFY_RESULT(forge);
        house.server.fault({}, Fault(fault));
        const auto answer = (*forge)->create({QStringLiteral("x"), {forges::paragraph({{QStringLiteral("y")}})}, QStringLiteral("coppice-000000000000")});
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, code);
        QCOMPARE(house.server.issues().size(), size_t(0));
        QCOMPARE((*forge)->pausedUntil() > nowMs(), code == u"forge.limited");
        QCOMPARE(house.server.asked().size(), 1); // a redirect is not followed
        const auto missing = (*forge)->get(kind == u"jira" ? QStringLiteral("WX-99") : QStringLiteral("99"));
        QCOMPARE(missing.error().code, code == u"forge.limited" ? QStringLiteral("forge.limited") : QStringLiteral("forge.missing"));
    }

    void aRefusedOneIsNotTriedAgainByItself()
    {
        House house(QStringLiteral("redmine"));
        const QString id = house.ticket();
        house.server.fault("POST", Fault::Refuse);
        auto report = house.step();
        QVERIFY_RESULT(report);
        QVERIFY2(report->problems.value(0).contains(QStringLiteral("subject is too short")), qPrintable(report->problems.join(u'\n')));
        setClockForTests(nowMs() + 24 * 3600'000LL);
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(0));
        QVERIFY_RESULT(TrackerSync(*house.state, house.journal).push(house.places, id)); // but when a person says so
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(1));
    }

    void tenNewIssuesAnHour()
    {
        House house(QStringLiteral("github"));
        for (int i = 0; i < 13; ++i)
            house.ticket();
        const auto report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->created.size(), 10);
        QCOMPARE(report->overLimit, 3);
        setClockForTests(nowMs() + 1800'000);
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(10));
        setClockForTests(nowMs() + 1900'000);
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(13));
    }

    void whatIsNotWantedAnyMoreIsNotSent()
    {
        House house(QStringLiteral("github"));
        house.places.policy.newPerHour = 0;
        const QString id = house.ticket();
        QCOMPARE(house.step()->overLimit, 1);
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Declined, {{QStringLiteral("reason"), QStringLiteral("no")}}));
        house.places.policy.newPerHour = 10;
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(0));
        // Opened again, it may still be told.
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Inbox));
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Accepted));
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues().size(), size_t(1));
    }

    void namesOfStatesAreMapped()
    {
        House house(QStringLiteral("jira"));
        auto &place = house.places.ofPlugin[QStringLiteral("mail")];
        place.states.closeAs = QStringLiteral("released");
        place.states.open = {QStringLiteral("Done")}; // of this project: not the end yet
        place.states.reopenAs = QStringLiteral("In Progress");
        const QString id = house.ticket();
        QVERIFY_RESULT(house.step());
        house.server.change(1, [](auto &issue) { issue.status = QStringLiteral("Done"); });
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.stateOf(id), State::Accepted);
        house.server.change(1, [](auto &issue) { issue.status = QStringLiteral("To Do"); });
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Closed, {{QStringLiteral("commit"), QStringLiteral("abc")}}));
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues()[0].status, QStringLiteral("Released"));
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Inbox));
        QVERIFY_RESULT(house.step());
        QCOMPARE(house.server.issues()[0].status, QStringLiteral("In Progress"));
    }

    void aTrackerThatDoesNotLetGo_data() { kinds(); }
    void aTrackerThatDoesNotLetGo()
    {
        QFETCH(QString, kind);
        if (kind == u"github" || kind == u"gitlab")
            return; // they know two states, and both can be reached
        House house(kind);
        const QString id = house.ticket();
        QVERIFY_RESULT(house.step());
        house.server.stubborn = true;
        QVERIFY_RESULT(house.tickets.move(ann, id, State::Closed));
        auto report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems.size(), 1);
        const auto tries = house.server.asked().size();
        report = house.step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems, QStringList()); // told once, not tried at every turn
        QVERIFY(house.server.asked().size() <= tries + 3);
        QCOMPARE(house.stateOf(id), State::Closed); // and nothing is taken back here
    }
};

COPPICE_TEST(TrackersTest)
#include "trackers_test.moc"
