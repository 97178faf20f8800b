// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/remote_rows.h"
#include "tickets/row.h"

#include <algorithm>

namespace coppice::tickets {

namespace {

using State = Ticket::State;

struct Move {
    State from;
    State to;
};
// Who works on a ticket may take it back or on; what is over is first opened again.
constexpr Move moves[] = {
    {State::Inbox, State::Accepted},    {State::Inbox, State::Declined},   {State::Inbox, State::Snoozed},   {State::Inbox, State::Duplicate},
    {State::Inbox, State::Shipping},    {State::Inbox, State::Closed},     {State::Accepted, State::Inbox},  {State::Accepted, State::Running},
    {State::Accepted, State::Review},   {State::Accepted, State::Shipping}, {State::Accepted, State::Declined}, {State::Accepted, State::Snoozed},
    {State::Accepted, State::Duplicate}, {State::Accepted, State::Closed}, {State::Running, State::Running}, {State::Running, State::Accepted},
    {State::Running, State::Review},    {State::Running, State::Shipping}, {State::Running, State::Declined}, {State::Review, State::Review},
    {State::Review, State::Accepted},   {State::Review, State::Running},   {State::Review, State::Shipping}, {State::Review, State::Declined},
    {State::Review, State::Duplicate},  {State::Review, State::Closed},    {State::Review, State::Inbox},    {State::Shipping, State::Shipping},
    {State::Shipping, State::Watching}, {State::Shipping, State::Closed},  {State::Shipping, State::Review}, {State::Shipping, State::Accepted},
    {State::Shipping, State::Inbox},    {State::Watching, State::Watching}, {State::Watching, State::Closed}, {State::Watching, State::Inbox},
    {State::Watching, State::Shipping}, {State::Watching, State::Accepted}, {State::Closed, State::Inbox},   {State::Declined, State::Inbox},
    {State::Duplicate, State::Inbox},   {State::Snoozed, State::Inbox},    {State::Snoozed, State::Accepted}, {State::Snoozed, State::Declined},
    {State::Snoozed, State::Snoozed},   {State::Snoozed, State::Duplicate}, {State::Snoozed, State::Closed},
};

Result<Stored> existing(store::Connection &connection, const QString &id)
{
    COPPICE_TRY(auto found, readTicket(connection, id));
    if (!found)
        return failNotFound(QStringLiteral("ticket.missing"), QStringLiteral("There is no such ticket"), id);
    return std::move(*found);
}

class TicketProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return QStringLiteral("ticket"); }

    Result<QJsonObject> apply(store::Connection &connection, const journal::Operation &operation) override
    {
        const QString id = operation.entity.section(u':', 1);
        if (operation.verb == u"create")
            return create(connection, operation, id);
        COPPICE_TRY(Stored stored, existing(connection, id));
        QJsonObject remembered{{QStringLiteral("before"), storedToJson(stored)}};
        if (operation.verb == u"mirror" || operation.verb == u"comment") {
            COPPICE_CHECK(beside(connection, stored, operation));
            COPPICE_CHECK(writeTicket(connection, stored)); // what was done to the ticket itself can still be taken back
            return remembered;
        }
        if (operation.verb == u"assign") {
            stored.ticket.assignee = operation.payload[u"assignee"].toString();
        } else if (operation.verb == u"draft") {
            stored.ticket.facts = operation.payload[u"facts"].toObject();
            stored.ticket.guesses = operation.payload[u"guesses"].toObject();
            stored.ticket.tainted = true;
        } else if (const auto to = stateOfVerb(operation.verb)) {
            COPPICE_CHECK(mayMove(stateNow(stored.ticket), *to));
            COPPICE_CHECK(check(connection, stored.ticket, *to, operation));
            if (*to == State::Duplicate)
                COPPICE_CHECK(handOver(connection, stored, operation.payload[u"of"].toString(), remembered));
            enter(stored.ticket, *to, operation.payload);
        } else {
            return failUsage(QStringLiteral("ticket.verb"), QStringLiteral("A ticket knows no operation '%1'").arg(operation.verb), id);
        }
        stored.ticket.changed = operation.at;
        stored.lastOperation = operation.id.toString();
        COPPICE_CHECK(writeTicket(connection, stored));
        return remembered;
    }

