// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <health/line_history.h>
#include <health/score.h>

#include <QJsonArray>
#include <QRandomGenerator>
#include <QTest>

using namespace coppice;
using namespace coppice::health;
using namespace Qt::StringLiterals;
using Verdict = Signal::Verdict;
using Kind = Movement::Cause::Kind;

namespace {

constexpr qint64 now = 1'800'000'000'000;

library::CatalogEntry plugin()
{
    library::CatalogEntry entry;
    entry.plugin.id = u"weather"_s;
    entry.plugin.commands.insert(u"start"_s, {u"node ."_s, true});
    return entry;
}
Fact fact(const QString &probe, const QJsonObject &value)
{
    return {probe, u"weather"_s, value, now, now, {}, true, {}};
}
/// A plugin in which all is well.
Facts well()
{
    Facts facts;
    const auto add = [&](const QString &probe, const QJsonObject &value) { facts.insert(probe, fact(probe, value)); };
    add(u"checks"_s, {{u"test_command"_s, u"npm test"_s}, {u"setup_command"_s, u"npm ci"_s}, {u"at"_s, now}, {u"current"_s, true}, {u"test"_s, u"passed"_s}, {u"setup"_s, u"passed"_s}});
    add(u"manifest"_s, {{u"name"_s, u"weather"_s}, {u"version"_s, u"1.0.0"_s}});
    add(u"lock"_s, {{u"dependencies"_s, 2}, {u"files"_s, QJsonArray{u"package-lock.json"_s}}});
    add(u"licence"_s, {{u"declared"_s, u"MIT"_s}, {u"source"_s, u"package.json"_s}});
    add(u"environment"_s, {{u"used"_s, 1}, {u"declared"_s, 1}, {u"sources"_s, 3}, {u"complete"_s, true}});
    add(u"links"_s, {});
    add(u"owner"_s, {{u"owners"_s, QJsonArray{u"ann"_s}}});
    add(u"knowledge"_s, {{u"agents"_s, true}, {u"agents_words"_s, 100}, {u"knowledge"_s, 2}, {u"spec"_s, true}});
    add(u"sync"_s, {{u"state"_s, u"clean"_s}, {u"fetched"_s, now - 1000}});
    add(u"history"_s, {{u"human"_s, QJsonObject{{u"at"_s, now - 1000}, {u"who"_s, u"Ann"_s}}}});
    add(u"release"_s, {{u"version"_s, u"1.0.0"_s}, {u"commit"_s, u"abc"_s}, {u"changes"_s, 0}});
    add(u"git_policy"_s, {{u"asked"_s, QJsonArray{u"commits"_s}}});
    add(u"errors"_s, {{u"watched"_s, true}});
    add(u"tickets"_s, {{u"open"_s, 0}});
    return facts;
}
const Signal &signalOf(const Score &score, const QString &name)
{
    return *std::ranges::find(score.reasons, name, &Signal::name);
}
int sumOf(const Score &score)
{
    int sum = 0;
    for (const auto &signal : score.reasons)
        sum += signal.points;
    return sum;
}

} // namespace

class ScoreTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void allWellIsAHundred();
    void reasonsSumToTheScore();
    void unknownIsNeverGood();
    void aProbeThatIsNotWellIsUnknown();
    void whatIsNotMeasuredIsToldApart();
    void aTierThatMovesByItselfHasACause();
    void tagsNameVersions_data();
    void tagsNameVersions();
    void whoMadeACommit_data();
    void whoMadeACommit();
    void exemptDoesNotCount();
    void anExemptionThatIsOverCountsAgain_data();
    void anExemptionThatIsOverCountsAgain();
    void failingTestsHoldDown();
    void policyOverrides();
    void kindsDiffer();
    void causesSumToTheMovement();
    void policyProblemsAreTold();
    void licences_data();
    void licences();
};

