// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"
#include "playbooks/playbook.h"
#include "runs/checker.h"
#include "runs/runner.h"
#include "workspace/run_folder.h"

#include <memory>
#include <optional>
#include <stop_token>

namespace coppice::runs {

/// One execution of one run: everything that happens between claiming it and its end, its waiting, or its interruption.
class Carrier final : private playbooks::StepExecutor
{
public:
    Carrier(const House &house, Run run, std::stop_token stop, Progress &progress);
    [[nodiscard]] Result<Run> carry();

private:
    // carry.cpp: the states
    Result<> work();
    Result<> load();
    Result<> makeFolder();
    Result<> composeContext();
    Result<> end(const playbooks::MachineOutcome &outcome);
    Result<> save();
    Result<> enter(Run::State state, const QString &what);
    Result<Run> stopped();
    Result<Run> broken(const Error &error);
    void moveTicket(tickets::Ticket::State state, const QJsonObject &more = {});

    // steps.cpp: what a step does
    Result<Outcome> execute(const playbooks::Step &step, int attempt, const QJsonObject &outputs) override;
    Result<Outcome> agentStep(const playbooks::Step &step);
    Result<Outcome> handStep(const playbooks::Step &step);
    Result<Outcome> commandStep(const playbooks::Step &step, int attempt);
    Result<Outcome> checkStep(const playbooks::Step &step);
    Result<clients::AgentEnd> runClient(const playbooks::Step &step);
    Result<sandbox::SandboxProfile> agentProfile(const playbooks::Step &step);
    Result<> addDeploying(sandbox::SandboxProfile &profile);
    Result<> addNeighbours(sandbox::SandboxProfile &profile);
    Result<Outcome> takeResult(const playbooks::Step &step);
    [[nodiscard]] QString whatMayNotChange(const git::Oid &result);
    [[nodiscard]] QString lineOf(const playbooks::Step &step, QString *missing = nullptr) const;
    [[nodiscard]] bool isLastAgentStep(const playbooks::Step &step) const;
    [[nodiscard]] git::Oid treeNow() const { return m_run.result.isNull() ? m_baseTree : m_run.result; }

    // patch.cpp: what comes of it
    Result<> makePatch();
    Result<> addEvidence(review::Reviews &reviews);

    House m_house;
    RunStore m_store;
    Run m_run;
    std::stop_token m_stop;
    Progress &m_progress;

    std::optional<git::Repository> m_repository;
    library::Catalog m_catalog;
    library::CatalogEntry m_plugin;
    playbooks::Playbook m_playbook;
    std::unique_ptr<clients::Client> m_client;
    std::optional<tickets::Ticket> m_ticket;
    git::Oid m_baseTree;
    QString m_prompt;
    std::optional<workspace::RunFolder> m_folder;
    workspace::Prepared m_prepared;
    std::unique_ptr<Checker> m_before, m_after; ///< made when the first check needs them
};

} // namespace coppice::runs
