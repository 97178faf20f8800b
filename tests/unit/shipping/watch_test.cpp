// SPDX-License-Identifier: GPL-3.0-or-later
#include <base/clock.h>
#include <capture/received.h>
#include <capture/store.h>
#include <shipping/releases.h>
#include <shipping/shipping.h>
#include <shipping/times.h>
#include <shipping/watches.h>

#include "support/scratch.h"
#include "support/test_main.h"

#include <QTest>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}
namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::tickets {
std::vector<store::Migration> migrations();
}
namespace coppice::shipping {
std::vector<store::Migration> migrations();
}
namespace coppice::review {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using State = tickets::Ticket::State;

namespace {

constexpr qint64 shipped = 1'800'000'000'500;
constexpr qint64 hour = 3'600'000;

/// A ticket about one error, shipped and watched since `shipped`, and the clock.
struct Desk {
    Desk()
    {
        setClockForTests(shipped - 10 * hour);
        scratch.repository("library", {{"plugins/a/x", "x\n"}});
        made = std::make_unique<library::Library>(std::move(*library::Library::open(scratch.path("library"))));
        state = std::move(*store::Database::open(scratch.path("state.db")));
        eventFile = std::move(*store::Database::open(scratch.path("events.db")));
        std::vector<store::Migration> all;
        for (const auto &room : {journal::migrations(), capture::migrations(), tickets::migrations(), shipping::migrations(), review::migrations()})
            all.insert(all.end(), room.begin(), room.end());
        const auto steps = [&](const char *database) {
            std::vector<store::Migration> own;
            for (const auto &step : all) {
                if (qstrcmp(step.database, database) == 0)
                    own.push_back(step);
            }
            return own;
        };
        if (!state->migrate(steps("state")) || !eventFile->migrate(steps("events")))
            qFatal("migration");
        journal = std::make_unique<journal::Journal>(*state);
        journal->addProjector(tickets::ticketProjector());
        scratch.write("coppice/.keep", "");
        lease = std::make_unique<journal::Lease>(std::move(*journal::Lease::take(scratch.path("coppice"))));
        house = std::make_unique<runs::House>(runs::House{*made, *state, *eventFile, *journal, *lease});
        tickets = std::make_unique<tickets::Tickets>(*state, *journal);
        events = std::make_unique<capture::EventStore>(*eventFile);
    }
    ~Desk() { setClockForTests(0); }

    static capture::Event event(const QString &release, qint64 at)
    {
        capture::Event event;
        event.id = Id::make();
        event.senderId = event.id.toString();
        event.plugin = "a";
        event.received = nowMs();
        event.at = at;
        event.source = "test";
        event.release = release;
        event.level = capture::Level::Error;
        event.type = "TypeError";
        event.message = "x is not a function";
        event.messageTemplate = event.message;
        event.frames = {{"f", "src/x.js", 3, true}};
        event.record = 1;
        return event;
    }
    QString add(const QString &release, qint64 at)
    {
        const auto added = events->add({event(release, at)});
        if (!added || added->groups.isEmpty())
            qFatal("no event was added");
        return added->groups.front();
    }
    /// A watched ticket for the error that release `known` had; release `fixed` was shipped.
    QString watch(const QString &known, const QString &fixed, bool isNew)
    {
        group = add(known, shipped - 9 * hour);
        const auto ticket = tickets->fromGroup(Actor::self(), *events, group);
        if (!ticket)
            qFatal("%s", qPrintable(ticket.error().message()));
        const QString id = ticket->id.toString();
        for (const auto next : {State::Accepted, State::Running, State::Review, State::Shipping, State::Watching}) {
            if (const auto moved = tickets->move(Actor::self(), id, next, {{"commit", "1234567890123456789012345678901234567890"}}); !moved)
                qFatal("%s", qPrintable(moved.error().message()));
        }
        setClockForTests(shipped);
        const auto commit = git::Oid::fromHex("abcdef7890123456789012345678901234567890");
        if (!shipping::addWatch(*state, {id, "a", commit, fixed, shipped, 0, -1, {}}, isNew))
            qFatal("no watch");
        return id;
    }

