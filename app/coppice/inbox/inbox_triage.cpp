// SPDX-License-Identifier: GPL-3.0-or-later
// What a person decides in the inbox. Every decision is an operation, so that each has a way back.
#include "inbox_view.h"

#include "shell/app_session.h"

#include <base/clock.h>
#include <capture/store.h>

#include <QJsonArray>

namespace coppice::ui {

namespace {
constexpr int EventsShown = 50;
} // namespace

void InboxView::loadEvents(const QString &group)
{
    const auto &state = AppSession::instance()->state();
    const auto *known = state ? state->group(group) : nullptr;
    const qint64 count = known ? known->count : 0;
    if (group == m_eventsOf && count == m_eventsCount)
        return;
    if (group != m_eventsOf) {
        m_trace.clear();
        m_frames.setRecords({});
        m_events.setRecords({});
        Q_EMIT traceChanged();
    }
    m_eventsOf = group;
    m_eventsCount = count;
    if (group.isEmpty())
        return;
    using Events = std::vector<capture::Event>;
    AppSession::instance()->act<Events>(
        this, [group](engine::Session &session) { return capture::EventStore(session.events()).eventsOf(group, EventsShown); },
        [this, group](Result<Events> read) {
            if (group != m_eventsOf)
                return;
            if (!read) {
                AppSession::instance()->report(read.error());
                return;
            }
            std::vector<Record> events, frames;
            for (const auto &event : *read)
                events.push_back({event.id.toString(),
                                  {event.message.left(400), double(event.at > 0 ? event.at : event.received), event.release,
                                   event.source}});
            if (!read->empty()) {
                int number = 0;
                for (const auto &frame : read->front().frames)
                    frames.push_back({QString::number(++number),
                                      {frame.function.isEmpty() ? tr("(no name)") : frame.function,
                                       frame.line > 0 ? QStringLiteral("%1:%2").arg(frame.file).arg(frame.line) : frame.file,
                                       frame.inApp}});
                m_trace = read->front().trace;
                if (m_trace.isEmpty())
                    m_trace = read->front().message;
            }
            m_events.setRecords(std::move(events));
            m_frames.setRecords(std::move(frames));
            Q_EMIT traceChanged();
        });
}

void InboxView::showMade(Result<tickets::Ticket> made)
{
    auto *app = AppSession::instance();
    if (!made) {
        app->report(made.error());
        return;
    }
    m_ticket = made->id.toString();
    m_showTickets = true;
    Q_EMIT sectionChanged();
    fill();
    app->toasts()->tell(tr("Ticket %1 for %2.").arg(made->id.shown(), made->plugin));
}

void InboxView::makeTicket()
{
    if (m_showTickets || m_group.isEmpty())
        return;
    AppSession::instance()->act<tickets::Ticket>(
        this,
        [group = m_group](engine::Session &session) {
            capture::EventStore events(session.events());
            return tickets::Tickets(session.state(), session.journal()).fromGroup(Actor::self(), events, group);
        },
        [this](Result<tickets::Ticket> made) { showMade(std::move(made)); });
}

void InboxView::newTicket(const QString &plugin, const QString &title, const QString &text)
{
    AppSession::instance()->act<tickets::Ticket>(
        this,
        [plugin, title, text](engine::Session &session) {
            return tickets::Tickets(session.state(), session.journal()).create(Actor::self(), plugin, title, text);
        },
        [this](Result<tickets::Ticket> made) { showMade(std::move(made)); });
}

void InboxView::mute()
{
    if (m_showTickets || m_group.isEmpty())
        return;
    using S = capture::Group::State;
    const auto *group = AppSession::instance()->state()->group(m_group);
    if (!group)
        return;
    const S before = group->state;
    const S after = before == S::Muted ? S::New : S::Muted;
    const QString told = after == S::Muted ? tr("Muted: %1").arg(group->title) : tr("Heard again: %1").arg(group->title);
    const auto set = [this, id = m_group](S state, std::function<void()> done) {
        AppSession::instance()->act<bool>(
            this,
            [id, state](engine::Session &session) -> Result<bool> {
                COPPICE_CHECK(capture::EventStore(session.events()).setState(id, state));
                return true;
            },
            [done = std::move(done)](Result<bool> changed) {
                if (!changed)
                    AppSession::instance()->report(changed.error());
                else
                    done();
            });
    };
    set(after, [set, before, told] {
        AppSession::instance()->toasts()->tell(told, [set, before] {
            set(before, [] { AppSession::instance()->toasts()->tell(tr("Undone.")); });
        });
    });
}

void InboxView::move(tickets::Ticket::State state, const QJsonObject &more, const QString &told)
{
    if (!m_showTickets || m_ticket.isEmpty())
        return;
    AppSession::instance()->change(
        this, QStringLiteral("ticket:") + m_ticket, told,
        [id = m_ticket, state, more](engine::Session &session) -> Result<> {
            COPPICE_CHECK(tickets::Tickets(session.state(), session.journal()).move(Actor::self(), id, state, more));
            return {};
        });
}

void InboxView::accept()
{
    move(tickets::Ticket::State::Accepted, {}, tr("Accepted: %1").arg(m_detail.title));
}

void InboxView::decline(const QString &reason)
{
    move(tickets::Ticket::State::Declined, {{QStringLiteral("reason"), reason}}, tr("Declined: %1").arg(m_detail.title));
}

void InboxView::snooze(int hours)
{
    const qint64 until = nowMs() + qint64(hours) * 3'600'000;
    move(tickets::Ticket::State::Snoozed, {{QStringLiteral("until"), until}}, tr("Snoozed: %1").arg(m_detail.title));
}

void InboxView::reopen()
{
    move(tickets::Ticket::State::Inbox, {}, tr("Back in the inbox: %1").arg(m_detail.title));
}

void InboxView::assign(const QString &who)
{
    if (!m_showTickets || m_ticket.isEmpty())
        return;
    AppSession::instance()->change(this, QStringLiteral("ticket:") + m_ticket, tr("Assigned to %1.").arg(who),
                                   [id = m_ticket, who](engine::Session &session) -> Result<> {
                                       COPPICE_CHECK(tickets::Tickets(session.state(), session.journal())
                                                         .assign(Actor::self(), id, who));
                                       return {};
                                   });
}

} // namespace coppice::ui
