// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/joins.h"
#include "subtree/rows.h"
#include "subtree/split.h"

#include <map>

namespace coppice::subtree {

/// What a walk knows and the next one can go on from: the graph, in which order commits were mapped, and for each the
/// pairs in which it differs from its first parent.
class WalkRecord
{
public:
    struct Change {
        quint32 prefix; ///< its number, and the flags of the pair above it
        Node node;
    };
    struct OfPrefix {
        QByteArray prefix;
        bool wasFile = false, refused = false;
        std::map<Node, Node> seeds; ///< those that the mapping was made with
        SplitResult result;         ///< for `head`
    };

    Graph graph;
    Column<Node> order;        ///< parents before children; noNode: taken back
    Column<quint32> ordinals;  ///< by node, where it stands in `order`, from 1; 0: nowhere
    Column<quint32> starts;    ///< by ordinal, where its changes begin
    Column<Change> changes;
    std::vector<JoinFinder::Hit> hits;
    std::vector<OfPrefix> prefixes;
    git::Oid head; ///< the one that the results are for; null: none

    static Change changeOf(size_t prefix, const Pair &pair)
    {
        return {quint32(prefix) | quint32(pair.settled) << 31 | quint32(pair.links) << 30 | quint32(pair.rawLinks) << 29, pair.node};
    }
    static size_t prefixOf(const Change &change) { return change.prefix & ((1U << 29) - 1); }
    /// The pair without the tree.
    static Pair pairOf(const Change &change)
    {
        return {{}, change.node, bool(change.prefix >> 31 & 1), bool(change.prefix >> 30 & 1), bool(change.prefix >> 29 & 1)};
    }

    void begin(Node node);
    void add(const Change &change) { changes.push_back(change); }
    [[nodiscard]] bool isMapped(Node node) const { return node < ordinals.size() && ordinals[node] != 0; }
    [[nodiscard]] std::span<const Change> changesOf(Node node) const;
    /// What a commit was mapped to; noNode: nothing. The commit itself is answered as it is.
    [[nodiscard]] Node mapped(Node node, size_t prefix) const;
    /// Marks what lies in the history of `from`: nodes mapped earlier, and those in `fresh` (parents before children).
    void markHistory(Node from, const std::vector<Node> &fresh, std::vector<char> &marks) const;
    /// Takes back what `from` and all that follows it are mapped to; what of it is in `history` is answered, parents
    /// before children, to be mapped again.
    [[nodiscard]] std::vector<Node> takeBack(const std::vector<Node> &from, const std::vector<char> &history);
};

} // namespace coppice::subtree
