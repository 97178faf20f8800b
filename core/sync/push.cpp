// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/options.h"
#include "sync/upstreams.h"

#include "base/clock.h"
#include "subtree/cut.h"
#include "subtree/link_merge.h"
#include "templates/gates.h"
#include "templates/links.h"

#include <QJsonArray>

#include <mutex>

namespace coppice::sync {

namespace {

/// What is the plugin's own beside its copies: what upstream has, and what earlier joins name.
std::vector<git::Oid> knownCommits(const git::Repository &repository, const Standing &standing)
{
    std::vector<git::Oid> known;
    if (!standing.upstream.commit.isNull())
        known.push_back(standing.upstream.commit);
    for (const auto &join : standing.split.joins) {
        if (repository.has(join.split))
            known.push_back(join.split);
    }
    return known;
}

/// Commits of the library itself must not leave with a plugin: after a prefix was deleted and made anew, git's ids have
/// them as parents.
Result<std::vector<git::Oid>> foreignCommits(const git::Repository &repository, const Standing &standing)
{
    std::vector<git::Oid> foreign;
    const auto known = knownCommits(repository, standing);
    for (const auto &original : standing.split.originals) {
        bool isKnown = false;
        for (size_t i = 0; i < known.size() && !isKnown; ++i) {
            COPPICE_TRY(isKnown, repository.isAncestor(original, known[i]));
        }
        if (!isKnown)
            foreign.push_back(original);
    }
    return foreign;
}

/// A library that was checked out without links, edited and committed holds their text in plain files.
Result<std::optional<Error>> linksAsText(git::Repository &repository, const Standing &standing, const git::Oid &head)
{
    COPPICE_TRY(const auto root, repository.treeOf(head));
    COPPICE_TRY(const auto paths, templates::linksAsText(repository, root, standing.entry->plugin.prefix));
    if (paths.empty())
        return std::optional<Error>();
    QJsonArray shown;
    for (const auto &path : paths)
        shown.append(QString::fromUtf8(standing.entry->plugin.prefix + '/' + path));
    return failNeeds(QStringLiteral("sync.links-as-text"),
                     QStringLiteral("Files hold the text of a link: they were committed where links are not supported"),
                     standing.state.plugin,
                     QStringLiteral("Make them links again, in a checkout with core.symlinks on, or by coppicectl templates link."),
                     {QJsonObject{{QStringLiteral("kind"), QStringLiteral("link")},
                                  {QStringLiteral("plugin"), standing.state.plugin},
                                  {QStringLiteral("paths"), shown}}})
        .error();
}

/// Why this plugin is not pushed; none when it may be.
Result<std::optional<Error>> gate(git::Repository &repository, const Standing &standing, const git::Oid &head)
{
    const SyncState &state = standing.state;
    const QString &id = state.plugin;
    if (!standing.upstream.error.isEmpty())
        return fail(QStringLiteral("sync.unreachable"), standing.upstream.error, id,
                    QStringLiteral("Look at upstream in .coppice/plugins/%1.yaml, at the network and at your rights.").arg(id))
            .error();
    if (standing.split.error)
        return *standing.split.error;
    if (state.split.isNull())
        return fail(QStringLiteral("sync.no-folder"), QStringLiteral("The plugin has no folder in the library's head: nothing to push"),
                    id)
            .error();
    if (!standing.split.blocked.empty()) {
        QJsonArray paths;
        for (const auto &path : standing.split.blocked)
            paths.append(QString::fromUtf8(standing.entry->plugin.prefix + '/' + path));
        return failNeeds(QStringLiteral("sync.blocked-links"), state.why, id,
                         QStringLiteral("Make them name something under templates/ or in the plugin, or remove them; coppicectl "
                                        "templates check says what is wrong with each."),
                         {QJsonObject{{QStringLiteral("kind"), QStringLiteral("link")},
                                      {QStringLiteral("plugin"), id},
                                      {QStringLiteral("paths"), paths}}})
            .error();
    }
    if (state.behind > 0)
        return fail(QStringLiteral("git.push-rejected"),
                    QStringLiteral("The upstream has %1 commits on %2 that the library does not have").arg(state.behind).arg(state.upstreamBranch),
                    id, QStringLiteral("coppicectl sync pull %1, then push again.").arg(id))
            .error();
    COPPICE_TRY(const auto asText, linksAsText(repository, standing, head));
    if (asText)
        return asText;
    COPPICE_TRY(const auto foreign, foreignCommits(repository, standing));
    if (!foreign.empty())
        return fail(QStringLiteral("sync.foreign-commit"),
                    QStringLiteral("The plugin's history runs into the commit %1, which is no copy made for it and which its upstream "
                                   "does not have: other plugins could be published with it")
                        .arg(foreign.front().toString()),
                    id,
                    QStringLiteral("This happens where the folder was deleted and made anew, and where two plugins share history. "
                                   "coppicectl sync push %1 --cut sends it without that history, on top of what upstream has.").arg(id))
            .error();
    return std::optional<Error>();
}

/// Cuts the library's own commits out of what is to be sent, and lands the join that further splits build on.
Result<> cut(const Host &host, const journal::Lease &lease, git::Repository &repository, Standing &standing, std::stop_token stop)
{
    subtree::CutRequest request;
    COPPICE_TRY(request.head, host.library.head());
    COPPICE_TRY(request.foreign, foreignCommits(repository, standing));
    if (request.foreign.empty())
        return {};
    request.prefix = standing.entry->plugin.prefix;
    request.split = standing.state.split;
    request.known = knownCommits(repository, standing);
    request.upstream = standing.upstream.commit;
    COPPICE_TRY(const auto made, subtree::cutHistory(repository, request, stop));
    COPPICE_TRY(const auto apart, request.upstream.isNull() ? Result<std::pair<size_t, size_t>>({made.made, 0})
                                                            : repository.aheadBehind(made.split, request.upstream));
    if (apart.second > 0)
        return fail(QStringLiteral("git.push-rejected"), QStringLiteral("The cut history does not follow what upstream has"),
                    standing.state.plugin, QStringLiteral("coppicectl sync pull %1, then push again.").arg(standing.state.plugin));
    COPPICE_CHECK(landJournaled(host, lease, repository, request.head, made.joined,
                                QStringLiteral("coppice: cut the history of ") + standing.state.plugin, stop));
    standing.state.split = made.split;
    standing.state.ahead = apart.first;
    standing.state.behind = 0;
    standing.split.originals.clear();
    return {};
}

/// Templates that the plugins carry upstream and whose change nobody gated: told, not refused.
Result<> noteUngated(const Host &host, git::Repository &repository, const library::Catalog &catalog, const std::vector<Standing> &all,
                     const std::vector<size_t> &ready, std::vector<PluginOutcome> &outcomes)
{
    COPPICE_TRY(const auto root, repository.treeOf(catalog.head));
    const QByteArray folder = "templates/";
    std::vector<std::vector<QByteArray>> names(ready.size());
    std::vector<QByteArray> asked;
    for (size_t n = 0; n < ready.size() && catalog.settings.present; ++n) {
        const QByteArray &prefix = all[ready[n]].entry->plugin.prefix;
        COPPICE_TRY(const auto resolved, subtree::resolveTree(repository, root, prefix));
        for (const auto &link : resolved.links) {
            COPPICE_TRY(const auto target, subtree::followedPath(repository, root, prefix + '/' + link));
            if (target && target->startsWith(folder))
                names[n].push_back(target->sliced(folder.size()));
        }
        asked.insert(asked.end(), names[n].begin(), names[n].end());
    }
    COPPICE_TRY(const auto gates, templates::gatesOf(repository, host.state, catalog.head, asked));
    for (size_t n = 0; n < ready.size(); ++n) {
        for (const auto &name : names[n]) {
            if (gates.at(name).state == templates::Gate::State::Ungated)
                outcomes[ready[n]].ungated.push_back(folder + name);
        }
    }
    return {};
}

Result<> pushOne(const Host &host, const Standing &standing, PluginOutcome &outcome, std::stop_token stop)
{
    COPPICE_TRY(auto repository, host.library.repository());
    const SyncState &state = standing.state;
    outcome.ref = QStringLiteral("refs/heads/") + state.upstreamBranch;
    COPPICE_CHECK(pushJournaled(host, repository, state.upstreamUrl, state.split, outcome.ref, state.upstream,
                                upstreamRef(state.plugin, state.upstreamBranch), stop, Progress::none()));
    outcome.changed = true;
    outcome.commit = state.split;
    outcome.what = QStringLiteral("Pushed %1 to %2.")
                       .arg(state.ahead == 1 ? QStringLiteral("1 commit") : QStringLiteral("%1 commits").arg(state.ahead), state.upstreamBranch);
    if (!outcome.ungated.empty())
        outcome.what += QStringLiteral(" Ungated: %1.").arg(QString::fromUtf8(outcome.ungated.front()));
    KnownUpstream now = standing.upstream;
    now.commit = state.split;
    now.fetchedAt = nowMs();
    return remember(host, now);
}

} // namespace

Result<std::vector<PluginOutcome>> push(const Host &host, const journal::Lease &lease, const QStringList &plugins, std::stop_token stop,
                                        Progress &progress, bool cutHistory)
{
    if (cutHistory && plugins.size() != 1)
        return failUsage(QStringLiteral("sync.cut-one"), QStringLiteral("A history is cut for one plugin at a time"), {},
                         QStringLiteral("Name the plugin."));
    COPPICE_TRY(const auto catalog, host.library.scan(host.state, stop, progress));
    COPPICE_TRY(const auto entries, selected(catalog, plugins));
    COPPICE_TRY(const auto fetched, fetchAll(host, entries, stop, progress));
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(auto all, standings(host, catalog, entries, stop, progress));

    std::vector<PluginOutcome> outcomes(all.size());
    std::vector<size_t> ready;
    for (size_t i = 0; i < all.size(); ++i) {
        auto &standing = all[i];
        outcomes[i].plugin = standing.state.plugin;
        if (standing.state.state == SyncState::State::NoUpstream) {
            outcomes[i].what = QStringLiteral("It has no upstream.");
            if (!plugins.isEmpty())
                outcomes[i].error = fail(QStringLiteral("sync.no-upstream"), QStringLiteral("The plugin has no upstream to push to"),
                                         standing.state.plugin,
                                         QStringLiteral("Set upstream.url in .coppice/plugins/%1.yaml.").arg(standing.state.plugin))
                                        .error();
            continue;
        }
        if (cutHistory && standing.upstream.error.isEmpty() && !standing.split.error && !standing.state.split.isNull())
            COPPICE_CHECK(cut(host, lease, repository, standing, stop));
        outcomes[i].commit = standing.state.split;
        if (standing.state.state == SyncState::State::Clean && standing.upstream.error.isEmpty()) {
            outcomes[i].what = QStringLiteral("Up to date.");
            outcomes[i].ref = QStringLiteral("refs/heads/") + standing.state.upstreamBranch;
            continue;
        }
        if (standing.state.state == SyncState::State::Behind && standing.upstream.error.isEmpty()) {
            outcomes[i].what = QStringLiteral("Nothing to push; the upstream is %1 ahead.").arg(standing.state.behind);
            continue;
        }
        COPPICE_TRY(outcomes[i].error, gate(repository, standing, catalog.head));
        if (!outcomes[i].error)
            ready.push_back(i);
    }

    COPPICE_CHECK(noteUngated(host, repository, catalog, all, ready, outcomes));
    std::mutex mutex;
    qint64 done = 0;
    inParallel(ready.size(), stop, [&](size_t n) {
        const size_t i = ready[n];
        const auto pushed = pushOne(host, all[i], outcomes[i], stop);
        if (!pushed)
            outcomes[i].error = pushed.error();
        const std::lock_guard lock(mutex);
        progress.report(++done, qint64(ready.size()), QStringLiteral("plugins pushed: ") + outcomes[i].plugin);
    });
    if (stop.stop_requested())
        return failCancelled();
    return outcomes;
}

} // namespace coppice::sync
