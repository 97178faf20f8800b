// SPDX-License-Identifier: GPL-3.0-or-later
// One report, the same numbers in every form.
#include "support/scratch.h"
#include "support/test_main.h"

#include <evals/report.h>
#include <evals/trial_sets.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <QXmlStreamReader>

#include <cmath>
#include <limits>

using namespace coppice;
using namespace coppice::evals;
using namespace Qt::StringLiterals;

namespace {

Trial made(const QString &task, const QString &level, const QString &arm, int number, bool passed)
{
    Trial trial;
    trial.task = task;
    trial.level = level;
    trial.plugin = u"invoice"_s;
    trial.client = u"agent"_s;
    trial.arm = arm;
    trial.instructions = arm == u"none" ? QString() : u"0123456789abcdef"_s;
    trial.taskHash = task.toLatin1();
    trial.number = number;
    trial.passed = passed;
    trial.seconds = 30 + number;
    trial.cost.micros = 250'000;
    trial.at = 1'795'000'000'000 + number * 1000;
    if (!passed)
        trial.findings = {{u"not-turned"_s, u"Still failing: <b>one</b> & \"two\"."_s}, {u"scope"_s, u"notes.txt"_s}};
    if (!passed)
        trial.reason = u"Still failing: <b>one</b> & \"two\"."_s;
    return trial;
}

/// Of 20 tasks, so many pass in each arm; two tries of each.
std::vector<Trial> suite(int withInstructions, int without)
{
    std::vector<Trial> trials;
    for (int task = 0; task < 20; ++task) {
        for (int number = 1; number <= 2; ++number) {
            const QString name = u"task-%1"_s.arg(task, 2, 10, QChar(u'0')), level = task < 10 ? u"failing-test"_s : u"ticket"_s;
            trials.push_back(made(name, level, u"shipped"_s, number, task < withInstructions));
            trials.push_back(made(name, level, u"none"_s, number, task < without));
        }
    }
    Trial broken = made(u"task-19"_s, u"ticket"_s, u"shipped"_s, 3, false);
    broken.failure = runs::Run::Failure::Machine;
    broken.instructions.clear();
    broken.findings.clear();
    broken.reason = u"The disk is full"_s;
    trials.push_back(broken);
    return trials;
}

QList<QStringList> csvOf(const Report &report)
{
    QList<QStringList> rows;
    const auto lines = QString::fromUtf8(toCsv(report)).split(u"\r\n"_s, Qt::SkipEmptyParts);
    for (const QString &line : lines)
        rows << line.split(u',');
    return rows;
}

} // namespace

class ReportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsWhatCounts()
    {
        const auto report = makeReport(suite(16, 8), u"suite"_s, 1);
        QCOMPARE(report.arms.size(), 2u);
        QCOMPARE(report.counted, 80);
        QCOMPARE(report.uncounted, 1);
        QCOMPARE(report.arms[0].name, u"agent with shipped"_s);
        QCOMPARE(report.arms[0].all.passed, 32);
        QCOMPARE(report.arms[0].all.trials, 40);
        QCOMPARE(report.arms[0].all.machine, 1); // what broke before the instructions were read is not an arm of its own
        QCOMPARE(report.arms[0].levels.size(), 2u);
        QCOMPARE(report.arms[0].levels[1].second.passed, 12);
        QCOMPARE(report.tasks.size(), 20u);
        QCOMPARE(report.tasks.back().cells[0].size(), 3u);
        QCOMPARE(report.tasks.back().cells[1].size(), 2u);
    }

    void machinesAreApartFromAgents()
    {
        const auto report = makeReport(suite(16, 8), u"suite"_s, 1);
        QCOMPARE(report.broken.size(), 1u);
        QCOMPARE(report.broken[0].reason, u"The disk is full"_s);
        for (const auto &cause : report.causes)
            QVERIFY(!cause.example.contains(u"disk"));
        QCOMPARE(report.causes[0].arm, 0);
        QCOMPARE(report.causes[0].trials, 8);
        QCOMPARE(report.causes[0].tasks.size(), 4);
        QCOMPARE(report.causes.size(), 4u); // two kinds in each arm
    }

    void sameNumbersInEveryForm()
    {
        const auto report = makeReport(suite(16, 8), u"suite"_s, 1);
        const auto json = toJson(report);
        const QString html = toHtml(report);
        const auto rows = csvOf(report);
        const auto column = [&](const char *name) { return rows[0].indexOf(QString::fromLatin1(name)); };
        QCOMPARE(rows.size(), 1 + 2 * (1 + 2 + 20));
        int arms = 0;
        for (const auto &row : rows) {
            if (row[0] != u"all")
                continue;
            const auto all = json[u"arms"][arms++][u"all"];
            QCOMPARE(row[column("trials")].toInt(), all[u"trials"].toInt());
            QCOMPARE(row[column("passed")].toInt(), all[u"passed"].toInt());
            QVERIFY(std::abs(row[column("rate")].toDouble() - all[u"rate"].toDouble()) < 1e-9);
            QVERIFY(std::abs(row[column("wilson_low")].toDouble() - all[u"wilson"][u"low"].toDouble()) < 1e-9);
            QVERIFY(std::abs(row[column("pass_hat_k")].toDouble() - all[u"pass_hat"][1].toDouble()) < 1e-9);
            QCOMPARE(row[column("machine")].toInt(), all[u"not_counted"][u"machine"].toInt());
            QVERIFY(html.contains(u"%1 of %2"_s.arg(all[u"passed"].toInt()).arg(all[u"trials"].toInt())));
            QVERIFY(html.contains(percentText(all[u"rate"].toDouble())));
            QVERIFY(html.contains(rangeText({all[u"wilson"][u"low"].toDouble(), all[u"wilson"][u"high"].toDouble()})));
        }
        QCOMPARE(arms, 2);
        const auto comparison = json[u"comparisons"][0];
        QVERIFY(html.contains(pointsText(comparison[u"difference"].toDouble())));
        QVERIFY(html.contains(json[u"instructions_help"].toString().toHtmlEscaped()));
        QVERIFY(html.contains(json[u"tested"].toString().toHtmlEscaped()));
    }

    void saysWhetherInstructionsHelp()
    {
        using Kind = Judgement::Kind;
        const auto kind = [](int with, int without) {
            const auto report = makeReport(suite(with, without), u"s"_s, 1);
            return report.comparisons.at(0).judgement.kind;
        };
        QCOMPARE(kind(16, 8), Kind::Better);
        QCOMPARE(kind(8, 16), Kind::Worse);
        QCOMPARE(kind(11, 9), Kind::TooFew);
        QCOMPARE(kind(12, 12), Kind::TooFew); // nothing differed on 20 tasks: one in six may still
        const auto report = makeReport(suite(16, 8), u"s"_s, 1);
        QVERIFY2(instructionsSentence(report).startsWith(u"agent with shipped does better than agent with none: +40.0 points (95 %: "_s), qPrintable(instructionsSentence(report)));
    }

    void fewTasksDecideNothing()
    {
        std::vector<Trial> trials;
        for (int task = 0; task < 5; ++task) {
            trials.push_back(made(u"t%1"_s.arg(task), u"l"_s, u"shipped"_s, 1, true));
            trials.push_back(made(u"t%1"_s.arg(task), u"l"_s, u"none"_s, 1, false));
        }
        const auto report = makeReport(trials, u"s"_s, 1);
        QCOMPARE(report.comparisons.size(), 1u);
        QCOMPARE(report.comparisons[0].judgement.kind, Judgement::Kind::TooFew);
        QVERIFY(instructionsSentence(report).startsWith(u"Too few tasks to tell"_s));
    }

    void manyAlikeAreAlike()
    {
        std::vector<Trial> trials;
        for (int task = 0; task < 60; ++task) {
            trials.push_back(made(u"t%1"_s.arg(task), u"l"_s, u"shipped"_s, 1, task % 2 == 0));
            trials.push_back(made(u"t%1"_s.arg(task), u"l"_s, u"none"_s, 1, task % 2 == 0));
        }
        const auto report = makeReport(trials, u"s"_s, 1);
        QCOMPARE(report.comparisons[0].judgement.kind, Judgement::Kind::Alike);
    }

    void withoutAnArmWithoutNothingIsClaimed()
    {
        auto trials = suite(16, 8);
        std::erase_if(trials, [](const Trial &trial) { return trial.arm == u"none"; });
        const auto report = makeReport(trials, u"s"_s, 1);
        QVERIFY(report.comparisons.empty());
        QVERIFY(instructionsSentence(report).contains(u"--instructions none"_s));
    }

    void onlyBrokenTrials()
    {
        auto trials = suite(16, 8);
        for (auto &trial : trials)
            trial.failure = runs::Run::Failure::Limit;
        const auto report = makeReport(trials, u"s"_s, 1);
        QCOMPARE(report.counted, 0);
        const QString html = toHtml(report);
        QVERIFY(html.contains(u"no trial counts"_s));
        QVERIFY(!html.contains(u"nan"_s));
        QVERIFY(!toCsv(report).contains("nan"));
        QVERIFY(makeReport({}, u"nothing"_s, 1).arms.empty());
        QVERIFY(!toHtml(makeReport({}, u"nothing"_s, 1)).isEmpty());
    }

    void textFromOutsideStaysText()
    {
        auto trials = suite(16, 8);
        const QString evil = u"<script>alert(1)</script>&\"'"_s;
        for (auto &trial : trials) {
            trial.task = evil + trial.task;
            trial.client = evil;
            trial.level += evil;
            trial.playbook = evil;
            trial.reason = evil;
            trial.steps = {{evil, u"agent"_s, StepGrade::Followed::Yes, 1, {}}};
            for (auto &finding : trial.findings)
                finding = {u"odd"_s + evil, evil};
        }
        trials.back().reason = u"=1+1\n\x1b[31m"_s;
        const auto report = makeReport(trials, evil, 1);
        const QString html = toHtml(report);
        QVERIFY(html.contains(u"&lt;script&gt;"_s));
        QVERIFY(!html.contains(u"<script"_s));
        QVERIFY(!html.contains(QChar(0x1b)));
        for (const auto &one : report.comparisons)
            QVERIFY(html.contains(one.judgement.sentence.toHtmlEscaped()));

        trials = suite(2, 1);
        for (auto &trial : trials)
            trial.client = u"=HYPERLINK(1,2)"_s;
        QVERIFY(toCsv(makeReport(trials, u"s"_s, 1)).contains("\"'=HYPERLINK(1,2)\""));
    }

    void figuresAreWellFormed_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::newRow("middle") << 0.5 << 0.4 << 0.6;
        QTest::newRow("ends") << 1.0 << 0.9 << 1.0;
        QTest::newRow("beyond") << 1.5 << -3.0 << 3.0;
        QTest::newRow("unknown") << std::numeric_limits<double>::quiet_NaN() << std::numeric_limits<double>::quiet_NaN() << 1.0;
    }
    void figuresAreWellFormed()
    {
        QFETCH(double, value);
        QFETCH(double, low);
        QFETCH(double, high);
        for (const QString &svg : {successSvg(value, {low, high}, 200), differenceSvg(value, {low, high}, 200, Judgement::Kind::Better)}) {
            QXmlStreamReader reader(svg);
            int dots = 0;
            while (!reader.atEnd()) {
                if (reader.readNext() == QXmlStreamReader::StartElement && reader.name() == u"circle") {
                    ++dots;
                    const double x = reader.attributes().value("cx"_L1).toDouble();
                    QVERIFY(x >= 0 && x <= 200);
                }
            }
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
            QCOMPARE(dots, std::isfinite(value) ? 1 : 0);
        }
    }

    void aFolderNamesOnlyWhatLiesInIt()
    {
        test::Scratch scratch;
        const QString home = scratch.path(u"evals"_s);
        QVERIFY(readTrialSets(home).sets.empty());
        {
            auto store = TrialStore::open(home + u"/one"_s);
            QVERIFY(store);
            Trial good = made(u"a"_s, u"l"_s, u"shipped"_s, 1, true);
            good.folder = TrialStore::folderOf(good);
            QVERIFY(QDir().mkpath(home + u"/one/"_s + good.folder));
            QVERIFY((*store)->add(good));
            Trial bad = made(u"b"_s, u"l"_s, u"shipped"_s, 1, true);
            bad.folder = u"../.."_s;
            QVERIFY((*store)->add(bad));
        }
        QVERIFY(QDir().mkpath(home + u"/empty"_s));
        QVERIFY(QDir().mkpath(home + u"/odd"_s));
        QFile odd(home + u"/odd/trials.jsonl"_s);
        QVERIFY(odd.open(QIODevice::WriteOnly) && odd.write("{\"nothing\":1}\n") > 0);
        odd.close();
        const auto read = readTrialSets(home, {home + u"/one/"_s});
        QCOMPARE(read.sets.size(), 1u); // also named twice
        QCOMPARE(read.broken.size(), 1u);
        QCOMPARE(read.sets[0].name, u"one"_s);
        QVERIFY(QDir(read.sets[0].trials[0].folder).exists());
        QVERIFY(read.sets[0].trials[1].folder.isEmpty());
        const auto twice = allTrials({read.sets[0], read.sets[0]});
        QCOMPARE(twice.size(), 4u);
        QCOMPARE(makeReport(twice, u"both"_s, 1).arms[0].all.most, 2);
    }
};

COPPICE_TEST(ReportTest)
#include "report_test.moc"
