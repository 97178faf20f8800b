// SPDX-License-Identifier: GPL-3.0-or-later
#include "playbooks/condition.h"
#include "playbooks/values.h"

#include <algorithm>
#include <map>

namespace coppice::playbooks {

namespace {

/// What the journal says of one step.
struct Known {
    int attempts = 0; ///< the highest number
    int failed = 0;   ///< that ended and did not pass
    std::optional<StepRecord> passed;
    QString reason; ///< of the last failing
};

std::map<QString, Known> sum(const std::vector<StepRecord> &records)
{
    std::map<QString, Known> known;
    for (const StepRecord &record : records) {
        Known &step = known[record.step];
        step.attempts = std::max(step.attempts, record.attempt);
        if (record.passed && *record.passed)
            step.passed = record;
        if (record.passed && !*record.passed) {
            ++step.failed;
            step.reason = record.reason;
        }
    }
    return known;
}

enum class Due { Yes, Skipped, HeldUp };

Result<Due> isDue(const Step &step, const QStringList &good, const MachineOutcome &soFar)
{
    const bool ready = std::ranges::all_of(step.needs, [&good](const QString &need) { return good.contains(need); });
    if (step.when.isEmpty())
        return ready ? Due::Yes : Due::HeldUp;
    COPPICE_TRY(const auto condition, Condition::parse(step.when));
    if (!ready && !condition.speaksOfStatus())
        return Due::HeldUp;
    return condition.holds(soFar.outputs, !soFar.passed) ? Due::Yes : Due::Skipped;
}

} // namespace

Result<MachineOutcome> runSteps(const Playbook &playbook, StepJournal &journal, StepExecutor &executor)
{
    COPPICE_TRY(const auto records, journal.read());
    auto known = sum(records);
    MachineOutcome outcome;
    outcome.passed = true;
    QStringList good; // passed, allowed to fail, or skipped
    for (const Step &step : playbook.steps) {
        Known &state = known[step.id];
        COPPICE_TRY(const Due due, isDue(step, good, outcome));
        if (due == Due::Skipped) {
            good << step.id;
            outcome.skipped << step.id;
        }
        if (due != Due::Yes)
            continue;
        if (state.passed)
            outcome.outputs[step.id] = state.passed->outputs;
        while (!state.passed && state.failed <= step.retries) {
            StepRecord record{step.id, ++state.attempts, std::nullopt, {}, {}};
            COPPICE_CHECK(journal.write(record)); // before it acts
            COPPICE_TRY(const auto done, executor.execute(step, record.attempt, outcome.outputs));
            if (done.waits) {
                outcome.passed = false;
                outcome.waits = true;
                outcome.reason = done.reason;
                return outcome;
            }
            const QString missing = done.passed ? missingOutputs(step, done.outputs) : QString();
            record.passed = done.passed && missing.isEmpty();
            record.reason = missing.isEmpty() ? done.reason : missing;
            record.outputs = done.outputs;
            COPPICE_CHECK(journal.write(record));
            if (*record.passed) {
                state.passed = record;
                outcome.outputs[step.id] = record.outputs;
            } else {
                ++state.failed;
                state.reason = record.reason;
            }
        }
        if (state.passed || (step.mayFail && step.kind == Step::Kind::Command)) {
            good << step.id;
        } else if (outcome.passed) {
            outcome.passed = false;
            outcome.failedStep = step.id;
            outcome.reason = state.reason;
        }
    }
    return outcome;
}

} // namespace coppice::playbooks
