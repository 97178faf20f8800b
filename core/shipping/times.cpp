// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/times.h"

#include "base/clock.h"
#include "capture/store.h"

#include <QJsonArray>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

const QString columns = u"ticket, plugin, first_event, made, accepted, first_patch, approved, applied, shipped, verified, rolled_back"_s;

LeadTimes read(const store::Row &row)
{
    return {row.text(0), row.text(1), row.number(2), row.number(3), row.number(4), row.number(5), row.number(6), row.number(7), row.number(8), row.number(9), row.number(10)};
}

QString columnOf(Step step)
{
    switch (step) {
    case Step::Approved: return u"approved"_s;
    case Step::Applied: return u"applied"_s;
    case Step::Shipped: return u"shipped"_s;
    case Step::RolledBack: return u"rolled_back"_s;
    case Step::Verified: break;
    }
    return u"verified"_s;
}

/// What the journal, the events and the patches know of the steps before approval.
struct Known {
    qint64 firstEvent = 0, accepted = 0, firstPatch = 0;
};

qint64 firstEventOf(store::Database &eventFile, const tickets::Ticket &ticket)
{
    qint64 first = 0;
    capture::EventStore events(eventFile);
    for (const auto &group : ticket.groups) {
        if (const auto known = events.group(group); known && known->first > 0)
            first = first == 0 ? known->first : qMin(first, known->first);
    }
    return first;
}

Result<Known> knownOf(store::Connection &connection, const QString &ticket)
{
    Known known;
    const auto first = [&](const QString &sql, const QString &value) -> Result<qint64> {
        COPPICE_TRY(const auto found, connection.value(sql, {value}));
        return found.toLongLong();
    };
    COPPICE_TRY(known.accepted, first(u"SELECT min(at) FROM operation WHERE entity = ? AND verb IN ('accept', 'accepted')"_s, u"ticket:"_s + ticket));
    COPPICE_TRY(known.firstPatch, first(u"SELECT min(r.at) FROM review_revisions r JOIN review_patches p ON p.id = r.patch WHERE p.ticket = ?"_s, ticket));
    return known;
}

} // namespace

Result<> noteStep(const runs::House &house, const QString &ticketId, Step step, qint64 at)
{
    COPPICE_TRY(const auto ticket, tickets::Tickets(house.state, house.journal).get(ticketId));
    const QString id = ticket.id.toString();
    const qint64 firstEvent = firstEventOf(house.events, ticket);
    return house.state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_TRY(const Known known, knownOf(connection, id));
        COPPICE_CHECK(connection.exec(u"INSERT OR IGNORE INTO shipping_times (ticket, plugin, made) VALUES (?, ?, ?)"_s, {id, ticket.plugin, ticket.made}));
        COPPICE_CHECK(connection.exec(u"UPDATE shipping_times SET first_event = CASE first_event WHEN 0 THEN ? ELSE first_event END, "
                                      "accepted = CASE accepted WHEN 0 THEN ? ELSE accepted END, first_patch = CASE first_patch WHEN 0 THEN ? ELSE first_patch END "
                                      "WHERE ticket = ?"_s,
                                      {firstEvent, known.accepted, known.firstPatch, id}));
        // A later fix of the same ticket: its way counts, the earlier one did not hold.
        if (step == Step::Approved)
            COPPICE_CHECK(connection.exec(u"UPDATE shipping_times SET approved = 0, applied = 0, shipped = 0, verified = 0 WHERE ticket = ? AND shipped > 0"_s, {id}));
        if (step == Step::Shipped) // what was out before is out no more
            COPPICE_CHECK(connection.exec(u"UPDATE shipping_times SET shipped = 0, verified = 0 WHERE ticket = ? AND rolled_back > shipped"_s, {id}));
        if (step == Step::RolledBack)
            COPPICE_CHECK(connection.exec(u"UPDATE shipping_times SET rolled_back = 0 WHERE ticket = ?"_s, {id}));
        const QString column = columnOf(step);
        COPPICE_CHECK(connection.exec(u"UPDATE shipping_times SET %1 = ? WHERE ticket = ? AND %1 = 0"_s.arg(column), {at, id}));
        return {};
    });
}

