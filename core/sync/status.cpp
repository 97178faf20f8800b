// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/options.h"
#include "sync/upstreams.h"

#include <algorithm>

namespace coppice::sync {

namespace {

using State = SyncState::State;

/// More upstream commits than this are not looked at for where a plain push parted.
constexpr size_t commitsLookedAt = 2000;

QString listed(const std::vector<QByteArray> &paths)
{
    QStringList shown;
    for (size_t i = 0; i < std::min<size_t>(paths.size(), 5); ++i)
        shown << QString::fromUtf8(paths[i]);
    if (paths.size() > 5)
        shown << QStringLiteral("and %1 more").arg(paths.size() - 5);
    return shown.join(QStringLiteral(", "));
}

/// Says so where the upstream's branch was pushed to by force and the library still has what that dropped.
Result<> noteRewritten(git::Repository &repository, Standing &standing)
{
    SyncState &state = standing.state;
    const git::Oid &dropped = standing.upstream.rewritten;
    if (dropped.isNull() || (state.state != State::Ahead && state.state != State::Diverged) || state.upstream.isNull() || !repository.has(dropped))
        return {};
    COPPICE_TRY(const auto ours, repository.mergeBase(dropped, state.split));
    if (!ours)
        return {};
    COPPICE_TRY(const bool there, repository.isAncestor(*ours, state.upstream));
    if (!there)
        state.why = QStringLiteral("The upstream's branch was rewritten by force and dropped commits that the library has (it stood at %1): %2.")
                        .arg(dropped.shown(), state.behind > 0 ? QStringLiteral("a pull merges what it has now, a push after that sends them again")
                                                               : QStringLiteral("a push sends them again"));
    return {};
}

/// Fills in how far split and upstream are apart.
Result<> compare(git::Repository &repository, Standing &standing)
{
    SyncState &state = standing.state;
    if (standing.split.error) {
        state.why = standing.split.error->message();
        return {};
    }
    if (state.split.isNull()) {
        state.why = QStringLiteral("The plugin has no folder in the library's head.");
        return {};
    }
    if (!standing.upstream.there) {
        if (state.why.isEmpty())
            state.why = QStringLiteral("The upstream was not fetched yet.");
        return {};
    }
    if (state.upstream.isNull()) {
        state.ahead = standing.split.commits;
    } else {
        if (!repository.has(state.upstream)) {
            state.why = QStringLiteral("The upstream's commit %1 is not here any more.").arg(state.upstream.shown());
            return {};
        }
        if (state.split != state.upstream) {
            COPPICE_TRY(const auto apart, repository.aheadBehind(state.split, state.upstream));
            state.ahead = apart.first;
            state.behind = apart.second;
        }
    }
    if (!standing.split.blocked.empty()) {
        state.state = State::Blocked;
        state.why = QStringLiteral("Links that cannot be sent: %1.").arg(listed(standing.split.blocked));
    } else if (state.ahead > 0 && state.behind > 0) {
        state.state = State::Diverged;
        if (state.ahead == standing.split.commits)
            state.why = QStringLiteral("The plugin and its upstream have no common history; a pull joins them where both had the same content.");
    } else {
        state.state = state.ahead > 0 ? State::Ahead : state.behind > 0 ? State::Behind : State::Clean;
    }
    return noteRewritten(repository, standing);
}

/// Finds out whether a plugin and its upstream are apart because of a plain push. Looks only where links could show it.
Result<> findParted(git::Repository &repository, Standing &standing, const git::Oid &head, const subtree::SplitOptions &options,
                    std::stop_token stop)
{
    SyncState &state = standing.state;
    if (state.state != State::Diverged || !options.resolveLinks)
        return {};
    COPPICE_TRY(const auto root, repository.treeOf(head));
    COPPICE_TRY(const auto resolved, subtree::resolveTree(repository, root, standing.entry->plugin.prefix));
    if (resolved.links.empty())
        return {};
    COPPICE_TRY(const auto base, repository.mergeBase(state.split, state.upstream));
    std::vector<git::Oid> hidden;
    if (base)
        hidden.push_back(*base);
    COPPICE_TRY(const auto theirs, repository.walk(state.upstream, hidden, commitsLookedAt));
    for (const auto &commit : theirs) {
        COPPICE_TRY(const auto tree, repository.treeOf(commit));
        for (const auto &path : resolved.links) {
            COPPICE_TRY(const auto sent, repository.entryAt(tree, path));
            COPPICE_TRY(const auto link, repository.entryAt(standing.entry->tree, path));
            if (!sent || sent->mode != git::Mode::Link || !link || sent->id != link->id)
                continue;
            subtree::SplitOptions plain = options;
            plain.resolveLinks = false;
            plain.linksSince.clear();
            state.parted = SyncState::Parted{commit, {}};
            COPPICE_TRY(state.parted->library,
                        subtree::mainlineOf(repository, head, standing.entry->plugin.prefix, plain, commit, stop));
            state.why = QStringLiteral("A plain git subtree push sent %1%2 with its links as they are; a pull brings both together.")
                            .arg(commit.shown(), state.parted->library.isNull()
                                                     ? QString()
                                                     : QStringLiteral(" (the copy of %1)").arg(state.parted->library.shown()));
            return {};
        }
    }
    return {};
}

/// What git_policy says of the commits that are on one side only.
Result<> notePolicy(const git::Repository &repository, const library::Catalog &catalog, SyncState &state)
{
    const auto &policy = catalog.settings.gitPolicy;
    const auto *entry = catalog.find(state.plugin);
    if (state.behind > 0) {
        COPPICE_TRY(state.incoming, checkCommits(repository, policy, Way::Incoming, state.plugin, state.upstream, {state.split}));
    }
    if (state.ahead > 0 && !state.upstream.isNull()) {
        const bool pull = entry && entry->plugin.settings.upstream && entry->plugin.settings.upstream->ship == library::Upstream::Ship::PullRequest;
        COPPICE_TRY(state.outgoing, checkCommits(repository, policy, pull ? Way::Pull : Way::Outgoing, state.plugin, state.split, {state.upstream}));
    }
    return {};
}

} // namespace

QString nameOf(State state)
{
    switch (state) {
    case State::Unknown:
        return QStringLiteral("unknown");
    case State::Clean:
        return QStringLiteral("clean");
    case State::Ahead:
        return QStringLiteral("ahead");
    case State::Behind:
        return QStringLiteral("behind");
    case State::Diverged:
        return QStringLiteral("diverged");
    case State::NoUpstream:
        return QStringLiteral("no-upstream");
    case State::Blocked:
        return QStringLiteral("blocked");
    }
    return QStringLiteral("unknown");
}

Result<std::vector<Standing>> standings(const Host &host, const library::Catalog &catalog,
                                        const std::vector<const library::CatalogEntry *> &plugins, std::stop_token stop,
                                        Progress &progress)
{
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto known, knownUpstreams(host, repository, plugins));
    QMap<QString, KnownUpstream> upstreams;
    std::vector<QByteArray> prefixes;
    for (const auto &upstream : known) {
        upstreams.insert(upstream.plugin, upstream);
        prefixes.push_back(catalog.find(upstream.plugin)->plugin.prefix);
    }
    subtree::SplitOptions options;
    QMap<QByteArray, subtree::SplitResult> splits;
    if (!prefixes.empty() && !catalog.head.isNull()) {
        COPPICE_TRY(options, splitOptions(repository, catalog));
        subtree::SubtreeSplitter splitter(repository, options);
        COPPICE_TRY(auto results, splitter.split(catalog.head, prefixes, stop, progress));
        for (auto &result : results)
            splits.insert(result.prefix, std::move(result));
    }

