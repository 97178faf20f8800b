// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tickets/ticket.h"

namespace coppice::tickets {

/// A ticket as its row has it.
struct Stored {
    Ticket ticket; ///< the state as stored: a snooze that is over still shows here
    QString lastOperation;
};
[[nodiscard]] Result<std::optional<Stored>> readTicket(store::Connection &connection, const QString &id);
[[nodiscard]] Result<std::vector<Stored>> readTickets(store::Connection &connection, const QString &plugin);
[[nodiscard]] Result<> writeTicket(store::Connection &connection, const Stored &stored);

/// The state that counts now: a snooze ends by itself.
[[nodiscard]] Ticket::State stateNow(const Ticket &ticket);
[[nodiscard]] std::optional<Ticket::State> stateFrom(const QString &name);
[[nodiscard]] Ticket::Kind kindFrom(const QString &name);
/// The verb of the operation that moves to a state, and back.
[[nodiscard]] QString verbFor(Ticket::State state);
[[nodiscard]] std::optional<Ticket::State> stateOfVerb(const QString &verb);

/// Whole, as an operation remembers it.
[[nodiscard]] QJsonObject storedToJson(const Stored &stored);
[[nodiscard]] Stored storedFromJson(const QJsonObject &object);

} // namespace coppice::tickets
