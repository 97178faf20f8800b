// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "eval_arms.h"
#include "eval_text.h"

#include <base/clock.h>
#include <base/id.h>
#include <base/paths.h>
#include <clients/client.h>
#include <evals/trial_store.h>
#include <library/library.h>
#include <sandbox/sandbox.h>

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Options {
    std::string tasks, client, command, model, instructions = "shipped", out, settings;
    std::vector<std::string> only, levels;
    int trials = 1;
    int jobs = 1;
};

/// Text of the coppice.yaml that names the clients.
Result<QByteArray> settingsOf(const Options &options, const Context &context)
{
    if (!options.settings.empty())
        return readFile(q(options.settings), 1 << 20);
    COPPICE_TRY(const auto library, evalLibrary(context));
    if (!library)
        return QByteArray();
    COPPICE_TRY(const git::Oid head, library->head());
    if (head.isNull())
        return QByteArray();
    COPPICE_TRY(const auto repository, library->repository());
    COPPICE_TRY(const git::Oid root, repository.treeOf(head));
    COPPICE_TRY(const auto entry, repository.entryAt(root, library::settingsFile));
    return entry ? repository.blob(entry->id, 1 << 20) : Result<QByteArray>(QByteArray());
}

/// What keeps a client from being tried at all: told before anything is made.
Result<> checkClient(const Options &options, const QByteArray &settings)
{
    const QString client = q(options.client);
    if (client == u"oracle" || client == u"noop")
        return {};
    const auto parsed = library::parseLibrarySettings(settings, u"coppice.yaml"_s);
    COPPICE_TRY(const auto made, clients::makeClient(client, parsed));
    if (made->waitsForPerson() || made->replays() || made->kind() == u"recipe")
        return failUsage(u"eval.client"_s, u"A client of kind %1 cannot be evaluated"_s.arg(made->kind()), client, u"Name an agent program, exec, oracle or noop."_s);
    if (made->needsCommand() && options.command.empty())
        return failUsage(u"run.command"_s, u"The client %1 needs a command to run"_s.arg(client), {}, u"Give one with --command."_s);
    return {};
}

Result<std::vector<evals::Task>> tasksOf(const Options &options)
{
    COPPICE_TRY(auto tasks, evals::loadSuite(q(options.tasks)));
    std::vector<evals::Task> kept;
    for (const auto &name : options.only) {
        if (std::ranges::find(tasks, q(name), &evals::Task::id) == tasks.end())
            return failNotFound(u"eval.task"_s, u"There is no such task"_s, q(name));
    }
    for (auto &task : tasks) {
        const bool named = options.only.empty() || std::ranges::find(options.only, task.id.toStdString()) != options.only.end();
        const bool level = options.levels.empty() || std::ranges::find(options.levels, task.level.toStdString()) != options.levels.end();
        if (named && level)
            kept.push_back(std::move(task));
    }
    if (kept.empty())
        return failNotFound(u"eval.level"_s, u"No task has such a level"_s, q(options.tasks));
    return kept;
}

/// Made by several threads, told in the suite's order.
class Bench
{
public:
    Bench(evals::TrialStore &store, std::vector<evals::TrialRequest> requests, std::stop_token stop, Progress &progress)
        : m_store(store), m_requests(std::move(requests)), m_answers(m_requests.size()), m_stop(std::move(stop)), m_progress(progress)
    {
    }
    Result<std::vector<evals::Trial>> run(int jobs)
    {
        {
            std::vector<std::jthread> workers;
            for (int i = 0; i < jobs; ++i)
                workers.emplace_back([this] { work(); });
            while (m_running.load() > 0 || m_begun.load() < jobs) {
                m_questions.answerAll();
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            }
        }
        std::vector<evals::Trial> trials;
        for (auto &answer : m_answers) {
            if (!answer)
                return failCancelled();
            if (!*answer)
                return std::unexpected(answer->error());
            trials.push_back(std::move(**answer));
        }
        return trials;
    }

private:
    void work()
    {
        ++m_running;
        ++m_begun;
        for (size_t at = m_next++; at < m_requests.size() && !m_stop.stop_requested() && !m_broken; at = m_next++) {
            m_answers[at] = one(m_requests[at]);
            m_broken = m_broken || !*m_answers[at];
            const std::lock_guard lock(m_telling);
            const auto &trial = *m_answers[at];
            m_progress.report(qint64(++m_done), qint64(m_requests.size()), trial ? evalLine(*trial) : trial.error().message());
        }
        --m_running;
    }
    Result<evals::Trial> one(evals::TrialRequest &request)
    {
        evals::Trial like;
        like.task = request.task.id;
        like.client = request.client;
        like.model = request.model;
        like.arm = request.instructions.name;
        like.number = request.number;
        like.taskHash = request.task.hash;
        if (auto there = m_store.made(like))
            return std::move(*there);
        const QString folder = evals::TrialStore::folderOf(like);
        request.folder = m_store.folder() + u'/' + folder;
        COPPICE_TRY(auto trial, evals::makeTrial(request, m_questions, m_stop));
        trial.folder = folder;
        COPPICE_CHECK(m_store.add(trial));
        return trial;
    }

