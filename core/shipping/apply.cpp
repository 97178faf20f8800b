// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/shipping.h"

#include "base/counted.h"
#include "base/fault.h"
#include "git/land.h"
#include "shipping/accepted.h"
#include "shipping/merge_onto.h"
#include "shipping/message.h"
#include "shipping/patch_policy.h"
#include "shipping/settle.h"
#include "shipping/signoffs.h"
#include "subtree/split.h"

#include <QJsonArray>

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

Result<> fetchLibrary(const runs::House &house, Applied &applied, std::stop_token stop, Progress &progress)
{
    const FaultStep step("apply.fetch");
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
    const FaultStep step("apply.check");
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

/// The library's rule on who has to have approved. Applying is the word of the person who applies.
Result<std::vector<Actor>> reviewersOf(const runs::House &house, const Actor &actor, const review::Patch &patch, const QString &content)
{
    const FaultStep step("apply.approve");
    SignOffs signOffs(house.state, house.journal);
    if (actor.kind == Actor::Kind::Person)
        COPPICE_CHECK(signOffs.approve(actor, patch, content));
    COPPICE_TRY(const auto judged, approvalsOf(house, patch, content));
    if (!judged.missing.isEmpty())
        return failNeeds(QStringLiteral("apply.approval"), QStringLiteral("The library asks for more approvals: %1").arg(judged.missing.join(QStringLiteral("; "))),
                         patch.id.toString(),
                         QStringLiteral("Nothing was applied. Whoever has to approve types: coppicectl review approve %1").arg(patch.id.shown()),
                         {QJsonObject{{QStringLiteral("kind"), QStringLiteral("approval")},
                                      {QStringLiteral("plugin"), patch.plugin},
                                      {QStringLiteral("review"), patch.id.toString()},
                                      {QStringLiteral("approvals"), toJson(judged)}}});
    std::vector<Actor> people;
    for (const auto &one : judged.holding)
        people.push_back(one.actor);
    return people;
}

/// Compares what would land, or has landed, with what was approved.
Result<LandingProof> mustHold(const git::Repository &repository, const review::Patch &patch, const git::Oid &composed, const git::Oid &parentTree,
                              const git::Oid &commit, const std::vector<QByteArray> &mergedPaths)
{
    COPPICE_TRY(const auto tree, repository.treeOf(commit));
    COPPICE_TRY(auto proof, proveLanding(repository, patch.last().base, composed, parentTree, tree, mergedPaths));
    if (!proof.holds())
        return fail(QStringLiteral("apply.proof"), QStringLiteral("The commit that was made does not hold what was approved"), proof.broken,
                    QStringLiteral("This is a fault of Coppice: report it with the patch %1 and the tree %2.").arg(patch.id.shown(), tree.toString()));
    return proof;
}

} // namespace

Result<Approvals> approvalsOf(const runs::House &house, const review::Patch &patch, const QString &content)
{
    COPPICE_TRY(auto repository, house.library.repository());
    COPPICE_TRY(const auto head, house.library.head());
    SignOffs signOffs(house.state, house.journal);
    COPPICE_TRY(const auto all, signOffs.of(patch.id.toString()));
    COPPICE_TRY(const auto requesters, signOffs.requesters(patch));
    return judgeApprovals(library::librarySettingsAt(repository, head).review, content, all, requesters);
}

Result<Approvals> approve(const runs::House &house, const Actor &actor, const QString &patchId)
{
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patch, reviews.get(patchId));
    COPPICE_TRY(auto repository, house.library.repository());
    COPPICE_TRY(const auto accepted, acceptedOf(repository, reviews, patch));
    COPPICE_CHECK(SignOffs(house.state, house.journal).approve(actor, patch, accepted.content));
    return approvalsOf(house, patch, accepted.content);
}

Result<Approvals> approvalsOf(const runs::House &house, const QString &patchId)
{
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patch, reviews.get(patchId));
    COPPICE_TRY(auto repository, house.library.repository());
    COPPICE_TRY(const auto accepted, acceptedOf(repository, reviews, patch));
    return approvalsOf(house, patch, accepted.content);
}

