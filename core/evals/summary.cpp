// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/summary.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <limits>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int largestK = 10;

struct OfTask {
    int trials = 0, passed = 0;
};

Spread spreadOf(const std::vector<double> &values)
{
    if (values.empty())
        return {nan, nan, nan, nan};
    const auto bounds = bootstrap(values, [](const std::vector<double> &drawn) { return median(drawn); }, lotsSeed);
    return {median(values), bounds.low, bounds.high, percentile(values, 0.9)};
}

void addPassAt(Sum &sum, const QMap<QString, OfTask> &tasks)
{
    sum.most = largestK;
    for (const auto &task : tasks)
        sum.most = std::min(sum.most, task.trials);
    if (tasks.isEmpty())
        sum.most = 0;
    for (int k = 1; k <= sum.most; ++k) {
        double at = 0, hat = 0;
        for (const auto &task : tasks) {
            at += passAtK(task.trials, task.passed, k);
            hat += passHatK(task.trials, task.passed, k);
        }
        sum.passAt.push_back(at / double(tasks.size()));
        sum.passHat.push_back(hat / double(tasks.size()));
    }
}

QJsonObject spreadToJson(const Spread &spread)
{
    return {{u"median"_s, numberOrNull(spread.median)}, {u"low"_s, numberOrNull(spread.low)}, {u"high"_s, numberOrNull(spread.high)}, {u"p90"_s, numberOrNull(spread.p90)}};
}

QJsonArray numbers(const std::vector<double> &values)
{
    QJsonArray array;
    for (const double value : values)
        array.append(numberOrNull(value));
    return array;
}

} // namespace

QString Arm::toString() const
{
    return (model.isEmpty() ? client : u"%1 (%2)"_s.arg(client, model)) + u" with "_s + name;
}

std::vector<std::pair<Arm, std::vector<Trial>>> byArm(const std::vector<Trial> &trials)
{
    std::vector<std::pair<Arm, std::vector<Trial>>> arms;
    for (const auto &trial : trials) {
        const Arm arm{trial.client, trial.model, trial.arm, trial.instructions};
        // What broke before the instructions were read says nothing of them.
        const auto there = std::ranges::find_if(arms, [&](const auto &one) {
            const Arm &known = one.first;
            return known == arm || (!trial.counts() && known.client == arm.client && known.model == arm.model && known.name == arm.name);
        });
        if (there == arms.end())
            arms.push_back({arm, {trial}});
        else
            there->second.push_back(trial);
    }
    return arms;
}

QMap<QString, std::vector<Trial>> byLevel(const std::vector<Trial> &trials)
{
    QMap<QString, std::vector<Trial>> levels;
    for (const auto &trial : trials)
        levels[trial.level].push_back(trial);
    return levels;
}

Sum sumOf(const std::vector<Trial> &trials)
{
    Sum sum;
    QMap<QString, OfTask> tasks;
    std::vector<double> seconds, cost;
    double spent = 0;
    for (const auto &trial : trials) {
        spent += double(trial.cost.micros) / 1e6;
        if (!trial.counts()) {
            (trial.failure == runs::Run::Failure::Limit ? sum.limit : sum.machine) += 1;
            continue;
        }
        auto &task = tasks[trial.task];
        ++task.trials;
        task.passed += trial.passed ? 1 : 0;
        ++sum.trials;
        sum.passed += trial.passed ? 1 : 0;
        seconds.push_back(trial.seconds);
        cost.push_back(double(trial.cost.micros) / 1e6);
        sum.inputTokens += trial.inputTokens;
        sum.outputTokens += trial.outputTokens;
        sum.denials += trial.denials;
        QStringList kinds;
        for (const auto &finding : trial.findings) {
            if (!kinds.contains(finding.kind))
                kinds << finding.kind;
        }
        for (const QString &kind : std::as_const(kinds))
            ++sum.findings[kind];
        for (const auto &step : trial.steps) {
            auto &counts = sum.steps[trial.playbook + u": "_s + step.step];
            ++(step.followed == StepGrade::Followed::Yes ? counts.yes : step.followed == StepGrade::Followed::No ? counts.no : counts.skipped);
        }
    }
    sum.tasks = int(tasks.size());
    sum.rate = sum.trials ? double(sum.passed) / sum.trials : nan;
    sum.wilson = wilson(sum.passed, sum.trials);
    std::vector<Cluster> clusters;
    for (const auto &task : std::as_const(tasks))
        clusters.push_back({double(task.passed), task.trials});
    // Where all tasks went one way, drawing them again shows no uncertainty: as many independent observations as tasks.
    sum.clustered = sum.trials == 0 || sum.passed == 0 || sum.passed == sum.trials ? wilson(sum.passed ? sum.tasks : 0, sum.tasks) : clusteredMean(clusters, lotsSeed);
    addPassAt(sum, tasks);
    sum.seconds = spreadOf(seconds);
    sum.cost = spreadOf(cost);
    sum.costOfPassed = sum.passed ? spent / sum.passed : nan;
    return sum;
}

QJsonValue numberOrNull(double value)
{
    return std::isfinite(value) ? QJsonValue(value) : QJsonValue();
}

QJsonObject toJson(const Interval &interval)
{
    return {{u"low"_s, numberOrNull(interval.low)}, {u"high"_s, numberOrNull(interval.high)}};
}

QJsonObject toJson(const Arm &arm)
{
    return {{u"client"_s, arm.client}, {u"model"_s, arm.model}, {u"arm"_s, arm.name}, {u"instructions"_s, arm.instructions}};
}

QJsonObject toJson(const Sum &sum)
{
    QJsonObject findings, steps;
    for (auto it = sum.findings.begin(); it != sum.findings.end(); ++it)
        findings[it.key()] = *it;
    for (auto it = sum.steps.begin(); it != sum.steps.end(); ++it)
        steps[it.key()] = QJsonObject{{u"yes"_s, it->yes}, {u"no"_s, it->no}, {u"skipped"_s, it->skipped}};
    return {{u"tasks"_s, sum.tasks},
            {u"trials"_s, sum.trials},
            {u"passed"_s, sum.passed},
            {u"not_counted"_s, QJsonObject{{u"machine"_s, sum.machine}, {u"limit"_s, sum.limit}}},
            {u"rate"_s, numberOrNull(sum.rate)},
            {u"wilson"_s, toJson(sum.wilson)},
            {u"clustered"_s, toJson(sum.clustered)},
            {u"pass_at"_s, numbers(sum.passAt)},
            {u"pass_hat"_s, numbers(sum.passHat)},
            {u"seconds"_s, spreadToJson(sum.seconds)},
            {u"cost_usd"_s, spreadToJson(sum.cost)},
            {u"cost_usd_per_passed"_s, numberOrNull(sum.costOfPassed)},
            {u"tokens"_s, QJsonObject{{u"input"_s, sum.inputTokens}, {u"output"_s, sum.outputTokens}}},
            {u"denials"_s, sum.denials},
            {u"findings"_s, findings},
            {u"steps"_s, steps}};
}

} // namespace coppice::evals
