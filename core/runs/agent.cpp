// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/agent.h"

#include "base/clock.h"
#include "context/tokens.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace coppice::runs {

namespace {

constexpr size_t failuresShown = 5;
constexpr qint64 knowledgeCap = 64 << 10; // as much of a file as a context takes

const QString fromPlugin = QStringLiteral("plugin");
const QString fromLibrary = QStringLiteral("library");

Resolved<qint64> budget(double usdOfPlugin, qint64 ofLibrary)
{
    if (usdOfPlugin > 0)
        return {qint64(std::llround(usdOfPlugin * 1e6)), fromPlugin};
    return {ofLibrary, ofLibrary > 0 ? fromLibrary : QString()};
}

Result<> addKnowledge(std::vector<KnowledgeFile> &files, const git::Repository &repository, const git::TreeEntry &entry, const QString &path)
{
    if (entry.mode != git::Mode::File && entry.mode != git::Mode::Executable)
        return {};
    COPPICE_TRY(const qint64 size, repository.blobSize(entry.id));
    if (size > knowledgeCap)
        return {};
    COPPICE_TRY(const QByteArray bytes, repository.blob(entry.id, knowledgeCap));
    files.push_back({path, context::estimateTokens(QString::fromUtf8(bytes))});
    return {};
}

Result<std::vector<KnowledgeFile>> knowledgeOf(const git::Repository &repository, const git::Oid &tree)
{
    std::vector<KnowledgeFile> files;
    if (tree.isNull())
        return files;
    for (const char *path : {"AGENTS.md", ".agents/spec.md"}) {
        COPPICE_TRY(const auto entry, repository.entryAt(tree, path));
        if (entry)
            COPPICE_CHECK(addKnowledge(files, repository, *entry, QString::fromLatin1(path)));
    }
    COPPICE_TRY(const auto folder, repository.entryAt(tree, ".agents/knowledge"));
    if (!folder || folder->mode != git::Mode::Tree)
        return files;
    COPPICE_TRY(const auto entries, repository.tree(folder->id));
    for (const auto &entry : entries) {
        if (entry.name.endsWith(".md"))
            COPPICE_CHECK(addKnowledge(files, repository, entry, QStringLiteral(".agents/knowledge/") + QString::fromUtf8(entry.name)));
    }
    return files;
}

/// The runs alone, the newest first.
void addRuns(TrackRecord &record, const std::vector<Run> &runs)
{
    std::vector<qint64> seconds;
    for (const Run &run : runs) {
        if (run.replayed)
            continue; // no work of an agent
        ++record.runs;
        ++record.states[nameOf(run.state)];
        record.lastRun = std::max(record.lastRun, run.queued);
        if (run.started > 0 && run.ended > run.started)
            seconds.push_back((run.ended - run.started) / 1000);
        if (run.state != Run::State::Failed)
            continue;
        ++record.failures[nameOf(run.failure)];
        if (record.lastFailures.size() < failuresShown)
            record.lastFailures.push_back({run.id.toString(), run.ended, nameOf(run.failure), run.reason});
    }
    if (!seconds.empty()) {
        const auto middle = seconds.begin() + qsizetype(seconds.size() / 2);
        std::nth_element(seconds.begin(), middle, seconds.end());
        record.medianSeconds = *middle;
    }
}

Result<> addPatches(TrackRecord &record, review::Reviews &reviews, const QString &plugin)
{
    COPPICE_TRY(const auto patches, reviews.list());
    for (const auto &patch : patches) {
        const bool ofRun = std::ranges::any_of(patch.revisions, [](const review::Revision &one) { return !one.run.isEmpty(); });
        if (patch.plugin != plugin || !ofRun)
            continue;
        ++record.patches;
        ++record.patchStates[review::nameOf(patch.state)];
        COPPICE_TRY(const auto decisions, reviews.decisions(patch.id.toString()));
        for (const auto &decision : decisions) {
            record.hunksAccepted += decision.verdict == review::Decision::Verdict::Accepted || !decision.lines.isEmpty() ? 1 : 0;
            record.hunksRejected += decision.verdict == review::Decision::Verdict::Rejected ? 1 : 0;
        }
    }
    return {};
}

QJsonObject counts(const QMap<QString, int> &map)
{
    QJsonObject object;
    for (auto it = map.begin(); it != map.end(); ++it)
        object[it.key()] = *it;
    return object;
}

template <class T> QJsonObject resolved(const Resolved<T> &one)
{
    return {{QStringLiteral("value"), one.value}, {QStringLiteral("from"), one.from}};
}

QJsonObject money(const Resolved<qint64> &one)
{
    return {{QStringLiteral("usd"), double(one.value) / 1e6}, {QStringLiteral("from"), one.from}};
}

QJsonObject recordJson(const TrackRecord &record)
{
    QJsonArray failures;
    for (const auto &bad : record.lastFailures)
        failures.append(QJsonObject{{QStringLiteral("run"), bad.run},
                                    {QStringLiteral("at"), isoTime(bad.at)},
                                    {QStringLiteral("failure"), bad.failure},
                                    {QStringLiteral("reason"), bad.reason}});
    return {{QStringLiteral("runs"), record.runs},
            {QStringLiteral("states"), counts(record.states)},
            {QStringLiteral("failures"), counts(record.failures)},
            {QStringLiteral("patches"), record.patches},
            {QStringLiteral("patch_states"), counts(record.patchStates)},
            {QStringLiteral("hunks_accepted"), record.hunksAccepted},
            {QStringLiteral("hunks_rejected"), record.hunksRejected},
            {QStringLiteral("cost_usd"), double(record.spent.micros) / 1e6},
            {QStringLiteral("cost_estimated"), record.spent.estimated},
            {QStringLiteral("input_tokens"), record.spent.inputTokens},
            {QStringLiteral("output_tokens"), record.spent.outputTokens},
            {QStringLiteral("median_seconds"), record.medianSeconds},
            {QStringLiteral("last_run"), record.lastRun ? isoTime(record.lastRun) : QString()},
            {QStringLiteral("last_failures"), failures}};
}

} // namespace

