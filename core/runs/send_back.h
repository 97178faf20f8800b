// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs/runner.h"

namespace coppice::runs {

/// Whom a patch is sent back to; what is empty is as in the run that made the last revision that a run made.
struct SendBackRequest {
    QString run; ///< id that the new run gets: asked again with the same id, nothing more happens
    QString patch;
    QString message; ///< the reviewer's, beside what stands at hunks and in threads
    QString client, playbook, command;
};

/// Gives an agent exactly the rejected hunks and lines, their reasons and the open threads, and queues a further run, whose
/// result is the patch's next revision (review/send_back.h says what it is told).
///
/// The run begins with the revision that was read, put on the plugin's present tree, and not with the accepted part
/// alone: reasons speak of text that must be there to be changed, hunks without a verdict are not lost, and what is
/// accepted stays as it is, byte for byte, so that its verdicts hold. Nothing lands by it: a rejected hunk that comes
/// back unchanged is still rejected, by its content.
///
/// Never while a run that writes for this patch is queued, under way or waiting: error "review.run-writes" (a person is
/// needed) names it. Error "review.send-back-conflict" where the plugin has changed the same lines meanwhile.
[[nodiscard]] Result<Run> sendBack(const House &house, const Actor &actor, const SendBackRequest &request, std::stop_token stop,
                                   Progress &progress = Progress::none());

} // namespace coppice::runs
