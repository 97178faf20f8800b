// SPDX-License-Identifier: GPL-3.0-or-later
// Whose turn it is, and what is held back.
#include "support/scratch.h"
#include "support/test_main.h"

#include <base/clock.h>
#include <gateway/gateway.h>
#include <journal/approval.h>
#include <runs/run.h>
#include <store/migration.h>

#include <QTest>

#include <map>

namespace coppice::runs {
std::vector<store::Migration> migrations();
}
namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::runs;
using namespace Qt::StringLiterals;

namespace {

class Fixture
{
public:
    Fixture()
    {
        auto opened = store::Database::open(scratch.path(u"state.db"_s));
        auto all = journal::migrations();
        for (auto &one : runs::migrations())
            all.push_back(one);
        if (!opened || !(*opened)->migrate(all))
            qFatal("the database cannot be made");
        database = std::move(*opened);
        store = std::make_unique<RunStore>(*database);
    }
    QString made(const QString &plugin, qint64 queued, int priority = 0, const std::function<void(Run &)> &with = {})
    {
        Run run;
        run.id = Id::make();
        run.plugin = plugin;
        run.playbook = u"fix"_s;
        run.client = u"exec"_s;
        run.queued = queued;
        run.priority = priority;
        if (with)
            with(run);
        if (!store->save(run))
            qFatal("the run cannot be saved");
        return run.id.toString();
    }
    /// The next one, claimed; empty when there is none. `done`: over at once.
    QString take(bool done = true, const QStringList &paused = {})
    {
        const auto next = store->nextQueued(0, paused);
        if (!next || !*next)
            return {};
        const QString id = (*next)->id.toString();
        if (!store->claim(id))
            return u"not claimed"_s;
        if (done && !store->change(id, [](Run &run) -> Result<> { run.state = Run::State::Done; return {}; }))
            return u"not changed"_s;
        return id;
    }
    test::Scratch scratch;
    std::unique_ptr<store::Database> database;
    std::unique_ptr<RunStore> store;
};

} // namespace

class QueueTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pluginsTakeTurns()
    {
        Fixture fixture;
        QStringList order;
        std::map<QString, QString> plugins;
        for (int i = 0; i < 3; ++i)
            plugins[fixture.made(u"many"_s, i)] = u"many"_s;
        for (int i = 0; i < 2; ++i)
            plugins[fixture.made(u"few"_s, 100 + i)] = u"few"_s;
        plugins[fixture.made(u"one"_s, 200)] = u"one"_s;
        for (QString id = fixture.take(); !id.isEmpty(); id = fixture.take())
            order << plugins.at(id);
        QCOMPARE(order, (QStringList{u"many"_s, u"few"_s, u"one"_s, u"many"_s, u"few"_s, u"many"_s}));
    }

    void theUrgentStandsBeforeTurns()
    {
        Fixture fixture;
        const QString first = fixture.made(u"a"_s, 1);
        const QString urgent = fixture.made(u"b"_s, 9, 10);
        const QString more = fixture.made(u"b"_s, 10, 10);
        const QString wish = fixture.made(u"c"_s, 0, -1);
        QCOMPARE(fixture.take(), urgent);
        QCOMPARE(fixture.take(), more);
        QCOMPARE(fixture.take(), first);
        QCOMPARE(fixture.take(), wish);
        QCOMPARE(fixture.take(), QString());
    }

    void oneWriterOfAPlugin()
    {
        Fixture fixture;
        const QString writer = fixture.made(u"a"_s, 1);
        fixture.made(u"a"_s, 2);
        const QString reader = fixture.made(u"a"_s, 3, 0, [](Run &run) { run.writes = false; });
        const QString other = fixture.made(u"b"_s, 4);
        QCOMPARE(fixture.take(false), writer);
        QCOMPARE(fixture.take(false), other);
        QCOMPARE(fixture.take(false), reader);
        QCOMPARE(fixture.take(false), QString());
        QVERIFY(*fixture.store->isBusy(u"a"_s));
    }

    void aLimitHoldsItsClientsBack()
    {
        Fixture fixture;
        library::LibrarySettings settings;
        const library::ModelEndpoint one{u"anthropic"_s, u"https://models.example:8443/v1"_s, u"KEY_A"_s, {}};
        const library::ModelEndpoint other{u"anthropic"_s, u"https://models.example:8443/v1"_s, u"KEY_B"_s, {}};
        settings.clients[u"one"_s] = {u"one"_s, u"claude"_s, {}, one, {}};
        settings.clients[u"other"_s] = {u"other"_s, u"claude"_s, {}, other, {}};
        QVERIFY(clientsAtLimit(*fixture.database, settings)->isEmpty());
        QVERIFY(noteLimit(*fixture.database, {gateway::accountOf(one), nowMs() + 60'000, u"enough"_s}));
        QVERIFY(noteLimit(*fixture.database, {u"gone.example"_s, nowMs() - 1, u"long ago"_s}));
        QCOMPARE(*clientsAtLimit(*fixture.database, settings), QStringList{u"one"_s});
        QCOMPARE(queueState(*fixture.database)->limits.size(), 1);
        // A shorter one said later does not let go of the longer one.
        QVERIFY(noteLimit(*fixture.database, {gateway::accountOf(one), nowMs() + 1'000, u"enough"_s}));
        QVERIFY(queueState(*fixture.database)->limits.front().until > nowMs() + 30'000);
        fixture.made(u"a"_s, 1, 0, [](Run &run) { run.client = u"one"_s; });
        const QString free = fixture.made(u"b"_s, 2, 0, [](Run &run) { run.client = u"other"_s; });
        fixture.made(u"c"_s, 0, 0, [](Run &run) { run.notBefore = nowMs() + 60'000; });
        QCOMPARE(fixture.take(true, {u"one"_s}), free);
        QCOMPARE(fixture.take(true, {u"one"_s}), QString());
    }

    void theQueueIsPausedOnce()
    {
        Fixture fixture;
        QVERIFY(!queueState(*fixture.database)->paused);
        QVERIFY(pauseQueue(*fixture.database, {Actor::Kind::Person, u"ann"_s}, true));
        QVERIFY(pauseQueue(*fixture.database, {Actor::Kind::Person, u"bob"_s}, true));
        QCOMPARE(queueState(*fixture.database)->pausedBy, u"person:ann"_s);
        QVERIFY(pauseQueue(*fixture.database, {Actor::Kind::Person, u"bob"_s}, false));
        QVERIFY(!queueState(*fixture.database)->paused);
    }

    void whoseQuestionIsAnsweredGoesOn()
    {
        Fixture fixture;
        journal::Journal journal(*fixture.database);
        journal.addProjector(journal::approvalProjector());
        journal::Approvals approvals(*fixture.database, journal);
        journal::Approval question;
        question.kind = journal::Approval::Kind::Step;
        question.title = u"May it?"_s;
        question.options = {u"yes"_s, u"no"_s};
        const auto asked = approvals.ask({Actor::Kind::Agent, u"a"_s}, question);
        QVERIFY(asked);
        const QString run = fixture.made(u"a"_s, 1, 0, [&](Run &one) {
            one.state = Run::State::Waiting;
            one.approval = asked->id.toString();
        });
        const QString hand = fixture.made(u"b"_s, 1, 0, [](Run &one) { one.state = Run::State::Waiting; });
        QCOMPARE(*fixture.store->queueAnswered(), false);
        QVERIFY(approvals.answer({Actor::Kind::Person, u"ann"_s}, asked->id.toString(), u"no"_s));
        QCOMPARE(*fixture.store->queueAnswered(), true);
        QCOMPARE(fixture.store->get(run)->state, Run::State::Queued);
        QCOMPARE(fixture.store->get(hand)->state, Run::State::Waiting);
    }

    void takingOver()
    {
        Fixture fixture;
        const QString queued = fixture.made(u"a"_s, 1);
        QVERIFY(fixture.store->askHand(queued));
        QVERIFY(fixture.store->get(queued)->handed);
        QCOMPARE(fixture.store->askHand(queued).error().code, u"run.handed"_s);
        const QString running = fixture.made(u"b"_s, 1, 0, [](Run &run) { run.state = Run::State::Running; });
        QVERIFY(fixture.store->askHand(running));
        QCOMPARE(*fixture.store->asked(running), RunStore::Asked::Hand);
        QVERIFY(*fixture.store->cancelAsked(running));
        QVERIFY(fixture.store->askCancel(running)); // a cancel that comes after it wins
        QCOMPARE(*fixture.store->asked(running), RunStore::Asked::Cancel);
        const QString over = fixture.made(u"c"_s, 1, 0, [](Run &run) { run.state = Run::State::Done; });
        QCOMPARE(fixture.store->askHand(over).error().code, u"run.over"_s);
    }
};

COPPICE_TEST(QueueTest)
#include "queue_test.moc"
