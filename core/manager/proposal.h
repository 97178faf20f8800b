// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace coppice::manager {

/// Something that the manager proposes; it waits in the approval queue for a person's answer.
struct Proposal {
    enum class Kind { Ticket, Run, Pull };
    QString key;    ///< the same for the same proposal, also in a later brief: it is asked once
    Kind kind = Kind::Ticket;
    QString plugin;
    QString title;  ///< what would be done, in a line
    QString why;    ///< with the figures that it rests on
    QString link;   ///< the fact behind it, as of a Claim
    /// Ticket: {group}, or of a finding {plugin, signal}. Run: {ticket, playbook}. Pull: {plugin}.
    QJsonObject request;
    bool tainted = false; ///< its words hold text from outside
};
[[nodiscard]] QString nameOf(Proposal::Kind kind);

/// The answers to a proposal; the first has it carried out.
inline QStringList proposalAnswers()
{
    return {QStringLiteral("do it"), QStringLiteral("leave it")};
}

} // namespace coppice::manager
