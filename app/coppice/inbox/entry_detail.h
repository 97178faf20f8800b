// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "entry_reading.h"
#include "inbox_item.h"
#include "shell/record_model.h"

#include <QTimer>

namespace coppice::ui {

/// One line of the inbox closely: at once what the list knows, and soon what has to be read for it.
class EntryDetail : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Reached by InboxView::detail")
    Q_PROPERTY(coppice::ui::InboxItem item READ item NOTIFY changed)
    Q_PROPERTY(coppice::ui::RecordModel *facts READ facts CONSTANT)       ///< name, value, mono
    Q_PROPERTY(coppice::ui::RecordModel *way READ way CONSTANT)           ///< of its ticket, step by step: name, value, mono
    Q_PROPERTY(coppice::ui::RecordModel *releases READ releases CONSTANT) ///< name, value, mono
    Q_PROPERTY(coppice::ui::RecordModel *tags READ tags CONSTANT)         ///< of the newest event: name, value, mono
    Q_PROPERTY(coppice::ui::RecordModel *guesses READ guesses CONSTANT)   ///< of the draft: name, value, mono
    Q_PROPERTY(coppice::ui::RecordModel *events READ events CONSTANT)     ///< message, at, release, place
    Q_PROPERTY(coppice::ui::RecordModel *frames READ frames CONSTANT)     ///< function_, place, inApp
    Q_PROPERTY(coppice::ui::RecordModel *suspects READ suspects CONSTANT) ///< commit, subject, author, at, why
    Q_PROPERTY(coppice::ui::RecordModel *similar READ similar CONSTANT)   ///< text, status, tone, icon, why, outcome
    Q_PROPERTY(coppice::ui::RecordModel *rules READ rules CONSTANT)       ///< of people, about its groups: sentence, operation
    Q_PROPERTY(coppice::ui::RecordModel *comments READ comments CONSTANT) ///< author, text, at, outside
    Q_PROPERTY(coppice::ui::RecordModel *choices READ choices CONSTANT)   ///< what events differ in: text, note, all
    Q_PROPERTY(QString title READ title NOTIFY changed)
    Q_PROPERTY(QString plugin READ plugin NOTIFY changed)
    Q_PROPERTY(QString ticketId READ ticketId NOTIFY changed) ///< empty: it has none
    Q_PROPERTY(QString groupId READ groupId NOTIFY changed)   ///< its first; empty: it has none
    Q_PROPERTY(QString why READ why NOTIFY changed)           ///< the events are one group
    Q_PROPERTY(QString answer READ answer NOTIFY changed)     ///< run or patch of the ticket, as an entity
    Q_PROPERTY(QString remote READ remote NOTIFY changed)     ///< issue in a tracker
    Q_PROPERTY(QString text READ text NOTIFY changed)         ///< what a person wrote into the ticket
    Q_PROPERTY(QString draft READ draft NOTIFY readChanged)   ///< how the draft stands, in a sentence
    Q_PROPERTY(QString trace READ trace NOTIFY readChanged)   ///< of the newest event
    Q_PROPERTY(QString suspecting READ suspecting NOTIFY suspectsChanged) ///< why no commit is named
    Q_PROPERTY(int moreFrames READ moreFrames NOTIFY readChanged) ///< than `frames` has
    Q_PROPERTY(bool reading READ reading NOTIFY readChanged)
    Q_PROPERTY(bool muted READ muted NOTIFY changed)
    Q_PROPERTY(bool canAccept READ canAccept NOTIFY changed)
    Q_PROPERTY(bool canSnooze READ canSnooze NOTIFY changed)
    Q_PROPERTY(bool canDecline READ canDecline NOTIFY changed)
    Q_PROPERTY(bool canDuplicate READ canDuplicate NOTIFY changed)
    Q_PROPERTY(bool canReopen READ canReopen NOTIFY changed) ///< back to the inbox
    Q_PROPERTY(bool canRun READ canRun NOTIFY changed)       ///< a run can be started for the ticket
public:
    explicit EntryDetail(QObject *parent = nullptr);

