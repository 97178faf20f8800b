// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/health_keeper.h"

#include "base/clock.h"
#include "health/checks.h"
#include "health/measure.h"
#include "library/health_settings.h"

namespace coppice::engine {

namespace {

constexpr qint64 minute = 60'000;
constexpr qint64 settle = minute;        ///< after the engine's start, and between two rounds
constexpr qint64 longest = 15 * minute;  ///< between two rounds while nothing moves: errors and tickets do

} // namespace

Result<> HealthKeeper::step(const std::stop_token &stop)
{
    const qint64 now = nowMs();
    if (m_begun == 0)
        m_begun = now;
    if (now - m_begun < settle || now - m_measured < settle)
        return {};
    COPPICE_TRY(const auto head, m_parts.library.head());
    if (head != m_head || now - m_measured > longest) {
        m_measured = now; // also where it fails: not tried every few seconds
        COPPICE_TRY(const auto done, health::measure({m_parts.library, m_parts.state, m_parts.events, m_parts.journal}, stop, Progress::none()));
        m_head = head;
        m_measured = done.at;
    }
    return checkOne(stop);
}

Result<> HealthKeeper::checkOne(const std::stop_token &stop)
{
    const qint64 now = nowMs();
    if (now - m_checked < settle)
        return {};
    m_checked = now;
    COPPICE_TRY(auto repository, m_parts.library.repository());
    const auto settings = library::healthSettingsAt(repository, m_head);
    if (settings.checksEveryDays <= 0)
        return {};
    COPPICE_TRY(const auto catalog, m_parts.library.scan(m_parts.state, stop));
    COPPICE_TRY(const auto done, health::checksDone(m_parts.state));
    const library::CatalogEntry *next = nullptr;
    qint64 oldest = now - qint64(settings.checksEveryDays * 24 * 60 * double(minute));
    for (const auto &entry : catalog.entries) {
        const auto there = done.constFind(entry.plugin.id);
        if (there == done.cend()) {
            next = &entry;
            break;
        }
        if (there->at < oldest) {
            oldest = there->at;
            next = &entry;
        }
    }
    if (!next)
        return {};
    COPPICE_TRY(const auto found, health::runChecks(m_parts.library, repository, catalog, *next, stop, Progress::none()));
    COPPICE_CHECK(health::saveChecks(m_parts.state, found));
    return {};
}

} // namespace coppice::engine
