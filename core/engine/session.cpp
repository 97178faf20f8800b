// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session.h"

#include "base/paths.h"
#include "capture/group_rules.h"
#include "engine/caller.h"
#include "engine/engine.h"
#include "engine/handler.h"
#include "engine/log_keeper.h"
#include "engine/spool_keeper.h"
#include "journal/approval.h"
#include "review/reviews.h"
#include "review/sweeps.h"
#include "shipping/signoffs.h"
#include "store/migration.h"
#include "sync/decisions.h"
#include "tickets/ticket.h"
#include "tickets/triage_rules.h"

#include <QDir>

#include <chrono>
#include <thread>

using namespace std::chrono_literals;

namespace coppice::engine {

std::vector<store::Migration> allMigrations();

namespace {

bool isFinished(journal::Command::State state)
{
    return state == journal::Command::State::Done || state == journal::Command::State::Failed
        || state == journal::Command::State::Cancelled;
}

Result<QJsonObject> outcomeOf(const journal::Command &command)
{
    if (command.state == journal::Command::State::Done)
        return command.result;
    if (command.state == journal::Command::State::Cancelled)
        return failCancelled();
    if (command.error)
        return std::unexpected(*command.error);
    return fail(QStringLiteral("engine.no-outcome"), QStringLiteral("The command ended without saying why"), command.verb);
}

Result<std::unique_ptr<store::Database>> openDatabase(const QString &folder, const QString &name)
{
    COPPICE_TRY(auto database, store::Database::open(folder + u'/' + name + QStringLiteral(".db")));
    std::vector<store::Migration> own;
    for (const auto &step : allMigrations()) {
        if (name == QLatin1String(step.database))
            own.push_back(step);
    }
    COPPICE_CHECK(database->migrate(own));
    return database;
}

} // namespace

struct Session::Private {
    explicit Private(library::Library opened) : library(std::move(opened)) { }

    library::Library library;
    std::unique_ptr<store::Database> state;
    std::unique_ptr<store::Database> events;
    std::unique_ptr<journal::Journal> journal;
    std::unique_ptr<journal::CommandQueue> commands;

    std::mutex mutex;
    std::shared_ptr<Engine> engine; ///< while this session stays the engine
    std::jthread logs;              ///< reads plugins' logs meanwhile
    std::jthread spools;            ///< and what receivers elsewhere have kept

