// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/shipping.h"

#include "base/clock.h"
#include "base/counted.h"
#include "base/fault.h"
#include "capture/received.h"
#include "capture/store.h"
#include "shipping/release_order.h"
#include "shipping/releases.h"
#include "shipping/times.h"
#include "shipping/watches.h"

#include <QHash>

#include <algorithm>

namespace coppice::shipping {

namespace {

constexpr qint64 silenceMs = 72LL * 60 * 60 * 1000;
constexpr qint64 hourMs = 60LL * 60 * 1000;
constexpr int eventsAtOnce = 1000;
constexpr qint64 enoughRequests = 100; ///< without an error, of who is counted at all

struct Watched {
    Watch watch;
    bool releaseIsNew = false; ///< no event of the ticket's groups had it before
};

Result<std::vector<Watched>> readWatches(store::Database &state)
{
    return state.read<std::vector<Watched>>([](store::Connection &connection) -> Result<std::vector<Watched>> {
        std::vector<Watched> all;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT ticket, plugin, split, release, release_is_new, since, last_event FROM shipping_watches ORDER BY ticket"),
            {}, [&](const store::Row &row) {
                all.push_back({{row.text(0), row.text(1), git::Oid::fromHex(row.text(2).toLatin1()), row.text(3), row.number(5),
                                row.number(6), -1, {}},
                               row.number(4) != 0});
            }));
        return all;
    });
}

/// Whether an event comes from a release that was out after the watched one and was rolled back: it says nothing of what
/// is out again.
bool isOfRolledBack(const QString &eventRelease, const Watched &watched, const ReleaseHistory &history)
{
    if (eventRelease.isEmpty())
        return false;
    const QByteArray hash = eventRelease.section(u'@', -1).toLatin1().toLower();
    for (const auto &gone : history.rolledBack) {
        if (hash.size() >= 7 && !gone.split.isNull() && gone.split.hex().startsWith(hash))
            return true;
        // Where the version did not change, only time tells the two apart.
        const auto same = gone.version.isEmpty() ? std::nullopt : compareReleases(eventRelease, gone.version);
        const auto own = watched.watch.release.isEmpty() ? std::nullopt : compareReleases(eventRelease, watched.watch.release);
        const bool stillOut = std::ranges::any_of(history.out, [&](const ReleaseRow &out) { return compareReleases(eventRelease, out.version) == 0; });
        if (same == 0 && own != 0 && !stillOut)
            return true;
    }
    return false;
}

/// Whether an event comes from the release that holds the fix, or a later one.
bool isOfFixedRelease(const capture::Event &event, const Watched &watched)
{
    if (event.received < watched.watch.since)
        return false;
    // Logs often keep seconds only: one of the second in which the deploy ended may be of the new release.
    const qint64 at = event.at == 0 ? event.received : event.at % 1000 == 0 ? event.at + 999 : event.at;
    const bool later = at >= watched.watch.since;
    if (event.release.isEmpty())
        return later;
    const QByteArray release = event.release.section(u'@', -1).toLatin1().toLower();
    if (release.size() >= 7 && watched.watch.commit.hex().startsWith(release))
        return true;
    const auto order = watched.watch.release.isEmpty() ? std::nullopt : compareReleases(event.release, watched.watch.release);
    if (!order)
        return later;
    if (*order != 0)
        return *order > 0;
    return watched.releaseIsNew || later; // the fix did not change the version: only time tells them apart
}

/// Remembers when the error was last seen from releases without the fix.
Result<> noteOlderEvents(store::Database &state, const QHash<QString, qint64> &lastEvent)
{
    if (lastEvent.isEmpty())
        return {};
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        for (auto it = lastEvent.cbegin(); it != lastEvent.cend(); ++it)
            COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE shipping_watches SET last_event = ? WHERE ticket = ?"), {it.value(), it.key()}));
        return {};
    });
}

/// Whether a count of requests is of the release that holds the fix, or a later one. An hour that began before the ship is
/// counted only where its release is a new one.
bool isCounted(const capture::RequestCount &count, const Watched &watched, const ReleaseHistory &history)
{
    if (isOfRolledBack(count.release, watched, history))
        return false;
    const bool later = count.hour >= watched.watch.since;
    if (count.hour + hourMs <= watched.watch.since)
        return false;
    if (count.release.isEmpty())
        return later;
    const QByteArray release = count.release.section(u'@', -1).toLatin1().toLower();
    if (release.size() >= 7 && watched.watch.commit.hex().startsWith(release))
        return true;
    const auto order = watched.watch.release.isEmpty() ? std::nullopt : compareReleases(count.release, watched.watch.release);
    if (!order)
        return later;
    return *order > 0 || (*order == 0 && (watched.releaseIsNew || later));
}

