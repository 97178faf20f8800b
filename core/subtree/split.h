// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "git/repository.h"

#include <QMap>

#include <stop_token>
#include <vector>

namespace coppice::subtree {

struct SplitOptions {
    bool keepDots = false;      ///< the rule of git 2.42 and later: '.' at the ends of a name is kept
    bool resolveLinks = false;  ///< write resolved trees (template links replaced by what they name)
    QMap<QByteArray, git::Oid> linksSince; ///< prefix → commit that, with its ancestors, is mapped raw; "" for all
    QByteArray annotate;        ///< put before every copied message
    git::Oid onto;              ///< this commit and its ancestors are mapped to themselves
    bool ignoreJoins = false;   ///< of earlier joins only what `git subtree add` made counts
    bool dryRun = false;        ///< compute ids only; write neither objects nor state
};
struct SplitResult {
    QByteArray prefix;
    git::Oid commit;   ///< the split head; null when the head has no tree at the prefix, `note` says so
    size_t commits = 0; ///< reachable from it
    size_t made = 0;    ///< written by this run (with dryRun: that would be)
    double seconds = 0; ///< spent on this prefix alone, without what all of them share
    std::vector<QByteArray> blocked; ///< links in the head's tree that block a push: dangling, escaping, cyclic, absolute
    /// Commits of the library itself, not copies, that the split history runs into: after a prefix was deleted and made
    /// anew, or where upstream history was merged in whole. Only the outermost ones.
    std::vector<git::Oid> originals;
    /// An upstream commit that an earlier add, merge or rejoin names.
    struct Join {
        git::Oid split;
        bool whole = false; ///< its history is part of the library's: it and what follows it are mapped to themselves
        friend bool operator==(const Join &, const Join &) = default;
    };
    std::vector<Join> joins; ///< the newest first
    struct Squash {
        git::Oid commit; ///< what the next squash builds on
        git::Oid split;  ///< the upstream commit that it stands for
    };
    std::optional<Squash> latestSquash;
    QString note;               ///< what a person should know about this one
    std::optional<Error> error; ///< this prefix cannot be split; the others went on
};

/// Splits prefixes out of a library's history, with the commit ids of `git subtree split` (git 2.39 and 2.54 and
/// later agree on them). map() is a pure function of the commit: parents first, one walk.
/// State is kept under coppice/split/ of the common git directory and is only ever an accelerator.
/// Source: contrib/subtree/git-subtree.sh of git 2.39.5.
class SubtreeSplitter
{
public:
    SubtreeSplitter(git::Repository &repository, SplitOptions options);
    [[nodiscard]] Result<std::vector<SplitResult>> split(const git::Oid &head, const std::vector<QByteArray> &prefixes,
                                                         std::stop_token stop = {}, Progress &progress = Progress::none());

private:
    git::Repository &m_repository;
    SplitOptions m_options;
};

/// The newest commit of a head's history that is mapped to `split` and on which a join can be based (no earlier join
/// names it); null when there is none.
[[nodiscard]] Result<git::Oid> mainlineOf(git::Repository &repository, const git::Oid &head, const QByteArray &prefix,
                                          const SplitOptions &options, const git::Oid &split, std::stop_token stop = {});

/// resolve(C, P): the tree at `prefix` in a commit with every template link (target under templates/) replaced by
/// what it names in that commit. Depth at most 8. Links that block a push stay and are named in `blocked`.
struct Resolved {
    git::Oid tree; ///< null when nothing stands at the prefix
    std::vector<QByteArray> links;   ///< template links that were replaced, paths in the plugin
    std::vector<QByteArray> blocked; ///< dangling, cyclic, absolute, escaping
};
[[nodiscard]] Result<Resolved> resolveTree(git::Repository &repository, const git::Oid &rootTree,
                                           const QByteArray &prefix);

} // namespace coppice::subtree
