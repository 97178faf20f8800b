// SPDX-License-Identifier: GPL-3.0-or-later
// The report for programs and spreadsheets.
#include "evals/report.h"

#include "base/clock.h"

#include <QJsonArray>

#include <cmath>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

QString cell(QString text)
{
    // a spreadsheet takes these beginnings for formulas
    if (!text.isEmpty() && QStringView(u"=+-@\t\r").contains(text.front()))
        text.prepend(u'\'');
    if (text.contains(u'"') || text.contains(u',') || text.contains(u'\n') || text.contains(u'\r') || text.startsWith(u'\''))
        text = u'"' + text.replace(u'"', u"\"\""_s) + u'"';
    return text;
}
QString number(double value)
{
    return std::isfinite(value) ? QString::number(value, 'g', 12) : QString();
}

QString line(const ReportArm &arm, const QString &scope, const QString &level, const QString &task, const Sum &sum)
{
    const bool several = sum.most > 0;
    const QStringList cells{scope, cell(level), cell(task), cell(arm.arm.client), cell(arm.arm.model), cell(arm.arm.name), cell(arm.arm.instructions),
                            QString::number(sum.tasks), QString::number(sum.trials), QString::number(sum.passed), number(sum.rate), number(sum.wilson.low), number(sum.wilson.high),
                            number(sum.clustered.low), number(sum.clustered.high), QString::number(sum.most), several ? number(sum.passAt.back()) : QString(),
                            several ? number(sum.passHat.back()) : QString(), number(sum.seconds.median), number(sum.seconds.p90), number(sum.cost.median), number(sum.costOfPassed),
                            QString::number(sum.inputTokens), QString::number(sum.outputTokens), QString::number(sum.denials), QString::number(sum.machine), QString::number(sum.limit)};
    return cells.join(u',');
}

QString nameOf(Judgement::Kind kind)
{
    switch (kind) {
    case Judgement::Kind::Better: return u"better"_s;
    case Judgement::Kind::Worse: return u"worse"_s;
    case Judgement::Kind::Alike: return u"alike"_s;
    case Judgement::Kind::TooFew: return u"too-few"_s;
    }
    return {};
}

std::vector<Trial> trialsOf(const Report &report, const std::vector<int> &places)
{
    std::vector<Trial> own;
    for (const int i : places)
        own.push_back(report.trials[size_t(i)]);
    return own;
}

QJsonArray tasksToJson(const Report &report)
{
    QJsonArray tasks;
    for (const auto &task : report.tasks) {
        QJsonArray arms;
        for (size_t arm = 0; arm < task.cells.size(); ++arm) {
            if (task.cells[arm].empty())
                continue;
            QJsonArray trials;
            for (const int i : task.cells[arm]) {
                const Trial &trial = report.trials[size_t(i)];
                trials.append(QJsonObject{{u"number"_s, trial.number}, {u"grade"_s, gradeOf(trial)}, {u"reason"_s, trial.reason}, {u"seconds"_s, trial.seconds}});
            }
            arms.append(QJsonObject{{u"arm"_s, report.arms[arm].name}, {u"trials"_s, trials}});
        }
        tasks.append(QJsonObject{{u"task"_s, task.task}, {u"level"_s, task.level}, {u"plugin"_s, task.plugin}, {u"expects"_s, task.expects}, {u"changed"_s, task.changed}, {u"arms"_s, arms}});
    }
    return tasks;
}

} // namespace

QByteArray toCsv(const Report &report)
{
    QStringList lines{u"scope,level,task,client,model,arm,instructions,tasks,trials,passed,rate,wilson_low,wilson_high,clustered_low,clustered_high,k,pass_at_k,pass_hat_k,"
                      "median_seconds,p90_seconds,median_cost_usd,cost_usd_per_passed,input_tokens,output_tokens,denials,machine,limit"_s};
    for (size_t arm = 0; arm < report.arms.size(); ++arm) {
        const auto &one = report.arms[arm];
        lines << line(one, u"all"_s, {}, {}, one.all);
        for (const auto &[level, sum] : one.levels)
            lines << line(one, u"level"_s, level, {}, sum);
        for (const auto &task : report.tasks) {
            if (!task.cells[arm].empty())
                lines << line(one, u"task"_s, task.level, task.task, sumOf(trialsOf(report, task.cells[arm])));
        }
    }
    return (lines.join(u"\r\n"_s) + u"\r\n"_s).toUtf8();
}

QJsonObject toJson(const Report &report)
{
    QJsonArray arms, causes, broken, comparisons;
    for (const auto &one : report.arms) {
        QJsonObject object = toJson(one.arm), levels;
        for (const auto &[level, sum] : one.levels)
            levels[level] = toJson(sum);
        object[u"name"_s] = one.name;
        object[u"first"_s] = one.first;
        object[u"last"_s] = one.last;
        object[u"all"_s] = toJson(one.all);
        object[u"levels"_s] = levels;
        arms.append(object);
    }
    for (const auto &one : report.causes)
        causes.append(QJsonObject{{u"arm"_s, report.arms[size_t(one.arm)].name}, {u"kind"_s, one.kind}, {u"meaning"_s, one.meaning}, {u"trials"_s, one.trials},
                                  {u"tasks"_s, QJsonArray::fromStringList(one.tasks)}, {u"example"_s, one.example}});
    for (const auto &one : report.broken)
        broken.append(QJsonObject{{u"arm"_s, report.arms[size_t(one.arm)].name}, {u"failure"_s, one.failure}, {u"reason"_s, one.reason}, {u"trials"_s, one.trials},
                                  {u"tasks"_s, QJsonArray::fromStringList(one.tasks)}});
    for (const auto &one : report.comparisons) {
        QJsonObject object = toJson(one.figures);
        object[u"first_name"_s] = report.arms[size_t(one.first)].name;
        object[u"second_name"_s] = report.arms[size_t(one.second)].name;
        object[u"verdict"_s] = nameOf(one.judgement.kind);
        object[u"sentence"_s] = one.judgement.sentence;
        comparisons.append(object);
    }
    return {{u"name"_s, report.name},
            {u"at"_s, report.at},
            {u"first"_s, report.first},
            {u"last"_s, report.last},
            {u"trials"_s, qint64(report.trials.size())},
            {u"counted"_s, report.counted},
            {u"not_counted"_s, report.uncounted},
            {u"tested"_s, testedSentence(report)},
            {u"results"_s, QJsonArray::fromStringList(resultSentences(report))},
            {u"instructions_help"_s, instructionsSentence(report)},
            {u"arms"_s, arms},
            {u"comparisons"_s, comparisons},
            {u"causes"_s, causes},
            {u"broken"_s, broken},
            {u"tasks"_s, tasksToJson(report)}};
}

} // namespace coppice::evals