    std::vector<Standing> all;
    for (const auto *entry : plugins) {
        if (stop.stop_requested())
            return failCancelled();
        Standing standing;
        standing.entry = entry;
        standing.state.plugin = entry->plugin.id;
        const auto upstream = upstreams.constFind(entry->plugin.id);
        if (upstream == upstreams.cend()) {
            standing.state.state = State::NoUpstream;
            all.push_back(std::move(standing));
            continue;
        }
        standing.upstream = *upstream;
        standing.split = splits.value(entry->plugin.prefix);
        standing.state.split = standing.split.commit;
        standing.state.upstreamUrl = upstream->url;
        standing.state.upstreamBranch = upstream->branch;
        standing.state.upstream = upstream->commit;
        standing.state.fetchedAt = upstream->fetchedAt;
        standing.state.why = upstream->error;
        COPPICE_CHECK(compare(repository, standing));
        COPPICE_CHECK(findParted(repository, standing, catalog.head, options, stop));
        all.push_back(std::move(standing));
    }
    return all;
}

Result<std::vector<SyncState>> status(const Host &host, const QStringList &plugins, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(const auto catalog, host.library.scan(host.state, stop, progress));
    COPPICE_TRY(const auto entries, selected(catalog, plugins));
    COPPICE_TRY(auto all, standings(host, catalog, entries, stop, progress));
    COPPICE_TRY(const auto repository, host.library.repository());
    std::vector<SyncState> states;
    for (auto &standing : all) {
        COPPICE_CHECK(notePolicy(repository, catalog, standing.state));
        states.push_back(std::move(standing.state));
    }
    return states;
}

Result<std::vector<SyncState>> fetchUpstreams(const Host &host, const QStringList &plugins, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(const auto catalog, host.library.scan(host.state, stop, progress));
    COPPICE_TRY(const auto entries, selected(catalog, plugins));
    COPPICE_TRY(const auto fetched, fetchAll(host, entries, stop, progress));
    COPPICE_TRY(const auto all, standings(host, catalog, entries, stop, progress));
    COPPICE_TRY(const auto repository, host.library.repository());
    std::vector<SyncState> states;
    for (const auto &standing : all) {
        SyncState state = standing.state;
        COPPICE_CHECK(notePolicy(repository, catalog, state));
        if (!standing.upstream.error.isEmpty()) {
            state.state = State::Unknown;
            state.why = standing.upstream.error;
        }
        states.push_back(std::move(state));
    }
    return states;
}

} // namespace coppice::sync