void ScoreTest::allWellIsAHundred()
{
    const auto score = scoreOf(plugin(), well(), {}, now);
    for (const auto &signal : score.reasons)
        QVERIFY2(signal.verdict == Verdict::Good, qPrintable(signal.name + u": " + signal.reason));
    QCOMPARE(score.tenths, 1000);
    QCOMPARE(score.tier, u"excellent"_s);
}

void ScoreTest::reasonsSumToTheScore()
{
    QRandomGenerator random(7);
    for (int round = 0; round < 500; ++round) {
        auto facts = well();
        for (const auto &probe : facts.keys()) {
            if (random.bounded(4) == 0)
                facts.remove(probe);
            else if (random.bounded(4) == 0)
                facts[probe].value = {};
        }
        library::HealthSettings settings;
        for (const auto &kind : signalKinds()) {
            if (random.bounded(3) == 0)
                settings.rules.weights.insert(QLatin1String(kind.name), random.bounded(30) / 3.0);
        }
        auto entry = plugin();
        if (random.bounded(3) == 0)
            entry.plugin.settings.waivers.push_back({u"licence"_s, u"why"_s, {}});
        const auto score = scoreOf(entry, facts, settings, now);
        int worth = 0;
        for (const auto &signal : score.reasons) {
            worth += signal.worth;
            QVERIFY(signal.points >= 0 && signal.points <= signal.worth);
            QCOMPARE(signal.gain, signal.worth - signal.points);
            QVERIFY(signal.verdict != Verdict::Good || signal.points == signal.worth);
        }
        QCOMPARE(sumOf(score), score.tenths);
        QVERIFY(worth == 1000 || worth == 0);
    }
}

void ScoreTest::unknownIsNeverGood()
{
    auto facts = well();
    facts[u"checks"_s].value = {{u"test_command"_s, u"npm test"_s}};
    const auto score = scoreOf(plugin(), facts, {}, now);
    QCOMPARE(signalOf(score, u"tests"_s).verdict, Verdict::Unknown);
    QCOMPARE(signalOf(score, u"tests"_s).points, 0);
    QCOMPARE(score.unknown, signalOf(score, u"tests"_s).worth);
    QCOMPARE(score.tenths, 1000 - score.unknown);
    QVERIFY(!signalOf(score, u"tests"_s).next.isEmpty());
    const auto nothing = scoreOf(plugin(), {}, {}, now);
    QCOMPARE(nothing.tenths, 0);
    QCOMPARE(nothing.tier, u"unknown"_s);
}

void ScoreTest::aProbeThatIsNotWellIsUnknown()
{
    auto facts = well();
    facts[u"sync"_s].probeOk = false;
    facts[u"sync"_s].problem = u"the disk is full"_s;
    const auto score = scoreOf(plugin(), facts, {}, now);
    QCOMPARE(signalOf(score, u"sync"_s).verdict, Verdict::Unknown);
    QVERIFY(signalOf(score, u"sync"_s).reason.contains(u"the disk is full"_s));
}

