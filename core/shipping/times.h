// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs/runner.h"

#include <QJsonObject>

namespace coppice::shipping {

/// When each step of a ticket's way from error to verified fix was first reached: ms since 1970, 0 where it was not.
struct LeadTimes {
    QString ticket, plugin;
    qint64 firstEvent = 0, made = 0, accepted = 0, firstPatch = 0, approved = 0, applied = 0, shipped = 0, verified = 0;
    qint64 rolledBack = 0; ///< when the release with its fix was rolled back last
};
enum class Step { Approved, Applied, Shipped, Verified, RolledBack };
/// Notes a step, and what came before it, from the ticket, the journal and its patches. The first time counts, but of a
/// regression (the ticket was reopened) the way begins anew from `Approved` on, and after a roll-back from `Shipped` on.
[[nodiscard]] Result<> noteStep(const runs::House &house, const QString &ticket, Step step, qint64 at);
/// The newest first; of all plugins where none is named.
[[nodiscard]] Result<std::vector<LeadTimes>> leadTimes(store::Database &state, const QString &plugin = {}, int most = 200);
[[nodiscard]] Result<std::optional<LeadTimes>> leadTimesOf(store::Database &state, const QString &ticket);
/// The same of any ticket, also of one that has not come as far as an approved patch.
[[nodiscard]] Result<LeadTimes> wayOf(store::Database &state, store::Database &events, const tickets::Ticket &ticket);
/// The steps that were reached, in their order.
struct ReachedStep {
    QString name;  ///< "first error", "ticket made", "accepted", …
    qint64 at = 0; ///< ms since 1970
    qint64 after = -1; ///< ms since the step before; -1: it is the first, or came before that one
};
[[nodiscard]] std::vector<ReachedStep> stepsOf(const LeadTimes &times);
/// "3 min", "2 h 10 min", "4 d 3 h"
[[nodiscard]] QString spanText(qint64 ms);
[[nodiscard]] QJsonObject toJson(const LeadTimes &times);

} // namespace coppice::shipping
