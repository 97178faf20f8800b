// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/findings.h"

#include "tickets/row.h"

#include "text/hidden.h"

namespace coppice::tickets {

Result<Ticket> ticketFromFinding(store::Database &state, journal::Journal &journal, const Actor &actor, const QString &plugin,
                                 const QString &title, const QString &text, const QJsonObject &facts)
{
    const QString line = text::plain(title, 200).simplified();
    if (plugin.isEmpty() || line.isEmpty())
        return failUsage(QStringLiteral("ticket.title"), QStringLiteral("A ticket needs a plugin and a title"), plugin);
    Stored made;
    made.ticket.id = Id::make();
    made.ticket.plugin = plugin;
    made.ticket.kind = Ticket::Kind::Finding;
    made.ticket.title = line;
    made.ticket.facts = facts;
    made.ticket.facts[QStringLiteral("text")] = text::plain(text);
    made.ticket.tainted = true;
    const QString own = made.ticket.id.toString();
    COPPICE_CHECK(state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(journal.appendWithin(connection, actor, QStringLiteral("ticket:") + own, QStringLiteral("create"), storedToJson(made)));
        return {};
    }));
    return Tickets(state, journal).get(own);
}

} // namespace coppice::tickets
