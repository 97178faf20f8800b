// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/carry.h"
#include "text/hidden.h"

namespace coppice::runs {

using namespace Qt::StringLiterals;

/// Writes a question of this run down.
Result<journal::Approval> Carrier::askStep(journal::Approval approval)
{
    approval.subject = u"run:"_s + m_run.id.toString();
    approval.plugin = m_run.plugin;
    approval.tainted = m_run.tainted;
    return m_approvals.ask({Actor::Kind::Agent, m_run.plugin}, std::move(approval));
}

/// The run stops here; it goes on when the question has an answer.
Result<playbooks::StepExecutor::Outcome> Carrier::waitFor(const journal::Approval &approval)
{
    m_run.approval = approval.id.toString();
    COPPICE_CHECK(save());
    return Outcome{false, u"Waits for an answer: %1"_s.arg(approval.title), true};
}

/// Asks a person, once: a run that comes back after the answer, or after a crash, finds its own question again.
Result<playbooks::StepExecutor::Outcome> Carrier::approveStep(const playbooks::Step &step)
{
    COPPICE_TRY(auto known, questionOf(step));
    if (!known) {
        context::ContextRequest request = m_request;
        request.step = step.id;
        request.outputs = m_outputs;
        COPPICE_TRY(const QString question, context::fillText(step.ask, request));
        journal::Approval approval;
        approval.kind = journal::Approval::Kind::Step;
        approval.title = text::plain(question, 300).simplified();
        approval.detail = {{u"step"_s, step.id}, {u"question"_s, text::plain(question, 8000)}};
        approval.options = step.options.isEmpty() ? QStringList{u"yes"_s, u"no"_s} : step.options;
        COPPICE_TRY(known, askStep(std::move(approval)));
    }
    if (!known->answer)
        return waitFor(*known);
    m_run.approval.clear();
    COPPICE_CHECK(save());
    const QJsonObject outputs{{u"answer"_s, *known->answer}, {u"message"_s, known->message}};
    if (*known->answer == known->options.last() && known->options.size() > 1)
        return Outcome{false, known->message.isEmpty() ? u"A person answered '%1'."_s.arg(*known->answer)
                                                       : u"A person answered '%1': %2"_s.arg(*known->answer, known->message),
                       false, outputs};
    return Outcome{true, {}, false, outputs};
}

} // namespace coppice::runs
