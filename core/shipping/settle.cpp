// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/settle.h"

#include "base/clock.h"
#include "base/fault.h"
#include "git/land.h"
#include "review/reviews.h"
#include "shipping/signoffs.h"
#include "shipping/times.h"
#include "tickets/ticket.h"

namespace coppice::shipping {

QJsonObject toJson(const LandIntent &intent)
{
    return {{QStringLiteral("patch"), intent.patch},
            {QStringLiteral("actor"), intent.actor.toString()},
            {QStringLiteral("branch"), intent.branch},
            {QStringLiteral("from"), intent.from.toString()},
            {QStringLiteral("to"), intent.to.toString()},
            {QStringLiteral("content"), intent.content},
            {QStringLiteral("proof"), intent.proof}};
}

Result<> settleApply(const runs::House &house, const journal::Intent &intent, QStringList *notes)
{
    const FaultStep step("apply.settle");
    const auto text = [&](const char *key) { return intent.data[QLatin1String(key)].toString(); };
    const auto from = git::Oid::fromHex(text("from").toLatin1()), to = git::Oid::fromHex(text("to").toLatin1());
    journal::Intents intents(house.state);
    COPPICE_TRY(auto repository, house.library.repository());
    COPPICE_TRY(const auto tip, repository.refTarget(text("branch")));
    bool landed = tip == to;
    if (!landed && !tip.isNull() && repository.has(to)) {
        COPPICE_TRY(landed, repository.isAncestor(to, tip));
    }
    if (!landed)
        return intents.close(intent.id);
    if (tip == to)
        COPPICE_CHECK(git::finishLanding(house.lease, repository, text("branch"), from, to));
    review::Reviews reviews(house.state, house.journal);
    const Actor actor = Actor::fromString(text("actor"));
    COPPICE_TRY(const auto patch, reviews.get(text("patch")));
    if (patch.applied.isNull())
        COPPICE_CHECK(reviews.setState(actor, patch.id.toString(), review::Patch::State::Applied, to));
    if (intent.data.contains(QLatin1String("proof")))
        COPPICE_CHECK(SignOffs(house.state, house.journal)
                          .landed(actor, patch.id.toString(), text("content"), to.toString(), intent.data[QLatin1String("proof")].toObject()));
    if (!patch.ticket.isEmpty()) {
        COPPICE_CHECK(noteStep(house, patch.ticket, Step::Approved, intent.at > 0 ? intent.at : nowMs()));
        COPPICE_CHECK(noteStep(house, patch.ticket, Step::Applied, nowMs()));
        tickets::Tickets tickets(house.state, house.journal);
        COPPICE_TRY(const auto ticket, tickets.get(patch.ticket));
        using State = tickets::Ticket::State;
        if (ticket.state != State::Shipping && ticket.state != State::Watching && ticket.state != State::Closed) {
            const auto moved = tickets.move(actor, ticket.id.toString(), State::Shipping, {{QStringLiteral("commit"), to.toString()}});
            if (!moved && moved.error().kind != ErrorKind::Usage && moved.error().kind != ErrorKind::Failed)
                return std::unexpected(moved.error());
            if (!moved && notes)
                *notes << moved.error().message();
        }
    }
    return intents.close(intent.id);
}

Result<> settleApplies(const runs::House &house)
{
    COPPICE_TRY(const auto unfinished, journal::Intents(house.state).unfinished(applyIntent));
    for (const auto &intent : unfinished)
        COPPICE_CHECK(settleApply(house, intent, nullptr));
    return {};
}

} // namespace coppice::shipping
