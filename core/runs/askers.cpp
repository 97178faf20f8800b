// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/askers.h"

namespace coppice::runs {

Result<> noteAsker(store::Database &state, const QString &run, const Actor &actor)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT OR IGNORE INTO run_askers (run, actor) VALUES (?, ?)"), {run, actor.toString()}));
        return {};
    });
}

Result<std::optional<Actor>> askerOf(store::Database &state, const QString &run)
{
    return state.read<std::optional<Actor>>([&](store::Connection &connection) -> Result<std::optional<Actor>> {
        COPPICE_TRY(const auto actor, connection.value(QStringLiteral("SELECT actor FROM run_askers WHERE run = ?"), {run}));
        return actor.isValid() ? std::optional(Actor::fromString(actor.toString())) : std::nullopt;
    });
}

} // namespace coppice::runs
