// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/money.h"
#include "library/settings.h"
#include "sandbox/sandbox.h"

#include <QJsonArray>
#include <QJsonObject>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace coppice::clients {

/// One thing that a client told while it worked. Text is from outside: bounded, plain, never markup.
///
/// `data` by kind (what is not known is absent; texts are cut at `updateTextCap`):
/// - Text: {role: agent|thought|user|note|raw} — raw is what exec, recipe and stderr print
/// - Plan: {entries: [{content, status: pending|in_progress|completed, priority}]}, the whole plan as it stands
/// - ToolCall: {id, title, kind: read|edit|delete|move|search|execute|think|fetch|other, status: pending|in_progress|
///   completed|failed, locations: [{path, line}], input, output}; the same id again changes what it names and keeps the rest
/// - Diff: {tool (id of its call), path, old|null, new}
/// - Permission: {id, tool, title, kind, options: [{id, name, kind}]}, then the same id with {answer: allow|reject|cancelled,
///   by: rule|person}
/// - Usage: {input, output, cached, cost_usd, context_used, context_size}, each the whole so far
/// - End: {outcome, reason}, of one turn
struct AgentUpdate {
    enum class Kind { Text, Plan, ToolCall, Diff, Permission, Usage, End };
    Kind kind = Kind::Text;
    QString text;
    QJsonObject data;
};
[[nodiscard]] QString nameOf(AgentUpdate::Kind kind); ///< text, plan, tool_call, diff, permission, usage, end
/// {kind, text?, data?}: one line of a run's updates.jsonl, which adds {at, step, attempt}.
[[nodiscard]] QJsonObject toJson(const AgentUpdate &update);
[[nodiscard]] std::optional<AgentUpdate> updateFromJson(const QJsonObject &object);
constexpr qsizetype updateTextCap = 32 * 1024;

/// How a job ended, by what was read from the client: never by its word alone.
struct AgentEnd {
    enum class Outcome { Completed, Denied, Failed, Cancelled, ModelError, Limited, Budget, Turns, Incomplete };
    Outcome outcome = Outcome::Incomplete;
    QString reason;
    QStringList denials;
    QStringList errors;
    qint64 inputTokens = 0; ///< as the client counts them
    qint64 outputTokens = 0;
    qint64 cachedTokens = 0;
    int turns = 0;
    std::optional<Money> cost; ///< the client's own figure; none where it gives none
    QString session;           ///< by which the client can go on later; empty: it cannot
    bool stalled = false;      ///< stopped because it said nothing for too long
};
[[nodiscard]] QString nameOf(AgentEnd::Outcome outcome);

/// What a client asks to be allowed.
struct PermissionRequest {
    QString id;      ///< of this asking, in this job
    QString tool;    ///< id of the tool call; may be empty
    QString title;   ///< for people
    QString kind;    ///< as a ToolCall's kind
    QStringList paths; ///< that it touches, as the client names them; inside the sandbox
    QString command; ///< of kind execute, where the client tells it
    QJsonArray options; ///< [{id, name, kind: allow_once|allow_always|reject_once|reject_always}]
    QJsonObject input; ///< the tool's own parameters, capped
};
struct PermissionAnswer {
    enum class Kind { AllowOnce, AllowAlways, RejectOnce, RejectAlways, Cancelled } kind = Kind::RejectOnce;
    QString message; ///< told to the client with a rejection
    bool byPerson = false;
};

