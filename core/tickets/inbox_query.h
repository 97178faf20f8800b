// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tickets/inbox.h"

namespace coppice::tickets {

/// What saved searches, the inbox's filter and `coppicectl inbox list` are written in. All terms hold at once:
///   words           each stands in plugin, title, id, assignee or state
///   plugin:NAME     * stands for any text, as in triage rules; a,b: one of them
///   level:error     this level or worse
///   state:accepted  of the ticket or group; a,b: one of them
///   release:1.2*    one of its releases      environment:NAME, assignee:NAME
///   tag:KEY=VALUE   of the newest event; tag:KEY: has it
///   is:WORD         open, waiting, new, more, regressed, mine, assigned, unassigned, snoozed, muted, closed, ticket, group, linked, any
///   -TERM           what does not fit the term
/// "Two words" in quotes are one. Environments and tags are those of each group's newest event, as triage rules look at it.
class InboxQuery
{
public:
    [[nodiscard]] static InboxQuery parse(const QString &text);
    /// Without a term on the state only open lines fit, unless `anyState` says that somebody else looks at that.
    [[nodiscard]] bool fits(const InboxEntry &entry, const QString &me, bool anyState = false) const;
    /// A sentence for each term that cannot be read; the others count.
    [[nodiscard]] const QStringList &problems() const { return m_problems; }
    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }
    /// Says itself which states it wants.
    [[nodiscard]] bool namesState() const { return m_namesState; }
    /// Names of what stands before a colon, and of what may follow is:
    [[nodiscard]] static QStringList fields();
    [[nodiscard]] static QStringList marks();

private:
    enum class Field { Word, Plugin, Level, State, Release, Environment, Assignee, Tag, Is };
    struct Term {
        Field field = Field::Word;
        QStringList values; ///< one of them fits
        QString key;        ///< of a tag
        bool negated = false;
    };
    [[nodiscard]] static bool fitsTerm(const Term &term, const InboxEntry &entry, const QString &me);
    void add(QString token, bool quoted);

    std::vector<Term> m_terms;
    QStringList m_problems;
    bool m_namesState = false;
};

} // namespace coppice::tickets
