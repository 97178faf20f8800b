// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/word_brief.h"

#include "base/clock.h"
#include "base/paths.h"
#include "clients/client.h"
#include "engine/handler.h"
#include "gateway/gateway.h"
#include "journal/ledger.h"
#include "manager/briefs.h"
#include "manager/wording.h"
#include "runs/outputs.h"
#include "runs/updates_log.h"
#include "text/hidden.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <algorithm>
#include <mutex>

namespace coppice::engine {

using namespace Qt::StringLiterals;
using clients::AgentEnd;

namespace {

const QString inside = u"/src/brief"_s;
const QString outFolder = u"/coppice/out"_s;
constexpr qsizetype saidCap = 256 << 10;
constexpr int foldersKept = 10;
constexpr qint64 usualSeconds = 600;

/// One client at one brief.
class Wording
{
public:
    Wording(const runs::House &house, const WordRequest &request, manager::Brief brief, library::LibrarySettings settings, std::unique_ptr<clients::Client> client)
        : m_house(house), m_request(request), m_brief(std::move(brief)), m_settings(std::move(settings)), m_client(std::move(client))
    {
        m_folder = QFileInfo(house.library.runsDir()).path() + u"/briefs/"_s + m_brief.id.toString();
    }

    Result<manager::Worded> tell(const QStringList &plugins, const std::stop_token &stop)
    {
        manager::Worded worded;
        auto ended = ask(stop);
        if (stop.stop_requested())
            return failCancelled();
        if (!ended) {
            worded.problem = text::plain(ended.error().message(), 500);
        } else if (ended->outcome != AgentEnd::Outcome::Completed) {
            worded.problem = u"It did not come to an end (%1): %2"_s.arg(clients::nameOf(ended->outcome), text::plain(ended->reason, 400).simplified());
        } else {
            const QByteArray answer = answered();
            worded = manager::wordingFrom(answer, m_brief, plugins);
        }
        worded.client = m_request.client;
        worded.at = nowMs();
        if (const auto spent = journal::Ledger(m_house.state).ofRun(m_brief.id.toString()))
            worded.micros = spent->micros;
        return worded;
    }

private:
    Result<AgentEnd> ask(const std::stop_token &stop)
    {
        COPPICE_CHECK(makeFolders());
        clients::Job job;
        job.prompt = manager::wordingPrompt(m_brief, m_settings.scrubRules);
        job.command = m_request.command;
        job.model = m_client->model();
        job.logPath = m_folder + u"/logs/agent.log"_s;
        job.rawPath = m_folder + u"/logs/agent.raw.jsonl"_s;
        job.maxTurns = 30;
        job.silence = std::chrono::minutes(m_settings.stallMinutes);
        job.sandbox.profile = sandbox::Profile::Agent;
        job.sandbox.workFolder = m_folder + u"/work"_s;
        job.sandbox.workInside = inside;
        job.sandbox.home = m_folder + u"/home"_s;
        job.sandbox.forbidden = {m_house.library.path(), m_house.library.commonDir()};
        job.sandbox.limits.time = std::chrono::seconds(m_request.timeoutSeconds > 0 ? m_request.timeoutSeconds : usualSeconds);
        job.sandbox.limits.residentBytes = m_settings.maxRunMemory;
        job.sandbox.binds.push_back({m_folder + u"/out"_s, outFolder, true});
        job.sandbox.env[u"COPPICE_OUTPUTS"_s] = outFolder + u"/values"_s;
        COPPICE_CHECK(writeFileAtomically(m_folder + u"/context.md"_s, job.prompt.toUtf8()));
        COPPICE_CHECK(addLogin());
        runs::UpdatesLog updates(m_folder + u'/' + runs::updatesFile, scrubber());
        COPPICE_CHECK(updates.open());
        job.onUpdate = [this, &updates](const clients::AgentUpdate &update) {
            updates.write(update);
            const QString role = update.data[u"role"].toString();
            if (update.kind != clients::AgentUpdate::Kind::Text || (role != u"agent" && role != u"raw"))
                return;
            const std::lock_guard lock(m_mutex);
            m_said += update.text.toUtf8();
            if (m_said.size() > saidCap)
                m_said = m_said.right(saidCap);
        };
        // There is nothing in the folder that it could harm, and nothing else that it could reach.
        job.onPermission = [](const clients::PermissionRequest &, const std::stop_token &) {
            return clients::PermissionAnswer{clients::PermissionAnswer::Kind::AllowOnce, {}, false};
        };
        const auto work = [&] { return m_client->work(job, stop); };
        const bool tellsCost = m_client->kind() == u"acp" || m_client->kind() == u"claude";
        if (!job.model && m_client->loginHosts().isEmpty() && !tellsCost)
            return work();
        return withinBudget(job, work);
    }

