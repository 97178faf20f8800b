// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"
#include "store/database.h"

#include <QHash>

#include <stop_token>

namespace coppice::health {

/// What was found when a plugin's set-up and tests were run last. Words: "passed", "failed", "none" (there is no such command),
/// "unknown" (the machine could not run it).
struct ChecksDone {
    QString plugin;
    QString tree; ///< of the plugin, for which it holds
    QString setupCommand, testCommand;
    QString setup, setupReason;
    QString test, testReason;
    QString log; ///< path of what the tests printed; empty: none
    qint64 at = 0;
};
[[nodiscard]] Result<QHash<QString, ChecksDone>> checksDone(store::Database &state);
[[nodiscard]] Result<> saveChecks(store::Database &state, const ChecksDone &done);

/// Runs one plugin's set-up and tests in the sandbox, on a fresh check-out of its state in the library, as a run's own checks
/// are: nothing of the plugin runs outside. What the tests print is kept below `folder`. Error only where it was stopped, or
/// the plugin's history cannot be read.
[[nodiscard]] Result<ChecksDone> runChecks(const library::Library &library, git::Repository &repository, const library::Catalog &catalog,
                                           const library::CatalogEntry &entry, std::stop_token stop, Progress &progress);

} // namespace coppice::health
