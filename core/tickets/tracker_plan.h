// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: what tickets and trackers have to tell each other.

#include "tickets/remote_rows.h"
#include "tickets/trackers.h"

#include <optional>

namespace coppice::tickets {

/// Neither waiting for anybody nor being worked on.
[[nodiscard]] bool isOver(Ticket::State state);
/// The states in which a ticket is mirrored by itself.
[[nodiscard]] bool isWanted(Ticket::State state);
/// The creation of a ticket's issue.
[[nodiscard]] forges::RemoteChange creationOf(const Ticket &ticket, const forges::Place &place, bool byHand);
/// What is to be queued now: new issues, comments and states of tickets that have changed here since both were equal.
[[nodiscard]] Result<std::vector<forges::RemoteChange>> changesToTell(store::Connection &connection, const TrackerPlaces &places);
/// Tickets whose issue has changed since both were equal, and the state that they are to have.
struct TakenState {
    RemoteLink link;
    std::optional<Ticket::State> state; ///< none: both are equal again, or the ticket cannot follow
    QString reason;
    bool settled = false; ///< both sides have this state now
};
[[nodiscard]] Result<std::vector<TakenState>> statesToTake(store::Connection &connection);

} // namespace coppice::tickets
