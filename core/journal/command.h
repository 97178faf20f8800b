// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/actor.h"
#include "base/error.h"
#include "base/id.h"
#include "store/database.h"

#include <QJsonObject>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace coppice::journal {

/// A piece of work on git, network, processes or sandboxes that the engine carries out.
struct Command {
    enum class State { Queued, Running, Done, Failed, Cancelled };
    Id id;
    QString verb; ///< for example "sync.pull"
    QJsonObject args;
    Actor actor;
    State state = State::Queued;
    qint64 queuedAt = 0;
    QJsonObject result; ///< of a done one
    std::optional<Error> error;
    bool cancelAsked = false;
    QString progress; ///< the last line told, for who waits elsewhere
};

/// The queue of commands, rows in state.db.
class CommandQueue
{
public:
    explicit CommandQueue(store::Database &state) : m_state(state) { }
    Result<Id> enqueue(const Actor &actor, const QString &verb, const QJsonObject &args);
    /// Takes the oldest queued command for carrying out; none when the queue is empty. For the engine.
    Result<std::optional<Command>> claim();
    /// Ends a running command; an error when it is not running, so that an outcome is told once.
    Result<> finish(const Id &id, const Result<QJsonObject> &outcome);
    Result<> setProgress(const Id &id, const QString &line);
    Result<> askCancel(const Id &id);
    Result<Command> get(const Id &id);
    /// Whether any command is marked as being carried out.
    Result<bool> anyRunning();
    /// Commands left running by a dead engine: answered, and set back to queued when `verb` says it may be repeated
    /// (the handler is told by `isResumable`), else failed with "engine.died".
    Result<std::vector<Command>> recoverRunning(const std::function<bool(const QString &verb)> &isResumable);

private:
    store::Database &m_state;
};

/// An intent that is written before a branch moves or a push leaves, so that a later process can finish or drop it.
/// `kind` names the room that wrote it, for example "land", "push", "ship".
struct Intent {
    Id id;
    QString kind;
    QJsonObject data;
    qint64 at = 0;
};
class Intents
{
public:
    explicit Intents(store::Database &state) : m_state(state) { }
    Result<Id> open(const QString &kind, const QJsonObject &data);
    /// The same id with more known.
    Result<> update(const Id &id, const QJsonObject &data);
    Result<> close(const Id &id);
    Result<std::vector<Intent>> unfinished(const QString &kind);
    /// Whether anything of any kind is unfinished.
    Result<bool> any();

private:
    store::Database &m_state;
};

} // namespace coppice::journal
