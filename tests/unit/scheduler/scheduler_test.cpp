// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <sandbox/sandbox.h>
#include <scheduler/scheduler.h>

#include <QDir>
#include <QTest>

#define COPPICE_MIGRATIONS_OF(room)                                                                                    \
    namespace coppice::room {                                                                                          \
    std::vector<store::Migration> migrations();                                                                        \
    }
COPPICE_MIGRATIONS_OF(journal)
COPPICE_MIGRATIONS_OF(library)
COPPICE_MIGRATIONS_OF(capture)
COPPICE_MIGRATIONS_OF(tickets)
COPPICE_MIGRATIONS_OF(review)
COPPICE_MIGRATIONS_OF(runs)
COPPICE_MIGRATIONS_OF(sync)

using namespace coppice;
using namespace coppice::scheduler;
using State = runs::Run::State;

namespace {

/// A library of four plugins without tests, its databases, and the lease: what an engine lends its scheduler.
class Fixture
{
public:
    Fixture()
    {
        qputenv("XDG_STATE_HOME", scratch.path(QStringLiteral("state")).toUtf8());
        QList<QPair<QString, QByteArray>> files;
        for (const char *id : {"a", "b", "c", "d"})
            files.append({QStringLiteral("plugins/%1/README.md").arg(QLatin1String(id)), "x\n"});
        library.emplace(must(library::Library::open(scratch.repository(QStringLiteral("library"), files))));
        QDir().mkpath(library->coppiceDir());
        state = database(QStringLiteral("state"));
        events = database(QStringLiteral("events"));
        journal = std::make_unique<journal::Journal>(*state);
        journal->addProjector(tickets::ticketProjector());
        journal->addProjector(review::reviewProjector());
        lease.emplace(must(journal::Lease::take(library->coppiceDir())));
    }
    template <class T> static T must(Result<T> result)
    {
        if (!result)
            qFatal("%s", qPrintable(result.error().message()));
        return std::move(*result);
    }
    [[nodiscard]] std::unique_ptr<store::Database> database(const QString &name) const
    {
        auto made = must(store::Database::open(library->coppiceDir() + u'/' + name + QStringLiteral(".db")));
        std::vector<store::Migration> own;
        for (const auto &room : {journal::migrations(), library::migrations(), capture::migrations(), tickets::migrations(),
                                 review::migrations(), runs::migrations(), sync::migrations()}) {
            for (const auto &step : room) {
                if (name == QLatin1String(step.database))
                    own.push_back(step);
            }
        }
        if (const auto done = made->migrate(own); !done)
            qFatal("%s", qPrintable(done.error().message()));
        return made;
    }
    [[nodiscard]] runs::House house() { return {*library, *state, *events, *journal, *lease}; }
    [[nodiscard]] QString queue(const char *plugin, const QString &command)
    {
        return must(runs::Runner(house()).queue(Actor::self(), {}, QLatin1String(plugin), QStringLiteral("document"),
                                                QStringLiteral("exec"), command))
            .id.toString();
    }
    [[nodiscard]] State stateOf(const QString &run) { return must(runs::RunStore(*state).get(run)).state; }
    /// Until the predicate holds; false after a minute.
    template <class F> static bool until(F holds)
    {
        for (int i = 0; i < 1200; ++i) {
            if (holds())
                return true;
            QTest::qWait(50);
        }
        return false;
    }

    test::Scratch scratch;
    std::optional<library::Library> library;
    std::unique_ptr<store::Database> state, events;
    std::unique_ptr<journal::Journal> journal;
    std::optional<journal::Lease> lease;
};

const QString forever = QStringLiteral("sleep 900");
const QString quick = QStringLiteral("echo more >> README.md");

} // namespace

class SchedulerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(sandbox::probe().works, qPrintable(sandbox::probe().why));
    }

    void runsAsManyAsItMayAndOneOfAPlugin()
    {
        Fixture fixture;
        const QString a = fixture.queue("a", forever);
        const QString again = fixture.queue("a", quick);
        const QString b = fixture.queue("b", forever);
        const QString c = fixture.queue("c", quick);
        Scheduler scheduler(fixture.house(), 2);
        scheduler.start();
        QVERIFY(Fixture::until([&] { return fixture.stateOf(a) == State::Running && fixture.stateOf(b) == State::Running; }));
        QCOMPARE(scheduler.running(), 2);
        QCOMPARE(fixture.stateOf(again), State::Queued); // its plugin is busy
        QCOMPARE(fixture.stateOf(c), State::Queued);     // no room
        // A cancelled one makes room; the other one is left alone.
        QVERIFY_RESULT(runs::RunStore(*fixture.state).askCancel(b));
        QVERIFY(Fixture::until([&] { return fixture.stateOf(c) == State::Done; }));
        QCOMPARE(fixture.stateOf(b), State::Cancelled);
        QCOMPARE(fixture.stateOf(a), State::Running);
        QVERIFY_RESULT(runs::RunStore(*fixture.state).askCancel(a));
        QVERIFY(Fixture::until([&] { return fixture.stateOf(again) == State::Done; }));
    }

    void stoppingInterruptsAndTheNextOneGoesOn()
    {
        Fixture fixture;
        const QString run = fixture.queue("a", QStringLiteral("sleep 2; ") + quick);
        {
            Scheduler scheduler(fixture.house(), 2);
            scheduler.start();
            QVERIFY(Fixture::until([&] { return fixture.stateOf(run) == State::Running; }));
        }
        QCOMPARE(fixture.stateOf(run), State::Interrupted);
        Scheduler next(fixture.house(), 2);
        next.start();
        QVERIFY(Fixture::until([&] { return fixture.stateOf(run) == State::Done; }));
        QCOMPARE(Fixture::must(runs::RunStore(*fixture.state).get(run)).attempt, 2);
    }

    void drainingEndsWhatRunsAndStartsNothing()
    {
        Fixture fixture;
        const QString run = fixture.queue("a", QStringLiteral("sleep 1; ") + quick);
        Scheduler scheduler(fixture.house(), 1);
        scheduler.start();
        QVERIFY(Fixture::until([&] { return fixture.stateOf(run) == State::Running; }));
        const QString later = fixture.queue("b", quick);
        scheduler.stop(true);
        QCOMPARE(fixture.stateOf(run), State::Done);
        QCOMPARE(fixture.stateOf(later), State::Queued);
    }

    void onlyWantedOnesWhereAskedSo()
    {
        Fixture fixture;
        const QString left = fixture.queue("a", quick);
        const QString wanted = fixture.queue("b", quick);
        Scheduler scheduler(fixture.house(), 2);
        scheduler.start(Scheduler::Which::Wanted);
        scheduler.want(wanted);
        QVERIFY(Fixture::until([&] { return fixture.stateOf(wanted) == State::Done; }));
        QCOMPARE(fixture.stateOf(left), State::Queued);
    }

    void aRunCarriedOutByTwoIsDoneOnce()
    {
        Fixture fixture;
        const QString run = fixture.queue("a", QStringLiteral("sleep 1; ") + quick);
        Scheduler scheduler(fixture.house(), 2);
        scheduler.start();
        // A command that carries it out itself (a ship does so) waits for the scheduler's thread, or the other way round.
        const auto ended = runs::Runner(fixture.house()).carryOut(run, {});
        QVERIFY_RESULT(ended);
        QCOMPARE(ended->state, State::Done);
        QCOMPARE(ended->attempt, 1);
        const QDir logs(fixture.library->runsDir() + u'/' + run + QStringLiteral("/logs"));
        QCOMPARE(logs.entryList({QStringLiteral("agent-*.log")}).size(), 1);
    }

    void aDeadEnginesRunsAreInterruptedAndItsDeployFails()
    {
        Fixture fixture;
        runs::RunStore store(*fixture.state);
        const QString run = fixture.queue("a", quick);
        const QString deploy = fixture.queue("b", quick);
        QVERIFY_RESULT(store.claim(run));
        QVERIFY_RESULT(store.claim(deploy));
        QVERIFY_RESULT(store.change(deploy, [](runs::Run &one) -> Result<> {
            one.deploying = true;
            return {};
        }));
        const auto recovered = runs::Runner(fixture.house()).recover();
        QVERIFY_RESULT(recovered);
        QCOMPARE(recovered->size(), 2u);
        QCOMPARE(fixture.stateOf(run), State::Interrupted);
        QCOMPARE(fixture.stateOf(deploy), State::Failed);
        QVERIFY(Fixture::must(store.get(deploy)).reason.contains(QStringLiteral("ship again")));
        const auto again = runs::Runner(fixture.house()).resume(run);
        QVERIFY_RESULT(again);
        QCOMPARE(again->state, State::Queued);
        QVERIFY(runs::Runner(fixture.house()).recover()->empty());
    }
};

COPPICE_TEST(SchedulerTest)
#include "scheduler_test.moc"
