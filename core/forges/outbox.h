// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "forges/forge.h"
#include "store/database.h"

#include <QJsonObject>

namespace coppice::forges {

/// One change to be made in a tracker.
struct RemoteChange {
    enum class Kind { Create, Comment, State };
    Id id;
    QString ticket;
    QString place;  ///< Place::name()
    Kind kind = Kind::Create;
    QString key;    ///< of the issue; empty of Create
    QString marker; ///< of Create and Comment: stands in what is made, to be found by
    QJsonObject payload; ///< of Create {title, body}, of Comment {body, comment}, of State {state}
    bool unsure = false; ///< it was sent, and nobody knows whether it arrived
    int attempts = 0;
    qint64 queuedAt = 0;
    qint64 firstSent = 0;
};
[[nodiscard]] QString nameOf(RemoteChange::Kind kind);

/// A document as it is kept.
[[nodiscard]] QJsonArray toJson(const Document &document);
[[nodiscard]] Document documentFrom(const QJsonArray &array);

/// The journal of changes to trackers in state.db: written before they are sent. Safe from any thread.
class Outbox
{
public:
    explicit Outbox(store::Database &state) : m_state(state) { }

    /// Within a transaction on state.db. A second creation for a ticket is an error of the database.
    static Result<> queueWithin(store::Connection &connection, const RemoteChange &change);
    /// What may be sent now, the oldest first. `hurry`: also what waits for its next try, but not what may be there already
    /// and cannot be found yet.
    Result<std::vector<RemoteChange>> due(qint64 now, bool hurry = false);
    /// Marks it as sent, before it is; false when somebody else has it. Should this process die, it is looked for
    /// `settleMs` from now at the earliest.
    Result<bool> claim(const RemoteChange &change, qint64 settleMs);
    /// Ends a claimed change within a transaction, with the or comment's id.
    static Result<> doneWithin(store::Connection &connection, const RemoteChange &change, const QString &result);
    /// Tried again after a time. `sure`: it was certainly not carried out.
    Result<> later(const RemoteChange &change, const Error &error, qint64 notBefore, bool sure);
    /// Not wanted any more, and never sent.
    Result<> dropped(const RemoteChange &change);
    /// Given up: never tried again by itself.
    Result<> failed(const RemoteChange &change, const Error &error);
    /// A dead engine's: what was sent is looked at again.
    Result<> recover();
    /// Creations first sent since a time, of all places together.
    Result<int> createdSince(qint64 since);

    struct Waiting {
        QString ticket;
        QString place;
        QString kind;
        QString state; ///< queued, sent, failed
        QString error;
        qint64 notBefore = 0;
        int attempts = 0;
    };
    Result<std::vector<Waiting>> waiting(); ///< and failed ones, the oldest first
    /// Queues failed changes of a ticket again (all tickets: empty); answers how many.
    Result<int> retry(const QString &ticket);

private:
    store::Database &m_state;
};

/// How long to wait after so many attempts, in ms: from half a minute to two hours.
[[nodiscard]] qint64 backoffMs(int attempts);

} // namespace coppice::forges
