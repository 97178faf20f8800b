// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/merge.h"

#include "git/tree_edit.h"
#include "subtree/objects.h"

#include <algorithm>

namespace coppice::subtree {

namespace {

/// More lines than this in a squash message help nobody.
constexpr size_t squashLines = 1000;
/// How far back one side's content is looked for in the other side's history, and for how many paths.
constexpr size_t commitsLookedAt = 2000;
constexpr size_t pathsLookedAt = 100;

QByteArray trailers(const QByteArray &prefix, const git::Oid &mainline, const git::Oid &split)
{
    QByteArray text = "git-subtree-dir: " + prefix + '\n';
    if (!mainline.isNull())
        text += "git-subtree-mainline: " + mainline.hex() + '\n';
    return text + "git-subtree-split: " + split.hex() + '\n';
}

/// The shortest form that git would show.
QByteArray shortHex(git::Repository &repository, const git::Oid &id)
{
    const git_oid oid = toGit(id);
    git_object *object = nullptr;
    QByteArray text = id.hex().left(10);
    if (git_object_lookup(&object, repository.raw(), &oid, GIT_OBJECT_COMMIT) == 0) {
        git_buf buffer = GIT_BUF_INIT;
        if (git_object_short_id(&buffer, object) == 0)
            text = QByteArray(buffer.ptr, qsizetype(buffer.size));
        git_buf_dispose(&buffer);
        git_object_free(object);
    }
    return text;
}

Result<QByteArray> logLines(git::Repository &repository, const git::Oid &from, const git::Oid &to, const QByteArray &mark)
{
    COPPICE_TRY(auto commits, repository.walk(to, {from}));
    std::ranges::reverse(commits);
    QByteArray lines;
    for (size_t i = 0; i < commits.size(); ++i) {
        if (i == squashLines) {
            lines += mark + "and " + QByteArray::number(qulonglong(commits.size() - i)) + " more\n";
            break;
        }
        COPPICE_TRY(const auto commit, repository.commit(commits[i]));
        QByteArrayList subject;
        for (const QByteArray &line : commit.message.trimmed().split('\n')) {
            if (line.trimmed().isEmpty())
                break;
            subject << line.trimmed();
        }
        lines += mark + shortHex(repository, commits[i]) + ' ' + subject.join(' ') + '\n';
    }
    return lines;
}

/// The commit that stands for upstream's whole history when that is squashed.
Result<git::Oid> squashCommit(git::Repository &repository, const QByteArray &prefix, const git::Oid &upstream,
                              const std::optional<SplitResult::Squash> &last)
{
    QByteArray message;
    std::vector<git::Oid> parents;
    if (last && repository.has(last->split)) {
        // A join that names no mainline passes for a squash, and is a merge on the library's own branch. Built on that one,
        // the squash would pull the library's history into the split of every other plugin.
        COPPICE_TRY(const auto joined, repository.commit(last->commit));
        parents.push_back(joined.parents.size() > 1 && last->commit != last->split ? joined.parents[1] : last->commit);
        message = "Squashed '" + prefix + "/' changes from " + shortHex(repository, last->split) + ".."
            + shortHex(repository, upstream) + "\n\n";
        COPPICE_TRY(const auto added, logLines(repository, last->split, upstream, {}));
        COPPICE_TRY(const auto reverted, logLines(repository, upstream, last->split, "REVERT: "));
        message += added + reverted;
    } else {
        message = "Squashed '" + prefix + "/' content from commit " + shortHex(repository, upstream) + '\n';
    }
    message += '\n' + trailers(prefix, {}, upstream);
    COPPICE_TRY(const auto tree, repository.treeOf(upstream));
    const auto who = repository.defaultSignature();
    return repository.writeCommit(tree, parents, who, who, message);
}

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
    auto &[baseTree, ours, theirs] = content.sides;
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
    QByteArray message;
    git::Oid first = request.head;
    git::Oid second = request.upstream;
    git::Oid tree = rootTree;
    if (!base) {
        COPPICE_TRY(const auto ours, repository.treeOf(split));
        if (ours != theirs)
            return fail(QStringLiteral("subtree.unrelated"),
                        QStringLiteral("The plugin and its upstream have no common history, and differ"),
                        QString::fromUtf8(request.prefix),
                        QStringLiteral("Check upstream.url and upstream.branch; if they are right, remove the folder in a "
                                       "commit and pull again, which adds it anew."));
        // the same content on both sides: from here on they share upstream's history
        if (!request.squash)
            message = "Add '" + request.prefix + "/' from commit '" + request.upstream.hex() + "'\n\n"
                + trailers(request.prefix, request.head, request.upstream);
    } else {
        COPPICE_TRY(auto content, mergeContent(repository, rootTree, there->id, request, *base, theirs));
        result.conflicts = fromRoot(request.prefix, content.conflicts);
        result.openLinks = content.plan.open;
        result.sides = content.sides;
        result.kept = content.plan.kept;
        result.adopted = content.plan.adopted;
        if (!result.conflicts.empty() || !result.openLinks.empty())
            return result;
        std::vector<git::TreeChange> links = content.plan.links;
        for (const auto &change : result.adopted) {
            COPPICE_TRY(first, adoptCommit(repository, request, first, change, content.tree));
            COPPICE_TRY(const auto link, repository.entryAt(there->id, change.path));
            links.push_back({change.path, link});
        }
        if (!links.empty()) {
            COPPICE_TRY(content.tree, git::editTree(repository, content.tree, links));
        }
        COPPICE_TRY(tree, repository.treeOf(first));
        COPPICE_TRY(tree, git::putTree(repository, tree, request.prefix, content.tree));
        if (!request.squash) {
            COPPICE_TRY(first, joinedHead(repository, request, first, *base, stop));
            message = "Merge commit '" + request.upstream.hex() + "' into " + request.prefix + '\n';
        }
    }
    if (request.squash) {
        COPPICE_TRY(second, squashCommit(repository, request.prefix, request.upstream, last));
        message = "Merge commit '" + second.hex() + "' into " + request.prefix + '\n';
    }
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
