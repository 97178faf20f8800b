// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/tree_edit.h"
#include "subtree/marked_merge.h"
#include "subtree/split.h"

namespace coppice::subtree {

/// What a person said becomes of a linked path whose copy upstream changed.
enum class LinkChoice {
    Adopt,   ///< the change goes into the template, and so to everybody who links to it
    KeepOwn, ///< the plugin gets a file of its own, with the change
    Discard, ///< the link stays, and the next push takes the change back upstream
};
/// An answer holds for what upstream has there now, not for what it may have later.
struct LinkAnswer {
    QByteArray path; ///< in the plugin
    std::optional<git::TreeEntry> theirs;
    LinkChoice choice = LinkChoice::Discard;
};
/// A linked path that upstream changed.
struct LinkChange {
    QByteArray path;   ///< in the plugin
    QByteArray target; ///< what the link names, from the library's root
    std::optional<git::TreeEntry> ours, theirs; ///< content, by id
    std::optional<LinkChoice> choice; ///< none: a person is asked
};

/// Which of a plugin's linked paths take part in a merge, and which become links again.
struct LinkPlan {
    std::vector<git::TreeChange> links;  ///< put back as they are: nobody changed them, or what upstream has is let go
    std::vector<LinkChange> adopted;     ///< merged like any file, then taken into the template, then links again
    std::vector<LinkChange> kept;        ///< merged like any file
    std::vector<LinkChange> open;        ///< to be decided
};
/// `raw` is the plugin's tree as it stands in the library, `ours` the same resolved.
[[nodiscard]] Result<LinkPlan> planLinks(git::Repository &repository, const git::Oid &rootTree, const QByteArray &prefix,
                                         const git::Oid &raw, const Resolved &ours, const git::Oid &base, const git::Oid &theirs,
                                         const std::vector<LinkAnswer> &answers);

/// A tree without the paths that are not merged.
[[nodiscard]] Result<git::Oid> withoutLinks(git::Repository &repository, const git::Oid &tree, const LinkPlan &plan);

/// The library's root tree with what `merged` (of the plugin) has at an adopted path put into the template.
[[nodiscard]] Result<git::Oid> takeIntoTemplate(git::Repository &repository, const git::Oid &rootTree, const QByteArray &prefix,
                                                const LinkChange &change, const git::Oid &merged);

/// Where a path of the library leads when its links are followed: a path from the root without links in it. None where
/// nothing stands there, or it leads out of the library.
[[nodiscard]] Result<std::optional<QByteArray>> followedPath(const git::Repository &repository, const git::Oid &rootTree,
                                                             const QByteArray &path);

} // namespace coppice::subtree
