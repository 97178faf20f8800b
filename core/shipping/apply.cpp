// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/shipping.h"

#include "base/counted.h"
#include "git/land.h"
#include "shipping/merge_onto.h"
#include "shipping/message.h"
#include "shipping/settle.h"
#include "subtree/split.h"

#include <QJsonArray>

#include <algorithm>

namespace coppice::shipping {

namespace {

constexpr int mostTries = 5; ///< when the branch moves meanwhile

QStringList names(const std::vector<QByteArray> &paths)
{
    QStringList all;
    for (const auto &path : paths)
        all << QString::fromUtf8(path);
    return all;
}

/// What people decided on the hunks that the patch has now.
struct Verdicts {
    QStringList accepted;
    int rejected = 0;
    int undecided = 0;
    [[nodiscard]] int all() const { return int(accepted.size()) + rejected + undecided; }
};
Result<Verdicts> verdictsOn(review::Reviews &reviews, const review::Patch &patch, const std::vector<review::FilePatch> &files)
{
    COPPICE_TRY(const auto decisions, reviews.decisions(patch.id.toString()));
    Verdicts verdicts;
    for (const auto &file : files) {
        for (const auto &hunk : file.hunks) {
            const auto it = std::ranges::find(decisions, hunk.id, &review::Decision::hunk);
            const auto verdict = it == decisions.end() ? review::Decision::Verdict::Undecided : it->verdict;
            if (verdict == review::Decision::Verdict::Accepted)
                verdicts.accepted << hunk.id;
            else if (verdict == review::Decision::Verdict::Rejected)
                ++verdicts.rejected;
            else
                ++verdicts.undecided;
        }
    }
    if (verdicts.accepted.isEmpty())
        return fail(QStringLiteral("review.nothing-accepted"), QStringLiteral("Nothing of the patch is accepted"),
                    patch.id.toString(), QStringLiteral("Accept hunks first: coppicectl review accept %1 --all").arg(patch.id.shown()));
    return verdicts;
}

Result<> fetchLibrary(const runs::House &house, Applied &applied, std::stop_token stop, Progress &progress)
{
    progress.report(0, 0, QStringLiteral("Fetching the library's remote"));
    const auto pulled = sync::pullLibrary({house.library, house.state}, house.lease, stop, progress);
    if (pulled && !pulled->hasRemote) {
        applied.notes << QStringLiteral("The library has no remote; nothing was fetched.");
    } else if (pulled && pulled->changed) {
        applied.notes << pulled->what;
    } else if (!pulled && pulled.error().code == u"library.no-remote") {
        applied.notes << QStringLiteral("The library has no remote; nothing was fetched.");
    } else if (!pulled) {
        return std::unexpected(Error(pulled.error())
                                   .wrap(QStringLiteral("apply.fetch"), QStringLiteral("The library's remote could not be taken in first"),
                                         {}, QStringLiteral("Nothing was applied.")));
    }
    return {};
}

/// Runs the checks of the patch's run on what would land. Refuses when one passed before and now fails.
Result<> runChecks(const runs::House &house, git::Repository &repository, const review::Patch &patch, const QByteArray &prefix,
                   const git::Oid &tree, Applied &applied, std::stop_token stop, Progress &progress)
{
    applied.checks.clear();
    if (patch.last().run.isEmpty())
        return {};
    const auto run = runs::RunStore(house.state).get(patch.last().run);
    if (!run && run.error().kind == ErrorKind::NotFound) {
        applied.notes << QStringLiteral("The patch's run is not on this machine, so its checks were not run again.");
        return {};
    }
    if (!run)
        return std::unexpected(run.error());
    if (run->checks.empty())
        return {};
    progress.report(0, 0, QStringLiteral("Running the checks on what was accepted"));
    COPPICE_TRY(const auto resolved, subtree::resolveTree(repository, tree, prefix));
    COPPICE_TRY(applied.checks, runs::Runner(house).checkTree(*run, resolved.tree, stop));
    if (stop.stop_requested())
        return failCancelled();
    QStringList broken;
    for (const auto &check : applied.checks) {
        if (check.after.value_or(false))
            continue;
        if (check.before.value_or(false))
            broken << check.command;
        else
            applied.notes << QStringLiteral("\"%1\" fails, as it did before the patch.").arg(check.command);
    }
    if (broken.isEmpty())
        return {};
    return fail(QStringLiteral("apply.check-failed"),
                QStringLiteral("With what was accepted, a check fails that passed before: %1").arg(broken.join(QStringLiteral("; "))),
                applied.checks.empty() ? QString() : applied.checks.front().logAfter,
                QStringLiteral("Accept what it needs too, or send the patch back. Nothing was applied."));
}

Fail conflict(const review::Patch &patch, const std::vector<QByteArray> &paths)
{
    const QStringList all = names(paths);
    return failNeeds(QStringLiteral("apply.conflict"),
                     QStringLiteral("The library has changed the same lines since the patch was made"), all.join(QStringLiteral(", ")),
                     QStringLiteral("Nothing was applied. Run the ticket again on the newest state, or change the lines by hand."),
                     {QJsonObject{{QStringLiteral("kind"), QStringLiteral("conflict")},
                                  {QStringLiteral("plugin"), patch.plugin},
                                  {QStringLiteral("paths"), QJsonArray::fromStringList(all)}}});
}

} // namespace

Result<Applied> apply(const runs::House &house, const Actor &actor, const QString &patchId, std::stop_token stop, Progress &progress)
{
    COPPICE_CHECK(settleApplies(house)); // one that a dead engine had begun
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patch, reviews.get(patchId));
    Applied applied;
    if (!patch.applied.isNull()) {
        applied.commit = patch.applied;
        applied.notes << QStringLiteral("The patch was applied already.");
        return applied;
    }
    if (patch.state == review::Patch::State::Closed)
        return fail(QStringLiteral("review.not-open"), QStringLiteral("The patch is closed"), patch.id.toString());
    COPPICE_TRY(auto repository, house.library.repository());
    COPPICE_TRY(const auto files, review::filesOf(repository, patch.last()));
    COPPICE_TRY(const auto verdicts, verdictsOn(reviews, patch, files));
    if (verdicts.undecided > 0)
        applied.notes << QStringLiteral("Undecided and left out: %1.").arg(counted(qint64(verdicts.undecided), "hunk"));
    std::optional<tickets::Ticket> ticket;
    if (!patch.ticket.isEmpty()) {
        COPPICE_TRY(ticket, tickets::Tickets(house.state, house.journal).get(patch.ticket));
    }
    COPPICE_CHECK(fetchLibrary(house, applied, stop, progress));
    COPPICE_TRY(const auto composed, review::composeAccepted(repository, patch.last(), files, verdicts.accepted));

