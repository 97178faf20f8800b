// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/actor.h"
#include "store/database.h"

#include <optional>

namespace coppice::runs {

/// Who asked for a run, or took it over by hand. Written when it is queued; the first word counts.
[[nodiscard]] Result<> noteAsker(store::Database &state, const QString &run, const Actor &actor);
/// What stands for a run's being taken over, in the place of its id.
[[nodiscard]] inline QString handOf(const QString &run)
{
    return QStringLiteral("hand:") + run;
}
/// None of runs that were queued before this was written down. A whole id.
[[nodiscard]] Result<std::optional<Actor>> askerOf(store::Database &state, const QString &run);

} // namespace coppice::runs
