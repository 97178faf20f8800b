// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/measure.h"

#include "base/clock.h"
#include "tickets/findings.h"

namespace coppice::health {

using namespace Qt::StringLiterals;

Result<FindingTicket> ticketOf(const House &house, const Actor &actor, const QString &plugin, const QString &name)
{
    HealthStore store(house.state);
    COPPICE_TRY(const auto scores, store.scores(plugin));
    const auto score = scores.constFind(plugin);
    if (score == scores.cend())
        return failNotFound(u"health.no-plugin"_s, u"Nothing was measured of a plugin of this name"_s, plugin, u"See coppicectl plugins list; measure with coppicectl health show."_s);
    const auto signal = std::ranges::find(score->score.reasons, name, &Signal::name);
    if (signal == score->score.reasons.end()) {
        QStringList names;
        for (const auto &each : score->score.reasons)
            names << each.name;
        return failNotFound(u"health.no-signal"_s, u"There is no such signal of this plugin"_s, name, u"Its signals are %1."_s.arg(names.join(u", "_s)));
    }
    if (signal->verdict == Signal::Verdict::Good || signal->verdict == Signal::Verdict::Exempt)
        return failUsage(u"health.nothing-wrong"_s, u"Nothing is wrong there: %1"_s.arg(signal->exemption.isEmpty() ? signal->reason : signal->exemption), plugin + u' ' + name);

    tickets::Tickets tickets(house.state, house.journal);
    COPPICE_TRY(const auto all, tickets.list(plugin));
    using State = tickets::Ticket::State;
    for (const auto &ticket : all) {
        const bool open = ticket.state != State::Closed && ticket.state != State::Declined && ticket.state != State::Duplicate;
        if (open && ticket.facts[u"signal"].toString() == name)
            return FindingTicket{ticket.id.toString(), true};
    }
    COPPICE_TRY(const auto facts, store.facts(plugin));
    const auto fact = facts.value(plugin).value(signal->probe).fact;
    QString text = signal->reason + u"\n\nTo do: "_s + signal->next + u"\n\nMeasured "_s + isoTime(signal->at) + u" from "_s + (fact.source.isEmpty() ? signal->probe : fact.source)
        + u".\nMending it brings %1 of 100 points"_s.arg(signal->gain / 10.0, 0, 'f', 1)
        + (signal->then.isEmpty() || signal->then == score->score.tier ? u"."_s : u", and the tier %1."_s.arg(signal->then));
    COPPICE_TRY(const auto ticket, tickets::ticketFromFinding(house.state, house.journal, actor, plugin, u"%1: %2"_s.arg(signal->title, signal->reason), text,
                                                       {{u"signal"_s, name}, {u"probe"_s, signal->probe}, {u"fact"_s, fact.value}, {u"measured"_s, signal->at}}));
    return FindingTicket{ticket.id.toString(), false};
}

} // namespace coppice::health
