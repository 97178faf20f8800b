// SPDX-License-Identifier: GPL-3.0-or-later
#include "playbooks/values.h"
#include "runs/carry.h"
#include "runs/files.h"
#include "runs/langgraph.h"

namespace coppice::runs {

using namespace Qt::StringLiterals;

namespace {

/// The files of a playbook at the library's commit, else the shipped ones.
Result<> extractPlaybook(const git::Repository &repository, const git::Oid &head, const QString &name, const QString &folder)
{
    COPPICE_TRY(const git::Oid root, repository.treeOf(head));
    COPPICE_TRY(const auto entry, repository.entryAt(root, "templates/playbooks/" + name.toUtf8()));
    COPPICE_CHECK(freshFolder(folder));
    if (entry && entry->mode == git::Mode::Tree)
        return extractTree(repository, entry->id, folder);
    return failNotFound(u"run.playbook"_s, u"The playbook's files are not in the library"_s, name,
                        u"Copy the playbook into templates/playbooks/ and commit it."_s);
}

} // namespace

/// The question that a graph waits for, of this step: the last that was asked.
Result<std::optional<journal::Approval>> Carrier::questionOf(const playbooks::Step &step)
{
    COPPICE_TRY(const auto asked, m_approvals.about(u"run:"_s + m_run.id.toString()));
    std::optional<journal::Approval> last;
    for (const auto &one : asked) {
        if (one.kind == journal::Approval::Kind::Step && one.detail[u"step"].toString() == step.id && one.answer != u"cancelled")
            last = one;
    }
    return last;
}

/// A LangGraph program: goes on from its checkpoint after a crash, and with a person's answer after it has asked.
Result<playbooks::StepExecutor::Outcome> Carrier::graphStep(const playbooks::Step &step, int attempt)
{
    COPPICE_TRY(const auto question, questionOf(step));
    if (question && !question->answer)
        return waitFor(*question);
    COPPICE_CHECK(m_folder->checkout(*m_repository, !m_run.wip.isNull() && question ? m_run.wip : treeNow()));
    LangGraphJob job;
    job.playbookFolder = m_folder->path() + u"/playbook"_s;
    COPPICE_CHECK(extractPlaybook(*m_repository, m_run.libraryHead, m_playbook.name, job.playbookFolder));
    job.graph = step.graph;
    job.outputs = step.outputs;
    job.checkpointFolder = m_folder->path() + u"/graph-"_s + step.id;
    job.logPath = m_folder->logs() + u"/step-%1-%2.log"_s.arg(step.id).arg(attempt);
    job.onUpdate = [this](const clients::AgentUpdate &update) { m_updates->write(update); };
    context::ContextRequest request = m_request;
    request.step = step.id;
    request.outputs = m_outputs;
    job.state = {{u"plugin"_s, m_run.plugin}, {u"playbook"_s, m_run.playbook}, {u"ticket"_s, m_run.ticket}, {u"context"_s, m_context.text}};
    for (auto it = step.inputs.begin(); it != step.inputs.end(); ++it) {
        COPPICE_TRY(const QString value, context::fillText(*it, request));
        job.state[it.key()] = value;
    }
    if (question) {
        job.answer = *question->answer;
        job.answerTo = question->detail[u"question_id"].toString();
        m_run.approval.clear();
        COPPICE_CHECK(save());
    }
    COPPICE_TRY(job.sandbox, agentProfile(step));
    m_limit.reset();
    const auto ended = m_client->model() ? graphWithModel(job, step) : runLangGraph(job, m_stop);
    if (const auto saved = m_wip->save())
        m_run.wip = *saved;
    if (!ended)
        return std::unexpected(ended.error());
    COPPICE_CHECK(save());
    if (ended->outcome == LangGraphEnd::Outcome::Failed && m_limit)
        return fail(limitedCode, m_limit->reason);
    if (ended->outcome == LangGraphEnd::Outcome::Failed)
        return Outcome{false, ended->reason, false};
    if (ended->outcome == LangGraphEnd::Outcome::Interrupted) {
        journal::Approval asked;
        asked.kind = journal::Approval::Kind::Step;
        asked.title = ended->question.left(300).simplified();
        asked.detail = {{u"step"_s, step.id}, {u"question"_s, ended->question}, {u"question_id"_s, ended->questionId}};
        asked.options = ended->options;
        COPPICE_TRY(const auto written, askStep(std::move(asked)));
        return waitFor(written);
    }
    COPPICE_TRY(Outcome taken, takeResult(step));
    if (!taken.passed)
        return taken;
    taken.outputs = ended->outputs;
    if (const QString missing = playbooks::missingOutputs(step, taken.outputs); !missing.isEmpty())
        return Outcome{false, missing, false};
    return taken;
}

/// The graph's calls of a model go through the gateway, charged to the run like a client's.
Result<LangGraphEnd> Carrier::graphWithModel(LangGraphJob &job, const playbooks::Step &step)
{
    clients::Job lent;
    lent.model = m_client->model();
    if (!m_run.model.isEmpty())
        lent.model->name = m_run.model;
    lent.sandbox = job.sandbox;
    std::optional<Result<LangGraphEnd>> ended;
    COPPICE_TRY(const auto spent, withinBudget(lent, step, [&]() -> Result<clients::AgentEnd> {
        job.sandbox = lent.sandbox;
        ended = runLangGraph(job, m_stop);
        clients::AgentEnd end;
        end.outcome = ended->has_value() && (*ended)->outcome != LangGraphEnd::Outcome::Failed ? clients::AgentEnd::Outcome::Completed
                                                                                              : clients::AgentEnd::Outcome::Failed;
        return end;
    }));
    COPPICE_CHECK(account(spent));
    if (!ended || spent.outcome == clients::AgentEnd::Outcome::Budget) {
        LangGraphEnd over;
        over.reason = spent.reason;
        m_run.outcome = clients::nameOf(spent.outcome);
        return over;
    }
    return *ended;
}

} // namespace coppice::runs
