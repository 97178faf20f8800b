// SPDX-License-Identifier: GPL-3.0-or-later
// Mapping one commit: the rules of git subtree.
#include "subtree/walk.h"

#include <algorithm>

namespace coppice::subtree {

Result<quint32> SplitWalk::mapCommit(Node node)
{
    // by value: what is mapped is added to the same tables
    const std::vector<Node> parents(m_graph.parents(node).begin(), m_graph.parents(node).end());
    At at{node, parents, {}, Rows::blank(), {}};
    for (const Node parent : parents)
        at.rows.push_back(m_rowOf[parent]);
    if (!at.rows.empty())
        at.base = at.rows.front();
    m_copied.reset();
    m_record.begin(node);

    m_changed.clear();
    at.templates = m_rows.row(at.base).templates;
    if (at.parents.empty() || !m_changedPaths || m_changedPaths->mayHaveChanged(m_graph.id(node))) {
        const git::Oid before = at.parents.empty() ? git::Oid() : m_graph.tree(at.parents.front());
        COPPICE_CHECK(m_trees.compare(before, m_graph.tree(node), [&](size_t prefix, const git::Oid &tree) {
            if (prefix == m_count)
                at.templates = tree;
            else
                m_changed.emplace_back(prefix, tree);
        }));
    }
    at.templatesChanged = std::ranges::any_of(at.rows, [&](quint32 row) { return m_rows.row(row).templates != at.templates; });
    if (const auto seeds = m_seeds.find(node); seeds != m_seeds.end())
        at.seeds = &seeds->second;
    at.onto = node < m_onto.size() && m_onto[node];

    std::ranges::sort(m_changed, {}, &std::pair<size_t, git::Oid>::first);
    const auto dirty = dirtyChunks(at);
    if (dirty.empty() && at.templates == m_rows.row(at.base).templates) {
        m_rows.use(at.base);
        return at.base;
    }
    const quint32 row = m_rows.copy(at.base);
    m_rows.setTemplates(row, at.templates);
    Chunk chunk;
    for (const size_t index : dirty) {
        COPPICE_CHECK(mapChunk(at, index, chunk));
        // what turns out as a parent has it is shared, so that the next merge need not look
        const auto same = std::ranges::find_if(at.rows, [&](quint32 parent) {
            return m_rows.chunk(m_rows.row(parent).chunks[index]) == chunk;
        });
        if (same != at.rows.end())
            m_rows.shareChunk(row, index, m_rows.row(*same).chunks[index]);
        else
            m_rows.setChunk(row, index, chunk);
    }
    m_rows.summarise(row);
    return row;
}

std::vector<size_t> SplitWalk::dirtyChunks(const At &at) const
{
    std::vector<size_t> dirty;
    for (const auto &[prefix, tree] : m_changed)
        dirty.push_back(prefix / Rows::chunkSize);
    if (at.seeds) {
        for (const auto &[prefix, split] : *at.seeds)
            dirty.push_back(prefix / Rows::chunkSize);
    }
    const Rows::Row &base = m_rows.row(at.base);
    const bool alone = std::ranges::all_of(at.rows, [&](quint32 row) { return row == at.base; });
    if (at.onto || !alone || !base.settled || (base.links && at.templatesChanged) || base.rawLinks) {
        for (size_t i = 0; i < base.chunks.size(); ++i) {
            const Chunk &chunk = m_rows.chunk(base.chunks[i]);
            if (at.onto || !chunk.settled || (chunk.links && at.templatesChanged) || chunk.rawLinks
                || (!alone && std::ranges::any_of(at.rows, [&](quint32 row) { return m_rows.row(row).chunks[i] != base.chunks[i]; })))
                dirty.push_back(i);
        }
    }
    std::ranges::sort(dirty);
    dirty.erase(std::ranges::unique(dirty).begin(), dirty.end());
    return dirty;
}

Result<> SplitWalk::mapChunk(At &at, size_t index, Chunk &chunk)
{
    const size_t from = index * Rows::chunkSize;
    const size_t to = std::min(from + Rows::chunkSize, m_count);
    chunk = m_rows.chunk(m_rows.row(at.base).chunks[index]);
    chunk.settled = true;
    chunk.links = chunk.rawLinks = false;
    auto changed = std::ranges::lower_bound(m_changed, from, {}, &std::pair<size_t, git::Oid>::first);
    for (size_t prefix = from; prefix < to; ++prefix) {
        Pair &pair = chunk.pairs[prefix - from];
        const Pair base = pair;
        git::Oid raw = base.raw;
        for (; changed != m_changed.end() && changed->first == prefix; ++changed)
            raw = changed->second;
        std::optional<Node> seed;
        if (at.seeds) {
            for (const auto &[seeded, split] : *at.seeds) {
                if (seeded == prefix)
                    seed = split;
            }
        }
        const bool same = !seed && !at.onto && raw == base.raw && base.settled && !(base.links && at.templatesChanged)
            && !(base.rawLinks && !isRaw(prefix, at.node))
            && std::ranges::all_of(at.rows, [&](quint32 row) { return row == at.base || m_rows.pair(row, prefix) == base; });
        if (!same) {
            ++m_work[prefix];
            bool links = base.links;
            if (raw != base.raw || at.parents.empty()) {
                links = false;
                if (m_options.resolveLinks) {
                    COPPICE_TRY(links, m_links.hasLinks(raw));
                }
            }
            COPPICE_TRY(pair, mapPair(at, prefix, raw, links, seed));
            const auto change = WalkRecord::changeOf(prefix, pair);
            const auto before = WalkRecord::changeOf(prefix, base);
            if (change.prefix != before.prefix || change.node != before.node)
                m_record.add(change);
        }
        chunk.settled = chunk.settled && pair.settled;
        chunk.links = chunk.links || pair.links;
        chunk.rawLinks = chunk.rawLinks || pair.rawLinks;
    }
    return {};
}

Result<Pair> SplitWalk::mapPair(At &at, size_t prefix, const git::Oid &raw, bool links, std::optional<Node> seed)
{
    Pair pair{raw, noNode, true, links, links && isRaw(prefix, at.node)};
    git::Oid tree = raw;
    if (links && !pair.rawLinks) {
        COPPICE_TRY(const auto resolved, m_links.resolve(raw, m_record.prefixes[prefix].prefix, at.templates));
        tree = resolved.tree;
    }
    m_from.clear();
    for (size_t i = 0; i < at.parents.size(); ++i) {
        const Node node = m_rows.pair(at.rows[i], prefix).node;
        if (node != noNode)
            m_from.push_back(node == selfNode ? at.parents[i] : node);
    }
    if (at.onto) {
        pair.node = selfNode;
    } else if (seed) {
        pair.node = *seed;
    } else if (tree.isNull()) {
        pair.node = m_from.empty() ? noNode : selfNode;
    } else {
        COPPICE_TRY(pair.node, copyOrSkip(at, prefix, tree));
    }
    pair.settled = tree.isNull() ? pair.node == noNode || pair.node == selfNode
                                 : pair.node < selfNode && m_graph.tree(pair.node) == tree;
    if (at.onto)
        pair.settled = false;
    return pair;
}

Result<Node> SplitWalk::copyOrSkip(const At &at, size_t prefix, const git::Oid &tree)
{
    Node identical = noNode;
    Node other = noNode;
    bool copied = false;
    m_kept.clear();
    for (const Node parent : m_from) {
        if (m_graph.tree(parent) != tree) {
            other = parent;
        } else if (identical == noNode || m_graph.isAncestor(identical, parent)) {
            identical = parent;
        } else if (!m_graph.isAncestor(parent, identical)) {
            copied = true; // equal trees on histories that went apart
        }
        if (std::ranges::find(m_kept, parent) == m_kept.end())
            m_kept.push_back(parent);
    }
    if (identical != noNode && other != noNode && !m_graph.isAncestor(other, identical))
        copied = true; // the other side brings history of its own
    if (identical != noNode && !copied)
        return identical;
    return copy(at, prefix, tree);
}

Result<Node> SplitWalk::copy(const At &at, size_t prefix, const git::Oid &tree)
{
    if (!m_copied) {
        COPPICE_TRY(const auto raw, m_objects.commit(m_graph.id(at.node)));
        m_copied.emplace(raw.bytes(), m_options.keepDots, m_options.annotate);
    }
    if (!m_copied->gitWouldAccept())
        m_record.prefixes[prefix].refused = true;
    m_copied->begin(m_bytes, tree);
    for (const Node parent : m_kept) {
        if (parent < m_remembered && !m_verified[parent]) {
            if (!m_objects.has(m_graph.id(parent)))
                return fail(stale, QStringLiteral("The commit %1 was made earlier and is gone").arg(m_graph.id(parent).toString()));
            m_verified[parent] = 1;
        }
        m_copied->addParent(m_bytes, m_graph.id(parent));
    }
    m_copied->finish(m_bytes);
    const git::Oid id = Objects::hash(GIT_OBJECT_COMMIT, m_bytes);
    const Node known = m_graph.find(id);
    if (known == noNode || !m_graph.isLoaded(known) || (known < m_remembered && !m_objects.has(id))) {
        COPPICE_TRY(const bool isNew, m_objects.add(GIT_OBJECT_COMMIT, id, m_bytes));
        if (isNew)
            ++m_made[prefix];
    }
    return m_graph.addCopy(id, tree, m_kept);
}

} // namespace coppice::subtree
