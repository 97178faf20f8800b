// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/runner.h"

#include "base/clock.h"
#include "clients/client.h"
#include "context/context.h"
#include "runs/agent.h"
#include "runs/askers.h"
#include "runs/carry.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace coppice::runs {

namespace {

constexpr int priorityOfErrors = 10;

/// Names of the folders in templates/recipes of the library's head.
QStringList recipesAt(const git::Repository &repository, const git::Oid &head)
{
    QStringList names;
    const auto root = repository.treeOf(head);
    const auto folder = root ? repository.entryAt(*root, "templates/recipes") : Result<std::optional<git::TreeEntry>>();
    if (!folder || !*folder || (*folder)->mode != git::Mode::Tree)
        return names;
    if (const auto entries = repository.tree((*folder)->id)) {
        for (const auto &entry : *entries) {
            if (entry.mode == git::Mode::Tree)
                names << QString::fromUtf8(entry.name);
        }
    }
    return names;
}

Result<> checkClient(const git::Repository &repository, const library::Catalog &catalog, const playbooks::Playbook &playbook,
                     const RunRequest &request)
{
    COPPICE_TRY(const auto client, clients::makeClient(request.client, catalog.settings));
    const bool hasAgentStep = std::ranges::any_of(
        playbook.steps, [](const playbooks::Step &step) { return step.kind == playbooks::Step::Kind::Agent; });
    if (!request.command.isEmpty() && client->kind() != QLatin1String("exec"))
        return failUsage(QStringLiteral("run.command"), QStringLiteral("Only a client of kind exec takes a command"), request.client);
    if (request.command.isEmpty() && client->needsCommand() && hasAgentStep)
        return failUsage(QStringLiteral("run.command"), QStringLiteral("The client %1 needs a command to run").arg(request.client), {},
                         QStringLiteral("Give one with --command."));
    if (client->replays() && request.replayOf.isEmpty())
        return failUsage(QStringLiteral("run.replay"), QStringLiteral("A replay plays a recorded run back"), {},
                         QStringLiteral("Name the run: coppicectl run replay RUN"));
    if (client->kind() == QLatin1String("recipe")) {
        const QStringList names = recipesAt(repository, catalog.head);
        if (names.isEmpty() || (!client->recipe().isEmpty() && !names.contains(client->recipe())))
            return failNotFound(QStringLiteral("recipe.missing"), QStringLiteral("The library has no such recipe"), request.client,
                                names.isEmpty() ? QStringLiteral("A recipe is a folder templates/recipes/NAME, committed.")
                                                : QStringLiteral("There are: %1.").arg(names.join(QStringLiteral(", "))));
    }
    return {};
}

} // namespace

Result<Run> Runner::queue(const Actor &actor, const QString &ticket, const QString &plugin, const QString &playbook,
                          const QString &client, const QString &command)
{
    return queue(actor, RunRequest{ticket, plugin, playbook, client, command});
}

/// A request with what it left open filled in, and what it is about.
struct Runner::Checked {
    RunRequest request;
    std::optional<tickets::Ticket> ticket;
    playbooks::Playbook playbook;
};

