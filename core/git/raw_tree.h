// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: trees as they are stored, without libgit2's tree objects.

#include "git/handles.h"

#include <QByteArrayView>

#include <vector>

namespace coppice::git {

/// A stored entry; views into its RawTree.
struct RawEntry {
    quint32 mode = 0; ///< as stored, also the odd ones of old repositories
    QByteArrayView name;
    const unsigned char *id = nullptr;

    [[nodiscard]] bool isTree() const { return (mode & 0170000) == 0040000; }
    [[nodiscard]] Oid oid() const { return Oid::fromRaw(id); }
};

/// A tree that is held while its entries are looked at. Default constructed: a tree with no entries.
struct RawTree {
    OdbObjectPtr object;
    std::vector<RawEntry> entries;

    /// The null id reads as a tree with no entries. Refuses names that would escape a folder.
    [[nodiscard]] static Result<RawTree> read(git_odb *odb, const Oid &id);
    [[nodiscard]] const RawEntry *find(QByteArrayView name) const;
};

/// One of the five modes for whatever is stored.
[[nodiscard]] Mode modeOf(quint32 stored);
[[nodiscard]] TreeEntry toEntry(const RawEntry &entry);

/// Git's order of tree entries: a folder sorts as if its name ended in '/'.
[[nodiscard]] int compareEntries(QByteArrayView nameA, bool treeA, QByteArrayView nameB, bool treeB);
/// True for a name that may stand in a tree that Coppice writes: one component, not "." or "..", not any spelling of
/// ".git" that a file system could take for it.
[[nodiscard]] bool isGoodName(QByteArrayView name);

struct StoredEntry {
    quint32 mode = 0;
    QByteArray name;
    Oid id;
};
/// Sorts and writes. Names must be unique and good.
[[nodiscard]] Result<Oid> writeStoredTree(git_odb *odb, std::vector<StoredEntry> entries);

/// The id of the tree without entries.
[[nodiscard]] const Oid &emptyTree();

/// Deeper trees are refused: no file system could hold them, and a hostile repository could make them endless work.
inline constexpr qsizetype deepestTree = 1024;

} // namespace coppice::git
