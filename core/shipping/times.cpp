// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/times.h"

#include "base/clock.h"
#include "capture/store.h"

#include <QJsonArray>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

const QString columns = u"ticket, plugin, first_event, made, accepted, first_patch, approved, applied, shipped, verified"_s;

LeadTimes read(const store::Row &row)
{
    return {row.text(0), row.text(1), row.number(2), row.number(3), row.number(4), row.number(5), row.number(6), row.number(7), row.number(8), row.number(9)};
}

QString columnOf(Step step)
{
    switch (step) {
    case Step::Approved: return u"approved"_s;
    case Step::Applied: return u"applied"_s;
    case Step::Shipped: return u"shipped"_s;
    case Step::Verified: break;
    }
    return u"verified"_s;
}

} // namespace

Result<> noteStep(const runs::House &house, const QString &ticketId, Step step, qint64 at)
{
    COPPICE_TRY(const auto ticket, tickets::Tickets(house.state, house.journal).get(ticketId));
    const QString id = ticket.id.toString();
    qint64 firstEvent = 0;
    capture::EventStore events(house.events);
    for (const auto &group : ticket.groups) {
        if (const auto known = events.group(group); known && known->first > 0)
            firstEvent = firstEvent == 0 ? known->first : qMin(firstEvent, known->first);
    }
    return house.state.write<void>([&](store::Connection &connection) -> Result<> {
        const auto first = [&](const QString &sql, const QVariantList &values) -> Result<qint64> {
            COPPICE_TRY(const auto found, connection.value(sql, values));
            return found.toLongLong();
        };
        COPPICE_TRY(const qint64 accepted, first(u"SELECT min(at) FROM operation WHERE entity = ? AND verb IN ('accept', 'accepted')"_s, {QString(u"ticket:"_s + id)}));
        COPPICE_TRY(const qint64 patch, first(u"SELECT min(r.at) FROM review_revisions r JOIN review_patches p ON p.id = r.patch WHERE p.ticket = ?"_s, {id}));
        COPPICE_CHECK(connection.exec(u"INSERT OR IGNORE INTO shipping_times (ticket, plugin, made) VALUES (?, ?, ?)"_s, {id, ticket.plugin, ticket.made}));
        COPPICE_CHECK(connection.exec(u"UPDATE shipping_times SET first_event = CASE first_event WHEN 0 THEN ? ELSE first_event END, "
                                      "accepted = CASE accepted WHEN 0 THEN ? ELSE accepted END, first_patch = CASE first_patch WHEN 0 THEN ? ELSE first_patch END "
                                      "WHERE ticket = ?"_s,
                                      {firstEvent, accepted, patch, id}));
        // A later fix of the same ticket: its way counts, the earlier one did not hold.
        if (step == Step::Approved)
            COPPICE_CHECK(connection.exec(u"UPDATE shipping_times SET approved = 0, applied = 0, shipped = 0, verified = 0 WHERE ticket = ? AND shipped > 0"_s, {id}));
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
    const qint64 begin = times.firstEvent > 0 ? times.firstEvent : times.made;
    const auto span = [&](qint64 from, qint64 to) { return from > 0 && to >= from ? QJsonValue((to - from) / 1000) : QJsonValue(); };
    object[u"seconds_to_shipped"_s] = span(begin, times.shipped);
    object[u"seconds_to_verified"_s] = span(begin, times.verified);
    return object;
}

} // namespace coppice::shipping
