// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"
#include "context/context.h"
#include "gateway/gateway.h"
#include "journal/approval.h"
#include "playbooks/playbook.h"
#include "runs/checker.h"
#include "runs/langgraph.h"
#include "runs/runner.h"
#include "runs/updates_log.h"
#include "runs/wip.h"
#include "workspace/run_folder.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

namespace coppice::runs {

/// Code of the Error by which a step says that the model service takes no more for a while: the run waits and is no failure.
inline const QString limitedCode = QStringLiteral("run.limited");

/// Deletes what lies there, for a folder that is made anew.
[[nodiscard]] Result<> freshFolder(const QString &path);

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
    Result<> compose(const QString &step);
    Result<> end(const playbooks::MachineOutcome &outcome);
    Result<> save();
    Result<> enter(Run::State state, const QString &what);
    Result<Run> stopped();
    Result<Run> limited(const Error &error);
    Result<Run> handedOver();
    Result<> saveLeftWork();
    Result<Run> broken(const Error &error);
    void moveTicket(tickets::Ticket::State state, const QJsonObject &more = {});

    // steps.cpp: what a step does
    Result<Outcome> execute(const playbooks::Step &step, int attempt, const QJsonObject &outputs) override;
    Result<Outcome> agentStep(const playbooks::Step &step);
    Result<Outcome> handStep(const playbooks::Step &step);
    Result<QString> outputsForPerson(const playbooks::Step &step);
    Result<Outcome> approveStep(const playbooks::Step &step);
    Result<Outcome> graphStep(const playbooks::Step &step, int attempt);
    Result<LangGraphEnd> graphWithModel(LangGraphJob &job, const playbooks::Step &step);
    Result<std::optional<journal::Approval>> questionOf(const playbooks::Step &step);
    Result<journal::Approval> askStep(journal::Approval approval);
    Result<Outcome> waitFor(const journal::Approval &approval);
    Result<Outcome> commandStep(const playbooks::Step &step, int attempt);
    Result<Outcome> checkStep(const playbooks::Step &step);
    Result<> addDeploying(sandbox::SandboxProfile &profile);
    Result<> addNeighbours(sandbox::SandboxProfile &profile);
    Result<Outcome> withOutputs(const playbooks::Step &step, Outcome outcome);
    [[nodiscard]] QString outputsOf(const playbooks::Step &step) const;
    Result<Outcome> takeAll(const playbooks::Step &step); ///< the result and the outputs
    Result<Outcome> takeResult(const playbooks::Step &step);
    [[nodiscard]] QString whatMayNotChange(const git::Oid &result);
    [[nodiscard]] QString lineOf(const playbooks::Step &step, QString *missing = nullptr) const;
    [[nodiscard]] bool isLastAgentStep(const playbooks::Step &step) const;
    [[nodiscard]] git::Oid treeNow() const { return m_run.result.isNull() ? m_baseTree : m_run.result; }

    // agent_step.cpp: a client at work
    Result<clients::AgentEnd> runClient(const playbooks::Step &step);
    Result<clients::AgentEnd> withinBudget(clients::Job &job, const playbooks::Step &step,
                                           const std::function<Result<clients::AgentEnd>()> &work);
    Result<clients::AgentEnd> withGateway(clients::Job &job, journal::Ledger &ledger, const journal::Caps &most,
                                          const std::function<Result<clients::AgentEnd>()> &work);
    Result<sandbox::SandboxProfile> agentProfile(const playbooks::Step &step);
    Result<> addRecipe(clients::Job &job);
    Result<> addReplay(clients::Job &job);
    Result<> takeRecorded();
    Result<> addLogin();
    Result<> addHomeFiles(const QMap<QString, QByteArray> &files);
    void listen(clients::Job &job);
    clients::PermissionAnswer answerTo(const clients::PermissionRequest &request, std::stop_token stop);
    clients::PermissionAnswer askPerson(const clients::PermissionRequest &request, std::stop_token stop);
    Result<> account(const clients::AgentEnd &end);
    [[nodiscard]] journal::Caps caps(const playbooks::Step &step);
    [[nodiscard]] bool goesOn() const;

    // patch.cpp: what comes of it
    Result<> makePatch();
    Result<> addEvidence(review::Reviews &reviews);
    Result<> proposeKnowledge();

    House m_house;
    RunStore m_store;
    journal::Approvals m_approvals;
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
    context::ContextRequest m_request; ///< without a step
    context::Context m_context;        ///< of the last agent step
    QByteArray m_prices; ///< the library's price list; empty: the shipped one
    std::optional<workspace::RunFolder> m_folder;
    workspace::Prepared m_prepared;
    QJsonObject m_outputs; ///< of the steps before
    std::optional<UpdatesLog> m_updates;
    std::optional<Wip> m_wip;
    std::optional<gateway::Limit> m_limit; ///< of the model service, that ended the client
    std::mutex m_told; ///< held while a client's callbacks change the run
    std::chrono::steady_clock::time_point m_savedUsage{};
    std::unique_ptr<Checker> m_before, m_after; ///< made when the first check needs them
};

} // namespace coppice::runs
