// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/raw_tree.h"

#include <set>

namespace coppice::git {

namespace {

/// Two folders of the same path, compared side by side.
struct Pair {
    QByteArray prefix; ///< with a trailing '/', or empty
    RawTree a;
    RawTree b;
    size_t atA = 0;
    size_t atB = 0;
};

Fail tooDeep(const QByteArray &path)
{
    return fail(QStringLiteral("git.too-deep"), QStringLiteral("A tree has folders more than %1 deep").arg(deepestTree),
                QString::fromUtf8(path.left(200)));
}

} // namespace

Result<std::vector<Repository::Change>> Repository::changes(const Oid &treeA, const Oid &treeB) const
{
    std::vector<Change> found;
    if (treeA == treeB)
        return found;
    git_odb *odb = m_handle->odb.get();
    std::vector<Pair> open;
    const auto enter = [&](const QByteArray &prefix, const Oid &a, const Oid &b) -> Result<> {
        if (qsizetype(open.size()) >= deepestTree)
            return tooDeep(prefix);
        Pair pair;
        pair.prefix = prefix;
        COPPICE_TRY(pair.a, RawTree::read(odb, a));
        COPPICE_TRY(pair.b, RawTree::read(odb, b));
        open.push_back(std::move(pair));
        return {};
    };
    COPPICE_CHECK(enter({}, treeA, treeB));
    while (!open.empty()) {
        Pair &pair = open.back();
        const RawEntry *a = pair.atA < pair.a.entries.size() ? &pair.a.entries[pair.atA] : nullptr;
        const RawEntry *b = pair.atB < pair.b.entries.size() ? &pair.b.entries[pair.atB] : nullptr;
        if (!a && !b) {
            open.pop_back();
            continue;
        }
        if (a && b) {
            const int order = compareEntries(a->name, a->isTree(), b->name, b->isTree());
            if (order < 0)
                b = nullptr;
            else if (order > 0)
                a = nullptr;
        }
        pair.atA += a ? 1 : 0;
        pair.atB += b ? 1 : 0;
        if (a && b && a->mode == b->mode && a->oid() == b->oid())
            continue;
        const RawEntry &one = a ? *a : *b;
        const QByteArray path = pair.prefix + one.name.toByteArray();
        if (one.isTree()) { // of both, when there are both: a file and a folder of one name never pair
            const Oid before = a ? a->oid() : Oid{};
            const Oid after = b ? b->oid() : Oid{};
            if (before != after)
                COPPICE_CHECK(enter(path + '/', before, after));
            continue;
        }
        Change change{path, {}, {}};
        if (a)
            change.before = toEntry(*a);
        if (b)
            change.after = toEntry(*b);
        if (a && b && change.before->mode == change.after->mode && change.before->id == change.after->id)
            continue; // two spellings of one mode
        found.push_back(std::move(change));
    }
    return found;
}

Result<Repository::MergeOutcome> Repository::mergeTrees(const Oid &base, const Oid &ours, const Oid &theirs)
{
    git_repository *repo = m_handle->repo.get();
    const auto lookup = [&](const Oid &id) -> Result<TreePtr> {
        TreePtr tree;
        if (id.isNull())
            return tree;
        if (id == emptyTree())
            COPPICE_CHECK(writeRaw("tree", {}));
        const git_oid raw = toGit(id);
        if (const int rc = git_tree_lookup(Out(tree), repo, &raw); rc < 0)
            return gitError(rc, QStringLiteral("Cannot read a tree to merge"), id.toString());
        return tree;
    };
    COPPICE_TRY(const TreePtr ancestor, lookup(base));
    COPPICE_TRY(const TreePtr left, lookup(ours.isNull() ? emptyTree() : ours));
    COPPICE_TRY(const TreePtr right, lookup(theirs.isNull() ? emptyTree() : theirs));
    git_merge_options options = GIT_MERGE_OPTIONS_INIT;
    IndexPtr index;
    if (const int rc = git_merge_trees(Out(index), repo, ancestor.get(), left.get(), right.get(), &options); rc < 0)
        return gitError(rc, QStringLiteral("Cannot merge two trees"));
    MergeOutcome outcome;
    if (git_index_has_conflicts(index.get()) != 0) {
        std::set<QByteArray> paths;
        ConflictIteratorPtr iterator;
        if (const int rc = git_index_conflict_iterator_new(Out(iterator), index.get()); rc < 0)
            return gitError(rc, QStringLiteral("Cannot list the conflicts of a merge"));
        const git_index_entry *entries[3] = {};
        while (git_index_conflict_next(&entries[0], &entries[1], &entries[2], iterator.get()) == 0) {
            for (const git_index_entry *entry : entries) {
                if (entry)
                    paths.insert(entry->path);
            }
        }
        outcome.conflicts.assign(paths.begin(), paths.end());
        return outcome;
    }
    git_oid tree;
    if (const int rc = git_index_write_tree_to(&tree, index.get(), repo); rc < 0)
        return gitError(rc, QStringLiteral("Cannot write a merged tree"));
    outcome.tree = fromGit(tree);
    return outcome;
}

} // namespace coppice::git
