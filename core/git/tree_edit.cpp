// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/tree_edit.h"

#include "git/raw_tree.h"

#include <QMap>

#include <map>

namespace coppice::git {

namespace {

/// The changes as a tree of names, so that each folder is read and written once.
struct Node {
    bool named = false; ///< a change names exactly this path
    std::optional<TreeEntry> entry;
    std::map<QByteArray, Node> below;
};

/// What stands at a name, if anything does. Not an optional: GCC 12 cannot see that one of those, moved into a Result, is
/// never read where it is empty.
struct Place {
    bool there = false;
    StoredEntry entry;
};

Result<> plant(Node &root, const TreeChange &change)
{
    const QString shown = QString::fromUtf8(change.path.left(200));
    const auto parts = change.path.split('/');
    if (parts.size() > deepestTree)
        return failUsage(QStringLiteral("git.too-deep"), QStringLiteral("A path has too many folders"), shown);
    Node *node = &root;
    for (const auto &part : parts) {
        if (!isGoodName(part))
            return failUsage(QStringLiteral("git.bad-name"), QStringLiteral("This is no path in a repository"), shown);
        node = &node->below[part];
    }
    if (node->named)
        return failUsage(QStringLiteral("git.same-name"), QStringLiteral("Two changes name the same path"), shown);
    node->named = true;
    node->entry = change.entry;
    return {};
}

class Editor
{
public:
    Editor(Repository &repository, git_odb *odb) : m_repository(repository), m_odb(odb) { }

    /// The id of the changed folder; the empty tree's when nothing is left.
    Result<Oid> folder(const Oid &id, const Node &node, const QByteArray &prefix)
    {
        COPPICE_TRY(const RawTree raw, RawTree::read(m_odb, id));
        std::map<QByteArray, StoredEntry> entries;
        for (const auto &entry : raw.entries)
            entries[entry.name.toByteArray()] = {entry.mode, entry.name.toByteArray(), entry.oid()};
        bool changed = false;
        for (const auto &[name, child] : node.below) {
            const auto there = entries.find(name);
            Place before;
            if (there != entries.end())
                before = {true, there->second};
            COPPICE_TRY(const Place after, placeFor(name, before, child, prefix + name));
            if (after.there ? (before.there && before.entry.mode == after.entry.mode && before.entry.id == after.entry.id) : !before.there)
                continue;
            changed = true;
            if (after.there)
                entries[name] = after.entry;
            else
                entries.erase(name);
        }
        if (!changed)
            return id.isNull() ? emptyTree() : id;
        std::vector<StoredEntry> all;
        for (auto &[name, entry] : entries)
            all.push_back(std::move(entry));
        return writeStoredTree(m_odb, std::move(all));
    }

private:
    Result<Place> placeFor(const QByteArray &name, Place place, const Node &node, const QByteArray &path)
    {
        const auto isTree = [&place] { return place.there && modeOf(place.entry.mode) == Mode::Tree; };
        if (node.named && node.entry) {
            if (node.entry->mode != Mode::Submodule && node.entry->id != emptyTree() && !m_repository.has(node.entry->id))
                return failNotFound(QStringLiteral("git.not-found"), QStringLiteral("The repository lacks the object for a path"),
                                    QString::fromUtf8(path));
            // Modes that mean the same stay as they are stored, so that the folder's id stays, too.
            const bool same = place.there && modeOf(place.entry.mode) == node.entry->mode;
            place = {true, {same ? place.entry.mode : quint32(node.entry->mode), name, node.entry->id}};
        } else if (node.named) {
            place = {};
        }
        if (!node.below.empty()) {
            if (place.there && !isTree()) {
                if (!adds(node))
                    return place; // what was to be removed below a file is not there
                return fail(QStringLiteral("git.path-through-file"),
                            QStringLiteral("A folder is needed where a file stands"), QString::fromUtf8(path));
            }
            COPPICE_TRY(const Oid id, folder(place.there ? place.entry.id : Oid{}, node, path + '/'));
            place = {true, {quint32(Mode::Tree), name, id}};
        }
        if (isTree() && place.entry.id == emptyTree())
            place = {};
        return place;
    }

    /// Whether anything below is put, not only removed.
    static bool adds(const Node &node)
    {
        for (const auto &[name, child] : node.below) {
            if ((child.named && child.entry) || adds(child))
                return true;
        }
        return false;
    }

    Repository &m_repository;
    git_odb *m_odb;
};

} // namespace

Result<Oid> editTree(Repository &repository, const Oid &tree, const std::vector<TreeChange> &changes)
{
    Node root;
    for (const auto &change : changes)
        COPPICE_CHECK(plant(root, change));
    OdbPtr odb;
    if (const int rc = git_repository_odb(Out(odb), repository.raw()); rc < 0)
        return gitError(rc, QStringLiteral("Cannot open the objects of a repository"), repository.gitDir());
    return Editor(repository, odb.get()).folder(tree, root, {});
}

Result<Oid> putTree(Repository &repository, const Oid &tree, const QByteArray &prefix, const Oid &subtree)
{
    if (prefix.isEmpty())
        return subtree.isNull() ? emptyTree() : subtree;
    if (subtree.isNull())
        return editTree(repository, tree, {{prefix, std::nullopt}});
    return editTree(repository, tree, {{prefix, TreeEntry{{}, Mode::Tree, subtree}}});
}

} // namespace coppice::git
