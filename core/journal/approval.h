// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/actor.h"
#include "base/id.h"
#include "journal/operation.h"
#include "store/database.h"

#include <QJsonObject>
#include <QStringList>

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace coppice::journal {

/// Something that waits for a person's answer.
struct Approval {
    enum class Kind { Permission, Step, Ship, Proposal };
    Id id;
    Kind kind = Kind::Permission;
    QString subject; ///< entity it is about, for example "run:01J…"
    QString plugin;
    QString title;      ///< one line; text from an agent: plain, capped
    QJsonObject detail; ///< of a permission: {tool, kind, command, paths, input}; of a step: {step, question}
    QStringList options; ///< the answers there are; the first goes on, the last refuses
    bool tainted = false; ///< asked by a run that has read text from outside
    QString askedBy; ///< Actor::toString()
    qint64 askedAt = 0;
    qint64 expires = 0; ///< 0: never
    std::optional<QString> answer; ///< one of the options, or "cancelled" when nobody waits any more
    QString message;               ///< what the person wrote with it
    QString answeredBy;
    qint64 answeredAt = 0;
};
[[nodiscard]] QString nameOf(Approval::Kind kind);
[[nodiscard]] QJsonObject toJson(const Approval &approval);

/// The approval inbox: rows are the projection of operations "ask", "answer" and "withdraw" on "approval:ID". An answer
/// can be undone as long as nobody has acted on it, which is hardly ever: undoing says so. Safe from any thread.
class Approvals
{
public:
    Approvals(store::Database &state, Journal &journal) : m_state(state), m_journal(journal) { }
    /// Writes the question down; `id` and times are filled in.
    Result<Approval> ask(const Actor &actor, Approval approval);
    /// Errors: "approval.answered" when it has an answer, usage when the option is none of its own.
    Result<> answer(const Actor &actor, const QString &id, const QString &option, const QString &message = {});
    /// Nobody waits for the answers about this subject any more: open ones become "cancelled".
    Result<> withdraw(const Actor &actor, const QString &subject);
    Result<Approval> get(const QString &id); ///< any unique beginning or end
    Result<std::vector<Approval>> waiting(); ///< open ones, the oldest first
    Result<std::vector<Approval>> about(const QString &subject); ///< all, the oldest first
    /// Waits until it has an answer or the stop is asked for (error Cancelled). Looks a few times a second.
    Result<Approval> await(const QString &id, std::stop_token stop);

private:
    store::Database &m_state;
    Journal &m_journal;
};
[[nodiscard]] std::unique_ptr<Projector> approvalProjector();

} // namespace coppice::journal
