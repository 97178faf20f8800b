// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <engine/session.h>
#include <runs/run.h>

namespace coppice::ctl {

[[nodiscard]] QString folderOf(const engine::Session &session, const runs::Run &run);
/// Answers a run as `run show` does. Exit status, where it tells the state: 1 when it failed, 130 when it was cancelled,
/// 4 while it waits, else 0.
int answerRun(Context &context, engine::Session &session, const runs::Run &run, bool statusByState);
/// What follows a queued run: with `wait` its end, else its state now.
[[nodiscard]] Result<int> follow(Context &context, const QString &id, bool wait);
/// Says, where nobody carries runs out, how they start.
void noteWhereNothingRuns(Context &context, const engine::Session &session, const QString &id);

} // namespace coppice::ctl
