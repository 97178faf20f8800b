// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"
#include "tickets/trackers.h"

#include <QStringList>

namespace coppice::engine {

/// The settings that tickets need, of the library's head.
struct TicketSettings {
    library::TriagePolicy triage;
    tickets::TrackerPlaces places;
};
[[nodiscard]] Result<TicketSettings> ticketSettings(const library::Library &library, store::Database &state, std::stop_token stop);

/// Takes the outputs of triage runs that are done as drafts of their tickets.
[[nodiscard]] Result<> takeDrafts(const Engine::Parts &parts, const std::stop_token &stop);

/// What an engine does for tickets while nobody looks: rules triage, snoozes end, drafts are asked for and taken, issues in
/// trackers are kept in step. One thread.
class TicketDesk
{
public:
    TicketDesk(const Engine::Parts &parts, const journal::Lease &lease) : m_parts(parts), m_lease(lease) { }
    /// One round. Answers sentences about what does not work, each told once until it changes.
    Result<QStringList> step(const std::stop_token &stop);

private:
    Engine::Parts m_parts;
    const journal::Lease &m_lease;
    git::Oid m_head;
    bool m_read = false;
    TicketSettings m_settings;
    QStringList m_told;
};

} // namespace coppice::engine
