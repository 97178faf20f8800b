// SPDX-License-Identifier: GPL-3.0-or-later
#include "counts.h"

#include "app_session.h"

namespace coppice::ui {

Counts::Counts(QObject *parent) : QObject(parent)
{
    connect(AppSession::instance(), &AppSession::stateChanged, this, &Counts::count);
    count();
}

int Counts::of(const QString &screen, int) const
{
    return m_counts.value(screen);
}

void Counts::count()
{
    QMap<QString, int> counts;
    if (const auto &state = AppSession::instance()->state()) {
        using G = capture::Group::State;
        for (const auto &group : state->groups)
            counts[QStringLiteral("inbox")] += group.state == G::New || group.state == G::Regressed ? 1 : 0;
        for (const auto &ticket : state->tickets)
            counts[QStringLiteral("inbox")] += ticket.state == tickets::Ticket::State::Inbox ? 1 : 0;
        counts[QStringLiteral("runs")] = AppSession::instance()->runsUnderWay();
        for (const auto &run : state->runs)
            counts[QStringLiteral("runs")] += run.state == runs::Run::State::Waiting ? 1 : 0;
        counts[QStringLiteral("approvals")] = int(state->approvals.size());
        for (const auto &patch : state->patches)
            counts[QStringLiteral("review")] += patch.state == review::Patch::State::Open ? 1 : 0;
    }
    if (counts == m_counts)
        return;
    m_counts = counts;
    ++m_stamp;
    Q_EMIT changed();
}

} // namespace coppice::ui