    void setEntry(const tickets::InboxEntry *entry); ///< null: none
    void setActive(bool active);
    /// What a row of `choices` says of events; all of them for another row.
    [[nodiscard]] capture::GroupRule::By choiceAt(int row) const;

    [[nodiscard]] const InboxItem &item() const { return m_item; }
    [[nodiscard]] RecordModel *facts() { return &m_facts; }
    [[nodiscard]] RecordModel *way() { return &m_way; }
    [[nodiscard]] RecordModel *releases() { return &m_releases; }
    [[nodiscard]] RecordModel *tags() { return &m_tags; }
    [[nodiscard]] RecordModel *guesses() { return &m_guesses; }
    [[nodiscard]] RecordModel *events() { return &m_events; }
    [[nodiscard]] RecordModel *frames() { return &m_frames; }
    [[nodiscard]] RecordModel *suspects() { return &m_suspects; }
    [[nodiscard]] RecordModel *similar() { return &m_similar; }
    [[nodiscard]] RecordModel *rules() { return &m_rules; }
    [[nodiscard]] RecordModel *comments() { return &m_comments; }
    [[nodiscard]] RecordModel *choices() { return &m_choices; }
    [[nodiscard]] QString title() const { return m_item.title; }
    [[nodiscard]] QString plugin() const { return m_item.plugin; }
    [[nodiscard]] QString ticketId() const { return m_item.ticket ? m_item.key.section(u':', 1) : QString(); }
    [[nodiscard]] QString groupId() const { return m_entry.groups.value(0); }
    [[nodiscard]] QString why() const { return m_why; }
    [[nodiscard]] QString answer() const { return m_answer; }
    [[nodiscard]] QString remote() const { return m_entry.remote; }
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] QString draft() const { return m_draft; }
    [[nodiscard]] QString trace() const { return m_trace; }
    [[nodiscard]] QString suspecting() const { return m_suspecting; }
    [[nodiscard]] int moreFrames() const { return m_moreFrames; }
    [[nodiscard]] bool reading() const { return m_reading; }
    [[nodiscard]] bool muted() const { return m_entry.muted; }
    [[nodiscard]] bool canAccept() const { return m_may.accept; }
    [[nodiscard]] bool canSnooze() const { return m_may.snooze; }
    [[nodiscard]] bool canDecline() const { return m_may.decline; }
    [[nodiscard]] bool canDuplicate() const { return m_may.duplicate; }
    [[nodiscard]] bool canReopen() const { return m_may.reopen; }
    [[nodiscard]] bool canRun() const { return m_may.run; }

Q_SIGNALS:
    void changed();
    void readChanged();
    void suspectsChanged();

private:
    struct May {
        bool accept = false, snooze = false, decline = false, duplicate = false, reopen = false, run = false;
    };
    void fillFromState();
    void fillTicket(const tickets::Ticket &ticket);
    void fillFacts(const tickets::Ticket *ticket);
    void read();
    void show(const EntryReading &reading);
    void showEvents(const EntryReading &reading);
    void showChoices(const EntryReading &reading);
    void readGuesses();
    void showGuesses(const EntryGuesses &guesses);
    [[nodiscard]] std::optional<tickets::Ticket> ticket() const;
    void forget();

    RecordModel m_facts, m_way, m_releases, m_tags, m_guesses, m_events, m_frames, m_suspects, m_similar, m_rules, m_comments, m_choices;
    std::vector<capture::GroupRule::By> m_by; ///< of the choices
    tickets::InboxEntry m_entry;
    InboxItem m_item;
    May m_may;
    QString m_why, m_answer, m_text, m_draft, m_trace, m_suspecting, m_suspected;
    const void *m_state = nullptr; ///< that was shown last; only told apart from others
    int m_moreFrames = 0;
    QTimer m_timer; ///< so that holding an arrow down reads nothing
    bool m_active = false, m_reading = false;
    bool m_asked = false, m_askAgain = false; ///< one reading at a time
    bool m_guessing = false;
};

} // namespace coppice::ui