Result<std::vector<LeadTimes>> leadTimes(store::Database &state, const QString &plugin, int most)
{
    return state.read<std::vector<LeadTimes>>([&](store::Connection &connection) -> Result<std::vector<LeadTimes>> {
        std::vector<LeadTimes> all;
        COPPICE_CHECK(connection.query(u"SELECT %1 FROM shipping_times WHERE ? = '' OR plugin = ? ORDER BY ticket DESC LIMIT ?"_s.arg(columns),
                                       {plugin.isNull() ? QString(""_L1) : plugin, plugin, most}, [&](const store::Row &row) { all.push_back(read(row)); }));
        return all;
    });
}

Result<std::optional<LeadTimes>> leadTimesOf(store::Database &state, const QString &ticket)
{
    return state.read<std::optional<LeadTimes>>([&](store::Connection &connection) -> Result<std::optional<LeadTimes>> {
        std::optional<LeadTimes> found;
        COPPICE_CHECK(connection.query(u"SELECT %1 FROM shipping_times WHERE ticket = ?"_s.arg(columns), {ticket}, [&](const store::Row &row) { found = read(row); }));
        return found;
    });
}

Result<LeadTimes> wayOf(store::Database &state, store::Database &events, const tickets::Ticket &ticket)
{
    const QString id = ticket.id.toString();
    COPPICE_TRY(const auto noted, leadTimesOf(state, id));
    LeadTimes times = noted.value_or(LeadTimes());
    times.ticket = id;
    times.plugin = ticket.plugin;
    COPPICE_TRY(const Known known, state.read<Known>([&](store::Connection &connection) { return knownOf(connection, id); }));
    const auto fill = [](qint64 &at, qint64 value) { at = at == 0 ? value : at; };
    fill(times.firstEvent, firstEventOf(events, ticket));
    fill(times.made, ticket.made);
    fill(times.accepted, known.accepted);
    fill(times.firstPatch, known.firstPatch);
    return times;
}

std::vector<ReachedStep> stepsOf(const LeadTimes &times)
{
    std::vector<ReachedStep> steps;
    qint64 before = 0;
    const auto add = [&](const QString &name, qint64 at) {
        if (at <= 0)
            return;
        steps.push_back({name, at, before > 0 && at >= before ? at - before : -1});
        before = at;
    };
    add(u"first error"_s, times.firstEvent);
    add(u"ticket made"_s, times.made);
    add(u"accepted"_s, times.accepted);
    add(u"first patch"_s, times.firstPatch);
    add(u"approved"_s, times.approved);
    add(u"applied"_s, times.applied);
    add(u"shipped"_s, times.shipped);
    add(u"verified"_s, times.verified);
    add(u"rolled back"_s, times.rolledBack);
    return steps;
}

QString spanText(qint64 ms)
{
    const qint64 minutes = ms / 60'000, hours = minutes / 60, days = hours / 24;
    if (days > 0)
        return hours % 24 > 0 ? u"%1 d %2 h"_s.arg(days).arg(hours % 24) : u"%1 d"_s.arg(days);
    if (hours > 0)
        return minutes % 60 > 0 ? u"%1 h %2 min"_s.arg(hours).arg(minutes % 60) : u"%1 h"_s.arg(hours);
    return minutes > 0 ? u"%1 min"_s.arg(minutes) : u"%1 s"_s.arg(ms / 1000);
}

QJsonObject toJson(const LeadTimes &times)
{
    QJsonObject object{{u"ticket"_s, times.ticket}, {u"plugin"_s, times.plugin}};
    const auto put = [&](const QString &name, qint64 at) { object[name] = at > 0 ? QJsonValue(isoTime(at)) : QJsonValue(); };
    put(u"first_event"_s, times.firstEvent);
    put(u"ticket_made"_s, times.made);
    put(u"accepted"_s, times.accepted);
    put(u"first_patch"_s, times.firstPatch);
    put(u"approved"_s, times.approved);
    put(u"applied"_s, times.applied);
    put(u"shipped"_s, times.shipped);
    put(u"verified"_s, times.verified);
    put(u"rolled_back"_s, times.rolledBack);
    const qint64 begin = times.firstEvent > 0 ? times.firstEvent : times.made;
    const auto span = [&](qint64 from, qint64 to) { return from > 0 && to >= from ? QJsonValue((to - from) / 1000) : QJsonValue(); };
    object[u"seconds_to_shipped"_s] = span(begin, times.shipped);
    object[u"seconds_to_verified"_s] = span(begin, times.verified);
    return object;
}

} // namespace coppice::shipping
