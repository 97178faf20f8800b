// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <base/money.h>
#include <engine/session.h>
#include <runs/agent.h>

#include <QJsonArray>

#include <memory>

namespace coppice::ctl {

namespace {

QString from(const QString &place)
{
    return place.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(place);
}

QString limit(const runs::Resolved<qint64> &budget)
{
    return budget.value ? Money{budget.value}.toString() + from(budget.from) : QStringLiteral("no limit");
}

QString counted(const QMap<QString, int> &counts)
{
    QStringList words;
    for (auto it = counts.begin(); it != counts.end(); ++it)
        words << QStringLiteral("%1 %2").arg(*it).arg(it.key());
    return words.isEmpty() ? QStringLiteral("none") : words.join(QStringLiteral(", "));
}

QString clientText(const runs::PluginAgent &agent)
{
    return agent.client.value.isEmpty() ? QStringLiteral("named with each run") : agent.client.value + from(agent.client.from);
}

QString text(const runs::PluginAgent &agent)
{
    const auto &record = agent.record;
    int tokens = 0;
    QList<QStringList> files;
    for (const auto &file : agent.knowledge) {
        tokens += file.tokens;
        files << QStringList{QStringLiteral("  ") + file.path, QStringLiteral("%1 tokens").arg(file.tokens)};
    }
    QList<QStringList> rows{
        {QStringLiteral("client"), clientText(agent)},
        {QStringLiteral("model"), agent.model.value.isEmpty() ? QStringLiteral("the client's own choice") : agent.model.value + from(agent.model.from)},
        {QStringLiteral("permissions"), agent.asks.value ? QStringLiteral("asks about everything") + from(agent.asks.from)
                                                         : QStringLiteral("free within the work folder, asks about the rest")},
        {QStringLiteral("budget"), QStringLiteral("run %1; day %2 (spent %3); ticket %4")
                                       .arg(limit(agent.budgetRun), limit(agent.budgetDay), Money{agent.spentToday}.toString(), limit(agent.budgetTicket))},
        {QStringLiteral("runs"), counted(record.states)},
        {QStringLiteral("failures"), counted(record.failures)},
        {QStringLiteral("patches"), QStringLiteral("%1; hunks accepted %2, rejected %3").arg(counted(record.patchStates)).arg(record.hunksAccepted).arg(record.hunksRejected)},
        {QStringLiteral("cost"), QStringLiteral("%1%2, %3 tokens in, %4 out").arg(Money{record.spent.micros}.toString(), record.spent.estimated ? QStringLiteral(" (partly estimated)") : QString()).arg(record.spent.inputTokens).arg(record.spent.outputTokens)},
        {QStringLiteral("median time"), record.medianSeconds ? QStringLiteral("%1 s").arg(record.medianSeconds) : QStringLiteral("none yet")},
        {QStringLiteral("knowledge"), QStringLiteral("%1 files, about %2 tokens").arg(agent.knowledge.size()).arg(tokens)},
    };
    QString out = QStringLiteral("%1's agent\n").arg(agent.plugin) + table(rows);
    if (!files.isEmpty())
        out += u'\n' + table(files);
    for (const auto &bad : record.lastFailures)
        out += QStringLiteral("\nfailed %1 (%2): %3").arg(ageText(bad.at), bad.failure, bad.reason);
    return out;
}

/// The agents of these plugins; all where none is named.
Result<std::vector<runs::PluginAgent>> read(Context &here, const QString &only)
{
    COPPICE_TRY(auto *session, here.session());
    COPPICE_TRY(const auto repository, session->library().repository());
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), here.stop(), here.progress()));
    if (!only.isEmpty() && !catalog.find(only))
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), only);
    std::vector<runs::PluginAgent> agents;
    for (const auto &entry : catalog.entries) {
        if (!only.isEmpty() && entry.plugin.id != only)
            continue;
        COPPICE_TRY(auto agent, runs::agentOf(repository, session->state(), session->journal(), catalog, entry));
        agents.push_back(std::move(agent));
    }
    return agents;
}

const Definition list([](Verb &root, Context &context) {
    auto *command = group(root, "agents", "Each plugin's lasting agent")->addSubcommand("list", "Client, runs and cost, one line a plugin");
    command->callback([&context] {
        context.setAction([](Context &here) -> Result<int> {
            COPPICE_TRY(const auto agents, read(here, {}));
            QJsonArray entries;
            QList<QStringList> rows;
            for (const auto &agent : agents) {
                entries.append(runs::toJson(agent));
                rows << QStringList{agent.plugin, clientText(agent), QStringLiteral("%1 runs").arg(agent.record.runs), counted(agent.record.states),
                                    Money{agent.record.spent.micros}.toString()};
            }
            here.answer({{QStringLiteral("agents"), entries}}, table(rows));
            return 0;
        });
    });
});

const Definition show([](Verb &root, Context &context) {
    auto plugin = std::make_shared<std::string>();
    auto *command = group(root, "agents", "Each plugin's lasting agent")
                        ->addSubcommand("show", "Client, model, knowledge, budgets, permissions, and how it has done so far");
    command->addOption("PLUGIN", *plugin, "The plugin")->required();
    command->callback([plugin, &context] {
        context.setAction([plugin](Context &here) -> Result<int> {
            COPPICE_TRY(const auto agents, read(here, q(*plugin)));
            here.answer(runs::toJson(agents.front()), text(agents.front()));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl
