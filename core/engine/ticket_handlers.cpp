// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"
#include "engine/ticket_desk.h"
#include "tickets/triage_rules.h"

#include <QJsonArray>

namespace coppice::engine {

namespace {

/// {dry_run?} → {created, sent, taken, waiting, over_limit, problems}, or {plan} of what would be told.
Result<QJsonObject> syncTickets(const Call &call)
{
    COPPICE_TRY(const auto settings, ticketSettings(call.house.library, call.house.state, call.stop));
    tickets::TrackerSync sync(call.house.state, call.house.journal);
    if (call.args[u"dry_run"].toBool()) {
        COPPICE_TRY(const auto plan, sync.dryRun(settings.places));
        return QJsonObject{{QStringLiteral("plan"), QJsonArray::fromStringList(plan)}};
    }
    COPPICE_TRY(const auto report, sync.step(settings.places, true, call.stop, call.progress));
    return tickets::toJson(report);
}

/// {ticket} → the same: the ticket's issue is made, whatever the policy is; what failed of it is tried again.
Result<QJsonObject> pushTicket(const Call &call)
{
    COPPICE_TRY(const auto settings, ticketSettings(call.house.library, call.house.state, call.stop));
    COPPICE_TRY(const auto ticket, tickets::Tickets(call.house.state, call.house.journal).get(call.args[u"ticket"].toString()));
    tickets::TrackerSync sync(call.house.state, call.house.journal);
    COPPICE_CHECK(sync.push(settings.places, ticket.id.toString()));
    COPPICE_TRY(const auto report, sync.step(settings.places, true, call.stop, call.progress));
    QJsonObject answer = tickets::toJson(report);
    COPPICE_TRY(const auto now, tickets::Tickets(call.house.state, call.house.journal).get(ticket.id.toString()));
    answer[QStringLiteral("remote")] = now.remote.isEmpty() ? QJsonValue() : QJsonValue(now.remote);
    return answer;
}

/// {} → {acts}: what rules do to new groups is done now, and not at the engine's next turn.
Result<QJsonObject> triageByRules(const Call &call)
{
    COPPICE_TRY(const auto settings, ticketSettings(call.house.library, call.house.state, call.stop));
    capture::EventStore events(call.house.events);
    COPPICE_TRY(const auto done, tickets::TriageRules(call.house.state, call.house.events, call.house.journal).step(events, settings.triage.rules, call.stop));
    COPPICE_CHECK(tickets::Tickets(call.house.state, call.house.journal).wake(events));
    QJsonArray acts;
    for (const auto &action : done)
        acts.append(tickets::toJson(action));
    return QJsonObject{{QStringLiteral("acts"), acts}};
}

const Handler triage("tickets.triage", true, triageByRules);
// Carried out again, both go on with what is in the outbox.
const Handler sync("tickets.sync", true, syncTickets);
const Handler push("tickets.push", true, pushTicket);

} // namespace

} // namespace coppice::engine
