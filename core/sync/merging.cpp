// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/merging.h"

#include "sync/decisions.h"
#include "sync/options.h"

#include <QJsonArray>

namespace coppice::sync {

using namespace Qt::StringLiterals;

namespace {

QJsonArray needs(const QString &kind, const QString &plugin, const std::vector<QByteArray> &paths)
{
    QJsonArray shown;
    for (const auto &path : paths)
        shown.append(QString::fromUtf8(path));
    return {QJsonObject{{u"kind"_s, kind}, {u"plugin"_s, plugin}, {u"paths"_s, shown}}};
}

} // namespace

Result<Merging> prepareMerge(const Host &host, const Standing &standing, const subtree::SplitOptions &options, const git::Oid &head)
{
    Merging merging;
    merging.plugin = standing.state.plugin;
    merging.branch = standing.state.upstreamBranch;
    merging.behind = standing.state.behind;
    merging.request.head = head;
    merging.request.prefix = standing.entry->plugin.prefix;
    merging.request.upstream = standing.upstream.commit;
    merging.request.split = standing.split;
    merging.request.options = options;
    merging.request.squash = standing.entry->plugin.settings.upstream->mode == library::Upstream::Mode::Squash;
    COPPICE_TRY(merging.request.answers, linkAnswers(host.state, merging.plugin));
    return merging;
}

Result<Merging> prepareMerge(const Host &host, const QString &plugin, const git::Oid &upstream, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(const auto catalog, host.library.scan(host.state, stop, progress));
    COPPICE_TRY(const auto entries, selected(catalog, {plugin}));
    COPPICE_TRY(const auto repository, host.library.repository());
    COPPICE_TRY(const auto options, splitOptions(repository, catalog));
    COPPICE_TRY(const auto all, standings(host, catalog, entries, stop, progress));
    const auto &standing = all.front();
    if (standing.state.state == SyncState::State::NoUpstream)
        return failUsage(u"sync.no-upstream"_s, u"The plugin has no upstream"_s, plugin,
                         u"Set upstream.url in .coppice/plugins/%1.yaml."_s.arg(plugin));
    if (standing.split.error)
        return std::unexpected(*standing.split.error);
    if (standing.state.split.isNull() || standing.upstream.commit.isNull())
        return fail(u"sync.nothing-fetched"_s, u"There is nothing to merge: %1"_s.arg(standing.state.why), plugin,
                    u"coppicectl sync pull %1"_s.arg(plugin));
    COPPICE_TRY(auto merging, prepareMerge(host, standing, options, catalog.head));
    if (!upstream.isNull())
        merging.request.upstream = upstream;
    COPPICE_TRY(const auto apart, repository.aheadBehind(standing.state.split, merging.request.upstream));
    merging.behind = apart.second;
    return merging;
}

Result<> landMerge(const Host &host, const journal::Lease &lease, git::Repository &repository, const Merging &merging,
                   const subtree::MergeResult &merged, PluginOutcome &outcome, std::stop_token stop)
{
    COPPICE_CHECK(landJournaled(host, lease, repository, merging.request.head, merged.commit, u"coppice: pull "_s + merging.plugin, stop));
    return noteMerged(host, merging, merged, outcome);
}

Result<> noteMerged(const Host &host, const Merging &merging, const subtree::MergeResult &merged, PluginOutcome &outcome)
{
    COPPICE_CHECK(noteLinkChanges(host.state, merging.plugin, {}, {}));
    outcome.changed = true;
    outcome.commit = merged.commit;
    outcome.what = u"Merged %1 of %2."_s.arg(merging.behind == 1 ? u"1 commit"_s : u"%1 commits"_s.arg(merging.behind), merging.branch);
    if (!merged.joinedAt.isNull())
        outcome.what += u" Both histories are joined at %1, where the content was the same."_s.arg(merged.joinedAt.shown());
    for (const auto &change : merged.adopted)
        outcome.what += u" Took a change into %1."_s.arg(QString::fromUtf8(change.target));
    for (const auto &change : merged.kept)
        outcome.what += u" %1 is the plugin's own now."_s.arg(QString::fromUtf8(change.path));
    return {};
}

Error conflictError(const QString &plugin, const std::vector<QByteArray> &paths, const QString &what)
{
    return failNeeds(u"sync.conflict"_s, what, plugin,
                     u"coppicectl sync resolve %1 lays both out in a folder; with --done it is taken up."_s.arg(plugin),
                     needs(u"conflict"_s, plugin, paths))
        .error();
}

Error openLinksError(const QString &plugin, const QByteArray &prefix, const std::vector<subtree::LinkChange> &changes)
{
    std::vector<QByteArray> paths;
    for (const auto &change : changes)
        paths.push_back(prefix + '/' + change.path);
    return failNeeds(u"sync.link-changed"_s, u"The upstream changed what is a link to a template here"_s, plugin,
                     u"coppicectl templates decide %1 %2 adopt (into the template), keep (the plugin's own) or discard; then pull again."_s.arg(
                         plugin, QString::fromUtf8(changes.front().path)),
                     needs(u"link"_s, plugin, paths))
        .error();
}

} // namespace coppice::sync