/// The requests of the fixed release; -1 where nobody has counted the plugin's requests since a month before the ship.
Result<qint64> requestsOf(store::Database &state, store::Database &events, const Watched &watched)
{
    constexpr qint64 monthMs = 30LL * 24 * hourMs;
    COPPICE_TRY(const auto counts, capture::Received(events).requests(watched.watch.plugin, watched.watch.since - monthMs));
    COPPICE_TRY(const auto history, releaseHistory(state, watched.watch.plugin));
    qint64 all = counts.empty() ? -1 : 0;
    for (const auto &count : counts)
        all += isCounted(count, watched, history) ? count.requests : 0;
    return all;
}

/// What is missing until a silent release counts as verified; empty: nothing.
QString missing(const Watched &watched, qint64 requests, qint64 now)
{
    const qint64 left = watched.watch.since + silenceMs - now;
    QStringList parts;
    if (left > 0)
        parts << QStringLiteral("%1 more of silence").arg(counted((left + hourMs - 1) / hourMs, "hour"));
    if (requests >= 0 && requests < enoughRequests)
        parts << QStringLiteral("%1 of %2 requests so far").arg(requests).arg(enoughRequests);
    return parts.join(QStringLiteral("; "));
}

/// Back to the people, as a regression.
Result<> reopen(const runs::House &house, const Watched &watched, const QString &group, const capture::Event &event)
{
    const FaultStep step("watch.reopen");
    tickets::Tickets tickets(house.state, house.journal);
    const QString reason = QStringLiteral("The error came back in %1.")
                               .arg(event.release.isEmpty() ? QStringLiteral("the fixed release") : event.release);
    // The ticket last: as long as it is watched, all of this is done again after a crash.
    COPPICE_CHECK(capture::EventStore(house.events).setState(group, capture::Group::State::Regressed));
    COPPICE_CHECK(tickets.move(Actor::engine(), watched.watch.ticket, tickets::Ticket::State::Inbox,
                               {{QStringLiteral("regressed"), true},
                                {QStringLiteral("reason"), reason},
                                {QStringLiteral("event"), event.id.toString()}}));
    return dropWatch(house.state, watched.watch.ticket);
}

Result<> close(const runs::House &house, const tickets::Ticket &ticket, qint64 requests)
{
    const FaultStep step("watch.close");
    const QString served = requests < 0 ? QString() : QStringLiteral(" and %1").arg(counted(requests, "request"));
    for (const auto &group : ticket.groups) // before the ticket, see reopen
        COPPICE_CHECK(capture::EventStore(house.events).setState(group, capture::Group::State::Resolved));
    COPPICE_CHECK(noteStep(house, ticket.id.toString(), Step::Verified, nowMs()));
    COPPICE_CHECK(tickets::Tickets(house.state, house.journal)
                      .move(Actor::engine(), ticket.id.toString(), tickets::Ticket::State::Closed,
                            {{QStringLiteral("commit"), ticket.commit},
                             {QStringLiteral("reason"), QStringLiteral("Verified: 72 hours%1 without this error in the fixed release.").arg(served)}}));
    return dropWatch(house.state, ticket.id.toString());
}

Result<qint64> readCursor(store::Database &state)
{
    return state.read<qint64>([](store::Connection &connection) -> Result<qint64> {
        COPPICE_TRY(const auto value, connection.value(QStringLiteral("SELECT events FROM shipping_cursor WHERE only = 1")));
        return value.toLongLong();
    });
}

Result<> writeCursor(store::Database &state, qint64 cursor)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO shipping_cursor (only, events) VALUES (1, ?) "
                                                     "ON CONFLICT (only) DO UPDATE SET events = excluded.events"),
                                      {cursor}));
        return {};
    });
}

} // namespace

Result<> dropWatch(store::Database &state, const QString &ticket)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM shipping_watches WHERE ticket = ?"), {ticket}));
        return {};
    });
}

Result<> renewWatch(store::Database &state, const QString &ticket, qint64 since)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE shipping_watches SET since = ?, last_event = 0, release_is_new = 0 WHERE ticket = ?"), {since, ticket}));
        return {};
    });
}

