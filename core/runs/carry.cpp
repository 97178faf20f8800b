// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/carry.h"

#include "base/clock.h"
#include "base/paths.h"
#include "context/context.h"
#include "review/send_back.h"
#include "runs/files.h"
#include "sync/sync.h"

#include <QDir>

namespace coppice::runs {

namespace {
constexpr int eventsGiven = 3;
}

Carrier::Carrier(const House &house, Run run, std::stop_token stop, Progress &progress)
    : m_house(house), m_store(house.state), m_approvals(house.state, house.journal), m_run(std::move(run)), m_stop(std::move(stop)), m_progress(progress)
{
}

Result<Run> Carrier::carry()
{
    const auto worked = work();
    if (worked)
        return m_run;
    if (m_stop.stop_requested())
        return stopped();
    if (worked.error().code == limitedCode)
        return limited(worked.error());
    return broken(worked.error());
}

Result<> Carrier::work()
{
    COPPICE_CHECK(load());
    COPPICE_CHECK(makeFolder());
    COPPICE_CHECK(composeContext());
    if (m_stop.stop_requested())
        return failCancelled();
    COPPICE_CHECK(enter(Run::State::Running, QStringLiteral("working")));
    moveTicket(tickets::Ticket::State::Running, {{QStringLiteral("run"), m_run.id.toString()}});
    const auto journal = m_store.steps(m_run.id.toString());
    COPPICE_TRY(const auto outcome, playbooks::runSteps(m_playbook, *journal, *this));
    return end(outcome);
}

Result<> Carrier::load()
{
    m_progress.report(0, 0, QStringLiteral("%1: preparing").arg(m_run.plugin));
    COPPICE_TRY(m_repository, m_house.library.repository());
    COPPICE_TRY(m_catalog, m_house.library.scan(m_house.state, m_stop));
    const auto *entry = m_catalog.find(m_run.plugin);
    if (!entry)
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id any more"), m_run.plugin);
    m_plugin = *entry;
    if (m_run.libraryHead.isNull() || !m_repository->has(m_run.base)) {
        m_run.libraryHead = m_catalog.head;
        COPPICE_TRY(m_run.base, sync::splitOf(*m_repository, m_catalog, m_run.plugin, m_stop));
        COPPICE_CHECK(save());
    }
    COPPICE_TRY(m_baseTree, m_repository->treeOf(m_run.base));
    COPPICE_TRY(m_playbook, context::findPlaybook(*m_repository, m_run.libraryHead, m_run.playbook));
    COPPICE_TRY(m_client, clients::makeClient(m_run.client, m_catalog.settings));
    COPPICE_TRY(const git::Oid root, m_repository->treeOf(m_run.libraryHead));
    if (const auto prices = m_repository->entryAt(root, "templates/prices.yaml"); prices && *prices && (*prices)->mode == git::Mode::File) {
        COPPICE_TRY(m_prices, m_repository->blob((*prices)->id, 1 << 20));
    }
    if (!m_run.ticket.isEmpty()) {
        COPPICE_TRY(m_ticket, tickets::Tickets(m_house.state, m_house.journal).get(m_run.ticket));
    }
    return {};
}

Result<> Carrier::makeFolder()
{
    const QString path = m_house.library.runsDir() + u'/' + m_run.id.toString();
    COPPICE_CHECK(saveLeftWork());
    COPPICE_TRY(m_folder, workspace::RunFolder::create(*m_repository, m_run.base, path, m_run.plugin));
    COPPICE_CHECK(coppice::makeFolder(m_folder->logs()));
    m_wip.emplace(m_house.library.commonDir(), *m_folder, m_run.id.toString(), m_baseTree);
    std::vector<text::Scrubber::Rule> rules;
    for (const auto &[name, pattern] : m_catalog.settings.scrubRules)
        rules.push_back({name, pattern});
    m_updates.emplace(path + u'/' + updatesFile, text::Scrubber(rules));
    COPPICE_CHECK(m_updates->open());
    m_updates->setStep(m_run.step, m_run.attempt);
    // Set up before any text from outside is in the folder: this is the only step with a way to the network.
    COPPICE_TRY(m_prepared, workspace::prepare(*m_folder, m_plugin.plugin, m_catalog.settings.packageHosts, m_stop, m_progress));
    if (!m_run.result.isNull())
        COPPICE_CHECK(m_folder->checkout(*m_repository, m_run.result)); // what an earlier attempt had finished
    return {};
}

/// What lies in the folder of an attempt that was broken off is kept before the folder is made anew.
Result<> Carrier::saveLeftWork()
{
    const QString path = m_house.library.runsDir() + u'/' + m_run.id.toString();
    if (m_run.attempt < 2 || m_run.resultStep == m_run.step || !QDir(path + QStringLiteral("/work")).exists())
        return {};
    const auto left = workspace::RunFolder::open(path, m_run.plugin);
    if (!left)
        return {}; // died while the folder was being made: there is nothing of anybody in it
    const auto saved = Wip(m_house.library.commonDir(), *left, m_run.id.toString(), m_baseTree).save();
    if (!saved)
        return {}; // larger than a result may be: the last save stands
    m_run.wip = *saved;
    return save();
}

Result<> Carrier::composeContext()
{
    context::ContextRequest request;
    request.plugin = m_plugin;
    request.playbook = m_playbook;
    request.ticket = m_ticket;
    if (m_ticket) {
        capture::EventStore events(m_house.events);
        for (const QString &group : m_ticket->groups) {
            COPPICE_TRY(auto some, events.eventsOf(group, eventsGiven));
            for (auto &event : some)
                request.events.push_back(std::move(event));
        }
    }
    COPPICE_TRY(const auto back, review::sentBackTo(m_house.state, m_run.id.toString()));
    if (back) {
        request.sentBack = back->words;
        request.sentBackHunks = back->hunks;
        request.sentBackTainted = back->tainted;
        m_run.tainted = m_run.tainted || back->tainted;
    }
    m_request = std::move(request);
    COPPICE_CHECK(compose({}));
    if (m_run.deploying && m_run.tainted)
        return failUsage(QStringLiteral("run.tainted-deploy"),
                         QStringLiteral("A run that has read text from outside cannot deploy by itself"), m_run.id.shown(),
                         QStringLiteral("Ship the reviewed patch: coppicectl ship %1.").arg(m_run.plugin));
    return {};
}

/// What the agent is given for a step (none: for all of them), written down before it is.
Result<> Carrier::compose(const QString &step)
{
    context::ContextRequest request = m_request;
    request.step = step;
    request.outputs = m_outputs;
    COPPICE_TRY(m_context, context::compose(*m_repository, m_run.libraryHead, request));
    m_run.contextHash = QString::fromLatin1(m_context.hash);
    m_run.tainted = m_run.tainted || m_context.tainted;
    COPPICE_CHECK(writeFileAtomically(m_folder->path() + QStringLiteral("/context.md"), m_context.text.toUtf8()));
    return save();
}

Result<> Carrier::end(const playbooks::MachineOutcome &outcome)
{
    if (outcome.waits) {
        m_run.reason = outcome.reason;
        return enter(Run::State::Waiting, QStringLiteral("waits for a person"));
    }
    const playbooks::Step *failed = nullptr;
    for (const auto &step : m_playbook.steps) {
        if (step.id == outcome.failedStep)
            failed = &step;
    }
    // A change whose checks fail is still there to be looked at; one that its client did not finish stays in the folder.
    if (!failed || failed->kind == playbooks::Step::Kind::Check)
        COPPICE_CHECK(makePatch());
    COPPICE_CHECK(proposeKnowledge());
    m_before.reset();
    m_after.reset();
    if (outcome.passed) {
        m_run.reason.clear();
    } else {
        m_run.reason = outcome.reason;
        m_run.failure = failed && failed->kind == playbooks::Step::Kind::Agent ? Run::Failure::Agent : Run::Failure::Check;
        if (m_run.outcome == QLatin1String("limited"))
            m_run.failure = Run::Failure::Limit;
        if (m_run.outcome == QLatin1String("budget"))
            m_run.failure = Run::Failure::Budget;
    }
    if (m_run.review.isEmpty())
        moveTicket(tickets::Ticket::State::Accepted);
    else
        moveTicket(tickets::Ticket::State::Review,
                   {{QStringLiteral("run"), m_run.id.toString()}, {QStringLiteral("review"), m_run.review}});
    m_run.ended = nowMs();
    return enter(outcome.passed ? Run::State::Done : Run::State::Failed, outcome.passed ? QStringLiteral("done") : m_run.reason);
}

Result<> Carrier::save()
{
    return m_store.save(m_run);
}

Result<> Carrier::enter(Run::State state, const QString &what)
{
    m_run.state = state;
    m_progress.report(0, 0, QStringLiteral("%1: %2").arg(m_run.plugin, what));
    return save();
}

Result<Run> Carrier::stopped()
{
    COPPICE_TRY(const auto asked, m_store.asked(m_run.id.toString()));
    if (asked == RunStore::Asked::Hand && !m_run.deploying)
        return handedOver();
    if (asked == RunStore::Asked::Cancel || m_run.deploying) {
        m_run.state = Run::State::Cancelled;
        m_run.outcome = QStringLiteral("cancelled");
        m_run.reason = m_run.deploying ? QStringLiteral("Cancelled while the deploy command ran. Look at production, then ship again.")
                                       : QStringLiteral("Cancelled on request.");
        m_run.ended = nowMs();
        moveTicket(tickets::Ticket::State::Accepted);
    } else {
        m_run.state = Run::State::Interrupted;
        m_run.reason = QStringLiteral("Coppice ended while the run was under way; it can be carried on.");
    }
    COPPICE_CHECK(save());
    return m_run;
}

/// The model service takes no more for a while: queued again, for then.
Result<Run> Carrier::limited(const Error &error)
{
    m_run.state = Run::State::Queued;
    m_run.notBefore = m_limit ? m_limit->until : nowMs() + 60'000;
    m_run.outcome = clients::nameOf(clients::AgentEnd::Outcome::Limited);
    m_run.reason = QStringLiteral("Waits for the model service until %1: %2").arg(isoTime(m_run.notBefore), error.what);
    COPPICE_CHECK(save());
    return m_run;
}

Result<Run> Carrier::broken(const Error &error)
{
    m_run.state = Run::State::Failed;
    m_run.failure = Run::Failure::Machine;
    m_run.reason = error.fix.isEmpty() ? error.message() : QString(error.message() + QStringLiteral(" — ") + error.fix);
    m_run.ended = nowMs();
    moveTicket(tickets::Ticket::State::Accepted);
    COPPICE_CHECK(save());
    return m_run;
}

/// A ticket that a person has moved on meanwhile stays where it is: the run's own state tells the rest.
void Carrier::moveTicket(tickets::Ticket::State state, const QJsonObject &more)
{
    if (m_run.ticket.isEmpty())
        return;
    using State = tickets::Ticket::State;
    tickets::Tickets tickets(m_house.state, m_house.journal);
    const auto now = tickets.get(m_run.ticket);
    if (!now || now->state == state || (now->state != State::Accepted && now->state != State::Running && now->state != State::Review))
        return;
    if (now->state == State::Review && state != State::Review)
        return; // another run's patch is there to be looked at
    if (const auto moved = tickets.move({Actor::Kind::Agent, m_run.plugin}, m_run.ticket, state, more); !moved)
        m_progress.report(0, 0, moved.error().message());
}

} // namespace coppice::runs
