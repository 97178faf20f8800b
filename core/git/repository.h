// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "git/oid.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

struct git_repository;

namespace coppice::git {

/// Kinds of tree entries, by git's modes.
enum class Mode : quint32 { Tree = 0040000, File = 0100644, Executable = 0100755, Link = 0120000, Submodule = 0160000 };

struct TreeEntry {
    QByteArray name; ///< raw bytes, one path component
    Mode mode = Mode::File;
    Oid id;
};

struct Signature {
    QByteArray name;
    QByteArray email;
    qint64 seconds = 0;
    int offsetMinutes = 0;
};

struct Commit {
    Oid id;
    Oid tree;
    std::vector<Oid> parents;
    Signature author;
    Signature committer;
    QByteArray message; ///< raw bytes after the blank line
};

/// A handle on one repository, for one task on one thread: never shared between threads, cheap to open again.
/// Paths inside trees are raw bytes with '/' between parts. Nothing here touches a work tree or runs a program.
class Repository
{
public:
    /// Opens the repository at exactly this path (work tree, .git folder or bare), without looking upwards. A sentence
    /// for each form that libgit2 refuses: SHA-256, another owner, reftable, …
    [[nodiscard]] static Result<Repository> open(const QString &path);
    /// Looks for the repository that `path` lies in, upwards.
    [[nodiscard]] static Result<QString> discover(const QString &path);
    [[nodiscard]] static Result<Repository> initBare(const QString &path);
    [[nodiscard]] static Result<Repository> init(const QString &workTree, const QString &branch);

    Repository(Repository &&) noexcept;
    Repository &operator=(Repository &&) noexcept;
    ~Repository();

    [[nodiscard]] bool isBare() const;
    [[nodiscard]] bool isShallow() const;
    [[nodiscard]] QString gitDir() const;    ///< of this work tree; no trailing slash
    [[nodiscard]] QString commonDir() const; ///< shared by all work trees; no trailing slash
    [[nodiscard]] QString workTree() const;  ///< empty when bare; no trailing slash
    [[nodiscard]] git_repository *raw() const;

    /// The full name of the branch that HEAD names ("refs/heads/main"), also when unborn; empty when detached.
    [[nodiscard]] QString headBranch() const;
    /// The commit that a revision names ("HEAD", a branch, a hex id, "X^{commit}"). NotFound when there is none.
    [[nodiscard]] Result<Oid> resolve(const QString &revision) const;
    /// The target of a reference by full name; null when it does not exist.
    [[nodiscard]] Result<Oid> refTarget(const QString &fullName) const;
    /// Names of all references with this prefix, with targets.
    [[nodiscard]] Result<std::vector<std::pair<QString, Oid>>> refs(const QString &prefix) const;
    /// Creates or moves a reference, only if it now is `expected` (null: must not exist). With `expected` none: always.
    [[nodiscard]] Result<> setRef(const QString &fullName, const Oid &target, std::optional<Oid> expected,
                                  const QString &reason);
    [[nodiscard]] Result<> deleteRef(const QString &fullName);

    [[nodiscard]] bool has(const Oid &id) const;
    [[nodiscard]] Result<Commit> commit(const Oid &id) const;
    [[nodiscard]] Result<Oid> treeOf(const Oid &commit) const;
    [[nodiscard]] Result<std::vector<TreeEntry>> tree(const Oid &id) const;
    /// The entry at a path below a tree; none when there is nothing.
    [[nodiscard]] Result<std::optional<TreeEntry>> entryAt(const Oid &tree, const QByteArray &path) const;
    /// A blob's bytes; larger than `cap` is an error.
    [[nodiscard]] Result<QByteArray> blob(const Oid &id, qint64 cap = 64 << 20) const;
    /// A blob's size without reading it.
    [[nodiscard]] Result<qint64> blobSize(const Oid &id) const;
    /// Any object as stored: its type ("commit", "tree", "blob", "tag") and bytes.
    [[nodiscard]] Result<std::pair<QByteArray, QByteArray>> rawObject(const Oid &id) const;

    [[nodiscard]] Result<Oid> writeBlob(const QByteArray &bytes);
    /// Entries in any order; names must be unique.
    [[nodiscard]] Result<Oid> writeTree(std::vector<TreeEntry> entries);
    [[nodiscard]] Result<Oid> writeCommit(const Oid &tree, const std::vector<Oid> &parents, const Signature &author,
                                          const Signature &committer, const QByteArray &message);
    [[nodiscard]] Result<Oid> writeRaw(const QByteArray &type, const QByteArray &bytes);

    [[nodiscard]] Result<std::optional<Oid>> mergeBase(const Oid &a, const Oid &b) const;
    /// True when `ancestor` is `commit` or reachable from it.
    [[nodiscard]] Result<bool> isAncestor(const Oid &ancestor, const Oid &commit) const;
    /// Commits reachable from `tip` and from none of `hidden`, parents first. At most `limit` (0: all).
    [[nodiscard]] Result<std::vector<Oid>> walk(const Oid &tip, const std::vector<Oid> &hidden, size_t limit = 0) const;
    /// (commits only in a, commits only in b)
    [[nodiscard]] Result<std::pair<size_t, size_t>> aheadBehind(const Oid &a, const Oid &b) const;
    /// The person from git's configuration; the login name at localhost where none is set.
    [[nodiscard]] Signature defaultSignature() const;

    struct MergeOutcome {
        Oid tree; ///< null when there are conflicts
        std::vector<QByteArray> conflicts;
    };
    /// Three-way merge of trees; `base` may be null.
    [[nodiscard]] Result<MergeOutcome> mergeTrees(const Oid &base, const Oid &ours, const Oid &theirs);

    struct Change {
        QByteArray path; ///< new path, or the old one of a deletion
        std::optional<TreeEntry> before;
        std::optional<TreeEntry> after;
    };
    /// Changed files between two trees (either may be null), without renames, in path order; equal folders not read.
    [[nodiscard]] Result<std::vector<Change>> changes(const Oid &treeA, const Oid &treeB) const;

    /// Copies a commit and everything it reaches (`depth` generations of commits; 0: all) into another repository as one
    /// pack; any other object is refused. Commits beyond the depth are left out and recorded as shallow there.
    [[nodiscard]] Result<> copyTo(Repository &other, const Oid &commit, size_t depth) const;

private:
    struct Handle;
    explicit Repository(std::unique_ptr<Handle> handle);
    std::unique_ptr<Handle> m_handle;
};

/// libgit2's last error on this thread as an Error. Call at once after the failing call.
[[nodiscard]] Fail gitError(int code, const QString &what, const QString &where = {});

} // namespace coppice::git
