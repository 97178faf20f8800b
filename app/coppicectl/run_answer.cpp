// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_answer.h"

#include <journal/lease.h>
#include <text/hidden.h>

#include <QJsonArray>

#include <optional>

namespace coppice::ctl {

namespace {

QJsonArray needsOf(const engine::Session &session, const runs::Run &run)
{
    if (!run.approval.isEmpty())
        return {QJsonObject{{QStringLiteral("kind"), QStringLiteral("approval")},
                            {QStringLiteral("run"), run.id.toString()},
                            {QStringLiteral("plugin"), run.plugin},
                            {QStringLiteral("approval"), run.approval}}};
    return {QJsonObject{{QStringLiteral("kind"), QStringLiteral("hand")},
                        {QStringLiteral("run"), run.id.toString()},
                        {QStringLiteral("plugin"), run.plugin},
                        {QStringLiteral("paths"), QJsonArray{QString(folderOf(session, run) + QStringLiteral("/hand"))}}}};
}

/// What was done, in order, with what each step left for later ones (an agent's words).
QJsonArray stepsOf(engine::Session &session, const runs::Run &run)
{
    QJsonArray steps;
    const auto records = runs::RunStore(session.state()).steps(run.id.toString())->read();
    for (const auto &record : records.value_or(std::vector<playbooks::StepRecord>()))
        steps.append(QJsonObject{{QStringLiteral("step"), record.step},
                                 {QStringLiteral("attempt"), record.attempt},
                                 {QStringLiteral("passed"), record.passed ? QJsonValue(*record.passed) : QJsonValue()},
                                 {QStringLiteral("reason"), record.reason},
                                 {QStringLiteral("outputs"), record.outputs}});
    return steps;
}

QString textOf(const runs::Run &run, const QJsonArray &steps)
{
    QStringList lines{QStringLiteral("run %1: %2, %3 by %4: %5")
                          .arg(run.id.shown(), run.plugin, run.playbook, run.client, runs::nameOf(run.state))};
    if (!run.reason.isEmpty())
        lines << QStringLiteral("  ") + text::plain(run.reason, 2000);
    for (const auto &check : run.checks) {
        const auto word = [](const std::optional<bool> &passed) {
            return !passed ? QStringLiteral("not run") : *passed ? QStringLiteral("passed") : QStringLiteral("failed");
        };
        lines << QStringLiteral("  check %1: %2 before, %3 after").arg(check.command, word(check.before), word(check.after));
    }
    for (const auto &step : steps) {
        const QJsonObject outputs = step[u"outputs"].toObject();
        for (auto it = outputs.begin(); it != outputs.end(); ++it)
            lines << QStringLiteral("  %1 %2: %3").arg(step[u"step"].toString(), it.key(), text::plain(it->toVariant().toString(), 2000));
    }
    if (run.inputTokens || run.outputTokens)
        lines << QStringLiteral("  %1 tokens in, %2 out").arg(run.inputTokens).arg(run.outputTokens);
    if (run.cost.micros)
        lines << QStringLiteral("  cost %1").arg(run.cost.toString());
    if (run.tainted)
        lines << QStringLiteral("  has read text from outside (tainted)");
    if (!run.approval.isEmpty())
        lines << QStringLiteral("  coppicectl approvals answer %1 …").arg(run.approval.right(6).toLower());
    if (!run.review.isEmpty())
        lines << QStringLiteral("  patch to review: %1").arg(run.review.right(6).toLower());
    return lines.join(u'\n');
}

} // namespace

QString folderOf(const engine::Session &session, const runs::Run &run)
{
    return session.library().runsDir() + u'/' + run.id.toString();
}

int answerRun(Context &context, engine::Session &session, const runs::Run &run, bool statusByState)
{
    QJsonObject document = runs::toJson(run);
    const QJsonArray steps = stepsOf(session, run);
    document[QStringLiteral("steps")] = steps;
    document[QStringLiteral("folder")] = folderOf(session, run);
    const bool waits = run.state == runs::Run::State::Waiting;
    if (waits)
        document[QStringLiteral("needs")] = needsOf(session, run);
    context.answer(document, textOf(run, steps));
    if (!statusByState)
        return 0;
    switch (run.state) {
    case runs::Run::State::Failed:
        return 1;
    case runs::Run::State::Cancelled:
    case runs::Run::State::Interrupted:
        return 130;
    case runs::Run::State::Waiting:
        return 4;
    default:
        return 0;
    }
}

void noteWhereNothingRuns(Context &context, const engine::Session &session, const QString &id)
{
    if (!journal::Lease::holder(session.library().coppiceDir()))
        context.note(QStringLiteral("The run is queued. It starts when the window or coppicectl serve runs, or with: "
                                    "coppicectl run resume %1 --wait")
                         .arg(id.right(6).toLower()));
}

Result<int> follow(Context &context, const QString &id, bool wait)
{
    COPPICE_TRY(auto *session, context.session());
    if (wait) {
        COPPICE_TRY(const auto run, session->awaitRun(id, context.stop(), context.progress()));
        return answerRun(context, *session, run, true);
    }
    noteWhereNothingRuns(context, *session, id);
    COPPICE_TRY(const auto run, runs::RunStore(session->state()).get(id));
    return answerRun(context, *session, run, false);
}

} // namespace coppice::ctl
