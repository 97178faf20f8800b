// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <evals/report.h>
#include <evals/trial_sets.h>

#include <QTimer>

#include <memory>

namespace coppice::ui {

/// Evaluations that were made: success by arm and level, each task's trials, one trial with what graders found, and two arms
/// side by side.
class EvalsView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(bool loading READ loading NOTIFY changed)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed) ///< folders that cannot be read
    Q_PROPERTY(QStringList setNames READ setNames NOTIFY changed)      ///< evaluations, the latest first; with several, all of them together last
    Q_PROPERTY(int currentSet READ currentSet WRITE setCurrentSet NOTIFY changed)
    Q_PROPERTY(int trials READ trials NOTIFY changed)
    Q_PROPERTY(int uncounted READ uncounted NOTIFY changed)
    Q_PROPERTY(double lastAt READ lastAt NOTIFY changed)
    Q_PROPERTY(QString tested READ tested NOTIFY changed)
    Q_PROPERTY(QString helps READ helps NOTIFY changed) ///< whether the shared instructions do
    Q_PROPERTY(QString helpsTone READ helpsTone NOTIFY changed)
    Q_PROPERTY(QString helpsIcon READ helpsIcon NOTIFY changed)
    Q_PROPERTY(QStringList armNames READ armNames NOTIFY changed)
    Q_PROPERTY(coppice::ui::RecordModel *success READ success CONSTANT) ///< an arm, then its levels
    Q_PROPERTY(coppice::ui::RecordModel *tasks READ tasks CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *causes READ causes CONSTANT)   ///< of failures, then what is not counted
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
    Q_PROPERTY(int currentTask READ currentTask NOTIFY trialChanged)
    Q_PROPERTY(int currentTrial READ currentTrial NOTIFY trialChanged) ///< within the task, over all arms
    // the selected trial
    Q_PROPERTY(QString title READ title NOTIFY trialChanged)
    Q_PROPERTY(QString grade READ grade NOTIFY trialChanged)
    Q_PROPERTY(QString gradeTone READ gradeTone NOTIFY trialChanged)
    Q_PROPERTY(QString gradeIcon READ gradeIcon NOTIFY trialChanged)
    Q_PROPERTY(QString reason READ reason NOTIFY trialChanged)
    Q_PROPERTY(QString folder READ folder NOTIFY trialChanged)
    Q_PROPERTY(coppice::ui::RecordModel *facts READ facts CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *findings READ findings CONSTANT) ///< of graders: text, tone, icon
    Q_PROPERTY(coppice::ui::RecordModel *steps READ steps CONSTANT)       ///< of the playbook
    Q_PROPERTY(coppice::ui::RecordModel *hidden READ hidden CONSTANT)     ///< tests
    Q_PROPERTY(coppice::ui::RecordModel *files READ files CONSTANT)       ///< what the trial left: key is the path
    Q_PROPERTY(coppice::ui::RecordModel *lines READ lines CONSTANT)       ///< of the file that was asked for
    Q_PROPERTY(QString linesOf READ linesOf NOTIFY linesChanged)
    Q_PROPERTY(QString linesNote READ linesNote NOTIFY linesChanged)
    Q_PROPERTY(coppice::ui::ErrorInfo linesError READ linesError NOTIFY linesChanged)
    // two arms
    Q_PROPERTY(int first READ first NOTIFY pairChanged)
    Q_PROPERTY(int second READ second NOTIFY pairChanged)
    Q_PROPERTY(QString verdict READ verdict NOTIFY pairChanged)
    Q_PROPERTY(QString verdictTone READ verdictTone NOTIFY pairChanged)
    Q_PROPERTY(QString verdictIcon READ verdictIcon NOTIFY pairChanged)
    Q_PROPERTY(QString pairNotes READ pairNotes NOTIFY pairChanged)
    Q_PROPERTY(double difference READ difference NOTIFY pairChanged)
    Q_PROPERTY(double differenceLow READ differenceLow NOTIFY pairChanged)
    Q_PROPERTY(double differenceHigh READ differenceHigh NOTIFY pairChanged)
    Q_PROPERTY(coppice::ui::RecordModel *pairs READ pairs CONSTANT)
