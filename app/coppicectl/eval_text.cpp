// SPDX-License-Identifier: GPL-3.0-or-later
#include "eval_text.h"

#include "command.h"

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

} // namespace

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
    return table(rows) + u"%1 of %2 passed; %3 not counted.\n"_s.arg(passed).arg(counted).arg(int(trials.size()) - counted);
}

} // namespace coppice::ctl
