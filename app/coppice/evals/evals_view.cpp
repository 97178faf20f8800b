// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals_view.h"

#include "shell/app_session.h"
#include "shell/finder.h"
#include "shell/screens.h"
#include "shell/tones.h"

#include <base/clock.h>
#include <base/counted.h>
#include <base/paths.h>
#include <common/pdf.h>

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QRegularExpression>

#include <cmath>
#include <limits>

namespace coppice::ui {

static const Screen screen("evals", 70, "Evals", "How well clients and instructions do on tasks whose answers are known");

namespace {

using evals::Judgement;
constexpr double none = std::numeric_limits<double>::quiet_NaN();
const QString everything = QStringLiteral("*");

Look lookOf(Judgement::Kind kind)
{
    switch (kind) {
    case Judgement::Kind::Better: return {QStringLiteral("ok"), QStringLiteral("arrow-up")};
    case Judgement::Kind::Worse: return {QStringLiteral("danger"), QStringLiteral("arrow-down")};
    case Judgement::Kind::Alike: return {QStringLiteral("info"), QStringLiteral("check")};
    case Judgement::Kind::TooFew: return {QStringLiteral("warning"), QStringLiteral("circle-half")};
    }
    return {};
}

QChar markOf(const evals::Trial &trial)
{
    return gradeOf(trial).front(); // p, f, m, l
}

/// What changes when a trial is added.
QString seenOf(const QString &home, const QStringList &others)
{
    QStringList folders = others, seen;
    for (const QString &name : QDir(home).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name))
        folders << home + u'/' + name;
    for (const QString &folder : std::as_const(folders)) {
        const QFileInfo file(folder + QStringLiteral("/trials.jsonl"));
        if (file.isFile())
            seen << QStringLiteral("%1 %2 %3").arg(folder).arg(file.size()).arg(file.lastModified().toMSecsSinceEpoch());
    }
    return seen.join(u'\n');
}

Record successRow(const QString &key, const QString &title, bool head, const evals::Sum &sum)
{
    const bool any = sum.trials > 0, priced = sum.costOfPassed > 0 || sum.cost.median > 0;
    const QString broken = sum.machine + sum.limit > 0 ? QString::number(sum.machine + sum.limit) : QString();
    const QString passed = any ? QStringLiteral("%1 of %2").arg(sum.passed).arg(sum.trials) : QStringLiteral("–");
    const QString at = sum.most > 1 ? QStringLiteral("%1").arg(evals::percentText(sum.passAt.back())) : QString();
    const QString hat = sum.most > 1 ? QStringLiteral("%1").arg(evals::percentText(sum.passHat.back())) : QString();
    QString spoken = any ? EvalsView::tr("%1: %2 passed, %3, 95 percent from %4").arg(title, passed, evals::percentText(sum.rate), evals::rangeText(sum.wilson)) : EvalsView::tr("%1: no trial counts").arg(title);
    if (!broken.isEmpty())
        spoken += EvalsView::tr("; %1 not counted").arg(broken);
    return {key, {title, head, passed, any ? sum.rate : none, any ? sum.wilson.low : none, any ? sum.wilson.high : none, any ? evals::percentText(sum.rate) : QString(),
                  any ? evals::rangeText(sum.wilson) : QString(), at, hat, any ? evals::secondsText(sum.seconds.median) : QString(), priced ? evals::moneyText(sum.costOfPassed) : QString(), broken, spoken}};
}

} // namespace

struct EvalsView::Read {
    std::shared_ptr<const std::vector<evals::TrialSet>> sets;
    std::shared_ptr<const evals::Report> report;
    std::vector<Error> broken;
    QString seen, set;
};

EvalsView::EvalsView(QObject *parent)
    : QObject(parent), m_success({"title", "head", "passed", "rate", "low", "high", "percent", "range", "at", "hat", "time", "cost", "broken", "spoken"}),
      m_tasks({"task", "level", "expects", "cells", "chosen", "spoken"}), m_causes({"arm", "what", "why", "trials", "tasks", "tone", "icon", "first", "spoken"}),
      m_facts({"name", "value", "mono"}), m_findings({"text", "what", "tone", "icon", "spoken"}), m_steps({"text", "why", "said", "tone", "icon", "spoken"}),
      m_hidden({"text", "role", "tone", "icon", "spoken"}), m_files({"text", "kind"}), m_lines({"line"}), m_pairs({"task", "level", "before", "after", "by", "tone", "icon", "spoken"})
{
    m_watch.setInterval(3000);
    connect(&m_watch, &QTimer::timeout, this, &EvalsView::look);
}

void EvalsView::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    Q_EMIT activeChanged();
    if (!active) {
        m_watch.stop();
        return;
    }
    m_watch.start();
    if (m_report)
        look();
    else
        reload();
}

