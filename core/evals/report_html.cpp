// SPDX-License-Identifier: GPL-3.0-or-later
// One page that a browser shows and QTextDocument prints: tables, no script, and colours of figures in their attributes.
#include "evals/report.h"

#include "base/clock.h"
#include "base/counted.h"

#include <QMap>

#include <algorithm>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr int figureWidth = 190;
constexpr size_t mostTrials = 200; ///< failed ones that are told one by one

QString e(const QString &text)
{
    return text.toHtmlEscaped();
}
QString cut(const QString &text, qsizetype cap)
{
    const QString plain = text.simplified();
    return e(plain.size() > cap ? plain.left(cap - 1) + u'…' : plain);
}
QString when(qint64 ms)
{
    return ms == 0 ? u"never"_s : isoTime(ms).left(16).replace(u'T', u' ') + u" UTC"_s;
}
QString first(const QStringList &names, qsizetype most)
{
    const QString shown = names.mid(0, most).join(u", "_s);
    return e(names.size() > most ? u"%1 and %2 more"_s.arg(shown).arg(names.size() - most) : shown);
}

QString style()
{
    return uR"(<style>
body{margin:0;background-color:#ffffff;color:#1a1f26;font-family:Inter,Cantarell,"Noto Sans",sans-serif;font-size:13px}
.page{max-width:900px;margin:0 auto;padding:24px}
h1{font-size:23px;margin:0 0 2px 0}h2{font-size:16px;margin:20px 0 4px 0}p{margin:4px 0}
.quiet{color:#576070;font-size:11px}.head{font-size:15px;font-weight:600;margin:10px 0 4px 0}
table{border-collapse:collapse;width:100%}
th{font-size:11px;color:#576070;font-weight:normal;text-align:left;border-bottom:1px solid #b9c0ca;padding:3px 8px 3px 0}
td{padding:3px 8px 3px 0;border-bottom:1px solid #e6e9ee;vertical-align:top}
.n{text-align:right}.id{font-weight:600}td.verdict{background-color:#f1f3f6;padding:8px 10px;border-bottom:0}
.better{color:#1a6c38;font-weight:600}.worse{color:#ab241c;font-weight:600}.few{color:#80530a;font-weight:600}.alike{color:#2a55b8;font-weight:600}
@media print{.page{padding:0}}
</style>)"_s;
}

/// Shape beside colour: a disc with a tick, a square with a cross, an open triangle, an open diamond.
QString mark(const QString &grade)
{
    static const QMap<QString, QString> shapes{
        {u"passed"_s, u"<circle cx='7' cy='7' r='6.5' fill='#1a6c38'/><path d='M3.8 7.2 6.2 9.6 10.3 4.8' fill='none' stroke='#ffffff' stroke-width='1.6'/>"_s},
        {u"failed"_s, u"<rect x='0.5' y='0.5' width='13' height='13' rx='2' fill='#ab241c'/><path d='M4 4 10 10M10 4 4 10' fill='none' stroke='#ffffff' stroke-width='1.6'/>"_s},
        {u"machine"_s, u"<path d='M7 1.5 13 12.5H1z' fill='none' stroke='#80530a' stroke-width='1.6'/>"_s},
        {u"limit"_s, u"<path d='M7 1 13 7 7 13 1 7z' fill='none' stroke='#80530a' stroke-width='1.6'/>"_s}};
    static const QMap<QString, QString> words{{u"passed"_s, u"passed"_s}, {u"failed"_s, u"failed"_s}, {u"machine"_s, u"not counted, the machine"_s}, {u"limit"_s, u"not counted, a limit"_s}};
    return u"<svg xmlns='http://www.w3.org/2000/svg' width='14' height='14' viewBox='0 0 14 14' role='img' aria-label='%1'>%2</svg> "_s.arg(words.value(grade), shapes.value(grade));
}

QString scale(const char *low, const char *middle, const char *high)
{
    return u"<svg xmlns='http://www.w3.org/2000/svg' width='%1' height='12' viewBox='0 0 %1 12' aria-hidden='true' font-family='sans-serif' font-size='10' fill='#576070'>"
           "<text x='1' y='10'>%2</text><text x='%3' y='10' text-anchor='middle'>%4</text><text x='%5' y='10' text-anchor='end'>%6</text></svg>"_s.arg(figureWidth)
        .arg(QString::fromUtf8(low))
        .arg(figureWidth / 2)
        .arg(QString::fromUtf8(middle))
        .arg(figureWidth - 1)
        .arg(QString::fromUtf8(high));
}

QString sumCells(const Sum &sum)
{
    if (sum.trials == 0)
        return u"<td class='n'>%1</td><td class='n'>0</td><td>no trial counts</td><td class='n'>–</td><td class='n'>–</td>"_s.arg(sum.tasks);
    return u"<td class='n'>%1</td><td class='n'>%2 of %3</td><td>%4</td><td class='n'>%5</td><td class='n'>%6</td>"_s.arg(sum.tasks)
        .arg(sum.passed)
        .arg(sum.trials)
        .arg(successSvg(sum.rate, sum.wilson, figureWidth), percentText(sum.rate), rangeText(sum.wilson));
}
QString sumHead(const QString &what)
{
    return u"<thead><tr><th>%1</th><th class='n'>Tasks</th><th class='n'>Passed</th><th>%2</th><th class='n'>Success</th><th class='n'>95 % (Wilson)</th></tr></thead>"_s.arg(what, scale("0 %", "50 %", "100 %"));
}

QString success(const Report &report)
{
    QString out = u"<h2>Success</h2><table cellspacing='0' width='100%'>"_s + sumHead(u"Client and instructions"_s);
    bool repeated = false;
    for (const auto &one : report.arms) {
        out += u"<tr><td class='id'>%1</td>"_s.arg(e(one.name)) + sumCells(one.all) + u"</tr>"_s;
        repeated = repeated || one.all.trials > one.all.tasks;
    }
    out += u"</table>"_s;
    if (repeated) {
        QStringList lines;
        for (const auto &one : report.arms) {
            if (one.all.most > 1)
                lines << u"%1: of %2 tries at least one passes in %3 of tasks, all of them in %4; counted by task the interval is %5"_s.arg(
                    e(one.name), QString::number(one.all.most), percentText(one.all.passAt.back()), percentText(one.all.passHat.back()), rangeText(one.all.clustered));
        }
        for (const QString &line : std::as_const(lines))
            out += u"<p class='quiet'>%1.</p>"_s.arg(line);
    }
    return out;
}

QString help(const Report &report)
{
    QString out = u"<h2>Do the shared instructions help?</h2>"_s;
    if (report.comparisons.empty())
        return out + u"<table cellspacing='0' width='100%'><tr><td class='verdict'>%1</td></tr></table>"_s.arg(e(instructionsSentence(report)));
    const auto tone = [](Judgement::Kind kind) {
        return kind == Judgement::Kind::Better ? u"better"_s : kind == Judgement::Kind::Worse ? u"worse"_s : kind == Judgement::Kind::Alike ? u"alike"_s : u"few"_s;
    };
    QString rows, said;
    for (const auto &one : report.comparisons) {
        const auto &figures = one.figures;
        said += u"<table cellspacing='0' width='100%'><tr><td class='verdict'><span class='%1'>%2</span></td></tr></table>"_s.arg(tone(one.judgement.kind), e(one.judgement.sentence));
        if (figures.pairs.empty())
            continue;
        rows += u"<tr><td>%1 against %2</td><td class='n'>%3</td><td>%4</td><td class='n'>%5</td><td class='n'>%6 / %7</td><td class='n'>%8</td></tr>"_s.arg(
            e(report.arms[size_t(one.second)].name), e(report.arms[size_t(one.first)].name), QString::number(figures.pairs.size()), differenceSvg(figures.difference, figures.interval, figureWidth, one.judgement.kind),
            pointsText(figures.difference), QString::number(figures.better), QString::number(figures.worse), QString::number(figures.p, 'g', 2));
    }
    out += said;
    if (!rows.isEmpty())
        out += u"<table cellspacing='0' width='100%'><thead><tr><th>Same tasks, paired</th><th class='n'>Tasks</th><th>%1</th><th class='n'>Difference</th><th class='n'>Better / worse</th>"
               "<th class='n'>p</th></tr></thead>"_s.arg(scale("−100", "0", "+100"))
            + rows + u"</table>"_s;
    return out;
}

QString levels(const Report &report)
{
    QString out = u"<h2>Success by level</h2><table cellspacing='0' width='100%'>"_s + sumHead(u"Level"_s);
    for (const QString &level : report.levels) {
        bool begun = false;
        for (const auto &one : report.arms) {
            for (const auto &[name, sum] : one.levels) {
                if (name != level || (sum.trials == 0 && one.all.trials == 0))
                    continue;
                if (!begun)
                    out += u"<tr><td class='id' colspan='6'>%1</td></tr>"_s.arg(e(level.isEmpty() ? u"no level"_s : level));
                begun = true;
                out += u"<tr><td>%1</td>"_s.arg(e(one.name)) + sumCells(sum) + u"</tr>"_s;
            }
        }
    }
    return out + u"</table>"_s;
}

/// What graders found, a line for each kind and a column for each arm.
QString failures(const Report &report)
{
    QString out = u"<h2>What failed, and why</h2>"_s;
    const bool withTasks = report.arms.size() < 4; // else there is no room for their names
    QMap<QString, int> totals;
    for (const auto &one : report.causes)
        totals[one.kind] += one.trials;
    QStringList kinds = totals.keys();
    std::ranges::stable_sort(kinds, std::ranges::greater(), [&](const QString &kind) { return totals.value(kind); });
    if (kinds.isEmpty()) {
        out += report.counted > 0 ? u"<p>No trial that counts has failed.</p>"_s : u"<p>No trial counts.</p>"_s;
    } else {
        out += u"<table cellspacing='0' width='100%'><thead><tr><th width='34%'>What graders found (trials)</th>"_s;
        for (const auto &one : report.arms)
            out += u"<th class='n'>%1</th>"_s.arg(e(one.name));
        out += withTasks ? u"<th>Tasks</th></tr></thead>"_s : u"</tr></thead>"_s;
    }
    for (const QString &kind : std::as_const(kinds)) {
        std::vector<int> counts(report.arms.size());
        QStringList names;
        for (const auto &one : report.causes) {
            if (one.kind != kind)
                continue;
            counts[size_t(one.arm)] = one.trials;
            for (const QString &task : one.tasks) {
                if (!names.contains(task))
                    names << task;
            }
        }
        out += u"<tr><td>%1</td>"_s.arg(e(meaningOf(kind)));
        for (const int count : counts)
            out += count > 0 ? u"<td class='n'>%1</td>"_s.arg(count) : u"<td class='n'>–</td>"_s;
        out += withTasks ? u"<td class='quiet'>%1</td></tr>"_s.arg(first(names, 2)) : u"</tr>"_s;
    }
    if (!kinds.isEmpty())
        out += u"</table><p class='quiet'>A trial with two findings stands in both lines.</p>"_s;
    if (report.broken.empty())
        return out;
    out += u"<p class='head'>%1 not counted: the machine or a provider's limit broke %2, not the client.</p>"_s.arg(counted(report.uncounted, "trial"), report.uncounted == 1 ? u"it"_s : u"them"_s);
    out += u"<table cellspacing='0' width='100%'><thead><tr><th>Client and instructions</th><th>What broke</th><th class='n'>Trials</th><th>Tasks</th></tr></thead>"_s;
    for (const auto &one : report.broken)
        out += u"<tr><td>%1</td><td>%2 %3</td><td class='n'>%4</td><td class='quiet'>%5</td></tr>"_s.arg(e(report.arms[size_t(one.arm)].name), mark(one.failure), cut(one.reason, 200),
                                                                                              QString::number(one.trials), first(one.tasks, 3));
    return out + u"</table>"_s;
}

QString effort(const Report &report)
{
    QString out = u"<h2>Time and cost</h2><table cellspacing='0' width='100%'><thead><tr><th>Client and instructions</th><th class='n'>Middle trial</th><th class='n'>Nine in ten within</th>"
                  "<th class='n'>Cost of the middle trial</th><th class='n'>Cost for each that passed</th><th class='n'>Tokens in / out</th><th class='n'>Refused</th></tr></thead>"_s;
    bool priced = false;
    for (const auto &one : report.arms) {
        const Sum &sum = one.all;
        const bool paid = sum.costOfPassed > 0 || sum.cost.median > 0;
        priced = priced || paid;
        out += u"<tr><td class='id'>%1</td><td class='n'>%2</td><td class='n'>%3</td><td class='n'>%4</td><td class='n'>%5</td><td class='n'>%6 / %7</td><td class='n'>%8</td></tr>"_s.arg(
            e(one.name), secondsText(sum.seconds.median), secondsText(sum.seconds.p90), paid ? moneyText(sum.cost.median) : u"–"_s, paid ? moneyText(sum.costOfPassed) : u"–"_s,
            QString::number(sum.inputTokens), QString::number(sum.outputTokens), QString::number(sum.denials));
    }
    return out + u"</table>"_s + (priced ? QString() : u"<p class='quiet'>None of these clients told a cost.</p>"_s);
}

QString tasks(const Report &report)
{
    QString out = u"<h2 style='page-break-before: always'>Every task</h2><p>%1passed &nbsp; %2failed &nbsp; %3not counted: the machine &nbsp; %4not counted: a provider's limit</p>"
                  "<table cellspacing='0' width='100%'><thead><tr><th>Task</th><th>Level</th>"_s.arg(mark(u"passed"_s), mark(u"failed"_s), mark(u"machine"_s), mark(u"limit"_s));
    for (const auto &one : report.arms)
        out += u"<th>%1</th>"_s.arg(e(one.name));
    out += u"</tr></thead>"_s;
    for (const auto &task : report.tasks) {
        out += u"<tr><td class='id'>%1%2</td><td>%3</td>"_s.arg(e(task.task), task.changed ? u"<br><span class='quiet'>its files changed between trials</span>"_s : QString(), e(task.level));
        for (const auto &cell : task.cells) {
            QString marks;
            for (const int i : cell)
                marks += mark(gradeOf(report.trials[size_t(i)]));
            out += u"<td>%1</td>"_s.arg(marks);
        }
        out += u"</tr>"_s;
    }
    return out + u"</table>"_s;
}

QString steps(const Report &report)
{
    QMap<QString, std::vector<Sum::Steps>> all;
    for (size_t arm = 0; arm < report.arms.size(); ++arm) {
        for (const auto &[step, counts] : report.arms[arm].all.steps.asKeyValueRange()) {
            auto &row = all[step];
            row.resize(report.arms.size());
            row[arm] = counts;
        }
    }
    if (all.isEmpty())
        return {};
    QString out = u"<h2>Steps of the playbooks: followed, of those begun or left out</h2><table cellspacing='0' width='100%'><thead><tr><th>Playbook and step</th>"_s;
    for (const auto &one : report.arms)
        out += u"<th class='n'>%1</th>"_s.arg(e(one.name));
    out += u"</tr></thead>"_s;
    for (const auto &[step, row] : all.asKeyValueRange()) {
        out += u"<tr><td class='id'>%1</td>"_s.arg(e(step));
        for (const auto &counts : row) {
            const QString skipped = counts.skipped > 0 ? u" <span class='quiet'>(%1 skipped)</span>"_s.arg(counts.skipped) : QString();
            out += u"<td class='n'>%1%2</td>"_s.arg(counts.yes + counts.no == 0 ? u"–"_s : u"%1 of %2"_s.arg(counts.yes).arg(counts.yes + counts.no), skipped);
        }
        out += u"</tr>"_s;
    }
    return out + u"</table>"_s;
}

QString failed(const Report &report)
{
    QString rows;
    size_t told = 0, all = 0;
    for (const auto &task : report.tasks) {
        for (size_t arm = 0; arm < task.cells.size(); ++arm) {
            for (const int i : task.cells[arm]) {
                const Trial &trial = report.trials[size_t(i)];
                if (gradeOf(trial) != u"failed" || ++all > mostTrials)
                    continue;
                ++told;
                rows += u"<tr><td class='id'>%1</td><td>%2, try %3</td><td>%4</td></tr>"_s.arg(e(task.task), e(report.arms[arm].name), QString::number(trial.number), cut(trial.reason, 220));
            }
        }
    }
    if (rows.isEmpty())
        return {};
    rows = u"<h2>Trials that failed</h2><table cellspacing='0' width='100%'><thead><tr><th>Task</th><th>By</th><th>Why</th></tr></thead>"_s + rows + u"</table>"_s;
    return all > told ? QString(rows + u"<p class='quiet'>and %1 more.</p>"_s.arg(all - told)) : rows;
}

} // namespace

QString toHtml(const Report &report)
{
    QString out = u"<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width,initial-scale=1'>"
                  "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>Evaluation: %1</title>"_s.arg(e(report.name));
    out += style() + u"</head><body><div class='page'><h1>Evaluation: %1</h1>"_s.arg(e(report.name));
    out += u"<p class='quiet'>Trials from %1 to %2; written %3.</p>"_s.arg(when(report.first), when(report.last), when(report.at));
    out += u"<p>%1</p>"_s.arg(e(testedSentence(report)));
    out += success(report) + help(report) + failures(report) + levels(report) + effort(report) + tasks(report) + steps(report) + failed(report);
    out += u"<h2>How to read this</h2><p>A task is a plugin in a known state with a request. A trial is one try of a client at it, in a sandbox, graded by tests that the client never saw and by "
           "what it changed. The bar is where the true rate lies in 95 of 100 such evaluations, the dot what was seen; a long bar means few trials. Two arms are compared on the tasks that both tried, "
           "and called better or worse only where chance is unlikely. What the machine or a provider's limit broke is not counted, for nobody. The client \"oracle\" carries out each task's own "
           "solution, and \"noop\" does nothing: they show that the tasks can be solved and cannot be passed by accident.</p></div></body></html>"_s;
    return out;
}

} // namespace coppice::evals
