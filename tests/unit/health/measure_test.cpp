// SPDX-License-Identifier: GPL-3.0-or-later
// Rounds on a real small library: what is measured, what is kept, what moves and why.
#include "support/scratch.h"
#include "support/test_main.h"

#include <base/clock.h>
#include <health/checks.h>
#include <health/measure.h>
#include <health/report.h>
#include <tickets/ticket.h>

#include <QJsonArray>
#include <QTest>

using namespace coppice;
using namespace coppice::health;
using namespace Qt::StringLiterals;
using Kind = Movement::Cause::Kind;

namespace coppice::health { std::vector<store::Migration> migrations(); }
namespace coppice::library { std::vector<store::Migration> migrations(); }
namespace coppice::journal { std::vector<store::Migration> migrations(); }
namespace coppice::tickets { std::vector<store::Migration> migrations(); }
namespace coppice::capture { std::vector<store::Migration> migrations(); }
namespace coppice::sync { std::vector<store::Migration> migrations(); }

namespace {

constexpr qint64 day = 86'400'000;
constexpr qint64 start = 1'700'500'000'000; // a few days after the commits of a scratch repository

struct Fixture {
    test::Scratch scratch;
    QString dir = scratch.repository(u"lib"_s, {{u"coppice.yaml"_s, "name: small\n"},
                                                {u".coppice/plugins/weather.yaml"_s, "id: weather\nowners: [ann]\n"},
                                                {u"plugins/weather/package.json"_s, R"({"name":"weather","version":"1.0.0","license":"MIT","dependencies":{"zod":"^3.0.0"}})"},
                                                {u"plugins/weather/package-lock.json"_s, R"({"lockfileVersion":3,"packages":{"":{"dependencies":{"zod":"^3.0.0"}},"node_modules/zod":{"version":"3.1.0"}}})"},
                                                {u"plugins/weather/index.js"_s, "const k = process.env.WEATHER_KEY;\n"},
                                                {u"plugins/weather/.env.example"_s, "WEATHER_KEY=\n"},
                                                {u"plugins/weather/AGENTS.md"_s, "Run npm test before you commit anything.\n"},
                                                {u"plugins/clock/main.py"_s, "import os\nprint(os.environ['ZONE_NAME'])\n"}});
    std::unique_ptr<store::Database> state, events;
    std::unique_ptr<journal::Journal> journal;
    std::optional<library::Library> library;

    Fixture()
    {
        setClockForTests(start);
        library = must(library::Library::open(dir));
        state = must(store::Database::open(library->coppiceDir() + u"/state.db"));
        events = must(store::Database::open(library->coppiceDir() + u"/events.db"));
        std::vector<store::Migration> all;
        for (const auto &room : {health::migrations(), library::migrations(), journal::migrations(), tickets::migrations(), capture::migrations(), sync::migrations()})
            all.insert(all.end(), room.begin(), room.end());
        for (auto *database : {state.get(), events.get()})
            must(database->migrate(all));
        journal = std::make_unique<journal::Journal>(*state);
        journal->addProjector(tickets::ticketProjector());
    }
    ~Fixture() { setClockForTests(0); }
    template <class T> static T must(Result<T> result)
    {
        if (!result)
            qFatal("%s", qPrintable(result.error().message()));
        if constexpr (!std::is_void_v<T>)
            return std::move(*result);
    }
    [[nodiscard]] House house() const { return {*library, *state, *events, *journal}; }
    [[nodiscard]] RoundAnswer round() const { return must(measure(house(), {}, Progress::none())); }
    [[nodiscard]] Score score(const QString &plugin) const { return must(HealthStore(*state).scores(plugin)).value(plugin).score; }
    [[nodiscard]] std::vector<Movement> moved(const QString &plugin) const { return must(HealthStore(*state).movements(plugin, 0)); }
    [[nodiscard]] QString verdict(const QString &plugin, const QString &signal) const
    {
        const auto all = score(plugin);
        const auto it = std::ranges::find(all.reasons, signal, &Signal::name);
        return it == all.reasons.end() ? QString() : nameOf(it->verdict);
    }
    [[nodiscard]] library::Catalog catalog() const { return must(library->scan(*state)); }
};

} // namespace

class MeasureTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void roundsMeasureOnlyWhatChanged();
    void movementsHaveCauses();
    void checksHoldForTheirTree();
    void releasesAreFound();
    void whatRealRepositoriesDoOnPurpose();
    void findingsBecomeOneTicket();
    void reportsHaveTheSameNumbers();
    void youngLibrariesAreComparedWithTheirFirstDay();
    void longListsAreBoundedOnPaper();
    void historyIsBounded();
    void reasonsComeBackAsTheyWere();
};

void MeasureTest::roundsMeasureOnlyWhatChanged()
{
    const Fixture fixture;
    const auto first = fixture.round();
    QCOMPARE(first.plugins, 2);
    QVERIFY2(first.unwell.isEmpty(), qPrintable(first.unwell.join(u'\n')));
    QCOMPARE(fixture.verdict(u"weather"_s, u"variables"_s), u"good"_s);
    QCOMPARE(fixture.verdict(u"clock"_s, u"variables"_s), u"bad"_s);
    QCOMPARE(fixture.verdict(u"weather"_s, u"lock"_s), u"good"_s);
    QCOMPARE(fixture.verdict(u"weather"_s, u"licence"_s), u"good"_s);
    QCOMPARE(fixture.verdict(u"clock"_s, u"licence"_s), u"bad"_s);
    QCOMPARE(fixture.verdict(u"weather"_s, u"owner"_s), u"good"_s);
    QCOMPARE(fixture.verdict(u"clock"_s, u"owner"_s), u"bad"_s);
    QCOMPARE(fixture.verdict(u"weather"_s, u"tests"_s), u"bad"_s); // no command
    const auto second = fixture.round();
    QVERIFY(second.kept > second.measured);
    QCOMPARE(second.moved, 0);
    QCOMPARE(fixture.moved(u"weather"_s).size(), 1U);

    fixture.scratch.commit(fixture.dir, u"plugins/clock/.env.example"_s, "ZONE_NAME=\n", u"declare it"_s);
    const auto third = fixture.round();
    QVERIFY(third.measured < first.measured);
    QCOMPARE(third.moved, 1);
    QCOMPARE(fixture.verdict(u"clock"_s, u"variables"_s), u"good"_s);
}

void MeasureTest::movementsHaveCauses()
{
    const Fixture fixture;
    (void)fixture.round();
    QCOMPARE(fixture.moved(u"weather"_s).front().causes.front().kind, Kind::First);

    fixture.scratch.commit(fixture.dir, u"plugins/weather/index.js"_s, "process.env.WEATHER_KEY; process.env.OTHER_KEY\n", u"feat: more"_s);
    (void)fixture.round();
    auto last = fixture.moved(u"weather"_s).back();
    QVERIFY(std::ranges::any_of(last.causes, [](const auto &cause) { return cause.kind == Kind::Fact && cause.signal == "variables"_L1 && cause.to.contains(u"OTHER_KEY"_s); }));

    fixture.scratch.commit(fixture.dir, u"coppice.yaml"_s, "name: small\nhealth:\n  weights: {variables: 40}\n", u"policy"_s);
    (void)fixture.round();
    last = fixture.moved(u"weather"_s).back();
    QVERIFY(std::ranges::all_of(last.causes, [](const auto &cause) { return cause.kind == Kind::Policy; }));

    fixture.scratch.commit(fixture.dir, u".coppice/plugins/weather.yaml"_s, "id: weather\nowners: [ann]\nwaivers:\n  - {what: variables, why: agreed, until: 2023-12-01}\n", u"waive"_s);
    (void)fixture.round();
    last = fixture.moved(u"weather"_s).back();
    QVERIFY(std::ranges::any_of(last.causes, [](const auto &cause) { return cause.kind == Kind::Exemption; }));
    QCOMPARE(fixture.verdict(u"weather"_s, u"variables"_s), u"exempt"_s);

    setClockForTests(start + 20 * day); // after its end
    (void)fixture.round();
    QCOMPARE(fixture.verdict(u"weather"_s, u"variables"_s), u"bad"_s);
    last = fixture.moved(u"weather"_s).back();
    QVERIFY(std::ranges::any_of(last.causes, [](const auto &cause) { return cause.kind == Kind::Exemption; }));
    for (const auto &movement : fixture.moved(u"weather"_s)) {
        int sum = 0;
        for (const auto &cause : movement.causes)
            sum += cause.points;
        QCOMPARE(sum, movement.after - qMax(0, movement.before));
    }
}

