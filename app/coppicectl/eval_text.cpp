// SPDX-License-Identifier: GPL-3.0-or-later
#include "eval_text.h"

#include "command.h"

#include <cmath>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

QString verdictOf(const evals::Trial &trial)
{
    return trial.passed ? u"passed"_s : trial.counts() ? u"failed"_s : u"not counted"_s;
}

QString whyOf(const evals::Trial &trial)
{
    QStringList kinds;
    for (const auto &finding : trial.findings) {
        if (finding.counts && !kinds.contains(finding.kind))
            kinds << finding.kind;
    }
    const QString reason = trial.reason.section(u'\n', 0, 0).left(160);
    return kinds.isEmpty() ? reason : u"%1: %2"_s.arg(kinds.join(u", "_s), reason);
}

QString percent(double share)
{
    return std::isfinite(share) ? u"%1 %"_s.arg(share * 100, 0, 'f', 1) : u"-"_s;
}

QString range(const evals::Interval &interval)
{
    return percent(interval.low) + u" to "_s + percent(interval.high);
}

} // namespace

QStringList evalSumHeader()
{
    return {QString(), u"tasks"_s, u"trials"_s, u"passed"_s, u"rate"_s, u"95 % (Wilson)"_s, u"95 % (by task)"_s, u"median s"_s, u"not counted"_s};
}

QStringList evalSumRow(const QString &what, const evals::Sum &sum)
{
    const QString seconds = std::isfinite(sum.seconds.median) ? QString::number(sum.seconds.median, 'f', 1) : u"-"_s;
    return {what, QString::number(sum.tasks), QString::number(sum.trials), QString::number(sum.passed), percent(sum.rate), range(sum.wilson), range(sum.clustered), seconds,
            QString::number(sum.machine + sum.limit)};
}

QString evalSumNotes(const evals::Sum &sum)
{
    QString text;
    for (int k = 2; k <= sum.most; ++k)
        text += u"of %1 tries at least one passes: %2; all pass: %3\n"_s.arg(k).arg(percent(sum.passAt[size_t(k - 1)]), percent(sum.passHat[size_t(k - 1)]));
    for (const auto &[step, counts] : sum.steps.asKeyValueRange())
        text += u"step %1: followed %2, not %3, skipped %4\n"_s.arg(step).arg(counts.yes).arg(counts.no).arg(counts.skipped);
    for (const auto &[kind, trials] : sum.findings.asKeyValueRange())
        text += u"%1: %2 trials\n"_s.arg(kind).arg(trials);
    if (sum.costOfPassed > 0)
        text += u"cost for each that passed: %1 USD\n"_s.arg(sum.costOfPassed, 0, 'f', 4);
    return text;
}

QString evalLine(const evals::Trial &trial)
{
    return trial.passed ? u"%1 #%2: passed in %3 s"_s.arg(trial.task).arg(trial.number).arg(trial.seconds, 0, 'f', 1)
                        : u"%1 #%2: %3 — %4"_s.arg(trial.task).arg(trial.number).arg(verdictOf(trial), whyOf(trial));
}

QString evalTable(const std::vector<evals::Trial> &trials)
{
    QList<QStringList> rows;
    int passed = 0, counted = 0;
    for (const auto &trial : trials) {
        passed += trial.passed ? 1 : 0;
        counted += trial.counts() ? 1 : 0;
        rows << QStringList{trial.task, QString::number(trial.number), trial.level, verdictOf(trial), u"%1 s"_s.arg(trial.seconds, 0, 'f', 1), whyOf(trial)};
    }
    return table(rows) + u"\n%1 of %2 passed; %3 not counted.\n"_s.arg(passed).arg(counted).arg(int(trials.size()) - counted);
}

} // namespace coppice::ctl
