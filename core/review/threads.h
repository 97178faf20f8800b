// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/reviews.h"

namespace coppice::review {

/// Comments that answer one another, and where they stand in a revision.
struct Thread {
    std::vector<Comment> comments; ///< the first began it
    QByteArray path;               ///< empty: the patch
    QString hunk;                  ///< empty: the file or the patch
    int line = 0;                  ///< in this revision, as Comment; 0: the hunk or file
    bool oldSide = false;
    bool outdated = false; ///< what it is about is not in this revision: shown with its quote
    [[nodiscard]] const Comment &first() const { return comments.front(); }
    [[nodiscard]] bool resolved() const { return !first().resolvedBy.isEmpty(); }
};

/// Where a comment is to be put: `hunk` any unique beginning of at least 4 characters or empty, `path` that of a file
/// where there is no hunk, `line` of the new file (of the old one with `oldSide`) or 0. The line must be one that the hunk
/// shows; the hunk can be left out where the line decides it. Errors name what is not there.
[[nodiscard]] Result<Spot> spotOf(const git::Repository &repository, const std::vector<FilePatch> &files,
                                  const QString &hunk, const QByteArray &path, int line, bool oldSide);

/// The threads of a patch placed in a revision, the oldest first. A thread stays with its hunk while the hunk is there;
/// where the hunk has changed, one on a line goes to the nearest line of the file's hunks that reads the same; one whose
/// text is gone is outdated.
[[nodiscard]] Result<std::vector<Thread>> placeThreads(const git::Repository &repository,
                                                       const std::vector<FilePatch> &files,
                                                       const std::vector<Comment> &comments);

} // namespace coppice::review
