// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/lines.h"
#include "review/patch.h"

namespace coppice::review {

/// The files of a revision in path order, with renames and copies but without what only their content tells: `binary`,
/// `tooLarge` and `hunks` are left for readHunks(). Costs little more than the comparison of the trees.
[[nodiscard]] Result<std::vector<FilePatch>> listFiles(const git::Repository &repository, const Revision &revision);
/// Fills in `binary`, `tooLarge` and `hunks`, and answers the texts that were read for it.
[[nodiscard]] Result<FileTexts> readHunks(const git::Repository &repository, FilePatch &file);

/// The same for texts that are at hand.
[[nodiscard]] Result<FileTexts> hunksOfTexts(FilePatch &file, QByteArray before, QByteArray after);

} // namespace coppice::review
