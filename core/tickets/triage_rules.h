// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/settings.h"
#include "tickets/ticket.h"

#include <stop_token>

namespace coppice::tickets {

/// Whether a rule's conditions hold for a group and its newest event.
[[nodiscard]] bool fits(const library::TriageRule &rule, const capture::Group &group, const capture::Event &newest);

/// What a rule did to one error group.
struct TriageAction {
    QString id;
    QString rule;
    QString group;
    QJsonObject acts; ///< accept, mute, decline, assign, snooze_ms, draft, as the rule said then
    qint64 at = 0;
    bool carried = false;
    bool undone = false;
    QString ticket;
    QStringList operations; ///< on the ticket or group, the oldest first
    QString problem; ///< why it could not be carried out
};
[[nodiscard]] QJsonObject toJson(const TriageAction &action);
[[nodiscard]] QJsonObject toJson(const library::TriageRule &rule);

/// Triage by the rules of coppice.yaml. Each group is touched by one rule, once; what a person has touched is left alone.
/// Actions are operations by Actor {Rule, name}, and can be taken back one by one. Safe from any thread.
class TriageRules
{
public:
    TriageRules(store::Database &state, store::Database &events, journal::Journal &journal) : m_state(state), m_eventsDb(events), m_journal(journal) { }
    /// Looks at groups with new events since the last call, and acts. Answers what was done. For the engine.
    Result<std::vector<TriageAction>> step(capture::EventStore &events, const std::vector<library::TriageRule> &rules, std::stop_token stop = {});
    /// What rules did, the newest first; of one rule where it is named.
    Result<std::vector<TriageAction>> actions(const QString &rule = {}, int limit = 200);
    Result<QStringList> switchedOff();
    Result<> setOn(const Actor &actor, const QString &rule, bool on);
    /// Takes back what a rule did to a group: its ticket as it was, the group no longer muted. The rule leaves it alone
    /// from then on. Errors where a person has changed the ticket since.
    Result<TriageAction> undo(const Actor &actor, capture::EventStore &events, const QString &actionId);

private:
    Result<> carryOut(capture::EventStore &events, TriageAction action);
    Result<> mute(const Actor &actor, TriageAction &action);
    Result<> finish(const TriageAction &action);
    store::Database &m_state;
    store::Database &m_eventsDb;
    journal::Journal &m_journal;
};

/// Searches that people keep, shared with the team as operations are.
struct SavedSearch {
    QString name;
    QString query;
};
class SavedSearches
{
public:
    SavedSearches(store::Database &state, journal::Journal &journal) : m_state(state), m_journal(journal) { }
    Result<std::vector<SavedSearch>> list(); ///< by name
    Result<> save(const Actor &actor, const QString &name, const QString &query); ///< replaces one of this name
    Result<> remove(const Actor &actor, const QString &name);

private:
    store::Database &m_state;
    journal::Journal &m_journal;
};

/// Of "triage", "triage-rule" and "search": to be added to a journal beside ticketProjector and capture's groupRuleProjector.
[[nodiscard]] std::vector<std::unique_ptr<journal::Projector>> triageProjectors();

} // namespace coppice::tickets
