// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox_view.h"

#include "shell/app_session.h"
#include "shell/finder.h"
#include "shell/screens.h"
#include "shell/tones.h"

#include <base/clock.h>

#include <QDateTime>

namespace coppice::ui {

static const Screen screen("inbox", 30, "Inbox", "Errors from production and the tickets made of them");

InboxView::InboxView(QObject *parent)
    : QObject(parent), m_groups({"plugin", "title", "level", "levelTone", "levelIcon", "events", "status", "tone", "icon", "last",
                                 "spoken"}),
      m_tickets({"plugin", "title", "shown", "status", "tone", "icon", "changed", "assignee", "tainted", "regressed", "spoken"}),
      m_facts({"name", "value", "mono"}), m_events({"message", "at", "release", "source"}),
      m_frames({"function_", "place", "inApp"})
{
    const auto *app = AppSession::instance();
    connect(app, &AppSession::stateChanged, this, &InboxView::fill);
    connect(app, &AppSession::shown, this, [this](const QString &name, const QString &entity) {
        if (name != screen.name)
            return;
        const bool tickets = entity.startsWith(QLatin1String("ticket:"));
        (tickets ? m_ticket : m_group) = entity.section(u':', 1);
        m_showAll = true;
        m_filter.clear();
        m_showTickets = tickets;
        Q_EMIT filterChanged();
        Q_EMIT sectionChanged();
        fill();
    });
    fill();
    // Whoever opens the inbox with nothing new from production is here for the tickets.
    m_showTickets = m_openGroups == 0 && m_openTickets > 0;
    fillDetail();
}

void InboxView::fill()
{
    fillGroups();
    fillTickets();
    Q_EMIT listChanged();
    fillDetail();
}

void InboxView::fillGroups()
{
    const auto &state = AppSession::instance()->state();
    const QStringList words = m_filter.split(u' ', Qt::SkipEmptyParts);
    std::vector<Record> groups;
    m_openGroups = 0;
    for (const auto &group : state ? state->groups : std::vector<capture::Group>()) {
        using S = capture::Group::State;
        const bool open = group.state != S::Muted && group.state != S::Resolved;
        m_openGroups += group.state == S::New || group.state == S::Regressed ? 1 : 0;
        if ((!open && !m_showAll) || (!words.isEmpty() && fitOf(words, QString(group.plugin + u' ' + group.title)) < 0))
            continue;
        const auto level = lookOf(group.level);
        const auto look = lookOf(group.state);
        const QString spoken = QStringList{group.plugin, group.title, nameOf(group.level), nameOf(group.state),
                                           counted(group.count, tr("event"), tr("events"))}
                                   .join(QStringLiteral(", "));
        groups.push_back({group.id.toString(),
                          {group.plugin, group.title, nameOf(group.level), level.tone, level.icon, group.count,
                           nameOf(group.state), look.tone, look.icon, double(group.last), spoken}});
    }
    m_groups.setRecords(std::move(groups));
    if (m_groups.indexOf(m_group) < 0)
        m_group = m_groups.keyAt(0);
}

void InboxView::fillTickets()
{
    const auto &state = AppSession::instance()->state();
    const QStringList words = m_filter.split(u' ', Qt::SkipEmptyParts);
    std::vector<Record> tickets;
    m_openTickets = 0;
    for (const auto &ticket : state ? state->tickets : std::vector<tickets::Ticket>()) {
        m_openTickets += isOpen(ticket) ? 1 : 0;
        if ((!isOpen(ticket) && !m_showAll) ||
            (!words.isEmpty() && fitOf(words, QString(ticket.plugin + u' ' + ticket.title + u' ' + ticket.id.shown())) < 0))
            continue;
        const auto look = lookOf(ticket.state);
        const QString spoken =
            QStringList{ticket.plugin, ticket.title, nameOf(ticket.state), ticket.assignee}.join(QStringLiteral(", "));
        tickets.push_back({ticket.id.toString(),
                           {ticket.plugin, ticket.title, ticket.id.shown(), nameOf(ticket.state), look.tone, look.icon,
                            double(ticket.changed), ticket.assignee, ticket.tainted, ticket.regressed, spoken}});
    }
    m_tickets.setRecords(std::move(tickets));
    if (m_tickets.indexOf(m_ticket) < 0)
        m_ticket = m_tickets.keyAt(0);
}

void InboxView::fillDetail()
{
    const auto &state = AppSession::instance()->state();
    const auto *group = state && !m_showTickets ? state->group(m_group) : nullptr;
    const auto *ticket = state && m_showTickets ? state->ticket(m_ticket) : nullptr;
    std::vector<Record> facts;
    m_detail = {};
    QString eventsOf;
    if (group) {
        groupDetail(*group, facts);
        eventsOf = m_group;
    } else if (ticket) {
        ticketDetail(*ticket, facts);
        eventsOf = ticket->groups.value(0);
    }
    m_facts.setRecords(std::move(facts));
    Q_EMIT detailChanged();
    loadEvents(eventsOf);
}

void InboxView::groupDetail(const capture::Group &group, std::vector<Record> &facts)
{
    const auto &state = AppSession::instance()->state();
    const auto look = lookOf(group.state);
    m_detail.plugin = group.plugin;
    m_detail.title = group.title;
    m_detail.state = nameOf(group.state);
    m_detail.tone = look.tone;
    m_detail.icon = look.icon;
    m_detail.why = group.why;
    m_detail.muted = group.state == capture::Group::State::Muted;
    for (const auto &ticket : state->tickets) {
        if (ticket.groups.contains(group.id.toString()))
            m_detail.ticketOfGroup = QStringLiteral("ticket:") + ticket.id.toString();
    }
    const auto fact = [&](const QString &name, const QString &value, bool mono = false) {
        if (!value.isEmpty())
            facts.push_back({name, {name, value, mono}});
    };
    fact(tr("Plugin"), group.plugin);
    fact(tr("Level"), nameOf(group.level));
    fact(tr("Events"), QString::number(group.count));
    fact(tr("First seen"), group.first > 0 ? ageText(group.first) : QString());
    fact(tr("Last seen"), group.last > 0 ? ageText(group.last) : QString());
    fact(tr("Releases"), group.releases.join(QStringLiteral(", ")));
    fact(tr("Why one group"), group.why);
    fact(tr("Id"), group.id.shown(), true);
}

void InboxView::ticketDetail(const tickets::Ticket &ticket, std::vector<Record> &facts)
{
    using S = tickets::Ticket::State;
    const auto &state = AppSession::instance()->state();
    const auto look = lookOf(ticket.state);
    m_detail.plugin = ticket.plugin;
    m_detail.title = ticket.title;
    m_detail.state = nameOf(ticket.state);
    m_detail.tone = look.tone;
    m_detail.icon = look.icon;
    m_detail.tainted = ticket.tainted;
    const auto may = [&](S to) { return ticket.state != to && tickets::mayMove(ticket.state, to).has_value(); };
    m_detail.canAccept = may(S::Accepted) && (ticket.state == S::Inbox || ticket.state == S::Snoozed);
    m_detail.canSnooze = may(S::Snoozed);
    m_detail.canDecline = may(S::Declined);
    m_detail.canReopen = may(S::Inbox) && ticket.state != S::Accepted;
    m_detail.canRun = ticket.state == S::Accepted || m_detail.canAccept || may(S::Running);
    const QString id = ticket.id.toString();
    if (const auto *patch = state->patchOf(id))
        m_detail.answer = QStringLiteral("review:") + patch->id.toString();
    for (const auto &run : state->runs) {
        if (m_detail.answer.isEmpty() && run.ticket == id)
            m_detail.answer = QStringLiteral("run:") + run.id.toString();
    }
    const auto fact = [&](const QString &name, const QString &value, bool mono = false) {
        if (!value.isEmpty() && value != QLatin1String("0"))
            facts.push_back({name, {name, value, mono}});
    };
    fact(tr("Plugin"), ticket.plugin);
    fact(tr("Assignee"), ticket.assignee);
    fact(tr("Made"), ageText(ticket.made));
    fact(tr("Reason"), ticket.reason);
    fact(tr("Fix"), ticket.commit.left(12), true);
    if (ticket.state == S::Snoozed && ticket.snoozedUntil > 0)
        fact(tr("Snoozed until"), QDateTime::fromMSecsSinceEpoch(ticket.snoozedUntil).toString(QStringLiteral("d MMM, hh:mm")));
    if (ticket.regressed)
        fact(tr("Regression"), tr("It came back after a fix."));
    for (auto it = ticket.facts.begin(); it != ticket.facts.end(); ++it) {
        const QString name = it.key();
        // The trace has its own place below; times are shown as ages.
        if (it->isObject() || it->isArray() || name == QLatin1String("trace") || name == QLatin1String("group"))
            continue;
        QString value = it->toVariant().toString();
        if (const qsizetype quoted = value.indexOf(QLatin1String("\n```")); quoted >= 0 && !ticket.groups.isEmpty()) {
            value.truncate(quoted); // the event that is quoted stands below as received
            value = value.left(value.trimmed().lastIndexOf(QLatin1String("\n\n"))).trimmed();
        }
        const bool isTime = it->isDouble() && it->toDouble() > 1e12;
        fact(name.left(1).toUpper() + name.mid(1), isTime ? ageText(qint64(it->toDouble())) : value.left(2000));
    }
    fact(tr("Id"), ticket.id.shown(), true);
}

void InboxView::setShowTickets(bool tickets)
{
    if (m_showTickets == tickets)
        return;
    m_showTickets = tickets;
    Q_EMIT sectionChanged();
    fillDetail();
}

void InboxView::setShowAll(bool all)
{
    if (m_showAll == all)
        return;
    m_showAll = all;
    Q_EMIT filterChanged();
    fill();
}

void InboxView::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged();
    fill();
}

void InboxView::pickGroup(int row)
{
    m_group = m_groups.keyAt(row);
    fillDetail();
}

void InboxView::pickTicket(int row)
{
    m_ticket = m_tickets.keyAt(row);
    fillDetail();
}

} // namespace coppice::ui
