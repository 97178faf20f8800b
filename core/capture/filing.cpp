// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/filing.h"

#include "base/clock.h"
#include "capture/event_json.h"
#include "capture/filing_memory.h"
#include "capture/known.h"
#include "capture/tellings.h"
#include "capture/packed.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <algorithm>
#include <array>

namespace coppice::capture {

namespace {

using store::Connection;

constexpr size_t batchSize = 200; ///< of one transaction: more would hold up other writers

/// Where an event is filed.
struct Filed {
    QString group;
    QString home; ///< where grouping alone puts it, when that is another group
    bool muted = false;
};

Result<Filed> file(Connection &connection, FilingMemory::Plugin &plugin, const Event &event, const Grouper::Key &key)
{
    COPPICE_TRY(auto *standing, plugin.groupOf(connection, event, key));
    Filed filed{standing->id, {}, false};
    bool own = true;
    if (!plugin.rules.isEmpty() && !standing->isNew) {
        if (const QString ruled = plugin.rules.resolve(event, filed.group); ruled != filed.group) {
            filed.home = std::exchange(filed.group, ruled);
            COPPICE_TRY(standing, plugin.groupBy(connection, ruled));
            own = false; // its sentence is that of its own events
        }
        if (const GroupRule *mute = plugin.rules.muteOf(event, filed.group)) {
            filed.muted = true;
            ++plugin.hits[mute->id];
        }
    }
    standing->count(event);
    if (own)
        standing->why = key.why;
    if (standing->state == Group::State::Resolved && !filed.muted)
        standing->state = Group::State::Regressed;
    else if (standing->state == Group::State::Muted && !filed.muted && plugin.rules.hasMuteEnded(filed.group))
        standing->state = Group::State::New;
    return filed;
}

/// Stands for the user whom an event names, for counting; NULL where it names none, or one that was scrubbed.
QVariant whoOf(const Event &event)
{
    static const std::array keys{QStringLiteral("user"), QStringLiteral("user.id"), QStringLiteral("user_id"), QStringLiteral("enduser.id")};
    for (const auto &key : keys) {
        const auto user = event.tags.constFind(key);
        if (user == event.tags.constEnd() || user->isEmpty() || user->startsWith(u'['))
            continue;
        const QByteArray hash = QCryptographicHash::hash(QByteArray(event.plugin.toUtf8() + '\0' + user->toUtf8()), QCryptographicHash::Sha256);
        return qFromLittleEndian<qint64>(hash.constData());
    }
    return {};
}

Result<> putEvent(Connection &connection, const Event &event, const QString &messageTemplate, const Filed &filed, const QByteArray &key)
{
    static const QString sql = QStringLiteral(
        "INSERT INTO events (group_id, id, sender_id, plugin, received, at, source, release, environment, level, type, message, template, record, "
        "scrubbed, body, known_by, twin, roads, home, muted, who) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    COPPICE_CHECK(connection.exec(
        sql, {filed.group, event.id.toString(), event.senderId, event.plugin, event.received, event.at, event.source, event.release, event.environment,
              int(event.level), event.type, event.message, messageTemplate, event.record, event.scrubbed, packed(bodyJson(event)),
              key.isEmpty() ? QVariant() : QVariant(key), event.twin.isEmpty() ? QVariant() : QVariant(event.twin),
              event.twin.isEmpty() ? QString() : roadOf(event), filed.home, filed.muted ? 1 : 0, whoOf(event)}));
    return {};
}

Result<> putPosition(Connection &connection, const EventStore::Position &position)
{
    COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO log_positions (plugin, source, position, at) VALUES (?, ?, ?, ?) "
                                                 "ON CONFLICT (plugin, source) DO UPDATE SET position = excluded.position, at = excluded.at"),
                                  {position.plugin, position.source, position.position, nowMs()}));
    return {};
}

/// Files some events in one transaction.
Result<EventStore::Added> addSome(Connection &connection, FilingMemory &memory, std::span<Event> events)
{
    EventStore::Added done;
    std::vector<Event *> wanted;
    for (auto &event : events) {
        if (event.level < Level::Error) {
            ++done.below;
            continue;
        }
        if (event.plugin.isEmpty())
            return failUsage(QStringLiteral("event.plugin"), QStringLiteral("An event names no plugin"), event.source);
        wanted.push_back(&event);
    }
    COPPICE_TRY(Known known, Known::of(connection, wanted));
    Tellings tellings(connection);
    for (size_t i = 0; i < wanted.size(); ++i) {
        Event &event = *wanted[i];
        COPPICE_TRY(bool there, known.isKnown(connection, i));
        if (!there) {
            COPPICE_TRY(there, tellings.isTold(event, known.keyAt(i)));
        }
        if (there) {
            ++done.known;
            continue;
        }
        if (event.id.isNull())
            event.id = Id::make();
        if (event.received == 0)
            event.received = nowMs();
        COPPICE_TRY(auto *plugin, memory.plugin(connection, event.plugin));
        COPPICE_TRY(const Grouper::Key groupKey, plugin->keyOf(connection, event));
        COPPICE_TRY(const Filed filed, file(connection, *plugin, event, groupKey));
        COPPICE_CHECK(putEvent(connection, event, groupKey.messageTemplate, filed, known.keyAt(i)));
        COPPICE_CHECK(tellings.remember(event));
        ++done.events;
        if (!filed.muted && !done.groups.contains(filed.group))
            done.groups << filed.group;
    }
    COPPICE_CHECK(memory.write(connection));
    return done;
}

} // namespace

struct Filing::Memory : FilingMemory { };

Filing::Filing(store::Database &events) : m_events(events), m_memory(std::make_unique<Memory>()) { }
Filing::~Filing() = default;

qint64 Filing::forgotten() const
{
    const std::lock_guard lock(m_mutex);
    return m_memory->forgotten();
}

Result<EventStore::Added> Filing::add(std::span<Event> batch, const EventStore::Position *position)
{
    const std::lock_guard lock(m_mutex);
    EventStore::Added added;
    for (size_t from = 0; from < batch.size() || (position && from == 0); from += batchSize) {
        const size_t to = std::min(batch.size(), from + batchSize);
        auto part = m_events.write<EventStore::Added>([&](Connection &connection) -> Result<EventStore::Added> {
            COPPICE_CHECK(m_memory->begin(connection));
            COPPICE_TRY(const auto done, addSome(connection, *m_memory, batch.subspan(from, to - from)));
            if (position && to == batch.size())
                COPPICE_CHECK(putPosition(connection, *position));
            COPPICE_CHECK(m_memory->end(connection));
            return done;
        });
        m_memory->settle(part.has_value());
        if (!part)
            return std::unexpected(std::move(part).error());
        added.events += part->events;
        added.known += part->known;
        added.below += part->below;
        for (const auto &group : part->groups) {
            if (!added.groups.contains(group))
                added.groups << group;
        }
    }
    return added;
}

Result<EventStore::Added> EventStore::add(std::vector<Event> batch, const Position *position)
{
    return Filing(m_events).add(batch, position);
}

} // namespace coppice::capture
