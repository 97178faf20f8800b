// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/graph.h"

#include <algorithm>

namespace coppice::subtree {

namespace {

/// The number of seconds in a committer line: what follows the last '>'.
qint64 dateOf(QByteArrayView line)
{
    const auto close = line.lastIndexOf('>');
    if (close < 0)
        return 0;
    const auto rest = line.sliced(close + 1).trimmed();
    const auto space = rest.indexOf(' ');
    return (space < 0 ? rest : rest.first(space)).toByteArray().toLongLong();
}

} // namespace

Node Graph::intern(const git::Oid &id)
{
    const auto [found, isNew] = m_nodes.try_emplace(id, Node(m_entries.size()));
    if (isNew)
        m_entries.push_back({id});
    return found->second;
}

Node Graph::find(const git::Oid &id) const
{
    const auto found = m_nodes.find(id);
    return found == m_nodes.end() ? noNode : found->second;
}

Result<> Graph::read(Node node, const Visit &visit)
{
    COPPICE_TRY(const auto raw, m_objects.commit(m_entries[node].id));
    QByteArrayView rest = raw.bytes();
    const auto firstParent = quint32(m_parents.size());
    while (!rest.isEmpty()) {
        const auto end = rest.indexOf('\n');
        const auto line = end < 0 ? rest : rest.first(end);
        if (line.isEmpty())
            break;
        if (line.startsWith("tree "))
            m_entries[node].tree = git::Oid::fromHex(line.sliced(5));
        else if (line.startsWith("parent "))
            m_parents.push_back(intern(git::Oid::fromHex(line.sliced(7))));
        else if (line.startsWith("committer ")) {
            m_entries[node].date = dateOf(line);
            break;
        }
        rest = end < 0 ? QByteArrayView() : rest.sliced(end + 1);
    }
    if (m_entries[node].tree.isNull())
        return fail(QStringLiteral("git.broken-commit"),
                    QStringLiteral("The commit %1 names no tree").arg(m_entries[node].id.toString()));
    m_entries[node].firstParent = firstParent;
    m_entries[node].parentCount = quint32(m_parents.size()) - firstParent;
    m_entries[node].open = true;
    if (visit)
        visit(node, raw.bytes());
    return {};
}

void Graph::setGeneration(Node node)
{
    quint32 highest = 0;
    for (const Node parent : parents(node))
        highest = std::max(highest, m_entries[parent].generation);
    m_entries[node].generation = highest + 1;
}

Result<Node> Graph::load(const git::Oid &commit, std::stop_token stop, const Visit &visit)
{
    struct Frame {
        Node node;
        quint32 next; ///< the parent to look at next
    };
    const Node start = intern(commit);
    if (m_entries[start].generation)
        return start;
    std::vector<Frame> stack;
    COPPICE_CHECK(read(start, visit));
    stack.push_back({start, 0});
    size_t steps = 0;
    while (!stack.empty()) {
        if ((++steps & 1023) == 0 && stop.stop_requested())
            return failCancelled();
        auto &top = stack.back();
        if (top.next < m_entries[top.node].parentCount) {
            const Node parent = m_parents[m_entries[top.node].firstParent + top.next++];
            if (m_entries[parent].open)
                return fail(QStringLiteral("git.cycle"),
                            QStringLiteral("The history runs in a circle at %1").arg(m_entries[parent].id.toString()), {},
                            QStringLiteral("Look at the replacement references (git replace --list)."));
            if (m_entries[parent].generation == 0) {
                COPPICE_CHECK(read(parent, visit));
                stack.push_back({parent, 0});
            }
            continue;
        }
        setGeneration(top.node);
        m_entries[top.node].open = false;
        m_order.push_back(top.node);
        stack.pop_back();
    }
    return start;
}

Node Graph::addCopy(const git::Oid &id, const git::Oid &tree, const std::vector<Node> &parents)
{
    const Node node = intern(id);
    auto &entry = m_entries[node];
    if (entry.generation)
        return node;
    entry.tree = tree;
    entry.copy = true;
    entry.firstParent = quint32(m_parents.size());
    entry.parentCount = quint32(parents.size());
    m_parents.insert(m_parents.end(), parents.begin(), parents.end());
    setGeneration(node);
    return node;
}

void Graph::newMarks()
{
    m_marks.resize(m_entries.size(), m_mark);
    if (++m_mark == 0) {
        std::ranges::fill(m_marks, 0);
        m_mark = 1;
    }
}

bool Graph::mark(Node node)
{
    if (m_marks[node] == m_mark)
        return false;
    m_marks[node] = m_mark;
    return true;
}

bool Graph::isAncestor(Node ancestor, Node node)
{
    if (ancestor == node)
        return true;
    const quint32 floor = m_entries[ancestor].generation;
    if (floor >= m_entries[node].generation)
        return false;
    newMarks();
    std::vector<Node> open{node};
    while (!open.empty()) {
        const Node at = open.back();
        open.pop_back();
        for (const Node parent : parents(at)) {
            if (parent == ancestor)
                return true;
            if (m_entries[parent].generation > floor && mark(parent))
                open.push_back(parent);
        }
    }
    return false;
}

Graph::Reach Graph::reach(Node head)
{
    Reach reach;
    newMarks();
    (void)mark(head);
    std::vector<Node> open{head};
    if (!isCopy(head))
        reach.originals.push_back(head);
    while (!open.empty()) {
        const Node at = open.back();
        open.pop_back();
        ++reach.commits;
        for (const Node parent : parents(at)) {
            if (isCopy(at) && !isCopy(parent) && std::ranges::find(reach.originals, parent) == reach.originals.end())
                reach.originals.push_back(parent);
            if (mark(parent))
                open.push_back(parent);
        }
    }
    return reach;
}

} // namespace coppice::subtree
