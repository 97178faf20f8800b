// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/decisions.h"
#include "sync/merging.h"
#include "sync/options.h"

namespace coppice::sync {

namespace {

/// Merges one plugin's upstream onto the branch as it is now.
Result<PluginOutcome> pullOne(const Host &host, const journal::Lease &lease, const Standing &standing,
                              const subtree::SplitOptions &options, std::stop_token stop)
{
    PluginOutcome outcome;
    outcome.plugin = standing.state.plugin;
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto merging, prepareMerge(host, standing, options));
    COPPICE_TRY(const auto merged, subtree::mergeUpstream(repository, merging.request, stop));
    if (merged.upToDate) {
        outcome.what = QStringLiteral("Up to date.");
        return outcome;
    }
    COPPICE_CHECK(noteLinkChanges(host.state, outcome.plugin, merging.request.upstream, merged.openLinks));
    if (!merged.openLinks.empty()) {
        outcome.error = openLinksError(outcome.plugin, merging.request.prefix, merged.openLinks);
        for (const auto &change : merged.openLinks)
            outcome.links.push_back(merging.request.prefix + '/' + change.path);
    }
    if (!merged.conflicts.empty()) {
        outcome.conflicts = merged.conflicts;
        auto conflict = conflictError(outcome.plugin, merged.conflicts,
                                      QStringLiteral("The library and the upstream changed the same lines; nothing was changed"));
        if (outcome.error) { // first the links, since they decide what is merged; both are told
            for (const auto &need : conflict.needs)
                outcome.error->needs.append(need);
        } else {
            outcome.error = std::move(conflict);
        }
    }
    if (!outcome.error)
        COPPICE_CHECK(landMerge(host, lease, repository, merging, merged, outcome, stop));
    return outcome;
}

} // namespace

Result<std::vector<PluginOutcome>> pull(const Host &host, const journal::Lease &lease, const QStringList &plugins, std::stop_token stop,
                                        Progress &progress)
{
    COPPICE_TRY(const auto catalog, host.library.scan(host.state, stop, progress));
    COPPICE_TRY(const auto entries, selected(catalog, plugins));
    COPPICE_TRY(const auto fetched, fetchAll(host, entries, stop, progress));
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto options, splitOptions(repository, catalog));
    COPPICE_TRY(const auto all, standings(host, catalog, entries, stop, progress));

    std::vector<PluginOutcome> outcomes;
    for (const auto &standing : all) {
        if (stop.stop_requested())
            return failCancelled();
        progress.report(qint64(outcomes.size()), qint64(all.size()), QStringLiteral("plugins pulled"));
        PluginOutcome outcome;
        outcome.plugin = standing.state.plugin;
        const QString &id = outcome.plugin;
        if (standing.state.state == SyncState::State::NoUpstream) {
            outcome.what = QStringLiteral("It has no upstream.");
        } else if (!standing.upstream.error.isEmpty()) {
            outcome.error = fail(QStringLiteral("sync.unreachable"), standing.upstream.error, id,
                                 QStringLiteral("Look at upstream in .coppice/plugins/%1.yaml, at the network and at your rights.").arg(id))
                                .error();
        } else if (standing.split.error) {
            outcome.error = standing.split.error;
        } else if (standing.upstream.commit.isNull()) {
            outcome.what = QStringLiteral("The upstream has no commit on %1 yet.").arg(standing.upstream.branch);
        } else if (standing.state.behind == 0 && !standing.state.split.isNull()) {
            outcome.what = QStringLiteral("Up to date.");
        } else {
            auto one = pullOne(host, lease, standing, options, stop);
            if (!one && one.error().kind == ErrorKind::Cancelled)
                return failCancelled();
            if (one)
                outcome = std::move(*one);
            else
                outcome.error = one.error();
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

} // namespace coppice::sync
