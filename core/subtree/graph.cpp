// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/graph.h"

#include "subtree/copied_commit.h"

#include <algorithm>

namespace coppice::subtree {

namespace {

/// The number of seconds in a committer line: what follows the last '>'.
qint64 dateOf(QByteArrayView line)
{
    auto at = line.lastIndexOf('>') + 1;
    if (at == 0)
        return 0;
    while (at < line.size() && line[at] == ' ')
        ++at;
    const bool negative = at < line.size() && line[at] == '-';
    qint64 seconds = 0;
    for (at += negative; at < line.size() && line[at] >= '0' && line[at] <= '9' && seconds < (qint64(1) << 58); ++at)
        seconds = seconds * 10 + (line[at] - '0');
    return negative ? -seconds : seconds;
}

} // namespace

Graph::Graph()
{
    m_parents.push_back(0); // the parents of whoever has none
    m_buckets.resize(1024);
}

bool Graph::isSound() const
{
    const size_t count = m_ids.size();
    const size_t buckets = m_buckets.size();
    if (m_trees.size() != count || m_dates.size() != count || m_firstParents.size() != count || m_generations.size() != count
        || m_flags.size() != count || m_parents.empty() || buckets < 2 * count || (buckets & (buckets - 1)) != 0 || buckets < 1024)
        return false;
    for (size_t i = 0; i < count; ++i) {
        const size_t at = m_firstParents[i];
        if (at >= m_parents.size() || m_parents[at] >= m_parents.size() - at)
            return false;
        for (const Node parent : parents(Node(i))) {
            if (parent >= count)
                return false;
        }
    }
    for (size_t i = 0; i < buckets; ++i) {
        if (m_buckets[i] > count)
            return false;
    }
    return true;
}

void Graph::grow()
{
    const size_t size = m_buckets.size() * 2;
    m_buckets.adopt({});
    m_buckets.resize(size);
    for (Node node = 0; node < m_ids.size(); ++node) {
        size_t at = bucketOf(m_ids[node]);
        while (m_buckets[at] != 0)
            at = (at + 1) & (size - 1);
        m_buckets[at] = node + 1;
    }
}

Node Graph::intern(const git::Oid &id)
{
    size_t at = bucketOf(id);
    while (m_buckets[at] != 0) {
        if (m_ids[m_buckets[at] - 1] == id)
            return m_buckets[at] - 1;
        at = (at + 1) & (m_buckets.size() - 1);
    }
    const auto node = Node(m_ids.size());
    m_ids.push_back(id);
    m_trees.push_back({});
    m_dates.push_back(0);
    m_firstParents.push_back(0);
    m_generations.push_back(0);
    m_flags.push_back(0);
    m_buckets[at] = node + 1;
    if (m_ids.size() * 2 > m_buckets.size())
        grow();
    return node;
}

Node Graph::find(const git::Oid &id) const
{
    for (size_t at = bucketOf(id); m_buckets[at] != 0; at = (at + 1) & (m_buckets.size() - 1)) {
        if (m_ids[m_buckets[at] - 1] == id)
            return m_buckets[at] - 1;
    }
    return noNode;
}

void Graph::setWalked(Node node, bool walked)
{
    auto &flags = m_flags[node];
    flags = quint8(walked ? flags | Walked : flags & ~Walked);
}

void Graph::setParents(Node node)
{
    m_firstParents[node] = quint32(m_parents.size());
    m_parents.push_back(quint32(m_parentsRead.size()));
    for (const Node parent : m_parentsRead)
        m_parents.push_back(parent);
}

bool Graph::readNotes(const git::CommitGraph &notes, Node node)
{
    if (m_atPosition.empty())
        m_atPosition.resize(notes.count(), noNode);
    m_positions.resize(size());
    if (m_positions[node] == 0) {
        const auto found = notes.find(m_ids[node]);
        if (!found)
            return false;
        m_positions[node] = *found + 1;
        m_atPosition[*found] = node;
    }
    if (!notes.read(m_positions[node] - 1, m_notes))
        return false;
    m_parentsRead.clear();
    for (const quint32 position : m_notes.parents) {
        Node &parent = m_atPosition[position];
        if (parent == noNode) {
            parent = intern(notes.id(position));
            m_positions.resize(size());
            m_positions[parent] = position + 1;
        }
        m_parentsRead.push_back(parent);
    }
    m_trees[node] = m_notes.tree;
    m_dates[node] = m_notes.date;
    setParents(node);
    return true;
}

/// Reads the commits that were taken from the commit-graph, for what it does not say of them, and sees that it tells
/// the truth.
Result<> Graph::visitNoted(Objects &objects, const Visit &visit)
{
    std::vector<git::Oid> ids;
    ids.reserve(m_noted.size());
    for (const Node node : m_noted)
        ids.push_back(m_ids[node]);
    bool good = true;
    QByteArray wanted;
    COPPICE_CHECK(objects.commits(ids, [&](size_t number, QByteArrayView bytes) {
        const Node node = m_noted[number];
        CopiedCommit::begin(wanted, m_trees[node]);
        for (const Node parent : parents(node))
            CopiedCommit::addParent(wanted, m_ids[parent]);
        wanted += "author ";
        good = good && bytes.startsWith(wanted);
        visit(node, bytes);
    }));
    m_noted.clear();
    m_positions.clear();
    m_atPosition.clear();
    if (!good)
        return fail(wrongNotes, QStringLiteral("The commit-graph of the repository says other than its commits"), {},
                    QStringLiteral("Write it anew: git commit-graph write --reachable."));
    return {};
}

Result<> Graph::read(Objects &objects, Node node, const Visit &visit)
{
    if (visit && m_generations[node] == 0 && objects.commitGraph() && readNotes(*objects.commitGraph(), node)) {
        m_flags[node] |= Open;
        m_noted.push_back(node);
        return {};
    }
    COPPICE_TRY(const auto raw, objects.commit(m_ids[node]));
    if (m_generations[node] == 0) {
        QByteArrayView rest = raw.bytes();
        m_parentsRead.clear();
        git::Oid tree;
        qint64 date = 0;
        while (!rest.isEmpty()) {
            const auto end = rest.indexOf('\n');
            const auto line = end < 0 ? rest : rest.first(end);
            if (line.isEmpty())
                break;
            if (line.startsWith("tree ")) {
                tree = git::Oid::fromHex(line.sliced(5));
            } else if (line.startsWith("parent ")) {
                m_parentsRead.push_back(intern(git::Oid::fromHex(line.sliced(7))));
            } else if (line.startsWith("committer ")) {
                date = dateOf(line);
                break;
            }
            rest = end < 0 ? QByteArrayView() : rest.sliced(end + 1);
        }
        if (tree.isNull())
            return fail(QStringLiteral("git.broken-commit"),
                        QStringLiteral("The commit %1 names no tree").arg(m_ids[node].toString()), {},
                        QStringLiteral("Look with git fsck."));
        if (const auto *graft = objects.graft(m_ids[node])) {
            m_parentsRead.clear();
            for (const auto &parent : *graft)
                m_parentsRead.push_back(intern(parent));
        }
        m_trees[node] = tree;
        m_dates[node] = date;
        setParents(node);
    } else if (m_flags[node] & Copied) {
        // a copy that has been joined to the history: now its date counts, too
        if (const auto at = raw.bytes().indexOf("\ncommitter "); at >= 0) {
            const auto line = raw.bytes().sliced(at + 1);
            m_dates[node] = dateOf(line.first(std::max<qsizetype>(line.indexOf('\n'), 0)));
        }
    }
    m_flags[node] |= Open;
    if (visit)
        visit(node, raw.bytes());
    return {};
}

void Graph::setGeneration(Node node)
{
    quint32 highest = 0;
    for (const Node parent : parents(node))
        highest = std::max(highest, m_generations[parent]);
    m_generations[node] = highest + 1;
}

Result<> Graph::descend(Objects &objects, std::vector<Frame> &stack, std::stop_token stop, const Visit &visit,
                        std::vector<Node> *order)
{
    const auto wanted = [&](Node node) { return order ? !(m_flags[node] & Walked) : m_generations[node] == 0; };
    size_t steps = 0;
    while (!stack.empty()) {
        if ((++steps & 1023) == 0 && stop.stop_requested())
            return failCancelled();
        auto &top = stack.back();
        const auto all = parents(top.node);
        if (top.next < all.size()) {
            const Node parent = all[top.next++];
            if (m_flags[parent] & Open)
                return fail(QStringLiteral("git.cycle"),
                            QStringLiteral("The history runs in a circle at %1").arg(m_ids[parent].toString()), {},
                            QStringLiteral("Look at the replacement references (git replace --list)."));
            if (wanted(parent)) {
                COPPICE_CHECK(read(objects, parent, visit));
                stack.push_back({parent, 0});
            }
            continue;
        }
        if (m_generations[top.node] == 0)
            setGeneration(top.node);
        m_flags[top.node] &= quint8(~Open);
        if (order) {
            m_flags[top.node] |= Walked; // so that it is met once; whoever cannot go on takes it back
            order->push_back(top.node);
        }
        stack.pop_back();
    }
    return {};
}

Result<Node> Graph::load(Objects &objects, const git::Oid &commit, std::stop_token stop)
{
    const Node start = intern(commit);
    if (m_generations[start])
        return start;
    std::vector<Frame> stack;
    COPPICE_CHECK(read(objects, start, {}));
    stack.push_back({start, 0});
    auto done = descend(objects, stack, stop, {}, nullptr);
    for (const auto &frame : stack)
        m_flags[frame.node] &= quint8(~Open); // it ended early: nothing is half loaded
    if (!done)
        return std::unexpected(std::move(done).error());
    return start;
}

Result<Node> Graph::loadHistory(Objects &objects, const git::Oid &head, std::stop_token stop, const Visit &visit,
                                std::vector<Node> &order)
{
    const Node start = intern(head);
    if (m_flags[start] & Walked)
        return start;
    std::vector<Frame> stack;
    COPPICE_CHECK(read(objects, start, visit));
    stack.push_back({start, 0});
    COPPICE_CHECK(descend(objects, stack, stop, visit, &order));
    COPPICE_CHECK(visitNoted(objects, visit));
    return start;
}

Node Graph::addCopy(const git::Oid &id, const git::Oid &tree, std::span<const Node> parents)
{
    const Node node = intern(id);
    if (m_generations[node])
        return node;
    m_trees[node] = tree;
    m_flags[node] |= Copied;
    m_firstParents[node] = quint32(m_parents.size());
    m_parents.push_back(quint32(parents.size()));
    for (const Node parent : parents)
        m_parents.push_back(parent);
    setGeneration(node);
    return node;
}

void Graph::newMarks()
{
    m_marks.resize(size(), m_mark);
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
    const quint32 floor = m_generations[ancestor];
    if (floor >= m_generations[node])
        return false;
    newMarks();
    m_open.assign(1, node);
    while (!m_open.empty()) {
        const Node at = m_open.back();
        m_open.pop_back();
        for (const Node parent : parents(at)) {
            if (parent == ancestor)
                return true;
            if (m_generations[parent] > floor && mark(parent))
                m_open.push_back(parent);
        }
    }
    return false;
}

Graph::Reach Graph::reach(Node head, const std::function<bool(Node)> &isOriginal)
{
    Reach reach;
    newMarks();
    (void)mark(head);
    m_open.assign(1, head);
    if (isOriginal(head))
        reach.originals.push_back(head);
    while (!m_open.empty()) {
        const Node at = m_open.back();
        m_open.pop_back();
        ++reach.commits;
        const bool copy = !isOriginal(at);
        for (const Node parent : parents(at)) {
            if (copy && isOriginal(parent) && std::ranges::find(reach.originals, parent) == reach.originals.end())
                reach.originals.push_back(parent);
            if (mark(parent))
                m_open.push_back(parent);
        }
    }
    return reach;
}

void Graph::markAncestors(Node node, std::vector<char> &marks) const
{
    marks.resize(size());
    if (marks[node])
        return;
    marks[node] = 1;
    std::vector<Node> open{node};
    while (!open.empty()) {
        const Node at = open.back();
        open.pop_back();
        for (const Node parent : parents(at)) {
            if (!marks[parent]) {
                marks[parent] = 1;
                open.push_back(parent);
            }
        }
    }
}

} // namespace coppice::subtree