    test::Scratch scratch;
    std::unique_ptr<library::Library> made;
    std::unique_ptr<store::Database> state, eventFile;
    std::unique_ptr<journal::Journal> journal;
    std::unique_ptr<journal::Lease> lease;
    std::unique_ptr<runs::House> house;
    std::unique_ptr<tickets::Tickets> tickets;
    std::unique_ptr<capture::EventStore> events;
    QString group;
};

} // namespace

class WatchTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eventsReopen_data()
    {
        QTest::addColumn<QString>("release");
        QTest::addColumn<qint64>("after"); ///< ms from the ship to the event's own time; -1: it has none
        QTest::addColumn<bool>("isNew");
        QTest::addColumn<bool>("reopens");
        QTest::newRow("fixed release") << "1.1.0" << hour << true << true;
        QTest::newRow("fixed release, old clock") << "1.1.0" << -hour << true << true;
        QTest::newRow("with a name") << "a@1.1.0" << hour << true << true;
        QTest::newRow("newer release") << "1.2.0" << hour << true << true;
        QTest::newRow("older release") << "1.0.0" << hour << true << false;
        QTest::newRow("same version as before, later") << "1.1.0" << hour << false << true;
        QTest::newRow("same version as before, earlier") << "1.1.0" << -hour << false << false;
        QTest::newRow("no release, later") << "" << hour << true << true;
        QTest::newRow("no release, earlier") << "" << -hour << true << false;
        QTest::newRow("no release, no time") << "" << qint64(-1) << true << true;
        QTest::newRow("no release, same second") << "" << qint64(-500) << true << true;
        QTest::newRow("by commit") << "abcdef789012" << -hour << true << true;
        QTest::newRow("by another commit, earlier") << "fedcba789012" << -hour << true << false;
    }
    void eventsReopen()
    {
        QFETCH(QString, release);
        QFETCH(qint64, after);
        QFETCH(bool, isNew);
        QFETCH(bool, reopens);
        Desk desk;
        const QString id = desk.watch("1.0.0", "1.1.0", isNew);
        const auto quiet = shipping::watchEvents(*desk.house);
        QVERIFY_RESULT(quiet);
        QVERIFY(quiet->isEmpty());
        setClockForTests(shipped + 2 * hour);
        QCOMPARE(desk.add(release, after == -1 ? 0 : shipped + after), desk.group);
        const auto changed = shipping::watchEvents(*desk.house);
        QVERIFY_RESULT(changed);
        QCOMPARE(*changed, reopens ? QStringList{id} : QStringList());
        const auto ticket = desk.tickets->get(id).value();
        QCOMPARE(ticket.regressed, reopens);
        QCOMPARE(ticket.state == State::Watching, !reopens);
        QCOMPARE(desk.events->group(desk.group)->state == capture::Group::State::Regressed, reopens);
        QCOMPARE(shipping::watches(*desk.state)->empty(), reopens);
        // Looked at again, nothing is told twice.
        QVERIFY(shipping::watchEvents(*desk.house)->isEmpty());
    }

    void silenceCloses()
    {
        Desk desk;
        const QString id = desk.watch("1.0.0", "1.1.0", true);
        setClockForTests(shipped + 71 * hour);
        desk.add("1.0.0", shipped + 70 * hour); // an installation that was not updated
        QVERIFY(shipping::watchEvents(*desk.house)->isEmpty());
        QVERIFY(desk.tickets->get(id)->state == State::Watching);
        QCOMPARE(shipping::watches(*desk.state)->front().lastEvent, shipped + 71 * hour);
        setClockForTests(shipped + 72 * hour);
        QCOMPARE(shipping::watchEvents(*desk.house).value(), QStringList{id});
        const auto ticket = desk.tickets->get(id).value();
        QVERIFY(ticket.state == State::Closed);
        QCOMPARE(ticket.commit, QStringLiteral("1234567890123456789012345678901234567890"));
        QVERIFY(desk.events->group(desk.group)->state == capture::Group::State::Resolved);
        QVERIFY(shipping::watches(*desk.state)->empty());
    }

