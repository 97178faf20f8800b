// SPDX-License-Identifier: GPL-3.0-or-later
#include "entry_reading.h"

#include <base/clock.h>
#include <base/counted.h>
#include <tickets/evidence.h>

#include <QCoreApplication>
#include <QDateTime>

namespace coppice::ui {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("EntryReading", text);
}

/// A group that has no ticket is compared as the ticket that it would get.
tickets::Ticket ticketFor(const tickets::InboxEntry &entry, const std::optional<tickets::Ticket> &ticket, capture::EventStore &store,
                          const std::vector<capture::Event> &events)
{
    if (ticket)
        return *ticket;
    tickets::Ticket made;
    made.plugin = entry.plugin;
    made.kind = tickets::Ticket::Kind::Error;
    made.groups = entry.groups;
    if (const auto group = store.group(entry.groups.value(0)); group)
        made.facts = tickets::factsOf(*group, events);
    return made;
}

} // namespace

Result<EntryReading> readEntry(engine::Session &session, const tickets::InboxEntry &entry, const std::optional<tickets::Ticket> &ticket)
{
    EntryReading reading;
    capture::EventStore store(session.events());
    const QString group = entry.groups.value(0);
    if (!group.isEmpty()) {
        COPPICE_TRY(reading.events, store.eventsOf(group, EntryReading::EventsShown));
        COPPICE_TRY(reading.spread, capture::spreadOf(session.events(), group));
        COPPICE_TRY(reading.rules, capture::GroupRules(session.state(), session.events(), session.journal()).rules(group));
    }
    if (ticket) {
        const QString id = ticket->id.toString();
        COPPICE_TRY(reading.comments, tickets::Tickets(session.state(), session.journal()).comments(id));
        COPPICE_TRY(reading.draft, tickets::Drafts(session.state(), session.journal()).of(id));
        COPPICE_TRY(const auto way, shipping::wayOf(session.state(), session.events(), *ticket));
        reading.way = shipping::stepsOf(way);
    }
    return reading;
}

Result<EntryGuesses> readGuesses(engine::Session &session, const tickets::InboxEntry &entry, const std::optional<tickets::Ticket> &ticket)
{
    EntryGuesses guesses;
    if (entry.groups.isEmpty())
        return guesses;
    capture::EventStore store(session.events());
    COPPICE_TRY(const auto newest, store.eventsOf(entry.groups.front(), 5));
    const auto asked = ticketFor(entry, ticket, store, newest);
    COPPICE_TRY(guesses.similar, tickets::similarTo(session.state(), asked));
    guesses.suspects = tickets::suspectsOf(session.library(), session.state(), store, asked);
    return guesses;
}

QString sentenceOf(const capture::GroupRule &rule)
{
    using Kind = capture::GroupRule::Kind;
    const QString which = rule.by.sentence().isEmpty() ? tr("Events") : tr("Events %1").arg(rule.by.sentence());
    const QString who = tr(" By %1, %2.").arg(rule.actor.name, ageText(rule.at));
    switch (rule.kind) {
    case Kind::Merge: return tr("Events of %1 belong to this one.").arg(counted(rule.groups.size(), "other group")) + who;
    case Kind::Split: return tr("%1 have a group of their own.").arg(which) + who;
    case Kind::Mute: break;
    }
    QString end;
    if (rule.until > 0)
        end = tr(" until %1").arg(QDateTime::fromMSecsSinceEpoch(rule.until).toString(QStringLiteral("d MMM, hh:mm")));
    if (rule.count > 0)
        end += (end.isEmpty() ? QString() : tr(" or")) + tr(" for %1").arg(counted(rule.count, "more event"));
    return tr("%1 are muted%2.").arg(which, end) + who;
}

} // namespace coppice::ui
