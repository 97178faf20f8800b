// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"

namespace coppice::engine {

/// What an engine does for health while nobody looks: a round after the library's head moved and every quarter of an hour, and,
/// where coppice.yaml asks for it (health.checks_every_days), set-up and tests of one plugin after the other. One thread.
class HealthKeeper
{
public:
    explicit HealthKeeper(const Engine::Parts &parts) : m_parts(parts) { }
    Result<> step(const std::stop_token &stop);

private:
    [[nodiscard]] Result<> checkOne(const std::stop_token &stop);

    Engine::Parts m_parts;
    git::Oid m_head;
    qint64 m_begun = 0, m_measured = 0, m_checked = 0;
};

} // namespace coppice::engine
