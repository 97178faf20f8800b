// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/filing.h"
#include "capture/received.h"
#include "receivers/intake.h"

namespace coppice::receivers {

/// Keeps what comes in a library's events.db, grouped.
class LibraryKeeper final : public Keeper
{
public:
    explicit LibraryKeeper(store::Database &events) : m_events(events), m_received(events) { }
    Result<> keep(Batch &&batch) override
    {
        if (!batch.events.empty())
            COPPICE_CHECK(m_events.add(batch.events));
        return m_received.add(batch.requests, batch.lost);
    }

private:
    capture::Filing m_events;
    capture::Received m_received;
};

} // namespace coppice::receivers
