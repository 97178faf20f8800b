// SPDX-License-Identifier: GPL-3.0-or-later
// What trials come to, and two arms side by side.
#include "support/scratch.h"
#include "support/test_main.h"

#include <evals/comparison.h>
#include <git/tree_edit.h>

#include <QTest>

#include <cmath>

using namespace coppice;
using namespace coppice::evals;
using namespace Qt::StringLiterals;

namespace {

Trial trialOf(const QString &task, int number, bool passed, const QString &arm = u"shipped"_s)
{
    Trial trial;
    trial.task = task;
    trial.level = task.left(1);
    trial.number = number;
    trial.passed = passed;
    trial.client = u"c"_s;
    trial.arm = arm;
    trial.instructions = arm == u"none" ? QString() : u"t"_s;
    trial.playbook = u"fix"_s;
    trial.taskHash = task.toLatin1();
    trial.seconds = 10;
    trial.cost.micros = 500'000;
    trial.steps = {{u"change"_s, u"agent"_s, passed ? StepGrade::Followed::Yes : StepGrade::Followed::No, 1, {}}};
    if (!passed)
        trial.findings = {{u"scope"_s, {}}, {u"scope"_s, {}}};
    return trial;
}

Trial brokenTrial(const QString &task, int number, runs::Run::Failure failure)
{
    Trial trial = trialOf(task, number, false);
    trial.failure = failure;
    trial.instructions.clear();
    return trial;
}

/// `first` and `second`: how many of `tries` pass, for each of 24 tasks.
Comparison compared(const std::function<int(int)> &first, const std::function<int(int)> &second, int tries, int tasks = 24)
{
    std::vector<Trial> a, b;
    for (int task = 0; task < tasks; ++task) {
        for (int number = 0; number < tries; ++number) {
            a.push_back(trialOf(u"t%1"_s.arg(task), number + 1, number < first(task)));
            b.push_back(trialOf(u"t%1"_s.arg(task), number + 1, number < second(task), u"none"_s));
        }
    }
    return compare({u"c"_s, {}, u"shipped"_s, u"t"_s}, a, {u"c"_s, {}, u"none"_s, {}}, b);
}

} // namespace

class SummaryTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sums()
    {
        std::vector<Trial> trials{trialOf(u"a"_s, 1, true), trialOf(u"a"_s, 2, true), trialOf(u"b"_s, 1, false), trialOf(u"b"_s, 2, true),
                                  brokenTrial(u"b"_s, 3, runs::Run::Failure::Machine), brokenTrial(u"a"_s, 3, runs::Run::Failure::Limit)};
        const Sum sum = sumOf(trials);
        QCOMPARE(sum.trials, 4);
        QCOMPARE(sum.passed, 3);
        QCOMPARE(sum.machine, 1);
        QCOMPARE(sum.limit, 1);
        QCOMPARE(sum.rate, 0.75);
        QCOMPARE(sum.wilson.low, wilson(3, 4).low);
        QCOMPARE(sum.most, 2);
        QCOMPARE(sum.passAt[1], 1.0);  // both tasks passed once at least
        QCOMPARE(sum.passHat[1], 0.5); // one of them each time
        QCOMPARE(sum.seconds.median, 10.0);
        QCOMPARE(sum.costOfPassed, 1.0); // six trials at 0.5 were paid for, three passed
        QCOMPARE(sum.findings[u"scope"_s], 1);
        QCOMPARE(sum.steps[u"fix: change"_s].yes, 3);
        QCOMPARE(sum.steps[u"fix: change"_s].no, 1);
        QCOMPARE(byLevel(trials).size(), 2);
        const Sum none = sumOf({});
        QVERIFY(std::isnan(none.rate) && none.most == 0 && toJson(none)[u"rate"].isNull());
        // All passed: there is uncertainty all the same, by the number of tasks and not of trials.
        const Sum good = sumOf({trialOf(u"a"_s, 1, true), trialOf(u"a"_s, 2, true), trialOf(u"b"_s, 1, true), trialOf(u"b"_s, 2, true)});
        QCOMPARE(good.clustered.low, wilson(2, 2).low);
    }
    void arms()
    {
        const auto arms = byArm({trialOf(u"a"_s, 1, true), trialOf(u"a"_s, 1, true, u"none"_s), brokenTrial(u"b"_s, 1, runs::Run::Failure::Machine)});
        QCOMPARE(arms.size(), 2U);
        QCOMPARE(arms[0].second.size(), 2U); // one that broke before it read its instructions belongs to the arm of its name
        QVERIFY(arms[1].first.instructions.isEmpty());
    }
    void pairs()
    {
        const auto once = compared([](int task) { return task < 18; }, [](int task) { return task >= 6; }, 1);
        QCOMPARE(once.intervalBy, u"newcombe"_s);
        QCOMPARE(once.pBy, u"mcnemar"_s);
        QCOMPARE(once.difference, 0.0);
        QCOMPARE(once.better, 6);
        QCOMPARE(once.worse, 6);
        QCOMPARE(once.p, 1.0);
        const auto worse = compared([](int) { return 1; }, [](int task) { return task < 12; }, 1);
        QCOMPARE(worse.difference, -0.5);
        QVERIFY(worse.interval.low < -0.5 && worse.interval.high > -0.5 && worse.interval.high < -0.25);
        QCOMPARE(worse.p, mcnemarExact(12, 0));
        const auto often = compared([](int task) { return task % 5; }, [](int task) { return task % 5; }, 4);
        QCOMPARE(often.intervalBy, u"tasks"_s);
        QCOMPARE(often.p, 1.0);
        QCOMPARE(often.secondsRatio, 1.0);
    }
    void whatCannotBeCompared()
    {
        std::vector<Trial> a{trialOf(u"a"_s, 1, true), trialOf(u"b"_s, 1, true), trialOf(u"c"_s, 1, true), trialOf(u"d"_s, 1, true)};
        std::vector<Trial> b{trialOf(u"a"_s, 1, true), trialOf(u"b"_s, 1, true), brokenTrial(u"c"_s, 1, runs::Run::Failure::Limit), trialOf(u"e"_s, 1, true)};
        b[1].taskHash = "another";
        const auto comparison = compare({}, a, {}, b);
        QCOMPARE(comparison.pairs.size(), 1U);
        QCOMPARE(comparison.changed, QStringList{u"b"_s});
        QCOMPARE(QSet<QString>(comparison.missing.begin(), comparison.missing.end()), (QSet<QString>{u"c"_s, u"d"_s, u"e"_s}));
        QCOMPARE(comparison.uncounted, 1);
        QVERIFY(std::isnan(compare({}, {}, {}, {}).difference));
    }
    void gates()
    {
        using Verdict = Gate::Verdict;
        const auto all = [](int) { return 5; };
        // Nothing differs on 60 tasks: no worse. On five nothing is decided.
        QCOMPARE(gateOf(compared(all, all, 5, 60), {}).verdict, Verdict::Pass);
        QCOMPARE(gateOf(compared(all, all, 5, 5), {}).verdict, Verdict::Undecided);
        QCOMPARE(gateOf(compared(all, [](int task) { return task % 2 ? 5 : 3; }, 5), {}).verdict, Verdict::Fail);
        // Surely worse, though by less than the margin.
        QCOMPARE(gateOf(compared([](int) { return 10; }, [](int) { return 9; }, 10, 40), {0.6, 0, 10}).verdict, Verdict::Fail);
        QCOMPARE(gateOf(compared([](int) { return 1; }, [](int task) { return task > 0; }, 1), {}).verdict, Verdict::Undecided);
        const auto better = compared([](int task) { return task % 2 ? 0 : 5; }, all, 5);
        QCOMPARE(gateOf(better, {}).verdict, Verdict::Pass);
        QCOMPARE(gateOf(better, {0.1, 1.0, 10}).verdict, Verdict::Pass);
        QCOMPARE(gateOf(compared([](int) { return 0; }, [](int) { return 1; }, 5), {0.1, 0.5, 10}).verdict, Verdict::Fail);
    }
    /// The templates that a library would have with a patch: those that are to be tried before it lands.
    void templatesOfAPatch()
    {
        const test::Scratch scratch;
        auto repository = git::Repository::initBare(scratch.path(u"l.git"_s));
        QVERIFY_RESULT(repository);
        const auto file = [&](const QByteArray &bytes) { return git::TreeEntry{{}, git::Mode::File, *repository->writeBlob(bytes)}; };
        const git::Oid empty = *repository->writeTree({});
        const git::Oid root = *git::editTree(*repository, empty, {{"templates/instructions/a.md", file("old")}, {"templates/b", file("b")}, {"x", file("x")}});
        const git::Signature by{"a", "a@b", 1, 0};
        const git::Oid head = *repository->writeCommit(root, {}, by, by, "m");
        review::Revision revision;
        revision.base = *git::editTree(*repository, empty, {{"templates/instructions/a.md", file("old")}});
        revision.result = *git::editTree(*repository, empty, {{"templates/instructions/a.md", file("new")}});
        const auto with = templatesWith(*repository, head, revision);
        QVERIFY_RESULT(with);
        const git::Oid expected = *git::editTree(*repository, empty, {{"instructions/a.md", file("new")}, {"b", file("b")}});
        QCOMPARE(*with, expected);
        QVERIFY(*with != *templatesAt(*repository, head));
        // Staged: agents would follow it once it is promoted, so that is what is tried.
        review::Revision staging;
        staging.base = empty;
        staging.result = *git::editTree(*repository, empty, {{"templates/next/instructions/a.md", file("new")}});
        const auto promoted = repository->entryAt(*templatesWith(*repository, head, staging), "instructions/a.md");
        QCOMPARE((*promoted)->id, file("new").id);
        revision.base = revision.result;
        QVERIFY(!templatesWith(*repository, head, revision));
    }
};
COPPICE_TEST(SummaryTest)
#include "summary_test.moc"
