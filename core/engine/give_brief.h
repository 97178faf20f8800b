// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/session.h"
#include "manager/briefs.h"

namespace coppice::engine {

/// A brief of now from everything that the house knows, for window and terminal alike. Needs no lease: nothing is fetched and
/// no program is started. `request.health` is filled in here. Any thread.
[[nodiscard]] Result<manager::Brief> giveBrief(Session &session, manager::BriefRequest request, std::stop_token stop = {},
                                               Progress &progress = Progress::none());

/// The same for the engine itself.
[[nodiscard]] Result<manager::Brief> giveBrief(const manager::Sources &sources, manager::BriefRequest request, std::stop_token stop = {},
                                               Progress &progress = Progress::none());

} // namespace coppice::engine
