// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_view.h"

#include "shell/app_session.h"
#include "shell/finder.h"
#include "shell/screens.h"
#include "shell/tones.h"

#include <base/clock.h>
#include <playbooks/playbook.h>

#include <QDesktopServices>
#include <QUrl>

namespace coppice::ui {

static const Screen screen("runs", 40, "Runs", "What agents, recipes and hands are doing, and did");

namespace {

QString runFolder(const runs::Run &run)
{
    return AppSession::instance()->session()->library().runsDir() + u'/' + run.id.toString();
}

qint64 lengthOf(const runs::Run &run)
{
    if (run.started <= 0)
        return 0;
    return (run.ended > 0 ? run.ended : nowMs()) - run.started;
}

bool isWorking(runs::Run::State state)
{
    using S = runs::Run::State;
    return state == S::Preparing || state == S::Running || state == S::Checking;
}

QString saidOf(const std::optional<bool> &passed)
{
    return !passed ? QString() : *passed ? QStringLiteral("passed") : QStringLiteral("failed");
}

} // namespace

RunsView::RunsView(QObject *parent)
    : QObject(parent), m_runs({"plugin", "playbook", "client", "status", "tone", "icon", "queued", "length", "shown", "tainted",
                               "spoken"}),
      m_checks({"command", "before", "after"}), m_steps({"step", "said", "reason", "attempt"}), m_facts({"name", "value", "mono"}),
      m_log(AppSession::instance()->worker())
{
    const auto *app = AppSession::instance();
    connect(app, &AppSession::stateChanged, this, &RunsView::fill);
    connect(app, &AppSession::nowChanged, this, &RunsView::fill);
    connect(app, &AppSession::shown, this, [this](const QString &name, const QString &id) {
        if (name != screen.name)
            return;
        m_filter.clear();
        m_current = id;
        Q_EMIT filterChanged();
        fill();
    });
    fill();
}

int RunsView::underWay() const
{
    return AppSession::instance()->runsUnderWay();
}

void RunsView::fill()
{
    const auto &state = AppSession::instance()->state();
    const QStringList words = m_filter.split(u' ', Qt::SkipEmptyParts);
    std::vector<Record> rows;
    for (const auto &run : state ? state->runs : std::vector<runs::Run>()) {
        const QString text = QStringList{run.plugin, run.playbook, run.client, nameOf(run.state), run.id.shown()}.join(u' ');
        if (!words.isEmpty() && fitOf(words, text) < 0)
            continue;
        const auto look = lookOf(run.state);
        const qint64 length = lengthOf(run);
        rows.push_back({run.id.toString(),
                        {run.plugin, run.playbook, run.client, nameOf(run.state), look.tone, look.icon, double(run.queued),
                         length > 0 ? durationText(length) : QString(), run.id.shown(), run.tainted,
                         QStringList{run.plugin, run.playbook, run.client, nameOf(run.state)}.join(QStringLiteral(", "))}});
    }
    m_runs.setRecords(std::move(rows));
    if (m_runs.indexOf(m_current) < 0)
        m_current = m_runs.keyAt(0);
    Q_EMIT listChanged();
    fillDetail();
}

void RunsView::fillDetail()
{
    using S = runs::Run::State;
    const auto &state = AppSession::instance()->state();
    const auto *run = state ? state->run(m_current) : nullptr;
    m_detail = {};
    if (run) {
        const auto look = lookOf(run->state);
        m_detail.title = run->plugin;
        m_detail.state = nameOf(run->state);
        m_detail.tone = look.tone;
        m_detail.icon = look.icon;
        m_detail.reason = run->reason;
        m_detail.failed = run->state == S::Failed;
        m_detail.tainted = run->tainted;
        m_detail.review = run->review.isEmpty() ? QString() : QStringLiteral("review:") + run->review;
        m_detail.ticket = run->ticket.isEmpty() ? QString() : QStringLiteral("ticket:") + run->ticket;
        m_detail.canCancel = !runs::isOver(run->state);
        m_detail.canResume = run->state == S::Failed || run->state == S::Cancelled || run->state == S::Interrupted;
        m_detail.canTake = run->state == S::Waiting && run->client == QLatin1String("hand");
        if (run->client == QLatin1String("hand") && !runs::isOver(run->state))
            m_detail.workFolder = runFolder(*run) + QStringLiteral("/hand");
        fillFacts(*run);
        fillChecks(*run);
    } else {
        m_facts.setRecords({});
        m_checks.setRecords({});
    }
    loadSteps();
    followLog(run);
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
    fact(tr("Command"), run.command, true);
    fact(tr("Outcome"), run.outcome);
    fact(tr("Failure"), run.failure == runs::Run::Failure::None ? QString() : nameOf(run.failure));
    fact(tr("Attempt"), run.attempt > 1 ? QString::number(run.attempt) : QString());
    fact(tr("Queued"), ageText(run.queued));
    fact(tr("Took"), run.started > 0 ? durationText(lengthOf(run)) : QString());
    fact(tr("Tokens"), run.inputTokens + run.outputTokens > 0
                           ? tr("%L1 in, %L2 out").arg(run.inputTokens).arg(run.outputTokens)
                           : QString());
    fact(tr("Cost"), run.cost.micros > 0 ? run.cost.toString() : QString());
    fact(tr("Base"), run.base.isNull() ? QString() : run.base.shown(), true);
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

void RunsView::loadSteps()
{
    using Steps = std::vector<playbooks::StepRecord>;
    if (m_current.isEmpty()) {
        m_steps.setRecords({});
        return;
    }
    auto *app = AppSession::instance();
    app->worker().read(
        this, [session = app->session(), id = m_current] { return runs::RunStore(session->state()).steps(id)->read(); },
        [this, id = m_current](Result<Steps> read) {
            if (id != m_current || !read)
                return;
            // The last word on each step, in the order in which they were first begun.
            std::vector<Record> steps;
            for (const auto &record : *read) {
                const Record row{record.step, {record.step, saidOf(record.passed), record.reason, record.attempt}};
                const auto there =
                    std::find_if(steps.begin(), steps.end(), [&](const Record &known) { return known.key == row.key; });
                if (there == steps.end())
                    steps.push_back(row);
                else
                    *there = row;
            }
            m_steps.setRecords(std::move(steps));
        });
}

void RunsView::followLog(const runs::Run *run)
{
    if (!m_active)
        m_log.follow(m_log.folder(), false);
    else if (!run || run->started <= 0)
        m_log.follow({}, false);
    else
        m_log.follow(runFolder(*run) + QStringLiteral("/logs"), isWorking(run->state));
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
    fillDetail();
}

void RunsView::pick(int row)
{
    m_current = m_runs.keyAt(row);
    m_steps.setRecords({});
    fillDetail();
}

void RunsView::act(const QString &title, const QString &verb, const QString &told)
{
    if (m_current.isEmpty())
        return;
    auto *app = AppSession::instance();
    app->call(this, title, verb, {{QStringLiteral("run"), m_current}}, [told](Result<QJsonObject> answer) {
        if (!answer)
            AppSession::instance()->report(answer.error());
        else
            AppSession::instance()->toasts()->tell(told);
    });
}

void RunsView::cancel()
{
    if (m_current.isEmpty())
        return;
    AppSession::instance()->act<bool>(
        this,
        [id = m_current](engine::Session &session) -> Result<bool> {
            COPPICE_CHECK(runs::RunStore(session.state()).askCancel(id));
            return true;
        },
        [](Result<bool> asked) {
            if (!asked)
                AppSession::instance()->report(asked.error());
            else
                AppSession::instance()->toasts()->tell(tr("The run is being cancelled. R resumes it."));
        });
}

void RunsView::resume()
{
    act(tr("Resuming the run"), QStringLiteral("run.resume"), tr("The run goes on."));
}

void RunsView::take()
{
    act(tr("Taking what was done by hand"), QStringLiteral("run.take"), tr("Taken. The checks run next."));
}

void RunsView::openFolder()
{
    if (!m_detail.workFolder.isEmpty())
        QDesktopServices::openUrl(QUrl::fromLocalFile(m_detail.workFolder));
}

} // namespace coppice::ui
