// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/inbox_acts.h"

#include "tickets/row.h"

#include <QSet>

namespace coppice::tickets {

using namespace Qt::StringLiterals;
using State = Ticket::State;
using GroupState = capture::Group::State;
using capture::GroupRule;

namespace {

bool isTicket(const QString &key)
{
    return key.startsWith("ticket:"_L1);
}

QString idOf(const QString &key)
{
    return key.section(u':', 1);
}

} // namespace

Result<InboxDeed> InboxActs::each(const QStringList &keys, const Way &way, const One &one)
{
    InboxDeed deed;
    qint64 number = 0;
    for (const auto &key : keys) {
        if (way.stop.stop_requested()) {
            deed.stopped = true;
            break;
        }
        const auto done = one(key, deed);
        way.progress.report(++number, keys.size(), {});
        if (done) {
            ++deed.done;
        } else if (done.error().code == "ticket.already"_L1 && keys.size() > 1) {
            ++deed.skipped;
        } else if (keys.size() == 1) {
            return std::unexpected(done.error());
        } else {
            deed.problems << done.error().message();
        }
    }
    return deed;
}

/// The newest operation on a ticket is what was just done.
Result<> InboxActs::note(const QString &ticket, InboxDeed &deed)
{
    COPPICE_TRY(const auto stored, m_state.read<std::optional<Stored>>([&](store::Connection &connection) { return readTicket(connection, ticket); }));
    if (stored && !stored->lastOperation.isEmpty() && !deed.operations.contains(stored->lastOperation))
        deed.operations << stored->lastOperation;
    if (!deed.tickets.contains(ticket))
        deed.tickets << ticket;
    return {};
}

Result<QString> InboxActs::ticketFor(const Actor &actor, const QString &key, InboxDeed &deed)
{
    if (isTicket(key))
        return idOf(key);
    COPPICE_TRY(const auto there, m_tickets.ofGroup(idOf(key)));
    if (there)
        return there->id.toString();
    COPPICE_TRY(const auto group, m_events.group(idOf(key)));
    COPPICE_TRY(const auto made, m_tickets.fromGroup(actor, m_events, idOf(key)));
    const QString id = made.id.toString();
    if (group.state == GroupState::New)
        deed.states.emplace_back(group.id.toString(), GroupState::New);
    COPPICE_CHECK(note(id, deed));
    return id;
}

Result<QStringList> InboxActs::groupsOf(const QString &key)
{
    if (!isTicket(key))
        return QStringList{idOf(key)};
    COPPICE_TRY(const auto ticket, m_tickets.get(idOf(key)));
    if (ticket.groups.isEmpty())
        return failUsage(u"inbox.no-group"_s, u"The ticket has no error group"_s, ticket.title);
    return ticket.groups;
}

Result<InboxDeed> InboxActs::makeTickets(const Actor &actor, const QStringList &keys, const Way &way)
{
    return each(keys, way, [&](const QString &key, InboxDeed &deed) -> Result<> {
        COPPICE_TRY(const QString id, ticketFor(actor, key, deed));
        if (!deed.tickets.contains(id))
            deed.tickets << id;
        return {};
    });
}

Result<InboxDeed> InboxActs::move(const Actor &actor, const QStringList &keys, State state, const QJsonObject &more, const Way &way)
{
    return each(keys, way, [&](const QString &key, InboxDeed &deed) -> Result<> {
        COPPICE_TRY(const QString id, ticketFor(actor, key, deed));
        COPPICE_CHECK(m_tickets.move(actor, id, state, more));
        return note(id, deed);
    });
}

Result<InboxDeed> InboxActs::snooze(const Actor &actor, const QStringList &keys, const SnoozeEnd &end, const Way &way)
{
    return each(keys, way, [&](const QString &key, InboxDeed &deed) -> Result<> {
        COPPICE_TRY(const QString id, ticketFor(actor, key, deed));
        COPPICE_CHECK(m_tickets.snooze(actor, m_events, id, end));
        return note(id, deed);
    });
}

Result<InboxDeed> InboxActs::assign(const Actor &actor, const QStringList &keys, const QString &assignee, const Way &way)
{
    return each(keys, way, [&](const QString &key, InboxDeed &deed) -> Result<> {
        COPPICE_TRY(const QString id, ticketFor(actor, key, deed));
        COPPICE_CHECK(m_tickets.assign(actor, id, assignee));
        return note(id, deed);
    });
}

Result<InboxDeed> InboxActs::mute(const Actor &actor, const QStringList &keys, const GroupRule::By &by, qint64 until, qint64 count, const Way &way)
{
    capture::GroupRules rules(m_state, m_eventsDb, m_journal);
    return each(keys, way, [&](const QString &key, InboxDeed &deed) -> Result<> {
        COPPICE_TRY(const auto groups, groupsOf(key));
        for (const auto &group : groups) {
            COPPICE_TRY(const auto rule, rules.mute(actor, group, by, until, count));
            deed.operations << rule.operation;
        }
        return {};
    });
}

Result<InboxDeed> InboxActs::unmute(const Actor &actor, const QStringList &keys, const Way &way)
{
    capture::GroupRules rules(m_state, m_eventsDb, m_journal);
    auto deed = each(keys, way, [&](const QString &key, InboxDeed &done) -> Result<> {
        COPPICE_TRY(const auto groups, groupsOf(key));
        for (const auto &group : groups) {
            COPPICE_TRY(const auto standing, rules.rules(group));
            int mutes = 0;
            for (const auto &rule : standing) {
                if (rule.kind != GroupRule::Kind::Mute || rule.group != group)
                    continue;
                COPPICE_TRY(const Id undone, m_journal.undo(actor, rule.operation));
                done.operations << undone.toString();
                ++mutes;
            }
            if (mutes > 0)
                continue;
            COPPICE_TRY(const auto now, m_events.group(group)); // muted by a version that had no rules
            if (now.state != GroupState::Muted)
                return failUsage(u"groups.not-muted"_s, u"No mute of this group is in force"_s, now.title);
            done.states.emplace_back(group, GroupState::Muted);
            COPPICE_CHECK(m_events.setState(group, GroupState::New));
        }
        return {};
    });
    COPPICE_CHECK(rules.apply());
    return deed;
}

Result<InboxDeed> InboxActs::merge(const Actor &actor, const QStringList &keys)
{
    QString into;
    QSet<QString> tickets;
    QStringList groups;
    for (const auto &key : keys) {
        COPPICE_TRY(const auto own, groupsOf(key));
        COPPICE_TRY(const auto ticket, m_tickets.ofGroup(own.front()));
        if (ticket)
            tickets << ticket->id.toString();
        if (into.isEmpty() || (ticket && tickets.size() == 1))
            into = own.front();
        for (const auto &group : own) {
            if (!groups.contains(group))
                groups << group;
        }
    }
    if (groups.size() < 2)
        return failUsage(u"inbox.merge"_s, u"Merging needs two error groups or more"_s, {}, u"Mark further lines with Space, then merge."_s);
    if (tickets.size() > 1)
        return failUsage(u"inbox.merge-tickets"_s, u"These error groups have tickets of their own"_s, {},
                         u"Mark one ticket as a duplicate of the other: it hands its groups over."_s);
    groups.removeAll(into);
    InboxDeed deed;
    COPPICE_TRY(const auto rule, capture::GroupRules(m_state, m_eventsDb, m_journal).merge(actor, into, groups));
    deed.operations << rule.operation;
    deed.made = into;
    deed.done = int(keys.size());
    return deed;
}

Result<InboxDeed> InboxActs::split(const Actor &actor, const QString &group, const GroupRule::By &by)
{
    InboxDeed deed;
    COPPICE_TRY(const auto rule, capture::GroupRules(m_state, m_eventsDb, m_journal).split(actor, group, by));
    deed.operations << rule.operation;
    deed.made = rule.made;
    deed.done = 1;
    return deed;
}

Result<InboxDeed> InboxActs::undo(const Actor &actor, const InboxDeed &deed, const Way &way)
{
    InboxDeed back;
    qint64 number = 0;
    for (auto it = deed.operations.crbegin(); it != deed.operations.crend() && !way.stop.stop_requested(); ++it) {
        const auto undone = m_journal.undo(actor, *it);
        way.progress.report(++number, deed.operations.size(), {});
        if (undone) {
            ++back.done;
            back.operations << undone->toString();
        } else if (undone.error().code != "undo.done"_L1) {
            back.problems << undone.error().message();
        }
    }
    COPPICE_CHECK(capture::GroupRules(m_state, m_eventsDb, m_journal).apply());
    for (const auto &[group, before] : deed.states) {
        COPPICE_TRY(const auto ticket, m_tickets.ofGroup(group));
        if (ticket && before == GroupState::New)
            continue; // the ticket could not be taken back
        const auto set = m_events.setState(group, before);
        if (!set && set.error().kind != ErrorKind::NotFound)
            back.problems << set.error().message();
    }
    if (back.done == 0 && back.problems.size() == 1)
        return fail(u"inbox.undo"_s, back.problems.front());
    return back;
}

} // namespace coppice::tickets
