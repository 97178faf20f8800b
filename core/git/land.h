// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <stop_token>

namespace coppice::journal {
class Lease;
}

namespace coppice::git {

/// Moves a branch from `from` to `to`, and where it is checked out in the repository's main or a linked work tree, the
/// touched paths there. Needs the engine's lease: only the engine moves branches. Refused (NeedsPerson, code
/// "land.dirty", paths named) when a touched path or the index entry for it has changes; then nothing moved.
/// A branch that is not at `from` any more is "land.moved". The caller journals the intent first; when killed between
/// ref and work tree, `finishLanding` completes it.
[[nodiscard]] Result<> land(const journal::Lease &lease, Repository &repository, const QString &branch, const Oid &from,
                            const Oid &to, const QString &reason, std::stop_token stop = {});
/// After a crash: if the branch is at `to` and a checked-out index still has the tree of `from`, updates the work tree.
/// A file that somebody changed meanwhile stays as it is and is named ("land.dirty", once: all else is then at `to`).
/// Where the branch never moved, only the index's lock is removed, if a killed git left it. May be called again.
[[nodiscard]] Result<> finishLanding(const journal::Lease &lease, Repository &repository, const QString &branch,
                                     const Oid &from, const Oid &to);

} // namespace coppice::git
