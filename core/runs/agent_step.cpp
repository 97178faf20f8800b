// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "base/paths.h"
#include "context/home_files.h"
#include "runs/carry.h"
#include "runs/files.h"
#include "runs/knowledge.h"
#include "runs/outputs.h"
#include "runs/permissions.h"
#include "text/hidden.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <algorithm>

namespace coppice::runs {

using namespace Qt::StringLiterals;

namespace {

const QString gatewayInside = u"http://127.0.0.1:8377"_s;
constexpr auto wipEvery = std::chrono::seconds(20);
constexpr auto usageEvery = std::chrono::seconds(2);
constexpr qint64 largestLogin = 1 << 20;

/// The next free number: logs/agent-1.log, agent-2.log, … one for each time that a client was started.
QString nextAgentLog(const QString &logs)
{
    int n = 1;
    while (QFileInfo::exists(logs + u"/agent-%1.log"_s.arg(n)))
        ++n;
    return logs + u"/agent-%1"_s.arg(n);
}

/// The smaller of two limits, of which 0 is none.
qint64 tighter(qint64 a, qint64 b)
{
    return a <= 0 ? b : b <= 0 ? a : std::min(a, b);
}

qint64 microsOf(double dollars)
{
    return qint64(dollars * 1e6 + 0.5);
}

/// What is left of the tightest limit; none where there is no limit.
Result<std::optional<Money>> leftOf(journal::Ledger &ledger, const journal::Caps &caps, const Run &run)
{
    std::optional<qint64> left;
    const auto take = [&left](qint64 cap, const Result<journal::Spent> &spent) -> Result<> {
        if (!spent)
            return std::unexpected(spent.error());
        if (cap > 0)
            left = std::min(left.value_or(cap), cap - spent->micros - spent->reserved);
        return {};
    };
    COPPICE_CHECK(take(caps.run, ledger.ofRun(run.id.toString())));
    if (!run.ticket.isEmpty())
        COPPICE_CHECK(take(caps.ticket, ledger.ofTicket(run.ticket)));
    COPPICE_CHECK(take(caps.pluginDay, ledger.ofPlugin(run.plugin, journal::Ledger::today())));
    COPPICE_CHECK(take(caps.day, ledger.ofDay(journal::Ledger::today())));
    return left ? std::optional(Money{*left}) : std::nullopt;
}

} // namespace

/// Whether the client is to be gone on with where an earlier attempt was broken off.
bool Carrier::goesOn() const
{
    return !m_run.session.isEmpty() && m_client->resumes() && !m_run.wip.isNull();
}

Result<playbooks::StepExecutor::Outcome> Carrier::agentStep(const playbooks::Step &step)
{
    using End = clients::AgentEnd::Outcome;
    const bool again = goesOn();
    if (!again)
        m_run.session.clear();
    // A client that goes on finds its files as they were saved; any other try begins with the same files as the first.
    COPPICE_CHECK(m_folder->checkout(*m_repository, again ? m_run.wip : treeNow()));
    if (again)
        m_updates->note(u"Goes on with the client's session of the attempt before."_s);
    COPPICE_TRY(auto ended, runClient(step));
    if (ended.stalled && !m_stop.stop_requested() && goesOn()) {
        m_updates->note(u"The client said nothing for too long and was stopped; it is started once more and goes on."_s);
        COPPICE_TRY(ended, runClient(step));
    }
    m_run.outcome = clients::nameOf(ended.outcome);
    COPPICE_CHECK(save());
    if (m_stop.stop_requested())
        return failCancelled();
    if (m_limit && (ended.outcome == End::Limited || ended.outcome == End::ModelError || ended.outcome == End::Failed))
        return fail(limitedCode, m_limit->reason);
    m_run.session.clear(); // over: another try of this step begins anew
    COPPICE_CHECK(save());
    if (ended.outcome != End::Completed)
        return Outcome{false, ended.reason, false};
    if (!ended.denials.isEmpty()) {
        m_run.outcome = clients::nameOf(End::Denied);
        return Outcome{false, u"The client was denied: %1"_s.arg(ended.denials.join(u"; "_s)), false};
    }
    if (m_client->replays())
        COPPICE_CHECK(takeRecorded());
    return takeAll(step);
}

Result<clients::AgentEnd> Carrier::runClient(const playbooks::Step &step)
{
    clients::Job job;
    if (goesOn()) {
        job.prompt = u"You were interrupted in the middle of this work. The folder is as it was when that was last saved. Look at what "
                     "is there, and go on until the job is done."_s;
    } else {
        COPPICE_CHECK(compose(step.id));
        job.prompt = m_context.text;
    }
    job.command = m_run.command;
    job.model = m_client->model();
    if (job.model && !m_run.model.isEmpty())
        job.model->name = m_run.model;
    const QString log = nextAgentLog(m_folder->logs());
    job.logPath = log + u".log"_s;
    job.rawPath = log + u".raw.jsonl"_s;
    job.session = m_run.session;
    job.maxTurns = step.maxTurns;
    job.silence = std::chrono::minutes(m_catalog.settings.stallMinutes);
    COPPICE_TRY(job.sandbox, agentProfile(step));
    COPPICE_CHECK(addRecipe(job));
    COPPICE_CHECK(addReplay(job));
    if (m_client->kind() != u"recipe" && !m_client->replays()) { // what reads no context needs no skills
        COPPICE_TRY(const auto skills, context::skillFolders(*m_repository, m_run.libraryHead));
        COPPICE_CHECK(addHomeFiles(context::homeFilesFor(m_context, skills)));
    }
    COPPICE_CHECK(addLogin());
    m_limit.reset();
    listen(job);
    const bool tellsCost = !m_client->replays() && (m_client->kind() == u"acp" || m_client->kind() == u"claude");
    const bool free = !job.model && m_client->loginHosts().isEmpty() && !tellsCost;
    const auto work = [&] { return m_client->work(job, m_stop); };
    auto ended = free ? work() : withinBudget(job, step, work);
    COPPICE_CHECK(m_approvals.withdraw(Actor::engine(), u"run:"_s + m_run.id.toString()));
    if (const auto saved = m_wip->save()) // whatever became of it
        m_run.wip = *saved;
    if (!ended)
        return ended;
    if (!ended->session.isEmpty())
        m_run.session = ended->session;
    COPPICE_CHECK(account(*ended));
    return ended;
}

/// The client at work, with no more to spend than is left; what it says of its own cost is charged, whether or not its
/// requests pass the gateway.
Result<clients::AgentEnd> Carrier::withinBudget(clients::Job &job, const playbooks::Step &step,
                                                const std::function<Result<clients::AgentEnd>()> &work)
{
    journal::Ledger ledger(m_house.state);
    const journal::Caps most = caps(step);
    COPPICE_TRY(job.budget, leftOf(ledger, most, m_run));
    if (job.budget && job.budget->micros <= 0) {
        clients::AgentEnd end;
        end.outcome = clients::AgentEnd::Outcome::Budget;
        end.reason = u"The budget is spent: nothing was asked of the model. coppicectl budget tells which."_s;
        return end;
    }
    const qint64 began = nowMs();
    auto ended = job.model || !m_client->loginHosts().isEmpty() ? withGateway(job, ledger, most, work) : work();
    if (ended && ended->cost)
        COPPICE_CHECK(ledger.clientSays({m_run.id.toString(), m_run.plugin, m_run.ticket}, ended->cost->micros, ended->inputTokens,
                                        ended->outputTokens, ended->cachedTokens, began));
    return ended;
}

/// Opens the way to the model for as long as `work` lasts, and has what passed counted.
Result<clients::AgentEnd> Carrier::withGateway(clients::Job &job, journal::Ledger &ledger, const journal::Caps &most,
                                               const std::function<Result<clients::AgentEnd>()> &work)
{
    // A unix address holds 107 bytes of path: a run folder that lies deep lends a shorter place.
    QString socket = m_folder->path() + u"/gateway.sock"_s;
    QTemporaryDir shortPlace(QDir::tempPath() + u"/coppice-XXXXXX"_s);
    if (QFile::encodeName(socket).size() > 100)
        socket = shortPlace.filePath(u"gateway.sock"_s);
    gateway::Gateway::Request request;
    request.endpoint = job.model;
    request.loginHosts = m_client->loginHosts();
    request.socketPath = socket;
    request.ledger = &ledger;
    request.account = {m_run.id.toString(), m_run.plugin, m_run.ticket};
    request.caps = most;
    request.prices = m_prices;
    request.recordPath = m_folder->path() + u"/gateway.jsonl"_s;
    request.onLimit = [this](const gateway::Limit &limit) {
        {
            const std::lock_guard lock(m_told);
            m_limit = limit;
        }
        static_cast<void>(noteLimit(m_house.state, {limit.account, limit.until, limit.reason}));
        m_updates->note(limit.reason);
    };
    COPPICE_TRY(const auto gateway, gateway::Gateway::start(request));
    const auto wiring = job.model ? gateway::wiringFor(*job.model, gatewayInside, gateway->token())
                                  : gateway::tunnelWiring(gatewayInside, gateway->token());
    COPPICE_CHECK(addHomeFiles(wiring.homeFiles));
    job.sandbox.gatewaySocket = socket;
    job.sandbox.env.insert(wiring.env);
    auto ended = work();
    gateway->stop();
    const auto usage = gateway->usage();
    if (!ended)
        return ended;
    if (ended->inputTokens == 0 && ended->outputTokens == 0) { // the client does not count: what passed does
        ended->inputTokens = usage.inputTokens;
        ended->outputTokens = usage.outputTokens;
        ended->cachedTokens = usage.cachedTokens;
    }
    if (usage.overBudget > 0 && ended->outcome != clients::AgentEnd::Outcome::Completed) {
        ended->outcome = clients::AgentEnd::Outcome::Budget;
        ended->reason = usage.budget;
    }
    return ended;
}

/// What was used, by the client's count where it counts.
Result<> Carrier::account(const clients::AgentEnd &end)
{
    if (m_client->replays()) // what the recorded run used was paid for once
        return save();
    journal::Ledger ledger(m_house.state);
    COPPICE_TRY(const auto spent, ledger.ofRun(m_run.id.toString()));
    if (spent.inputTokens || spent.outputTokens || spent.micros) {
        m_run.inputTokens = spent.inputTokens;
        m_run.outputTokens = spent.outputTokens;
        m_run.cost = {spent.micros};
    } else { // nothing of it passed the gateway
        m_run.inputTokens += end.inputTokens;
        m_run.outputTokens += end.outputTokens;
    }
    return save();
}

journal::Caps Carrier::caps(const playbooks::Step &step)
{
    const auto &budgets = m_catalog.settings.budgets;
    const auto &plugin = m_plugin.plugin.settings;
    journal::Caps caps;
    caps.run = tighter(microsOf(plugin.agentBudgetUsdRun), budgets.run);
    if (step.budget > 0) {
        const auto spent = journal::Ledger(m_house.state).ofRun(m_run.id.toString());
        caps.run = tighter(caps.run, step.budget + (spent ? spent->micros : 0));
    }
    caps.ticket = m_run.ticket.isEmpty() ? 0 : budgets.ticket;
    caps.pluginDay = plugin.agentBudgetUsdDay > 0 ? microsOf(plugin.agentBudgetUsdDay) : budgets.pluginDay;
    caps.day = budgets.day;
    return caps;
}

Result<sandbox::SandboxProfile> Carrier::agentProfile(const playbooks::Step &step)
{
    sandbox::SandboxProfile profile;
    profile.profile = sandbox::Profile::Agent;
    profile.workFolder = m_folder->work();
    profile.workInside = m_folder->inside();
    profile.gitDir = m_folder->gitDir();
    profile.home = m_folder->home();
    profile.binds = m_prepared.binds;
    profile.env = m_prepared.env;
    profile.env[u"COPPICE_PLUGIN"_s] = m_run.plugin;
    profile.forbidden = {m_house.library.path(), m_house.library.commonDir()};
    profile.limits.time = m_run.timeoutSeconds ? std::chrono::seconds(m_run.timeoutSeconds) : step.timeout;
    profile.limits.residentBytes = m_catalog.settings.maxRunMemory;
    COPPICE_CHECK(coppice::makeFolder(profile.home));
    COPPICE_CHECK(addNeighbours(profile));
    COPPICE_CHECK(offerKnowledge(profile));
    COPPICE_CHECK(offerOutputs(step, profile, outputsOf(step)));
    return profile;
}

Result<> Carrier::addRecipe(clients::Job &job)
{
    if (m_client->kind() != u"recipe")
        return {};
    job.recipeFolder = m_folder->path() + u"/recipe"_s;
    QByteArray path = "templates/recipes";
    if (!m_client->recipe().isEmpty())
        path += '/' + m_client->recipe().toUtf8();
    COPPICE_TRY(const git::Oid root, m_repository->treeOf(m_run.libraryHead));
    COPPICE_TRY(const auto entry, m_repository->entryAt(root, path));
    if (!entry || entry->mode != git::Mode::Tree)
        return failNotFound(u"recipe.missing"_s, u"The library has no such recipe"_s, m_client->name());
    COPPICE_CHECK(freshFolder(job.recipeFolder));
    return extractTree(*m_repository, entry->id, job.recipeFolder);
}

/// Copies of the files that hold a client's own login. Never for a run that has read text from outside: it could use them.
Result<> Carrier::addLogin()
{
    if (m_client->loginHosts().isEmpty())
        return {};
    if (m_run.tainted)
        return failUsage(u"run.login-tainted"_s,
                         u"The client %1 logs in itself, and this run has read text from outside: it may not have the login"_s.arg(m_run.client),
                         m_run.id.shown(), u"Use a client with a model in coppice.yaml, whose key stays outside the sandbox."_s);
    for (const QString &name : m_client->loginFiles()) {
        const QFileInfo file(QDir::home().filePath(name));
        if (!file.isFile())
            continue;
        COPPICE_TRY(const QByteArray bytes, readFile(file.filePath(), largestLogin));
        COPPICE_CHECK(addHomeFiles({{name, bytes}}));
    }
    return {};
}

Result<> Carrier::addHomeFiles(const QMap<QString, QByteArray> &files)
{
    for (auto it = files.begin(); it != files.end(); ++it) {
        const QString file = m_folder->home() + u'/' + it.key();
        COPPICE_CHECK(coppice::makeFolder(QFileInfo(file).path()));
        COPPICE_CHECK(writeFileAtomically(file, *it));
    }
    return {};
}

void Carrier::listen(clients::Job &job)
{
    job.onUpdate = [this](const clients::AgentUpdate &update) {
        m_updates->write(update);
        if (update.kind == clients::AgentUpdate::Kind::ToolCall && update.data[u"status"].toString() == u"completed")
            m_wip->saveNowAndThen(wipEvery);
        if (update.kind != clients::AgentUpdate::Kind::Usage || m_client->replays()) // a recording costs nothing
            return;
        const std::lock_guard lock(m_told);
        const auto now = std::chrono::steady_clock::now();
        if (now - m_savedUsage < usageEvery)
            return;
        m_savedUsage = now;
        const auto spent = journal::Ledger(m_house.state).ofRun(m_run.id.toString());
        const qint64 said = qint64(update.data[u"cost_usd"].toDouble() * 1e6);
        m_run.cost.micros = std::max({m_run.cost.micros, spent ? spent->micros : 0, said});
        m_run.inputTokens = std::max(m_run.inputTokens, spent ? spent->inputTokens : 0);
        m_run.outputTokens = std::max(m_run.outputTokens, spent ? spent->outputTokens : 0);
        static_cast<void>(save()); // for the eye; the end saves it again
    };
    job.onSession = [this](const QString &session) {
        const std::lock_guard lock(m_told);
        m_run.session = session;
        static_cast<void>(save()); // not saved, an interrupted run begins this step anew
    };
    job.onTurnEnd = [this](const clients::AgentEnd &) -> std::optional<QString> {
        if (const auto saved = m_wip->save()) {
            const std::lock_guard lock(m_told);
            m_run.wip = *saved;
            static_cast<void>(save());
        }
        return std::nullopt;
    };
    job.onPermission = [this](const clients::PermissionRequest &request, std::stop_token stop) { return answerTo(request, stop); };
}

/// By rule where the policy grants it, else by a person. The client itself tells what was asked and how it was answered.
clients::PermissionAnswer Carrier::answerTo(const clients::PermissionRequest &request, std::stop_token stop)
{
    using Kind = clients::PermissionAnswer::Kind;
    const PermissionPolicy policy{m_folder->inside(), m_catalog.settings.askPermissions || m_plugin.plugin.settings.agentAsks};
    if (isGranted(policy, request))
        return {Kind::AllowOnce, {}, false};
    return askPerson(request, stop);
}

clients::PermissionAnswer Carrier::askPerson(const clients::PermissionRequest &request, std::stop_token stop)
{
    using Kind = clients::PermissionAnswer::Kind;
    journal::Approval approval;
    approval.kind = journal::Approval::Kind::Permission;
    approval.subject = u"run:"_s + m_run.id.toString();
    approval.plugin = m_run.plugin;
    approval.title = text::plain(request.title, 300).simplified();
    QJsonObject detail{{u"tool"_s, text::plain(request.tool, 200)}, {u"kind"_s, request.kind}, {u"input"_s, request.input}};
    if (!request.command.isEmpty())
        detail[u"command"_s] = text::plain(request.command, 8000);
    if (!request.paths.isEmpty())
        detail[u"paths"_s] = QJsonArray::fromStringList(request.paths.mid(0, 100));
    int replaced = 0;
    approval.detail = text::Scrubber().scrub(detail, replaced).toObject();
    approval.options = {u"allow"_s, u"allow always"_s, u"reject"_s};
    approval.tainted = m_run.tainted;
    const auto asked = m_approvals.ask({Actor::Kind::Agent, m_run.plugin}, approval);
    if (!asked)
        return {Kind::RejectOnce, asked.error().message(), false};
    m_progress.report(0, 0, u"%1: waits for an answer: coppicectl approvals answer %2"_s.arg(m_run.plugin, asked->id.shown()));
    const auto answered = m_approvals.await(asked->id.toString(), stop);
    if (!answered)
        return {Kind::Cancelled, {}, false};
    if (*answered->answer == u"allow")
        return {Kind::AllowOnce, answered->message, true};
    if (*answered->answer == u"allow always")
        return {Kind::AllowAlways, answered->message, true};
    return {*answered->answer == u"cancelled" ? Kind::Cancelled : Kind::RejectOnce, answered->message, true};
}

} // namespace coppice::runs
