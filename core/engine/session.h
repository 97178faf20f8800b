// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "journal/command.h"
#include "journal/operation.h"
#include "library/library.h"
#include "runs/run.h"
#include "store/database.h"

#include <QJsonObject>

#include <memory>
#include <stop_token>

namespace coppice::engine {

/// What a window or a command holds open of a library: databases, journal, catalog. No lease is needed to read or to
/// append operations; work is called by name and carried out by whoever is the engine. Safe from any thread.
class Session
{
public:
    [[nodiscard]] static Result<std::unique_ptr<Session>> open(const QString &libraryPath);
    ~Session();

    [[nodiscard]] const library::Library &library() const;
    [[nodiscard]] store::Database &state();
    [[nodiscard]] store::Database &events();
    [[nodiscard]] journal::Journal &journal();
    [[nodiscard]] journal::CommandQueue &commands();

    /// Queues a command and waits for its end. When no engine runs for this library, this process becomes it while the
    /// command lasts. A stop request cancels the command.
    [[nodiscard]] Result<QJsonObject> call(const QString &verb, const QJsonObject &args, std::stop_token stop = {},
                                           Progress &progress = Progress::none());
    /// Waits until a run is over or itself waits for a person. When no engine runs for this library, this process is it
    /// meanwhile, for this run and others that somebody waits for. A stop request cancels the run.
    [[nodiscard]] Result<runs::Run> awaitRun(const QString &runId, std::stop_token stop = {},
                                             Progress &progress = Progress::none());
    /// Takes the lease and stays the engine (window, serve): runs commands and runs on threads of its own until
    /// stopEngine(). NeedsPerson "engine.busy" when another process is the engine.
    [[nodiscard]] Result<> becomeEngine();
    void stopEngine(bool drain);
    [[nodiscard]] bool isEngine() const;
    /// When nobody is the engine: sets what a dead one left behind right (runs interrupted, intents finished). Quick;
    /// nothing to do in most cases. Called before showing runs, tickets, reviews.
    [[nodiscard]] Result<> recoverIfOrphaned();

private:
    Session();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace coppice::engine
