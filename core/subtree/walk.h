// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/changed_paths.h"
#include "subtree/copied_commit.h"
#include "subtree/prefix_trees.h"
#include "subtree/template_links.h"
#include "subtree/walk_record.h"

namespace coppice::subtree {

/// One parents-first walk over a head's history that maps every commit for all prefixes at once. What most commits
/// leave alone is shared: each commit's state is a row of chunks, and only chunks that change are made anew. What
/// `record` holds of earlier walks is not walked again, except where a join says otherwise now.
class SplitWalk
{
public:
    SplitWalk(git::Repository &repository, Objects &objects, const SplitOptions &options, WalkRecord &record);
    [[nodiscard]] Result<> run(const git::Oid &head, std::stop_token stop, Progress &progress);
    /// The code of the error with which run() ends when a copy that the record promises is not in the repository.
    static constexpr QLatin1String stale{"subtree.stale-state"};

    /// What the head is mapped to; noNode: nothing, because it has no tree at the prefix and no join says otherwise.
    [[nodiscard]] Node mapped(size_t prefix) const { return m_mapped[prefix]; }
    /// What the head is mapped to, in full.
    [[nodiscard]] Result<SplitResult> result(size_t prefix);

    /// With `watch` called before run(): commits in walk order that are mapped to that split commit.
    void watch(size_t prefix, const git::Oid &split) { m_watch = {prefix, split}; }
    [[nodiscard]] const std::vector<Node> &watched() const { return m_watched; }

private:
    using Chunk = Rows::Chunk;
    /// A commit while it is being mapped.
    struct At {
        Node node;
        std::span<const Node> parents;
        std::vector<quint32> rows; ///< of the parents
        quint32 base;              ///< the first of them, or the blank one
        git::Oid templates;
        bool templatesChanged = false; ///< against any parent
        const std::vector<std::pair<size_t, Node>> *seeds = nullptr;
        bool onto = false;
    };
    [[nodiscard]] Result<std::vector<Node>> prepare(const git::Oid &head, std::stop_token stop);
    [[nodiscard]] Result<> prepareMarks(std::stop_token stop);
    [[nodiscard]] std::vector<Node> reconsider();
    [[nodiscard]] Result<> restoreRows(const std::vector<Node> &order);
    [[nodiscard]] Result<quint32> restoreRow(Node node);
    void finishCommit(Node node, std::span<const Node> parents, quint32 row);
    void letGo(Node node);

    [[nodiscard]] Result<quint32> mapCommit(Node node);
    [[nodiscard]] std::vector<size_t> dirtyChunks(const At &at) const;
    [[nodiscard]] Result<> mapChunk(At &at, size_t index, Chunk &chunk);
    [[nodiscard]] Result<Pair> mapPair(At &at, size_t prefix, const git::Oid &raw, bool links, std::optional<Node> seed);
    [[nodiscard]] Result<Node> copyOrSkip(const At &at, size_t prefix, const git::Oid &tree);
    [[nodiscard]] Result<Node> copy(const At &at, size_t prefix, const git::Oid &tree);
    [[nodiscard]] bool isRaw(size_t prefix, Node node) const
    {
        const int set = m_rawSetOf[prefix];
        return set >= 0 && node < m_rawSets[size_t(set)].size() && m_rawSets[size_t(set)][node];
    }
    [[nodiscard]] bool isOriginal(Node node) const
    {
        return (node < m_history.size() && m_history[node]) || (node < m_upstream.size() && m_upstream[node]);
    }
    [[nodiscard]] bool canReuse() const;

    git::Repository &m_repository;
    Objects &m_objects;
    const SplitOptions &m_options;
    WalkRecord &m_record;
    Graph &m_graph;
    size_t m_count; ///< of prefixes
    PrefixTrees m_trees; ///< of the prefixes, and templates/ as the last one when links are resolved
    std::unique_ptr<git::ChangedPaths> m_changedPaths; ///< may be null
    LinkResolver m_links;
    JoinFinder m_finder;
    std::vector<Joins> m_joins;
    std::vector<char> m_history;  ///< by node: in the history of the head
    std::vector<char> m_upstream; ///< by node: what joins name, and before
    std::vector<char> m_onto;     ///< by node: mapped to itself
    std::unordered_map<Node, std::vector<std::pair<size_t, Node>>> m_seeds;
    std::vector<std::vector<char>> m_rawSets; ///< by node: that commit or an ancestor of it
    std::vector<int> m_rawSetOf;              ///< by prefix; -1: none
    size_t m_remembered;          ///< so many nodes come from the record
    std::vector<char> m_verified; ///< of those, by node: it is in the repository
    bool m_wentOn = false;        ///< the head follows the one that the record's results are for
    bool m_copiesJoined = false;  ///< a copy has become part of the history

    Rows m_rows;
    static constexpr quint32 noRow = ~quint32(0);
    std::vector<quint32> m_rowOf;  ///< by node, while children are to come
    std::vector<quint32> m_coming; ///< by node: that many children
    std::vector<Node> m_mapped;
    std::vector<git::Oid> m_headRaw;
    git::Oid m_headTemplates;
    Node m_head = noNode;
    std::vector<size_t> m_made;
    std::vector<quint32> m_work; ///< by prefix: pairs that were worked out
    double m_seconds = 0;        ///< of all of them together
    std::optional<std::pair<size_t, git::Oid>> m_watch;
    std::vector<Node> m_watched;

    // of the commit at hand
    std::optional<CopiedCommit> m_copied;
    std::vector<std::pair<size_t, git::Oid>> m_changed; ///< raw trees that differ from the first parent's, by prefix
    std::vector<Node> m_from, m_kept;                   ///< what the parents are mapped to; without doubles
    QByteArray m_bytes;
};

} // namespace coppice::subtree
