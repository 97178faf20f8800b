// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: what landing does to a work tree.

#include "git/repository.h"

#include <stop_token>

namespace coppice::git {

/// A work tree that has a certain branch checked out.
class Checkout
{
public:
    using Changes = std::vector<Repository::Change>;

    /// The main and linked work trees whose HEAD names the branch and whose folders are there.
    [[nodiscard]] static std::vector<Checkout> of(const Repository &repository, const QString &branch);
    [[nodiscard]] const QString &workTree() const { return m_workTree; }

    /// The paths among `changes` (from one tree to the other) that are not clean: changed in the index or the work
    /// tree, or to be made where something untracked stands. An error when the index is locked by somebody else.
    [[nodiscard]] Result<std::vector<QByteArray>> dirty(const Changes &changes, const Oid &from, const Oid &to) const;
    /// Brings index and touched files from one tree to the other, when all is clean.
    [[nodiscard]] Result<> update(const Oid &from, const Oid &to) const;
    /// Completes an update that was cut short at any point. What somebody changed meanwhile is left as it is and
    /// answered; it then shows as a change against the new state. May itself be cut short, and called again.
    [[nodiscard]] Result<std::vector<QByteArray>> complete(const Changes &changes, const Oid &from, const Oid &to) const;
    /// Removes the lock of the index that a killed git left; an error when a git that runs may have it.
    [[nodiscard]] Result<> clearStaleLock() const;
    /// After a failed update: puts touched files and index back, as `complete` would.
    [[nodiscard]] Result<> putBack(const Changes &changes, const Oid &from) const;

private:
    Checkout(QString gitDir, QString workTree) : m_gitDir(std::move(gitDir)), m_workTree(std::move(workTree)) { }
    [[nodiscard]] QByteArray fullPath(const QByteArray &path) const;
    [[nodiscard]] Result<std::vector<QByteArray>> stagedAgainst(const Oid &tree) const;
    [[nodiscard]] Result<> refreshIndex() const;
    [[nodiscard]] Result<std::vector<bool>> isOurs(const Changes &changes) const;
    [[nodiscard]] Result<bool> isCutShort(const QByteArray &path, const Oid &blob) const;
    [[nodiscard]] Result<std::vector<QByteArray>> bring(const Changes &changes, const Oid &to) const;

    QString m_gitDir;
    QString m_workTree;
};

/// The error that somebody else's git holds the index.
[[nodiscard]] Fail lockedIndex(const QString &workTree);

} // namespace coppice::git
