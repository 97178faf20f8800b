// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue_view.h"

#include "run_item.h"
#include "shell/app_session.h"
#include "shell/tones.h"
#include "story_text.h"

#include <base/clock.h>

namespace coppice::ui {

using namespace Qt::StringLiterals;

QueueView::QueueView(QObject *parent) : QObject(parent)
{
    m_countdown.setInterval(1000);
    connect(&m_countdown, &QTimer::timeout, this, &QueueView::fill);
    connect(AppSession::instance(), &AppSession::stateChanged, this, &QueueView::fill);
    fill();
}

void QueueView::fill()
{
    const auto &state = AppSession::instance()->state();
    m_limits.clear();
    m_queued = m_working = 0;
    m_paused = state && state->queue.paused;
    m_pausedBy.clear();
    m_pausedAt = 0;
    if (state) {
        const auto by = Actor::fromString(state->queue.pausedBy);
        m_pausedBy = by.kind == Actor::Kind::Engine ? tr("the engine") : plainLine(by.name, 60);
        m_pausedAt = double(state->queue.pausedAt);
        for (const auto &limit : state->queue.limits) {
            const qint64 left = limit.until - nowMs();
            if (left <= 0)
                continue;
            const QString reason = plainLine(limit.reason, 200);
            m_limits << tr("%1 has reached its provider's limit: its runs start again in %2.%3")
                            .arg(plainLine(limit.account, 80), durationText(left), reason.isEmpty() ? QString() : QString(u' ' + reason));
        }
        for (const auto &run : state->runs) {
            m_queued += run.state == runs::Run::State::Queued;
            m_working += isWorking(run.state);
        }
    }
    if (m_limits.isEmpty())
        m_countdown.stop();
    else
        m_countdown.start();
    Q_EMIT changed();
}

void QueueView::call(const QString &title, const QString &verb, const QString &told)
{
    AppSession::instance()->call(this, title, verb, {}, [told](Result<QJsonObject> answer) {
        if (!answer)
            AppSession::instance()->report(answer.error());
        else
            AppSession::instance()->toasts()->tell(told);
    });
}

void QueueView::pause()
{
    call(tr("Pausing the queue"), u"queue.pause"_s, tr("The queue is paused. What is under way goes on."));
}

void QueueView::resume()
{
    call(tr("Resuming the queue"), u"queue.resume"_s, tr("The queue goes on."));
}

void QueueView::stopAll()
{
    call(tr("Stopping all runs"), u"queue.stop-all"_s, tr("All runs are being stopped, and the queue is paused."));
}

} // namespace coppice::ui
