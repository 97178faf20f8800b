// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/money.h"
#include "library/settings.h"
#include "sandbox/sandbox.h"

#include <QJsonObject>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace coppice::clients {

/// One thing that a client told while it worked. Text is from outside.
struct AgentUpdate {
    enum class Kind { Text, Plan, ToolCall, Diff, Permission, Usage, End };
    Kind kind = Kind::Text;
    QString text;
    QJsonObject data;
};
/// How a job ended, by what was read from the client: never by its word alone.
struct AgentEnd {
    enum class Outcome { Completed, Denied, Failed, Cancelled, ModelError, Limited, Budget, Turns, Incomplete };
    Outcome outcome = Outcome::Incomplete;
    QString reason;
    QStringList denials;
    qint64 inputTokens = 0;
    qint64 outputTokens = 0;
    std::optional<Money> cost;
};
[[nodiscard]] QString nameOf(AgentEnd::Outcome outcome);

/// What a client is asked to do.
struct Job {
    QString prompt;           ///< the composed context
    QString command;          ///< of kind exec: run by `bash -c` in the plugin's folder; empty: the client's own command
    sandbox::SandboxProfile sandbox; ///< kind Agent; work folder, home and gateway filled in
    QString recipeFolder;     ///< of recipe: templates/recipes/NAME (of `recipe` alone: templates/recipes) as host files
    std::optional<library::ModelEndpoint> model;
    QString logPath;          ///< everything the client prints is appended here as it comes
    std::function<void(const AgentUpdate &)> onUpdate;
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
