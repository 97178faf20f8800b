// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_view.h"

#include "run_item.h"
#include "shell/app_session.h"
#include "shell/screens.h"
#include "shell/tones.h"
#include "story_text.h"

#include <base/clock.h>

namespace coppice::ui {

using namespace Qt::StringLiterals;

static const Screen screen("runs", 40, "Runs", "What agents, recipes and hands are doing, and did");

namespace {

QString runsDir()
{
    const auto &session = AppSession::instance()->session();
    return session ? session->library().runsDir() : QString();
}

QString runFolder(const runs::Run &run)
{
    return runsDir() + u'/' + run.id.toString();
}

QString saidOf(const std::optional<bool> &passed)
{
    return !passed ? QString() : *passed ? u"passed"_s : u"failed"_s;
}

} // namespace

RunsView::RunsView(QObject *parent)
    : QObject(parent), m_pulse(AppSession::instance()->worker()), m_runs(&m_pulse), m_story(AppSession::instance()->worker()),
      m_checks({"command", "before", "after"}), m_facts({"name", "value", "mono"}), m_context({"line"}),
      m_log(AppSession::instance()->worker())
{
    const auto *app = AppSession::instance();
    connect(app, &AppSession::stateChanged, this, &RunsView::fill);
    connect(app, &AppSession::nowChanged, this, &RunsView::fillDetail);
    connect(&m_pulse, &RunPulse::changed, &m_runs, &RunListModel::refresh);
    connect(&m_story, &StoryModel::totalsChanged, this, &RunsView::fillSpent);
    connect(app, &AppSession::shown, this, [this](const QString &name, const QString &id) {
        if (name != screen.name)
            return;
        m_filter.clear();
        m_wanted = id;
        Q_EMIT filterChanged();
        fill();
    });
    fill();
}

int RunsView::total() const
{
    const auto &state = AppSession::instance()->state();
    return state ? int(state->runs.size()) : 0;
}

const runs::Run *RunsView::currentRun() const
{
    const auto &state = AppSession::instance()->state();
    return state && !m_current.isEmpty() ? state->run(m_current) : nullptr;
}

void RunsView::fill()
{
    const auto &state = AppSession::instance()->state();
    m_pulse.follow(state, runsDir(), m_active);
    m_runs.setState(state, m_filter.split(u' ', Qt::SkipEmptyParts));
    if (m_runs.indexOf(m_wanted) >= 0) // one that was only just started comes with a later state
        m_current = std::exchange(m_wanted, {});
    if (m_runs.indexOf(m_current) < 0)
        m_current = m_runs.keyAt(0);
    Q_EMIT listChanged();
    Q_EMIT currentMoved();
    fillDetail();
}

RunsView::Detail RunsView::detailOf(const runs::Run &run) const
{
    using S = runs::Run::State;
    const auto &state = *AppSession::instance()->state();
    const bool over = runs::isOver(run.state);
    const bool hand = run.client == u"hand" || run.handed; // the work is a person's
    const RunItem item = runItem(run, state, nullptr);
    Detail detail;
    detail.run = m_current;
    detail.title = run.plugin;
    detail.work = item.work;
    detail.state = item.status;
    detail.tone = item.tone;
    detail.icon = item.icon;
    detail.outcome = outcomeText(run, state);
    detail.outcomeTone = item.tone;
    detail.step = over ? QString() : run.step;
    detail.contextHash = run.contextHash;
    detail.started = double(run.started);
    detail.ended = double(run.ended);
    detail.working = item.working;
    detail.tainted = run.tainted;
    detail.replayed = run.replayed;
    detail.review = run.review.isEmpty() ? QString() : u"review:"_s + run.review;
    detail.ticket = run.ticket.isEmpty() ? QString() : u"ticket:"_s + run.ticket;
    if (const auto *ticket = run.ticket.isEmpty() ? nullptr : state.ticket(run.ticket))
        detail.asked = plainLine(ticket->title, 300);
    else if (!run.command.isEmpty())
        detail.asked = plainLine(run.command, 300);
    detail.canCancel = !over;
    detail.canResume = run.state == S::Failed || run.state == S::Cancelled || run.state == S::Interrupted;
    detail.canTake = run.state == S::Waiting && hand && run.approval.isEmpty();
    detail.canByHand = run.client != u"hand" && !(run.handed && !over) && run.state != S::Done && run.started > 0 && !run.deploying;
    detail.canReplay = over && run.started > 0 && !run.replayed && run.client != u"hand";
    if (hand && !over)
        detail.workFolder = runFolder(run) + u"/hand"_s;
    return detail;
}

void RunsView::fillDetail()
{
    const auto *run = currentRun();
    Detail detail;
    if (run) {
        detail = detailOf(*run);
        fillFacts(*run);
        fillChecks(*run);
    } else {
        m_facts.setRecords({});
        m_checks.setRecords({});
    }
    follow(run);
    fillSpent();
    if (detail == m_detail)
        return;
    m_detail = std::move(detail);
    Q_EMIT detailChanged();
}

void RunsView::fillFacts(const runs::Run &run)
{
    std::vector<Record> facts;
    const auto fact = [&](const QString &name, const QString &value, bool mono = false) {
        if (!value.isEmpty())
            facts.push_back({name, {name, value, mono}});
    };
    fact(tr("Playbook"), run.playbook);
    fact(tr("Client"), run.client);
    fact(tr("Model"), run.model);
    fact(tr("Command"), run.command, true);
    fact(tr("Outcome"), run.outcome);
    fact(tr("Failure"), run.failure == runs::Run::Failure::None ? QString() : nameOf(run.failure));
    fact(tr("Attempt"), run.attempt > 1 ? QString::number(run.attempt) : QString());
    fact(tr("Priority"), run.priority != 0 ? QString::number(run.priority) : QString());
    fact(tr("Queued"), ageText(run.queued));
    fact(tr("Waited"), run.started > run.queued ? durationText(run.started - run.queued) : QString());
    fact(tr("Took"), run.started > 0 && run.ended > 0 ? durationText(run.ended - run.started) : QString());
    fact(tr("Tokens"), run.inputTokens + run.outputTokens > 0
                           ? tr("%L1 in, %L2 out").arg(run.inputTokens).arg(run.outputTokens)
                           : QString());
    fact(tr("Cost"), run.cost.micros > 0 ? run.cost.toString() : QString());
    fact(tr("Session"), run.session.left(60), true);
    fact(tr("Plays back"), run.replayOf.isEmpty() ? QString() : run.replayOf.right(6), true);
    fact(tr("Base"), run.base.isNull() ? QString() : run.base.shown(), true);
    fact(tr("Context"), run.contextHash.left(12), true);
    fact(tr("Id"), run.id.shown(), true);
    m_facts.setRecords(std::move(facts));
}

void RunsView::fillChecks(const runs::Run &run)
{
    std::vector<Record> checks;
    for (const auto &check : run.checks)
        checks.push_back({check.id, {check.command, saidOf(check.before), saidOf(check.after)}});
    m_checks.setRecords(std::move(checks));
}

void RunsView::fillSpent()
{
    const auto *run = currentRun();
    const QString spent = run ? spentText(*run, &m_story.totals()) : QString();
    if (spent == m_spent)
        return;
    m_spent = spent;
    Q_EMIT spentChanged();
}

void RunsView::follow(const runs::Run *run)
{
    if (!m_active) {
        m_log.follow(m_log.folder(), false);
        if (run) // as it stands, read on when somebody looks again
            m_story.follow({run->id.toString(), runFolder(*run) + u'/' + runs::updatesFile, run->checks, run->state,
                            AppSession::instance()->session()}, false);
        return;
    }
    if (!run || run->started <= 0)
        m_log.follow({}, false);
    else
        m_log.follow(runFolder(*run) + u"/logs"_s, isWorking(run->state));
    if (!run)
        m_story.follow({}, false);
    else
        m_story.follow({run->id.toString(), runFolder(*run) + u'/' + runs::updatesFile, run->checks, run->state,
                        AppSession::instance()->session()},
                       isWorking(run->state) || run->state == runs::Run::State::Waiting);
}

void RunsView::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged();
    fill();
}

void RunsView::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    Q_EMIT activeChanged();
    fill();
}

void RunsView::pick(int row)
{
    m_current = m_runs.keyAt(row);
    m_wanted.clear();
    Q_EMIT currentMoved();
    fillDetail();
}

} // namespace coppice::ui