    Result<AgentEnd> withinBudget(clients::Job &job, const std::function<Result<AgentEnd>()> &work)
    {
        journal::Ledger ledger(m_house.state);
        const journal::Account account{m_brief.id.toString(), {}, {}};
        const journal::Caps caps{m_settings.budgets.run, 0, 0, m_settings.budgets.day};
        std::optional<qint64> left;
        const auto take = [&left](qint64 cap, const Result<journal::Spent> &spent) -> Result<> {
            if (!spent)
                return std::unexpected(spent.error());
            if (cap > 0)
                left = std::min(left.value_or(cap), cap - spent->micros - spent->reserved);
            return {};
        };
        COPPICE_CHECK(take(caps.run, ledger.ofRun(account.run)));
        COPPICE_CHECK(take(caps.day, ledger.ofDay(journal::Ledger::today())));
        if (left) {
            if (*left <= 0)
                return fail(u"budget.exceeded"_s, u"The budget is spent: nothing was asked of the model. coppicectl budget tells which"_s);
            job.budget = Money{*left};
        }
        const qint64 began = nowMs();
        auto ended = job.model || !m_client->loginHosts().isEmpty() ? withGateway(job, ledger, account, caps, work) : work();
        if (ended && ended->cost)
            COPPICE_CHECK(ledger.clientSays(account, ended->cost->micros, ended->inputTokens, ended->outputTokens, ended->cachedTokens, began));
        return ended;
    }

    Result<AgentEnd> withGateway(clients::Job &job, journal::Ledger &ledger, const journal::Account &account, const journal::Caps &caps,
                                 const std::function<Result<AgentEnd>()> &work)
    {
        const QString url = u"http://127.0.0.1:8377"_s;
        QTemporaryDir shortPlace(QDir::tempPath() + u"/coppice-XXXXXX"_s); // a unix address holds 107 bytes of path
        gateway::Gateway::Request request;
        request.endpoint = job.model;
        request.loginHosts = m_client->loginHosts();
        request.socketPath = shortPlace.filePath(u"gateway.sock"_s);
        request.ledger = &ledger;
        request.account = account;
        request.caps = caps;
        request.prices = prices();
        request.recordPath = m_folder + u"/gateway.jsonl"_s;
        request.onLimit = [this](const gateway::Limit &limit) { static_cast<void>(runs::noteLimit(m_house.state, {limit.account, limit.until, limit.reason})); };
        COPPICE_TRY(const auto gateway, gateway::Gateway::start(request));
        const auto wiring = job.model ? gateway::wiringFor(*job.model, url, gateway->token()) : gateway::tunnelWiring(url, gateway->token());
        COPPICE_CHECK(addHomeFiles(wiring.homeFiles));
        job.sandbox.gatewaySocket = request.socketPath;
        job.sandbox.env.insert(wiring.env);
        auto ended = work();
        gateway->stop();
        const auto usage = gateway->usage();
        if (ended && usage.overBudget > 0 && ended->outcome != AgentEnd::Outcome::Completed) {
            ended->outcome = AgentEnd::Outcome::Budget;
            ended->reason = usage.budget;
        }
        return ended;
    }

    /// The library's price list; empty: the shipped one.
    [[nodiscard]] QByteArray prices() const
    {
        const auto repository = m_house.library.repository();
        const auto head = m_house.library.head();
        if (!repository || !head || head->isNull())
            return {};
        const auto root = repository->treeOf(*head);
        const auto entry = root ? repository->entryAt(*root, "templates/prices.yaml") : std::unexpected(root.error());
        if (!entry || !*entry || (*entry)->mode != git::Mode::File)
            return {};
        return repository->blob((*entry)->id, 1 << 20).value_or(QByteArray());
    }

    Result<> makeFolders()
    {
        if (QDir(m_folder).exists() && !QDir(m_folder).removeRecursively())
            return fail(u"brief.files"_s, u"The folder of an earlier wording cannot be replaced"_s, m_folder);
        // Of wordings long ago only the text is kept, which stands with its brief.
        const QDir all(QFileInfo(m_folder).path());
        const auto older = all.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
        for (qsizetype i = 0; i + foldersKept <= older.size(); ++i)
            static_cast<void>(QDir(all.filePath(older[i])).removeRecursively());
        for (const auto *name : {"work", "home", "logs", "out"})
            COPPICE_CHECK(makeFolder(m_folder + u'/' + QLatin1String(name)));
        return writeFileAtomically(runs::outputsFile(m_folder + u"/out"_s), {});
    }

