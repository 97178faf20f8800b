// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/commit_graph.h"
#include "git/pack_writer.h"
#include "git/packs.h"
#include "git/repository.h"

#include <git2.h>

#include <array>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace coppice::subtree {

/// The raw objects of one repository as the walk needs them: no object of libgit2 is built, packs are read in place,
/// replacement references and grafts are honoured as git does, and new objects become one pack.
class Objects
{
public:
    [[nodiscard]] static Result<Objects> open(git::Repository &repository, bool dryRun);

    /// The bytes of an object.
    class Raw
    {
    public:
        explicit Raw(QByteArray bytes) : m_bytes(std::move(bytes)) { }
        [[nodiscard]] QByteArrayView bytes() const { return m_bytes; }
        [[nodiscard]] const QByteArray &shared() const { return m_bytes; }

    private:
        QByteArray m_bytes;
    };
    [[nodiscard]] Result<Raw> commit(const git::Oid &id) { return read(id, GIT_OBJECT_COMMIT); }
    /// Many commits, in whatever order is cheapest; the bytes are there during the call only.
    [[nodiscard]] Result<> commits(std::span<const git::Oid> ids, const git::Packs::Visit &visit);
    [[nodiscard]] Result<Raw> tree(const git::Oid &id) { return read(id, GIT_OBJECT_TREE); }
    /// What a link names; empty when it is longer than any path can be.
    [[nodiscard]] Result<QByteArray> linkTarget(const git::Oid &blob);

    /// Without looking again on disk for what other processes may have packed meanwhile.
    [[nodiscard]] bool has(const git::Oid &id);
    [[nodiscard]] static git::Oid hash(git_object_t type, QByteArrayView bytes);
    /// Writes a new object into the pack that flush() puts in place; nothing with dryRun. True when the repository did
    /// not have it. A commit is given once; others as often as one likes.
    [[nodiscard]] Result<bool> add(git_object_t type, const git::Oid &id, QByteArrayView bytes);
    /// Puts the pack of what was added in place.
    [[nodiscard]] Result<> flush();

    /// What git has noted of commits; null when nothing is, or it does not count here, or is not to be used.
    [[nodiscard]] const git::CommitGraph *commitGraph() const { return m_commitGraph.get(); }
    void leaveCommitGraph() { m_commitGraph.reset(); }

    /// Something makes ids stand for other commits than they name; `git replace` and info/grafts do.
    [[nodiscard]] bool replacements() const { return !m_replaced.empty() || !m_grafts.empty(); }
    /// The parents that info/grafts gives a commit instead of its own.
    [[nodiscard]] const std::vector<git::Oid> *graft(const git::Oid &commit) const
    {
        const auto found = m_grafts.find(commit);
        return found == m_grafts.end() ? nullptr : &found->second;
    }

private:
    struct FreeOdb {
        void operator()(git_odb *odb) const { git_odb_free(odb); }
    };
    Objects(const QString &objectsFolder) : m_packs(objectsFolder), m_writer(objectsFolder), m_folder(objectsFolder) { }
    [[nodiscard]] Result<Raw> read(const git::Oid &id, git_object_t type);
    [[nodiscard]] bool hasLoose(const git::Oid &id);
    [[nodiscard]] Result<> readReplacements(git::Repository &repository);

    std::unique_ptr<git_odb, FreeOdb> m_odb;
    git::Packs m_packs;
    git::PackWriter m_writer;
    std::unique_ptr<git::CommitGraph> m_commitGraph;
    QString m_folder;
    QString m_where;
    std::unordered_map<git::Oid, git::Oid> m_replaced;
    std::unordered_map<git::Oid, std::vector<git::Oid>> m_grafts;
    std::array<std::optional<std::vector<git::Oid>>, 256> m_loose; ///< by first byte, sorted, once looked for
    std::unordered_set<git::Oid> m_made; ///< what was added beside commits
    bool m_alternates = false;
    bool m_dryRun = false;
};

[[nodiscard]] inline git_oid toGit(const git::Oid &id)
{
    git_oid out;
    std::memcpy(out.id, id.raw(), 20);
    return out;
}

/// Goes through the entries of a raw tree; ends early when `visit` answers false.
template <class Visit> void eachEntry(QByteArrayView tree, Visit visit)
{
    const char *at = tree.data();
    const char *const end = at + tree.size();
    while (at < end) {
        quint32 mode = 0;
        while (at < end && *at != ' ')
            mode = mode * 8 + quint32(*at++ - '0');
        const char *const name = ++at;
        const auto *zero = at < end ? static_cast<const char *>(std::memchr(at, 0, size_t(end - at))) : nullptr;
        if (!zero || end - zero < 21)
            return;
        at = zero + 21;
        if (!visit(mode, QByteArrayView(name, zero - name), reinterpret_cast<const unsigned char *>(zero + 1)))
            return;
    }
}
[[nodiscard]] inline bool isTreeMode(quint32 mode) { return (mode & 0170000) == 0040000; }

} // namespace coppice::subtree
