// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/report.h"

#include "base/counted.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <cmath>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

void nameArms(Report &report)
{
    for (auto &one : report.arms)
        one.name = one.arm.toString();
    for (auto &one : report.arms) {
        const auto same = std::ranges::count_if(report.arms, [&](const ReportArm &other) { return other.arm.toString() == one.arm.toString(); });
        if (same > 1)
            one.name += u" (%1)"_s.arg(one.arm.instructions.isEmpty() ? u"not read"_s : one.arm.instructions.left(8));
    }
}

void addTasks(Report &report)
{
    QHash<QString, int> places;
    std::vector<QByteArray> hashes;
    const auto armOf = [&](const Trial &trial) {
        // as byArm(): what broke before the instructions were read belongs to the arm that was asked for
        int fallback = 0;
        for (size_t i = 0; i < report.arms.size(); ++i) {
            const Arm &arm = report.arms[i].arm;
            if (arm.client != trial.client || arm.model != trial.model || arm.name != trial.arm)
                continue;
            if (arm.instructions == trial.instructions)
                return int(i);
            fallback = int(i);
        }
        return fallback;
    };
    for (size_t i = 0; i < report.trials.size(); ++i) {
        const Trial &trial = report.trials[i];
        auto place = places.constFind(trial.task);
        if (place == places.constEnd()) {
            place = places.insert(trial.task, int(report.tasks.size()));
            report.tasks.push_back({trial.task, trial.level, trial.plugin, trial.expects, false, std::vector<std::vector<int>>(report.arms.size())});
            hashes.push_back(trial.taskHash);
        }
        auto &task = report.tasks[size_t(*place)];
        task.changed = task.changed || hashes[size_t(*place)] != trial.taskHash;
        task.cells[size_t(armOf(trial))].push_back(int(i));
    }
    for (auto &task : report.tasks) {
        for (auto &cell : task.cells)
            std::ranges::stable_sort(cell, {}, [&](int i) { return report.trials[size_t(i)].number; });
    }
    std::ranges::sort(report.tasks, [](const ReportTask &a, const ReportTask &b) { return std::tie(a.level, a.task) < std::tie(b.level, b.task); });
}

QString shortly(const QString &text, qsizetype cap)
{
    QString plain;
    for (const QChar c : text.left(4 * cap))
        plain += c.category() == QChar::Other_Control || c.category() == QChar::Other_Format ? QChar(u' ') : c;
    plain = plain.simplified();
    return plain.size() > cap ? plain.left(cap - 1) + u'…' : plain;
}

void addCauses(Report &report)
{
    for (size_t arm = 0; arm < report.arms.size(); ++arm) {
        std::vector<ReportCause> causes;
        std::vector<ReportBroken> broken;
        for (const auto &task : report.tasks) {
            for (const int i : task.cells[arm]) {
                const Trial &trial = report.trials[size_t(i)];
                if (!trial.counts()) {
                    const QString failure = gradeOf(trial), reason = shortly(trial.reason, 240);
                    auto there = std::ranges::find_if(broken, [&](const auto &one) { return one.failure == failure && one.reason == reason; });
                    if (there == broken.end())
                        there = broken.insert(broken.end(), {int(arm), failure, reason, 0, {}});
                    ++there->trials;
                    if (!there->tasks.contains(task.task))
                        there->tasks << task.task;
                    continue;
                }
                if (trial.passed)
                    continue;
                QStringList kinds;
                const auto add = [&](const QString &kind, const QString &text) {
                    if (kinds.contains(kind))
                        return;
                    kinds << kind;
                    auto there = std::ranges::find(causes, kind, &ReportCause::kind);
                    if (there == causes.end())
                        there = causes.insert(causes.end(), {int(arm), kind, meaningOf(kind), 0, {}, shortly(text, 240)});
                    ++there->trials;
                    if (!there->tasks.contains(task.task))
                        there->tasks << task.task;
                };
                for (const auto &finding : trial.findings) {
                    if (finding.counts)
                        add(finding.kind, finding.text);
                }
                if (kinds.isEmpty())
                    add(u"none"_s, trial.reason);
            }
        }
        std::ranges::stable_sort(causes, std::ranges::greater(), &ReportCause::trials);
        std::ranges::stable_sort(broken, std::ranges::greater(), &ReportBroken::trials);
        report.causes.insert(report.causes.end(), causes.begin(), causes.end());
        report.broken.insert(report.broken.end(), broken.begin(), broken.end());
    }
}

/// What broke before its instructions were read says nothing of which they were.
bool without(const Arm &arm)
{
    return arm.name == u"none";
}

