// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/evidence.h"
#include "tickets/row.h"

#include "text/hidden.h"

namespace coppice::tickets {

namespace {

using store::Connection;

constexpr qsizetype titleCap = 200;

QString entityOf(const QString &id)
{
    return QStringLiteral("ticket:") + id;
}

Result<QString> wholeId(Connection &connection, const QString &typed)
{
    std::vector<QString> ids;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT id FROM tickets"), {}, [&](const store::Row &row) { ids.push_back(row.text(0)); }));
    return matchId(typed, ids, QStringLiteral("ticket"));
}

Ticket shown(Stored stored)
{
    stored.ticket.state = stateNow(stored.ticket);
    return std::move(stored.ticket);
}

Result<Ticket> ticketOf(Connection &connection, const QString &id)
{
    COPPICE_TRY(auto stored, readTicket(connection, id));
    if (!stored)
        return failNotFound(QStringLiteral("ticket.missing"), QStringLiteral("There is no such ticket"), id);
    return shown(std::move(*stored));
}

Result<std::optional<Ticket>> ticketOfGroup(Connection &connection, const QString &groupId)
{
    COPPICE_TRY(const QVariant id, connection.value(QStringLiteral("SELECT ticket FROM ticket_groups WHERE group_id = ?"), {groupId}));
    if (!id.isValid())
        return std::optional<Ticket>();
    COPPICE_TRY(auto ticket, ticketOf(connection, id.toString()));
    return std::optional<Ticket>(std::move(ticket));
}

} // namespace

Result<Ticket> Tickets::fromGroup(const Actor &actor, capture::EventStore &events, const QString &groupId)
{
    COPPICE_TRY(const auto group, events.group(groupId));
    const QString id = group.id.toString();
    COPPICE_TRY(const auto samples, events.eventsOf(id, 20));
    Stored made;
    made.ticket.id = Id::make();
    made.ticket.plugin = group.plugin;
    made.ticket.kind = Ticket::Kind::Error;
    made.ticket.title = text::plain(group.title, titleCap).simplified();
    made.ticket.facts = factsOf(group, samples);
    made.ticket.groups = {id};
    made.ticket.tainted = true;
    // Looking and making are one transaction: two who ask at once get one ticket.
    COPPICE_TRY(auto ticket, m_state.write<Ticket>([&](Connection &connection) -> Result<Ticket> {
        COPPICE_TRY(auto there, ticketOfGroup(connection, id));
        if (there)
            return std::move(*there);
        const QString own = made.ticket.id.toString();
        COPPICE_CHECK(m_journal.appendWithin(connection, actor, entityOf(own), QStringLiteral("create"), storedToJson(made)));
        return ticketOf(connection, own);
    }));
    if (group.state == capture::Group::State::New)
        COPPICE_CHECK(events.setState(id, capture::Group::State::Ticketed));
    return ticket;
}

Result<Ticket> Tickets::create(const Actor &actor, const QString &plugin, const QString &title, const QString &text)
{
    const QString line = text::plain(title, titleCap).simplified();
    if (line.isEmpty())
        return failUsage(QStringLiteral("ticket.title"), QStringLiteral("A ticket needs a title"), plugin, QStringLiteral("Give one with --title."));
    if (plugin.isEmpty())
        return failUsage(QStringLiteral("ticket.plugin"), QStringLiteral("A ticket belongs to a plugin"), {}, QStringLiteral("Name it with --plugin."));
    Stored made;
    made.ticket.id = Id::make();
    made.ticket.plugin = plugin;
    made.ticket.kind = Ticket::Kind::Manual;
    made.ticket.title = line;
    if (!text.isEmpty())
        made.ticket.facts[QStringLiteral("text")] = text::plain(text);
    made.ticket.tainted = actor.kind != Actor::Kind::Person;
    return m_state.write<Ticket>([&](Connection &connection) -> Result<Ticket> {
        const QString own = made.ticket.id.toString();
        COPPICE_CHECK(m_journal.appendWithin(connection, actor, entityOf(own), QStringLiteral("create"), storedToJson(made)));
        return ticketOf(connection, own);
    });
}

Result<Ticket> Tickets::get(const QString &id)
{
    return m_state.read<Ticket>([&](Connection &connection) -> Result<Ticket> {
        COPPICE_TRY(const QString whole, wholeId(connection, id));
        return ticketOf(connection, whole);
    });
}

Result<std::vector<Ticket>> Tickets::list(const QString &plugin)
{
    return m_state.read<std::vector<Ticket>>([&](Connection &connection) -> Result<std::vector<Ticket>> {
        COPPICE_TRY(auto stored, readTickets(connection, plugin));
        std::vector<Ticket> all;
        all.reserve(stored.size());
        for (auto &each : stored)
            all.push_back(shown(std::move(each)));
        return all;
    });
}

Result<std::optional<Ticket>> Tickets::ofGroup(const QString &groupId)
{
    return m_state.read<std::optional<Ticket>>([&](Connection &connection) { return ticketOfGroup(connection, groupId); });
}

Result<Ticket> Tickets::move(const Actor &actor, const QString &id, Ticket::State state, const QJsonObject &more)
{
    return m_state.write<Ticket>([&](Connection &connection) -> Result<Ticket> {
        COPPICE_TRY(const QString whole, wholeId(connection, id));
        QJsonObject payload = more;
        if (state == Ticket::State::Duplicate) {
            if (more[u"of"].toString().isEmpty())
                return failUsage(QStringLiteral("ticket.of"), QStringLiteral("A duplicate names the ticket that it doubles"), {},
                                 QStringLiteral("Name it with --of."));
            COPPICE_TRY(const QString of, wholeId(connection, more[u"of"].toString()));
            payload[QStringLiteral("of")] = of;
        }
        COPPICE_CHECK(m_journal.appendWithin(connection, actor, entityOf(whole), verbFor(state), payload));
        return ticketOf(connection, whole);
    });
}

Result<Ticket> Tickets::assign(const Actor &actor, const QString &id, const QString &assignee)
{
    return m_state.write<Ticket>([&](Connection &connection) -> Result<Ticket> {
        COPPICE_TRY(const QString whole, wholeId(connection, id));
        COPPICE_CHECK(m_journal.appendWithin(connection, actor, entityOf(whole), QStringLiteral("assign"),
                                             {{QStringLiteral("assignee"), text::plain(assignee, 200).simplified()}}));
        return ticketOf(connection, whole);
    });
}

} // namespace coppice::tickets
