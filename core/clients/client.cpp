// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/client.h"

#include "clients/acp.h"
#include "clients/claude.h"
#include "clients/exec.h"
#include "clients/known_programs.h"
#include "clients/programs.h"
#include "clients/recipe.h"
#include "clients/replay.h"

#include <QRegularExpression>

#include <array>

namespace coppice::clients {

namespace {

constexpr std::array<const char *, 9> outcomeNames{"completed", "denied", "failed", "cancelled", "model_error",
                                                    "limited",   "budget", "turns",  "incomplete"};

constexpr std::array<const char *, 7> updateNames{"text", "plan", "tool_call", "diff", "permission", "usage", "end"};

/// A person with an editor: the work is done in a copy of the run's folder, and nothing is started here.
class HandClient final : public Client
{
public:
    [[nodiscard]] QString name() const override { return QStringLiteral("hand"); }
    [[nodiscard]] QString kind() const override { return QStringLiteral("hand"); }
    [[nodiscard]] bool waitsForPerson() const override { return true; }
    Result<AgentEnd> work(const Job &, std::stop_token) override
    {
        return fail(QStringLiteral("client.hand"), QStringLiteral("A hand run is worked on by a person"));
    }
};


bool isKnownKind(const QString &kind)
{
    static const QStringList known{QStringLiteral("exec"), QStringLiteral("acp"),  QStringLiteral("claude"),
                                   QStringLiteral("recipe"), QStringLiteral("hand"), QStringLiteral("replay")};
    return known.contains(kind);
}

QString unknownKind(const QString &kind)
{
    return QStringLiteral("Clients of kind %1 are not known to this version of Coppice").arg(kind);
}

Found withSandbox(Found found)
{
    if (found.missing.isEmpty() && !sandbox::probe().works)
        found.missing = sandbox::probe().why;
    return found;
}

} // namespace

QString nameOf(AgentEnd::Outcome outcome)
{
    return QString::fromLatin1(outcomeNames[size_t(outcome)]);
}

QString nameOf(AgentUpdate::Kind kind)
{
    return QString::fromLatin1(updateNames[size_t(kind)]);
}

QJsonObject toJson(const AgentUpdate &update)
{
    QJsonObject object{{QStringLiteral("kind"), nameOf(update.kind)}};
    if (!update.text.isEmpty())
        object[QStringLiteral("text")] = update.text;
    if (!update.data.isEmpty())
        object[QStringLiteral("data")] = update.data;
    return object;
}

std::optional<AgentUpdate> updateFromJson(const QJsonObject &object)
{
    const QString name = object[u"kind"].toString();
    for (size_t i = 0; i < updateNames.size(); ++i) {
        if (name == QLatin1String(updateNames[i]))
            return AgentUpdate{AgentUpdate::Kind(i), object[u"text"].toString(), object[u"data"].toObject()};
    }
    return std::nullopt;
}

Result<std::unique_ptr<Client>> makeClient(const QString &name, const library::LibrarySettings &settings)
{
    const auto set = settings.clients.constFind(name);
    if (set != settings.clients.constEnd()) {
        if (!isKnownKind(set->kind))
            return failUsage(QStringLiteral("client.unknown-kind"), unknownKind(set->kind),
                             QStringLiteral("coppice.yaml, client %1").arg(name),
                             QStringLiteral("Headless programs can be run with kind: exec."));
        if (set->kind == QLatin1String("exec"))
            return std::make_unique<ExecClient>(*set);
        if (set->kind == QLatin1String("acp"))
            return std::make_unique<AcpClient>(*set);
        if (set->kind == QLatin1String("claude"))
            return std::make_unique<ClaudeClient>(*set);
        if (set->kind == QLatin1String("replay"))
            return std::make_unique<ReplayClient>();
        if (set->kind == QLatin1String("hand"))
            return std::make_unique<HandClient>();
        return std::make_unique<RecipeClient>(set->command.value(0));
    }
    if (name == QLatin1String("exec"))
        return std::make_unique<ExecClient>(library::ClientSettings{name, name, {}, {}, {}});
    if (name == QLatin1String("hand"))
        return std::make_unique<HandClient>();
    if (name == QLatin1String("recipe"))
        return std::make_unique<RecipeClient>(QString());
    if (name.startsWith(QLatin1String("recipe:"))) {
        static const QRegularExpression form(QStringLiteral("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"));
        const QString recipe = name.mid(7);
        if (!form.match(recipe).hasMatch())
            return failUsage(QStringLiteral("recipe.name"), QStringLiteral("This cannot be the name of a recipe"), recipe);
        return std::make_unique<RecipeClient>(recipe);
    }
    if (name == QLatin1String("claude"))
        return std::make_unique<ClaudeClient>(library::ClientSettings{name, name, {}, {}, {}});
    if (name == QLatin1String("replay"))
        return std::make_unique<ReplayClient>();
    QStringList known{QStringLiteral("exec"), QStringLiteral("recipe"), QStringLiteral("recipe:NAME"), QStringLiteral("hand"),
                      QStringLiteral("claude")};
    known += settings.clients.keys();
    return failNotFound(QStringLiteral("client.unknown"), QStringLiteral("There is no client of this name"), name,
                        QStringLiteral("There are: %1.").arg(known.join(QStringLiteral(", "))));
}

std::vector<Found> findClients(const library::LibrarySettings &settings)
{
    std::vector<Found> found;
    for (const char *name : {"exec", "recipe", "hand"})
        found.push_back(withSandbox({QString::fromLatin1(name), QString::fromLatin1(name), {}, {}, {}}));
    for (const auto &client : settings.clients) {
        Found one{client.name, client.kind, client.command.value(0), {}, {}};
        if (!isKnownKind(client.kind)) {
            one.missing = unknownKind(client.kind);
        } else if (client.kind == QLatin1String("exec") || client.kind == QLatin1String("acp") || client.kind == QLatin1String("claude")) {
            if (client.kind == QLatin1String("claude") && client.command.isEmpty())
                one.program = QStringLiteral("claude");
            const QString program = findProgramAnywhere(one.program);
            if (one.program.isEmpty())
                one.missing = QStringLiteral("It has no command in coppice.yaml");
            else if (program.isEmpty())
                one.missing = QStringLiteral("%1 is not found on this machine").arg(one.program);
            else
                one.program = program;
            if (one.missing.isEmpty() && client.model && !client.model->keyEnv.isEmpty()
                && qEnvironmentVariableIsEmpty(client.model->keyEnv.toLocal8Bit().constData()))
                one.missing = QStringLiteral("The variable %1, which holds the model's key, is not set").arg(client.model->keyEnv);
        }
        found.push_back(withSandbox(std::move(one)));
    }
    // Agent programs that are there and have no entry of their own.
    for (const auto &program : knownPrograms()) {
        if (program.program.isEmpty() || settings.clients.contains(program.name))
            continue;
        const bool builtIn = program.entry.isEmpty();
        QStringList missing = program.missing;
        if (!builtIn)
            missing << QStringLiteral("No entry in coppice.yaml: coppicectl clients check %1 shows one").arg(program.name);
        found.push_back(withSandbox({program.name, builtIn ? program.name : QStringLiteral("program"), program.program, program.version,
                                     missing.join(QStringLiteral("; "))}));
    }
    return found;
}

} // namespace coppice::clients
