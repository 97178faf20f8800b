// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"
#include "forges/outbox.h"
#include "tickets/ticket.h"

#include <QHash>
#include <QMap>

#include <functional>
#include <stop_token>

namespace coppice::tickets {

/// What a round with the trackers did.
struct TrackerReport {
    QStringList created; ///< "jira:WX WX-12"
    int sent = 0;        ///< comments and states told to trackers
    int taken = 0;       ///< changes taken from trackers
    int waiting = 0;     ///< changes still to be sent
    int overLimit = 0;   ///< of these: new issues that wait for the next hour
    QStringList problems; ///< a sentence each: what could not be done, and when it is tried again
};
[[nodiscard]] QJsonObject toJson(const TrackerReport &report);

/// Where the tickets of a library's plugins are mirrored.
struct TrackerPlaces {
    library::TrackerPolicy policy;
    QMap<QString, forges::Place> ofPlugin;
    QStringList problems; ///< of settings
};
[[nodiscard]] TrackerPlaces placesOf(const library::LibrarySettings &settings, const std::vector<library::PluginSettings> &plugins);

/// Keeps tickets and their issues in trackers in step, both ways. What is to be changed there is written into the outbox
/// first, and looked for by its marker before it is sent again; what changed there is asked for, and becomes operations
/// on the tickets. One process at a time (the engine); calls in one process take turns.
class TrackerSync
{
public:
    using Open = std::function<Result<std::unique_ptr<forges::Forge>>(const forges::Place &, std::stop_token)>;
    TrackerSync(store::Database &state, journal::Journal &journal, Open open = forges::openForge)
        : m_state(state), m_journal(journal), m_open(std::move(open)), m_outbox(state)
    {
    }
    /// Before the first step of an engine: what a dead one had sent is looked at again.
    Result<> recover() { return m_outbox.recover(); }
    /// One round: queues what is to be told, sends what is due, and asks the trackers whose time it is (all: `now`).
    /// A tracker that fails holds up none of the others.
    Result<TrackerReport> step(const TrackerPlaces &places, bool now, std::stop_token stop = {}, Progress &progress = Progress::none());
    /// What the next round would queue and send, a sentence each; nothing is written or asked.
    Result<QStringList> dryRun(const TrackerPlaces &places);
    /// Queues the ticket's creation, or what failed of it, whatever the policy is.
    Result<> push(const TrackerPlaces &places, const QString &ticket);

private:
    struct Round;
    store::Database &m_state;
    journal::Journal &m_journal;
    Open m_open;
    forges::Outbox m_outbox;
};

/// What is told of a ticket in a tracker, and of a comment; the marker stands in the last line.
[[nodiscard]] forges::Document issueText(const Ticket &ticket, const QString &marker);
[[nodiscard]] forges::Document commentText(const Comment &comment, const QString &marker);
/// "coppice-" and 12 hexadecimal digits of an id's hash: found by no other text.
[[nodiscard]] QString markerOf(const QString &id);

} // namespace coppice::tickets
