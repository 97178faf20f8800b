// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <QString>

namespace coppice::runs {

/// Writes a tree's files into a folder that does not exist yet; links are written as links, submodules left out. At
/// most 20,000 files of 64 MB each.
[[nodiscard]] Result<> extractTree(const git::Repository &repository, const git::Oid &tree, const QString &folder);

/// The copy of a work folder that a person edits: without .git, hooks and anything that an editor or a shell runs or
/// obeys when it opens a folder. Made whole or not at all; one that is there already stays as it is.
[[nodiscard]] Result<> makeHandCopy(const QString &work, const QString &hand);
/// Makes the work folder hold what the person left in the copy; what the copy was made without stays as it is there.
[[nodiscard]] Result<> takeHandCopy(const QString &hand, const QString &work);

} // namespace coppice::runs
