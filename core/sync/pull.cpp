// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/decisions.h"
#include "sync/merging.h"
#include "sync/options.h"

namespace coppice::sync {

namespace {

/// One plugin's merge, made but not yet on the branch.
struct Made {
    size_t outcome = 0; ///< its place in the answer
    const Standing *standing = nullptr;
    Merging merging;
    subtree::MergeResult merged;
};

/// Why git_policy does not let the upstream's commits in; none where it does, or only tells.
std::optional<Error> refusal(const PluginOutcome &outcome)
{
    for (const auto &finding : outcome.policy) {
        if (finding.refuses)
            return fail(QStringLiteral("sync.policy"), QString(finding.what.chopped(1) + QStringLiteral("; nothing was merged")), outcome.plugin, finding.fix).error();
    }
    return std::nullopt;
}

/// Merges one plugin's upstream onto a commit. What a person has to do is in `outcome`.
Result<Made> mergeOne(const Host &host, git::Repository &repository, const Standing &standing, const subtree::SplitOptions &options,
                      const git::Oid &head, PluginOutcome &outcome, std::stop_token stop)
{
    Made made;
    made.standing = &standing;
    COPPICE_TRY(made.merging, prepareMerge(host, standing, options, head));
    COPPICE_TRY(made.merged, subtree::mergeUpstream(repository, made.merging.request, stop));
    const auto &merged = made.merged;
    const auto &request = made.merging.request;
    if (merged.upToDate) {
        outcome.what = QStringLiteral("Up to date.");
        return made;
    }
    if (merged.commit.isNull())
        COPPICE_CHECK(noteLinkChanges(host.state, outcome.plugin, request.upstream, merged.openLinks));
    if (!merged.openLinks.empty()) {
        outcome.error = openLinksError(outcome.plugin, request.prefix, merged.openLinks);
        for (const auto &change : merged.openLinks)
            outcome.links.push_back(request.prefix + '/' + change.path);
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
    return made;
}

/// Puts merges that were made one on the other on the branch, at once. Where that is refused because files of some plugin
/// are being worked on, each is made and landed by itself, so that only that one is held up.
Result<> landAll(const Host &host, const journal::Lease &lease, git::Repository &repository, const std::vector<Made> &all,
                 const subtree::SplitOptions &options, std::vector<PluginOutcome> &outcomes, std::stop_token stop)
{
    if (all.empty())
        return {};
    const git::Oid from = all.front().merging.request.head;
    const QString reason = all.size() == 1 ? QStringLiteral("coppice: pull ") + all.front().merging.plugin
                                           : QStringLiteral("coppice: pull %1 plugins").arg(all.size());
    const auto landed = landJournaled(host, lease, repository, from, all.back().merged.commit, reason, stop);
    if (landed) {
        for (const auto &made : all)
            COPPICE_CHECK(noteMerged(host, made.merging, made.merged, outcomes[made.outcome]));
        return {};
    }
    if (landed.error().kind == ErrorKind::Cancelled)
        return std::unexpected(landed.error());
    if (all.size() == 1) {
        outcomes[all.front().outcome].error = landed.error();
        return {};
    }
    for (const auto &made : all) {
        auto &outcome = outcomes[made.outcome];
        const auto alone = [&]() -> Result<> {
            COPPICE_TRY(const auto head, host.library.head());
            COPPICE_TRY(const auto again, mergeOne(host, repository, *made.standing, options, head, outcome, stop));
            if (again.merged.commit.isNull())
                return {};
            return landMerge(host, lease, repository, again.merging, again.merged, outcome, stop);
        };
        if (const auto done = alone(); !done) {
            if (done.error().kind == ErrorKind::Cancelled)
                return std::unexpected(done.error());
            outcome.error = done.error();
        }
    }
    return {};
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
    std::vector<Made> made;
    git::Oid head = catalog.head;
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
            COPPICE_TRY(outcome.policy, checkCommits(repository, catalog.settings.gitPolicy, Way::Incoming, id, standing.upstream.commit, {standing.state.split}));
            if (auto refused = refusal(outcome)) {
                outcome.error = std::move(refused);
                outcomes.push_back(std::move(outcome));
                continue;
            }
            auto one = mergeOne(host, repository, standing, options, head, outcome, stop);
            if (!one && one.error().kind == ErrorKind::Cancelled)
                return failCancelled();
            if (!one) {
                outcome.error = one.error();
            } else if (!one->merged.commit.isNull()) {
                head = one->merged.commit;
                one->outcome = outcomes.size();
                made.push_back(std::move(*one));
            }
        }
        outcomes.push_back(std::move(outcome));
    }
    COPPICE_CHECK(landAll(host, lease, repository, made, options, outcomes, stop));
    return outcomes;
}

} // namespace coppice::sync
