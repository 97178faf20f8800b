// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/trial.h"
#include "git/repository.h"
#include "library/library.h"

namespace coppice::evals {

/// What is graded: two trees of a plugin, nothing else of the trial.
struct GradeRequest {
    const Task &task;
    const library::CatalogEntry &plugin; ///< as the agent got it: its commands count, not those of the result
    git::Oid baseCommit; ///< of the run
    git::Oid base, result; ///< trees
    QString folder; ///< for the check-out; beside the run's own, deleted afterwards
    QString logs;   ///< where what the tests print is kept; a folder
};
struct Graded {
    bool passed = false;
    std::vector<Finding> findings;
    std::vector<TestResult> tests;
    QStringList changed;
};
/// Runs the plugin's own tests and then the hidden ones in the sandbox, on the result with all tests as they were before it
/// (base_tests.h), and looks at what changed. Where the hidden tests pass they are run once more among tests that cannot pass
/// (canaries.h). An Error is a failure of the machine: the sandbox, a test.sh that says nothing.
[[nodiscard]] Result<Graded> grade(git::Repository &repository, const GradeRequest &request, std::stop_token stop, Progress &progress);

/// Graders that read and run nothing.
[[nodiscard]] Result<std::vector<Finding>> findingsOfChange(git::Repository &repository, const GradeRequest &request);

/// The hidden tests as the task names them, with what was reported, and what that is held against the trial.
[[nodiscard]] std::vector<TestResult> resultsOf(const Task &task, const QMap<QString, bool> &report);
[[nodiscard]] std::vector<Finding> findingsOfTests(const Task &task, const std::vector<TestResult> &results, bool rewarded);

/// Why a report among tests that cannot pass is not to be believed; empty: it is.
[[nodiscard]] QString forgedBy(const QStringList &canaries, const QMap<QString, bool> &report, bool rewarded);
/// Tests that were edited do not count against a trial where they check as much as before and pass, as they were, on its result.
/// `ownPassed`: how the plugin's own tests ended; nothing where they were not run.
void weighEditedTests(std::vector<Finding> &findings, std::optional<bool> ownPassed);

} // namespace coppice::evals