    git::Oid checkedTree;
    journal::Intents intents(house.state);
    for (int tries = 1;; ++tries) {
        COPPICE_TRY(const auto head, house.library.head());
        COPPICE_TRY(const auto headTree, repository.treeOf(head));
        COPPICE_TRY(const auto merged, mergeOnto(repository, headTree, patch.last().base, composed));
        if (!merged.conflicts.empty())
            return conflict(patch, merged.conflicts);
        if (merged.tree == headTree)
            return fail(QStringLiteral("apply.nothing"), QStringLiteral("The library already holds all that was accepted"),
                        patch.id.toString());
        COPPICE_TRY(const auto catalog, house.library.scan(house.state, stop, progress));
        const auto *entry = catalog.find(patch.plugin);
        if (entry && checkedTree != merged.tree) {
            COPPICE_CHECK(runChecks(house, repository, patch, entry->plugin.prefix, merged.tree, applied, stop, progress));
            checkedTree = merged.tree;
        }
        if (stop.stop_requested())
            return failCancelled();
        const auto who = repository.defaultSignature();
        const auto message = commitMessage(patch, ticket, files, who, int(verdicts.accepted.size()), verdicts.all());
        COPPICE_TRY(const auto commit, repository.writeCommit(merged.tree, {head}, who, who, message));
        const LandIntent landing{patch.id.toString(), actor, house.library.branch(), head, commit};
        COPPICE_TRY(const auto intent, intents.open(applyIntent, toJson(landing)));
        const auto landed = git::land(house.lease, repository, landing.branch, head, commit,
                                      QStringLiteral("coppice: apply patch %1").arg(patch.id.shown()));
        if (!landed) {
            COPPICE_CHECK(settleApply(house, {intent, applyIntent, toJson(landing), 0}, nullptr));
            if (landed.error().code == u"land.moved" && tries < mostTries)
                continue;
            COPPICE_TRY(const auto now, reviews.get(patch.id.toString()));
            if (now.applied != commit)
                return std::unexpected(landed.error());
            applied.notes << landed.error().message(); // the branch has it; the work tree could not follow
            applied.commit = commit;
            return applied;
        }
        applied.commit = commit;
        if (!merged.mergedPaths.empty())
            applied.notes << QStringLiteral("Merged with later changes: %1.").arg(names(merged.mergedPaths).join(QStringLiteral(", ")));
        COPPICE_CHECK(settleApply(house, {intent, applyIntent, toJson(landing), 0}, &applied.notes));
        return applied;
    }
}

} // namespace coppice::shipping
