// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/arena.h"

#include "base/paths.h"
#include "capture/group_rules.h"
#include "capture/ingest.h"
#include "capture/store.h"
#include "review/reviews.h"
#include "review/sweeps.h"
#include "store/migration.h"
#include "sync/decisions.h"
#include "text/scrub.h"
#include "tickets/ticket.h"
#include "tickets/triage_rules.h"
#include "workspace/files.h"

#include <QFileInfo>

#include <mutex>
#include <set>

// Made by coppice_room from resources/migrations.
#define COPPICE_HAS_MIGRATIONS(room)                                                                                   \
    namespace coppice::room {                                                                                          \
    std::vector<store::Migration> migrations();                                                                        \
    }
COPPICE_HAS_MIGRATIONS(journal)
COPPICE_HAS_MIGRATIONS(library)
COPPICE_HAS_MIGRATIONS(capture)
COPPICE_HAS_MIGRATIONS(review)
COPPICE_HAS_MIGRATIONS(tickets)
COPPICE_HAS_MIGRATIONS(sync)
COPPICE_HAS_MIGRATIONS(runs)
#undef COPPICE_HAS_MIGRATIONS

namespace coppice::evals {

using namespace Qt::StringLiterals;

struct Questions::Open {
    std::mutex mutex;
    std::multiset<journal::Approvals *> of;
};

Questions::Questions() : m_open(std::make_unique<Open>()) { }
Questions::~Questions() = default;

void Questions::answerAll()
{
    const std::lock_guard lock(m_open->mutex);
    for (auto *approvals : m_open->of) {
        const auto waiting = approvals->waiting();
        if (!waiting)
            continue; // asked again soon
        for (const auto &one : *waiting) {
            if (one.kind == journal::Approval::Kind::Permission && !one.options.isEmpty())
                static_cast<void>(approvals->answer(Actor::engine(), one.id.toString(), one.options.last(), nobodyThere));
        }
    }
}

Questions::Watch::Watch(Questions &questions, journal::Approvals &approvals) : m_questions(questions), m_approvals(&approvals)
{
    const std::lock_guard lock(m_questions.m_open->mutex);
    m_questions.m_open->of.insert(m_approvals);
}

Questions::Watch::~Watch()
{
    const std::lock_guard lock(m_questions.m_open->mutex);
    m_questions.m_open->of.erase(m_questions.m_open->of.find(m_approvals));
}

namespace {

std::vector<store::Migration> allSteps()
{
    std::vector<store::Migration> all;
    for (auto *each : {journal::migrations, library::migrations, capture::migrations, review::migrations, tickets::migrations, sync::migrations, runs::migrations}) {
        for (const auto &one : each())
            all.push_back(one);
    }
    return all;
}

Result<std::unique_ptr<store::Database>> openDatabase(const QString &path)
{
    COPPICE_TRY(auto database, store::Database::open(path));
    COPPICE_CHECK(database->migrate(allSteps())); // of these it takes its own
    return database;
}

constexpr int mostQuestions = 32;

Seat::Hands handsOf(const QString &client)
{
    return client == u"oracle" ? Seat::Hands::Oracle : client == u"noop" ? Seat::Hands::Noop : Seat::Hands::Client;
}

} // namespace

Result<std::unique_ptr<Arena>> Arena::make(const TrialRequest &request)
{
    auto arena = std::unique_ptr<Arena>(new Arena);
    arena->m_path = request.folder + u"/library.git"_s;
    {
        COPPICE_TRY(auto repository, git::Repository::initBare(arena->m_path));
        COPPICE_TRY(arena->m_sealed, seal(repository, request.task, request.instructions, {request.settings, handsOf(request.client)}));
        COPPICE_CHECK(repository.setRef(u"refs/heads/main"_s, arena->m_sealed.commit, std::nullopt, u"eval"_s));
    }
    COPPICE_TRY(auto library, library::Library::open(arena->m_path));
    arena->m_library.emplace(std::move(library));
    COPPICE_CHECK(makeFolder(arena->m_library->coppiceDir()));
    COPPICE_TRY(arena->m_state, openDatabase(arena->m_library->coppiceDir() + u"/state.db"_s));
    COPPICE_TRY(arena->m_events, openDatabase(arena->m_library->coppiceDir() + u"/events.db"_s));
    arena->m_journal = std::make_unique<journal::Journal>(*arena->m_state);
    auto &journal = *arena->m_journal;
    journal.addProjector(journal::approvalProjector());
    journal.addProjector(capture::groupRuleProjector());
    journal.addProjector(tickets::ticketProjector());
    for (auto &projector : tickets::triageProjectors())
        journal.addProjector(std::move(projector));
    journal.addProjector(review::reviewProjector());
    journal.addProjector(review::sweepProjector());
    journal.addProjector(sync::linkProjector());
    arena->m_approvals = std::make_unique<journal::Approvals>(*arena->m_state, journal);
    COPPICE_TRY(auto lease, journal::Lease::take(arena->m_library->coppiceDir()));
    arena->m_lease.emplace(std::move(lease));
    return arena;
}

Result<QString> Arena::makeTicket(const Task &task)
{
    tickets::Tickets tickets(*m_state, *m_journal);
    const Actor person{Actor::Kind::Person, u"evaluation"_s};
    if (task.source != Task::Source::Log) {
        // Only a person of the team is taken at their word.
        const Actor actor = task.source == Task::Source::Person ? person : Actor{Actor::Kind::Rule, u"outside"_s};
        COPPICE_TRY(const auto ticket, tickets.create(actor, task.plugin, task.title, task.text));
        return ticket.id.toString();
    }
    capture::EventStore events(*m_events);
    std::vector<capture::Event> batch;
    COPPICE_CHECK(capture::readLog(task.folder + u"/environment/production.log"_s, text::Scrubber(), {}, [&](capture::Event &&event) {
        event.plugin = task.plugin;
        batch.push_back(std::move(event));
    }));
    COPPICE_TRY(const auto added, events.add(std::move(batch)));
    if (added.groups.isEmpty())
        return fail(u"task.log"_s, u"The task's log holds no record of level error"_s, task.folder + u"/environment/production.log"_s);
    COPPICE_TRY(const auto ticket, tickets.fromGroup(person, events, added.groups.first()));
    return ticket.id.toString();
}

Result<runs::Run> Arena::run(const TrialRequest &request, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(const QString ticket, makeTicket(request.task));
    const runs::House house{*m_library, *m_state, *m_events, *m_journal, *m_lease};
    runs::Runner runner(house);
    runs::RunRequest asked;
    asked.ticket = ticket;
    asked.plugin = request.task.plugin;
    asked.playbook = request.task.playbook;
    asked.command = request.command;
    asked.model = request.model;
    asked.timeoutSeconds = request.task.agentTimeout.count();
    switch (handsOf(request.client)) {
    case Seat::Hands::Oracle: asked.client = u"recipe:"_s + oracleRecipe; break;
    case Seat::Hands::Noop: asked.client = u"recipe:"_s + noopRecipe; break;
    case Seat::Hands::Client: asked.client = request.client; break;
    }
    COPPICE_TRY(const auto queued, runner.queue({Actor::Kind::Person, u"evaluation"_s}, asked));
    const QString id = queued.id.toString();
    COPPICE_TRY(auto run, runner.carryOut(id, stop, progress));
    // A step at which a person would decide is none at which an agent can fail: the first answer goes on, and what it leads to is
    // graded. Bounded, since a playbook may ask again and again.
    for (int questions = 0; questions < mostQuestions && run.state == runs::Run::State::Waiting && !run.approval.isEmpty() && !stop.stop_requested(); ++questions) {
        COPPICE_TRY(const auto question, m_approvals->get(run.approval));
        if (question.kind != journal::Approval::Kind::Step || question.options.isEmpty())
            break;
        COPPICE_CHECK(m_approvals->answer(Actor::engine(), run.approval, question.options.first(), nobodyThere));
        COPPICE_TRY(run, runner.resume(id));
        COPPICE_TRY(run, runner.carryOut(id, stop, progress));
    }
    return run;
}

Arena::~Arena()
{
    static_cast<void>(remove()); // what cannot be deleted is replaced by the next try at the same place
}

Result<> Arena::remove()
{
    if (!m_library) // gone already, or never there
        return {};
    const QString runs = QFileInfo(m_library->runsDir()).path();
    m_lease.reset();
    m_approvals.reset();
    m_journal.reset();
    m_state.reset();
    m_events.reset();
    m_library.reset();
    COPPICE_CHECK(workspace::removeFolder(runs));
    return workspace::removeFolder(m_path);
}

} // namespace coppice::evals
