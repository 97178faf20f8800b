// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/oid.h"

#include <QByteArray>

#include <vector>

namespace coppice::subtree {

/// What `git subtree split` carries over from a commit: author, committer and message, in UTF-8, put through the same
/// round trip as there (git log, the shell's read, git commit-tree). All else of the commit is dropped.
/// Source: contrib/subtree/git-subtree.sh (copy_commit) and git 2.39.5's ident, date and commit rules.
class CopiedCommit
{
public:
    /// `keepDots`: the rule of git 2.42 and later for '.' at the ends of a name.
    CopiedCommit(QByteArrayView original, bool keepDots);
    /// The bytes of the copy with this tree and these parents.
    [[nodiscard]] QByteArray bytes(const git::Oid &tree, const std::vector<git::Oid> &parents) const;
    /// False where git itself would refuse the copy: an empty name, a date it cannot read.
    [[nodiscard]] bool gitWouldAccept() const { return m_accepted; }

private:
    QByteArray m_tail; ///< author, committer, blank line, message
    bool m_accepted = true;
};

/// The message of a commit in UTF-8, as git log shows it: for reading trailers.
[[nodiscard]] QByteArray messageInUtf8(QByteArrayView original);
/// Replaces each byte that does not belong to valid UTF-8 by the character of that number, as commit-tree does.
[[nodiscard]] QByteArray repairedUtf8(const QByteArray &bytes);

} // namespace coppice::subtree
