// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/comparison.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <limits>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// One side's counted trials of one task.
struct Side {
    int trials = 0, passed = 0;
    double seconds = 0, cost = 0;
    QString level;
    QByteArray hash;
    bool mixed = false; ///< the task changed between its trials
};

QMap<QString, Side> sidesOf(const std::vector<Trial> &trials, int &uncounted)
{
    QMap<QString, Side> sides;
    for (const auto &trial : trials) {
        if (!trial.counts()) {
            ++uncounted;
            continue;
        }
        Side &side = sides[trial.task];
        side.mixed = side.mixed || (side.trials > 0 && side.hash != trial.taskHash);
        side.hash = trial.taskHash;
        side.level = trial.level;
        ++side.trials;
        side.passed += trial.passed ? 1 : 0;
        side.seconds += trial.seconds;
        side.cost += double(trial.cost.micros) / 1e6;
    }
    return sides;
}

void judge(Comparison &comparison)
{
    bool single = true;
    int both = 0, onlyFirst = 0, onlySecond = 0, neither = 0;
    std::vector<double> differences;
    std::vector<Cluster> clusters;
    for (const auto &pair : comparison.pairs) {
        single = single && pair.trialsFirst == 1 && pair.trialsSecond == 1;
        const double difference = pair.difference();
        differences.push_back(difference);
        clusters.push_back({difference, 1});
        comparison.better += difference > 0 ? 1 : 0;
        comparison.worse += difference < 0 ? 1 : 0;
        ++(pair.passedFirst ? (pair.passedSecond ? both : onlyFirst) : (pair.passedSecond ? onlySecond : neither));
    }
    double sum = 0;
    for (const double one : differences)
        sum += one;
    comparison.difference = differences.empty() ? nan : sum / double(differences.size());
    comparison.intervalBy = single ? u"newcombe"_s : u"tasks"_s;
    comparison.pBy = single ? u"mcnemar"_s : u"signs"_s;
    if (single) {
        const auto turned = newcombePaired(both, onlyFirst, onlySecond, neither); // first minus second
        comparison.interval = {-turned.high, -turned.low};
        comparison.p = mcnemarExact(onlyFirst, onlySecond);
    } else {
        comparison.interval = clusteredMean(clusters, lotsSeed);
        comparison.p = signFlipTest(differences, lotsSeed);
    }
}

} // namespace

Comparison compare(const Arm &first, const std::vector<Trial> &a, const Arm &second, const std::vector<Trial> &b)
{
    Comparison comparison;
    comparison.first = first;
    comparison.second = second;
    const auto left = sidesOf(a, comparison.uncounted), right = sidesOf(b, comparison.uncounted);
    std::vector<double> seconds, cost;
    QStringList names = left.keys();
    for (const QString &name : right.keys()) {
        if (!left.contains(name))
            comparison.missing << name;
    }
    for (const QString &name : std::as_const(names)) {
        const auto there = right.constFind(name);
        if (there == right.constEnd()) {
            comparison.missing << name;
            continue;
        }
        const Side &one = left[name], &other = *there;
        if (one.mixed || other.mixed || one.hash != other.hash) {
            comparison.changed << name;
            continue;
        }
        comparison.pairs.push_back({name, one.level, one.trials, one.passed, other.trials, other.passed});
        if (one.seconds > 0 && other.seconds > 0)
            seconds.push_back((other.seconds / other.trials) / (one.seconds / one.trials));
        if (one.cost > 0 && other.cost > 0)
            cost.push_back((other.cost / other.trials) / (one.cost / one.trials));
    }
    comparison.secondsRatio = median(seconds);
    comparison.costRatio = median(cost);
    judge(comparison);
    return comparison;
}

QJsonObject toJson(const Comparison &comparison)
{
    QJsonArray pairs;
    for (const auto &pair : comparison.pairs)
        pairs.append(QJsonObject{{u"task"_s, pair.task},
                                 {u"level"_s, pair.level},
                                 {u"first"_s, QJsonObject{{u"passed"_s, pair.passedFirst}, {u"trials"_s, pair.trialsFirst}}},
                                 {u"second"_s, QJsonObject{{u"passed"_s, pair.passedSecond}, {u"trials"_s, pair.trialsSecond}}},
                                 {u"difference"_s, pair.difference()}});
    return {{u"first"_s, toJson(comparison.first)},
            {u"second"_s, toJson(comparison.second)},
            {u"difference"_s, numberOrNull(comparison.difference)},
            {u"interval"_s, toJson(comparison.interval)},
            {u"interval_by"_s, comparison.intervalBy},
            {u"p"_s, numberOrNull(comparison.p)},
            {u"p_by"_s, comparison.pBy},
            {u"better"_s, comparison.better},
            {u"worse"_s, comparison.worse},
            {u"seconds_ratio"_s, numberOrNull(comparison.secondsRatio)},
            {u"cost_ratio"_s, numberOrNull(comparison.costRatio)},
            {u"not_counted"_s, comparison.uncounted},
            {u"changed"_s, QJsonArray::fromStringList(comparison.changed)},
            {u"missing"_s, QJsonArray::fromStringList(comparison.missing)},
            {u"pairs"_s, pairs}};
}

QString nameOf(Gate::Verdict verdict)
{
    return verdict == Gate::Verdict::Pass ? u"pass"_s : verdict == Gate::Verdict::Fail ? u"fail"_s : u"undecided"_s;
}

Gate gateOf(const Comparison &comparison, const GateRule &rule)
{
    using Verdict = Gate::Verdict;
    const auto percent = [](double share) { return u"%1 %"_s.arg(share * 100, 0, 'f', 1); };
    if (int(comparison.pairs.size()) < rule.fewestTasks)
        return {Verdict::Undecided, u"Only %1 tasks were tried on both sides; at least %2 are needed."_s.arg(comparison.pairs.size()).arg(rule.fewestTasks)};
    double rate = 0;
    for (const auto &pair : comparison.pairs)
        rate += double(pair.passedSecond) / pair.trialsSecond;
    rate /= double(comparison.pairs.size());
    if (rate < rule.least)
        return {Verdict::Fail, u"%1 passed; at least %2 are asked for."_s.arg(percent(rate), percent(rule.least))};
    const QString between = u"%1 (%2 to %3)"_s.arg(percent(comparison.difference), percent(comparison.interval.low), percent(comparison.interval.high));
    if (comparison.difference < -rule.margin)
        return {Verdict::Fail, u"It is worse by more than %1: %2."_s.arg(percent(rule.margin), between)};
    if (comparison.interval.high < 0)
        return {Verdict::Fail, u"It is surely worse: %1."_s.arg(between)};
    // Where no task differed, drawing tasks shows no uncertainty, and there is some: so many may differ that were not tried.
    const bool same = comparison.better + comparison.worse == 0 && comparison.intervalBy == u"tasks";
    const double low = same ? -wilson(0, int(comparison.pairs.size())).high : comparison.interval.low;
    if (low >= -rule.margin)
        return {Verdict::Pass, u"It is not worse by more than %1: %2."_s.arg(percent(rule.margin), between)};
    return {Verdict::Undecided, u"It may be worse by more than %1, or not: %2. More trials narrow that."_s.arg(percent(rule.margin), between)};
}

} // namespace coppice::evals