PluginAgent agentSettings(const library::Catalog &catalog, const library::CatalogEntry &plugin)
{
    const auto &own = plugin.plugin.settings;
    const auto &shared = catalog.settings;
    PluginAgent agent;
    agent.plugin = plugin.plugin.id;
    if (!own.agentClient.isEmpty())
        agent.client = {own.agentClient, fromPlugin};
    else if (shared.clients.size() == 1) // what else could be meant
        agent.client = {shared.clients.firstKey(), fromLibrary};
    const auto client = shared.clients.constFind(agent.client.value);
    if (!own.agentModel.isEmpty())
        agent.model = {own.agentModel, fromPlugin};
    else if (client != shared.clients.cend() && client->model && !client->model->name.isEmpty())
        agent.model = {client->model->name, fromLibrary};
    agent.asks = own.agentAsks ? Resolved<bool>{true, fromPlugin} : Resolved<bool>{shared.askPermissions, shared.askPermissions ? fromLibrary : QString()};
    agent.budgetRun = budget(own.agentBudgetUsdRun, shared.budgets.run);
    agent.budgetDay = budget(own.agentBudgetUsdDay, shared.budgets.pluginDay);
    agent.budgetTicket = budget(0, shared.budgets.ticket);
    return agent;
}

Result<PluginAgent> agentOf(const git::Repository &repository, store::Database &state, journal::Journal &journal,
                            const library::Catalog &catalog, const library::CatalogEntry &plugin)
{
    PluginAgent agent = agentSettings(catalog, plugin);
    COPPICE_TRY(agent.knowledge, knowledgeOf(repository, plugin.tree));
    COPPICE_TRY(const auto runs, RunStore(state).list(agent.plugin));
    addRuns(agent.record, runs);
    review::Reviews reviews(state, journal);
    COPPICE_CHECK(addPatches(agent.record, reviews, agent.plugin));
    journal::Ledger ledger(state);
    COPPICE_TRY(agent.record.spent, ledger.ofPlugin(agent.plugin));
    COPPICE_TRY(const auto today, ledger.ofPlugin(agent.plugin, journal::Ledger::today()));
    agent.spentToday = today.micros;
    return agent;
}

QJsonObject toJson(const PluginAgent &agent)
{
    QJsonArray knowledge;
    int tokens = 0;
    for (const auto &file : agent.knowledge) {
        tokens += file.tokens;
        knowledge.append(QJsonObject{{QStringLiteral("path"), file.path}, {QStringLiteral("tokens"), file.tokens}});
    }
    return {{QStringLiteral("plugin"), agent.plugin},
            {QStringLiteral("client"), resolved(agent.client)},
            {QStringLiteral("model"), resolved(agent.model)},
            {QStringLiteral("asks"), resolved(agent.asks)},
            {QStringLiteral("budgets"), QJsonObject{{QStringLiteral("run"), money(agent.budgetRun)},
                                                    {QStringLiteral("day"), money(agent.budgetDay)},
                                                    {QStringLiteral("ticket"), money(agent.budgetTicket)},
                                                    {QStringLiteral("spent_today_usd"), double(agent.spentToday) / 1e6}}},
            {QStringLiteral("knowledge"), QJsonObject{{QStringLiteral("files"), knowledge}, {QStringLiteral("tokens"), tokens}}},
            {QStringLiteral("record"), recordJson(agent.record)}};
}

} // namespace coppice::runs
