// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/store.h"

#include <memory>
#include <mutex>
#include <span>

namespace coppice::capture {

/// Files events in events.db as EventStore::add does, and is meant to be kept for many batches: groups, templates and rules that
/// were read stay, for as long as nobody else has written to the database (any process, any other part of this one), and a
/// group's row is written once a batch. Safe from any thread; one batch at a time. Bounded: what is kept is forgotten
/// when it grows large.
class Filing
{
public:
    explicit Filing(store::Database &events);
    ~Filing();
    Filing(const Filing &) = delete;
    Filing &operator=(const Filing &) = delete;

    /// In transactions of at most 200 events. Nothing of one that fails is there, or remembered. Events without an id, or a time
    /// of receipt, get one; nothing else of them is changed.
    Result<EventStore::Added> add(std::span<Event> batch, const EventStore::Position *position = nullptr);
    /// How often what was kept had to be read anew.
    [[nodiscard]] qint64 forgotten() const;

private:
    struct Memory;
    store::Database &m_events;
    mutable std::mutex m_mutex;
    std::unique_ptr<Memory> m_memory;
};

} // namespace coppice::capture
