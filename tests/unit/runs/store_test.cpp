// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <runs/run.h>
#include <store/migration.h>

#include <QJsonArray>
#include <QTest>

namespace coppice::runs {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::runs;

namespace {

class Fixture
{
public:
    Fixture()
    {
        auto opened = store::Database::open(scratch.path(QStringLiteral("state.db")));
        if (!opened || !(*opened)->migrate(migrations()))
            qFatal("the database cannot be made");
        database = std::move(*opened);
        store = std::make_unique<RunStore>(*database);
    }
    Run made(const QString &plugin, qint64 queued, Run::State state = Run::State::Queued, int attempt = 0)
    {
        Run run;
        run.id = Id::make();
        run.plugin = plugin;
        run.playbook = QStringLiteral("fix");
        run.client = QStringLiteral("exec");
        run.queued = queued;
        run.state = state;
        run.attempt = attempt;
        if (!store->save(run))
            qFatal("the run cannot be saved");
        return run;
    }
    test::Scratch scratch;
    std::unique_ptr<store::Database> database;
    std::unique_ptr<RunStore> store;
};

const QString a = QStringLiteral("a");
const QString b = QStringLiteral("b");

} // namespace

class RunStoreTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsEverything()
    {
        Fixture fixture;
        Run run;
        run.id = Id::make();
        run.ticket = Id::make().toString();
        run.plugin = a;
        run.playbook = QStringLiteral("fix");
        run.client = QStringLiteral("exec");
        run.command = QStringLiteral("sed -i 's/a/b/' x # \"quoted\"");
        run.base = git::Oid::fromHex("0123456789012345678901234567890123456789");
        run.result = git::Oid::fromHex("1123456789012345678901234567890123456789");
        run.resultStep = QStringLiteral("change");
        run.leftOut = {"nested/.git"};
        run.timeoutSeconds = 7;
        run.tainted = true;
        run.cost = {1500, QStringLiteral("EUR")};
        run.inputTokens = 3'000'000'000;
        run.outputTokens = 12;
        run.state = Run::State::Failed;
        run.failure = Run::Failure::Check;
        run.outcome = QStringLiteral("completed");
        run.reason = QStringLiteral("A check failed.");
        run.review = Id::make().toString();
        run.attempt = 2;
        run.queued = 10;
        run.started = 20;
        run.ended = 30;
        run.checks = {{QStringLiteral("test"), QStringLiteral("npm test"), false, true, QStringLiteral("/b.log"), QStringLiteral("/a.log")},
                      {QStringLiteral("lint"), QStringLiteral("npm run lint"), std::nullopt, std::nullopt, {}, {}}};
        QVERIFY_RESULT(fixture.store->save(run));
        const auto back = fixture.store->get(run.id.toString().right(6).toLower());
        QVERIFY_RESULT(back);
        QCOMPARE(toJson(*back), toJson(run));
        QCOMPARE(back->result, run.result);
        QCOMPARE(back->resultStep, run.resultStep);
        QCOMPARE(back->leftOut, run.leftOut);
        QCOMPARE(back->timeoutSeconds, 7);
        QCOMPARE(back->checks[1].before, std::nullopt);
        QCOMPARE(back->cost, run.cost);
    }

    void theJsonIsTheContracts()
    {
        Run run;
        run.id = Id::make();
        run.state = Run::State::Done;
        run.checks = {{QStringLiteral("test"), QStringLiteral("npm test"), false, true, {}, {}},
                      {QStringLiteral("lint"), QStringLiteral("npm run lint"), true, std::nullopt, {}, {}}};
        run.inputTokens = 5;
        const QJsonObject json = toJson(run);
        QCOMPARE(json[u"state"].toString(), QStringLiteral("done"));
        QVERIFY(json[u"review"].isNull());
        QVERIFY(json[u"reason"].isNull());
        QCOMPARE(json[u"tokens"][u"input"].toInt(), 5);
        const auto before = json[u"checks"][u"before"].toArray();
        QCOMPARE(before.size(), 2);
        QCOMPARE(before[0][u"command"].toString(), QStringLiteral("npm test"));
        QCOMPARE(before[0][u"passed"], QJsonValue(false));
        const auto after = json[u"checks"][u"after"].toArray();
        QCOMPARE(after.size(), 1); // one that did not run is not said to have
        QCOMPARE(after[0][u"passed"], QJsonValue(true));
    }

