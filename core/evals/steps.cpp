// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/steps.h"

#include "runs/path_kinds.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace coppice::evals {

using namespace Qt::StringLiterals;
using playbooks::Step;

namespace {

using Followed = StepGrade::Followed;

bool printed(const QString &path)
{
    return !path.isEmpty() && QFileInfo(path).isFile();
}

/// What a step that the journal calls passed did not leave; empty: all is there.
QString missingTrace(const Step &step, const playbooks::StepRecord &passed, const RunTraces &traces)
{
    for (const QString &name : step.outputs) {
        if (!passed.outputs.contains(name))
            return u"It left no output '%1'."_s.arg(name);
    }
    switch (step.kind) {
    case Step::Kind::Agent: {
        const QDir logs(traces.folder + u"/logs"_s);
        const bool worked = !logs.entryList({u"agent-*.log"_s}, QDir::Files).isEmpty() || traces.run.handed || traces.run.taken;
        return worked ? QString() : u"No client has left a log."_s;
    }
    case Step::Kind::Check: {
        const auto check = std::ranges::find(traces.run.checks, step.id, &runs::Check::id);
        if (check == traces.run.checks.end())
            return u"The plugin has no command for it: nothing was checked."_s;
        if (!check->before || !check->after || !printed(check->logBefore) || !printed(check->logAfter))
            return u"Its verdicts or logs are missing."_s;
        return {};
    }
    case Step::Kind::Approve:
        return passed.outputs.contains(u"answer"_s) ? QString() : u"Nobody's answer is there."_s;
    case Step::Kind::Command:
        return QDir(traces.folder + u"/logs"_s).entryList({u"step-%1-*.log"_s.arg(step.id)}, QDir::Files).isEmpty() ? u"It left no log."_s : QString();
    case Step::Kind::LangGraph:
        return {};
    }
    return {};
}

StepGrade gradeOf(const Step &step, const RunTraces &traces)
{
    StepGrade grade{step.id, playbooks::nameOf(step.kind), Followed::No, 0, {}};
    const playbooks::StepRecord *passed = nullptr;
    for (const auto &record : traces.journal) {
        if (record.step != step.id)
            continue;
        grade.attempts = std::max(grade.attempts, record.attempt);
        if (record.passed && *record.passed)
            passed = &record;
        else if (record.passed)
            grade.why = record.reason;
    }
    if (!passed && traces.rightlyUnchanged) {
        const bool worked = grade.attempts > 0 && step.kind == Step::Kind::Agent;
        grade.followed = worked ? Followed::Yes : Followed::Skipped;
        grade.why = worked ? u"It left alone what was right."_s : u"Nothing was changed."_s;
    } else if (passed && step.kind == Step::Kind::Approve && passed->outputs[u"message"] == nobodyThere) {
        grade.followed = Followed::Skipped; // it was come to, and says nothing about the client
        grade.why = u"Nobody was there to ask; it went on with '%1'."_s.arg(passed->outputs[u"answer"].toString());
    } else if (passed) {
        grade.why = missingTrace(step, *passed, traces);
        grade.followed = grade.why.isEmpty() ? Followed::Yes : Followed::No;
    } else if (grade.attempts == 0) {
        const bool reached = traces.run.state == runs::Run::State::Done;
        grade.followed = reached && !step.when.isEmpty() ? Followed::Skipped : Followed::No;
        grade.why = grade.followed == Followed::Skipped ? u"Its condition did not hold."_s : u"It was never begun."_s;
    } else if (grade.why.isEmpty()) {
        grade.why = u"It was begun and did not end."_s;
    }
    return grade;
}

/// That a test of the change's own failed without it.
StepGrade reproduced(const RunTraces &traces)
{
    StepGrade grade{u"reproduce"_s, u"practice"_s, Followed::No, 0, {}};
    const bool tests = std::ranges::any_of(traces.changed, [](const QString &path) { return runs::isTestPath(path.toUtf8()); });
    const bool turned = std::ranges::any_of(traces.run.checks, [](const runs::Check &check) { return !check.before.value_or(true) && check.after.value_or(false); });
    if (traces.changed.isEmpty()) {
        grade.followed = Followed::Skipped;
        grade.why = u"Nothing was changed."_s;
    } else if (!tests) {
        grade.why = u"The change brings no test."_s;
    } else if (!turned) {
        grade.why = u"The change's tests do not fail without it."_s;
    } else {
        grade.followed = Followed::Yes;
    }
    return grade;
}

} // namespace

std::vector<StepGrade> gradeSteps(const playbooks::Playbook &playbook, const RunTraces &traces)
{
    std::vector<StepGrade> grades;
    for (const Step &step : playbook.steps)
        grades.push_back(gradeOf(step, traces));
    if (playbook.allowsChanges == u"any")
        grades.push_back(reproduced(traces));
    return grades;
}

} // namespace coppice::evals
