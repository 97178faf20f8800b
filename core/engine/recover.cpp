// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.h"
#include "engine/handler.h"
#include "shipping/releases.h"
#include "shipping/shipping.h"
#include "sync/sync.h"
#include "tickets/trackers.h"

namespace coppice::engine {

Result<> Engine::recover()
{
    // Landings first: what a ship or a run says next depends on where the branch is.
    COPPICE_CHECK(sync::recover(sync::Host{m_parts.library, m_parts.state}, m_lease));
    COPPICE_CHECK(shipping::recover(m_house));
    COPPICE_CHECK(shipping::markUntold(m_parts.state));
    COPPICE_CHECK(runs::Runner(m_house).recover());
    COPPICE_CHECK(tickets::TrackerSync(m_parts.state, m_parts.journal).recover());
    COPPICE_CHECK(m_parts.commands.recoverRunning([](const QString &verb) {
        const Handler *handler = Handler::find(verb);
        return handler && handler->resumable;
    }));
    return {};
}

} // namespace coppice::engine