    [[nodiscard]] std::shared_ptr<Engine> own()
    {
        const std::lock_guard lock(mutex);
        return engine;
    }
    [[nodiscard]] Engine::Parts parts() { return {library, *state, *events, *journal, *commands}; }
    [[nodiscard]] int maxRuns() const
    {
        const auto head = library.head();
        const auto repository = library.repository();
        return head && repository ? library::librarySettingsAt(*repository, *head).maxRuns : 1;
    }
    /// An engine that has the lease and has recovered; none when another process has it.
    Result<std::shared_ptr<Engine>> takeOver();
    Result<bool> leftBehind();
};

Result<std::shared_ptr<Engine>> Session::Private::takeOver()
{
    auto lease = journal::Lease::take(library.coppiceDir());
    if (!lease && lease.error().code == QLatin1String("engine.busy"))
        return std::shared_ptr<Engine>();
    if (!lease)
        return std::unexpected(lease.error());
    auto made = std::make_shared<Engine>(parts(), std::move(*lease), maxRuns());
    COPPICE_CHECK(made->recover());
    return made;
}

Session::Session() = default;

Session::~Session()
{
    if (d)
        stopEngine(false);
}

Result<std::unique_ptr<Session>> Session::open(const QString &libraryPath)
{
    COPPICE_TRY(auto library, library::Library::open(libraryPath));
    auto session = std::unique_ptr<Session>(new Session);
    session->d = std::make_unique<Private>(std::move(library));
    auto &d = *session->d;
    COPPICE_CHECK(makeFolder(d.library.coppiceDir()));
    COPPICE_TRY(d.state, openDatabase(d.library.coppiceDir(), QStringLiteral("state")));
    COPPICE_TRY(d.events, openDatabase(d.library.coppiceDir(), QStringLiteral("events")));
    d.journal = std::make_unique<journal::Journal>(*d.state);
    d.journal->addProjector(journal::approvalProjector());
    d.journal->addProjector(capture::groupRuleProjector());
    d.journal->addProjector(tickets::ticketProjector());
    for (auto &projector : tickets::triageProjectors())
        d.journal->addProjector(std::move(projector));
    d.journal->addProjector(review::reviewProjector());
    d.journal->addProjector(review::sweepProjector());
    d.journal->addProjector(sync::linkProjector());
    d.journal->addProjector(shipping::signOffProjector());
    d.commands = std::make_unique<journal::CommandQueue>(*d.state);
    return session;
}

const library::Library &Session::library() const
{
    return d->library;
}

store::Database &Session::state()
{
    return *d->state;
}

store::Database &Session::events()
{
    return *d->events;
}

journal::Journal &Session::journal()
{
    return *d->journal;
}

journal::CommandQueue &Session::commands()
{
    return *d->commands;
}

Result<QJsonObject> Session::call(const QString &verb, const QJsonObject &args, std::stop_token stop, Progress &progress)
{
    if (!Handler::find(verb))
        return failUsage(QStringLiteral("engine.unknown-verb"),
                         QStringLiteral("This version of Coppice has no command of this name"), verb);
    QJsonObject named = args;
    named[callerKey] = thisProcess();
    COPPICE_TRY(const Id id, d->commands->enqueue(Actor::self(), verb, named));
    qint64 woken = 0; // the engine that was told
    bool cancelSent = false;
    QString told;
    while (true) {
        COPPICE_TRY(const auto command, d->commands->get(id));
        if (isFinished(command.state))
            return outcomeOf(command);
        if (stop.stop_requested() && !cancelSent) {
            COPPICE_CHECK(d->commands->askCancel(id));
            cancelSent = true;
        }
        if (command.progress != told) {
            told = command.progress;
            progress.report(0, 0, told);
        }
        if (const auto engine = d->own()) {
            engine->wake();
            std::this_thread::sleep_for(10ms);
            continue;
        }
        if (const auto holder = journal::Lease::holder(d->library.coppiceDir())) {
            if (woken != holder->startedAt)
                wakeEngine(holder->socket, "wake");
            woken = holder->startedAt;
            std::this_thread::sleep_for(100ms);
            continue;
        }
        // Nobody acts for the library: this process does, until its command is finished.
        COPPICE_TRY(const auto engine, d->takeOver());
        if (!engine)
            continue;
        const Engine::Own own{id, stop, &progress};
        while (true) {
            COPPICE_TRY(const bool carried, engine->carryNext(&own));
            COPPICE_TRY(const auto now, d->commands->get(id));
            if (isFinished(now.state))
                return outcomeOf(now);
            if (!carried)
                break;
        }
    }
}

namespace {

/// A run that is not started for a reason other than its turn: said once to who waits for it.
bool tellWhyQueued(const runs::Run &run, store::Database &state, Progress &progress)
{
    const auto queue = runs::queueState(state);
    if (queue && queue->paused) {
        progress.report(0, 0, QStringLiteral("The queue is paused; coppicectl queue resume lets it go on"));
        return true;
    }
    if (!run.reason.isEmpty())
        progress.report(0, 0, run.reason);
    return !run.reason.isEmpty();
}

} // namespace

Result<runs::Run> Session::awaitRun(const QString &runId, std::stop_token stop, Progress &progress)
{
    runs::RunStore store(*d->state);
    bool cancelSent = false;
    std::shared_ptr<Engine> lent; // this process is the engine while it waits
    auto lastWake = std::chrono::steady_clock::time_point{};
    runs::Run::State told = runs::Run::State::Queued;
    bool toldWhy = false;
    Result<runs::Run> run;
    while (true) {
        run = store.get(runId);
        if (!run || runs::isOver(run->state) || run->state == runs::Run::State::Waiting)
            break;
        if (run->state != told) {
            told = run->state;
            progress.report(0, 0, run->plugin + QStringLiteral(": ") + runs::nameOf(told));
        }
        if (run->state == runs::Run::State::Queued && !toldWhy)
            toldWhy = tellWhyQueued(*run, *d->state, progress);
        if (stop.stop_requested() && !cancelSent) {
            if (const auto asked = store.askCancel(runId); !asked)
                return std::unexpected(asked.error());
            cancelSent = true;
        }
        if (const auto engine = lent ? lent : d->own()) {
            engine->want(run->id.toString());
            std::this_thread::sleep_for(50ms);
            continue;
        }
        if (const auto holder = journal::Lease::holder(d->library.coppiceDir())) {
            const auto now = std::chrono::steady_clock::now();
            if (now - lastWake > 1s) {
                wakeEngine(holder->socket, "run " + run->id.toString().toLatin1());
                lastWake = now;
            }
            std::this_thread::sleep_for(100ms);
            continue;
        }
        COPPICE_TRY(lent, d->takeOver());
        if (lent) {
            COPPICE_CHECK(lent->start(scheduler::Scheduler::Which::Wanted));
        }
    }
    if (lent) {
        if (!stop.stop_requested() && lent->running() > 0)
            progress.report(0, 0, QStringLiteral("Other runs that somebody waits for are ending"));
        // Ctrl+C while it drains: the others are interrupted, and whoever waits for them goes on with them.
        std::stop_callback hurry(stop, [&lent] { lent->hurry(); });
        lent->stop(!stop.stop_requested());
    }
    return run;
}

Result<> Session::becomeEngine()
{
    const std::lock_guard lock(d->mutex);
    if (d->engine)
        return {};
    COPPICE_TRY(auto engine, d->takeOver());
    if (!engine) {
        const auto holder = journal::Lease::holder(d->library.coppiceDir());
        return failNeeds(QStringLiteral("engine.busy"), QStringLiteral("Another process is the engine of this library"),
                         holder ? QStringLiteral("process %1").arg(holder->pid) : d->library.path(),
                         QStringLiteral("Use that window or terminal, or end it first."), {});
    }
    COPPICE_CHECK(engine->start(scheduler::Scheduler::Which::All));
    d->engine = std::move(engine);
    d->logs = std::jthread([d = d.get()](const std::stop_token &stop) { LogKeeper(d->library, *d->state, *d->events, *d->journal).run(stop); });
    d->spools = std::jthread([d = d.get()](const std::stop_token &stop) { SpoolKeeper(d->library, *d->events).run(stop); });
    return {};
}

void Session::stopEngine(bool drain)
{
    std::shared_ptr<Engine> engine;
    std::jthread logs, spools;
    {
        const std::lock_guard lock(d->mutex);
        engine = std::move(d->engine);
        d->engine = nullptr;
        logs = std::move(d->logs);
        spools = std::move(d->spools);
    }
    for (auto *each : {&logs, &spools})
        each->request_stop();
    for (auto *each : {&logs, &spools}) {
        if (each->joinable())
            each->join();
    }
    if (engine)
        engine->stop(drain);
}

bool Session::isEngine() const
{
    return d->own() != nullptr;
}

Result<> Session::recoverIfOrphaned()
{
    if (d->own())
        return {};
    COPPICE_TRY(const bool work, d->leftBehind());
    if (!work || journal::Lease::holder(d->library.coppiceDir()))
        return {};
    COPPICE_TRY([[maybe_unused]] const auto recovered, d->takeOver());
    return {};
}

/// Whether the database says that something is being done; true without an engine means that one died.
Result<bool> Session::Private::leftBehind()
{
    COPPICE_TRY(const bool command, journal::CommandQueue(*state).anyRunning());
    COPPICE_TRY(const bool intent, journal::Intents(*state).any());
    if (command || intent)
        return true;
    return state->read<bool>([](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const QVariant found,
                    connection.value(QStringLiteral("SELECT EXISTS (SELECT 1 FROM runs WHERE state IN ('preparing', 'running', 'checking'))")));
        return found.toBool();
    });
}

} // namespace coppice::engine
