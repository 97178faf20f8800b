// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "review/patch.h"
#include "tickets/ticket.h"

#include <optional>

namespace coppice::shipping {

/// The message of the commit that a patch lands as: a conventional subject from the ticket's or patch's title, and
/// trailers that lead back: `reviewer` is git's name of who applies, `reviewers` all who approved. Text from outside is
/// made plain and short. `own`: a person's words in the place of the title, taken as they are.
[[nodiscard]] QByteArray commitMessage(const review::Patch &patch, const std::optional<tickets::Ticket> &ticket,
                                       const std::vector<review::FilePatch> &files, const git::Signature &reviewer,
                                       int accepted, int hunks, const Actor &applies, const std::vector<Actor> &reviewers, const QString &own = {});

} // namespace coppice::shipping
