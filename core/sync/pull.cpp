// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/merge.h"
#include "sync/options.h"
#include "sync/upstreams.h"

#include <QJsonArray>

namespace coppice::sync {

namespace {

QJsonArray needs(const QString &kind, const QString &plugin, const std::vector<QByteArray> &paths)
{
    QJsonArray shown;
    for (const auto &path : paths)
        shown.append(QString::fromUtf8(path));
    return {QJsonObject{{QStringLiteral("kind"), kind}, {QStringLiteral("plugin"), plugin}, {QStringLiteral("paths"), shown}}};
}

QString commits(size_t count)
{
    return count == 1 ? QStringLiteral("1 commit") : QStringLiteral("%1 commits").arg(count);
}

/// Merges one plugin's upstream onto the branch as it is now.
Result<PluginOutcome> pullOne(const Host &host, const journal::Lease &lease, const Standing &standing,
                              const subtree::SplitOptions &options, std::stop_token stop)
{
    PluginOutcome outcome;
    outcome.plugin = standing.state.plugin;
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto head, host.library.head());
    subtree::MergeRequest request;
    request.head = head;
    request.prefix = standing.entry->plugin.prefix;
    request.upstream = standing.upstream.commit;
    request.split = standing.split;
    request.options = options;
    request.squash = standing.entry->plugin.settings.upstream->mode == library::Upstream::Mode::Squash;
    COPPICE_TRY(const auto merged, subtree::mergeUpstream(repository, request, stop));
    if (merged.upToDate) {
        outcome.what = QStringLiteral("Up to date.");
        return outcome;
    }
    if (!merged.conflicts.empty()) {
        outcome.conflicts = merged.conflicts;
        outcome.error = failNeeds(QStringLiteral("sync.conflict"),
                                  QStringLiteral("The library and the upstream changed the same lines"), outcome.plugin,
                                  QStringLiteral("Bring both together in the plugin's own repository or in the library, commit, "
                                                 "and pull again; nothing was changed."),
                                  needs(QStringLiteral("conflict"), outcome.plugin, merged.conflicts))
                            .error();
        return outcome;
    }
    if (!merged.linkDecisions.empty()) {
        outcome.conflicts = merged.linkDecisions;
        outcome.error = failNeeds(QStringLiteral("sync.link-changed"),
                                  QStringLiteral("The upstream changed what is a link to a template here"), outcome.plugin,
                                  QStringLiteral("Take the change into the template, or replace the link by the plugin's own "
                                                 "copy, commit, and pull again."),
                                  needs(QStringLiteral("link"), outcome.plugin, merged.linkDecisions))
                            .error();
        return outcome;
    }
    const QString reason = QStringLiteral("coppice: pull ") + outcome.plugin;
    COPPICE_CHECK(landJournaled(host, lease, repository, head, merged.commit, reason, stop));
    outcome.changed = true;
    outcome.commit = merged.commit;
    outcome.what = QStringLiteral("Merged %1 of %2.").arg(commits(standing.state.behind), standing.state.upstreamBranch);
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
