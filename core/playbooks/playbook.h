// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace coppice::playbooks {

/// One step of a playbook's workflow.yaml.
struct Step {
    enum class Kind { Agent, Command, Check, Approve, LangGraph };
    QString id;
    Kind kind = Kind::Agent;
    QString run;       ///< command line of Command and Check; "{{commands.test}}" and the like are filled in
    QString prompt;    ///< of Agent: the job in a sentence; the SKILL.md body is always given
    QStringList needs; ///< ids of steps that must have passed; all earlier ones where the file says nothing
    QString when;      ///< `if`: "always", "failed", or a condition on outputs (condition.h); empty: when what it needs is good
    std::chrono::seconds timeout{1800};
    int retries = 0;
    bool mayFail = false; ///< a check that failed before the change may fail after it too; a command may fail
    qint64 budget = 0;    ///< of Agent and LangGraph: the most that it may cost, millionths of a US dollar; 0: the run's
    int maxTurns = 0;     ///< of Agent; 0: no limit
    QStringList outputs;  ///< names of the values that it has to leave behind
    QString ask;          ///< of Approve: the question, with slots
    QStringList options;  ///< of Approve: the answers; the first goes on; "yes" and "no" where the file says nothing
    QString graph;        ///< of LangGraph: the program's path in the playbook's folder
    QMap<QString, QString> inputs{}; ///< of LangGraph: what its state begins with, name → text with slots
    int line = 0;                    ///< of workflow.yaml, where it begins; from 1
};
/// An Agent Skill folder with a workflow.yaml beside it.
struct Playbook {
    QString name;
    QString description;
    QString instructions; ///< body of SKILL.md
    int instructionsLine = 0; ///< of SKILL.md, where they begin; from 1
    QString allowsChanges = QStringLiteral("any"); ///< any, none, docs, tests
    bool needsTicket = true;
    bool deploys = false;
    std::vector<Step> steps;
    QStringList neighbours; ///< ids of plugins whose files an agent step may read, beside the plugin's folder
    QByteArray hash;        ///< of its files
};

[[nodiscard]] QString nameOf(Step::Kind kind);
/// The commands of a plugin that a step may name as {{commands.NAME}}.
[[nodiscard]] const QStringList &commandNames();

/// Reads a playbook folder's files by name ("SKILL.md", "workflow.yaml") through `read`; errors name file and line.
[[nodiscard]] Result<Playbook> parsePlaybook(const QString &name,
                                             const std::function<std::optional<QByteArray>(const QString &)> &read);

/// Carries out one step for the machine; `runs` gives it.
class StepExecutor
{
public:
    virtual ~StepExecutor() = default;
    struct Outcome {
        bool passed = false;
        QString reason;
        bool waits = false; ///< for a person: the machine stops here, and is started again later
        QJsonObject outputs{}; ///< name → value, of a step that passed; of Approve: {answer}
    };
    /// `attempt` counts from 1; `outputs` are those of the steps before: {step: {name: value}}. An Error is a failure of the
    /// machine, not of the step.
    virtual Result<Outcome> execute(const Step &step, int attempt, const QJsonObject &outputs) = 0;
};
/// What was journaled of a step: journaled before it starts (attempt set, passed none) and after it ended.
struct StepRecord {
    QString step;
    int attempt = 0;
    std::optional<bool> passed;
    QString reason;
    QJsonObject outputs;
};
class StepJournal
{
public:
    virtual ~StepJournal() = default;
    [[nodiscard]] virtual Result<std::vector<StepRecord>> read() = 0;
    virtual Result<> write(const StepRecord &record) = 0;
};
/// Runs the steps in order, going on from the journal: a step that passed is not repeated; one that was under way when
/// the process died, or that waited, is the next attempt, and no retry. Answers whether the playbook passed, and why not.
///
/// A step is good when it passed, when it may fail, or when it was skipped because its `if` did not hold: a skipped step
/// never holds up what needs it (its outputs are not there). A step whose needs are not all good is left out, unless its
/// `if` speaks of `always` or `failed`. A step that passed without the outputs that it declares has failed. A person's
/// refusal is a failure like any other, and never asked about again.
struct MachineOutcome {
    bool passed = false;
    bool waits = false;
    QString failedStep;
    QString reason;
    QJsonObject outputs; ///< {step: {name: value}}
    QStringList skipped{}; ///< steps whose `if` did not hold
};
[[nodiscard]] Result<MachineOutcome> runSteps(const Playbook &playbook, StepJournal &journal, StepExecutor &executor);

} // namespace coppice::playbooks
