// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/row.h"

#include "base/clock.h"
#include "base/json.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <iterator>

namespace coppice::tickets {

namespace {

using State = Ticket::State;
using Kind = Ticket::Kind;

struct StateName {
    State state;
    const char *name;
    const char *verb;
};
constexpr StateName states[] = {
    {State::Inbox, "inbox", "reopen"},        {State::Accepted, "accepted", "accept"},  {State::Running, "running", "run"},
    {State::Review, "review", "review"},      {State::Shipping, "shipping", "ship"},    {State::Watching, "watching", "watch"},
    {State::Closed, "closed", "close"},       {State::Declined, "declined", "decline"}, {State::Snoozed, "snoozed", "snooze"},
    {State::Duplicate, "duplicate", "duplicate"},
};
struct KindName {
    Kind kind;
    const char *name;
};
constexpr KindName kinds[] = {{Kind::Error, "error"}, {Kind::Finding, "finding"}, {Kind::Proposal, "proposal"}, {Kind::Manual, "manual"}};

const QString columns = QStringLiteral("id, plugin, kind, title, facts, guesses, assignee, remote, state, tainted, regressed, fix, reason, "
                                       "snoozed_until, links, made, changed, last_operation");

QJsonObject objectFrom(const QString &json)
{
    return QJsonDocument::fromJson(json.toUtf8()).object();
}

QString jsonText(const QJsonObject &object)
{
    return QString::fromUtf8(toJsonLine(object));
}

/// Never null: SQLite would take a null string for NULL.
QString there(const QString &text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

Stored fromRow(const store::Row &row)
{
    Stored stored;
    Ticket &ticket = stored.ticket;
    if (auto id = Id::parse(row.text(0)))
        ticket.id = *id;
    ticket.plugin = row.text(1);
    ticket.kind = kindFrom(row.text(2));
    ticket.title = row.text(3);
    ticket.facts = objectFrom(row.text(4));
    ticket.guesses = objectFrom(row.text(5));
    ticket.assignee = row.text(6);
    ticket.remote = row.text(7);
    ticket.state = stateFrom(row.text(8)).value_or(State::Inbox);
    ticket.tainted = row.number(9) != 0;
    ticket.regressed = row.number(10) != 0;
    ticket.commit = row.text(11);
    ticket.reason = row.text(12);
    ticket.snoozedUntil = row.number(13);
    ticket.links = objectFrom(row.text(14));
    ticket.made = row.number(15);
    ticket.changed = row.number(16);
    stored.lastOperation = row.text(17);
    return stored;
}

Result<> readGroups(store::Connection &connection, Ticket &ticket)
{
    return connection.query(QStringLiteral("SELECT group_id FROM ticket_groups WHERE ticket = ? ORDER BY group_id"), {ticket.id.toString()},
                            [&](const store::Row &row) { ticket.groups << row.text(0); });
}

} // namespace

QString nameOf(State state)
{
    for (const auto &each : states) {
        if (each.state == state)
            return QString::fromLatin1(each.name);
    }
    return {};
}

QString nameOf(Kind kind)
{
    for (const auto &each : kinds) {
        if (each.kind == kind)
            return QString::fromLatin1(each.name);
    }
    return {};
}

std::optional<State> stateFrom(const QString &name)
{
    for (const auto &each : states) {
        if (name == QLatin1String(each.name))
            return each.state;
    }
    return {};
}

Kind kindFrom(const QString &name)
{
    for (const auto &each : kinds) {
        if (name == QLatin1String(each.name))
            return each.kind;
    }
    return Kind::Manual;
}

QString verbFor(State state)
{
    for (const auto &each : states) {
        if (each.state == state)
            return QString::fromLatin1(each.verb);
    }
    return {};
}

std::optional<State> stateOfVerb(const QString &verb)
{
    for (const auto &each : states) {
        if (verb == QLatin1String(each.verb))
            return each.state;
    }
    return {};
}

State stateNow(const Ticket &ticket)
{
    // Without a time it waits for events or a release: see Tickets::wake.
    return ticket.state == State::Snoozed && ticket.snoozedUntil != 0 && ticket.snoozedUntil <= nowMs() ? State::Inbox : ticket.state;
}

Result<std::optional<Stored>> readTicket(store::Connection &connection, const QString &id)
{
    std::optional<Stored> found;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM tickets WHERE id = ?").arg(columns), {id},
                                   [&](const store::Row &row) { found = fromRow(row); }));
    if (found)
        COPPICE_CHECK(readGroups(connection, found->ticket));
    return found;
}

Result<std::vector<Stored>> readTickets(store::Connection &connection, const QString &plugin)
{
    std::vector<Stored> all;
    const QString where = plugin.isEmpty() ? QString() : QStringLiteral("WHERE plugin = ?");
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM tickets %2 ORDER BY id DESC").arg(columns, where),
                                   plugin.isEmpty() ? QVariantList() : QVariantList{plugin},
                                   [&](const store::Row &row) { all.push_back(fromRow(row)); }));
    for (auto &each : all)
        COPPICE_CHECK(readGroups(connection, each.ticket));
    return all;
}