void MeasureTest::checksHoldForTheirTree()
{
    const Fixture fixture;
    fixture.scratch.commit(fixture.dir, u".coppice/plugins/clock.yaml"_s, "id: clock\ncommands: {test: python3 -m unittest}\n", u"settings"_s);
    (void)fixture.round();
    QCOMPARE(fixture.verdict(u"clock"_s, u"tests"_s), u"unknown"_s);
    const auto catalog = fixture.catalog();
    const auto *entry = catalog.find(u"clock"_s);
    QVERIFY(entry);
    ChecksDone done{u"clock"_s, entry->tree.toString(), entry->plugin.commands.value(u"setup"_s).line, u"python3 -m unittest"_s, u"none"_s, {}, u"passed"_s, {}, {}, nowMs()};
    QVERIFY_RESULT(saveChecks(*fixture.state, done));
    (void)fixture.round();
    QCOMPARE(fixture.verdict(u"clock"_s, u"tests"_s), u"good"_s);
    fixture.scratch.commit(fixture.dir, u"plugins/clock/other.py"_s, "x = 1\n", u"feat: other"_s);
    (void)fixture.round();
    QCOMPARE(fixture.verdict(u"clock"_s, u"tests"_s), u"unknown"_s);
}

void MeasureTest::releasesAreFound()
{
    const Fixture fixture;
    const auto fact = [&](const QString &plugin) { return fixture.must(HealthStore(*fixture.state).facts(plugin)).value(plugin).value(u"release"_s).fact.value; };
    setClockForTests(start + 400 * day);
    fixture.scratch.commit(fixture.dir, u"plugins/weather/a.js"_s, "1\n", u"feat: a"_s);
    (void)fixture.round();
    // 1.0.0 from the first commit on: whether that was ever released, nobody can tell
    QVERIFY(fact(u"weather"_s)[u"first"_s].toBool());
    QCOMPARE(fixture.verdict(u"weather"_s, u"release"_s), u"unknown"_s);
    // a tag on it says when
    auto repository = fixture.must(fixture.library->repository());
    const auto split = fixture.must(sync::splitOf(repository, fixture.catalog(), u"weather"_s));
    fixture.must(repository.setRef(u"refs/coppice/tags/weather/ours/v1.0.0"_s, split, std::nullopt, u"test"_s));
    (void)fixture.round();
    QVERIFY(fact(u"weather"_s)[u"tagged"_s].toBool());
    QCOMPARE(fact(u"weather"_s)[u"changes"_s].toInt(), 0);
    QCOMPARE(fixture.verdict(u"weather"_s, u"release"_s), u"good"_s);
    fixture.scratch.commit(fixture.dir, u"plugins/weather/b.js"_s, "1\n", u"feat: b"_s);
    (void)fixture.round();
    QCOMPARE(fact(u"weather"_s)[u"changes"_s].toInt(), 1);
    QCOMPARE(fixture.verdict(u"weather"_s, u"release"_s), u"bad"_s);
    // the commit that changes the version is the release where there is no tag of it, and a tag of another one does not count
    fixture.scratch.commit(fixture.dir, u"plugins/weather/package.json"_s, R"({"name":"weather","version":"11.0.0","license":"MIT"})", u"feat!: next"_s);
    fixture.scratch.commit(fixture.dir, u"plugins/weather/c.js"_s, "1\n", u"feat: c"_s);
    (void)fixture.round();
    QCOMPARE(fact(u"weather"_s)[u"version"_s].toString(), u"11.0.0"_s);
    QVERIFY(!fact(u"weather"_s)[u"tagged"_s].toBool());
    QCOMPARE(fact(u"weather"_s)[u"changes"_s].toInt(), 1);
}