    void namesWhatIsNotThere()
    {
        Fixture fixture;
        const auto none = fixture.store->get(QStringLiteral("zzzz"));
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY(!fixture.store->get(Id::make().toString()));
    }

    void nextIsTheOldestOfAnIdlePlugin()
    {
        Fixture fixture;
        QVERIFY(!fixture.store->nextQueued()->has_value());
        const Run second = fixture.made(b, 20);
        const Run first = fixture.made(a, 10);
        QCOMPARE((**fixture.store->nextQueued()).id, first.id);
        QVERIFY_RESULT(fixture.store->claim(first.id.toString()));
        fixture.made(a, 5); // of a busy plugin
        QCOMPARE(*fixture.store->isBusy(a), true);
        QCOMPARE(*fixture.store->isBusy(b), false);
        QCOMPARE((**fixture.store->nextQueued()).id, second.id);
    }

    void interruptedOnesGoOnAFewTimesByThemselves()
    {
        Fixture fixture;
        const Run run = fixture.made(a, 10, Run::State::Interrupted, 2);
        QVERIFY(!fixture.store->nextQueued(2)->has_value());
        QCOMPARE((**fixture.store->nextQueued(3)).id, run.id);
        QCOMPARE(fixture.store->claim(run.id.toString())->attempt, 3);
    }

    void aRunIsClaimedOnce()
    {
        Fixture fixture;
        const Run run = fixture.made(a, 10);
        const auto claimed = fixture.store->claim(run.id.toString());
        QVERIFY_RESULT(claimed);
        QCOMPARE(claimed->state, Run::State::Preparing);
        QCOMPARE(claimed->attempt, 1);
        QVERIFY(claimed->started > 0);
        const auto again = fixture.store->claim(run.id.toString());
        QVERIFY(!again);
        QCOMPARE(again.error().code, QStringLiteral("run.not-queued"));
        QCOMPARE(fixture.store->underWay()->size(), 1u);
    }

    void cancelEndsWhatNobodyWorksOnAndAsksTheRest()
    {
        Fixture fixture;
        const Run queued = fixture.made(a, 10);
        QVERIFY_RESULT(fixture.store->askCancel(queued.id.toString()));
        QCOMPARE(fixture.store->get(queued.id.toString())->state, Run::State::Cancelled);
        const auto over = fixture.store->askCancel(queued.id.toString());
        QVERIFY(!over);
        QCOMPARE(over.error().code, QStringLiteral("run.over"));

        Run busy = fixture.made(b, 20);
        busy = *fixture.store->claim(busy.id.toString());
        QCOMPARE(*fixture.store->cancelAsked(busy.id.toString()), false);
        QVERIFY_RESULT(fixture.store->askCancel(busy.id.toString()));
        QCOMPARE(*fixture.store->cancelAsked(busy.id.toString()), true);
        QCOMPARE(fixture.store->get(busy.id.toString())->state, Run::State::Preparing);
        busy.state = Run::State::Running;
        QVERIFY_RESULT(fixture.store->save(busy)); // who carries it out does not undo the request
        QCOMPARE(*fixture.store->cancelAsked(busy.id.toString()), true);
        QVERIFY_RESULT(fixture.store->clearCancel(busy.id.toString()));
        QCOMPARE(*fixture.store->cancelAsked(busy.id.toString()), false);
    }

    void journalsSteps()
    {
        Fixture fixture;
        const Run run = fixture.made(a, 10);
        const auto steps = fixture.store->steps(run.id.toString());
        QVERIFY_RESULT(steps->write({QStringLiteral("change"), 1, std::nullopt, {}}));
        QVERIFY_RESULT(steps->write({QStringLiteral("change"), 1, false, QStringLiteral("why")}));
        QVERIFY_RESULT(steps->write({QStringLiteral("change"), 2, std::nullopt, {}}));
        QVERIFY_RESULT(fixture.store->steps(QStringLiteral("other"))->write({QStringLiteral("change"), 1, true, {}}));
        const auto records = steps->read();
        QVERIFY_RESULT(records);
        QCOMPARE(records->size(), 2u);
        QCOMPARE((*records)[0].passed, std::optional(false));
        QCOMPARE((*records)[0].reason, QStringLiteral("why"));
        QCOMPARE((*records)[1].passed, std::nullopt);
    }
};

COPPICE_TEST(RunStoreTest)
#include "store_test.moc"