void ScoreTest::whatIsNotMeasuredIsToldApart()
{
    // All that was measured is well, and tests, set-up and production are in the dark: it may be anything from fair upwards.
    auto facts = well();
    facts[u"checks"_s].value = {{u"test_command"_s, u"npm test"_s}, {u"setup_command"_s, u"npm ci"_s}};
    facts[u"errors"_s].value = {{u"watched"_s, false}};
    const auto fresh = scoreOf(plugin(), facts, {}, now);
    QVERIFY(fresh.unknown > 250 && fresh.unknown < 500);
    QCOMPARE(fresh.tier, u"unknown"_s);
    QCOMPARE(fresh.unmeasured(), int(std::ranges::count(fresh.reasons, Verdict::Unknown, &Signal::verdict)));
    QVERIFY(fresh.unmeasured() >= 3 && fresh.counted() > fresh.unmeasured());
    QVERIFY(fresh.why.contains(u"not measured yet: %1 of %2 signals"_s.arg(fresh.unmeasured()).arg(fresh.counted())));
    QCOMPARE(sumOf(fresh), fresh.tenths);

    // One step in the dark is no excuse: the tier that is proven stands, and what it could be is told.
    auto nearly = well();
    nearly[u"checks"_s].value = {{u"test_command"_s, u"npm test"_s}, {u"setup_command"_s, u"npm ci"_s}, {u"setup"_s, u"passed"_s}};
    const auto proven = scoreOf(plugin(), nearly, {}, now);
    QCOMPARE(proven.tier, u"good"_s);
    QVERIFY(proven.why.contains(u"it could be excellent"_s));

    // Failing tests hold it down whatever else comes out: nothing in the dark can lift it by two.
    facts[u"checks"_s].value = {{u"test_command"_s, u"npm test"_s}, {u"test"_s, u"failed"_s}, {u"at"_s, now}, {u"current"_s, true}};
    QCOMPARE(scoreOf(plugin(), facts, {}, now).tier, u"fair"_s);

    const auto all = unmeasuredOf({&fresh, &proven});
    QCOMPARE(all.signals_, fresh.unmeasured() + proven.unmeasured());
    QCOMPARE(all.counted, fresh.counted() + proven.counted());
    QCOMPARE(all.kinds.front().signal, u"tests"_s);
    QCOMPARE(all.kinds.front().plugins, 2);
    int points = 0;
    for (const auto &kind : all.kinds)
        points += kind.tenths;
    QCOMPARE(points, fresh.unknown + proven.unknown);
    QVERIFY(all.sentence().contains(u"Not measured yet: %1 of %2 signals (Tests pass of 2 plugins"_s.arg(all.signals_).arg(all.counted)));
    const auto healthy = scoreOf(plugin(), well(), {}, now);
    QVERIFY(unmeasuredOf({&healthy}).sentence().isEmpty());
}

void ScoreTest::aTierThatMovesByItselfHasACause()
{
    library::HealthSettings strict;
    strict.tiers = {{u"excellent"_s, 101}};
    const auto before = scoreOf(plugin(), well(), {}, now), after = scoreOf(plugin(), well(), strict, now);
    QCOMPARE(before.tenths, after.tenths);
    QCOMPARE(after.tier, u"good"_s);
    const auto causes = causesOf(before, after, true, {});
    QCOMPARE(causes.size(), 1U);
    QCOMPARE(causes.front().kind, Movement::Cause::Kind::Policy);
    QCOMPARE(causes.front().to, u"good"_s);
}

void ScoreTest::tagsNameVersions_data()
{
    QTest::addColumn<QString>("tag");
    QTest::addColumn<bool>("names");
    for (const char *tag : {"1.0.0", "v1.0.0", "V1.0.0", "tool-1.0.0", "tool@1.0.0", "release_1.0.0", "tool-v1.0.0"})
        QTest::newRow(tag) << QString::fromLatin1(tag) << true;
    for (const char *tag : {"11.0.0", "v11.0.0", "2.1.0.0", "v1.0.0-rc1", "1.0", "dev1.0.0", ""})
        QTest::newRow(*tag ? tag : "nothing") << QString::fromLatin1(tag) << false;
}

void ScoreTest::tagsNameVersions()
{
    QFETCH(QString, tag);
    QTEST(isTagOf(tag, u"1.0.0"_s), "names");
    QVERIFY(!isTagOf(tag, {}));
}

