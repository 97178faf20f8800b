// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

namespace coppice::subtree {

/// A path at which two sides of a merge cannot be brought together without a person.
struct MergeConflict {
    enum class Kind {
        Text,            ///< both changed the same lines: the file holds both, between markers
        Binary,          ///< both changed it, and it has no lines
        DeletedHere,     ///< the library deleted what upstream changed
        DeletedUpstream, ///< upstream deleted what the library changed
        Type,            ///< a file on one side, a link, folder or submodule on the other
    };
    QByteArray path;
    Kind kind = Kind::Text;
    std::optional<git::TreeEntry> base, ours, theirs;
};
[[nodiscard]] QString nameOf(MergeConflict::Kind kind);

/// A merge written down for a person to finish: where lines clash both sides stand in the file between markers (with
/// what was there before, as git's diff3 style has it); elsewhere the side that has something, the library's first.
struct MarkedMerge {
    git::Oid tree;
    std::vector<MergeConflict> conflicts;
};
[[nodiscard]] Result<MarkedMerge> mergeMarked(git::Repository &repository, const git::Oid &base, const git::Oid &ours,
                                              const git::Oid &theirs, const QByteArray &oursName, const QByteArray &theirsName);
/// True when a text still holds a marker that `mergeMarked` writes with these names.
[[nodiscard]] bool hasMarkers(const QByteArray &text, const QByteArray &oursName, const QByteArray &theirsName);

} // namespace coppice::subtree
