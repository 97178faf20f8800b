// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/ticket_desk.h"

#include "context/context.h"
#include "health/measure.h"
#include "graph/dependents.h"
#include "manager/carry_out.h"
#include "runs/run.h"
#include "shipping/pulls.h"
#include "tickets/drafts.h"
#include "tickets/triage_rules.h"

namespace coppice::engine {

Result<TicketSettings> ticketSettings(const library::Library &library, store::Database &state, std::stop_token stop)
{
    COPPICE_TRY(const auto catalog, library.scan(state, std::move(stop)));
    std::vector<library::PluginSettings> plugins;
    for (const auto &entry : catalog.entries) {
        if (!entry.plugin.settings.tracker.isEmpty()) {
            plugins.push_back(entry.plugin.settings);
            plugins.back().id = entry.plugin.id;
        }
    }
    return TicketSettings{catalog.settings.triage, tickets::placesOf(catalog.settings, plugins)};
}

namespace {

/// What the last good try of each step left behind, in one.
Result<QJsonObject> outputsOf(store::Database &state, const QString &run)
{
    COPPICE_TRY(const auto records, runs::RunStore(state).steps(run)->read());
    QJsonObject all;
    for (const auto &record : records) {
        if (!record.passed.value_or(false))
            continue;
        for (auto it = record.outputs.begin(); it != record.outputs.end(); ++it)
            all[it.key()] = *it;
    }
    return all;
}

} // namespace

Result<> takeDrafts(const Engine::Parts &parts, const std::stop_token &stop)
{
    struct Ended {
        QString run, ticket;
    };
    COPPICE_TRY(const auto ended, parts.state.read<std::vector<Ended>>([](store::Connection &connection) -> Result<std::vector<Ended>> {
        std::vector<Ended> all;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT r.id, r.ticket FROM runs r JOIN tickets t ON t.id = r.ticket WHERE r.state = 'done' AND json_extract(r.body, '$.playbook') = 'triage' "
                                                      "AND NOT EXISTS (SELECT 1 FROM ticket_draft_runs WHERE run = r.id) ORDER BY r.id LIMIT 20"),
                                       {}, [&](const store::Row &row) { all.push_back({row.text(0), row.text(1)}); }));
        return all;
    }));
    if (ended.empty())
        return {};
    COPPICE_TRY(const auto catalog, parts.library.scan(parts.state, stop));
    COPPICE_TRY(const auto repository, parts.library.repository());
    COPPICE_TRY(const auto playbooks, context::playbookNames(repository, catalog.head));
    tickets::Tickets tickets(parts.state, parts.journal);
    capture::EventStore events(parts.events);
    for (const auto &[run, ticketId] : ended) {
        COPPICE_TRY(const auto outputs, outputsOf(parts.state, run));
        COPPICE_TRY(const auto ticket, tickets.get(ticketId));
        COPPICE_CHECK(tickets::Drafts(parts.state, parts.journal).take(run, ticketId, outputs, {{}, graph::Dependents(catalog).of(ticket.plugin)}, playbooks, events));
    }
    return {};
}

Result<QStringList> TicketDesk::step(const std::stop_token &stop)
{
    COPPICE_TRY(const git::Oid head, m_parts.library.head());
    if (!m_read || head != m_head) {
        COPPICE_TRY(m_settings, ticketSettings(m_parts.library, m_parts.state, stop));
        m_head = head;
        m_read = true;
    }
    tickets::Tickets tickets(m_parts.state, m_parts.journal);
    capture::EventStore events(m_parts.events);
    COPPICE_CHECK(tickets::TriageRules(m_parts.state, m_parts.events, m_parts.journal).step(events, m_settings.triage.rules, stop));
    COPPICE_CHECK(tickets.wake(events));
    COPPICE_CHECK(tickets::Drafts(m_parts.state, m_parts.journal).ask(m_settings.triage, m_parts.commands));
    COPPICE_CHECK(takeDrafts(m_parts, stop));
    COPPICE_CHECK(manager::carryOutProposals(
        m_parts.state, m_parts.events, m_parts.journal, m_parts.commands,
        [this](const Actor &actor, const QString &plugin, const QString &signal) -> Result<QString> {
            COPPICE_TRY(const auto made, health::ticketOf({m_parts.library, m_parts.state, m_parts.events, m_parts.journal}, actor, plugin, signal));
            return made.id;
        }));
    QStringList problems;
    if (!m_settings.places.ofPlugin.isEmpty()) {
        COPPICE_TRY(const auto report, tickets::TrackerSync(m_parts.state, m_parts.journal).step(m_settings.places, false, stop));
        problems = report.problems;
    } else {
        problems = m_settings.places.problems;
    }
    // What became of pull requests is only written down here; what follows is done under the engine's one hand.
    constexpr qint64 pollEveryMs = 120'000;
    const runs::House house{m_parts.library, m_parts.state, m_parts.events, m_parts.journal, m_lease};
    COPPICE_TRY(const auto pulls, shipping::pollPulls(house, pollEveryMs, stop));
    problems << pulls;
    QStringList fresh;
    for (const auto &problem : problems) {
        if (!m_told.contains(problem))
            fresh << problem;
    }
    if (!problems.isEmpty())
        m_told = problems;
    return fresh;
}

} // namespace coppice::engine
