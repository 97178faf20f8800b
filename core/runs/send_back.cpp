// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/send_back.h"

#include "review/send_back.h"
#include "sync/sync.h"

#include <QJsonArray>

#include <algorithm>

namespace coppice::runs {

namespace {

/// The run that made the last revision that a run made.
Result<std::optional<Run>> lastRun(RunStore &store, const review::Patch &patch)
{
    for (auto it = patch.revisions.rbegin(); it != patch.revisions.rend(); ++it) {
        if (it->run.isEmpty())
            continue;
        auto run = store.get(it->run);
        if (run)
            return std::optional(std::move(*run));
        if (run.error().kind != ErrorKind::NotFound)
            return std::unexpected(run.error());
    }
    return std::optional<Run>();
}

/// Refuses while something still writes for the patch.
Result<> mustBeQuiet(const House &house, RunStore &store, const review::Patch &patch)
{
    COPPICE_TRY(QStringList ofPatch, review::runsSentBack(house.state, patch.id.toString()));
    for (const auto &revision : patch.revisions)
        ofPatch << revision.run;
    COPPICE_TRY(const auto runs, store.list(patch.plugin));
    for (const auto &run : runs) {
        const bool forPatch = ofPatch.contains(run.id.toString()) || (!patch.ticket.isEmpty() && run.ticket == patch.ticket);
        if (!forPatch || !run.writes || isOver(run.state))
            continue;
        return failNeeds(QStringLiteral("review.run-writes"),
                         QStringLiteral("The run %1 still works on this patch (%2)").arg(run.id.shown(), nameOf(run.state)),
                         patch.id.toString(),
                         QStringLiteral("Wait for its end, or cancel it first: coppicectl run cancel %1.").arg(run.id.shown()),
                         {QJsonObject{{QStringLiteral("kind"), QStringLiteral("run")},
                                      {QStringLiteral("plugin"), patch.plugin},
                                      {QStringLiteral("run"), run.id.toString()}}});
    }
    return {};
}

Result<git::Oid> below(const git::Repository &repository, const git::Oid &tree, const QByteArray &prefix)
{
    COPPICE_TRY(const auto entry, repository.entryAt(tree, prefix));
    if (!entry || entry->mode != git::Mode::Tree)
        return git::Oid();
    return entry->id;
}

/// What was read, on the plugin as it is now.
Result<git::Oid> startTree(git::Repository &repository, const review::Patch &patch, const QByteArray &prefix, const git::Oid &nowTree)
{
    COPPICE_TRY(const git::Oid base, below(repository, patch.last().base, prefix));
    COPPICE_TRY(git::Oid read, below(repository, patch.last().result, prefix));
    if (base == nowTree && !read.isNull())
        return read;
    if (read.isNull()) {
        COPPICE_TRY(read, repository.writeTree({}));
    }
    COPPICE_TRY(const auto merged, repository.mergeTrees(base, nowTree, read));
    if (!merged.tree.isNull())
        return merged.tree;
    QStringList paths;
    for (const auto &path : merged.conflicts)
        paths << QString::fromUtf8(path);
    return failNeeds(QStringLiteral("review.send-back-conflict"),
                     QStringLiteral("The plugin has changed the same lines since the patch was made"), paths.join(QStringLiteral(", ")),
                     QStringLiteral("Close the patch and run the ticket again on the newest state."),
                     {QJsonObject{{QStringLiteral("kind"), QStringLiteral("conflict")},
                                  {QStringLiteral("plugin"), patch.plugin},
                                  {QStringLiteral("paths"), QJsonArray::fromStringList(paths)}}});
}

} // namespace

Result<Run> sendBack(const House &house, const Actor &actor, const SendBackRequest &asked, std::stop_token stop, Progress &progress)
{
    RunStore store(house.state);
    COPPICE_TRY(const Id id, Id::parse(asked.run));
    if (const auto known = store.get(id.toString()); known || known.error().kind != ErrorKind::NotFound)
        return known;
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patch, reviews.get(asked.patch));
    if (patch.state != review::Patch::State::Open)
        return fail(QStringLiteral("review.not-open"), QStringLiteral("The patch is %1 already").arg(review::nameOf(patch.state)),
                    patch.id.toString(), QStringLiteral("What has landed is changed by another patch."));
    COPPICE_CHECK(mustBeQuiet(house, store, patch));
    COPPICE_TRY(auto repository, house.library.repository());
    COPPICE_TRY(const auto catalog, house.library.scan(house.state, stop, progress));
    const auto *entry = catalog.find(patch.plugin);
    if (!entry)
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id any more"), patch.plugin);
    COPPICE_TRY(const auto before, lastRun(store, patch));

    RunRequest request;
    request.id = id;
    request.ticket = patch.ticket;
    request.plugin = patch.plugin;
    if (before) {
        request.playbook = before->playbook;
        // What a person, or a recording, did is not asked of them again: the plugin's own agent goes on.
        const bool again = before->client != QLatin1String("hand") && !before->replayed;
        request.client = again ? before->client : QString();
        request.command = again ? before->command : QString();
        request.model = again ? before->model : QString();
        request.timeoutSeconds = before->timeoutSeconds;
        request.priority = before->priority;
    }
    if (!asked.client.isEmpty() && asked.client != request.client) {
        request.client = asked.client;
        request.command.clear();
        request.model.clear();
    }
    if (!asked.command.isEmpty())
        request.command = asked.command;
    if (!asked.playbook.isEmpty())
        request.playbook = asked.playbook;
    if (request.playbook.isEmpty())
        request.playbook = QStringLiteral("fix");
    request.head = catalog.head;
    COPPICE_TRY(request.base, sync::splitOf(repository, catalog, patch.plugin, stop));
    COPPICE_TRY(const git::Oid nowTree, repository.treeOf(request.base));
    COPPICE_TRY(request.from, startTree(repository, patch, entry->plugin.prefix, nowTree));

    // What the agent is told stands before its run does; a run is never there without it.
    COPPICE_TRY(const auto kept, review::sentBackTo(house.state, id.toString()));
    if (!kept) {
        COPPICE_TRY(auto back, review::composeSendBack(repository, reviews, patch, entry->plugin.prefix, asked.message));
        back.run = id.toString();
        back.by = actor;
        COPPICE_CHECK(Runner(house).check(request));
        COPPICE_CHECK(review::keepSendBack(house.state, house.journal, back));
    }
    return Runner(house).queue(actor, request);
}

} // namespace coppice::runs