void ScoreTest::whoMadeACommit_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("mail");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("maker");
    const auto row = [](const char *title, QByteArray name, QByteArray mail, QByteArray message, Maker maker) { QTest::newRow(title) << name << mail << message << int(maker); };
    row("a person", "Ann", "ann@example.org", "fix: the clock", Maker::Human);
    row("a person called Claude", "Claude Dupont", "claude@example.org", "fix: the clock", Maker::Human);
    row("with a person called Claude", "Ann", "ann@example.org", "fix: the clock\n\nCo-authored-by: Claude Dupont <claude@example.org>", Maker::Human);
    row("with a person called Devin", "Ann", "ann@example.org", "fix: the clock\n\nCo-authored-by: Devin Moore <dm@example.org>", Maker::Human);
    row("an agent", "Claude", "noreply@anthropic.com", "fix: the clock", Maker::Agent);
    row("an agent by its name", "claude", "x@example.org", "fix: the clock", Maker::Agent);
    row("with an agent", "Ann", "ann@example.org", "fix: the clock\n\nCo-Authored-By: Claude <noreply@anthropic.com>", Maker::Agent);
    row("with another agent", "Ann", "ann@example.org", "fix: the clock\n\nCo-authored-by: GitHub Copilot <c@example.org>", Maker::Agent);
    row("a robot", "dependabot[bot]", "1+dependabot[bot]@users.noreply.github.com", "Bump zod", Maker::Agent);
    row("one of our runs", "Ann", "ann@example.org", "fix: the clock\n\nCoppice-Run: 01J", Maker::Agent);
    row("a squash", "Ann", "ann@example.org", "Squashed 'plugins/a/' content from commit 0123456", Maker::Machinery);
}

void ScoreTest::whoMadeACommit()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, mail);
    QFETCH(QByteArray, message);
    git::Commit commit;
    commit.author.name = name;
    commit.author.email = mail;
    commit.message = message;
    QTEST(int(makerOf(commit)), "maker");
}

void ScoreTest::exemptDoesNotCount()
{
    auto facts = well();
    facts[u"licence"_s].value = {};
    auto entry = plugin();
    QVERIFY(scoreOf(entry, facts, {}, now).tenths < 1000);
    entry.plugin.settings.waivers.push_back({u"licence"_s, u"inner use only"_s, {}});
    const auto score = scoreOf(entry, facts, {}, now);
    QCOMPARE(score.tenths, 1000);
    QCOMPARE(signalOf(score, u"licence"_s).verdict, Verdict::Exempt);
    QCOMPARE(signalOf(score, u"licence"_s).worth, 0);
    QVERIFY(signalOf(score, u"licence"_s).exemption.contains(u"inner use only"_s));
}

void ScoreTest::anExemptionThatIsOverCountsAgain_data()
{
    QTest::addColumn<QString>("until");
    QTest::addColumn<bool>("holds");
    QTest::newRow("for good") << QString() << true;
    QTest::newRow("to come") << u"2030-01-01"_s << true;
    QTest::newRow("on its last day") << u"2027-01-15"_s << true; // now is 2027-01-15
    QTest::newRow("over") << u"2027-01-10"_s << false;
    QTest::newRow("no date") << u"next year"_s << false;
}

void ScoreTest::anExemptionThatIsOverCountsAgain()
{
    QFETCH(QString, until);
    QFETCH(bool, holds);
    auto facts = well();
    facts[u"owner"_s].value = {};
    auto entry = plugin();
    entry.plugin.settings.waivers.push_back({u"owner"_s, u"being handed over"_s, until});
    const auto score = scoreOf(entry, facts, {}, now);
    const auto &owner = signalOf(score, u"owner"_s);
    QCOMPARE(owner.verdict, holds ? Verdict::Exempt : Verdict::Bad);
    QVERIFY(owner.exemption.contains(u"being handed over"_s));
    QVERIFY(holds || owner.worth > 0);
}

void ScoreTest::failingTestsHoldDown()
{
    auto facts = well();
    facts[u"checks"_s].value[u"test"_s] = u"failed"_s;
    library::HealthSettings settings;
    settings.rules.weights.insert(u"tests"_s, 1);
    const auto score = scoreOf(plugin(), facts, settings, now);
    QVERIFY(score.tenths > 950);
    QCOMPARE(score.tier, u"fair"_s);
    QVERIFY(score.why.contains(u"no better than fair"_s));
    QCOMPARE(signalOf(score, u"tests"_s).then, u"excellent"_s);
    settings.atMost.insert(u"tests"_s, u"any"_s);
    QCOMPARE(scoreOf(plugin(), facts, settings, now).tier, u"excellent"_s);
}

