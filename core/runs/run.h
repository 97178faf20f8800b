// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/money.h"
#include "git/oid.h"
#include "store/database.h"

#include <QJsonObject>
#include <QStringList>

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

/// Runs in state.db. Safe from any thread.
class RunStore
{
public:
    explicit RunStore(store::Database &state) : m_state(state) { }
    Result<> save(const Run &run); ///< inserts or replaces
    Result<Run> get(const QString &id); ///< any unique beginning or end
    Result<std::vector<Run>> list(const QString &plugin = {});
    /// The oldest queued run whose plugin has no run under way.
    Result<std::optional<Run>> nextQueued();
    Result<> askCancel(const QString &id);
    Result<bool> cancelAsked(const QString &id);

private:
    store::Database &m_state;
};

} // namespace coppice::runs
