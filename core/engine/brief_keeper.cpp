// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/brief_keeper.h"

#include "base/clock.h"
#include "engine/give_brief.h"

#include <QJsonDocument>

namespace coppice::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 minute = 60'000;
constexpr qint64 wordedWithin = 24 * 60 * minute; ///< of a brief that the engine could not have worded when it was given

} // namespace

Result<> BriefKeeper::step(const std::stop_token &stop)
{
    COPPICE_TRY(const git::Oid head, m_parts.library.head());
    if (!m_read || head != m_head) {
        COPPICE_TRY(const auto repository, m_parts.library.repository());
        m_settings = library::managerSettingsAt(repository, head);
        m_head = head;
        m_read = true;
    }
    const qint64 now = nowMs();
    manager::Briefs briefs(m_parts.state, m_parts.journal);
    COPPICE_TRY(const qint64 due, briefs.due(m_settings.brief.text(), m_settings.brief.lastBefore(now, m_zone), now));
    if (due > 0) {
        if (m_failedAt > 0 && now - m_failedAt < 5 * minute)
            return {};
        manager::BriefRequest request;
        request.due = due;
        const auto given = giveBrief({m_parts.library, m_parts.state, m_parts.events, m_parts.journal}, request, stop);
        m_failedAt = given ? 0 : now;
        COPPICE_CHECK(given);
    }
    if (m_settings.client.isEmpty() || !m_settings.brief.isOn())
        return {};
    COPPICE_TRY(const auto last, briefs.last());
    if (last && last->brief.due > 0 && !last->brief.worded && now - last->brief.at < wordedWithin)
        return haveWorded(last->brief.id.toString());
    return {};
}

/// Asked for once for a brief, whatever becomes of it.
Result<> BriefKeeper::haveWorded(const QString &brief)
{
    COPPICE_TRY(const bool asked, m_parts.state.read<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const auto found, connection.value(u"SELECT 1 FROM command WHERE verb = 'manager.word' AND json_extract(args, '$.brief') = ? LIMIT 1"_s, {brief}));
        return found.isValid();
    }));
    if (asked)
        return {};
    COPPICE_CHECK(m_parts.commands.enqueue(Actor::engine(), u"manager.word"_s, {{u"brief"_s, brief}, {u"client"_s, m_settings.client}}));
    return {};
}

} // namespace coppice::engine
