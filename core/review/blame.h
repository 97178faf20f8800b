// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/patch.h"

#include <stop_token>

namespace coppice::review {

/// Who wrote lines of the old side of a file, before the patch.
struct Author {
    int firstLine = 0, lines = 0; ///< of the old side
    git::Oid commit;              ///< null where it is not known, see `why`
    QString name, subject;        ///< plain text, bounded
    qint64 at = 0;                ///< authored, ms
    QString why;                  ///< a sentence, where it is not known
};

/// Follows lines back from a commit of the library, one by one and at most 50, through subtree merges into the plugin's own
/// history, where its files lie without the prefix. At most 20,000 commits a line; what is further back is said not to be
/// known, as is a line that the commit does not have.
[[nodiscard]] Result<std::vector<Author>> whoWrote(const git::Repository &repository, const git::Oid &head, const QByteArray &prefix,
                                                   const FilePatch &file, int firstLine, int lines, std::stop_token stop = {});

} // namespace coppice::review