Result<> writeTicket(store::Connection &connection, const Stored &stored)
{
    const Ticket &t = stored.ticket;
    const QString id = t.id.toString();
    COPPICE_CHECK(connection.exec(
        QStringLiteral("INSERT INTO tickets (%1) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                       "plugin = excluded.plugin, kind = excluded.kind, title = excluded.title, facts = excluded.facts, guesses = excluded.guesses, "
                       "assignee = excluded.assignee, remote = excluded.remote, state = excluded.state, tainted = excluded.tainted, "
                       "regressed = excluded.regressed, fix = excluded.fix, reason = excluded.reason, snoozed_until = excluded.snoozed_until, "
                       "links = excluded.links, made = excluded.made, changed = excluded.changed, last_operation = excluded.last_operation")
            .arg(columns),
        {id, there(t.plugin), nameOf(t.kind), there(t.title), jsonText(t.facts), jsonText(t.guesses), there(t.assignee), there(t.remote),
         nameOf(t.state), t.tainted ? 1 : 0, t.regressed ? 1 : 0, there(t.commit), there(t.reason), t.snoozedUntil, jsonText(t.links), t.made,
         t.changed, there(stored.lastOperation)}));
    COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM ticket_groups WHERE ticket = ?"), {id}));
    for (const auto &group : t.groups)
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO ticket_groups (group_id, ticket) VALUES (?, ?)"), {group, id}));
    return {};
}

QJsonObject toJson(const Ticket &ticket)
{
    QJsonObject object{{QStringLiteral("id"), ticket.id.toString()},
                       {QStringLiteral("plugin"), ticket.plugin},
                       {QStringLiteral("kind"), nameOf(ticket.kind)},
                       {QStringLiteral("title"), ticket.title},
                       {QStringLiteral("state"), nameOf(stateNow(ticket))},
                       {QStringLiteral("assignee"), ticket.assignee.isEmpty() ? QJsonValue() : QJsonValue(ticket.assignee)},
                       {QStringLiteral("remote"), ticket.remote.isEmpty() ? QJsonValue() : QJsonValue(ticket.remote)},
                       {QStringLiteral("tainted"), ticket.tainted},
                       {QStringLiteral("regressed"), ticket.regressed},
                       {QStringLiteral("groups"), QJsonArray::fromStringList(ticket.groups)},
                       {QStringLiteral("facts"), ticket.facts},
                       {QStringLiteral("guesses"), ticket.guesses},
                       {QStringLiteral("made"), ticket.made},
                       {QStringLiteral("changed"), ticket.changed}};
    if (!ticket.commit.isEmpty())
        object[QStringLiteral("commit")] = ticket.commit;
    if (!ticket.reason.isEmpty())
        object[QStringLiteral("reason")] = ticket.reason;
    if (stateNow(ticket) == State::Snoozed && ticket.snoozedUntil != 0)
        object[QStringLiteral("snoozed_until")] = ticket.snoozedUntil;
    for (auto it = ticket.links.begin(); it != ticket.links.end(); ++it) {
        if (!object.contains(it.key()))
            object[it.key()] = it.value();
    }
    return object;
}

QJsonObject toJson(const Comment &comment)
{
    return {{QStringLiteral("id"), comment.id},
            {QStringLiteral("author"), comment.author},
            {QStringLiteral("text"), comment.text},
            {QStringLiteral("at"), comment.at},
            {QStringLiteral("outside"), comment.outside}};
}

QJsonObject storedToJson(const Stored &stored)
{
    const Ticket &t = stored.ticket;
    return {{QStringLiteral("id"), t.id.toString()},
            {QStringLiteral("plugin"), t.plugin},
            {QStringLiteral("kind"), nameOf(t.kind)},
            {QStringLiteral("title"), t.title},
            {QStringLiteral("facts"), t.facts},
            {QStringLiteral("guesses"), t.guesses},
            {QStringLiteral("groups"), QJsonArray::fromStringList(t.groups)},
            {QStringLiteral("assignee"), t.assignee},
            {QStringLiteral("remote"), t.remote},
            {QStringLiteral("state"), nameOf(t.state)},
            {QStringLiteral("tainted"), t.tainted},
            {QStringLiteral("regressed"), t.regressed},
            {QStringLiteral("commit"), t.commit},
            {QStringLiteral("reason"), t.reason},
            {QStringLiteral("until"), t.snoozedUntil},
            {QStringLiteral("links"), t.links},
            {QStringLiteral("made"), t.made},
            {QStringLiteral("changed"), t.changed},
            {QStringLiteral("last"), stored.lastOperation}};
}

Stored storedFromJson(const QJsonObject &object)
{
    Stored stored;
    Ticket &t = stored.ticket;
    if (auto id = Id::parse(object[u"id"].toString()))
        t.id = *id;
    t.plugin = object[u"plugin"].toString();
    t.kind = kindFrom(object[u"kind"].toString());
    t.title = object[u"title"].toString();
    t.facts = object[u"facts"].toObject();
    t.guesses = object[u"guesses"].toObject();
    const QJsonArray groups = object[u"groups"].toArray();
    for (const auto &group : groups)
        t.groups << group.toString();
    t.assignee = object[u"assignee"].toString();
    t.remote = object[u"remote"].toString();
    t.state = stateFrom(object[u"state"].toString()).value_or(State::Inbox);
    t.tainted = object[u"tainted"].toBool();
    t.regressed = object[u"regressed"].toBool();
    t.commit = object[u"commit"].toString();
    t.reason = object[u"reason"].toString();
    t.snoozedUntil = qint64(object[u"until"].toDouble());
    t.links = object[u"links"].toObject();
    t.made = qint64(object[u"made"].toDouble());
    t.changed = qint64(object[u"changed"].toDouble());
    stored.lastOperation = object[u"last"].toString();
    return stored;
}

} // namespace coppice::tickets