public:
    explicit EvalsView(QObject *parent = nullptr);

    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] QStringList setNames() const;
    [[nodiscard]] int currentSet() const;
    void setCurrentSet(int index);
    [[nodiscard]] int trials() const { return m_report ? int(m_report->trials.size()) : 0; }
    [[nodiscard]] int uncounted() const { return m_report ? m_report->uncounted : 0; }
    [[nodiscard]] double lastAt() const { return m_report ? double(m_report->last) : 0; }
    [[nodiscard]] QString tested() const;
    [[nodiscard]] QString helps() const;
    [[nodiscard]] QString helpsTone() const;
    [[nodiscard]] QString helpsIcon() const;
    [[nodiscard]] QStringList armNames() const;
    [[nodiscard]] RecordModel *success() { return &m_success; }
    [[nodiscard]] RecordModel *tasks() { return &m_tasks; }
    [[nodiscard]] RecordModel *causes() { return &m_causes; }
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] int currentTask() const { return m_tasks.indexOf(m_task); }
    [[nodiscard]] int currentTrial() const { return m_trial; }
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString grade() const;
    [[nodiscard]] QString gradeTone() const;
    [[nodiscard]] QString gradeIcon() const;
    [[nodiscard]] QString reason() const;
    [[nodiscard]] QString folder() const;
    [[nodiscard]] RecordModel *facts() { return &m_facts; }
    [[nodiscard]] RecordModel *findings() { return &m_findings; }
    [[nodiscard]] RecordModel *steps() { return &m_steps; }
    [[nodiscard]] RecordModel *hidden() { return &m_hidden; }
    [[nodiscard]] RecordModel *files() { return &m_files; }
    [[nodiscard]] RecordModel *lines() { return &m_lines; }
    [[nodiscard]] QString linesOf() const { return m_linesOf; }
    [[nodiscard]] QString linesNote() const { return m_linesNote; }
    [[nodiscard]] ErrorInfo linesError() const { return m_linesError; }
    [[nodiscard]] int first() const { return m_first; }
    [[nodiscard]] int second() const { return m_second; }
    [[nodiscard]] QString verdict() const { return m_pair ? m_pair->judgement.sentence : QString(); }
    [[nodiscard]] QString verdictTone() const;
    [[nodiscard]] QString verdictIcon() const;
    [[nodiscard]] QString pairNotes() const;
    [[nodiscard]] double difference() const;
    [[nodiscard]] double differenceLow() const;
    [[nodiscard]] double differenceHigh() const;
    [[nodiscard]] RecordModel *pairs() { return &m_pairs; }

    Q_INVOKABLE void pickTask(int row);
    Q_INVOKABLE void pickTrial(int row, int arm, int mark); ///< of one arm
    Q_INVOKABLE void stepTrial(int by);                     ///< within the task
    Q_INVOKABLE void stepFailed(int by);                    ///< to the next trial that failed
    Q_INVOKABLE void pickTaskNamed(const QString &task);
    Q_INVOKABLE void pickPair(int first, int second);
    Q_INVOKABLE void openFile(const QString &path);
    Q_INVOKABLE QString fileOf(const QString &kind) const; ///< the trial's first one of diff, printed, tests, context; empty: none
    Q_INVOKABLE QString taskOfCause(int row) const;
    Q_INVOKABLE void openFolder(const QString &folder); ///< of trials, which lies elsewhere; for as long as the window stands
    Q_INVOKABLE void save(const QString &path);         ///< its ending says which form: .html, .pdf, .csv, .json
    /// Lines for a terminal that make an evaluation of that name: one for each of the arms, which are parted by spaces.
    Q_INVOKABLE QString commandOf(const QString &tasks, const QString &client, const QString &model, const QString &arms, int trials, const QString &name) const;

Q_SIGNALS:
    void activeChanged();
    void changed();
    void filterChanged();
    void trialChanged();
    void linesChanged();
    void pairChanged();

private:
    struct Read;
    void look();
    void reload();
    void fill();
    void fillTasks();
    void fillTrial();
    void comparePair();
    [[nodiscard]] const evals::ReportTask *task() const;
    [[nodiscard]] const evals::Trial *trial() const;
    [[nodiscard]] std::vector<int> flat(const evals::ReportTask &task) const;

    RecordModel m_success, m_tasks, m_causes, m_facts, m_findings, m_steps, m_hidden, m_files, m_lines, m_pairs;
    std::shared_ptr<const std::vector<evals::TrialSet>> m_sets;
    std::shared_ptr<const evals::Report> m_report;
    std::shared_ptr<const evals::ReportComparison> m_pair;
    ErrorInfo m_error, m_linesError;
    QTimer m_watch;
    QStringList m_others; ///< folders that were named in this window
    QString m_seen;       ///< size and time of what was read
    QString m_set;        ///< folder; "*": all
    QString m_filter, m_task, m_linesOf, m_linesNote;
    int m_trial = 0, m_first = -1, m_second = -1, m_turn = 0, m_pairTurn = 0, m_fileTurn = 0, m_lineTurn = 0;
    bool m_active = false, m_loading = false, m_looking = false;
};

} // namespace coppice::ui
