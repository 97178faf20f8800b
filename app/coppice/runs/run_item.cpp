// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_item.h"

#include "shell/tones.h"
#include "story_text.h"

#include <base/clock.h>

namespace coppice::ui {

using namespace Qt::StringLiterals;
using S = runs::Run::State;

namespace {

QString tr(const char *text)
{
    return QObject::tr(text);
}

const journal::Approval *approvalOf(const runs::Run &run, const LibraryState &state)
{
    const QString subject = u"run:"_s + run.id.toString();
    for (const auto &approval : state.approvals) {
        if (approval.subject == subject)
            return &approval;
    }
    return nullptr;
}

QString until(qint64 at)
{
    return durationText(std::max<qint64>(0, at - nowMs()));
}

QString queueText(const runs::Run &run, const LibraryState &state)
{
    if (state.queue.paused)
        return tr("The queue is paused");
    if (run.notBefore > nowMs())
        return tr("Not before %1: the provider's limit").arg(until(run.notBefore));
    int before = 0;
    for (const auto &other : state.runs)
        before += other.state == S::Queued &&
                  (other.priority > run.priority || (other.priority == run.priority && other.queued < run.queued));
    const QString place = before == 0 ? tr("Next in the queue") : tr("%1 before it in the queue").arg(before);
    return run.priority != 0 ? QString(place + tr(", priority %1").arg(run.priority)) : place;
}

QString workingText(const runs::Run &run, const StoryTotals *now)
{
    const QString said = now ? now->doing : QString();
    if (run.state == S::Preparing)
        return tr("Preparing the run's folder");
    if (said.isEmpty())
        return run.step.isEmpty() ? tr("At work") : tr("Step %1").arg(run.step);
    return run.step.isEmpty() ? said : QString(run.step + u": "_s + said);
}

QString checksText(const runs::Run &run)
{
    int passed = 0, mended = 0, failed = 0;
    for (const auto &check : run.checks) {
        passed += check.after && *check.after;
        failed += check.after && !*check.after;
        mended += check.after && *check.after && check.before && !*check.before;
    }
    if (passed + failed == 0)
        return {};
    QString text = failed > 0 ? tr("%1 of %2 checks fail after it").arg(failed).arg(passed + failed)
                              : tr("%1 after it").arg(counted(passed, tr("check passes"), tr("checks pass")));
    if (mended > 0)
        text += tr(", %1 of them failed before").arg(mended);
    return text + u'.';
}

} // namespace

bool isWorking(runs::Run::State state)
{
    return state == S::Preparing || state == S::Running || state == S::Checking;
}

QString shortCount(qint64 number)
{
    if (number < 1'000)
        return QString::number(number);
    if (number < 1'000'000)
        return QString::number(double(number) / 1e3, 'f', number < 10'000 ? 1 : 0) + u'k';
    return QString::number(double(number) / 1e6, 'f', 1) + u'M';
}

QString spentText(const runs::Run &run, const StoryTotals *now)
{
    Money cost = run.cost;
    qint64 tokens = run.inputTokens + run.outputTokens;
    if (now && isWorking(run.state)) {
        if (now->cost > 0 && qint64(now->cost * 1e6) > cost.micros)
            cost = {qint64(now->cost * 1e6), u"USD"_s};
        tokens = std::max(tokens, now->input + now->output);
    }
    QStringList parts;
    if (cost.micros > 0)
        parts << cost.toString();
    if (tokens > 0)
        parts << tr("%1 tokens").arg(shortCount(tokens));
    return parts.join(u" · "_s);
}

QString outcomeText(const runs::Run &run, const LibraryState &state)
{
    const QString reason = plainText(run.reason, 4'000);
    switch (run.state) {
    case S::Queued: return queueText(run, state) + u'.';
    case S::Preparing: return tr("Its folder is being prepared.");
    case S::Running:
    case S::Checking: return run.step.isEmpty() ? tr("It is at work.") : tr("It works on the step %1.").arg(run.step);
    case S::Waiting: {
        if (const auto *asked = approvalOf(run, state))
            return tr("It waits for your answer: %1").arg(plainLine(asked->title, 300));
        return reason.isEmpty() ? tr("It waits for you.") : reason;
    }
    case S::Interrupted:
        return reason.isEmpty() ? tr("It was interrupted. The engine goes on with it by itself up to three times.") : reason;
    case S::Cancelled: return reason.isEmpty() ? tr("It was cancelled. What it did is kept, and it can be resumed.") : reason;
    case S::Failed: return reason.isEmpty() ? tr("It failed.") : reason;
    case S::Done: {
        QStringList said;
        said << (run.review.isEmpty() ? tr("Done, without a patch.") : tr("Done: there is a patch to review."));
        said << checksText(run);
        if (!reason.isEmpty())
            said << reason;
        said.removeAll(QString());
        return said.join(u' ');
    }
    }
    return reason;
}

RunItem runItem(const runs::Run &run, const LibraryState &state, const StoryTotals *now)
{
    RunItem item;
    const auto look = lookOf(run.state);
    item.key = run.id.toString();
    item.plugin = run.plugin;
    item.work = tr("%1 by %2").arg(run.playbook, run.client);
    item.status = nameOf(run.state);
    item.tone = look.tone;
    item.icon = look.icon;
    item.working = isWorking(run.state);
    const auto *asked = approvalOf(run, state);
    if (asked) {
        item.status = tr("asks");
        item.tone = u"warning"_s;
        item.icon = u"hand"_s;
        item.doing = plainLine(asked->title, 200);
    } else if (run.state == S::Queued) {
        item.doing = queueText(run, state);
    } else if (item.working) {
        item.doing = workingText(run, now);
    } else {
        item.doing = plainLine(outcomeText(run, state), 200);
    }
    item.spent = spentText(run, now).section(u" · "_s, 0, 0);
    item.started = double(run.started);
    item.ended = double(run.ended);
    item.queued = double(run.queued);
    item.tainted = run.tainted;
    item.replayed = run.replayed;
    item.spoken = QStringList{item.plugin, item.work, item.status, item.doing, run.tainted ? tr("text from outside") : QString()}.join(u", "_s);
    return item;
}

} // namespace coppice::ui