    Result<> revert(store::Connection &connection, const journal::Operation &original, const QJsonObject &remembered) override
    {
        const QString id = original.entity.section(u':', 1);
        COPPICE_TRY(const Stored now, existing(connection, id));
        if (original.verb == u"comment")
            return dropComment(connection, original);
        if (original.verb == u"mirror")
            return fail(QStringLiteral("ticket.mirrored"), QStringLiteral("The issue in the tracker exists, and stays"), now.ticket.remote,
                        QStringLiteral("Close it there, or decline the ticket."));
        if (now.lastOperation != original.id.toString())
            return fail(QStringLiteral("ticket.moved-on"), QStringLiteral("The ticket has been changed since, so this cannot be taken back"), now.ticket.id.shown(),
                        QStringLiteral("Undo the later change first."));
        const auto to = stateOfVerb(original.verb);
        if (to && (*to == State::Running || *to == State::Review || *to == State::Shipping || *to == State::Watching || *to == State::Closed))
            return fail(QStringLiteral("ticket.follows"), QStringLiteral("The ticket follows work that was done, which this would not undo"),
                        now.ticket.id.shown(), QStringLiteral("Cancel the run, or send the patch back."));
        if (original.verb == u"create" && !now.ticket.remote.isEmpty())
            return fail(QStringLiteral("ticket.mirrored"), QStringLiteral("The ticket has an issue in a tracker, so its making cannot be taken back"),
                        now.ticket.remote, QStringLiteral("Decline it."));
        if (original.verb == u"create") {
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM ticket_comments WHERE ticket = ?"), {id}));
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM ticket_groups WHERE ticket = ?"), {id}));
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM tickets WHERE id = ?"), {id}));
            return {};
        }
        if (const QString of = remembered[u"of"].toString(); !of.isEmpty()) {
            for (const auto &group : remembered[u"before"][u"groups"].toArray())
                COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM ticket_groups WHERE group_id = ? AND ticket = ?"), {group.toString(), of}));
        }
        Stored before = storedFromJson(remembered[u"before"].toObject());
        before.ticket.remote = now.ticket.remote; // made meanwhile, perhaps; it is not taken back with this
        return writeTicket(connection, before);
    }

private:
    static Result<QJsonObject> create(store::Connection &connection, const journal::Operation &operation, const QString &id)
    {
        COPPICE_TRY(const auto there, readTicket(connection, id));
        if (there)
            return fail(QStringLiteral("ticket.exists"), QStringLiteral("This ticket exists already"), id);
        Stored stored = storedFromJson(operation.payload);
        COPPICE_TRY(stored.ticket.id, Id::parse(id));
        for (const auto &group : stored.ticket.groups) {
            COPPICE_TRY(const QVariant taken, connection.value(QStringLiteral("SELECT ticket FROM ticket_groups WHERE group_id = ?"), {group}));
            if (taken.isValid())
                return fail(QStringLiteral("ticket.group-taken"), QStringLiteral("The error group has a ticket already"), taken.toString());
        }
        stored.ticket.state = State::Inbox;
        stored.ticket.made = operation.at;
        stored.ticket.changed = operation.at;
        stored.lastOperation = operation.id.toString();
        COPPICE_CHECK(writeTicket(connection, stored));
        return QJsonObject();
    }

    /// What happens beside the ticket's own state: its issue in a tracker, and what is said about it.
    static Result<> beside(store::Connection &connection, Stored &stored, const journal::Operation &operation)
    {
        const QJsonObject &payload = operation.payload;
        const QString id = stored.ticket.id.toString();
        stored.ticket.changed = operation.at;
        if (operation.verb == u"comment") {
            stored.ticket.tainted = stored.ticket.tainted || payload[u"outside"].toBool();
            return insertComment(connection, id, payload, operation.actor.name, operation.at);
        }
        stored.ticket.remote = payload[u"url"].toString();
        RemoteLink link;
        link.ticket = id;
        link.place = payload[u"place"].toString();
        link.key = payload[u"key"].toString();
        link.url = stored.ticket.remote;
        return writeLink(connection, link);
    }