void ScoreTest::policyOverrides()
{
    auto facts = well();
    facts[u"history"_s].value = {{u"human"_s, QJsonObject{{u"at"_s, now - 400 * 86'400'000LL}, {u"who"_s, u"Ann"_s}}}, {u"complete"_s, true}};
    QCOMPARE(signalOf(scoreOf(plugin(), facts, {}, now), u"care"_s).verdict, Verdict::Bad);
    library::HealthSettings settings;
    settings.rules.limits.insert(u"human_days"_s, 1000);
    QCOMPARE(signalOf(scoreOf(plugin(), facts, settings, now), u"care"_s).verdict, Verdict::Good);
    settings.rules.weights.insert(u"care"_s, 0);
    const auto without = scoreOf(plugin(), facts, settings, now);
    QVERIFY(std::ranges::find(without.reasons, u"care"_s, &Signal::name) == without.reasons.end());
    QVERIFY(hashOf(settings) != hashOf({}));
}

void ScoreTest::kindsDiffer()
{
    auto entry = plugin();
    QCOMPARE(kindOf(entry), u"service"_s);
    entry.plugin.commands.clear();
    QCOMPARE(kindOf(entry), u"library"_s);
    const auto score = scoreOf(entry, well(), {}, now);
    QVERIFY(std::ranges::find(score.reasons, u"errors"_s, &Signal::name) == score.reasons.end());
    library::HealthSettings settings;
    settings.kinds[u"library"_s].weights.insert(u"errors"_s, 5);
    const auto asked = scoreOf(entry, well(), settings, now);
    QVERIFY(std::ranges::find(asked.reasons, u"errors"_s, &Signal::name) != asked.reasons.end());
    entry.manifest.dependencies.push_back({u"pkg:pypi/mcp"_s, {}, {}, manifest::Dependency::Level::Manifest, {}});
    QCOMPARE(kindOf(entry), u"mcp-server"_s);
}

void ScoreTest::causesSumToTheMovement()
{
    const auto before = scoreOf(plugin(), well(), {}, now);
    auto facts = well();
    facts[u"licence"_s].value = {};
    facts[u"sync"_s].value = {{u"state"_s, u"behind"_s}, {u"behind"_s, 2}};
    const auto check = [](const Score &a, const Score &b, const std::vector<Movement::Cause> &causes) {
        int sum = 0;
        for (const auto &cause : causes)
            sum += cause.points;
        QCOMPARE(sum, b.tenths - a.tenths);
    };
    const auto worse = scoreOf(plugin(), facts, {}, now);
    const auto byFacts = causesOf(before, worse, false, {u"licence"_s, u"sync"_s});
    check(before, worse, byFacts);
    QCOMPARE(byFacts.size(), 2U);
    QCOMPARE(byFacts.front().kind, Kind::Fact);
    QVERIFY(byFacts.front().from.startsWith(u"good"_s) && byFacts.front().to.startsWith(u"bad"_s));

    library::HealthSettings settings;
    settings.rules.weights.insert(u"licence"_s, 60);
    const auto judged = scoreOf(plugin(), facts, settings, now);
    const auto byPolicy = causesOf(worse, judged, true, {});
    check(worse, judged, byPolicy);
    QVERIFY(!byPolicy.empty() && std::ranges::all_of(byPolicy, [](const auto &cause) { return cause.kind == Kind::Policy; }));

    auto exempt = plugin();
    exempt.plugin.settings.waivers.push_back({u"licence"_s, u"why"_s, {}});
    const auto waived = scoreOf(exempt, facts, {}, now);
    const auto byExemption = causesOf(worse, waived, false, {});
    check(worse, waived, byExemption);
    QVERIFY(std::ranges::any_of(byExemption, [](const auto &cause) { return cause.kind == Kind::Exemption && cause.signal == "licence"_L1; }));

    const auto later = scoreOf(plugin(), well(), {}, now + 400 * 86'400'000LL);
    const auto byTime = causesOf(before, later, false, {});
    check(before, later, byTime);
    QVERIFY(std::ranges::any_of(byTime, [](const auto &cause) { return cause.kind == Kind::Time && cause.signal == "care"_L1; }));
}

