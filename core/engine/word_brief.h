// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manager/brief.h"
#include "runs/runner.h"

namespace coppice::engine {

struct WordRequest {
    QString brief;  ///< id; empty: the last one
    QString client; ///< of coppice.yaml, or exec with a command
    QString command; ///< of exec
    qint64 timeoutSeconds = 0; ///< 0: ten minutes
};
/// Has a client tell a kept brief in words, checks what it says, and keeps what holds with the brief. The client works in the
/// sandbox of agents, in an empty folder of its own (<state>/briefs/<id>), within the budgets of the library and of a run. What
/// goes wrong with the client or with its answer stands in Worded::problem, and the plain brief is what is shown then; an error
/// is a mistake in the request, a full stop, or a failure of the machine. Needs no branch and holds up nobody.
[[nodiscard]] Result<manager::Brief> wordBrief(const runs::House &house, const WordRequest &request, std::stop_token stop, Progress &progress);

} // namespace coppice::engine