    /// Where requests are counted, silence counts only after a hundred of the fixed release.
    void requestsAreAskedFor()
    {
        Desk desk;
        const QString id = desk.watch("1.0.0", "1.1.0", true);
        capture::Received received(*desk.eventFile);
        const auto serve = [&](const QString &release, qint64 at, qint64 count) {
            const auto done = received.add({{"a", release, at, count, false, "", 0}}, {});
            QVERIFY(done);
        };
        serve("1.0.0", shipped + hour, 5000);      // not the fixed one
        serve("1.1.0", shipped - 5 * hour, 5000);  // before it was out
        serve("1.1.0", shipped + hour, 60);
        serve("1.2.0", shipped + 3 * hour, 39);
        setClockForTests(shipped + 80 * hour);
        QVERIFY(shipping::watchEvents(*desk.house)->isEmpty());
        const auto waiting = shipping::watchesWithCounts(*desk.house);
        QVERIFY_RESULT(waiting);
        QCOMPARE(waiting->front().requests, qint64(99));
        QCOMPARE(waiting->front().waitsFor, QStringLiteral("99 of 100 requests so far"));
        serve("1.1.0", shipped + 79 * hour, 1);
        QCOMPARE(shipping::watchEvents(*desk.house).value(), QStringList{id});
        QVERIFY(desk.tickets->get(id)->reason.contains("100 requests"));
        const auto times = shipping::leadTimesOf(*desk.state, id).value();
        QVERIFY(times.has_value());
        QCOMPARE(times->verified, shipped + 80 * hour);
        QVERIFY(times->firstEvent > 0 && times->firstEvent < shipped);
        QVERIFY(times->accepted > 0);
    }

