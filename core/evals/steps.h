// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/trial.h"
#include "playbooks/playbook.h"

namespace coppice::evals {

/// What a run left, for judging how it followed its playbook.
struct RunTraces {
    const runs::Run &run;
    const std::vector<playbooks::StepRecord> &journal;
    QString folder; ///< the run's: updates.jsonl, logs/
    QStringList changed; ///< paths of the result
    bool rightlyUnchanged = false; ///< the client ended well and changed nothing, where nothing was to be changed
};
/// One grade for each step of the playbook, in its order. A step counts as followed when the journal says that it passed and
/// what it had to leave is there: the client's log, the outputs that it declares, a check's verdicts and logs, an answer. One
/// whose `if` did not hold was skipped; one that was never begun, or failed each time, was not followed.
/// Where nothing was to be changed, leaving all alone is what the playbook asks for, and what would come after it is skipped. Of a playbook that may
/// change code, "reproduce" is added: the change's own tests fail without it and pass with it.
[[nodiscard]] std::vector<StepGrade> gradeSteps(const playbooks::Playbook &playbook, const RunTraces &traces);

} // namespace coppice::evals
