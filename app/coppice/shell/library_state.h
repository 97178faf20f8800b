// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <capture/store.h>
#include <engine/session.h>
#include <journal/approval.h>
#include <review/reviews.h>
#include <runs/run.h>
#include <tickets/ticket.h>

#include <memory>
#include <vector>

namespace coppice::ui {

/// What the databases of a library held at one moment: read on a worker, never changed, shared by all screens.
struct LibraryState {
    std::vector<capture::Group> groups;          ///< the last seen first
    std::vector<tickets::Ticket> tickets;        ///< the last changed first
    std::vector<runs::Run> runs;                 ///< the last queued first
    std::vector<review::Patch> patches;          ///< the newest first
    std::vector<journal::Approval> approvals;    ///< that wait for an answer, the oldest first
    runs::QueueState queue;
    std::vector<journal::Operation> operations;  ///< the newest first, a hundred
    qint64 stateVersion = -1;                    ///< PRAGMA data_version of state.db when it was read
    qint64 eventsVersion = -1;

    [[nodiscard]] const capture::Group *group(const QString &id) const;
    [[nodiscard]] const tickets::Ticket *ticket(const QString &id) const;
    [[nodiscard]] const runs::Run *run(const QString &id) const;
    [[nodiscard]] const review::Patch *patch(const QString &id) const;
    /// The patch that a ticket was answered with last.
    [[nodiscard]] const review::Patch *patchOf(const QString &ticket) const;
};
using StatePtr = std::shared_ptr<const LibraryState>;

/// Reads what changed since `before` (which may be null). The same pointer when nothing has.
[[nodiscard]] Result<StatePtr> readState(engine::Session &session, StatePtr before);

/// A ticket still asks for something.
[[nodiscard]] bool isOpen(const tickets::Ticket &ticket);

} // namespace coppice::ui
