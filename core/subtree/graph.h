// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/column.h"
#include "subtree/objects.h"

#include <functional>
#include <span>
#include <stop_token>

namespace coppice::subtree {

/// A commit in the graph, by number.
using Node = quint32;
constexpr Node noNode = ~Node(0);

/// The commits of a repository and the copies made of them in one graph, each commit once, by id: a split history can
/// run into original commits, and ancestry is asked across both.
class Graph
{
public:
    Graph();

    /// Told of each commit as it is read, with its whole bytes.
    using Visit = std::function<void(Node node, QByteArrayView bytes)>;
    /// Loads a commit and all its ancestors that are not loaded yet; never recursive. Answers its node.
    [[nodiscard]] Result<Node> load(Objects &objects, const git::Oid &commit, std::stop_token stop);
    /// The same for a history that will be mapped: goes on up to commits that were marked walked, visits all of them
    /// in any order, and adds them to `order`, parents before children. An error with the code `wrongNotes` when the
    /// commit-graph says other than the commits do.
    [[nodiscard]] Result<Node> loadHistory(Objects &objects, const git::Oid &head, std::stop_token stop, const Visit &visit,
                                           std::vector<Node> &order);
    static constexpr QLatin1String wrongNotes{"git.commit-graph"};
    /// Adds a copy, whose parents are in the graph; a commit that is there already is answered as it is.
    Node addCopy(const git::Oid &id, const git::Oid &tree, std::span<const Node> parents);

    [[nodiscard]] Node find(const git::Oid &id) const;
    [[nodiscard]] size_t size() const { return m_ids.size(); }
    [[nodiscard]] const git::Oid &id(Node node) const { return m_ids[node]; }
    [[nodiscard]] const git::Oid &tree(Node node) const { return m_trees[node]; }
    [[nodiscard]] qint64 date(Node node) const { return m_dates[node]; }
    [[nodiscard]] bool isLoaded(Node node) const { return m_generations[node] != 0; }
    [[nodiscard]] bool wasCopied(Node node) const { return m_flags[node] & Copied; } ///< made by a walk, now or earlier
    [[nodiscard]] bool isWalked(Node node) const { return m_flags[node] & Walked; }
    void setWalked(Node node, bool walked);
    [[nodiscard]] std::span<const Node> parents(Node node) const
    {
        const size_t at = m_firstParents[node];
        return m_parents.run(at + 1, m_parents[at]);
    }

    /// True when `ancestor` is `node` or reachable from it.
    [[nodiscard]] bool isAncestor(Node ancestor, Node node);
    struct Reach {
        size_t commits = 0;
        std::vector<Node> originals; ///< outermost commits that are no copies
    };
    /// `isOriginal` says which commits are no copies.
    [[nodiscard]] Reach reach(Node head, const std::function<bool(Node)> &isOriginal);
    /// Marks a commit and all its ancestors; those that are marked already are not looked at again.
    void markAncestors(Node node, std::vector<char> &marks) const;

    /// Calls `each(column)` for every table that makes up the graph, always in the same order.
    template <class Each> void columns(Each each)
    {
        each(m_ids);
        each(m_trees);
        each(m_dates);
        each(m_firstParents);
        each(m_generations);
        each(m_flags);
        each(m_parents);
        each(m_buckets);
    }
    /// False when adopted tables do not fit together.
    [[nodiscard]] bool isSound() const;

private:
    enum Flag : quint8 { Copied = 1, Walked = 2, Open = 4 };
    struct Frame {
        Node node;
        quint32 next; ///< the parent to look at next
    };
    Node intern(const git::Oid &id);
    void grow();
    [[nodiscard]] size_t bucketOf(const git::Oid &id) const { return std::hash<git::Oid>()(id) & (m_buckets.size() - 1); }
    [[nodiscard]] Result<> read(Objects &objects, Node node, const Visit &visit);
    /// What the commit-graph has noted of a commit; false when it does not know it.
    [[nodiscard]] bool readNotes(const git::CommitGraph &notes, Node node);
    [[nodiscard]] Result<> visitNoted(Objects &objects, const Visit &visit);
    void setParents(Node node);
    [[nodiscard]] Result<> descend(Objects &objects, std::vector<Frame> &stack, std::stop_token stop, const Visit &visit,
                                   std::vector<Node> *order);
    void setGeneration(Node node);
    [[nodiscard]] bool mark(Node node); ///< true the first time since the last newMarks()
    void newMarks();

    Column<git::Oid> m_ids;
    Column<git::Oid> m_trees;
    Column<qint64> m_dates;          ///< the committer's
    Column<quint32> m_firstParents;  ///< where in m_parents: their number, then they
    Column<quint32> m_generations;   ///< longest way to a root; 0 while not loaded
    Column<quint8> m_flags;
    Column<Node> m_parents;
    Column<quint32> m_buckets;       ///< a hash table of nodes by id, each one more than it is; 0: empty
    std::vector<quint32> m_marks;
    quint32 m_mark = 0;
    std::vector<Node> m_open;
    std::vector<Node> m_parentsRead;
    // while a history is loaded with a commit-graph
    std::vector<Node> m_noted;          ///< still to be visited
    std::vector<quint32> m_positions;   ///< by node, one more than it is; 0: not known
    std::vector<Node> m_atPosition;     ///< noNode: not met
    git::CommitGraph::Commit m_notes;
};

} // namespace coppice::subtree
