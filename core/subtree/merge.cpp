// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/merge.h"

#include "git/tree_edit.h"
#include "subtree/content_join.h"
#include "subtree/squash.h"

#include <algorithm>

namespace coppice::subtree {

namespace {

/// How far back one side's content is looked for in the other side's history, and for how many paths.
constexpr size_t commitsLookedAt = 2000;
constexpr size_t pathsLookedAt = 100;

struct Content {
    git::Oid tree; ///< null with conflicts
    std::vector<QByteArray> conflicts;
    LinkPlan plan;
    MergeResult::Sides sides;
};

/// Blobs that a path had in the commits between two, with their modes.
Result<std::vector<git::TreeEntry>> earlier(git::Repository &repository, const git::Oid &from, const git::Oid &to, const QByteArray &path)
{
    std::vector<git::TreeEntry> found;
    COPPICE_TRY(const auto commits, repository.walk(to, {from}, commitsLookedAt));
    for (const auto &id : commits) {
        COPPICE_TRY(const auto tree, repository.treeOf(id));
        COPPICE_TRY(const auto entry, repository.entryAt(tree, path));
        if (entry)
            found.push_back(*entry);
    }
    return found;
}

bool holds(const std::vector<git::TreeEntry> &entries, const std::optional<git::TreeEntry> &wanted)
{
    return wanted && std::ranges::any_of(entries, [&](const auto &entry) { return entry.id == wanted->id && entry.mode == wanted->mode; });
}

/// Where one side has at a conflicting path what the other side had there before, that other side has moved on from it:
/// so it is after a pull request was squashed or rebased, which leaves a merge base from before it. Answers the base
/// tree with such paths set right.
Result<git::Oid> laterBase(git::Repository &repository, const MergeRequest &request, const git::Oid &base, const Content &content)
{
    std::vector<git::TreeChange> settled;
    for (size_t i = 0; i < std::min(content.conflicts.size(), pathsLookedAt); ++i) {
        const QByteArray &path = content.conflicts[i];
        COPPICE_TRY(const auto mine, repository.entryAt(content.sides.ours, path));
        COPPICE_TRY(const auto now, repository.entryAt(content.sides.theirs, path));
        COPPICE_TRY(const auto sent, earlier(repository, base, request.split.commit, path));
        if (holds(sent, now)) {
            settled.push_back({path, now});
            continue;
        }
        COPPICE_TRY(const auto received, earlier(repository, base, request.upstream, path));
        if (holds(received, mine))
            settled.push_back({path, mine});
    }
    return settled.empty() ? Result<git::Oid>(content.sides.base) : git::editTree(repository, content.sides.base, settled);
}

Result<> mergeSides(git::Repository &repository, const MergeRequest &request, const git::Oid &base, Content &content)
{
    auto &[baseTree, ours, theirs, links] = content.sides;
    if (request.byHand) {
        content.tree = *request.byHand;
        return {};
    }
    if (ours == baseTree || ours == theirs) {
        content.tree = theirs;
        return {};
    }
    if (theirs == baseTree) {
        content.tree = ours;
        return {};
    }
    COPPICE_TRY(auto merged, repository.mergeTrees(baseTree, ours, theirs));
    if (!merged.conflicts.empty()) {
        content.conflicts = merged.conflicts;
        COPPICE_TRY(const auto later, laterBase(repository, request, base, content));
        if (later != baseTree) {
            baseTree = later;
            COPPICE_TRY(merged, repository.mergeTrees(baseTree, ours, theirs));
        }
    }
    content.conflicts = merged.conflicts;
    content.tree = merged.tree;
    return {};
}

/// Where upstream has at a linked path what we sent there, it changed nothing, although both may look changed since the
/// histories part: our pull request was squashed or rebased, and the template has moved on. Nobody is asked about that.
Result<> settleSent(git::Repository &repository, const MergeRequest &request, const git::Oid &raw, const git::Oid &base, LinkPlan &plan)
{
    std::vector<LinkChange> open;
    for (auto &change : plan.open) {
        COPPICE_TRY(const auto sent, earlier(repository, base, request.split.commit, change.path));
        if (!holds(sent, change.theirs)) {
            open.push_back(std::move(change));
            continue;
        }
        COPPICE_TRY(const auto link, repository.entryAt(raw, change.path));
        plan.links.push_back({change.path, link});
    }
    plan.open = std::move(open);
    return {};
}

/// The merged content of the prefix, without its links; paths are the plugin's.
Result<Content> mergeContent(git::Repository &repository, const git::Oid &rootTree, const git::Oid &raw,
                             const MergeRequest &request, const git::Oid &base, const git::Oid &theirs)
{
    Content content;
    COPPICE_TRY(const auto baseTree, repository.treeOf(base));
    Resolved ours{raw, {}, {}};
    if (request.options.resolveLinks) {
        COPPICE_TRY(ours, resolveTree(repository, rootTree, request.prefix));
    }
    COPPICE_TRY(content.plan, planLinks(repository, rootTree, request.prefix, raw, ours, baseTree, theirs, request.answers));
    COPPICE_CHECK(settleSent(repository, request, raw, base, content.plan));
    for (const auto &link : content.plan.links) {
        COPPICE_TRY(auto named, repository.entryAt(ours.tree, link.path));
        content.sides.links.push_back({link.path, std::move(named)});
    }
    COPPICE_TRY(content.sides.base, withoutLinks(repository, baseTree, content.plan));
    COPPICE_TRY(content.sides.ours, withoutLinks(repository, ours.tree, content.plan));
    COPPICE_TRY(content.sides.theirs, withoutLinks(repository, theirs, content.plan));
    COPPICE_CHECK(mergeSides(repository, request, base, content));
    return content;
}

/// What was adopted, as a commit of its own before the merge: every plugin that links to the template gets it with this
/// message.
Result<git::Oid> adoptCommit(git::Repository &repository, const MergeRequest &request, const git::Oid &head,
                             const LinkChange &change, const git::Oid &merged)
{
    COPPICE_TRY(const auto before, repository.treeOf(head));
    COPPICE_TRY(const auto tree, takeIntoTemplate(repository, before, request.prefix, change, merged));
    if (tree == before)
        return head;
    const auto who = repository.defaultSignature();
    return repository.writeCommit(tree, {head}, who, who,
                                  "chore(templates): take a change of " + change.target.sliced(change.target.lastIndexOf('/') + 1)
                                      + " from the upstream of " + request.prefix + "\n\nUpstream changed its copy of "
                                      + change.target + " at " + request.upstream.hex() + ".\n");
}

/// The commit to merge onto: `head`, or where no earlier join ties upstream's history to the library's, one on top of it
/// that does, as `git subtree split --rejoin` writes it. It changes no file, so that no split copies it: trailers that
/// were copied would come back with a later pull, and git ends when two commits join the same one.
Result<git::Oid> joinedHead(git::Repository &repository, const MergeRequest &request, const git::Oid &head,
                            const git::Oid &base, std::stop_token stop)
{
    for (const auto &join : request.split.joins) {
        if (!join.whole || !repository.has(join.split))
            continue;
        COPPICE_TRY(const bool known, repository.isAncestor(join.split, request.upstream));
        if (known)
            return head;
    }
    COPPICE_TRY(const auto mainline, mainlineOf(repository, request.head, request.prefix, request.options, base, stop));
    if (mainline.isNull())
        return fail(QStringLiteral("subtree.no-join"),
                    QStringLiteral("No commit of the library stands for %1, where it and upstream part").arg(base.shown()),
                    QString::fromUtf8(request.prefix),
                    QStringLiteral("Set upstream.mode to squash in the plugin's settings and pull again."));
    COPPICE_TRY(const auto tree, repository.treeOf(head));
    const auto who = repository.defaultSignature();
    return repository.writeCommit(tree, {head, base}, who, who,
                                  "Split '" + request.prefix + "/' into commit '" + base.hex() + "'\n\n"
                                      + trailers(request.prefix, mainline, base));
}

/// What the merge is based on: where both histories part, or with squashes, as for git, the upstream commit that was
/// merged last. Only a branch that was pushed by force does not follow that one: what it dropped is dropped here, too.
Result<git::Oid> comparedFrom(git::Repository &repository, const MergeRequest &request, const git::Oid &base)
{
    const auto &last = request.split.latestSquash;
    if (!request.squash || !last || last->split == base || !repository.has(last->split))
        return base;
    COPPICE_TRY(const bool older, repository.isAncestor(base, last->split));
    return older ? last->split : base;
}

/// Joins what has no common history where the content was the same once, and merges what came since.
Result<MergeResult> mergeUnrelated(git::Repository &repository, const MergeRequest &request, std::stop_token stop)
{
    COPPICE_TRY(const auto join, joinByContent(repository, request, stop));
    if (!join)
        return fail(QStringLiteral("subtree.unrelated"),
                    QStringLiteral("The plugin and its upstream have no common history, and never had the same content"),
                    QString::fromUtf8(request.prefix),
                    QStringLiteral("Check upstream.url and upstream.branch; if they are right, remove the folder in a "
                                   "commit and pull again, which adds it anew."));
    MergeResult result;
    if (join->upstream == request.upstream) {
        result.commit = join->request.head;
    } else {
        COPPICE_TRY(result, mergeUpstream(repository, join->request, stop));
    }
    result.joinedAt = join->upstream;
    return result;
}

std::vector<QByteArray> fromRoot(const QByteArray &prefix, const std::vector<QByteArray> &paths)
{
    std::vector<QByteArray> all;
    for (const auto &path : paths)
        all.push_back(prefix + '/' + path);
    return all;
}

} // namespace

Result<MergeResult> mergeUpstream(git::Repository &repository, const MergeRequest &request, std::stop_token stop)
{
    MergeResult result;
    COPPICE_TRY(const auto rootTree, repository.treeOf(request.head));
    COPPICE_TRY(const auto there, repository.entryAt(rootTree, request.prefix));
    if (!there) {
        COPPICE_TRY(result.commit, addSubtree(repository, request.head, request.prefix, request.upstream, request.squash));
        return result;
    }
    if (there->mode != git::Mode::Tree || request.split.commit.isNull())
        return fail(QStringLiteral("subtree.no-folder"), QStringLiteral("The plugin's prefix is no folder"),
                    QString::fromUtf8(request.prefix));

    const git::Oid &split = request.split.commit;
    COPPICE_TRY(const bool known, repository.isAncestor(request.upstream, split));
    const auto &last = request.split.latestSquash;
    if (known || (request.squash && last && last->split == request.upstream)) {
        result.upToDate = true;
        return result;
    }

    COPPICE_TRY(const auto theirs, repository.treeOf(request.upstream));
    COPPICE_TRY(const auto base, repository.mergeBase(split, request.upstream));
    if (!base)
        return mergeUnrelated(repository, request, stop);

    COPPICE_TRY(const auto from, comparedFrom(repository, request, *base));
    COPPICE_TRY(auto content, mergeContent(repository, rootTree, there->id, request, from, theirs));
    result.conflicts = fromRoot(request.prefix, content.conflicts);
    result.openLinks = content.plan.open;
    result.sides = content.sides;
    result.kept = content.plan.kept;
    result.adopted = content.plan.adopted;
    if (!result.conflicts.empty() || !result.openLinks.empty())
        return result;
    git::Oid first = request.head;
    std::vector<git::TreeChange> links = content.plan.links;
    for (const auto &change : result.adopted) {
        COPPICE_TRY(first, adoptCommit(repository, request, first, change, content.tree));
        COPPICE_TRY(const auto link, repository.entryAt(there->id, change.path));
        links.push_back({change.path, link});
    }
    if (!links.empty()) {
        COPPICE_TRY(content.tree, git::editTree(repository, content.tree, links));
    }
    COPPICE_TRY(auto tree, repository.treeOf(first));
    COPPICE_TRY(tree, git::putTree(repository, tree, request.prefix, content.tree));
    git::Oid second = request.upstream;
    if (request.squash) {
        COPPICE_TRY(second, squashCommit(repository, request.prefix, request.upstream, last));
    } else {
        COPPICE_TRY(first, joinedHead(repository, request, first, *base, stop));
    }
    const QByteArray message = "Merge commit '" + second.hex() + "' into " + request.prefix + '\n';
    const auto who = repository.defaultSignature();
    COPPICE_TRY(result.commit, repository.writeCommit(tree, {first, second}, who, who, message));
    return result;
}

Result<git::Oid> addSubtree(git::Repository &repository, const git::Oid &head, const QByteArray &prefix,
                            const git::Oid &upstream, bool squash,
                            const std::vector<std::pair<QByteArray, QByteArray>> &alsoWrite)
{
    COPPICE_TRY(const auto rootTree, repository.treeOf(head));
    COPPICE_TRY(const auto there, repository.entryAt(rootTree, prefix));
    if (there)
        return fail(QStringLiteral("subtree.exists"), QStringLiteral("Something stands at the prefix already"),
                    QString::fromUtf8(prefix));
    COPPICE_TRY(const auto content, repository.treeOf(upstream));
    COPPICE_TRY(auto tree, git::putTree(repository, rootTree, prefix, content));
    std::vector<git::TreeChange> files;
    for (const auto &[path, bytes] : alsoWrite) {
        COPPICE_TRY(const auto blob, repository.writeBlob(bytes));
        files.push_back({path, git::TreeEntry{{}, git::Mode::File, blob}});
    }
    if (!files.empty()) {
        COPPICE_TRY(tree, git::editTree(repository, tree, files));
    }

    const auto who = repository.defaultSignature();
    if (!squash) {
        return repository.writeCommit(tree, {head, upstream}, who, who,
                                      "Add '" + prefix + "/' from commit '" + upstream.hex() + "'\n\n"
                                          + trailers(prefix, head, upstream));
    }
    COPPICE_TRY(const auto squashed, squashCommit(repository, prefix, upstream, std::nullopt));
    return repository.writeCommit(tree, {head, squashed}, who, who,
                                  "Merge commit '" + squashed.hex() + "' as '" + prefix + "'\n");
}

} // namespace coppice::subtree
