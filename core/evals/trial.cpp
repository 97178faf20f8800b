// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/trial.h"

#include <QJsonArray>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr runs::Run::Failure failures[]{runs::Run::Failure::None,  runs::Run::Failure::Agent,  runs::Run::Failure::Machine,
                                        runs::Run::Failure::Limit, runs::Run::Failure::Budget, runs::Run::Failure::Check};

QJsonArray findingsToJson(const std::vector<Finding> &findings)
{
    QJsonArray array;
    for (const auto &finding : findings)
        array.append(QJsonObject{{u"kind"_s, finding.kind}, {u"text"_s, finding.text}, {u"counts"_s, finding.counts}});
    return array;
}

QJsonArray stepsToJson(const std::vector<StepGrade> &steps)
{
    QJsonArray array;
    for (const auto &step : steps)
        array.append(QJsonObject{{u"step"_s, step.step}, {u"kind"_s, step.kind}, {u"followed"_s, nameOf(step.followed)}, {u"attempts"_s, step.attempts}, {u"why"_s, step.why}});
    return array;
}

QJsonArray testsToJson(const std::vector<TestResult> &tests)
{
    QJsonArray array;
    for (const auto &test : tests)
        array.append(QJsonObject{{u"name"_s, test.name}, {u"role"_s, test.role}, {u"passed"_s, test.passed ? QJsonValue(*test.passed) : QJsonValue()}});
    return array;
}

} // namespace

QString nameOf(StepGrade::Followed followed)
{
    return followed == StepGrade::Followed::Yes ? u"yes"_s : followed == StepGrade::Followed::No ? u"no"_s : u"skipped"_s;
}

QJsonObject toJson(const Trial &trial)
{
    return {{u"task"_s, trial.task},
            {u"passed"_s, trial.passed},
            {u"plugin"_s, trial.plugin},
            {u"level"_s, trial.level},
            {u"expects"_s, trial.expects},
            {u"client"_s, trial.client},
            {u"model"_s, trial.model},
            {u"arm"_s, trial.arm},
            {u"instructions"_s, trial.instructions},
            {u"playbook"_s, trial.playbook},
            {u"task_hash"_s, QString::fromLatin1(trial.taskHash)},
            {u"number"_s, trial.number},
            {u"run"_s, trial.run},
            {u"counts"_s, trial.counts()},
            {u"failure"_s, runs::nameOf(trial.failure)},
            {u"outcome"_s, trial.outcome},
            {u"reason"_s, trial.reason},
            {u"findings"_s, findingsToJson(trial.findings)},
            {u"steps"_s, stepsToJson(trial.steps)},
            {u"tests"_s, testsToJson(trial.tests)},
            {u"changed"_s, QJsonArray::fromStringList(trial.changed)},
            {u"seconds"_s, trial.seconds},
            {u"cost_usd"_s, double(trial.cost.micros) / 1e6},
            {u"tokens"_s, QJsonObject{{u"input"_s, trial.inputTokens}, {u"output"_s, trial.outputTokens}}},
            {u"denials"_s, trial.denials},
            {u"at"_s, trial.at},
            {u"folder"_s, trial.folder}};
}

Result<Trial> trialFromJson(const QJsonObject &object)
{
    Trial trial;
    trial.task = object[u"task"].toString();
    if (trial.task.isEmpty() || !object[u"passed"].isBool() || !object[u"number"].isDouble())
        return fail(u"eval.record"_s, u"This is no record of a trial"_s);
    trial.passed = object[u"passed"].toBool();
    trial.plugin = object[u"plugin"].toString();
    trial.level = object[u"level"].toString();
    trial.expects = object[u"expects"].toString();
    trial.client = object[u"client"].toString();
    trial.model = object[u"model"].toString();
    trial.arm = object[u"arm"].toString();
    trial.instructions = object[u"instructions"].toString();
    trial.playbook = object[u"playbook"].toString();
    trial.taskHash = object[u"task_hash"].toString().toLatin1();
    trial.number = object[u"number"].toInt();
    trial.run = object[u"run"].toString();
    const QString failure = object[u"failure"].toString();
    for (const auto one : failures) {
        if (runs::nameOf(one) == failure)
            trial.failure = one;
    }
    trial.outcome = object[u"outcome"].toString();
    trial.reason = object[u"reason"].toString();
    for (const auto &item : object[u"findings"].toArray())
        trial.findings.push_back({item[u"kind"].toString(), item[u"text"].toString(), item[u"counts"].toBool(true)});
    for (const auto &item : object[u"steps"].toArray()) {
        const QString followed = item[u"followed"].toString();
        trial.steps.push_back({item[u"step"].toString(), item[u"kind"].toString(),
                               followed == u"yes" ? StepGrade::Followed::Yes : followed == u"skipped" ? StepGrade::Followed::Skipped : StepGrade::Followed::No,
                               item[u"attempts"].toInt(), item[u"why"].toString()});
    }
    for (const auto &item : object[u"tests"].toArray())
        trial.tests.push_back({item[u"name"].toString(), item[u"role"].toString(), item[u"passed"].isBool() ? std::optional(item[u"passed"].toBool()) : std::nullopt});
    for (const auto &item : object[u"changed"].toArray())
        trial.changed << item.toString();
    trial.seconds = object[u"seconds"].toDouble();
    trial.cost.micros = qRound64(object[u"cost_usd"].toDouble() * 1e6);
    trial.inputTokens = object[u"tokens"][u"input"].toInteger();
    trial.outputTokens = object[u"tokens"][u"output"].toInteger();
    trial.denials = object[u"denials"].toInt();
    trial.at = object[u"at"].toInteger();
    trial.folder = object[u"folder"].toString();
    return trial;
}

} // namespace coppice::evals