void addComparisons(Report &report)
{
    std::vector<std::pair<int, int>> asked;
    for (size_t i = 0; i < report.arms.size(); ++i) {
        const auto &one = report.arms[i];
        if (without(one.arm) || one.all.trials == 0)
            continue;
        int before = -1;
        for (size_t j = 0; j < report.arms.size(); ++j) {
            const auto &other = report.arms[j];
            if (i == j || other.arm.client != one.arm.client || other.arm.model != one.arm.model || other.all.trials == 0)
                continue;
            if (without(other.arm))
                asked.insert(asked.begin(), {int(j), int(i)});
            else if (j < i)
                before = int(j);
        }
        if (before >= 0)
            asked.emplace_back(before, int(i));
    }
    for (const auto &[first, second] : asked)
        report.comparisons.push_back(compareArms(report, first, second));
}

} // namespace

bool Report::triedWithout() const
{
    return std::ranges::any_of(arms, [](const ReportArm &one) { return without(one.arm) && one.all.trials > 0; });
}

Report makeReport(std::vector<Trial> trials, const QString &name, qint64 at)
{
    Report report;
    report.name = name;
    report.at = at;
    report.trials = std::move(trials);
    const auto arms = byArm(report.trials);
    for (const auto &[arm, own] : arms) {
        ReportArm one{arm, {}, sumOf(own), {}, 0, 0};
        const auto levels = byLevel(own);
        for (const auto &[level, some] : levels.asKeyValueRange())
            one.levels.emplace_back(level, sumOf(some));
        for (const auto &trial : own) {
            one.first = one.first == 0 ? trial.at : std::min(one.first, trial.at);
            one.last = std::max(one.last, trial.at);
        }
        report.first = report.first == 0 ? one.first : std::min(report.first, one.first);
        report.last = std::max(report.last, one.last);
        report.counted += one.all.trials;
        report.uncounted += one.all.machine + one.all.limit;
        report.arms.push_back(std::move(one));
    }
    nameArms(report);
    report.levels = byLevel(report.trials).keys();
    addTasks(report);
    addCauses(report);
    addComparisons(report);
    return report;
}

ReportComparison compareArms(const Report &report, int first, int second)
{
    const auto of = [&](int arm) {
        std::vector<Trial> own;
        for (const auto &task : report.tasks) {
            for (const int i : task.cells[size_t(arm)])
                own.push_back(report.trials[size_t(i)]);
        }
        return own;
    };
    const auto &a = report.arms[size_t(first)], &b = report.arms[size_t(second)];
    ReportComparison comparison{first, second, compare(a.arm, of(first), b.arm, of(second)), {}};
    comparison.judgement = judge(comparison.figures, a.name, b.name);
    return comparison;
}

Judgement judge(const Comparison &comparison, const QString &first, const QString &second, double margin)
{
    using Kind = Judgement::Kind;
    const int tasks = int(comparison.pairs.size());
    if (tasks == 0)
        return {Kind::TooFew, u"No task has trials that count on both sides, so %1 and %2 cannot be compared."_s.arg(second, first)};
    // As in gateOf(): where no task differed, drawing tasks shows no uncertainty, and there is some.
    Interval interval = comparison.interval;
    if (comparison.better + comparison.worse == 0 && comparison.intervalBy == u"tasks") {
        const double most = wilson(0, tasks).high;
        interval = {-most, most};
    }
    const QString size = u"%1 (95 %: %2 to %3) on %4"_s.arg(pointsText(comparison.difference), pointsText(interval.low), pointsText(interval.high), counted(tasks, "task"));
    const int fewest = GateRule().fewestTasks;
    if (tasks < fewest)
        return {Kind::TooFew, u"Too few tasks to tell: %1 against %2 %3; at least %4 are needed."_s.arg(second, first, size).arg(fewest)};
    if (interval.low > 0 && comparison.p < 0.05)
        return {Kind::Better, u"%1 does better than %2: %3."_s.arg(second, first, size)};
    if (interval.high < 0 && comparison.p < 0.05)
        return {Kind::Worse, u"%1 does worse than %2: %3."_s.arg(second, first, size)};
    if (interval.low >= -margin && interval.high <= margin)
        return {Kind::Alike, u"%1 and %2 do equally well, within %3: %4."_s.arg(second, first, u"%1 points"_s.arg(qRound(margin * 100)), size)};
    return {Kind::TooFew, u"Too few trials to tell: %1 against %2 %3. That may be chance (p = %4)."_s.arg(second, first, size, QString::number(comparison.p, 'g', 2))};
}