Result<Runner::Checked> Runner::checked(RunRequest request)
{
    COPPICE_TRY(const auto repository, m_house.library.repository());
    COPPICE_TRY(const auto catalog, m_house.library.scan(m_house.state));
    if (catalog.head.isNull())
        return failUsage(QStringLiteral("run.empty-library"), QStringLiteral("The library has no commit yet"), m_house.library.path());
    tickets::Tickets tickets(m_house.state, m_house.journal);
    std::optional<tickets::Ticket> ticket;
    if (!request.ticket.isEmpty()) {
        COPPICE_TRY(ticket, tickets.get(request.ticket));
    }
    const QString plugin = request.plugin.isEmpty() && ticket ? ticket->plugin : request.plugin;
    if (ticket && ticket->plugin != plugin)
        return failUsage(QStringLiteral("run.other-plugin"),
                         QStringLiteral("The ticket is about the plugin %1, not %2").arg(ticket->plugin, plugin), ticket->id.shown());
    if (plugin.isEmpty())
        return failUsage(QStringLiteral("run.no-plugin"), QStringLiteral("A run needs a ticket or a plugin"));
    const auto *entry = catalog.find(plugin);
    if (!entry)
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), plugin);
    const PluginAgent agent = agentSettings(catalog, *entry);
    if (request.client.isEmpty())
        request.client = agent.client.value;
    if (request.client.isEmpty())
        return failUsage(QStringLiteral("run.no-client"), QStringLiteral("The plugin's agent has no client"), plugin,
                         QStringLiteral("Name one with --client, or set agent.client in .coppice/plugins/%1.yaml.").arg(plugin));
    COPPICE_TRY(const auto playbook, context::findPlaybook(repository, catalog.head, request.playbook));
    if (playbook.needsTicket && !ticket)
        return failUsage(QStringLiteral("run.needs-ticket"), QStringLiteral("The playbook %1 answers a ticket").arg(playbook.name), {},
                         QStringLiteral("Name one with --ticket."));
    COPPICE_CHECK(checkClient(repository, catalog, playbook, request));
    if (ticket) {
        using State = tickets::Ticket::State;
        if (ticket->state == State::Closed || ticket->state == State::Declined || ticket->state == State::Duplicate)
            return failUsage(QStringLiteral("run.ticket-over"),
                             QStringLiteral("The ticket is %1").arg(tickets::nameOf(ticket->state)), ticket->id.shown(),
                             QStringLiteral("Open it again first, or make a new one."));
    }
    if (playbook.deploys && ticket && ticket->tainted)
        return failUsage(QStringLiteral("run.tainted-deploy"),
                         QStringLiteral("The ticket carries text from outside: a run that answers it cannot deploy by itself"), ticket->id.shown(),
                         QStringLiteral("Ship the reviewed patch: coppicectl ship %1.").arg(plugin));
    request.plugin = plugin;
    if (request.model.isEmpty())
        request.model = agent.model.value;
    return Checked{std::move(request), std::move(ticket), playbook};
}

Result<> Runner::check(const RunRequest &request)
{
    COPPICE_CHECK(checked(request));
    return {};
}

Result<Run> Runner::queue(const Actor &actor, const RunRequest &asked)
{
    COPPICE_TRY(const auto whole, checked(asked));
    const auto &[request, ticket, playbook] = whole;
    using State = tickets::Ticket::State;
    if (ticket && (ticket->state == State::Inbox || ticket->state == State::Snoozed))
        COPPICE_CHECK(tickets::Tickets(m_house.state, m_house.journal).move(actor, ticket->id.toString(), State::Accepted));
    Run run;
    run.id = request.id.isNull() ? Id::make() : request.id;
    run.ticket = ticket ? ticket->id.toString() : QString();
    run.plugin = request.plugin;
    run.playbook = playbook.name;
    run.client = request.client;
    run.command = request.command;
    run.timeoutSeconds = request.timeoutSeconds;
    run.deploying = playbook.deploys;
    run.tainted = ticket && ticket->tainted;
    run.model = request.model;
    run.priority = request.priority.value_or(ticket && ticket->kind == tickets::Ticket::Kind::Error ? priorityOfErrors : 0);
    run.replayOf = request.replayOf;
    run.replayed = !request.replayOf.isEmpty();
    run.writes = playbook.allowsChanges != QLatin1String("none") && !run.replayed;
    run.result = request.from;
    run.libraryHead = request.head;
    run.base = request.base;
    run.queued = nowMs();
    COPPICE_CHECK(noteAsker(m_house.state, run.id.toString(), actor));
    COPPICE_CHECK(RunStore(m_house.state).save(run));
    return run;
}

Result<Run> Runner::resume(const QString &runId)
{
    RunStore store(m_house.state);
    COPPICE_CHECK(store.queueAnswered()); // it may have its answer already
    COPPICE_TRY(const Run known, store.get(runId));
    COPPICE_CHECK(store.clearCancel(known.id.toString()));
    return store.change(known.id.toString(), [](Run &run) -> Result<> {
        const bool machine = run.state == Run::State::Failed && run.failure == Run::Failure::Machine;
        if (run.state == Run::State::Waiting)
            return run.approval.isEmpty()
                ? failUsage(QStringLiteral("run.waits"), QStringLiteral("The run waits for a person's work"), run.id.shown(),
                            QStringLiteral("When the work is done: coppicectl run take."))
                : failUsage(QStringLiteral("run.waits"), QStringLiteral("The run waits for an answer"), run.id.shown(),
                            QStringLiteral("coppicectl approvals list; coppicectl approvals answer %1").arg(run.approval));
        if (run.state == Run::State::Done || (run.state == Run::State::Failed && !machine))
            return failUsage(QStringLiteral("run.over"), QStringLiteral("The run is over: it is %1").arg(nameOf(run.state)),
                             run.id.shown(), QStringLiteral("Another try is another run: coppicectl run start."));
        if (run.state == Run::State::Preparing || run.state == Run::State::Running || run.state == Run::State::Checking)
            return {}; // somebody carries it out already
        run.state = Run::State::Queued;
        run.failure = Run::Failure::None;
        run.notBefore = 0;
        run.outcome.clear();
        run.reason.clear();
        run.ended = 0;
        return {};
    });
}

