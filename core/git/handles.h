// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: owning pointers for libgit2's objects, and what a Repository holds.

#include "git/repository.h"

#include <git2.h>

#include <memory>
#include <unordered_set>

namespace coppice::git {

template <auto Free> struct Releaser {
    template <class T> void operator()(T *object) const { Free(object); }
};
using RepositoryPtr = std::unique_ptr<git_repository, Releaser<git_repository_free>>;
using OdbPtr = std::unique_ptr<git_odb, Releaser<git_odb_free>>;
using OdbObjectPtr = std::unique_ptr<git_odb_object, Releaser<git_odb_object_free>>;
using ObjectPtr = std::unique_ptr<git_object, Releaser<git_object_free>>;
using TreePtr = std::unique_ptr<git_tree, Releaser<git_tree_free>>;
using ReferencePtr = std::unique_ptr<git_reference, Releaser<git_reference_free>>;
using ReferenceIteratorPtr = std::unique_ptr<git_reference_iterator, Releaser<git_reference_iterator_free>>;
using RevwalkPtr = std::unique_ptr<git_revwalk, Releaser<git_revwalk_free>>;
using IndexPtr = std::unique_ptr<git_index, Releaser<git_index_free>>;
using ConflictIteratorPtr = std::unique_ptr<git_index_conflict_iterator, Releaser<git_index_conflict_iterator_free>>;
using ConfigPtr = std::unique_ptr<git_config, Releaser<git_config_free>>;

/// Passes an owning pointer to a function that answers through a pointer to a pointer. The target is set at the end of
/// the full expression: look at it in the next one.
template <class Pointer> class Out
{
public:
    explicit Out(Pointer &target) : m_target(target) { }
    ~Out() { m_target.reset(m_raw); }
    Out(const Out &) = delete;
    Out &operator=(const Out &) = delete;
    operator typename Pointer::pointer *() { return &m_raw; } // NOLINT(google-explicit-constructor): its purpose

private:
    Pointer &m_target;
    typename Pointer::pointer m_raw = nullptr;
};

struct Repository::Handle {
    RepositoryPtr repo;
    OdbPtr odb;
    bool bare = false;
};

inline Oid fromGit(const git_oid &id)
{
    return Oid::fromRaw(id.id);
}
inline git_oid toGit(const Oid &id)
{
    git_oid out;
    git_oid_fromraw(&out, id.raw());
    return out;
}

/// Starts libgit2 once for the process, with the settings that Coppice relies on.
void startLibrary();

/// Reads an object of the type that is wanted.
[[nodiscard]] Result<OdbObjectPtr> readObject(git_odb *odb, const Oid &id, git_object_t wanted);

/// The commits whose parents this repository leaves out.
[[nodiscard]] std::unordered_set<Oid> shallowCommits(const QString &commonDir);

} // namespace coppice::git
