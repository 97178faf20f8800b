// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/actor.h"
#include "base/error.h"
#include "base/id.h"
#include "store/database.h"

#include <QJsonObject>

#include <memory>
#include <optional>
#include <vector>

namespace coppice::journal {

/// One change that a person or agent made: appended once, never edited. Tables are projections of these.
struct Operation {
    Id id;
    Actor actor;
    qint64 at = 0;
    QString entity; ///< kind and id, for example "ticket:01J…", "review:01J…", "group:01J…"
    QString verb;   ///< for example "accept", "snooze", "verdict"
    QJsonObject payload;
    std::optional<Id> undoes;
};

/// A room's projection of the operations on its kind of entity. Called inside the transaction that appends.
class Projector
{
public:
    virtual ~Projector() = default;
    /// The kind before the colon, for example "ticket".
    [[nodiscard]] virtual QString entityKind() const = 0;
    /// Changes the room's tables. Answers what `revert` will need to take it back; stored with the operation.
    virtual Result<QJsonObject> apply(store::Connection &connection, const Operation &operation) = 0;
    /// Takes back an operation that was applied. An error says why it cannot be undone any more.
    virtual Result<> revert(store::Connection &connection, const Operation &original, const QJsonObject &remembered) = 0;
};

/// The journal of one library, in state.db. Anybody may append. Safe from any thread.
class Journal
{
public:
    explicit Journal(store::Database &state);
    ~Journal();
    void addProjector(std::unique_ptr<Projector> projector); ///< before the first append

    /// Appends and projects in one transaction; answers the operation's id.
    Result<Id> append(const Actor &actor, const QString &entity, const QString &verb, const QJsonObject &payload);
    /// The same inside a transaction that the caller has open on state.db.
    Result<Id> appendWithin(store::Connection &connection, const Actor &actor, const QString &entity,
                            const QString &verb, const QJsonObject &payload);
    /// Undoes an operation by another one; undoing that one does it again. Errors: "undo.done" when it is undone
    /// already, or what its projector says.
    Result<Id> undo(const Actor &actor, const QString &operationId);
    /// The newest first; `entity` empty: all. Undone ones are marked by the operation that undoes them.
    Result<std::vector<Operation>> recent(int limit, const QString &entity = {});

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace coppice::journal