/// Whether a trial was made since; they are made in a terminal.
void EvalsView::look()
{
    if (m_looking || m_loading)
        return;
    m_looking = true;
    AppSession::instance()->worker().read(
        this, [others = m_others] { return seenOf(evals::trialsHome(), others); },
        [this](const QString &seen) {
            m_looking = false;
            if (seen != m_seen)
                reload();
        });
}

void EvalsView::reload()
{
    m_loading = true;
    Q_EMIT changed();
    AppSession::instance()->worker().read(
        this,
        [others = m_others, set = m_set]() -> Read {
            Read read;
            read.seen = seenOf(evals::trialsHome(), others);
            auto sets = evals::readTrialSets(evals::trialsHome(), others);
            read.broken = std::move(sets.broken);
            read.set = set;
            const auto there = std::ranges::find(sets.sets, set, &evals::TrialSet::folder);
            if (there == sets.sets.end() && !(set == everything && sets.sets.size() > 1))
                read.set = sets.sets.empty() ? QString() : sets.sets.front().folder;
            std::vector<evals::TrialSet> chosen;
            for (const auto &one : sets.sets) {
                if (read.set == everything || one.folder == read.set)
                    chosen.push_back(one);
            }
            const QString name = chosen.size() == 1 ? chosen.front().name : EvalsView::tr("all evaluations");
            if (!chosen.empty())
                read.report = std::make_shared<const evals::Report>(evals::makeReport(evals::allTrials(chosen), name, nowMs()));
            for (auto &one : sets.sets)
                one.trials.clear(); // only the names are shown
            read.sets = std::make_shared<const std::vector<evals::TrialSet>>(std::move(sets.sets));
            return read;
        },
        [this, turn = ++m_turn](Read read) {
            if (turn != m_turn)
                return;
            m_loading = false;
            m_sets = std::move(read.sets);
            m_report = std::move(read.report);
            m_seen = std::move(read.seen);
            m_set = std::move(read.set);
            m_error = read.broken.empty() ? ErrorInfo() : ErrorInfo(read.broken.front());
            fill();
        });
}

QStringList EvalsView::setNames() const
{
    QStringList names;
    if (m_sets) {
        for (const auto &one : *m_sets)
            names << one.name;
    }
    return names.size() > 1 ? names + QStringList{tr("All of them together")} : names;
}

int EvalsView::currentSet() const
{
    if (!m_sets || m_sets->empty())
        return -1;
    const auto there = std::ranges::find(*m_sets, m_set, &evals::TrialSet::folder);
    return int(there - m_sets->begin()); // behind the last: all
}

void EvalsView::setCurrentSet(int index)
{
    if (!m_sets || index < 0 || index == currentSet() || index >= setNames().size())
        return;
    m_set = index < int(m_sets->size()) ? (*m_sets)[size_t(index)].folder : everything;
    m_task.clear();
    m_first = m_second = -1;
    reload();
}

QString EvalsView::tested() const { return m_report ? testedSentence(*m_report) : QString(); }
QString EvalsView::helps() const { return m_report ? instructionsSentence(*m_report) : QString(); }

QString EvalsView::helpsTone() const
{
    return m_report && !m_report->comparisons.empty() ? lookOf(m_report->comparisons.front().judgement.kind).tone : QStringLiteral("neutral");
}
QString EvalsView::helpsIcon() const
{
    return m_report && !m_report->comparisons.empty() ? lookOf(m_report->comparisons.front().judgement.kind).icon : QStringLiteral("info");
}

QStringList EvalsView::armNames() const
{
    QStringList names;
    if (m_report) {
        for (const auto &one : m_report->arms)
            names << one.name;
    }
    return names;
}