void ScoreTest::policyProblemsAreTold()
{
    const auto settings = library::parseHealthSettings("health:\n  weights: {licence: 3, licences: 4}\n  limits: {human_days: x}\n  at_most: {tests: splendid}\n"
                                                       "  waivers: {}\n  licences: {allow: [MIT]}\n",
                                                       u"coppice.yaml"_s);
    QCOMPARE(settings.rules.weights.value(u"licence"_s), 3.0);
    QCOMPARE(settings.licencesAllowed, QStringList{u"MIT"_s});
    QString all;
    for (const auto &problem : problemsOf(settings))
        all += problem.where() + u' ' + problem.text + u'\n';
    for (const char *word : {"\"licences\"", "human_days", "splendid", "coppice.yaml:3"})
        QVERIFY2(all.contains(QLatin1String(word)), qPrintable(all));
}

void ScoreTest::licences_data()
{
    QTest::addColumn<QString>("declared");
    QTest::addColumn<QString>("says");
    QTest::addColumn<QString>("allow");
    QTest::addColumn<QString>("deny");
    QTest::addColumn<int>("verdict");
    const auto row = [](const char *name, const char *declared, const char *says, const char *allow, const char *deny, Verdict verdict) {
        QTest::newRow(name) << QString::fromLatin1(declared) << QString::fromLatin1(says) << QString::fromLatin1(allow) << QString::fromLatin1(deny) << int(verdict);
    };
    row("none", "", "", "", "", Verdict::Bad);
    row("one", "MIT", "", "", "", Verdict::Good);
    row("the text alone", "", "Apache-2.0", "", "", Verdict::Good);
    row("both agree", "AGPL-3.0-only", "AGPL-3.0", "", "", Verdict::Good);
    row("both differ", "MIT", "GPL-3.0", "", "", Verdict::Bad);
    row("nobody may use it", "UNLICENSED", "", "", "", Verdict::Bad);
    row("which is allowed here", "UNLICENSED", "", "UNLICENSED,MIT", "", Verdict::Good);
    row("denied", "(MIT OR AGPL-3.0-or-later)", "", "", "AGPL-3.0", Verdict::Bad);
    row("one of two is allowed", "MIT OR GPL-2.0", "", "MIT", "", Verdict::Good);
    row("none is allowed", "GPL-2.0", "", "MIT", "", Verdict::Bad);
}

void ScoreTest::licences()
{
    QFETCH(QString, declared);
    QFETCH(QString, says);
    QFETCH(QString, allow);
    QFETCH(QString, deny);
    QFETCH(int, verdict);
    auto facts = well();
    facts[u"licence"_s].value = {{u"declared"_s, declared}, {u"file_says"_s, says}, {u"file"_s, says.isEmpty() ? QString() : u"LICENSE"_s}, {u"source"_s, u"package.json"_s}};
    library::HealthSettings settings;
    settings.licencesAllowed = allow.split(u',', Qt::SkipEmptyParts);
    settings.licencesDenied = deny.split(u',', Qt::SkipEmptyParts);
    QCOMPARE(int(signalOf(scoreOf(plugin(), facts, settings, now), u"licence"_s).verdict), verdict);
}

COPPICE_TEST(ScoreTest)
#include "score_test.moc"
