// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
    explicit Graph(Objects &objects) : m_objects(objects) { }

    /// Told of each commit as it is read first, with its whole bytes.
    using Visit = std::function<void(Node node, QByteArrayView bytes)>;
    /// Loads a commit and all its ancestors that are not loaded yet; never recursive. Answers its node.
    [[nodiscard]] Result<Node> load(const git::Oid &commit, std::stop_token stop, const Visit &visit = {});
    /// Adds a copy, whose parents are in the graph; a commit that is there already is answered as it is.
    Node addCopy(const git::Oid &id, const git::Oid &tree, const std::vector<Node> &parents);

    [[nodiscard]] Node find(const git::Oid &id) const;
    [[nodiscard]] size_t size() const { return m_entries.size(); }
    [[nodiscard]] const git::Oid &id(Node node) const { return m_entries[node].id; }
    [[nodiscard]] const git::Oid &tree(Node node) const { return m_entries[node].tree; }
    [[nodiscard]] qint64 date(Node node) const { return m_entries[node].date; }
    [[nodiscard]] bool isCopy(Node node) const { return m_entries[node].copy; }
    [[nodiscard]] std::span<const Node> parents(Node node) const
    {
        return {m_parents.data() + m_entries[node].firstParent, m_entries[node].parentCount};
    }
    /// Original commits, parents before children, in the order they were loaded.
    [[nodiscard]] const std::vector<Node> &order() const { return m_order; }

    /// True when `ancestor` is `node` or reachable from it.
    [[nodiscard]] bool isAncestor(Node ancestor, Node node);
    struct Reach {
        size_t commits = 0;
        std::vector<Node> originals; ///< outermost commits that are no copies
    };
    [[nodiscard]] Reach reach(Node head);

private:
    struct Entry {
        git::Oid id;
        git::Oid tree;
        qint64 date = 0; ///< the committer's
        quint32 firstParent = 0;
        quint32 parentCount = 0;
        quint32 generation = 0; ///< longest way to a root; 0 while not loaded
        bool copy = false;
        bool open = false; ///< being loaded: its parents are not all there yet
    };
    Node intern(const git::Oid &id);
    [[nodiscard]] Result<> read(Node node, const Visit &visit);
    void setGeneration(Node node);
    [[nodiscard]] bool mark(Node node); ///< true the first time since the last newMarks()
    void newMarks();

    Objects &m_objects;
    std::vector<Entry> m_entries;
    std::vector<Node> m_parents;
    std::unordered_map<git::Oid, Node> m_nodes;
    std::vector<Node> m_order;
    std::vector<quint32> m_marks;
    quint32 m_mark = 0;
};

} // namespace coppice::subtree
