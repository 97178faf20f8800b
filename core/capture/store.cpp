// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/store.h"

#include "capture/event_json.h"
#include "capture/event_row.h"
#include "capture/packed.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace coppice::capture {

namespace {

using store::Connection;
using store::Row;

const QString groupColumns = QStringLiteral("id, plugin, fingerprint, title, why, level, count, first, last, releases, state");
const QString eventColumns = QStringLiteral("group_id, id, sender_id, plugin, received, at, source, release, environment, level, type, message, "
                                            "template, record, scrubbed, body, seq");

QStringList listFrom(const QString &json)
{
    QStringList list;
    const QJsonArray array = QJsonDocument::fromJson(json.toUtf8()).array();
    for (const auto &each : array)
        list << each.toString();
    return list;
}

Group groupFrom(const Row &row)
{
    Group group;
    if (auto id = Id::parse(row.text(0)))
        group.id = *id;
    group.plugin = row.text(1);
    group.fingerprint = row.text(2);
    group.title = row.text(3);
    group.why = row.text(4);
    group.level = Level(row.number(5));
    group.count = row.number(6);
    group.first = row.number(7);
    group.last = row.number(8);
    group.releases = listFrom(row.text(9));
    group.state = Group::State(row.number(10));
    return group;
}

Event eventFrom(const Row &row)
{
    Event event;
    if (auto id = Id::parse(row.text(1)))
        event.id = *id;
    event.senderId = row.text(2);
    event.plugin = row.text(3);
    event.received = row.number(4);
    event.at = row.number(5);
    event.source = row.text(6);
    event.release = row.text(7);
    event.environment = row.text(8);
    event.level = Level(row.number(9));
    event.type = row.text(10);
    event.message = row.text(11);
    event.messageTemplate = row.text(12);
    event.record = int(row.number(13));
    event.scrubbed = int(row.number(14));
    readBody(QJsonDocument::fromJson(unpacked(row.bytes(15))).object(), event);
    return event;
}

} // namespace

const QString &storedEventColumns()
{
    return eventColumns;
}

Event storedEvent(const Row &row)
{
    return eventFrom(row);
}

Result<std::vector<Group>> EventStore::groups(const QString &plugin)
{
    return m_events.read<std::vector<Group>>([&](Connection &connection) -> Result<std::vector<Group>> {
        std::vector<Group> all;
        // a group that was merged away, or that a split has left nothing, is kept for the day that is undone
        const QString where = plugin.isEmpty() ? QStringLiteral("WHERE count > 0") : QStringLiteral("WHERE count > 0 AND plugin = ?");
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM event_groups %2 ORDER BY last DESC, id DESC").arg(groupColumns, where),
                                       plugin.isEmpty() ? QVariantList() : QVariantList{plugin},
                                       [&](const Row &row) { all.push_back(groupFrom(row)); }));
        return all;
    });
}

Result<Group> EventStore::group(const QString &id)
{
    return m_events.read<Group>([&](Connection &connection) -> Result<Group> {
        std::vector<QString> ids;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT id FROM event_groups"), {}, [&](const Row &row) { ids.push_back(row.text(0)); }));
        COPPICE_TRY(const QString whole, matchId(id, ids, QStringLiteral("error group")));
        Group group;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM event_groups WHERE id = ?").arg(groupColumns), {whole},
                                       [&](const Row &row) { group = groupFrom(row); }));
        return group;
    });
}

Result<std::vector<Event>> EventStore::eventsOf(const QString &groupId, int limit)
{
    return m_events.read<std::vector<Event>>([&](Connection &connection) -> Result<std::vector<Event>> {
        std::vector<Event> all;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM events WHERE group_id = ? ORDER BY seq DESC LIMIT ?").arg(eventColumns),
                                       {groupId, limit}, [&](const Row &row) { all.push_back(eventFrom(row)); }));
        return all;
    });
}

Result<> EventStore::setState(const QString &groupId, Group::State state)
{
    return m_events.write<void>([&](Connection &connection) -> Result<> {
        COPPICE_TRY(const qint64 changed, connection.exec(QStringLiteral("UPDATE event_groups SET state = ? WHERE id = ?"), {int(state), groupId}));
        if (changed == 0)
            return failNotFound(QStringLiteral("group.missing"), QStringLiteral("There is no such error group"), groupId);
        return {};
    });
}

Result<EventStore::Page> EventStore::after(qint64 cursor, int limit)
{
    return m_events.read<Page>([&](Connection &connection) -> Result<Page> {
        Page page;
        page.cursor = cursor;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM events WHERE seq > ? AND muted = 0 ORDER BY seq LIMIT ?").arg(eventColumns), {cursor, limit},
                                       [&](const Row &row) {
                                           page.events.emplace_back(row.text(0), eventFrom(row));
                                           page.cursor = row.number(16);
                                       }));
        return page;
    });
}

} // namespace coppice::capture
