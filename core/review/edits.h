// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/reviews.h"

namespace coppice::review {

/// The patch's last revision with another new text of one of its files (`path`: as FilePatch). A deleted file, one with
/// no lines, a link or a submodule cannot be edited; an equal text is an error. A file that becomes what it was before the
/// patch is no longer part of it. The revision goes on from the same run, whose checks run again before it lands, and
/// keeps its taint: a person's edit does not wash the rest.
[[nodiscard]] Result<Revision> editedFile(git::Repository &repository, const Patch &patch,
                                          const std::vector<FilePatch> &files, const QByteArray &path,
                                          const QByteArray &text);
/// The same with another new side of one hunk: `text` takes the place of the lines from its newStart on, newLines many
/// (context among them). `hunk` is a whole id.
[[nodiscard]] Result<Revision> editedHunk(git::Repository &repository, const Patch &patch,
                                          const std::vector<FilePatch> &files, const QString &hunk,
                                          const QByteArray &text);
/// The new side of a hunk as it is, to be edited.
[[nodiscard]] Result<QByteArray> newSideOf(const git::Repository &repository, const std::vector<FilePatch> &files,
                                           const QString &hunk);

} // namespace coppice::review
