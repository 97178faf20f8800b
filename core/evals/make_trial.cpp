// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/arena.h"
#include "evals/grade.h"
#include "evals/patch_text.h"
#include "evals/steps.h"

#include "base/clock.h"
#include "base/paths.h"
#include "clients/client.h"
#include "context/context.h"
#include "runs/files.h"
#include "workspace/files.h"
#include "workspace/run_folder.h"

#include <QFileInfo>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

Trial begun(const TrialRequest &request)
{
    Trial trial;
    trial.task = request.task.id;
    trial.plugin = request.task.plugin;
    trial.level = request.task.level;
    trial.expects = nameOf(request.task.expects);
    trial.client = request.client;
    trial.model = request.model;
    trial.arm = request.instructions.name;
    trial.playbook = request.task.playbook;
    trial.taskHash = request.task.hash;
    trial.number = request.number;
    return trial;
}

Trial brokenBy(Trial trial, const Error &error)
{
    trial.passed = false;
    trial.failure = runs::Run::Failure::Machine;
    trial.reason = error.fix.isEmpty() ? error.message() : QString(error.message() + u" — "_s + error.fix);
    trial.at = nowMs();
    return trial;
}

/// What the run says of its end, as far as it is not the graders' to say. Answers whether there is something to grade.
bool takeEnd(Trial &trial, const runs::Run &run, bool unchanged)
{
    using State = runs::Run::State;
    using Failure = runs::Run::Failure;
    trial.run = run.id.toString();
    trial.outcome = run.outcome;
    trial.reason = run.reason;
    trial.seconds = run.started > 0 && run.ended > run.started ? double(run.ended - run.started) / 1000.0 : 0;
    trial.cost = run.cost;
    trial.inputTokens = run.inputTokens;
    trial.outputTokens = run.outputTokens;
    if (run.state == State::Queued || run.outcome == u"limited") {
        trial.failure = Failure::Limit;
        return false;
    }
    if (run.state == State::Failed && (run.failure == Failure::Machine || run.outcome == u"model_error")) {
        trial.failure = Failure::Machine;
        return false;
    }
    if (run.state == State::Waiting) {
        trial.failure = Failure::Agent;
        trial.findings.push_back({u"agent"_s, u"The run waits for a person: %1"_s.arg(run.reason)});
        return false;
    }
    if (run.state == State::Failed && run.failure != Failure::Check && !(unchanged && run.outcome == u"completed")) {
        trial.failure = run.failure == Failure::None ? Failure::Agent : run.failure;
        trial.findings.push_back({u"agent"_s, run.reason});
        return false;
    }
    return true;
}

/// What a trial leaves for people, out of the run's folder.
Result<> keep(const QString &run, const QString &folder)
{
    for (const char *file : {"/context.md", "/updates.jsonl"}) {
        if (!QFileInfo(run + QLatin1String(file)).isFile())
            continue;
        COPPICE_TRY(const QByteArray bytes, readFile(run + QLatin1String(file), 128 << 20));
        COPPICE_CHECK(writeFileAtomically(folder + QLatin1String(file), bytes));
    }
    return QFileInfo(run + u"/logs"_s).isDir() ? workspace::copyFolder(run + u"/logs"_s, folder + u"/logs"_s) : Result<>();
}

int denialsIn(const std::vector<journal::Approval> &asked)
{
    return int(std::ranges::count_if(asked, [](const journal::Approval &one) { return one.kind == journal::Approval::Kind::Permission; }));
}

Result<> carryOut(Trial &trial, const TrialRequest &request, Questions &questions, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(auto arena, Arena::make(request));
    trial.instructions = arena->sealed().instructions;
    runs::Run run;
    {
        const Questions::Watch watch(questions, arena->approvals());
        COPPICE_TRY(run, arena->run(request, stop, progress));
    }
    if (stop.stop_requested())
        return failCancelled();
    COPPICE_TRY(auto repository, arena->library().repository());
    COPPICE_TRY(const auto catalog, arena->library().scan(arena->state(), stop));
    const auto *plugin = catalog.find(request.task.plugin);
    if (!plugin)
        return fail(u"eval.plugin"_s, u"The plugin is not in the trial's library"_s, request.task.plugin);
    const QString runFolder = arena->library().runsDir() + u'/' + run.id.toString();
    COPPICE_CHECK(keep(runFolder, request.folder));

    // What lies in the folder counts, also where the playbook has not taken it.
    git::Oid result = run.result;
    const bool worked = !run.base.isNull() && QFileInfo(runFolder + u"/work"_s).isDir();
    if (result.isNull() && worked) {
        COPPICE_TRY(const auto folder, workspace::RunFolder::open(runFolder, request.task.plugin));
        const auto captured = folder.resultTree(repository, arena->sealed().pluginTree);
        result = captured ? captured->tree : git::Oid();
    }
    const git::Oid base = arena->sealed().pluginTree;
    const bool unchanged = result == base;
    const bool gradable = takeEnd(trial, run, unchanged);
    if (!result.isNull()) {
        COPPICE_TRY(const auto changed, repository.changes(base, result));
        for (const auto &change : changed)
            trial.changed << QString::fromUtf8(change.path);
        COPPICE_TRY(const QByteArray patch, patchText(repository, base, result));
        COPPICE_CHECK(writeFileAtomically(request.folder + u"/patch.diff"_s, patch));
    }
    COPPICE_TRY(const auto playbook, context::findPlaybook(repository, catalog.head, request.task.playbook));
    COPPICE_TRY(const auto journal, runs::RunStore(arena->state()).steps(run.id.toString())->read());
    trial.steps = gradeSteps(playbook, {run, journal, runFolder, trial.changed,
                                        unchanged && run.outcome == u"completed" && request.task.expects == Task::Expects::Nothing});
    COPPICE_TRY(const auto asked, arena->approvals().about(u"run:"_s + run.id.toString()));
    trial.denials = denialsIn(asked);
    if (gradable) {
        const GradeRequest grading{request.task, *plugin, run.base, base, result, runFolder + u"-graded"_s, request.folder};
        COPPICE_TRY(const auto graded, grade(repository, grading, stop, progress));
        trial.passed = graded.passed;
        trial.findings.insert(trial.findings.end(), graded.findings.begin(), graded.findings.end());
        trial.tests = graded.tests;
        if (!trial.passed)
            trial.failure = run.failure == runs::Run::Failure::Check ? runs::Run::Failure::Check : runs::Run::Failure::Agent;
        if (trial.passed)
            trial.reason.clear();
        else if (!trial.findings.empty())
            trial.reason = trial.findings.front().text;
    }
    trial.at = nowMs();
    return arena->remove();
}

} // namespace

Result<Trial> makeTrial(const TrialRequest &request, Questions &questions, std::stop_token stop, Progress &progress)
{
    Trial trial = begun(request);
    COPPICE_CHECK(workspace::removeFolder(request.folder));
    COPPICE_CHECK(makeFolder(request.folder));
    if (const auto done = carryOut(trial, request, questions, stop, progress); !done) {
        if (stop.stop_requested() || done.error().kind == ErrorKind::Cancelled)
            return std::unexpected(done.error());
        return brokenBy(std::move(trial), done.error());
    }
    return trial;
}

} // namespace coppice::evals
