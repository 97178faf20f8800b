// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/actor.h"
#include "base/id.h"
#include "base/money.h"
#include "git/oid.h"
#include "journal/operation.h"
#include "library/settings.h"
#include "playbooks/playbook.h"
#include "store/database.h"

#include <QJsonObject>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace coppice::runs {

/// A check and what it said on the base tree (plus the tests that the patch adds or changes) and on the result.
struct Check {
    QString id;
    QString command; ///< as typed in the plugin's folder
    std::optional<bool> before;
    std::optional<bool> after;
    QString logBefore, logAfter; ///< paths
};
/// One try of a plugin agent at one ticket with one playbook.
struct Run {
    enum class State { Queued, Preparing, Running, Waiting, Checking, Done, Failed, Cancelled, Interrupted };
    enum class Failure { None, Agent, Machine, Limit, Budget, Check };
    Id id;
    QString ticket; ///< may be empty
    QString plugin;
    QString playbook;
    QString client;
    QString command; ///< of exec
    QString contextHash;
    git::Oid base;        ///< split commit of the plugin
    git::Oid libraryHead; ///< when it started
    git::Oid result;      ///< tree of the plugin after the last step that passed; null before
    QString resultStep;   ///< the step that made it
    std::vector<QByteArray> leftOut; ///< of the work folder, not in the result: nested repositories, sockets, …
    QString model;     ///< asked for; empty: the client's own choice
    int priority = 0;  ///< larger is earlier; production errors stand before wishes
    QString step;      ///< under way, or the last one
    QString session;   ///< of the client, by which an interrupted step is gone on with
    git::Oid wip;      ///< tree of the work folder after the client's last turn, held by refs/coppice/wip/<id>
    QString approval;  ///< that it waits for
    qint64 notBefore = 0; ///< a provider's limit: not started before then
    QString replayOf;  ///< of replay: the run that is played back
    qint64 timeoutSeconds = 0; ///< of each agent step; 0: as the playbook says
    bool taken = false;        ///< hand: a person said that the work is done
    bool handed = false;       ///< taken over from its client by a person
    bool writes = true;        ///< its playbook may change the plugin: one of these at a time for a plugin
    bool deploying = false;    ///< its playbook deploys: never carried on by itself
    bool tainted = false;
    bool replayed = false;
    Money cost;
    qint64 inputTokens = 0;
    qint64 outputTokens = 0;
    State state = State::Queued;
    Failure failure = Failure::None;
    QString outcome; ///< of the client: completed, failed, …
    QString reason;  ///< a sentence
    QString review;  ///< id of the patch
    int attempt = 0; ///< executions so far
    std::vector<Check> checks;
    qint64 queued = 0, started = 0, ended = 0;
};
[[nodiscard]] QString nameOf(Run::State state);
[[nodiscard]] QString nameOf(Run::Failure failure);
[[nodiscard]] bool isOver(Run::State state); ///< done, failed, cancelled
[[nodiscard]] QJsonObject toJson(const Run &run); ///< as the terminal contract has it

/// The queue as a whole, shared by everybody who has the library open.
struct QueueState {
    struct Limit {
        QString account; ///< whose limit it is: the model service and its key
        qint64 until = 0;
        QString reason;
    };
    bool paused = false; ///< nothing new is started; what is under way goes on
    QString pausedBy;    ///< Actor::toString()
    qint64 pausedAt = 0;
    std::vector<Limit> limits; ///< that still hold
};
[[nodiscard]] Result<QueueState> queueState(store::Database &state);
[[nodiscard]] Result<> pauseQueue(store::Database &state, const Actor &actor, bool paused);
/// Until then no run whose client uses this account is started.
[[nodiscard]] Result<> noteLimit(store::Database &state, const QueueState::Limit &limit);

/// The clients of coppice.yaml whose account is at its limit now.
[[nodiscard]] Result<QStringList> clientsAtLimit(store::Database &state, const library::LibrarySettings &settings);

/// Questions of runs that are over are asked no longer.
[[nodiscard]] Result<> withdrawOver(store::Database &state, journal::Journal &journal);

/// Below a run's folder: what its client told, one JSON line for each update with {at, step, attempt} added.
constexpr QLatin1String updatesFile("updates.jsonl");

/// Runs in state.db. Safe from any thread.
class RunStore
{
public:
    explicit RunStore(store::Database &state) : m_state(state) { }
    Result<> save(const Run &run); ///< inserts or replaces
    Result<Run> get(const QString &id); ///< any unique beginning or end
    Result<std::vector<Run>> list(const QString &plugin = {}); ///< the newest first
    /// The run to be started next: queued, or interrupted with fewer than `attempts` attempts so far, and not to wait for a
    /// provider's limit; by priority, then by turns of the plugins, then by age. One that writes only while no other one of
    /// its plugin does; none of the clients named.
    Result<std::optional<Run>> nextQueued(int attempts = 0, const QStringList &pausedClients = {});
    /// True while a run that writes is preparing, running or checking for the plugin.
    Result<bool> isBusy(const QString &plugin);
    Result<std::vector<Run>> underWay(); ///< preparing, running or checking
    /// Makes a queued or interrupted run the caller's, in state preparing with the next attempt's number. Error
    /// "run.not-queued" when it is in another state by now.
    Result<Run> claim(const QString &id);
    /// Changes a run within one transaction, as it stands then.
    Result<Run> change(const QString &id, const std::function<Result<>(Run &)> &with);
    /// A run that nothing is being done for is cancelled at once, another one as soon as who carries it out sees it.
    Result<> askCancel(const QString &id);
    /// A person takes the work over from the client: one that is being carried out stops for it.
    Result<> askHand(const QString &id);
    enum class Asked { Nothing, Cancel, Hand };
    Result<Asked> asked(const QString &id); ///< a whole id
    Result<bool> cancelAsked(const QString &id); ///< or to hand it over: whether it is to stop
    /// Runs that wait for an answer that has been given are queued again; answers whether there were any.
    Result<bool> queueAnswered();
    Result<> clearCancel(const QString &id);     ///< a whole id; before a cancelled run is resumed
    /// The steps of a run as they were journaled.
    [[nodiscard]] std::unique_ptr<playbooks::StepJournal> steps(const QString &id);

private:
    store::Database &m_state;
};

} // namespace coppice::runs