void EvalsView::fill()
{
    std::vector<Record> success, causes;
    if (m_report) {
        for (size_t arm = 0; arm < m_report->arms.size(); ++arm) {
            const auto &one = m_report->arms[arm];
            const QString k = one.all.most > 1 ? tr(" (best and worst of %1 tries at the right)").arg(one.all.most) : QString();
            auto row = successRow(QStringLiteral("%1").arg(arm), one.name, true, one.all);
            row.values.back() = row.values.back().toString() + k;
            success.push_back(std::move(row));
            for (const auto &[level, sum] : one.levels)
                success.push_back(successRow(QStringLiteral("%1 %2").arg(arm).arg(level), level.isEmpty() ? tr("no level") : level, false, sum));
        }
        int number = 0;
        for (const auto &one : m_report->causes)
            causes.push_back({QString::number(++number), {m_report->arms[size_t(one.arm)].name, one.meaning, one.example, one.trials, one.tasks.join(QStringLiteral(", ")), QStringLiteral("danger"),
                                                          QStringLiteral("circle-cross"), one.tasks.value(0),
                                                          tr("%1: %2 in %3. %4").arg(m_report->arms[size_t(one.arm)].name, one.meaning, counted(one.trials, "trial"), one.example)}});
        for (const auto &one : m_report->broken) {
            const QString what = one.failure == QLatin1String("limit") ? tr("Not counted: a provider's limit") : tr("Not counted: the machine");
            causes.push_back({QString::number(++number), {m_report->arms[size_t(one.arm)].name, what, one.reason, one.trials, one.tasks.join(QStringLiteral(", ")), QStringLiteral("warning"),
                                                          QStringLiteral("warning"), one.tasks.value(0), tr("%1: %2, %3. %4").arg(m_report->arms[size_t(one.arm)].name, what, counted(one.trials, "trial"), one.reason)}});
        }
    }
    m_success.setRecords(std::move(success));
    m_causes.setRecords(std::move(causes));
    Q_EMIT changed();
    fillTasks();
    const int arms = m_report ? int(m_report->arms.size()) : 0;
    if (m_first >= arms || m_second >= arms || m_first < 0) {
        m_first = m_second = -1;
        if (m_report && !m_report->comparisons.empty()) {
            m_first = m_report->comparisons.front().first;
            m_second = m_report->comparisons.front().second;
        } else if (arms > 1) {
            m_first = 0;
            m_second = 1;
        }
    }
    comparePair();
}

void EvalsView::fillTasks()
{
    std::vector<Record> tasks;
    const QStringList words = m_filter.split(u' ', Qt::SkipEmptyParts);
    if (m_report) {
        for (const auto &one : m_report->tasks) {
            if (!words.isEmpty() && fitOf(words, QStringList{one.task, one.level, one.plugin}.join(u' ')) < 0)
                continue;
            QStringList cells, spoken;
            for (size_t arm = 0; arm < one.cells.size(); ++arm) {
                QString marks;
                int passed = 0;
                for (const int i : one.cells[arm]) {
                    const auto &trial = m_report->trials[size_t(i)];
                    marks += markOf(trial);
                    passed += trial.passed && trial.counts() ? 1 : 0;
                }
                cells << marks;
                if (!marks.isEmpty())
                    spoken << tr("%1: %2 of %3 passed").arg(m_report->arms[arm].name).arg(passed).arg(marks.size());
            }
            tasks.push_back({one.task, {one.task, one.level, one.expects, cells, one.task == m_task ? m_trial : -1, one.task + QStringLiteral(", ") + one.level + QStringLiteral(". ") + spoken.join(QStringLiteral("; "))}});
        }
    }
    m_tasks.setRecords(std::move(tasks));
    if (currentTask() < 0) {
        m_task = m_tasks.keyAt(0);
        m_trial = 0;
        if (!m_task.isEmpty()) {
            fillTasks(); // once more, with the mark chosen
            return;
        }
    }
    fillTrial();
}

void EvalsView::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged();
    fillTasks();
}

void EvalsView::pickPair(int first, int second)
{
    const int arms = m_report ? int(m_report->arms.size()) : 0;
    if (first < 0 || second < 0 || first >= arms || second >= arms || (first == m_first && second == m_second))
        return;
    m_first = first;
    m_second = second;
    comparePair();
}

void EvalsView::comparePair()
{
    if (!m_report || m_first < 0 || m_second < 0) {
        m_pair.reset();
        m_pairs.setRecords({});
        Q_EMIT pairChanged();
        return;
    }
    Q_EMIT pairChanged();
    using Pair = std::shared_ptr<const evals::ReportComparison>;
    AppSession::instance()->worker().read(
        this, [report = m_report, a = m_first, b = m_second]() -> Pair { return std::make_shared<const evals::ReportComparison>(evals::compareArms(*report, a, b)); },
        [this, turn = ++m_pairTurn](Pair pair) {
            if (turn != m_pairTurn)
                return;
            m_pair = std::move(pair);
            std::vector<Record> rows;
            auto pairs = m_pair->figures.pairs;
            std::ranges::stable_sort(pairs, std::ranges::greater(), [](const auto &one) { return std::abs(one.difference()); });
            for (const auto &one : pairs) {
                const double by = one.difference();
                const Look look = by > 0 ? Look{QStringLiteral("ok"), QStringLiteral("arrow-up")} : by < 0 ? Look{QStringLiteral("danger"), QStringLiteral("arrow-down")} : Look{QStringLiteral("neutral"), QString()};
                const QString before = QStringLiteral("%1 of %2").arg(one.passedFirst).arg(one.trialsFirst), after = QStringLiteral("%1 of %2").arg(one.passedSecond).arg(one.trialsSecond);
                rows.push_back({one.task, {one.task, one.level, before, after, by == 0 ? tr("as before") : evals::pointsText(by), look.tone, look.icon,
                                           tr("%1, %2: first %3, second %4").arg(one.task, one.level, before, after)}});
            }
            m_pairs.setRecords(std::move(rows));
            Q_EMIT pairChanged();
        });
}

