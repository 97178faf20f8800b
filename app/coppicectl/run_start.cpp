// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "run_answer.h"

#include <library/library.h>

#include <QJsonArray>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coppice::ctl {

namespace {

struct Options {
    std::string ticket, playbook, client, command, model;
    std::vector<std::string> plugins;
    qint64 timeout = 0;
    std::optional<int> priority;
    bool all = false;
    bool wait = false;
};

QJsonObject asked(const Options &options, const QString &plugin)
{
    QJsonObject asked{{QStringLiteral("ticket"), q(options.ticket)},     {QStringLiteral("plugin"), plugin},
                      {QStringLiteral("playbook"), q(options.playbook)}, {QStringLiteral("client"), q(options.client)},
                      {QStringLiteral("command"), q(options.command)},   {QStringLiteral("timeout"), options.timeout},
                      {QStringLiteral("model"), q(options.model)}};
    if (options.priority)
        asked[QStringLiteral("priority")] = *options.priority;
    return asked;
}

Result<QStringList> pluginsOf(Context &context, const Options &options)
{
    QStringList plugins;
    for (const auto &plugin : options.plugins) {
        if (!plugins.contains(q(plugin)))
            plugins << q(plugin);
    }
    if (!options.all)
        return plugins;
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    for (const auto &entry : catalog.entries) {
        if (!plugins.contains(entry.plugin.id))
            plugins << entry.plugin.id;
    }
    return plugins;
}

QJsonObject errorOf(const Error &error)
{
    return {{QStringLiteral("code"), error.code}, {QStringLiteral("message"), error.message()}, {QStringLiteral("hint"), error.fix}};
}

/// Queues a run of the same playbook for each plugin; one that cannot be queued keeps no other from it.
Result<int> startMany(Context &context, const Options &options, const QStringList &plugins)
{
    COPPICE_TRY(auto *session, context.session());
    QJsonArray runs, failed;
    QList<QStringList> rows;
    QStringList queued;
    for (const auto &plugin : plugins) {
        const auto run = context.call(QStringLiteral("run.start"), asked(options, plugin));
        if (!run && run.error().kind == ErrorKind::Cancelled)
            return std::unexpected(run.error());
        if (!run)
            failed.append(QJsonObject{{QStringLiteral("plugin"), plugin}, {QStringLiteral("error"), errorOf(run.error())}});
        else
            queued << (*run)[u"id"].toString();
        if (!run)
            rows << QStringList{plugin, QStringLiteral("not queued: ") + run.error().message()};
    }
    if (!options.wait && !queued.isEmpty())
        noteWhereNothingRuns(context, *session, queued.first());
    bool allDone = failed.isEmpty();
    for (const auto &id : queued) {
        COPPICE_TRY(const auto run, options.wait ? session->awaitRun(id, context.stop(), context.progress())
                                                 : runs::RunStore(session->state()).get(id));
        runs.append(runs::toJson(run));
        rows << QStringList{run.plugin, run.id.shown(), runs::nameOf(run.state), run.reason.section(u'\n', 0, 0).left(200)};
        allDone = allDone && (!options.wait || run.state == runs::Run::State::Done);
    }
    context.answer({{QStringLiteral("runs"), runs}, {QStringLiteral("failed"), failed}}, table(rows));
    return allDone ? 0 : 1;
}

const Definition start([](Verb &root, Context &context) {
    auto options = std::make_shared<Options>();
    auto *command = group(root, "run", "Runs of plugin agents")->addSubcommand("start", "Start a run, or one for each of several plugins");
    command->addOption("--ticket", options->ticket, "The ticket that it answers");
    auto *plugin = command->addOption("--plugin", options->plugins, "The plugin, for a playbook that needs no ticket; may be repeated")
                       ->oneEach();
    command->addFlag("--all", options->all, "Every plugin of the library")->excludes(plugin);
    command->addOption("--playbook", options->playbook, "What to do")->required();
    command->addOption("--client", options->client, "claude, exec, recipe, recipe:NAME, hand, or one of coppice.yaml; the plugin agent's own where nothing is said");
    command->addOption("--command", options->command, "Of exec: run by bash -c in the plugin's folder");
    command->addOption("--timeout", options->timeout, "Seconds that the client may take")->between(1, 86400);
    command->addOption("--model", options->model, "The model to ask for, as its service spells it");
    command->addOption("--priority", options->priority, "Larger is earlier; 10 for production errors where nothing is said")
        ->between(-1000, 1000);
    command->addFlag("--wait", options->wait, "Wait until it is over");
    command->callback([options, &context] {
        context.setAction([options](Context &here) -> Result<int> {
            COPPICE_TRY(const QStringList plugins, pluginsOf(here, *options));
            if (options->ticket.empty() && plugins.isEmpty())
                return failUsage(QStringLiteral("usage"), QStringLiteral("Name a ticket or a plugin"), {},
                                 QStringLiteral("coppicectl run start --ticket T --playbook fix --client recipe --wait"));
            if (!options->ticket.empty() && (options->all || plugins.size() > 1))
                return failUsage(QStringLiteral("usage"), QStringLiteral("A ticket is of one plugin"), {},
                                 QStringLiteral("Leave --ticket out, or name one plugin."));
            if (options->all || plugins.size() > 1)
                return startMany(here, *options, plugins);
            COPPICE_TRY(const QJsonObject queued, here.call(QStringLiteral("run.start"), asked(*options, plugins.value(0))));
            return follow(here, queued[u"id"].toString(), options->wait);
        });
    });
});

} // namespace

} // namespace coppice::ctl
