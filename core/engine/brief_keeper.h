// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"
#include "library/manager_settings.h"

namespace coppice::engine {

/// Gives the briefs that coppice.yaml asks for (manager.brief), each due time once: a machine that slept or an engine that was not
/// there gives the newest one that was missed, not all of them. Where a client is named (manager.client), it words them. One
/// thread.
class BriefKeeper
{
public:
    explicit BriefKeeper(const Engine::Parts &parts, QTimeZone zone = QTimeZone::systemTimeZone()) : m_parts(parts), m_zone(std::move(zone)) { }
    Result<> step(const std::stop_token &stop);

private:
    Result<> haveWorded(const QString &brief);

    Engine::Parts m_parts;
    QTimeZone m_zone;
    git::Oid m_head;
    bool m_read = false;
    library::ManagerSettings m_settings;
    qint64 m_failedAt = 0; ///< not tried again at once
};

} // namespace coppice::engine
