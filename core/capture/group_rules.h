// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/actor.h"
#include "capture/event.h"
#include "journal/operation.h"
#include "store/database.h"

#include <QJsonObject>

#include <memory>
#include <optional>
#include <vector>

namespace coppice::capture {

/// What a person decided about the events of a group, for those that are there and those to come.
struct GroupRule {
    enum class Kind { Merge, Split, Mute };
    /// Which events a split takes out of a group, or a mute silences.
    struct By {
        enum class What { All, Tag, Release, Environment, Source, Message, Function, Form };
        What what = What::All;
        QString key;        ///< of a tag
        QStringList values; ///< one of them fits: equal, but Message: stands in the message. Form: see `formOf`
        [[nodiscard]] bool fits(const Event &event) const;
        [[nodiscard]] QString sentence() const; ///< "whose tag tenant is acme"
    };
    QString id;
    Kind kind = Kind::Merge;
    QString plugin;
    QString group;      ///< merged into, split, or muted
    QStringList groups; ///< Merge: those that go into it
    QString made;       ///< Split: the group that the events go to
    By by;
    qint64 until = 0;   ///< Mute: ms; 0: no end
    qint64 count = 0;   ///< Mute: ends after so many more events; 0: does not
    qint64 hits = 0;    ///< Mute: events so far
    Actor actor;
    qint64 at = 0;
    QString operation;  ///< that made it, to undo

    [[nodiscard]] bool isOver(qint64 now) const { return kind == Kind::Mute && ((until > 0 && now >= until) || (count > 0 && hits >= count)); }
};
[[nodiscard]] QJsonObject toJson(const GroupRule &rule);
[[nodiscard]] Result<GroupRule> ruleFrom(const QJsonObject &payload);
/// The form of an event's own message, finer than its group's template.
[[nodiscard]] QString formOf(const Event &event);

/// The rules of one plugin as events follow them, in the order of their making.
class RuleSet
{
public:
    static Result<RuleSet> load(store::Connection &events, const QString &plugin);
    [[nodiscard]] bool isEmpty() const { return m_rules.empty(); }
    /// The group that an event ends in which grouping alone puts into `home`.
    [[nodiscard]] QString resolve(const Event &event, const QString &home) const;
    [[nodiscard]] QString merged(const QString &home) const; ///< by merges alone
    /// The mute that silences this event of a group, which counts it; null when none does.
    [[nodiscard]] const GroupRule *muteOf(const Event &event, const QString &group);
    /// A mute of the whole group is over, and none is in force.
    [[nodiscard]] bool hasMuteEnded(const QString &group) const;
    [[nodiscard]] const std::vector<GroupRule> &rules() const { return m_rules; }

private:
    std::vector<GroupRule> m_rules;
};

/// Merge, split and mute: operations of the journal, carried out on events.db. Each can be undone by Journal::undo, then
/// `apply`. Safe from any thread.
class GroupRules
{
public:
    GroupRules(store::Database &state, store::Database &events, journal::Journal &journal) : m_state(state), m_events(events), m_journal(journal) { }

    /// The rule as it stands now, its operation in `operation`; carried out.
    Result<GroupRule> merge(const Actor &actor, const QString &into, const QStringList &groups);
    Result<GroupRule> split(const Actor &actor, const QString &group, const GroupRule::By &by);
    Result<GroupRule> mute(const Actor &actor, const QString &group, const GroupRule::By &by, qint64 until, qint64 count);
    /// Takes back the mutes of a group that are in force; answers how many.
    Result<int> unmute(const Actor &actor, const QString &group);
    /// Rules in force that name a group; all for an empty id. Errors when a stored one cannot be read.
    Result<std::vector<GroupRule>> rules(const QString &group = {});
    /// Brings events.db in line with the rules of state.db, and ends mutes that are over. Nothing to do in most cases. A
    /// process that dies in between is made up for by the next call.
    Result<> apply();

private:
    Result<GroupRule> decide(const Actor &actor, GroupRule rule, const QString &verb);
    store::Database &m_state;
    store::Database &m_events;
    journal::Journal &m_journal;
};

/// For Journal::addProjector: keeps `group_rules` of state.db.
[[nodiscard]] std::unique_ptr<journal::Projector> groupRuleProjector();

} // namespace coppice::capture
