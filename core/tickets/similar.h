// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tickets/ticket.h"

namespace coppice::tickets {

/// A ticket that tells of something alike, and why that is thought.
struct Similar {
    QString ticket;
    QString title;
    QString plugin;
    Ticket::State state = Ticket::State::Inbox;
    QString outcome; ///< commit of its fix, or the reason why it was declined
    double score = 0; ///< 0 to 1
    QString why;     ///< a sentence
};
[[nodiscard]] QJsonObject toJson(const Similar &similar);

/// How alike the facts of two error tickets are: their exception, their in-app frames, and the words of their messages, rare
/// ones counting for more. `rarity` says how rare a word is (1: in every ticket); none: all count the same.
[[nodiscard]] Similar compare(const QJsonObject &facts, const QJsonObject &others, const std::function<double(const QString &)> &rarity = {});

/// The tickets most like one, the best first: of the newest 2,000 about errors. Below a score of 0.3 nothing is told.
[[nodiscard]] Result<std::vector<Similar>> similarTo(store::Database &state, const Ticket &ticket, int most = 5);

} // namespace coppice::tickets
