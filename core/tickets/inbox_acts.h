// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"
#include "capture/group_rules.h"
#include "tickets/ticket.h"

#include <functional>
#include <stop_token>

namespace coppice::tickets {

/// What was done to lines of the inbox, and what takes it back.
struct InboxDeed {
    int done = 0;         ///< lines
    int skipped = 0;      ///< lines that were so already
    QStringList problems; ///< a sentence for each line that it could not be done to
    QStringList tickets;  ///< that were made or changed
    QStringList operations; ///< the oldest first
    std::vector<std::pair<QString, capture::Group::State>> states; ///< group → state before, where no operation tells
    QString made;         ///< the group that a split made
    bool stopped = false; ///< on request, before all was done
    [[nodiscard]] bool canUndo() const { return !operations.isEmpty() || !states.empty(); }
};

/// How long work can be stopped, and tells how far it is.
struct InboxWay {
    std::stop_token stop;
    Progress &progress = Progress::none();
};

/// What a person decides about one or many lines of the inbox ("group:ID", "ticket:ID"), each by the operations that there
/// are for tickets and group rules, with one way back for all of it. A group that a decision needs a ticket for gets one.
/// With one line its error is the answer; with many the others go on. Safe from any thread; long with many lines.
class InboxActs
{
public:
    using Way = InboxWay;
    InboxActs(store::Database &state, store::Database &events, journal::Journal &journal)
        : m_state(state), m_eventsDb(events), m_journal(journal), m_events(events), m_tickets(state, journal) { }

    Result<InboxDeed> makeTickets(const Actor &actor, const QStringList &keys, const Way &way = {});
    Result<InboxDeed> move(const Actor &actor, const QStringList &keys, Ticket::State state, const QJsonObject &more = {}, const Way &way = {});
    Result<InboxDeed> snooze(const Actor &actor, const QStringList &keys, const SnoozeEnd &end, const Way &way = {});
    Result<InboxDeed> assign(const Actor &actor, const QStringList &keys, const QString &assignee, const Way &way = {});
    /// Their groups, for so long or so many more events; `by` says which of their events.
    Result<InboxDeed> mute(const Actor &actor, const QStringList &keys, const capture::GroupRule::By &by, qint64 until, qint64 count, const Way &way = {});
    Result<InboxDeed> unmute(const Actor &actor, const QStringList &keys, const Way &way = {});
    /// The groups of all lines become the first group of the first line that has a ticket, else of the first line. Two
    /// tickets are refused: one is a duplicate of the other.
    Result<InboxDeed> merge(const Actor &actor, const QStringList &keys);
    Result<InboxDeed> split(const Actor &actor, const QString &group, const capture::GroupRule::By &by);

    /// Takes a deed back, the last operation first. Each that cannot be taken back any more is a problem of the answer.
    Result<InboxDeed> undo(const Actor &actor, const InboxDeed &deed, const Way &way = {});

private:
    using One = std::function<Result<>(const QString &key, InboxDeed &deed)>;
    Result<InboxDeed> each(const QStringList &keys, const Way &way, const One &one);
    Result<QString> ticketFor(const Actor &actor, const QString &key, InboxDeed &deed);
    Result<QStringList> groupsOf(const QString &key);
    Result<> note(const QString &ticket, InboxDeed &deed);

    store::Database &m_state;
    store::Database &m_eventsDb;
    journal::Journal &m_journal;
    capture::EventStore m_events;
    Tickets m_tickets;
};

} // namespace coppice::tickets