void MeasureTest::whatRealRepositoriesDoOnPurpose()
{
    const Fixture fixture;
    const auto commit = [&](const char *path, const QByteArray &content) { fixture.scratch.commit(fixture.dir, QString::fromLatin1(path), content, u"feat: %1"_s.arg(QLatin1String(path))); };
    commit("plugins/clock/pyproject.toml", "[project]\nname = \"clock\"\ndynamic = [\"version\"]\ndependencies = [\"httpx\"]\n[tool.setuptools.dynamic]\nversion = {attr = \"clock.__version__\"}\n");
    commit("plugins/clock/clock/__init__.py", "__version__ = \"1.9.0\"\n");
    commit("plugins/clock/clock/__init__.py", "# the clock\n__version__ = \"2.0.0\"\n");
    commit("plugins/clock/clock/__init__.py", "# the clock of the house\n__version__ = \"2.0.0\"\n");
    commit("plugins/clock/.gitignore", "*.pyc\n/uv.lock\n");
    commit("plugins/weather/package.json", R"({"name":"weather","version":"1.0.0","license":"SEE LICENSE IN TERMS"})");
    (void)fixture.round();
    // the version lies in code that pyproject.toml points to: what changed it is found by its words
    const auto release = fixture.must(HealthStore(*fixture.state).facts(u"clock"_s)).value(u"clock"_s).value(u"release"_s).fact.value;
    QCOMPARE(release[u"version"_s].toString(), u"2.0.0"_s);
    QVERIFY(!release[u"first"_s].toBool());
    QCOMPARE(release[u"changes"_s].toInt(), 2);
    const auto reason = [&](const QString &plugin, const QString &signal) -> QString {
        const auto all = fixture.score(plugin);
        const auto it = std::ranges::find(all.reasons, signal, &Signal::name);
        return it->reason + (it->points > 0 ? u" (part)"_s : QString());
    };
    QVERIFY2(reason(u"clock"_s, u"lock"_s).contains(u".gitignore keeps it out on purpose. (part)"_s), qPrintable(reason(u"clock"_s, u"lock"_s)));
    QCOMPARE(reason(u"weather"_s, u"licence"_s), u"It says SEE LICENSE IN TERMS, and it has no such file."_s);
    // a variable that the README tells of is declared to people, though to no program
    QVERIFY(reason(u"clock"_s, u"variables"_s).contains(u"which nothing declares"_s) && !reason(u"clock"_s, u"variables"_s).contains(u"(part)"_s));
    commit("plugins/clock/README.md", "Set `ZONE_NAME` to the zone that it shows.\n");
    (void)fixture.round();
    QVERIFY2(reason(u"clock"_s, u"variables"_s).contains(u"ZONE_NAME, of which README.md tells, and no manifest. (part)"_s), qPrintable(reason(u"clock"_s, u"variables"_s)));
}

void MeasureTest::findingsBecomeOneTicket()
{
    const Fixture fixture;
    (void)fixture.round();
    const auto made = ticketOf(fixture.house(), Actor::self(), u"clock"_s, u"variables"_s);
    QVERIFY_RESULT(made);
    QVERIFY(!made->there);
    tickets::Tickets tickets(*fixture.state, *fixture.journal);
    const auto ticket = tickets.get(made->id);
    QVERIFY_RESULT(ticket);
    QCOMPARE(ticket->kind, tickets::Ticket::Kind::Finding);
    QVERIFY(ticket->tainted);
    QVERIFY(ticket->facts[u"text"].toString().contains(u"ZONE_NAME"_s));
    const auto again = ticketOf(fixture.house(), Actor::self(), u"clock"_s, u"variables"_s);
    QVERIFY_RESULT(again);
    QVERIFY(again->there);
    QCOMPARE(again->id, made->id);
    QCOMPARE(ticketOf(fixture.house(), Actor::self(), u"weather"_s, u"licence"_s).error().kind, ErrorKind::Usage);
    QCOMPARE(ticketOf(fixture.house(), Actor::self(), u"weather"_s, u"nothing"_s).error().kind, ErrorKind::NotFound);
    QCOMPARE(ticketOf(fixture.house(), Actor::self(), u"nobody"_s, u"licence"_s).error().kind, ErrorKind::NotFound);
}