Result<Applied> apply(const runs::House &house, const Actor &actor, const QString &patchId, std::stop_token stop, Progress &progress, const QString &own)
{
    const FaultStep step("apply");
    COPPICE_CHECK(settleApplies(house)); // one that a dead engine had begun
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patch, reviews.get(patchId));
    Applied applied;
    if (!patch.applied.isNull()) {
        applied.commit = patch.applied;
        applied.notes << QStringLiteral("The patch was applied already.");
        COPPICE_TRY(applied.proof, SignOffs(house.state, house.journal).proofOf(patch.id.toString()));
        return applied;
    }
    if (patch.state == review::Patch::State::Closed)
        return fail(QStringLiteral("review.not-open"), QStringLiteral("The patch is closed"), patch.id.toString());
    COPPICE_TRY(auto repository, house.library.repository());
    COPPICE_TRY(const auto accepted, acceptedOf(repository, reviews, patch));
    if (accepted.hunks.isEmpty())
        return fail(QStringLiteral("review.nothing-accepted"), QStringLiteral("Nothing of the patch is accepted"), patch.id.toString(),
                    QStringLiteral("Accept hunks first: coppicectl review accept %1 --all").arg(patch.id.shown()));
    if (accepted.undecided > 0)
        applied.notes << QStringLiteral("Undecided and left out: %1.").arg(counted(qint64(accepted.undecided), "hunk"));
    if (accepted.inPart > 0)
        applied.notes << QStringLiteral("Taken in part, by lines: %1.").arg(counted(qint64(accepted.inPart), "hunk"));
    COPPICE_TRY(const auto policy, policyOfPatch(house.library, house.state, house.journal, patch, own, stop));
    for (const auto &finding : policy.applying) {
        if (finding.refuses)
            return fail(QStringLiteral("apply.policy"), finding.what, patch.id.toString(), finding.fix + QStringLiteral(" Nothing was applied."));
    }
    applied.policy = policy.shipping;
    for (const auto &finding : policy.shipping)
        applied.notes << (finding.refuses ? QStringLiteral("Shipping it will be refused: ") : QString()) + finding.told();
    COPPICE_TRY(const auto reviewers, reviewersOf(house, actor, patch, accepted.content));
    std::optional<tickets::Ticket> ticket;
    if (!patch.ticket.isEmpty()) {
        COPPICE_TRY(ticket, tickets::Tickets(house.state, house.journal).get(patch.ticket));
    }
    COPPICE_CHECK(fetchLibrary(house, applied, stop, progress));

    git::Oid checkedTree;
    journal::Intents intents(house.state);
    for (int tries = 1;; ++tries) {
        COPPICE_TRY(const auto head, house.library.head());
        COPPICE_TRY(const auto headTree, repository.treeOf(head));
        COPPICE_TRY(const auto merged, mergeOnto(repository, headTree, patch.last().base, accepted.composed));
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
        const auto message = commitMessage(patch, ticket, accepted.files, who, int(accepted.hunks.size()), accepted.all(), actor, reviewers, own);
        COPPICE_TRY(const auto commit, repository.writeCommit(merged.tree, {head}, who, who, message));
        COPPICE_TRY(const auto proof, mustHold(repository, patch, accepted.composed, headTree, commit, merged.mergedPaths));
        const LandIntent landing{patch.id.toString(), actor, house.library.branch(), head, commit, accepted.content, toJson(proof)};
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
        // Once more on what the branch has now, with a handle of its own: what was checked before is not taken on trust.
        COPPICE_TRY(const auto fresh, house.library.repository());
        COPPICE_TRY(const auto tip, fresh.refTarget(landing.branch));
        COPPICE_TRY(const bool there, fresh.isAncestor(commit, tip));
        if (!there)
            return fail(QStringLiteral("apply.proof"), QStringLiteral("The branch does not hold the commit that was put on it"), commit.toString());
        COPPICE_TRY(applied.proof, mustHold(fresh, patch, accepted.composed, headTree, commit, merged.mergedPaths));
        if (!merged.mergedPaths.empty())
            applied.notes << QStringLiteral("Merged with later changes: %1.").arg(names(merged.mergedPaths).join(QStringLiteral(", ")));
        COPPICE_CHECK(settleApply(house, {intent, applyIntent, toJson(landing), 0}, &applied.notes));
        return applied;
    }
}

} // namespace coppice::shipping