QString testedSentence(const Report &report)
{
    QSet<QString> plugins;
    for (const auto &task : report.tasks)
        plugins.insert(task.plugin);
    QString text = u"%1 on %2, of %3"_s.arg(counted(report.tasks.size(), "task"), counted(plugins.size(), "plugin"), counted(report.levels.size(), "level"));
    text += u"; %1 by %2"_s.arg(counted(qint64(report.trials.size()), "trial"), counted(qint64(report.arms.size()), u"arm (a client with a version of the instructions)"_s, u"arms (a client with a version of the instructions)"_s));
    return text + u'.';
}

QStringList resultSentences(const Report &report)
{
    QStringList sentences;
    for (const auto &one : report.arms) {
        if (one.all.trials == 0)
            sentences << u"%1: no trial counts; the machine or a provider's limit broke all %2."_s.arg(one.name).arg(one.all.machine + one.all.limit);
        else
            sentences << u"%1: %2 of %3 passed, %4 (95 %: %5)."_s.arg(one.name).arg(one.all.passed).arg(counted(one.all.trials, "trial")).arg(percentText(one.all.rate), rangeText(one.all.wilson));
    }
    return sentences;
}

QString instructionsSentence(const Report &report)
{
    QStringList sentences;
    for (const auto &comparison : report.comparisons) {
        if (without(report.arms[size_t(comparison.first)].arm))
            sentences << comparison.judgement.sentence;
    }
    if (!sentences.isEmpty())
        return sentences.join(u' ');
    return report.triedWithout() ? u"No client was tried both with shared instructions and without, so what they bring is not known."_s
                                 : u"No arm without shared instructions was tried, so what they bring is not known. Add one with --instructions none."_s;
}

QString meaningOf(const QString &kind)
{
    static const QHash<QString, QString> meanings{
        {u"not-turned"_s, u"The fault is still there"_s},
        {u"hard-coded"_s, u"Right for the values in the ticket only"_s},
        {u"broke"_s, u"Something that worked is broken"_s},
        {u"own-tests"_s, u"The plugin's own tests fail"_s},
        {u"tests-edited"_s, u"Tests that were there were changed"_s},
        {u"tests-weakened"_s, u"Tests were weakened"_s},
        {u"tests-deleted"_s, u"Tests were deleted"_s},
        {u"scope"_s, u"Files outside of the task were changed"_s},
        {u"forbidden"_s, u"The change does what the task forbids"_s},
        {u"changed"_s, u"Something was changed where all was well"_s},
        {u"graders"_s, u"The change reaches for what grades it"_s},
        {u"agent"_s, u"The client did not end well"_s},
        {u"none"_s, u"Failed, and no grader says more"_s},
    };
    return meanings.value(kind, kind);
}

QString gradeOf(const Trial &trial)
{
    if (!trial.counts())
        return trial.failure == runs::Run::Failure::Limit ? u"limit"_s : u"machine"_s;
    return trial.passed ? u"passed"_s : u"failed"_s;
}

QString percentText(double share)
{
    return std::isfinite(share) ? u"%1 %"_s.arg(share * 100, 0, 'f', 1) : u"–"_s;
}

QString rangeText(const Interval &interval)
{
    if (!std::isfinite(interval.low) || !std::isfinite(interval.high))
        return u"–"_s;
    return u"%1 to %2 %"_s.arg(interval.low * 100, 0, 'f', 1).arg(interval.high * 100, 0, 'f', 1);
}

QString pointsText(double difference)
{
    if (!std::isfinite(difference))
        return u"–"_s;
    const double points = std::round(difference * 1000) / 10;
    return (points > 0 ? u"+"_s : points < 0 ? u"−"_s : QString()) + u"%1 points"_s.arg(std::abs(points), 0, 'f', 1);
}

QString secondsText(double seconds)
{
    if (!std::isfinite(seconds))
        return u"–"_s;
    if (seconds < 60)
        return u"%1 s"_s.arg(seconds, 0, 'f', 1);
    const auto whole = qint64(std::round(seconds));
    return whole < 3600 ? u"%1 min %2 s"_s.arg(whole / 60).arg(whole % 60) : u"%1 h %2 min"_s.arg(whole / 3600).arg(whole % 3600 / 60);
}

QString moneyText(double dollars)
{
    return std::isfinite(dollars) ? u"%1 USD"_s.arg(dollars, 0, 'f', dollars != 0 && std::abs(dollars) < 1 ? 4 : 2) : u"–"_s;
}

} // namespace coppice::evals
