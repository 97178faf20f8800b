// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace coppice::runs {

/// A LangGraph program (https://docs.langchain.com/oss/javascript/langgraph) as one step: a Node process in the sandbox,
/// started anew for each attempt and each answer, spoken to in JSON lines (templates/scripts/langgraph-runner.mjs says which).
/// `@langchain/langgraph` is taken from the playbook's folder or the plugin's installed packages; none is shipped.
struct LangGraphJob {
    /// Kind Agent; work folder, home, what was prepared, the gateway's socket and its variables filled in: models are called
    /// through these.
    sandbox::SandboxProfile sandbox;
    QString playbookFolder; ///< on the host, in the run's folder: the playbook's files; seen read-only
    QString graph;          ///< the program's path in it
    QJsonObject state;      ///< what a graph that begins starts with
    QStringList outputs;    ///< names in the finished graph's state that are answered
    /// On the host, in the run's folder: the graph's state after each super-step. Kept from attempt to attempt: a graph that
    /// was stopped or interrupted goes on from there. A node that was under way runs again from its top. To begin anew, delete it.
    QString checkpointFolder;
    std::optional<QString> answer; ///< to what the graph waited for
    QString answerTo{};            ///< the question's id: the answer is given to no other; empty: to whatever the graph waits for
    QString logPath;               ///< everything the program prints is appended here, at most 16 MB in one attempt
    QString runner{};              ///< the script; empty: the shipped one
    std::function<void(const clients::AgentUpdate &)> onUpdate{}; ///< from the calling thread
};

struct LangGraphEnd {
    enum class Outcome { Done, Interrupted, Failed };
    Outcome outcome = Outcome::Failed;
    QString reason;       ///< of Failed, a sentence
    QString questionId;   ///< of Interrupted: to be given back with the answer
    QString question;     ///< of Interrupted: plain text of at most 4,000 characters
    QStringList options;  ///< of Interrupted: 2 to 6 answers, "yes" and "no" where the graph names none
    QJsonObject outputs;  ///< of Done: name → text, number or truth value
};

/// Runs the graph until it ends, waits for a person, fails, or the stop is asked for (error Cancelled). Blocks. An Error is a
/// failure of the machine.
[[nodiscard]] Result<LangGraphEnd> runLangGraph(const LangGraphJob &job, std::stop_token stop);

} // namespace coppice::runs