void MeasureTest::reportsHaveTheSameNumbers()
{
    const Fixture fixture;
    const auto none = makeReport(*fixture.state, *fixture.library, fixture.catalog(), {}, 0);
    QCOMPARE(none.error().code, u"health.not-measured"_s);
    (void)fixture.round();
    setClockForTests(start + 40 * day);
    fixture.scratch.commit(fixture.dir, u"plugins/clock/LICENSE"_s, "MIT License\n", u"docs: =licence"_s);
    (void)fixture.round();
    const auto report = makeReport(*fixture.state, *fixture.library, fixture.catalog(), {{u"clock"_s, 9}}, start + 10 * day);
    QVERIFY_RESULT(report);
    QCOMPARE(report->lines.size(), 2U);
    QCOMPARE(report->lines.front().score.plugin, u"clock"_s); // nine depend on it
    QCOMPARE(report->compared, 2);
    QCOMPARE(report->better + report->worse > 0, true);
    const auto json = toJson(*report);
    const QString html = QString::fromUtf8(toHtml(*report)), csv = QString::fromUtf8(toCsv(*report));
    for (const auto &line : json[u"plugins"].toArray()) {
        const QString points = QString::number(line[u"score"].toDouble(), 'f', 1);
        QVERIFY(html.contains(u"<td class='id'>%1</td>"_s.arg(line[u"plugin"].toString())));
        QVERIFY(html.contains(u"<td class='n'>%1</td>"_s.arg(points)));
        QVERIFY(csv.contains(u"%1,%2,%3,%4,"_s.arg(line[u"plugin"].toString(), line[u"kind"].toString(), line[u"tier"].toString(), points)));
    }
    const QString pages = toPages(*report);
    for (const auto &line : json[u"plugins"].toArray()) {
        QVERIFY(pages.contains(u"<b>%1</b>"_s.arg(line[u"plugin"].toString())));
        QVERIFY(pages.contains(u">%1</td>"_s.arg(QString::number(line[u"score"].toDouble(), 'f', 1))));
    }
    for (const auto *text : {&html, &pages}) {
        QVERIFY(text->contains(headlineOf(*report).toHtmlEscaped()));
        QVERIFY(text->contains(movementSentence(*report).toHtmlEscaped()));
        QVERIFY(text->contains(unknownSentence(*report).toHtmlEscaped()));
    }
    // what is said of the causes is what moved
    int byCauses = 0, byMovements = 0;
    for (const auto &cause : report->causes)
        byCauses += cause.points;
    for (const auto &movement : report->movements)
        byMovements += movement.after - movement.before;
    QVERIFY(byMovements != 0);
    QCOMPARE(byCauses, byMovements);
    QVERIFY(!html.contains(u"http:"_s) && !html.contains(u"https:"_s) && !html.contains(u"<script"_s) && !html.contains(u"src="_s));
    for (const auto &row : csv.split(u"\r\n"_s, Qt::SkipEmptyParts))
        QVERIFY(!row.contains(u",=") && !row.contains(u",@"_s));
}

