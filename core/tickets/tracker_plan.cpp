// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/tracker_plan.h"

#include "tickets/row.h"

#include <QSet>

namespace coppice::tickets {

using namespace Qt::StringLiterals;
using forges::RemoteChange;
using State = Ticket::State;

namespace {

Result<std::vector<RemoteChange>> newIssues(store::Connection &connection, const TrackerPlaces &places)
{
    std::vector<QString> ids;
    COPPICE_CHECK(connection.query(u"SELECT id FROM tickets WHERE state IN ('accepted', 'running', 'review', 'shipping', 'watching') "
                                   "AND NOT EXISTS (SELECT 1 FROM ticket_remotes WHERE ticket = tickets.id) "
                                   "AND NOT EXISTS (SELECT 1 FROM outbox WHERE ticket = tickets.id AND kind = 'create' AND state <> 'dropped') ORDER BY id"_s,
                                   {}, [&](const store::Row &row) { ids.push_back(row.text(0)); }));
    std::vector<RemoteChange> all;
    for (const auto &id : ids) {
        COPPICE_TRY(const auto stored, readTicket(connection, id));
        const auto place = places.ofPlugin.constFind(stored->ticket.plugin);
        if (place != places.ofPlugin.cend())
            all.push_back(creationOf(stored->ticket, *place, false));
    }
    return all;
}

Result<> newComments(store::Connection &connection, const RemoteLink &link, std::vector<RemoteChange> &into)
{
    COPPICE_TRY(const auto comments, readComments(connection, link.ticket));
    QSet<QString> known;
    COPPICE_CHECK(connection.query(u"SELECT marker FROM outbox WHERE ticket = ? AND kind = 'comment'"_s, {link.ticket},
                                   [&](const store::Row &row) { known << row.text(0); }));
    for (const auto &comment : comments) {
        const QString marker = markerOf(comment.id);
        if (!comment.remoteId.isEmpty() || known.contains(marker))
            continue;
        RemoteChange change;
        change.ticket = link.ticket;
        change.place = link.place;
        change.kind = RemoteChange::Kind::Comment;
        change.key = link.key;
        change.marker = marker;
        change.payload = {{u"body"_s, toJson(commentText(comment, marker))}, {u"comment"_s, comment.id}};
        into.push_back(change);
    }
    return {};
}

/// Whether a change of state is under way, or was refused and nothing has changed since.
Result<bool> isTried(store::Connection &connection, const RemoteLink &link, const Ticket &ticket)
{
    COPPICE_TRY(const auto open, connection.value(u"SELECT EXISTS (SELECT 1 FROM outbox WHERE ticket = ? AND kind = 'state' AND (state IN ('queued', 'sent') "
                                                  "OR (state = 'failed' AND queued_at >= ?)))"_s,
                                                  {link.ticket, qMax(ticket.changed, link.toldAt)}));
    return open.toBool();
}

Result<> newStates(store::Connection &connection, const RemoteLink &link, const Ticket &ticket, std::vector<RemoteChange> &into)
{
    const bool here = !isOver(ticket.state);
    if (here == link.sharedOpen || here == link.remoteOpen())
        return {};
    COPPICE_TRY(const bool tried, isTried(connection, link, ticket));
    if (tried)
        return {};
    RemoteChange change;
    change.ticket = link.ticket;
    change.place = link.place;
    change.kind = RemoteChange::Kind::State;
    change.key = link.key;
    const bool declined = ticket.state == State::Declined || ticket.state == State::Duplicate;
    change.payload = {{u"state"_s, here ? u"open"_s : declined ? u"declined"_s : u"closed"_s}};
    into.push_back(change);
    // Why it closed or came back is worth reading there, too.
    QString why = ticket.state == State::Duplicate ? u"It doubles another ticket."_s : ticket.reason;
    if (!here && !ticket.commit.isEmpty())
        why += u" Fixed by %1."_s.arg(ticket.commit.left(12));
    if (why.trimmed().isEmpty())
        return {};
    const QString marker = markerOf(u"%1 %2 %3"_s.arg(link.ticket, nameOf(ticket.state)).arg(ticket.changed));
    COPPICE_TRY(const auto said, connection.value(u"SELECT 1 FROM outbox WHERE ticket = ? AND marker = ?"_s, {link.ticket, marker}));
    if (said.isValid())
        return {};
    RemoteChange comment = change;
    comment.kind = RemoteChange::Kind::Comment;
    comment.marker = marker;
    const QString word = here ? u"Opened again in Coppice:"_s : declined ? u"Declined in Coppice:"_s : u"Closed in Coppice:"_s;
    comment.payload = {{u"body"_s, toJson(forges::Document{forges::paragraph({{word, false}, {why.trimmed(), true}}), forges::paragraph({{marker, true}})})}};
    into.push_back(comment);
    return {};
}

} // namespace

bool isOver(State state)
{
    return state == State::Closed || state == State::Declined || state == State::Duplicate;
}

bool isWanted(State state)
{
    return state == State::Accepted || state == State::Running || state == State::Review || state == State::Shipping || state == State::Watching;
}

RemoteChange creationOf(const Ticket &ticket, const forges::Place &place, bool byHand)
{
    RemoteChange change;
    change.ticket = ticket.id.toString();
    change.place = place.name();
    change.kind = RemoteChange::Kind::Create;
    change.marker = markerOf(change.ticket);
    change.payload = {{u"title"_s, ticket.title}, {u"body"_s, toJson(issueText(ticket, change.marker))}, {u"by_hand"_s, byHand}};
    return change;
}

Result<std::vector<RemoteChange>> changesToTell(store::Connection &connection, const TrackerPlaces &places)
{
    std::vector<RemoteChange> all;
    if (places.policy.pushAccepted) {
        COPPICE_TRY(all, newIssues(connection, places));
    }
    COPPICE_TRY(const auto links, readLinks(connection));
    for (const auto &link : links) {
        COPPICE_TRY(const auto stored, readTicket(connection, link.ticket));
        if (!stored)
            continue;
        COPPICE_CHECK(newComments(connection, link, all));
        COPPICE_CHECK(newStates(connection, link, stored->ticket, all));
    }
    return all;
}

Result<std::vector<TakenState>> statesToTake(store::Connection &connection)
{
    std::vector<TakenState> all;
    COPPICE_TRY(const auto links, readLinks(connection));
    for (const auto &link : links) {
        COPPICE_TRY(const auto stored, readTicket(connection, link.ticket));
        if (!stored || link.remoteOpen() == link.sharedOpen)
            continue;
        TakenState taken{link, {}, {}};
        const bool here = !isOver(stored->ticket.state);
        taken.settled = here == link.remoteOpen(); // the same happened on both sides
        if (!taken.settled) {
            const State to = link.remoteOpen() ? State::Inbox : link.remoteState == u"declined" ? State::Declined : State::Closed;
            // Work under way goes on: its end decides, and is told to the tracker.
            const bool busy = stored->ticket.state == State::Running || stored->ticket.state == State::Shipping || stored->ticket.state == State::Watching;
            if (busy || !mayMove(stateNow(stored->ticket), to))
                continue;
            taken.state = to;
            taken.reason = link.remoteOpen() ? u"Opened again in %1 (%2)."_s.arg(link.place, link.status)
                                             : u"Closed in %1 as \"%2\"."_s.arg(link.place, link.status);
        }
        all.push_back(taken);
    }
    return all;
}

} // namespace coppice::tickets
