// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/money.h"
#include "base/progress.h"
#include "evals/sealed.h"
#include "evals/task.h"
#include "runs/run.h"

#include <QJsonObject>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace coppice::evals {

/// What a grader holds against a trial, or (with `counts` false) what is worth knowing. Kinds:
///   not-turned     a hidden test of what the ticket tells still fails
///   hard-coded     all of those pass, and others of the same cause with other inputs fail
///   broke          a hidden test that passed before fails
///   own-tests      the plugin's own tests, as they were before the change, fail after it
///   tests-edited   lines of tests that were there are gone or changed; does not count where as much is checked as before and the
///                  tests pass as they were
///   tests-weakened, tests-deleted   as the risk flags say
///   scope          a file changed that the task does not let change
///   forbidden      the change brings a risk flag that the task forbids
///   changed        nothing was to be changed
///   graders        the change reaches for what grades it: it names their places, stands in for the test runner, or makes tests pass
///                  that cannot
///   agent          the client did not end well
struct Finding {
    QString kind;
    QString text;
    bool counts = true;
};
/// Whether one step of the playbook was followed, by the run's journal and by what the step left behind.
struct StepGrade {
    enum class Followed { Yes, No, Skipped };
    QString step;
    QString kind; ///< agent, command, check, approve, langgraph; practice: something that the playbook's text asks for
    Followed followed = Followed::No;
    int attempts = 0;
    QString why;
};
/// How hidden tests ended, by name.
struct TestResult {
    QString name;
    QString role; ///< turn, variant, stay, or empty: not named by the task
    std::optional<bool> passed; ///< none: it said nothing
};

/// One try of a client at one task, and what the graders found.
struct Trial {
    QString task;
    QString plugin;
    QString level;
    QString expects;
    QString client;
    QString model;
    QString instructions; ///< version (tree id); empty: the arm without shared instructions
    QString arm;          ///< as it was asked for: shipped, none, a revision
    QString playbook;
    QByteArray taskHash; ///< Task::hash
    int number = 1;      ///< from 1, within task, client, model and arm
    QString run;
    bool passed = false;
    runs::Run::Failure failure = runs::Run::Failure::None; ///< machine and limit failures do not count
    QString outcome; ///< of the client
    QString reason;  ///< why it failed, in a sentence
    std::vector<Finding> findings;
    std::vector<StepGrade> steps;
    std::vector<TestResult> tests;
    QStringList changed; ///< paths
    double seconds = 0;  ///< of the run; grading is not counted
    Money cost;
    qint64 inputTokens = 0, outputTokens = 0;
    int denials = 0;
    qint64 at = 0; ///< when it ended, ms since 1970
    QString folder; ///< of what it left: context.md, updates.jsonl, logs, patch.diff; relative to the store

    /// Whether it says something about the client: what broke around it does not.
    [[nodiscard]] bool counts() const { return failure != runs::Run::Failure::Machine && failure != runs::Run::Failure::Limit; }
};
[[nodiscard]] QJsonObject toJson(const Trial &trial);
[[nodiscard]] Result<Trial> trialFromJson(const QJsonObject &object);
[[nodiscard]] QString nameOf(StepGrade::Followed followed);

/// What a question in a trial is answered with, beside an option.
inline const QString nobodyThere = QStringLiteral("Nobody is there to ask: this is an evaluation.");

/// Permissions that clients ask for while nobody is there to give them: whoever runs trials refuses them now and then, from any
/// thread.
class Questions
{
public:
    Questions();
    ~Questions();
    void answerAll();
    class Watch;

private:
    struct Open;
    std::unique_ptr<Open> m_open;
};

/// What is tried.
struct TrialRequest {
    Task task;
    QString client; ///< oracle, noop, or as of `run start`
    QString command; ///< of exec
    QString model;
    Instructions instructions;
    QByteArray settings; ///< text of a coppice.yaml with the clients; empty: none
    int number = 1;
    QString folder; ///< that it gets; made anew
};
/// Makes one trial: a library of its own with one commit, a ticket, a run by core/runs in the sandbox, then the graders. An
/// Error only where it was stopped on request; whatever else breaks around the client is a trial with failure machine.
[[nodiscard]] Result<Trial> makeTrial(const TrialRequest &request, Questions &questions, std::stop_token stop,
                                      Progress &progress = Progress::none());

} // namespace coppice::evals
