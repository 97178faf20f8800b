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
    /// For Graph::load.
    void visit(Node node, QByteArrayView commit);
    /// `graph` holds exactly the history of `head` so far; what the trailers name is loaded into it.
    [[nodiscard]] Result<std::vector<Joins>> find(git::Repository &repository, Graph &graph, Node head,
                                                  const std::vector<QByteArray> &prefixes, std::stop_token stop);

private:
    struct Hit {
        Node node;
        QByteArray message;
    };
    std::vector<Hit> m_hits;
};

} // namespace coppice::subtree
