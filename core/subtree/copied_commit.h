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
    /// `keepDots`: the rule of git 2.42 and later for '.' at the ends of a name. `annotation` is put before the message.
    CopiedCommit(QByteArrayView original, bool keepDots, const QByteArray &annotation = {});
    /// The bytes of the copy with this tree and these parents.
    [[nodiscard]] QByteArray bytes(const git::Oid &tree, const std::vector<git::Oid> &parents) const;
    /// The same in steps, into a buffer that is used again: begin, every parent, finish.
    static void begin(QByteArray &out, const git::Oid &tree) { addLine(out, "tree ", 5, tree, true); }
    static void addParent(QByteArray &out, const git::Oid &parent) { addLine(out, "parent ", 7, parent, false); }
    void finish(QByteArray &out) const { out += m_tail; }
    /// False where git itself would refuse the copy: an empty name, a date it cannot read.
    [[nodiscard]] bool gitWouldAccept() const { return m_accepted; }

private:
    static void addLine(QByteArray &out, const char *word, qsizetype length, const git::Oid &id, bool first);

    QByteArray m_tail; ///< author, committer, blank line, message
    bool m_accepted = true;
};

/// The message of a commit in UTF-8, as git log shows it: for reading trailers.
[[nodiscard]] QByteArray messageInUtf8(QByteArrayView original);
/// Replaces each byte that does not belong to valid UTF-8 by the character of that number, as commit-tree does.
[[nodiscard]] QByteArray repairedUtf8(const QByteArray &bytes);

} // namespace coppice::subtree