Result<Run> Runner::take(const QString &runId)
{
    return RunStore(m_house.state).change(runId, [](Run &run) -> Result<> {
        if (run.state != Run::State::Waiting || !run.approval.isEmpty())
            return failUsage(QStringLiteral("run.does-not-wait"),
                             QStringLiteral("The run does not wait for a person's work: it is %1").arg(nameOf(run.state)),
                             run.id.shown());
        run.taken = true;
        run.state = Run::State::Queued;
        run.reason.clear();
        return {};
    });
}

Result<Run> Runner::replay(const Actor &actor, const QString &runId)
{
    COPPICE_TRY(const Run recorded, RunStore(m_house.state).get(runId));
    if (recorded.deploying || recorded.client == QLatin1String("hand"))
        return failUsage(QStringLiteral("run.replay"), QStringLiteral("Of this run nothing can be played back"), recorded.id.shown());
    RunRequest request;
    request.plugin = recorded.plugin;
    request.ticket = recorded.ticket;
    request.playbook = recorded.playbook;
    request.client = QStringLiteral("replay");
    request.replayOf = recorded.replayOf.isEmpty() ? recorded.id.toString() : recorded.replayOf;
    return queue(actor, request);
}

Result<Run> Runner::byHand(const Actor &actor, const QString &runId)
{
    RunStore store(m_house.state);
    COPPICE_TRY(const Run run, store.get(runId));
    if (!isOver(run.state)) {
        COPPICE_CHECK(noteAsker(m_house.state, handOf(run.id.toString()), actor));
        COPPICE_CHECK(store.askHand(run.id.toString()));
        return store.get(run.id.toString());
    }
    RunRequest request;
    request.plugin = run.plugin;
    request.ticket = run.ticket;
    request.playbook = run.playbook;
    request.client = QStringLiteral("hand");
    request.from = run.result.isNull() ? run.wip : run.result;
    return queue(actor, request);
}

Result<Run> Runner::claim(const QString &runId)
{
    return RunStore(m_house.state).claim(runId);
}

Result<Run> Runner::carryOut(const QString &runId, std::stop_token stop, Progress &progress)
{
    RunStore store(m_house.state);
    auto claimed = store.claim(runId);
    while (!claimed) {
        if (claimed.error().code != QLatin1String("run.not-queued"))
            return claimed;
        // A thread of the scheduler was quicker: its end is ours.
        COPPICE_TRY(const Run now, store.get(runId));
        if (isOver(now.state) || now.state == Run::State::Waiting)
            return now;
        if (stop.stop_requested()) {
            COPPICE_CHECK(store.askCancel(now.id.toString()));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        if (now.state == Run::State::Interrupted || now.state == Run::State::Queued)
            claimed = store.claim(runId);
    }
    return carryOutClaimed(std::move(*claimed), stop, progress);
}

Result<Run> Runner::carryOutClaimed(Run run, std::stop_token stop, Progress &progress)
{
    return Carrier(m_house, std::move(run), stop, progress).carry();
}

Result<std::vector<Run>> Runner::recover()
{
    RunStore store(m_house.state);
    COPPICE_TRY(const auto all, store.underWay());
    COPPICE_CHECK(journal::Ledger(m_house.state).dropAll()); // nobody is asking any more
    journal::Approvals approvals(m_house.state, m_house.journal);
    std::vector<Run> changed;
    for (const Run &one : all) {
        COPPICE_TRY(Run run, store.change(one.id.toString(), [](Run &now) -> Result<> {
            if (now.deploying) {
                now.state = Run::State::Failed;
                now.failure = Run::Failure::Machine;
                now.reason = QStringLiteral("Coppice ended while the deploy command ran; it is not known whether it did its "
                                            "work. Look at production, then ship again.");
                now.ended = nowMs();
                return {};
            }
            now.state = Run::State::Interrupted;
            now.reason = QStringLiteral("Coppice ended while the run was under way; it can be carried on.");
            return {};
        }));
        // The client that asked is gone; it asks again when it goes on.
        COPPICE_CHECK(approvals.withdraw(Actor::engine(), QStringLiteral("run:") + run.id.toString()));
        changed.push_back(std::move(run));
    }
    return changed;
}

} // namespace coppice::runs