/// What a client is asked to do.
struct Job {
    QString prompt;           ///< the composed context
    QString command;          ///< of kind exec: run by `bash -c` in the plugin's folder; empty: the client's own command
    sandbox::SandboxProfile sandbox; ///< kind Agent; work folder, home and gateway filled in
    QString recipeFolder;     ///< of recipe: templates/recipes/NAME (of `recipe` alone: templates/recipes) as host files
    std::optional<library::ModelEndpoint> model;
    QString logPath;          ///< everything the client prints is appended here as it comes
    QString rawPath;          ///< the raw stream, as `clients explain` reads it; of acp both directions; empty: not kept
    QString replayPath;       ///< of replay: the raw stream that is played back
    QString session;          ///< of an earlier attempt, to be gone on with where the client can
    std::optional<Money> budget;      ///< the most that this job may cost
    int maxTurns = 0;                 ///< of the client's own counting, where it knows such a limit; 0: none
    std::chrono::seconds silence{0};  ///< nothing said for so long: stopped as stalled; 0: not watched
    std::function<void(const AgentUpdate &)> onUpdate; ///< from a thread of the job, one at a time
    /// Answers what the client asks, and may block until a person did; the stop token ends the wait. Called from a thread of
    /// its own, more than one at a time. None: everything is allowed.
    std::function<PermissionAnswer(const PermissionRequest &, std::stop_token)> onPermission;
    std::function<void(const QString &session)> onSession; ///< as soon as it is known
    /// A turn ended well: the next prompt, or none to end. None set: one turn.
    std::function<std::optional<QString>(const AgentEnd &turn)> onTurnEnd;
};

/// An agent program that Coppice can drive.
class Client
{
public:
    virtual ~Client() = default;
    [[nodiscard]] virtual QString name() const = 0;
    [[nodiscard]] virtual QString kind() const = 0; ///< exec, recipe, hand, claude, …
    /// The recipe it is about, of kind recipe; empty: all of them in the order of their names.
    [[nodiscard]] virtual QString recipe() const { return {}; }
    /// The model service that its settings name.
    [[nodiscard]] virtual std::optional<library::ModelEndpoint> model() const { return std::nullopt; }
    /// True when there is nothing to run without a command line that the caller gives.
    [[nodiscard]] virtual bool needsCommand() const { return false; }
    /// True when it can go on with a session of an earlier attempt.
    [[nodiscard]] virtual bool resumes() const { return false; }
    /// What it plays back is no work of an agent (replay): marked so wherever it shows.
    [[nodiscard]] virtual bool replays() const { return false; }
    /// The hosts that a client which logs in itself may reach by a tunnel; empty: by the gateway's key only.
    [[nodiscard]] virtual QStringList loginHosts() const { return {}; }
    [[nodiscard]] virtual QStringList loginFiles() const { return {}; }
    /// True when the work is done elsewhere and the run waits (hand).
    [[nodiscard]] virtual bool waitsForPerson() const { return false; }
    /// Works until done, stopped or out of time. An Error is a failure of the machine.
    virtual Result<AgentEnd> work(const Job &job, std::stop_token stop) = 0;
};

/// The client of this name: exec, recipe, recipe:NAME, hand, or one of coppice.yaml.
///
/// A client of kind exec gets the context as a file: $COPPICE_PROMPT_FILE names it; in the command of coppice.yaml
/// `{{prompt_file}}` stands for its path and `{{prompt}}` for its text. Its stdin is empty.
[[nodiscard]] Result<std::unique_ptr<Client>> makeClient(const QString &name, const library::LibrarySettings &settings);

/// Programs found on this machine, for `clients list`.
struct Found {
    QString name;
    QString kind;
    QString program;
    QString version;
    QString missing; ///< what it would need; empty when it is ready
};
[[nodiscard]] std::vector<Found> findClients(const library::LibrarySettings &settings);

/// A recipe of the library: a folder with recipe.yaml {description, run} and its script. It turns a
/// tree into a tree: run in the plugin's folder in the sandbox, no network; exit 0, a change means that it matched.
struct Recipe {
    QString name;
    QString description;
    QString run; ///< command line in the sandbox; $RECIPE is the folder
};
[[nodiscard]] Result<Recipe> parseRecipe(const QString &name, const QByteArray &yaml);

/// Bytes that a client may print before it is stopped.
constexpr qint64 logCap = 16 << 20;

} // namespace coppice::clients