void MeasureTest::youngLibrariesAreComparedWithTheirFirstDay()
{
    const Fixture fixture;
    (void)fixture.round();
    setClockForTests(start + 3 * day);
    fixture.scratch.commit(fixture.dir, u"plugins/clock/LICENSE"_s, "MIT License\n", u"docs: =licence"_s);
    const auto quiet = makeReport(*fixture.state, *fixture.library, fixture.catalog(), {}, start - 30 * day);
    QVERIFY_RESULT(quiet);
    QCOMPARE(quiet->compared, 0); // nothing has moved: there is nothing to tell
    (void)fixture.round();
    const auto report = makeReport(*fixture.state, *fixture.library, fixture.catalog(), {}, start - 30 * day);
    QVERIFY_RESULT(report);
    QCOMPARE(report->compared, 2);
    QVERIFY(report->since >= start && report->since < start + day);
    QVERIFY(report->better > 0);
}

void MeasureTest::longListsAreBoundedOnPaper()
{
    Report report;
    report.library = u"<b>large</b>"_s;
    for (int i = 0; i < mostOnPaper + 50; ++i) {
        ReportLine line;
        line.score.plugin = u"plugin-%1"_s.arg(i, 4, 10, QLatin1Char('0'));
        line.score.tier = i < mostOnPaper + 10 ? u"poor"_s : u"good"_s;
        ++report.tiers[line.score.tier];
        report.lines.push_back(line);
    }
    const QString pages = toPages(report), html = QString::fromUtf8(toHtml(report));
    QVERIFY(pages.contains(u"plugin-%1<"_s.arg(mostOnPaper - 1, 4, 10, QLatin1Char('0'))));
    QVERIFY(!pages.contains(u"plugin-%1"_s.arg(mostOnPaper, 4, 10, QLatin1Char('0'))));
    QVERIFY(pages.contains(u"The other 50 (40 good, 10 poor)"_s));
    QVERIFY(html.contains(u"plugin-%1<"_s.arg(mostOnPaper + 49, 4, 10, QLatin1Char('0'))));
    QVERIFY(!pages.contains(u"<b>large</b>"_s) && !html.contains(u"<b>large</b>"_s));
}

void MeasureTest::historyIsBounded()
{
    const Fixture fixture;
    HealthStore store(*fixture.state);
    for (int i = 0; i < HealthStore::mostMovements + 30; ++i) {
        HealthStore::Update update;
        update.score.score.plugin = u"weather"_s;
        update.movement = Movement{u"weather"_s, start + i, i, i + 1, u"poor"_s, u"poor"_s, {{Kind::Fact, u"licence"_s, u"a"_s, u"b"_s, 1}}};
        QVERIFY_RESULT(store.saveScores({update}));
    }
    const auto kept = store.movements(u"weather"_s, 0);
    QVERIFY_RESULT(kept);
    QCOMPARE(kept->size(), size_t(HealthStore::mostMovements));
    const auto stood = store.stoodAt(start - 5);
    QVERIFY_RESULT(stood);
    QCOMPARE(stood->value(u"weather"_s).tenths, 30); // what the oldest that is kept began with
}

void MeasureTest::reasonsComeBackAsTheyWere()
{
    const Fixture fixture;
    HealthStore store(*fixture.state);
    HealthStore::Update update;
    auto &score = update.score.score;
    score.plugin = u"weather"_s;
    for (const auto &text : {u"plain"_s, u"\"quoted\" \\ and \\n"_s, u"two\nlines\ttab \u0001 \u007f"_s, u"\u65e5\u672c \u00e9 \U0001F333"_s, QString()}) {
        Signal signal{u"tests"_s, text, score.plugin, u"checks"_s, Signal::Verdict::Bad, text + u'.', text, text, 1000, -5, 123, text, 1'800'000'000'123};
        score.reasons.push_back(signal);
    }
    QVERIFY_RESULT(store.saveScores({update}));
    const auto scores = store.scores();
    QVERIFY_RESULT(scores);
    const auto stored = scores->value(u"weather"_s);
    QCOMPARE(stored.score.reasons.size(), score.reasons.size());
    for (size_t i = 0; i < score.reasons.size(); ++i)
        QCOMPARE(toJson(stored.score.reasons[i]), toJson(score.reasons[i]));
}

COPPICE_TEST(MeasureTest)
#include "measure_test.moc"
