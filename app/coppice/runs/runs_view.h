// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log_tail.h"
#include "shell/record_model.h"

#include <runs/run.h>

namespace coppice::ui {

/// The runs, and one of them closely: state, checks, cost, and what its client prints while it prints it.
class RunsView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *runs READ runs CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *checks READ checks CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *steps READ steps CONSTANT) ///< of the playbook, as they were journaled
    Q_PROPERTY(coppice::ui::RecordModel *facts READ facts CONSTANT)
    Q_PROPERTY(coppice::ui::LogTail *log READ log CONSTANT)
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged) ///< on view: the log is followed
    Q_PROPERTY(int underWay READ underWay NOTIFY listChanged)
    Q_PROPERTY(int currentIndex READ currentIndex NOTIFY detailChanged)
    Q_PROPERTY(QString current READ current NOTIFY detailChanged)
    Q_PROPERTY(QString title READ title NOTIFY detailChanged)
    Q_PROPERTY(QString state READ state NOTIFY detailChanged)
    Q_PROPERTY(QString tone READ tone NOTIFY detailChanged)
    Q_PROPERTY(QString icon READ icon NOTIFY detailChanged)
    Q_PROPERTY(QString reason READ reason NOTIFY detailChanged)
    Q_PROPERTY(bool failed READ failed NOTIFY detailChanged)
    Q_PROPERTY(bool tainted READ tainted NOTIFY detailChanged)
    Q_PROPERTY(QString review READ review NOTIFY detailChanged) ///< entity of its patch
    Q_PROPERTY(QString ticket READ ticket NOTIFY detailChanged) ///< entity
    Q_PROPERTY(bool canCancel READ canCancel NOTIFY detailChanged)
    Q_PROPERTY(bool canResume READ canResume NOTIFY detailChanged)
    Q_PROPERTY(bool canTake READ canTake NOTIFY detailChanged) ///< a hand run that waits for its person
    Q_PROPERTY(QString workFolder READ workFolder NOTIFY detailChanged) ///< of a hand run
public:
    explicit RunsView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *runs() { return &m_runs; }
    [[nodiscard]] RecordModel *checks() { return &m_checks; }
    [[nodiscard]] RecordModel *steps() { return &m_steps; }
    [[nodiscard]] RecordModel *facts() { return &m_facts; }
    [[nodiscard]] LogTail *log() { return &m_log; }
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] int underWay() const;
    [[nodiscard]] int currentIndex() const { return m_runs.indexOf(m_current); }
    [[nodiscard]] QString current() const { return m_current; }
    [[nodiscard]] QString title() const { return m_detail.title; }
    [[nodiscard]] QString state() const { return m_detail.state; }
    [[nodiscard]] QString tone() const { return m_detail.tone; }
    [[nodiscard]] QString icon() const { return m_detail.icon; }
    [[nodiscard]] QString reason() const { return m_detail.reason; }
    [[nodiscard]] bool failed() const { return m_detail.failed; }
    [[nodiscard]] bool tainted() const { return m_detail.tainted; }
    [[nodiscard]] QString review() const { return m_detail.review; }
    [[nodiscard]] QString ticket() const { return m_detail.ticket; }
    [[nodiscard]] bool canCancel() const { return m_detail.canCancel; }
    [[nodiscard]] bool canResume() const { return m_detail.canResume; }
    [[nodiscard]] bool canTake() const { return m_detail.canTake; }
    [[nodiscard]] QString workFolder() const { return m_detail.workFolder; }

    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void cancel();
    Q_INVOKABLE void resume();
    Q_INVOKABLE void take();
    Q_INVOKABLE void openFolder(); ///< of a hand run, in the desktop's file manager

Q_SIGNALS:
    void filterChanged();
    void activeChanged();
    void listChanged();
    void detailChanged();

private:
    struct Detail {
        QString title, state, tone, icon, reason, review, ticket, workFolder;
        bool failed = false, tainted = false, canCancel = false, canResume = false, canTake = false;
    };
    void fill();
    void fillDetail();
    void fillFacts(const runs::Run &run);
    void fillChecks(const runs::Run &run);
    void loadSteps();
    void act(const QString &title, const QString &verb, const QString &told);
    void followLog(const runs::Run *run);

    RecordModel m_runs, m_checks, m_steps, m_facts;
    LogTail m_log;
    QString m_filter, m_current;
    Detail m_detail;
    bool m_active = false;
};

} // namespace coppice::ui
