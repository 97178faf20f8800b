// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/give_brief.h"

namespace coppice::engine {

Result<manager::Brief> giveBrief(Session &session, manager::BriefRequest request, std::stop_token stop, Progress &progress)
{
    COPPICE_CHECK(session.recoverIfOrphaned());
    return manager::makeBrief({session.library(), session.state(), session.events(), session.journal()}, request, std::move(stop), progress);
}

} // namespace coppice::engine
