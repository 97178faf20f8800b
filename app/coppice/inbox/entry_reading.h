// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/library_state.h"

#include <capture/group_rules.h>
#include <capture/group_trend.h>
#include <tickets/drafts.h>
#include <tickets/inbox.h>
#include <tickets/similar.h>
#include <tickets/suspect.h>

namespace coppice::ui {

/// What has to be read of one line of the inbox.
struct EntryReading {
    static constexpr int EventsShown = 50;
    std::vector<capture::Event> events; ///< the newest first
    capture::GroupSpread spread;        ///< of its first group
    std::vector<capture::GroupRule> rules;
    std::vector<tickets::Similar> similar;
    std::vector<tickets::Comment> comments;
    tickets::Drafts::State draft;
};
[[nodiscard]] Result<EntryReading> readEntry(engine::Session &session, const tickets::InboxEntry &entry, const std::optional<tickets::Ticket> &ticket);

/// Who may have brought it; for a group without a ticket, too.
[[nodiscard]] Result<std::vector<tickets::Suspect>> readSuspects(engine::Session &session, const tickets::InboxEntry &entry,
                                                                 const std::optional<tickets::Ticket> &ticket);

/// A rule of people about a group, as a sentence.
[[nodiscard]] QString sentenceOf(const capture::GroupRule &rule);

} // namespace coppice::ui
