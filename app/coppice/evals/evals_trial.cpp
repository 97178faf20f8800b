// SPDX-License-Identifier: GPL-3.0-or-later
// One trial of the Evals screen: what graders found, the steps followed, and what it left behind.
#include "evals_view.h"

#include "runs/story_text.h"
#include "shell/app_session.h"

#include <base/counted.h>

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace coppice::ui {

namespace {

constexpr qint64 mostBytes = 4 << 20;
constexpr qsizetype longestLine = 4'000, mostLines = 20'000;

struct Left {
    QString path, text, kind;
};
struct Printed {
    QStringList lines;
    QString note;
};

/// What lies in a trial's folder, for people, the most telling first.
std::vector<Left> leftIn(const QString &folder)
{
    std::vector<Left> all;
    const auto add = [&](const QString &name, const QString &text, const char *kind) {
        const QFileInfo file(folder + u'/' + name);
        if (file.isFile() && file.canonicalFilePath().startsWith(folder + u'/'))
            all.push_back({file.filePath(), text, QString::fromLatin1(kind)});
    };
    add(QStringLiteral("patch.diff"), EvalsView::tr("What it changed (diff)"), "diff");
    QStringList logs = QDir(folder + QStringLiteral("/logs")).entryList({QStringLiteral("*.log")}, QDir::Files, QDir::Name);
    std::ranges::stable_sort(logs, {}, [](const QString &name) { return !name.startsWith(QLatin1String("agent")); });
    for (const QString &name : logs.mid(0, 40))
        add(QStringLiteral("logs/") + name, name.startsWith(QLatin1String("agent")) ? EvalsView::tr("What the client printed (%1)").arg(name) : EvalsView::tr("Log %1").arg(name), name.startsWith(QLatin1String("agent")) ? "printed" : "log");
    add(QStringLiteral("hidden-tests.log"), EvalsView::tr("The hidden tests"), "tests");
    add(QStringLiteral("own-tests.log"), EvalsView::tr("The plugin's own tests"), "own");
    add(QStringLiteral("context.md"), EvalsView::tr("What the client was given"), "context");
    return all;
}

Result<Printed> printedIn(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failNotFound(QStringLiteral("eval.file"), EvalsView::tr("The file cannot be read (%1)").arg(file.errorString()), path, EvalsView::tr("Make the trial again if it is gone."));
    Printed printed;
    const qint64 size = file.size();
    if (size > mostBytes) {
        file.seek(size - mostBytes);
        printed.note = EvalsView::tr("the last %1 of %2").arg(QLocale().formattedDataSize(mostBytes), QLocale().formattedDataSize(size));
    }
    printed.lines = QString::fromUtf8(file.read(mostBytes)).split(u'\n');
    if (!printed.lines.isEmpty() && printed.lines.last().isEmpty())
        printed.lines.removeLast();
    if (printed.lines.size() > mostLines) {
        printed.note = EvalsView::tr("the last %L1 lines").arg(mostLines);
        printed.lines.remove(0, printed.lines.size() - mostLines);
    }
    for (QString &line : printed.lines)
        line = plainText(line, longestLine);
    return printed;
}

} // namespace

const evals::ReportTask *EvalsView::task() const
{
    if (!m_report)
        return nullptr;
    const auto there = std::ranges::find(m_report->tasks, m_task, &evals::ReportTask::task);
    return there == m_report->tasks.end() ? nullptr : &*there;
}

std::vector<int> EvalsView::flat(const evals::ReportTask &task) const
{
    std::vector<int> all;
    for (const auto &cell : task.cells)
        all.insert(all.end(), cell.begin(), cell.end());
    return all;
}

const evals::Trial *EvalsView::trial() const
{
    const auto *one = task();
    if (!one)
        return nullptr;
    const auto all = flat(*one);
    return m_trial >= 0 && m_trial < int(all.size()) ? &m_report->trials[size_t(all[size_t(m_trial)])] : nullptr;
}

QString EvalsView::title() const { return m_task; }
QString EvalsView::reason() const { return trial() ? plainLine(trial()->reason, 600) : QString(); }
QString EvalsView::folder() const { return trial() ? trial()->folder : QString(); }

QString EvalsView::grade() const
{
    const auto *one = trial();
    if (!one)
        return {};
    const QString grade = gradeOf(*one);
    return grade == QLatin1String("machine") ? tr("not counted: the machine") : grade == QLatin1String("limit") ? tr("not counted: a limit") : grade == QLatin1String("passed") ? tr("passed") : tr("failed");
}

QString EvalsView::gradeTone() const
{
    const auto *one = trial();
    return !one ? QString() : !one->counts() ? QStringLiteral("warning") : one->passed ? QStringLiteral("ok") : QStringLiteral("danger");
}

QString EvalsView::gradeIcon() const
{
    const auto *one = trial();
    return !one ? QString() : !one->counts() ? QStringLiteral("warning") : one->passed ? QStringLiteral("circle-check") : QStringLiteral("circle-cross");
}

void EvalsView::pickTask(int row)
{
    pickTaskNamed(m_tasks.keyAt(row));
}

void EvalsView::pickTaskNamed(const QString &task)
{
    if (task.isEmpty() || task == m_task)
        return;
    if (!m_filter.isEmpty() && m_tasks.indexOf(task) < 0) {
        m_filter.clear();
        Q_EMIT filterChanged();
    }
    m_task = task;
    m_trial = 0;
    fillTasks();
}

void EvalsView::pickTrial(int row, int arm, int mark)
{
    pickTask(row);
    const auto *one = task();
    if (!one || arm < 0 || arm >= int(one->cells.size()) || mark < 0 || mark >= int(one->cells[size_t(arm)].size()))
        return;
    m_trial = mark;
    for (int i = 0; i < arm; ++i)
        m_trial += int(one->cells[size_t(i)].size());
    fillTasks();
}

void EvalsView::stepTrial(int by)
{
    const auto *one = task();
    const int wanted = m_trial + by;
    if (!one || wanted < 0 || wanted >= int(flat(*one).size()))
        return;
    m_trial = wanted;
    fillTasks();
}

void EvalsView::stepFailed(int by)
{
    if (!m_report || (by != 1 && by != -1))
        return;
    // All trials in the order in which the table shows them.
    std::vector<std::pair<QString, int>> places;
    std::vector<bool> failed;
    int at = -1;
    for (int row = 0; row < m_tasks.count(); ++row) {
        const QString name = m_tasks.keyAt(row);
        const auto one = std::ranges::find(m_report->tasks, name, &evals::ReportTask::task);
        if (one == m_report->tasks.end())
            continue;
        const auto all = flat(*one);
        for (size_t i = 0; i < all.size(); ++i) {
            if (name == m_task && int(i) == m_trial)
                at = int(places.size());
            places.emplace_back(name, int(i));
            const auto &trial = m_report->trials[size_t(all[i])];
            failed.push_back(trial.counts() && !trial.passed);
        }
    }
    for (int i = at + by; i >= 0 && i < int(places.size()); i += by) {
        if (!failed[size_t(i)])
            continue;
        m_task = places[size_t(i)].first;
        m_trial = places[size_t(i)].second;
        fillTasks();
        return;
    }
    AppSession::instance()->tell(by > 0 ? tr("No trial below has failed.") : tr("No trial above has failed."));
}

void EvalsView::fillTrial()
{
    std::vector<Record> facts, findings, steps, hidden;
    const auto *one = trial();
    const QString folder = one ? one->folder : QString();
    if (one) {
        const auto fact = [&](const QString &name, const QString &value, bool mono = false) {
            if (!value.isEmpty())
                facts.push_back({name, {name, value, mono}});
        };
        fact(tr("Client"), one->model.isEmpty() ? one->client : QStringLiteral("%1 (%2)").arg(one->client, one->model));
        fact(tr("Instructions"), one->instructions.isEmpty() ? one->arm : QStringLiteral("%1 (%2)").arg(one->arm, one->instructions.left(8)));
        fact(tr("Try"), QString::number(one->number));
        fact(tr("Level"), one->level);
        fact(tr("Expects"), one->expects == QLatin1String("nothing") ? tr("nothing: the files have to stay as they are") : tr("a change"));
        fact(tr("Plugin"), one->plugin);
        fact(tr("Time"), one->seconds > 0 ? evals::secondsText(one->seconds) : QString());
        fact(tr("Cost"), one->cost.micros > 0 ? evals::moneyText(double(one->cost.micros) / 1e6) : QString());
        fact(tr("Tokens"), one->inputTokens + one->outputTokens > 0 ? tr("%L1 in, %L2 out").arg(one->inputTokens).arg(one->outputTokens) : QString());
        fact(tr("Refused"), one->denials > 0 ? counted(one->denials, tr("question"), tr("questions")) : QString());
        fact(tr("Changed"), plainLine(one->changed.join(QStringLiteral(", ")), 600), true);
        fact(tr("Ended"), AppSession::instance()->age(double(one->at), double(QDateTime::currentMSecsSinceEpoch())));
        int number = 0;
        for (const auto &finding : one->findings) {
            const QString what = evals::meaningOf(finding.kind), text = plainLine(finding.text, 1000);
            findings.push_back({QString::number(++number), {text, what, finding.counts ? QStringLiteral("danger") : QStringLiteral("neutral"), finding.counts ? QStringLiteral("circle-cross") : QStringLiteral("info"),
                                                            (finding.counts ? QString() : tr("Does not count: ")) + what + QStringLiteral(". ") + text}});
        }
        if (findings.empty() && one->passed)
            findings.push_back({QStringLiteral("0"), {tr("No grader holds anything against it."), QString(), QStringLiteral("ok"), QStringLiteral("circle-check"), tr("No grader holds anything against it.")}});
        for (const auto &step : one->steps) {
            using Followed = evals::StepGrade::Followed;
            const QString said = step.followed == Followed::Yes ? tr("followed") : step.followed == Followed::No ? tr("not followed") : tr("skipped");
            const QString why = plainLine(step.why, 400);
            steps.push_back({QString::number(++number), {step.step + QStringLiteral(" · ") + step.kind, why, said, step.followed == Followed::Yes ? QStringLiteral("ok") : step.followed == Followed::No ? QStringLiteral("danger") : QStringLiteral("neutral"),
                                                         step.followed == Followed::Yes ? QStringLiteral("check") : step.followed == Followed::No ? QStringLiteral("cross") : QStringLiteral("circle"), step.step + QStringLiteral(": ") + said + QStringLiteral(". ") + why}});
        }
        for (const auto &test : one->tests) {
            const QString role = test.role == QLatin1String("turn") ? tr("has to turn") : test.role == QLatin1String("variant") ? tr("other inputs") : test.role == QLatin1String("stay") ? tr("has to stay") : QString();
            const QString name = plainLine(test.name, 300);
            hidden.push_back({QString::number(++number), {name, role, !test.passed ? QStringLiteral("warning") : *test.passed ? QStringLiteral("ok") : QStringLiteral("danger"),
                                                          !test.passed ? QStringLiteral("circle") : *test.passed ? QStringLiteral("check") : QStringLiteral("cross"),
                                                          name + QStringLiteral(", ") + (!test.passed ? tr("said nothing") : *test.passed ? tr("passed") : tr("failed"))}});
        }
    }
    m_facts.setRecords(std::move(facts));
    m_findings.setRecords(std::move(findings));
    m_steps.setRecords(std::move(steps));
    m_hidden.setRecords(std::move(hidden));
    Q_EMIT trialChanged();
    const int turn = ++m_fileTurn;
    if (folder.isEmpty()) {
        m_files.setRecords({});
        return;
    }
    AppSession::instance()->worker().read(
        this, [folder] { return leftIn(folder); },
        [this, turn](std::vector<Left> left) {
            if (turn != m_fileTurn)
                return;
            std::vector<Record> files;
            for (auto &file : left)
                files.push_back({file.path, {file.text, file.kind}});
            m_files.setRecords(std::move(files));
        });
}

QString EvalsView::fileOf(const QString &kind) const
{
    for (int row = 0; row < m_files.count(); ++row) {
        if (m_files.value(row, "kind").toString() == kind)
            return m_files.keyAt(row);
    }
    return {};
}

QString EvalsView::taskOfCause(int row) const
{
    return m_causes.value(row, "first").toString();
}

void EvalsView::openFile(const QString &path)
{
    const int row = m_files.indexOf(path);
    if (row < 0)
        return;
    m_linesOf = m_files.value(row, "text").toString();
    m_linesNote = tr("Reading…");
    m_linesError = {};
    m_lines.setRecords({});
    Q_EMIT linesChanged();
    AppSession::instance()->worker().read(
        this, [path] { return printedIn(path); },
        [this, turn = ++m_lineTurn](Result<Printed> printed) {
            if (turn != m_lineTurn)
                return;
            m_linesNote.clear();
            if (!printed) {
                m_linesError = ErrorInfo(printed.error());
            } else {
                m_linesNote = printed->note;
                std::vector<Record> records;
                records.reserve(size_t(printed->lines.size()));
                for (const QString &line : std::as_const(printed->lines))
                    records.push_back({QString::number(records.size()), {line}});
                m_lines.setRecords(std::move(records));
            }
            Q_EMIT linesChanged();
        });
}

} // namespace coppice::ui
