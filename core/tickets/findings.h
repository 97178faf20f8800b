// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tickets/ticket.h"

namespace coppice::tickets {

/// A ticket of what a check of health found; `facts` are kept beside the text. It is tainted: findings quote files, logs and
/// errors, which others wrote.
[[nodiscard]] Result<Ticket> ticketFromFinding(store::Database &state, journal::Journal &journal, const Actor &actor, const QString &plugin,
                                               const QString &title, const QString &text, const QJsonObject &facts);

} // namespace coppice::tickets
