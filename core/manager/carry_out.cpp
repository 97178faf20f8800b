// SPDX-License-Identifier: GPL-3.0-or-later
#include "carry_out.h"

#include "base/clock.h"
#include "base/json.h"
#include "manager/proposal.h"
#include "tickets/ticket.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace coppice::manager {

using namespace Qt::StringLiterals;

namespace {

struct Agreed {
    QString approval;
    QJsonObject detail;
    Actor by;
};

/// Makes it ours to begin; false where it was begun before.
Result<bool> begin(store::Database &state, const QString &approval)
{
    return state.write<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const auto rows, connection.exec(u"INSERT OR IGNORE INTO proposal_done (approval, at, problem) VALUES (?,?,?)"_s,
                                                     {approval, nowMs(), u"It was begun, and the engine ended before its end was known. See whether it was done."_s}));
        return rows > 0;
    });
}

Result<> end(store::Database &state, const QString &approval, const Result<QString> &outcome)
{
    COPPICE_CHECK(state.write<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_CHECK(connection.exec(u"UPDATE proposal_done SET outcome = ?, problem = ? WHERE approval = ?"_s,
                                      {outcome ? *outcome : QString(), outcome ? QString() : outcome.error().message(), approval}));
        return true;
    }));
    return {};
}

Result<QString> carryOut(const Agreed &agreed, store::Database &state, store::Database &events, journal::Journal &journal, journal::CommandQueue &commands,
                         const FindingTicket &findingTicket)
{
    const QString kind = agreed.detail[u"kind"].toString();
    const QJsonObject request = agreed.detail[u"request"].toObject();
    if (kind == nameOf(Proposal::Kind::Ticket)) {
        tickets::Tickets tickets(state, journal);
        capture::EventStore store(events);
        if (request.contains(u"signal")) {
            COPPICE_TRY(const QString made, findingTicket(agreed.by, request[u"plugin"].toString(), request[u"signal"].toString()));
            return u"ticket:"_s + made;
        }
        COPPICE_TRY(const auto ticket, tickets.fromGroup(agreed.by, store, request[u"group"].toString()));
        return u"ticket:"_s + ticket.id.toString();
    }
    if (kind == nameOf(Proposal::Kind::Run)) {
        COPPICE_TRY(const Id id, commands.enqueue(agreed.by, u"run.start"_s, request));
        return u"command:"_s + id.toString();
    }
    if (kind == nameOf(Proposal::Kind::Pull)) {
        COPPICE_TRY(const Id id, commands.enqueue(agreed.by, u"sync.pull"_s, {{u"plugins"_s, QJsonArray{request[u"plugin"]}}}));
        return u"command:"_s + id.toString();
    }
    return fail(u"proposal.kind"_s, u"This version of Coppice does not know what to do for such a proposal"_s, kind);
}

} // namespace

Result<int> carryOutProposals(store::Database &state, store::Database &events, journal::Journal &journal, journal::CommandQueue &commands,
                              const FindingTicket &findingTicket)
{
    COPPICE_TRY(const auto agreed, state.read<std::vector<Agreed>>([](store::Connection &connection) -> Result<std::vector<Agreed>> {
        std::vector<Agreed> all;
        COPPICE_CHECK(connection.query(u"SELECT id, detail, answered_by FROM approval WHERE kind = 'proposal' AND answer = ? AND subject LIKE 'proposal:%' "
                                       "AND NOT EXISTS (SELECT 1 FROM proposal_done WHERE proposal_done.approval = approval.id) ORDER BY answered_at, id LIMIT 20"_s,
                                       {proposalAnswers().first()}, [&](const store::Row &row) {
                                           all.push_back({row.text(0), QJsonDocument::fromJson(row.bytes(1)).object(), Actor::fromString(row.text(2))});
                                       }));
        return all;
    }));
    int done = 0;
    for (const auto &one : agreed) {
        COPPICE_TRY(const bool ours, begin(state, one.approval));
        if (!ours)
            continue;
        const auto outcome = carryOut(one, state, events, journal, commands, findingTicket);
        COPPICE_CHECK(end(state, one.approval, outcome));
        done += outcome.has_value();
    }
    return done;
}

Result<std::vector<CarriedOut>> carriedOut(store::Database &state)
{
    return state.read<std::vector<CarriedOut>>([](store::Connection &connection) -> Result<std::vector<CarriedOut>> {
        std::vector<CarriedOut> all;
        COPPICE_CHECK(connection.query(u"SELECT approval, at, outcome, problem FROM proposal_done ORDER BY at DESC LIMIT 500"_s, {},
                                       [&](const store::Row &row) { all.push_back({row.text(0), row.number(1), row.text(2), row.text(3)}); }));
        return all;
    });
}

} // namespace coppice::manager
