// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

namespace coppice::workspace {

/// Writes the files of a tree into an empty folder, byte for byte (no filters, no line-ending conversion). Links are
/// made as links. Entries that git itself would not check out (".git" in any spelling) are left out; a submodule
/// becomes an empty folder.
[[nodiscard]] Result<> materialise(const git::Repository &repository, const git::Oid &tree, const QString &folder);
/// True for names that lead into a git directory on some file system: ".git", ".GIT", "git~1".
[[nodiscard]] bool isGitName(const QByteArray &name);

} // namespace coppice::workspace
