// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/record_model.h"

#include <capture/event.h>
#include <tickets/ticket.h>

namespace coppice::ui {

/// The inbox: error groups, and the tickets made of them or by hand. What is selected in each is kept apart; one detail
/// for the section on view.
class InboxView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *groups READ groups CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *tickets READ tickets CONSTANT)
    Q_PROPERTY(coppice::ui::RecordModel *facts READ facts CONSTANT)   ///< of what is selected: name, value
    Q_PROPERTY(coppice::ui::RecordModel *events READ events CONSTANT) ///< of the selected group
    Q_PROPERTY(coppice::ui::RecordModel *frames READ frames CONSTANT) ///< of its newest event
    Q_PROPERTY(bool showTickets READ showTickets WRITE setShowTickets NOTIFY sectionChanged)
    Q_PROPERTY(bool showAll READ showAll WRITE setShowAll NOTIFY filterChanged) ///< also muted, closed, declined ones
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
    Q_PROPERTY(int openGroups READ openGroups NOTIFY listChanged)
    Q_PROPERTY(int openTickets READ openTickets NOTIFY listChanged)
    Q_PROPERTY(int groupIndex READ groupIndex NOTIFY detailChanged)
    Q_PROPERTY(int ticketIndex READ ticketIndex NOTIFY detailChanged)
    Q_PROPERTY(QString groupId READ groupId NOTIFY detailChanged)
    Q_PROPERTY(QString ticketId READ ticketId NOTIFY detailChanged)
    Q_PROPERTY(QString plugin READ plugin NOTIFY detailChanged) ///< of what is selected
    Q_PROPERTY(QString title READ title NOTIFY detailChanged)
    Q_PROPERTY(QString state READ state NOTIFY detailChanged)
    Q_PROPERTY(QString tone READ tone NOTIFY detailChanged)
    Q_PROPERTY(QString icon READ icon NOTIFY detailChanged)
    Q_PROPERTY(QString why READ why NOTIFY detailChanged)
    Q_PROPERTY(QString trace READ trace NOTIFY traceChanged)
    Q_PROPERTY(bool tainted READ tainted NOTIFY detailChanged)
    Q_PROPERTY(bool muted READ muted NOTIFY detailChanged)
    Q_PROPERTY(QString ticketOfGroup READ ticketOfGroup NOTIFY detailChanged) ///< entity; empty when it has none
    Q_PROPERTY(QString answer READ answer NOTIFY detailChanged) ///< run or patch of the ticket, as an entity
    Q_PROPERTY(bool canAccept READ canAccept NOTIFY detailChanged)
    Q_PROPERTY(bool canSnooze READ canSnooze NOTIFY detailChanged)
    Q_PROPERTY(bool canDecline READ canDecline NOTIFY detailChanged)
    Q_PROPERTY(bool canReopen READ canReopen NOTIFY detailChanged) ///< back to the inbox
    Q_PROPERTY(bool canRun READ canRun NOTIFY detailChanged)       ///< a run can be started for the ticket
public:
    explicit InboxView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *groups() { return &m_groups; }
    [[nodiscard]] RecordModel *tickets() { return &m_tickets; }
    [[nodiscard]] RecordModel *facts() { return &m_facts; }
    [[nodiscard]] RecordModel *events() { return &m_events; }
    [[nodiscard]] RecordModel *frames() { return &m_frames; }
    [[nodiscard]] bool showTickets() const { return m_showTickets; }
    void setShowTickets(bool tickets);
    [[nodiscard]] bool showAll() const { return m_showAll; }
    void setShowAll(bool all);
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] int openGroups() const { return m_openGroups; }
    [[nodiscard]] int openTickets() const { return m_openTickets; }
    [[nodiscard]] int groupIndex() const { return m_groups.indexOf(m_group); }
    [[nodiscard]] int ticketIndex() const { return m_tickets.indexOf(m_ticket); }
    [[nodiscard]] QString groupId() const { return m_group; }
    [[nodiscard]] QString ticketId() const { return m_ticket; }
    [[nodiscard]] QString plugin() const { return m_detail.plugin; }
    [[nodiscard]] QString title() const { return m_detail.title; }
    [[nodiscard]] QString state() const { return m_detail.state; }
    [[nodiscard]] QString tone() const { return m_detail.tone; }
    [[nodiscard]] QString icon() const { return m_detail.icon; }
    [[nodiscard]] QString why() const { return m_detail.why; }
    [[nodiscard]] QString trace() const { return m_trace; }
    [[nodiscard]] bool tainted() const { return m_detail.tainted; }
    [[nodiscard]] bool muted() const { return m_detail.muted; }
    [[nodiscard]] QString ticketOfGroup() const { return m_detail.ticketOfGroup; }
    [[nodiscard]] QString answer() const { return m_detail.answer; }
    [[nodiscard]] bool canAccept() const { return m_detail.canAccept; }
    [[nodiscard]] bool canSnooze() const { return m_detail.canSnooze; }
    [[nodiscard]] bool canDecline() const { return m_detail.canDecline; }
    [[nodiscard]] bool canReopen() const { return m_detail.canReopen; }
    [[nodiscard]] bool canRun() const { return m_detail.canRun; }

    Q_INVOKABLE void pickGroup(int row);
    Q_INVOKABLE void pickTicket(int row);
    Q_INVOKABLE void makeTicket();
    Q_INVOKABLE void newTicket(const QString &plugin, const QString &title, const QString &text);
    Q_INVOKABLE void mute();
    Q_INVOKABLE void accept();
    Q_INVOKABLE void decline(const QString &reason);
    Q_INVOKABLE void snooze(int hours);
    Q_INVOKABLE void reopen(); ///< back to the inbox
    Q_INVOKABLE void assign(const QString &who);

Q_SIGNALS:
    void sectionChanged();
    void filterChanged();
    void listChanged();
    void detailChanged();
    void traceChanged();

private:
    struct Detail {
        QString plugin, title, state, tone, icon, why, ticketOfGroup, answer;
        bool tainted = false, muted = false, canAccept = false, canSnooze = false, canDecline = false, canReopen = false,
             canRun = false;
    };
    void fill();
    void fillGroups();
    void fillTickets();
    void fillDetail();
    void showMade(Result<tickets::Ticket> made);
    void groupDetail(const capture::Group &group, std::vector<Record> &facts);
    void ticketDetail(const tickets::Ticket &ticket, std::vector<Record> &facts);
    void loadEvents(const QString &group);
    void move(tickets::Ticket::State state, const QJsonObject &more, const QString &told);

    RecordModel m_groups, m_tickets, m_facts, m_events, m_frames;
    QString m_filter, m_group, m_ticket, m_trace, m_eventsOf;
    qint64 m_eventsCount = -1;
    Detail m_detail;
    bool m_showTickets = false, m_showAll = false;
    int m_openGroups = 0, m_openTickets = 0;
};

} // namespace coppice::ui
