// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/actor.h"
#include "base/error.h"
#include "base/id.h"
#include "capture/store.h"
#include "journal/operation.h"
#include "store/database.h"

#include <QJsonObject>
#include <QStringList>

#include <optional>
#include <vector>

namespace coppice::tickets {

/// A unit of maintenance work on one plugin.
struct Ticket {
    enum class State { Inbox, Accepted, Running, Review, Shipping, Watching, Closed, Declined, Snoozed, Duplicate };
    enum class Kind { Error, Finding, Proposal, Manual };
    Id id;
    QString plugin;
    Kind kind = Kind::Manual;
    QString title;
    QJsonObject facts;   ///< from Coppice: group, count, first, last, releases, trace (untrusted text inside)
    QJsonObject guesses; ///< from an agent; marked as such
    QStringList groups;
    QString assignee;
    QString remote; ///< address in a tracker; empty: local only
    State state = State::Inbox;
    bool tainted = false; ///< carries text from outside
    bool regressed = false;
    QString commit; ///< of the fix that is watched or closed it
    QString reason; ///< of declining, or what it is a duplicate of
    qint64 snoozedUntil = 0;
    QJsonObject links; ///< what moves told beside: run, review, release, event
    qint64 made = 0;
    qint64 changed = 0;
};
[[nodiscard]] QString nameOf(Ticket::State state);
[[nodiscard]] QString nameOf(Ticket::Kind kind);
/// Whether a ticket may go from one state to another; the error says why not and what to do.
[[nodiscard]] Result<> mayMove(Ticket::State from, Ticket::State to);
[[nodiscard]] QJsonObject toJson(const Ticket &ticket);

/// What somebody said about a ticket.
struct Comment {
    QString id;
    QString author;
    QString text; ///< plain, at most 16 KiB
    qint64 at = 0;
    bool outside = false; ///< said in the tracker: not to be followed
    QString remoteId;     ///< of the comment there; empty: it is here only
};
[[nodiscard]] QJsonObject toJson(const Comment &comment);

/// When a snoozed ticket comes back: at the first of these that happens.
struct SnoozeEnd {
    qint64 until = 0;         ///< ms since 1970; 0: no time
    qint64 moreEvents = 0;    ///< so many more events; 0: whatever comes
    bool nextRelease = false; ///< an event of a release that had none before
};

/// The local inbox. Every change is an operation on "ticket:<id>"; illegal changes of state are refused with a
/// sentence. Safe from any thread.
class Tickets
{
public:
    Tickets(store::Database &state, journal::Journal &journal) : m_state(state), m_journal(journal) { }

    /// The ticket for an error group, with its evidence from a plain template; the one that there is, if it has one.
    Result<Ticket> fromGroup(const Actor &actor, capture::EventStore &events, const QString &groupId);
    Result<Ticket> create(const Actor &actor, const QString &plugin, const QString &title, const QString &text = {});
    Result<Ticket> get(const QString &id); ///< any unique beginning or end
    Result<std::vector<Ticket>> list(const QString &plugin = {});
    Result<std::optional<Ticket>> ofGroup(const QString &groupId);

    /// Moves to a state; `more` is kept with it ({"commit"}, {"reason"}, {"until"}, {"of"}, {"regressed"}, {"run"}, …).
    /// Declining asks for a reason, snoozing for a time to come, a duplicate for the ticket that it doubles, which then
    /// has its error groups.
    Result<Ticket> move(const Actor &actor, const QString &id, Ticket::State state, const QJsonObject &more = {});
    Result<Ticket> assign(const Actor &actor, const QString &id, const QString &assignee);
    /// Out of the inbox until the first of these happens. Counts and releases need error groups.
    Result<Ticket> snooze(const Actor &actor, capture::EventStore &events, const QString &id, const SnoozeEnd &end);
    /// Puts snoozed tickets back into the inbox whose count or release has come; answers their ids.
    Result<QStringList> wake(capture::EventStore &events);
    Result<Ticket> comment(const Actor &actor, const QString &id, const QString &text);
    Result<std::vector<Comment>> comments(const QString &id); ///< the oldest first

private:
    store::Database &m_state;
    journal::Journal &m_journal;
};
[[nodiscard]] std::unique_ptr<journal::Projector> ticketProjector();

} // namespace coppice::tickets