    /// Copies of a client's own login, never where text from outside could use them.
    Result<> addLogin()
    {
        if (m_client->loginHosts().isEmpty())
            return {};
        if (std::ranges::any_of(manager::namedFacts(m_brief), &manager::NamedFact::outside))
            return failUsage(u"brief.login-tainted"_s, u"The client %1 logs in itself, and this brief holds text from outside: it may not have the login"_s.arg(m_request.client), {},
                             u"Use a client with a model in coppice.yaml, whose key stays outside the sandbox."_s);
        for (const QString &name : m_client->loginFiles()) {
            const QFileInfo file(QDir::home().filePath(name));
            if (!file.isFile())
                continue;
            COPPICE_TRY(const QByteArray bytes, readFile(file.filePath(), 1 << 20));
            COPPICE_CHECK(addHomeFiles({{name, bytes}}));
        }
        return {};
    }

    Result<> addHomeFiles(const QMap<QString, QByteArray> &files)
    {
        for (auto it = files.begin(); it != files.end(); ++it) {
            const QString file = m_folder + u"/home/"_s + it.key();
            COPPICE_CHECK(makeFolder(QFileInfo(file).path()));
            COPPICE_CHECK(writeFileAtomically(file, *it));
        }
        return {};
    }

    [[nodiscard]] text::Scrubber scrubber() const
    {
        std::vector<text::Scrubber::Rule> rules;
        for (const auto &[name, pattern] : m_settings.scrubRules)
            rules.push_back({name, pattern});
        return text::Scrubber(rules);
    }

    /// The file, else what was said last.
    [[nodiscard]] QByteArray answered()
    {
        const auto file = runs::readOutputs(m_folder + u"/out"_s);
        const QByteArray bytes = file ? file->trimmed() : QByteArray();
        const std::lock_guard lock(m_mutex);
        return scrubber().scrub(QString::fromUtf8(bytes.isEmpty() ? m_said : bytes)).text.toUtf8();
    }

    const runs::House &m_house;
    const WordRequest &m_request;
    manager::Brief m_brief;
    library::LibrarySettings m_settings;
    std::unique_ptr<clients::Client> m_client;
    QString m_folder;
    std::mutex m_mutex;
    QByteArray m_said;
};

Result<std::unique_ptr<clients::Client>> clientFor(const WordRequest &request, const library::LibrarySettings &settings)
{
    if (request.client.isEmpty())
        return failUsage(u"brief.client"_s, u"No client is named"_s, {}, u"Name one of coppice.yaml: coppicectl clients list shows them."_s);
    COPPICE_TRY(auto client, clients::makeClient(request.client, settings));
    if (client->kind() == u"recipe" || client->replays() || client->waitsForPerson())
        return failUsage(u"brief.client"_s, u"A client of this kind cannot word a brief"_s, request.client, u"Name an agent of coppice.yaml, or exec with --command."_s);
    if (!request.command.isEmpty() && client->kind() != u"exec")
        return failUsage(u"run.command"_s, u"Only a client of kind exec takes a command"_s, request.client);
    if (request.command.isEmpty() && client->needsCommand())
        return failUsage(u"run.command"_s, u"The client %1 needs a command to run"_s.arg(request.client), {}, u"Give one with --command."_s);
    return client;
}

/// {brief?, client, command?, timeout?} → the brief as `manager brief --json` has it.
const Handler word("manager.word", true, [](const Call &call) -> Result<QJsonObject> {
    const WordRequest request{call.args[u"brief"].toString(), call.args[u"client"].toString(), call.args[u"command"].toString(), call.args[u"timeout"].toInteger()};
    COPPICE_TRY(const auto brief, wordBrief(call.house, request, call.stop, call.progress));
    return manager::toJson(brief);
}, Handler::Beside::Others);

} // namespace

Result<manager::Brief> wordBrief(const runs::House &house, const WordRequest &request, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(const auto repository, house.library.repository());
    COPPICE_TRY(const auto head, house.library.head());
    auto settings = head.isNull() ? library::LibrarySettings() : library::librarySettingsAt(repository, head);
    COPPICE_TRY(auto client, clientFor(request, settings));
    manager::Briefs briefs(house.state, house.journal);
    COPPICE_TRY(const auto kept, request.brief.isEmpty() ? briefs.last() : briefs.get(request.brief));
    if (!kept)
        return failNotFound(u"brief.none"_s, u"There is no such brief to word"_s, request.brief, u"coppicectl manager brief gives one."_s);
    if (!sandbox::probe().works)
        return failNeeds(u"sandbox.unavailable"_s, sandbox::probe().why, {}, u"Clients need bubblewrap: nothing is run outside a sandbox."_s,
                         {QJsonObject{{u"kind"_s, u"sandbox"_s}}});
    progress.report(0, 0, u"%1 words the brief"_s.arg(request.client));
    manager::Brief brief = kept->brief;
    COPPICE_TRY(brief.worded, Wording(house, request, brief, std::move(settings), std::move(client)).tell(kept->then.keys(), stop));
    COPPICE_CHECK(briefs.setWorded(brief.id.toString(), *brief.worded));
    return brief;
}

} // namespace coppice::engine
