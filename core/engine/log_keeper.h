// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/follow.h"
#include "capture/pull.h"
#include "journal/operation.h"
#include "library/library.h"
#include "library/log_settings.h"
#include "store/database.h"

#include <QHash>

#include <functional>
#include <map>
#include <stop_token>

namespace coppice::engine {

/// Reads the logs that plugins name in their settings as they grow, carries out the rules of groups, and deletes old
/// events. Runs in a thread of its own while a process stays the engine; what goes wrong with one log is told once and
/// tried again later, and the others go on.
class LogKeeper
{
public:
    LogKeeper(const library::Library &library, store::Database &state, store::Database &events, journal::Journal &journal)
        : m_library(library), m_state(state), m_events(events), m_journal(journal)
    {
    }
    void run(const std::stop_token &stop);
    /// One round; answers whether there is more to read at once.
    bool step(const std::stop_token &stop);

private:
    struct Follower {
        std::function<Result<capture::LogFollower::Step>(std::stop_token)> step;
        qint64 every = 0; ///< ms between two looks
        qint64 next = 0;
    };
    void readSettings(const std::stop_token &stop);
    void tell(const QString &what, const Result<> &told);
    const library::Library &m_library;
    store::Database &m_state;
    store::Database &m_events;
    journal::Journal &m_journal;
    git::Oid m_seen;
    std::map<QString, Follower> m_followers; ///< by plugin and source
    library::RetentionSettings m_retention;
    qint64 m_nextRetention = 0;
    QHash<QString, QString> m_told; ///< the last error of each
};

} // namespace coppice::engine
