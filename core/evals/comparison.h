// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/summary.h"

namespace coppice::evals {

/// Two arms on the same tasks; differences are second minus first: above 0, the second is better.
struct Comparison {
    Arm first, second;
    struct Pair {
        QString task, level;
        int trialsFirst = 0, passedFirst = 0, trialsSecond = 0, passedSecond = 0;
        [[nodiscard]] double difference() const { return double(passedSecond) / trialsSecond - double(passedFirst) / trialsFirst; }
    };
    std::vector<Pair> pairs; ///< tasks with trials that count on both sides
    QStringList changed;     ///< tasks that are not the same on both sides: left out
    QStringList missing;     ///< tasks that only one side has, or whose trials do not count: left out
    double difference = 0;   ///< mean over tasks; NaN without pairs
    Interval interval;       ///< of that
    QString intervalBy;      ///< "newcombe" where each side has one trial of each task, else "tasks" (drawing whole tasks)
    double p = 1;            ///< two-sided; exact by McNemar, else by the signs of the tasks' differences
    QString pBy;             ///< "mcnemar", "signs"
    int better = 0, worse = 0; ///< tasks
    double secondsRatio = 0;   ///< median over tasks of the ratio of mean seconds, second to first; NaN where not known
    double costRatio = 0;
    int uncounted = 0; ///< trials of both sides that the machine or a provider's limit broke
};
[[nodiscard]] Comparison compare(const Arm &first, const std::vector<Trial> &a, const Arm &second, const std::vector<Trial> &b);
[[nodiscard]] QJsonObject toJson(const Comparison &comparison);

/// May the second take the first's place?
struct Gate {
    enum class Verdict { Pass, Fail, Undecided };
    Verdict verdict = Verdict::Undecided;
    QString why; ///< a sentence
};
struct GateRule {
    double margin = 0.1;  ///< so much worse is still taken
    double least = 0;     ///< the second's rate has to reach this
    int fewestTasks = 10; ///< below that nothing is decided
};
/// Fails where the second is worse by more than the margin as far as can be seen, surely worse at all, or below the least rate;
/// passes where it is surely not worse by more than the margin; otherwise more trials are needed.
[[nodiscard]] Gate gateOf(const Comparison &comparison, const GateRule &rule);
[[nodiscard]] QString nameOf(Gate::Verdict verdict);

} // namespace coppice::evals
