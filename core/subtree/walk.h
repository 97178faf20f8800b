// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/copied_commit.h"
#include "subtree/graph.h"
#include "subtree/joins.h"
#include "subtree/prefix_trees.h"
#include "subtree/split.h"
#include "subtree/template_links.h"

#include <array>
#include <map>

namespace coppice::subtree {

/// One parents-first walk over a head's history that maps every commit for all prefixes at once. What most commits
/// leave alone is shared: each commit's state is a row of chunks, and only chunks that change are made anew.
class SplitWalk
{
public:
    SplitWalk(git::Repository &repository, Objects &objects, const SplitOptions &options, std::vector<QByteArray> prefixes);
    [[nodiscard]] Result<> run(const git::Oid &head, std::stop_token stop, Progress &progress);

    /// What the head is mapped to; noNode: nothing, because it has no tree at the prefix and no join says otherwise.
    [[nodiscard]] Node mapped(size_t prefix) const { return m_mapped[prefix]; }
    [[nodiscard]] const git::Oid &headTree(size_t prefix) const { return m_headRaw[prefix]; }
    /// Links at the head that block a push.
    [[nodiscard]] Result<std::vector<QByteArray>> headBlocked(size_t prefix, const git::Oid &head);
    [[nodiscard]] const Joins &joins(size_t prefix) const { return m_joins[prefix]; }
    [[nodiscard]] size_t made(size_t prefix) const { return m_made[prefix]; }
    [[nodiscard]] double seconds(size_t prefix) const { return m_seconds[prefix]; }
    [[nodiscard]] bool wasFile(size_t prefix) const { return m_trees.wasFile(prefix); }
    /// Copies that git itself would have refused to write.
    [[nodiscard]] bool gitWouldRefuse(size_t prefix) const { return m_refused[prefix]; }
    [[nodiscard]] Graph &graph() { return m_graph; }

    /// With `watchPrefix` set before run(): commits in walk order that are mapped to `watchFor`.
    void watch(size_t prefix, const git::Oid &split) { m_watch = {prefix, split}; }
    [[nodiscard]] const std::vector<Node> &watched() const { return m_watched; }

private:
    static constexpr quint32 self = noNode - 1; ///< mapped to the commit itself, whichever it is
    static constexpr size_t chunkSize = 16;
    struct Pair {
        quint32 raw = 0;  ///< the tree at the prefix, by number; 0: none
        quint32 tree = 0; ///< the same with template links replaced
        Node node = noNode;
        friend bool operator==(const Pair &, const Pair &) = default;
    };
    struct Chunk {
        std::array<Pair, chunkSize> pairs;
        bool settled = true; ///< a child that changes nothing here has the same
        bool links = false;  ///< some tree holds links
    };
    /// A commit while it is being mapped.
    struct At {
        Node node;
        std::vector<const quint32 *> parentRows;
        std::vector<Node> parents;
        std::optional<CopiedCommit> copied;
        bool templatesChanged = false; ///< against any parent
    };

    [[nodiscard]] quint32 number(const git::Oid &tree);
    [[nodiscard]] Result<> prepare(const git::Oid &head, std::stop_token stop);
    [[nodiscard]] Result<> mapCommit(Node node);
    [[nodiscard]] Result<Chunk> mapChunk(At &at, size_t index);
    [[nodiscard]] Result<Pair> mapPair(At &at, size_t prefix, quint32 raw, bool resolve,
                                       std::optional<Node> seed);
    [[nodiscard]] Result<Node> copyOrSkip(At &at, size_t prefix, quint32 tree, const std::vector<Node> &parents);
    [[nodiscard]] Result<Node> copy(At &at, size_t prefix, quint32 tree, const std::vector<Node> &parents);
    [[nodiscard]] bool isSettled(const Pair &pair, bool links, bool raw) const;
    [[nodiscard]] bool isRaw(size_t prefix, Node node) const;
    [[nodiscard]] const Pair &pairOf(const quint32 *row, size_t prefix) const
    {
        return m_chunks[row[prefix / chunkSize]].pairs[prefix % chunkSize];
    }

    git::Repository &m_repository;
    Objects &m_objects;
    const SplitOptions &m_options;
    std::vector<QByteArray> m_prefixes;
    PrefixTrees m_trees; ///< of m_prefixes, and templates/ as the last one when links are resolved
    Graph m_graph;
    LinkResolver m_links;
    std::vector<Joins> m_joins;
    size_t m_commits = 0; ///< of the head's history: that many of m_graph.order()

    std::unordered_map<git::Oid, quint32> m_numbers;
    std::vector<git::Oid> m_ids; ///< of trees, by number
    std::vector<Chunk> m_chunks;
    size_t m_rowSize = 0;
    std::vector<std::unique_ptr<quint32[]>> m_rows;
    std::vector<const quint32 *> m_rowOf;      ///< by node
    std::vector<git::Oid> m_templates;         ///< by node; only when links are resolved
    std::unordered_map<Node, std::vector<std::pair<size_t, Node>>> m_seeds;
    std::vector<std::vector<bool>> m_rawSets;  ///< by node: that commit or an ancestor of it
    std::vector<int> m_rawSetOf;               ///< by prefix; -1: none

    std::vector<Node> m_mapped;
    std::vector<git::Oid> m_headRaw;
    git::Oid m_headTemplates;
    std::vector<size_t> m_made;
    std::vector<double> m_seconds;
    std::vector<bool> m_refused;
    std::optional<std::pair<size_t, git::Oid>> m_watch;
    std::vector<Node> m_watched;
    // of the commit at hand
    std::vector<quint32> m_changedRaw; ///< by prefix, valid where m_changedAt says so
    std::vector<quint32> m_changedAt;
    quint32 m_stamp = 0;
};

} // namespace coppice::subtree
