// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/merge_onto.h"

#include "git/tree_edit.h"

#include <QSet>

#include <algorithm>

namespace coppice::shipping {

namespace {

using Entry = std::optional<git::TreeEntry>;

bool same(const Entry &a, const Entry &b)
{
    return a.has_value() == b.has_value() && (!a || (a->id == b->id && a->mode == b->mode));
}

/// The file that stands in the way of a path: the path without its last parts.
Result<std::optional<QByteArray>> fileAbove(const git::Repository &repository, const git::Oid &tree, const QByteArray &path)
{
    for (auto at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
        COPPICE_TRY(const auto entry, repository.entryAt(tree, path.left(at)));
        if (!entry)
            return std::optional<QByteArray>();
        if (entry->mode != git::Mode::Tree)
            return std::optional(path.left(at));
    }
    return std::optional<QByteArray>();
}

/// Removals before what is put, so that a folder can take a file's place and the other way round.
Result<git::Oid> edit(git::Repository &repository, const git::Oid &tree, const std::vector<git::TreeChange> &changes)
{
    std::vector<git::TreeChange> removed, put;
    for (const auto &change : changes)
        (change.entry ? put : removed).push_back(change);
    COPPICE_TRY(const auto without, git::editTree(repository, tree, removed));
    return git::editTree(repository, without, put);
}

} // namespace

Result<Merged> mergeOnto(git::Repository &repository, const git::Oid &headTree, const git::Oid &base,
                         const git::Oid &composed)
{
    COPPICE_TRY(const auto changes, repository.changes(base, composed));
    Merged merged;
    std::vector<git::TreeChange> exact;
    QSet<QByteArray> leaving, inTheWay;
    struct Contested {
        git::Repository::Change change;
        Entry ours;
    };
    std::vector<Contested> contested;
    for (const auto &change : changes) {
        if (!change.after)
            leaving.insert(change.path);
    }
    for (const auto &change : changes) {
        COPPICE_TRY(const auto above, fileAbove(repository, headTree, change.path));
        if (above && !leaving.contains(*above)) {
            inTheWay.insert(*above);
            continue;
        }
        Entry ours;
        if (!above) {
            COPPICE_TRY(ours, repository.entryAt(headTree, change.path));
        }
        if (same(ours, change.after))
            continue; // the head has it already
        // A folder that the patch itself empties makes room for a file of its name.
        const bool emptied = ours && ours->mode == git::Mode::Tree && !change.before
            && std::ranges::any_of(changes, [&](const auto &other) {
                   return !other.after && other.path.startsWith(QByteArray(change.path + '/'));
               });
        if (same(ours, change.before) || emptied)
            exact.push_back({change.path, change.after});
        else
            contested.push_back({change, ours});
    }
    if (!inTheWay.isEmpty()) {
        merged.conflicts = {inTheWay.begin(), inTheWay.end()};
        std::ranges::sort(merged.conflicts);
        return merged;
    }
    if (!contested.empty()) {
        // Each path by itself: no rename can be seen between them.
        COPPICE_TRY(const auto empty, repository.writeTree({}));
        for (const auto &one : contested) {
            const auto alone = [&](const Entry &entry) -> Result<git::Oid> {
                return entry ? repository.writeTree({{"file", entry->mode, entry->id}}) : Result<git::Oid>(empty);
            };
            COPPICE_TRY(const auto was, alone(one.change.before));
            COPPICE_TRY(const auto ours, alone(one.ours));
            COPPICE_TRY(const auto theirs, alone(one.change.after));
            COPPICE_TRY(const auto outcome, repository.mergeTrees(was, ours, theirs));
            if (outcome.tree.isNull()) {
                merged.conflicts.push_back(one.change.path);
                continue;
            }
            COPPICE_TRY(const auto entry, repository.entryAt(outcome.tree, "file"));
            exact.push_back({one.change.path, entry});
            merged.mergedPaths.push_back(one.change.path);
        }
        if (!merged.conflicts.empty())
            return merged;
    }
    COPPICE_TRY(merged.tree, edit(repository, headTree, exact));
    return merged;
}

} // namespace coppice::shipping
