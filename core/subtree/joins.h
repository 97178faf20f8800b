// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/graph.h"
#include "subtree/split.h"

namespace coppice::subtree {

/// What the trailers of earlier adds, squashes and rejoins say about one prefix.
/// Source: contrib/subtree/git-subtree.sh of git 2.39.5 (find_existing_splits, find_latest_squash).
struct Joins {
    std::vector<std::pair<Node, Node>> seeds; ///< commit → what it is mapped to
    std::vector<SplitResult::Join> splits;    ///< upstream commits named, the newest first
    std::optional<SplitResult::Squash> latestSquash;
    std::optional<Error> error; ///< a trailer names what is not there; git would end here
    QString note;
};

/// Gathers the commits with trailers while a head's history is loaded, then reads them for each prefix.
class JoinFinder
{
public:
    /// A commit whose message may join something.
    struct Hit {
        Node node;
        QByteArray message;
    };
    /// `addsOnly`: of all joins only what `git subtree add` made counts (--ignore-joins).
    explicit JoinFinder(bool addsOnly) : m_addsOnly(addsOnly) { }

    /// For Graph::loadHistory.
    void visit(Node node, QByteArrayView commit, std::vector<Hit> &hits) const;
    /// Reads those of `hits` that lie in the history of `head`; what their trailers name is loaded into the graph.
    [[nodiscard]] Result<std::vector<Joins>> find(git::Repository &repository, Objects &objects, Graph &graph, Node head,
                                                  const std::vector<char> &history, const std::vector<Hit> &hits,
                                                  const std::vector<QByteArray> &prefixes, std::stop_token stop) const;

private:
    bool m_addsOnly;
};

} // namespace coppice::subtree