    evals::TrialStore &m_store;
    std::vector<evals::TrialRequest> m_requests;
    std::vector<std::optional<Result<evals::Trial>>> m_answers;
    std::stop_token m_stop;
    Progress &m_progress;
    evals::Questions m_questions;
    std::atomic<size_t> m_next = 0;
    std::atomic<int> m_running = 0, m_begun = 0;
    std::atomic<bool> m_broken = false;
    std::mutex m_telling;
    size_t m_done = 0;
};

Result<int> evaluate(Context &context, const Options &options)
{
    if (!sandbox::probe().works)
        return failNeeds(u"sandbox.unavailable"_s, sandbox::probe().why, {}, u"Tasks are worked on and graded in a sandbox, never outside of one."_s,
                         {QJsonObject{{u"kind"_s, u"sandbox"_s}}});
    COPPICE_TRY(const auto tasks, tasksOf(options));
    COPPICE_TRY(const QByteArray settings, settingsOf(options, context));
    COPPICE_TRY(const auto instructions, evalInstructions(q(options.instructions), context));
    COPPICE_CHECK(checkClient(options, settings));
    const QString out = options.out.empty() ? stateHome() + u"/evals/"_s + Id::make().toString() : q(options.out);
    COPPICE_TRY(const auto store, evals::TrialStore::open(out));
    if (options.out.empty())
        context.note(u"Trials are kept in %1"_s.arg(store->folder()));
    std::vector<evals::TrialRequest> requests;
    for (int number = 1; number <= options.trials; ++number) {
        for (const auto &task : tasks)
            requests.push_back({task, q(options.client), q(options.command), q(options.model), instructions, settings, number, {}});
    }
    Bench bench(*store, std::move(requests), context.stop(), context.progress());
    COPPICE_TRY(const auto trials, bench.run(options.jobs));
    QJsonArray made;
    for (const auto &trial : trials)
        made.append(toJson(trial));
    context.answer({{u"trials"_s, made}, {u"out"_s, store->folder()}, {u"client"_s, q(options.client)}, {u"instructions"_s, instructions.name}}, evalTable(trials));
    return 0;
}

const Definition command([](Verb &root, Context &context) {
    auto *sub = group(root, "eval", "How well clients and instructions do on maintenance tasks")
                    ->addSubcommand("run", "Make trials: each task below a folder, by a client, in the sandbox, then graded");
    const auto options = std::make_shared<Options>();
    sub->addOption("--tasks", options->tasks, "A task, or a folder of tasks at any depth")->required();
    sub->addOption("--client", options->client, "oracle (the task's own solution), noop (does nothing), claude, exec, or one of coppice.yaml")->required();
    sub->addOption("--command", options->command, "Of exec: run by bash -c in the plugin's folder");
    sub->addOption("--model", options->model, "The model to ask for, as its service spells it");
    sub->addOption("--trials", options->trials, "Trials of each task")->between(1, 1000);
    sub->addOption("--instructions", options->instructions, "shipped, none (no shared instructions), a commit of the library, or review:ID for its head with that patch");
    sub->addOption("--out", options->out, "A folder for the trials; those that are in it are not made again");
    sub->addOption("--settings", options->settings, "A coppice.yaml that names the clients; otherwise the library's");
    sub->addOption("--task", options->only, "Only this one; may be repeated")->oneEach();
    sub->addOption("--level", options->levels, "Only tasks of this level; may be repeated")->oneEach();
    sub->addOption("--jobs", options->jobs, "Trials at a time")->between(1, 64);
    sub->callback([&context, options] {
        context.setAction([options](Context &here) { return evaluate(here, *options); });
    });
});

} // namespace

} // namespace coppice::ctl
