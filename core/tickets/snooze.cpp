// SPDX-License-Identifier: GPL-3.0-or-later
// Snoozes that end by events, and what is said about a ticket.
#include "tickets/remote_rows.h"
#include "tickets/row.h"

#include "text/hidden.h"

#include <QJsonArray>

namespace coppice::tickets {

using namespace Qt::StringLiterals;

namespace {

struct Seen {
    qint64 count = 0;
    QStringList releases;
};

Result<Seen> seenOf(capture::EventStore &events, const QStringList &groups)
{
    Seen seen;
    for (const QString &id : groups) {
        const auto group = events.group(id);
        if (!group && group.error().kind == ErrorKind::NotFound)
            continue; // merged or cleared away since
        if (!group)
            return std::unexpected(group.error());
        seen.count += group->count;
        seen.releases += group->releases;
    }
    seen.releases.removeDuplicates();
    return seen;
}

/// Why a snooze is over; empty while it is not.
QString whyOver(const QJsonObject &snooze, const Seen &now)
{
    const qint64 target = snooze[u"count"].toInteger();
    if (target > 0 && now.count >= target)
        return u"%1 more events came, as the snooze waited for."_s.arg(snooze[u"more"].toInteger());
    if (snooze.contains(u"releases")) {
        const QJsonArray known = snooze[u"releases"].toArray();
        for (const QString &release : now.releases) {
            if (!known.contains(release))
                return u"It came again in release %1, which the snooze waited for."_s.arg(text::plain(release, 100).simplified());
        }
    }
    return {};
}

} // namespace

Result<Ticket> Tickets::snooze(const Actor &actor, capture::EventStore &events, const QString &id, const SnoozeEnd &end)
{
    COPPICE_TRY(const Ticket ticket, get(id));
    QJsonObject more;
    QJsonObject snooze;
    if (end.until != 0)
        more[u"until"_s] = end.until;
    if (end.moreEvents > 0 || end.nextRelease) {
        if (ticket.groups.isEmpty())
            return failUsage(u"ticket.snooze"_s, u"The ticket has no error group whose events could end its snooze"_s, ticket.id.shown(),
                             u"Snooze it until a time: --for 3d."_s);
        COPPICE_TRY(const Seen now, seenOf(events, ticket.groups));
        if (end.moreEvents > 0) {
            snooze[u"count"_s] = now.count + end.moreEvents;
            snooze[u"more"_s] = end.moreEvents;
        }
        if (end.nextRelease)
            snooze[u"releases"_s] = QJsonArray::fromStringList(now.releases);
        more[u"snooze"_s] = snooze;
    }
    return move(actor, ticket.id.toString(), Ticket::State::Snoozed, more);
}

Result<QStringList> Tickets::wake(capture::EventStore &events)
{
    COPPICE_TRY(const auto waiting, m_state.read<std::vector<Ticket>>([](store::Connection &connection) -> Result<std::vector<Ticket>> {
        std::vector<QString> ids;
        COPPICE_CHECK(connection.query(u"SELECT id FROM tickets WHERE state = 'snoozed' AND links LIKE '%\"snooze\"%'"_s, {},
                                       [&](const store::Row &row) { ids.push_back(row.text(0)); }));
        std::vector<Ticket> found;
        for (const auto &id : ids) {
            COPPICE_TRY(auto stored, readTicket(connection, id));
            if (stored)
                found.push_back(std::move(stored->ticket));
        }
        return found;
    }));
    QStringList woken;
    for (const Ticket &ticket : waiting) {
        COPPICE_TRY(const Seen now, seenOf(events, ticket.groups));
        const QString why = whyOver(ticket.links[u"snooze"].toObject(), now);
        if (why.isEmpty())
            continue;
        COPPICE_TRY([[maybe_unused]] const auto moved, move(Actor::engine(), ticket.id.toString(), Ticket::State::Inbox, {{u"reason"_s, why}}));
        woken << ticket.id.toString();
    }
    return woken;
}

Result<Ticket> Tickets::comment(const Actor &actor, const QString &id, const QString &text)
{
    const QString said = text::plain(text, 16 * 1024).trimmed();
    if (said.isEmpty())
        return failUsage(u"ticket.comment"_s, u"The comment says nothing"_s, id);
    COPPICE_TRY(const Ticket ticket, get(id));
    COPPICE_CHECK(m_journal.append(actor, u"ticket:"_s + ticket.id.toString(), u"comment"_s,
                                   {{u"id"_s, Id::make().toString()}, {u"text"_s, said}, {u"outside"_s, actor.kind == Actor::Kind::Agent}}));
    return get(ticket.id.toString());
}

Result<std::vector<Comment>> Tickets::comments(const QString &id)
{
    COPPICE_TRY(const Ticket ticket, get(id));
    return m_state.read<std::vector<Comment>>([&](store::Connection &connection) { return readComments(connection, ticket.id.toString()); });
}

} // namespace coppice::tickets
