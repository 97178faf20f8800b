// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "health/signals.h"

namespace coppice::health {

/// Judges a plugin's facts. Weights of what counts are shared out to exactly 1000 tenths of a point, the same way every
/// time; each signal brings its part of its own, and the score is their sum. What is exempt does not count, what is
/// unknown counts and brings nothing. A pure function.
[[nodiscard]] Score scoreOf(const library::CatalogEntry &entry, const Facts &facts, const library::HealthSettings &settings, qint64 now);

/// Why a plugin's score is another one than before: causes whose points sum to the difference. `policyChanged`: the policy is
/// another one than `before` was judged by; `changed`: probes whose facts are others.
[[nodiscard]] std::vector<Movement::Cause> causesOf(const Score &before, const Score &after, bool policyChanged, const QSet<QString> &changed);

} // namespace coppice::health
