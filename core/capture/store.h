// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "store/database.h"

#include <optional>

namespace coppice::capture {

/// Events and groups in events.db. Safe from any thread.
class EventStore
{
public:
    explicit EventStore(store::Database &events) : m_events(events) { }

    struct Added {
        qint64 events = 0;   ///< new ones
        qint64 known = 0;    ///< that were there already (same file, record and bytes; or same sender's id)
        qint64 below = 0;    ///< below level error: they make no group and are not stored
        QStringList groups;  ///< ids touched by new events
    };
    /// How far a source of a plugin is read.
    struct Position {
        QString plugin;
        QString source;
        QString position;
    };
    /// Groups and stores in one transaction per batch; an event that is there already counts once. A position goes into the
    /// last transaction.
    Result<Added> add(std::vector<Event> batch, const Position *position = nullptr);
    /// Empty when the source was never read.
    Result<QString> positionOf(const QString &plugin, const QString &source);
    Result<std::vector<Group>> groups(const QString &plugin = {});
    Result<Group> group(const QString &id); ///< any unique beginning or end
    Result<std::vector<Event>> eventsOf(const QString &groupId, int limit = 100);
    Result<> setState(const QString &groupId, Group::State state);
    /// Events stored after a cursor (0: all) and not muted, oldest first, with the next cursor: how tickets and the watch
    /// learn.
    struct Page {
        std::vector<std::pair<QString, Event>> events; ///< group id, event
        qint64 cursor = 0;
    };
    Result<Page> after(qint64 cursor, int limit);

    /// Files the events that are there by a rule that has come or gone (see GroupRules), in small transactions.
    Result<> carryOut(const QString &rule);
    /// Groups whose mute is over are as before.
    Result<> endMutes();

private:
    store::Database &m_events;
};

} // namespace coppice::capture
