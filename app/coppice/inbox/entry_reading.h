// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/library_state.h"

#include <capture/group_rules.h>
#include <capture/group_trend.h>
#include <shipping/times.h>
#include <tickets/drafts.h>
#include <tickets/inbox.h>
#include <tickets/similar.h>
#include <tickets/suspect.h>

namespace coppice::ui {

/// What has to be read of one line of the inbox.
struct EntryReading {
    static constexpr int EventsShown = 20;
    std::vector<capture::Event> events; ///< the newest first
    capture::GroupSpread spread;        ///< of its first group
    std::vector<capture::GroupRule> rules;
    std::vector<tickets::Comment> comments;
    tickets::Drafts::State draft;
    std::vector<shipping::ReachedStep> way; ///< of its ticket, from error to verified fix
};
[[nodiscard]] Result<EntryReading> readEntry(engine::Session &session, const tickets::InboxEntry &entry, const std::optional<tickets::Ticket> &ticket);

/// What takes longer: which tickets are like it, and which commits may have brought it; for a group without a ticket, too.
struct EntryGuesses {
    std::vector<tickets::Similar> similar;
    Result<std::vector<tickets::Suspect>> suspects; ///< a history that cannot be read hides nothing else
};
[[nodiscard]] Result<EntryGuesses> readGuesses(engine::Session &session, const tickets::InboxEntry &entry, const std::optional<tickets::Ticket> &ticket);

/// A rule of people about a group, as a sentence.
[[nodiscard]] QString sentenceOf(const capture::GroupRule &rule);

} // namespace coppice::ui
