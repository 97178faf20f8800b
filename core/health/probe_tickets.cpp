// SPDX-License-Identifier: GPL-3.0-or-later
// Open tickets and their age.
#include "health/probe.h"

#include "tickets/ticket.h"

#include <QJsonArray>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

class TicketsProbe final : public Probe
{
public:
    QString name() const override { return u"tickets"_s; }
    QString title() const override { return u"Open tickets"_s; }
    QString source() const override { return u"the inbox"_s; }
    Result<> begin(Round &round) override
    {
        tickets::Tickets tickets(round.house.state, round.house.journal);
        COPPICE_TRY(const auto all, tickets.list());
        using State = tickets::Ticket::State;
        for (const auto &ticket : all) {
            if (ticket.state == State::Closed || ticket.state == State::Declined || ticket.state == State::Duplicate)
                continue;
            auto &open = m_open[ticket.plugin];
            ++open.count;
            open.waiting += ticket.state == State::Inbox;
            if (open.oldest == 0 || ticket.made < open.oldest) {
                open.oldest = ticket.made;
                open.id = ticket.id.toString();
                open.title = factText(ticket.title, 120);
            }
        }
        return {};
    }
    Measured measure(Round &, const library::CatalogEntry &entry) override
    {
        const auto open = m_open.value(entry.plugin.id);
        return {{{u"open"_s, open.count}, {u"waiting"_s, open.waiting}, {u"oldest"_s, open.oldest}, {u"oldest_id"_s, open.id}, {u"oldest_title"_s, open.title}}, {}};
    }

private:
    struct Open {
        int count = 0, waiting = 0;
        qint64 oldest = 0;
        QString id, title;
    };
    QHash<QString, Open> m_open;
};

} // namespace

namespace probes {
std::unique_ptr<Probe> tickets()
{
    return std::make_unique<TicketsProbe>();
}
}

} // namespace coppice::health