QString EvalsView::verdictTone() const { return m_pair ? lookOf(m_pair->judgement.kind).tone : QString(); }
QString EvalsView::verdictIcon() const { return m_pair ? lookOf(m_pair->judgement.kind).icon : QString(); }
double EvalsView::difference() const { return m_pair ? m_pair->figures.difference : none; }
double EvalsView::differenceLow() const { return m_pair ? m_pair->figures.interval.low : none; }
double EvalsView::differenceHigh() const { return m_pair ? m_pair->figures.interval.high : none; }

QString EvalsView::pairNotes() const
{
    if (!m_pair)
        return {};
    const auto &figures = m_pair->figures;
    QStringList notes;
    if (!figures.pairs.empty())
        notes << tr("%1 better, %2 worse, p = %3 (%4).").arg(counted(figures.better, "task")).arg(figures.worse).arg(QString::number(figures.p, 'g', 2), figures.pBy == QLatin1String("mcnemar") ? tr("McNemar, exact") : tr("signs of the tasks"));
    if (std::isfinite(figures.secondsRatio))
        notes << tr("The second takes %1 times as long.").arg(figures.secondsRatio, 0, 'f', 2);
    if (std::isfinite(figures.costRatio))
        notes << tr("It costs %1 times as much.").arg(figures.costRatio, 0, 'f', 2);
    if (!figures.changed.isEmpty())
        notes << tr("Left out, because their files changed between: %1.").arg(figures.changed.join(QStringLiteral(", ")));
    if (!figures.missing.isEmpty())
        notes << tr("Left out, because one side has no trial that counts: %1.").arg(counted(figures.missing.size(), "task"));
    if (figures.uncounted > 0)
        notes << tr("%1 not counted.").arg(counted(figures.uncounted, "trial"));
    return notes.join(u' ');
}

void EvalsView::openFolder(const QString &folder)
{
    AppSession::instance()->worker().read(
        this, [folder]() -> Result<QString> {
            COPPICE_TRY(const auto set, evals::readTrialSet(folder));
            if (set.trials.empty())
                return failNotFound(QStringLiteral("eval.no-trials"), tr("There are no trials in this folder yet"), folder, tr("Make some with coppicectl eval run --out FOLDER."));
            return set.folder;
        },
        [this](Result<QString> read) {
            if (!read) {
                AppSession::instance()->report(read.error());
                return;
            }
            if (!m_others.contains(*read))
                m_others << *read;
            m_set = *read;
            m_task.clear();
            m_first = m_second = -1;
            reload();
        });
}

void EvalsView::save(const QString &path)
{
    if (!m_report || path.isEmpty())
        return;
    AppSession::instance()->longWork<QString>(
        this, tr("Writing the report of %1").arg(m_report->name),
        [report = m_report, path](engine::Session &, std::stop_token stop, Progress &) -> Result<QString> {
            if (path.endsWith(QLatin1String(".pdf"))) {
                COPPICE_TRY(const auto printed, app::writePdf(toHtml(*report), path, stop));
                return QStringList(QStringList{path} + printed.notes).join(u'\n');
            }
            QByteArray bytes = toHtml(*report).toUtf8();
            if (path.endsWith(QLatin1String(".csv")))
                bytes = toCsv(*report);
            else if (path.endsWith(QLatin1String(".json")))
                bytes = QJsonDocument(toJson(*report)).toJson();
            COPPICE_CHECK(writeFileAtomically(path, bytes));
            return path;
        },
        [](Result<QString> done) {
            auto *session = AppSession::instance();
            if (!done)
                session->report(done.error());
            else
                session->toasts()->tell(tr("The report is in %1.").arg(*done));
        });
}

QString EvalsView::commandOf(const QString &tasks, const QString &client, const QString &model, const QString &arms, int trials, const QString &name) const
{
    const auto quoted = [](QString word) {
        static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:@%+=~-]+$"));
        if (!plain.match(word).hasMatch())
            word = u'\'' + word.replace(u'\'', QStringLiteral("'\\''")) + u'\'';
        return word;
    };
    QStringList lines;
    const QStringList each = arms.split(u' ', Qt::SkipEmptyParts);
    for (const QString &arm : each) {
        QString line = QStringLiteral("coppicectl eval run --tasks %1 --client %2 --instructions %3 --trials %4").arg(quoted(tasks), quoted(client), quoted(arm)).arg(trials);
        if (!model.isEmpty())
            line += QStringLiteral(" --model ") + quoted(model);
        lines << line + QStringLiteral(" --out ") + quoted(evals::trialsHome() + u'/' + name);
    }
    return lines.join(QStringLiteral(" &&\n"));
}

} // namespace coppice::ui
