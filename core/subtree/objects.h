// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <git2.h>

#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace coppice::subtree {

/// The raw objects of one repository as the walk needs them: no object of libgit2 is built, replacement references
/// are honoured as git does, and new objects are gathered so that many become one pack.
class Objects
{
public:
    [[nodiscard]] static Result<Objects> open(git::Repository &repository, bool dryRun);

    /// The bytes of an object, valid while this is held.
    class Raw
    {
    public:
        explicit Raw(git_odb_object *object) : m_object(object) { }
        [[nodiscard]] QByteArrayView bytes() const
        {
            return {static_cast<const char *>(git_odb_object_data(m_object.get())),
                    qsizetype(git_odb_object_size(m_object.get()))};
        }

    private:
        struct Free {
            void operator()(git_odb_object *object) const { git_odb_object_free(object); }
        };
        std::unique_ptr<git_odb_object, Free> m_object;
    };
    [[nodiscard]] Result<Raw> commit(const git::Oid &id) const { return read(id, GIT_OBJECT_COMMIT); }
    [[nodiscard]] Result<Raw> tree(const git::Oid &id) const { return read(id, GIT_OBJECT_TREE); }
    /// What a link names; empty when it is longer than any path can be.
    [[nodiscard]] Result<QByteArray> linkTarget(const git::Oid &blob) const;

    /// Without looking again on disk for what other processes may have packed meanwhile.
    [[nodiscard]] bool has(const git::Oid &id) const;
    [[nodiscard]] static git::Oid hash(git_object_t type, QByteArrayView bytes);
    /// Keeps a new object for `flush`; nothing with dryRun. True when the repository did not have it.
    [[nodiscard]] Result<bool> add(git_object_t type, const git::Oid &id, QByteArrayView bytes);
    /// Writes what was added: loose when it is little, else one pack.
    [[nodiscard]] Result<> flush();
    [[nodiscard]] bool replacements() const { return !m_replaced.empty(); }

private:
    struct Pending {
        git::Oid id;
        git_object_t type;
        QByteArray bytes;
    };
    struct FreeOdb {
        void operator()(git_odb *odb) const { git_odb_free(odb); }
    };
    Objects() = default;
    [[nodiscard]] Result<Raw> read(const git::Oid &id, git_object_t type) const;
    [[nodiscard]] Result<> writePack();

    std::unique_ptr<git_odb, FreeOdb> m_odb;
    QString m_where;
    std::unordered_map<git::Oid, git::Oid> m_replaced;
    std::vector<Pending> m_pending;       ///< in the order they were made
    std::unordered_set<git::Oid> m_made; ///< all that were added, written or not
    size_t m_pendingBytes = 0;
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
