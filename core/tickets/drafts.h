// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/command.h"
#include "library/settings.h"
#include "tickets/ticket.h"

namespace coppice::tickets {

/// What a triage run says of a ticket, checked by templates/schema/ticket-draft.schema.json: guesses, apart from the facts,
/// which are Coppice's own. It has no way to name a project, label, link, recipient or call.
struct TicketDraft {
    QJsonObject guesses; ///< title, what, owner, severity, suspect, cause, reproduce, playbook: plain text without secrets
    QString suggestedPlaybook; ///< one of the library's; empty: none
};
/// Reads a run's outputs; `playbooks` are those that exist. Outputs that the draft does not know are left out; one that does
/// not follow the schema is an error that says which.
[[nodiscard]] Result<TicketDraft> draftFrom(const QJsonObject &outputs, const QStringList &playbooks);

/// What Coppice itself knows beside the events: whom it concerns.
struct DraftFacts {
    QStringList tools;      ///< that the events name
    QStringList dependents; ///< plugins that depend on the ticket's
};
/// Names of tools in events' tags.
[[nodiscard]] QStringList toolsOf(const std::vector<capture::Event> &events);

/// Triage runs that draft tickets: each ticket's is asked for once, so many a day. Safe from any thread.
class Drafts
{
public:
    Drafts(store::Database &state, journal::Journal &journal) : m_state(state), m_journal(journal) { }
    /// A draft of this ticket is wanted; nothing when one was already.
    Result<> want(const QString &ticket);
    /// Queues `run.start` for wanted drafts within the day's budget, and, where the policy says so, for every accepted ticket of
    /// an error group. Answers the tickets.
    Result<QStringList> ask(const library::TriagePolicy &policy, journal::CommandQueue &commands);

    /// Whether a run's outcome has been looked at.
    Result<bool> isTaken(const QString &run);
    /// Takes the outputs of a triage run that is done: an operation on its ticket, which can be undone. A draft that is
    /// refused is remembered with its reason and changes nothing. A run is taken once.
    Result<bool> take(const QString &run, const QString &ticket, const QJsonObject &outputs, const DraftFacts &facts,
                      const QStringList &playbooks, capture::EventStore &events);

    struct State {
        QString state; ///< wanted, asked, drafted, refused; empty: none
        QString run;
        QString problem;
    };
    Result<State> of(const QString &ticket);

private:
    store::Database &m_state;
    journal::Journal &m_journal;
};

} // namespace coppice::tickets
