// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log_tail.h"
#include "run_list_model.h"
#include "shell/record_model.h"
#include "story_model.h"

#include <runs/run.h>

namespace coppice::ui {

/// The runs, and one of them closely: its story while it goes on, what it came to, and what can be done with it.
class RunsView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RunListModel *runs READ runs CONSTANT)
    Q_PROPERTY(coppice::ui::StoryModel *story READ story CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *checks READ checks CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *facts READ facts CONSTANT)
    Q_PROPERTY(coppice::ui::LogTail *log READ log CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *context READ context CONSTANT) ///< what the client was given, once asked for
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged) ///< on view: story and log are followed
    Q_PROPERTY(int total READ total NOTIFY listChanged)
    Q_PROPERTY(int currentIndex READ currentIndex NOTIFY currentMoved)
    Q_PROPERTY(QString current READ current NOTIFY detailChanged)
    Q_PROPERTY(QString title READ title NOTIFY detailChanged)
    Q_PROPERTY(QString work READ work NOTIFY detailChanged)
    Q_PROPERTY(QString state READ state NOTIFY detailChanged)
    Q_PROPERTY(QString tone READ tone NOTIFY detailChanged)
    Q_PROPERTY(QString icon READ icon NOTIFY detailChanged)
    Q_PROPERTY(QString outcome READ outcome NOTIFY detailChanged) ///< how it stands, in a sentence or two
    Q_PROPERTY(QString outcomeTone READ outcomeTone NOTIFY detailChanged)
    Q_PROPERTY(QString step READ step NOTIFY detailChanged)
    Q_PROPERTY(QString asked READ asked NOTIFY detailChanged) ///< the ticket's title, or what else was asked
    Q_PROPERTY(QString contextHash READ contextHash NOTIFY detailChanged)
    Q_PROPERTY(QString spent READ spent NOTIFY spentChanged) ///< cost and tokens
    Q_PROPERTY(double started READ started NOTIFY detailChanged)
    Q_PROPERTY(double ended READ ended NOTIFY detailChanged)
    Q_PROPERTY(bool working READ working NOTIFY detailChanged)
    Q_PROPERTY(bool tainted READ tainted NOTIFY detailChanged)
    Q_PROPERTY(bool replayed READ replayed NOTIFY detailChanged)
    Q_PROPERTY(QString review READ review NOTIFY detailChanged) ///< entity of its patch
    Q_PROPERTY(QString ticket READ ticket NOTIFY detailChanged) ///< entity
    Q_PROPERTY(bool canCancel READ canCancel NOTIFY detailChanged)
    Q_PROPERTY(bool canResume READ canResume NOTIFY detailChanged)
    Q_PROPERTY(bool canTake READ canTake NOTIFY detailChanged) ///< a hand run that waits for its person
    Q_PROPERTY(bool canByHand READ canByHand NOTIFY detailChanged)
    Q_PROPERTY(bool canReplay READ canReplay NOTIFY detailChanged)
    Q_PROPERTY(QString workFolder READ workFolder NOTIFY detailChanged) ///< of a hand run
public:
    explicit RunsView(QObject *parent = nullptr);

    [[nodiscard]] RunListModel *runs() { return &m_runs; }
    [[nodiscard]] StoryModel *story() { return &m_story; }
    [[nodiscard]] RecordModel *checks() { return &m_checks; }
    [[nodiscard]] RecordModel *facts() { return &m_facts; }
    [[nodiscard]] LogTail *log() { return &m_log; }
    [[nodiscard]] RecordModel *context() { return &m_context; }
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] int total() const;
    [[nodiscard]] int currentIndex() const { return m_runs.indexOf(m_current); }
    [[nodiscard]] QString current() const { return m_detail.run; }
    [[nodiscard]] QString title() const { return m_detail.title; }
    [[nodiscard]] QString work() const { return m_detail.work; }
    [[nodiscard]] QString state() const { return m_detail.state; }
    [[nodiscard]] QString tone() const { return m_detail.tone; }
    [[nodiscard]] QString icon() const { return m_detail.icon; }
    [[nodiscard]] QString outcome() const { return m_detail.outcome; }
    [[nodiscard]] QString outcomeTone() const { return m_detail.outcomeTone; }
    [[nodiscard]] QString step() const { return m_detail.step; }
    [[nodiscard]] QString asked() const { return m_detail.asked; }
    [[nodiscard]] QString contextHash() const { return m_detail.contextHash; }
    [[nodiscard]] QString spent() const { return m_spent; }
    [[nodiscard]] double started() const { return m_detail.started; }
    [[nodiscard]] double ended() const { return m_detail.ended; }
    [[nodiscard]] bool working() const { return m_detail.working; }
    [[nodiscard]] bool tainted() const { return m_detail.tainted; }
    [[nodiscard]] bool replayed() const { return m_detail.replayed; }
    [[nodiscard]] QString review() const { return m_detail.review; }
    [[nodiscard]] QString ticket() const { return m_detail.ticket; }
    [[nodiscard]] bool canCancel() const { return m_detail.canCancel; }
    [[nodiscard]] bool canResume() const { return m_detail.canResume; }
    [[nodiscard]] bool canTake() const { return m_detail.canTake; }
    [[nodiscard]] bool canByHand() const { return m_detail.canByHand; }
    [[nodiscard]] bool canReplay() const { return m_detail.canReplay; }
    [[nodiscard]] QString workFolder() const { return m_detail.workFolder; }

    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void cancel();
    Q_INVOKABLE void resume();
    Q_INVOKABLE void take();
    Q_INVOKABLE void byHand();  ///< a person goes on with it
    Q_INVOKABLE void replay();  ///< plays it back as another run
    Q_INVOKABLE void openFolder(); ///< of a hand run, in the desktop's file manager
    Q_INVOKABLE void readContext();

Q_SIGNALS:
    void filterChanged();
    void activeChanged();
    void listChanged();
    void currentMoved();
    void detailChanged();
    void spentChanged();

private:
    struct Detail {
        QString run, title, work, state, tone, icon, outcome, outcomeTone, step, asked, contextHash, review, ticket, workFolder;
        double started = 0, ended = 0;
        bool working = false, tainted = false, replayed = false, canCancel = false, canResume = false, canTake = false,
             canByHand = false, canReplay = false;
        friend bool operator==(const Detail &, const Detail &) = default;
    };
    void fill();
    void fillDetail();
    [[nodiscard]] Detail detailOf(const runs::Run &run) const;
    void fillFacts(const runs::Run &run);
    void fillChecks(const runs::Run &run);
    void fillSpent();
    void follow(const runs::Run *run);
    [[nodiscard]] const runs::Run *currentRun() const;
    void act(const QString &title, const QString &verb, const std::function<void(const QJsonObject &)> &done);

    RunPulse m_pulse; ///< before the list, which reads it
    RunListModel m_runs;
    StoryModel m_story;
    RecordModel m_checks, m_facts, m_context;
    LogTail m_log;
    QString m_filter, m_current, m_wanted, m_spent;
    Detail m_detail;
    bool m_active = false;
};

} // namespace coppice::ui