Result<> addWatch(store::Database &state, const Watch &watch, bool releaseIsNew)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(
            QStringLiteral("INSERT OR REPLACE INTO shipping_watches (ticket, plugin, split, release, release_is_new, since) "
                           "VALUES (?, ?, ?, ?, ?, ?)"),
            {watch.ticket, watch.plugin, watch.commit.toString(), watch.release.isNull() ? QString(QLatin1String("")) : watch.release,
             releaseIsNew ? 1 : 0, watch.since}));
        return {};
    });
}

Result<bool> hasUnseenEvents(store::Database &state, store::Database &events)
{
    COPPICE_TRY(const auto watching, readWatches(state));
    if (watching.empty())
        return false;
    COPPICE_TRY(const qint64 cursor, readCursor(state));
    COPPICE_TRY(const auto page, capture::EventStore(events).after(cursor, 1));
    return !page.events.empty();
}

Result<std::vector<Watch>> watches(store::Database &state)
{
    COPPICE_TRY(const auto all, readWatches(state));
    std::vector<Watch> plain;
    for (const auto &watched : all)
        plain.push_back(watched.watch);
    return plain;
}

Result<std::vector<Watch>> watchesWithCounts(const runs::House &house)
{
    COPPICE_TRY(auto all, readWatches(house.state));
    std::vector<Watch> plain;
    for (auto &watched : all) {
        COPPICE_TRY(watched.watch.requests, requestsOf(house.state, house.events, watched));
        watched.watch.waitsFor = missing(watched, watched.watch.requests, nowMs());
        plain.push_back(watched.watch);
    }
    return plain;
}

Result<QStringList> watchEvents(const runs::House &house)
{
    const FaultStep step("watch.look");
    COPPICE_TRY(auto watching, readWatches(house.state));
    QStringList changed;
    if (watching.empty())
        return changed;
    tickets::Tickets tickets(house.state, house.journal);
    QHash<QString, tickets::Ticket> ticketOf;
    QHash<QString, std::vector<size_t>> byGroup;
    QHash<QString, ReleaseHistory> histories;
    for (size_t i = 0; i < watching.size(); ++i) {
        const QString id = watching[i].watch.ticket;
        COPPICE_TRY(const auto ticket, tickets.get(id));
        if (ticket.state == tickets::Ticket::State::Shipping)
            continue; // ship is just about to move it
        if (ticket.state != tickets::Ticket::State::Watching) {
            COPPICE_CHECK(dropWatch(house.state, id)); // a person has taken it elsewhere
            continue;
        }
        for (const auto &group : ticket.groups)
            byGroup[group].push_back(i);
        if (const QString &plugin = watching[i].watch.plugin; !histories.contains(plugin)) {
            COPPICE_TRY(histories[plugin], releaseHistory(house.state, plugin));
        }
        ticketOf.insert(id, ticket);
    }
    capture::EventStore events(house.events);
    COPPICE_TRY(qint64 cursor, readCursor(house.state));
    for (;;) {
        COPPICE_TRY(const auto page, events.after(cursor, eventsAtOnce));
        if (page.events.empty())
            break;
        QHash<QString, qint64> lastEvent;
        for (const auto &[group, event] : page.events) {
            const auto watchers = byGroup.constFind(group);
            if (watchers == byGroup.cend())
                continue;
            for (const size_t i : *watchers) {
                const QString id = watching[i].watch.ticket;
                if (!ticketOf.contains(id))
                    continue;
                if (isOfRolledBack(event.release, watching[i], histories[watching[i].watch.plugin]))
                    continue;
                if (!isOfFixedRelease(event, watching[i])) {
                    if (event.received >= watching[i].watch.since)
                        lastEvent[id] = event.received;
                    continue;
                }
                COPPICE_CHECK(reopen(house, watching[i], group, event));
                ticketOf.remove(id);
                changed << id;
            }
        }
        COPPICE_CHECK(noteOlderEvents(house.state, lastEvent));
        // Moved only after what it brought was acted on; seen again after a crash, an event finds its ticket reopened.
        cursor = page.cursor;
        COPPICE_CHECK(writeCursor(house.state, cursor));
    }
    const qint64 now = nowMs();
    for (const auto &watched : watching) {
        const auto ticket = ticketOf.constFind(watched.watch.ticket);
        if (ticket == ticketOf.cend() || now - watched.watch.since < silenceMs)
            continue;
        COPPICE_TRY(const qint64 requests, requestsOf(house.state, house.events, watched));
        if (requests >= 0 && requests < enoughRequests)
            continue; // nobody can say that it holds: hardly anybody has asked it
        COPPICE_CHECK(close(house, *ticket, requests));
        changed << watched.watch.ticket;
    }
    return changed;
}

} // namespace coppice::shipping
