// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <runs/agent.h>
#include <store/migration.h>

#include <QJsonArray>
#include <QTest>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}
namespace coppice::review {
std::vector<store::Migration> migrations();
}
namespace coppice::runs {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::runs;

namespace {

struct House {
    test::Scratch scratch;
    QString path = scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/weather/AGENTS.md"), "Own rules of the weather.\n"},
                                                                  {QStringLiteral("plugins/weather/a"), "a\n"},
                                                                  {QStringLiteral("plugins/weather/.agents/knowledge/b.md"), "Second.\n"},
                                                                  {QStringLiteral("plugins/weather/.agents/knowledge/x.bin"), "no\n"}});
    git::Repository repository = std::move(*git::Repository::open(path));
    std::unique_ptr<store::Database> state;
    std::unique_ptr<journal::Journal> journal;
    library::Catalog catalog;

    House()
    {
        state = std::move(*store::Database::open(scratch.path(QStringLiteral("state.db"))));
        auto migrations = journal::migrations();
        for (const auto &more : {review::migrations(), runs::migrations()})
            migrations.insert(migrations.end(), more.begin(), more.end());
        if (!state->migrate(migrations))
            qFatal("the database cannot be made");
        journal = std::make_unique<journal::Journal>(*state);
        journal->addProjector(review::reviewProjector());
        library::CatalogEntry entry;
        entry.plugin.id = QStringLiteral("weather");
        entry.plugin.prefix = "plugins/weather";
        entry.tree = (*repository.entryAt(*repository.treeOf(*repository.resolve(QStringLiteral("HEAD"))), "plugins/weather"))->id;
        catalog.entries = {entry};
    }
    library::CatalogEntry &plugin() { return catalog.entries.front(); }
    Run add(Run::State state_, Run::Failure failure, qint64 queued, qint64 seconds)
    {
        Run run;
        run.id = Id::make();
        run.plugin = QStringLiteral("weather");
        run.playbook = QStringLiteral("fix");
        run.state = state_;
        run.failure = failure;
        run.reason = QStringLiteral("because %1").arg(queued);
        run.queued = run.started = queued;
        run.ended = seconds ? queued + seconds * 1000 : 0;
        if (!RunStore(*state).save(run))
            qFatal("the run cannot be saved");
        return run;
    }
};

} // namespace

class AgentTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void settingsAreThePluginsThenTheLibrarys()
    {
        House house;
        auto &shared = house.catalog.settings;
        auto &own = house.plugin().plugin.settings;
        QCOMPARE(agentSettings(house.catalog, house.plugin()).client.value, QString());
        shared.clients[QStringLiteral("claude")] = {QStringLiteral("claude"), QStringLiteral("claude"), {}, library::ModelEndpoint{QStringLiteral("anthropic"), {}, {}, QStringLiteral("big")}, {}, {}, {}, {}};
        shared.budgets = {9'000'000, 3'000'000, 0, 1'000'000};
        shared.askPermissions = true;
        const auto one = agentSettings(house.catalog, house.plugin());
        QCOMPARE(one.client.value, QStringLiteral("claude"));
        QCOMPARE(one.client.from, QStringLiteral("library"));
        QCOMPARE(one.model.value, QStringLiteral("big"));
        QCOMPARE(one.budgetRun.value, qint64(1'000'000));
        QCOMPARE(one.budgetDay.value, qint64(3'000'000));
        QCOMPARE(one.budgetTicket.from, QString());
        QVERIFY(one.asks.value);
        QCOMPARE(one.asks.from, QStringLiteral("library"));

        own.agentClient = QStringLiteral("codex");
        own.agentModel = QStringLiteral("small");
        own.agentBudgetUsdRun = 0.25;
        own.agentAsks = true;
        const auto two = agentSettings(house.catalog, house.plugin());
        QCOMPARE(two.client.value, QStringLiteral("codex"));
        QCOMPARE(two.model.value, QStringLiteral("small"));
        QCOMPARE(two.model.from, QStringLiteral("plugin"));
        QCOMPARE(two.budgetRun.value, qint64(250'000));
        QCOMPARE(two.budgetDay.from, QStringLiteral("library"));
        QCOMPARE(two.asks.from, QStringLiteral("plugin"));

        own = {};
        shared.clients[QStringLiteral("other")] = {}; // two: nobody can say which is meant
        QCOMPARE(agentSettings(house.catalog, house.plugin()).client.value, QString());
    }

    void tellsTheTrackRecord()
    {
        House house;
        const Run done = house.add(Run::State::Done, Run::Failure::None, 1000, 10);
        house.add(Run::State::Done, Run::Failure::None, 2000, 30);
        house.add(Run::State::Failed, Run::Failure::Check, 3000, 50);
        for (int i = 0; i < 6; ++i)
            house.add(Run::State::Failed, Run::Failure::Agent, 4000 + i, 60);
        house.add(Run::State::Queued, Run::Failure::None, 9000, 0);
        const auto before = house.repository.writeTree({{"a", git::Mode::File, *house.repository.writeBlob("1\n")}});
        const auto after = house.repository.writeTree({{"a", git::Mode::File, *house.repository.writeBlob("2\n")}});
        review::Reviews reviews(*house.state, *house.journal);
        const auto patch = reviews.add(house.repository, QStringLiteral("weather"), {}, QStringLiteral("t"),
                                       {1, *before, *after, done.id.toString(), false, 1});
        QVERIFY_RESULT(patch);
        const auto files = review::filesOf(house.repository, patch->last());
        QVERIFY_RESULT(files);
        QVERIFY_RESULT(reviews.decide({Actor::Kind::Person, QStringLiteral("ann")}, *patch, *files, {files->front().hunks.front().id},
                                      review::Decision::Verdict::Accepted));
        QVERIFY_RESULT(reviews.add(house.repository, QStringLiteral("weather"), {}, QStringLiteral("by hand"), {1, *before, *after, {}, false, 1}));

        const auto agent = agentOf(house.repository, *house.state, *house.journal, house.catalog, house.plugin());
        QVERIFY_RESULT(agent);
        QCOMPARE(agent->record.runs, 10);
        QCOMPARE(agent->record.states.value(QStringLiteral("done")), 2);
        QCOMPARE(agent->record.states.value(QStringLiteral("failed")), 7);
        QCOMPARE(agent->record.failures.value(QStringLiteral("agent")), 6);
        QCOMPARE(agent->record.failures.value(QStringLiteral("check")), 1);
        QCOMPARE(agent->record.medianSeconds, qint64(60));
        QCOMPARE(agent->record.lastRun, qint64(9000));
        QCOMPARE(agent->record.lastFailures.size(), 5u);
        QCOMPARE(agent->record.lastFailures.front().reason, QStringLiteral("because 4005"));
        QCOMPARE(agent->record.patches, 1); // the other one is no run's
        QCOMPARE(agent->record.patchStates.value(QStringLiteral("open")), 1);
        QCOMPARE(agent->record.hunksAccepted, 1);
        QCOMPARE(agent->knowledge.size(), 2u);
        QCOMPARE(agent->knowledge[0].path, QStringLiteral("AGENTS.md"));
        QVERIFY(agent->knowledge[0].tokens >= 5 && agent->knowledge[0].tokens <= 8);
        QCOMPARE(agent->knowledge[1].path, QStringLiteral(".agents/knowledge/b.md"));
        const QJsonObject json = toJson(*agent);
        QCOMPARE(json[u"record"][u"states"][u"done"].toInt(), 2);
        QCOMPARE(json[u"knowledge"][u"files"].toArray().size(), 2);
    }
};

COPPICE_TEST(AgentTest)
#include "agent_test.moc"