    /// 1.1.0 is out again after 1.2.0 was rolled back.
    void eventsOfARolledBackReleaseAreNoRegression_data()
    {
        QTest::addColumn<QString>("release");
        QTest::addColumn<bool>("again"); ///< 1.2.0 was shipped once more meanwhile
        QTest::addColumn<bool>("reopens");
        QTest::newRow("the one that was rolled back") << "1.2.0" << false << false;
        QTest::newRow("with a name") << "a@v1.2.0" << false << false;
        QTest::newRow("by its commit") << "2222222222" << false << false;
        QTest::newRow("the one that is out again") << "1.1.0" << false << true;
        QTest::newRow("a later one") << "1.3.0" << false << true;
        QTest::newRow("shipped once more") << "1.2.0" << true << true;
        QTest::newRow("none") << "" << false << true;
    }
    void eventsOfARolledBackReleaseAreNoRegression()
    {
        QFETCH(QString, release);
        QFETCH(bool, again);
        QFETCH(bool, reopens);
        Desk desk;
        const QString id = desk.watch("1.0.0", "1.1.0", true);
        const auto row = [&](const char *state, const QString &version, char digit, qint64 at) {
            setClockForTests(at);
            const auto done = desk.state->write<void>([&](store::Connection &connection) -> Result<> {
                COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO shipping_releases (id, plugin, version, split, remote, ref, actor, at, state, reason, run) "
                                                             "VALUES (?, 'a', ?, ?, '', '', '', ?, ?, '', '')"),
                                              {Id::make().toString(), version, QString(40, QLatin1Char(digit)), at, QString::fromLatin1(state)}));
                return {};
            });
            QVERIFY(done);
        };
        row("done", "1.1.0", '1', shipped);
        row("done", "1.2.0", '2', shipped + hour);
        row("rolled-back", "1.2.0", '2', shipped + 2 * hour);
        if (again)
            row("done", "1.2.0", '2', shipped + 3 * hour);
        QVERIFY_RESULT(shipping::renewWatch(*desk.state, id, shipped + 2 * hour));
        setClockForTests(shipped + 4 * hour);
        desk.add(release, shipped + 4 * hour);
        const auto changed = shipping::watchEvents(*desk.house);
        QVERIFY_RESULT(changed);
        QCOMPARE(*changed, reopens ? QStringList{id} : QStringList());
        // Silence is counted from the roll-back on.
        if (!reopens) {
            setClockForTests(shipped + 73 * hour);
            QVERIFY(shipping::watchEvents(*desk.house)->isEmpty());
            setClockForTests(shipped + 74 * hour);
            QCOMPARE(shipping::watchEvents(*desk.house).value(), QStringList{id});
        }
    }

    void historiesOfReleases()
    {
        Desk desk;
        const auto row = [&](const char *state, const QString &version, char digit) {
            setClockForTests(nowMs() + 1000);
            const auto done = desk.state->write<void>([&](store::Connection &connection) -> Result<> {
                COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO shipping_releases (id, plugin, version, split, remote, ref, actor, at, state, reason, run) "
                                                             "VALUES (?, 'a', ?, ?, '', '', '', ?, ?, '', '')"),
                                              {Id::make().toString(), version, QString(40, QLatin1Char(digit)), nowMs(), QString::fromLatin1(state)}));
                return {};
            });
            QVERIFY(done);
        };
        const auto out = [&] {
            QStringList versions;
            const auto history = shipping::releaseHistory(*desk.state, "a"); // named: a part of a temporary does not outlive the loop's head
            for (const auto &one : history->out)
                versions << one.version;
            return versions.join(' ');
        };
        QCOMPARE(out(), QString());
        row("rolled-back", "0", '0'); // nothing was out from here
        row("done", "1", '1');
        row("failed", "2", '2');
        row("pull", "2", '2');
        row("done", "2", '2');
        row("done", "3", '3');
        QCOMPARE(out(), QStringLiteral("1 2 3"));
        row("rolled-back", "3", '3');
        row("rolled-back", "2", '2');
        QCOMPARE(out(), QStringLiteral("1"));
        row("done", "3", '3'); // once more
        QCOMPARE(out(), QStringLiteral("1 3"));
        QCOMPARE(shipping::releaseHistory(*desk.state, "a")->rolledBack.size(), size_t(1));
        row("done", "1", '1'); // an old one anew
        QCOMPARE(out(), QStringLiteral("3 1"));
    }

    void theWayOfATicketHasItsSteps()
    {
        shipping::LeadTimes times;
        times.firstEvent = 1000;
        times.made = 61'000;
        times.accepted = 61'000 + 26 * hour;
        times.shipped = times.accepted + 90 * 60'000;
        QStringList told;
        for (const auto &step : shipping::stepsOf(times))
            told << step.name + (step.after < 0 ? QString() : u' ' + shipping::spanText(step.after));
        QCOMPARE(told, (QStringList{"first error", "ticket made 1 min", "accepted 1 d 2 h", "shipped 1 h 30 min"}));
    }

    void aTicketThatAPersonTookIsLeftAlone()
    {
        Desk desk;
        const QString id = desk.watch("1.0.0", "1.1.0", true);
        QVERIFY_RESULT(desk.tickets->move(Actor::self(), id, State::Closed, {{"reason", "done"}}));
        setClockForTests(shipped + hour);
        desk.add("1.1.0", shipped + hour);
        QVERIFY(shipping::watchEvents(*desk.house)->isEmpty());
        QVERIFY(desk.tickets->get(id)->state == State::Closed);
        QVERIFY(shipping::watches(*desk.state)->empty());
    }
};

COPPICE_TEST(WatchTest)
#include "watch_test.moc"
