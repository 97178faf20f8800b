// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sync/decisions.h"
#include "sync/resolve.h"
#include "sync/sync.h"

#include <QJsonObject>

namespace coppice::sync {

/// How the terminal and the engine's answers show a standing.
[[nodiscard]] QJsonObject toJson(const SyncState &state);
[[nodiscard]] QJsonObject toJson(const PluginOutcome &outcome);
/// {"plugins":[…],"counts":{"clean":n,"ahead":n,…}}
[[nodiscard]] QJsonObject answerOf(const std::vector<SyncState> &states);
[[nodiscard]] QJsonObject toJson(const Resolving &resolving, const QByteArray &prefix);
[[nodiscard]] QJsonObject toJson(const LinkDecision &decision);
/// {"plugins":[…]}, with "needs" where a person is needed and "error" (the first one) where something failed.
[[nodiscard]] QJsonObject answerOf(const std::vector<PluginOutcome> &outcomes);
/// The exit code that goes with such an answer: 4 where a person is needed, else that of the first error, else 0.
[[nodiscard]] int exitCodeOf(const QJsonObject &answer);

} // namespace coppice::sync