    static Result<> dropComment(store::Connection &connection, const journal::Operation &original)
    {
        const QString id = original.payload[u"id"].toString();
        COPPICE_TRY(const QVariant there, connection.value(QStringLiteral("SELECT remote_id FROM ticket_comments WHERE id = ?"), {id}));
        if (!there.toString().isEmpty())
            return fail(QStringLiteral("ticket.mirrored"), QStringLiteral("The comment stands in the tracker, too"), there.toString(),
                        QStringLiteral("Take it out there."));
        COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM ticket_comments WHERE id = ?"), {id}));
        return {};
    }

    static Result<> check(store::Connection &connection, const Ticket &ticket, State to, const journal::Operation &operation)
    {
        const QJsonObject &more = operation.payload;
        if (to == State::Declined && more[u"reason"].toString().trimmed().isEmpty())
            return failUsage(QStringLiteral("ticket.reason"), QStringLiteral("Declining a ticket asks for a reason"), ticket.id.shown(),
                             QStringLiteral("Say why with --reason."));
        if (to == State::Snoozed && (more.contains(u"until") || more[u"snooze"].toObject().isEmpty()) && qint64(more[u"until"].toDouble()) <= operation.at)
            return failUsage(QStringLiteral("ticket.until"), QStringLiteral("A ticket is snoozed until a time that is still to come"), ticket.id.shown(),
                             QStringLiteral("Say how long with --for 3d or until when with --until 2030-01-31."));
        if (to == State::Duplicate) {
            const QString of = more[u"of"].toString();
            if (of == ticket.id.toString())
                return failUsage(QStringLiteral("ticket.self"), QStringLiteral("A ticket cannot be a duplicate of itself"), ticket.id.shown());
            COPPICE_TRY(const auto other, readTicket(connection, of));
            if (!other)
                return failNotFound(QStringLiteral("ticket.missing"), QStringLiteral("There is no ticket that this could be a duplicate of"), of,
                                    QStringLiteral("Name it with --of."));
            if (other->ticket.state == State::Duplicate)
                return failUsage(QStringLiteral("ticket.chain"), QStringLiteral("The other ticket is itself a duplicate"), other->ticket.id.shown(),
                                 QStringLiteral("Name the one that it doubles."));
        }
        return {};
    }

    /// The groups of a duplicate go to the ticket that it doubles, so that later events are counted there.
    static Result<> handOver(store::Connection &connection, Stored &stored, const QString &of, QJsonObject &remembered)
    {
        remembered[QStringLiteral("of")] = of;
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE ticket_groups SET ticket = ? WHERE ticket = ?"), {of, stored.ticket.id.toString()}));
        stored.ticket.groups.clear();
        return {};
    }

    static void enter(Ticket &ticket, State to, const QJsonObject &more)
    {
        ticket.state = to;
        ticket.links.remove(QStringLiteral("snooze"));
        ticket.snoozedUntil = to == State::Snoozed ? qint64(more[u"until"].toDouble()) : 0;
        ticket.reason = to == State::Duplicate ? more[u"of"].toString() : more[u"reason"].toString();
        if (more.contains(u"commit"))
            ticket.commit = more[u"commit"].toString();
        if (more.contains(u"regressed"))
            ticket.regressed = more[u"regressed"].toBool();
        else if (to == State::Closed)
            ticket.regressed = false;
        for (auto it = more.begin(); it != more.end(); ++it) {
            if (it.key() != u"commit" && it.key() != u"reason" && it.key() != u"until" && it.key() != u"of" && it.key() != u"regressed")
                ticket.links[it.key()] = it.value();
        }
    }
};

} // namespace

Result<> mayMove(State from, State to)
{
    const bool legal = std::any_of(std::begin(moves), std::end(moves), [&](Move m) { return m.from == from && m.to == to; });
    if (legal)
        return {};
    if (from == to)
        return failUsage(QStringLiteral("ticket.already"), QStringLiteral("The ticket is %1 already").arg(nameOf(to)));
    const bool over = from == State::Closed || from == State::Declined || from == State::Duplicate;
    return failUsage(QStringLiteral("ticket.move"), QStringLiteral("A ticket that is %1 cannot become %2").arg(nameOf(from), nameOf(to)), {},
                     over ? QStringLiteral("Open it again first: coppicectl tickets triage ID reopen.")
                          : from == State::Running ? QStringLiteral("Cancel its run first, or wait for it.") : QString());
}

std::unique_ptr<journal::Projector> ticketProjector()
{
    return std::make_unique<TicketProjector>();
}

} // namespace coppice::tickets
