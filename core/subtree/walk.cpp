// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/walk.h"

#include <algorithm>
#include <chrono>

namespace coppice::subtree {

namespace {

std::vector<QByteArray> withTemplates(std::vector<QByteArray> prefixes, bool links)
{
    if (links)
        prefixes.emplace_back("templates");
    return prefixes;
}

} // namespace

SplitWalk::SplitWalk(git::Repository &repository, Objects &objects, const SplitOptions &options,
                     std::vector<QByteArray> prefixes)
    : m_repository(repository), m_objects(objects), m_options(options), m_prefixes(std::move(prefixes)),
      m_trees(objects, withTemplates(m_prefixes, options.resolveLinks)), m_graph(objects), m_links(objects)
{
    const size_t count = m_prefixes.size();
    m_rowSize = (count + chunkSize - 1) / chunkSize;
    m_mapped.assign(count, noNode);
    m_headRaw.resize(count);
    m_made.assign(count, 0);
    m_seconds.assign(count, 0);
    m_refused.assign(count, false);
    m_rawSetOf.assign(count, -1);
    m_changedRaw.assign(count, 0);
    m_changedAt.assign(count, 0);
    m_ids.emplace_back(); // number 0: no tree
    m_chunks.emplace_back();
    m_rows.push_back(std::make_unique<quint32[]>(m_rowSize)); // nothing mapped
}

quint32 SplitWalk::number(const git::Oid &tree)
{
    if (tree.isNull())
        return 0;
    const auto [found, isNew] = m_numbers.try_emplace(tree, quint32(m_ids.size()));
    if (isNew)
        m_ids.push_back(tree);
    return found->second;
}

Result<> SplitWalk::prepare(const git::Oid &head, std::stop_token stop)
{
    JoinFinder finder;
    COPPICE_TRY(const Node node, m_graph.load(head, stop, [&](Node at, QByteArrayView bytes) { finder.visit(at, bytes); }));
    m_commits = m_graph.order().size();
    COPPICE_TRY(m_joins, finder.find(m_repository, m_graph, node, m_prefixes, stop));
    for (size_t prefix = 0; prefix < m_prefixes.size(); ++prefix) {
        for (const auto &[key, split] : m_joins[prefix].seeds)
            m_seeds[key].emplace_back(prefix, split);
    }

    std::map<git::Oid, int> sets;
    for (size_t prefix = 0; m_options.resolveLinks && prefix < m_prefixes.size(); ++prefix) {
        const auto since = m_options.linksSince.value(m_prefixes[prefix], m_options.linksSince.value(QByteArray()));
        const Node last = since.isNull() ? noNode : m_graph.find(since);
        if (last == noNode)
            continue;
        const auto [set, isNew] = sets.try_emplace(since, int(m_rawSets.size()));
        m_rawSetOf[prefix] = set->second;
        if (!isNew)
            continue;
        std::vector<bool> members(m_graph.size());
        std::vector<Node> open{last};
        members[last] = true;
        while (!open.empty()) {
            const Node at = open.back();
            open.pop_back();
            for (const Node parent : m_graph.parents(at)) {
                if (!members[parent]) {
                    members[parent] = true;
                    open.push_back(parent);
                }
            }
        }
        m_rawSets.push_back(std::move(members));
    }
    m_rowOf.assign(m_graph.size(), nullptr);
    if (m_options.resolveLinks)
        m_templates.resize(m_graph.size());
    return {};
}

Result<> SplitWalk::run(const git::Oid &head, std::stop_token stop, Progress &progress)
{
    COPPICE_CHECK(prepare(head, stop));
    const auto order = std::vector<Node>(m_graph.order().begin(), m_graph.order().begin() + qptrdiff(m_commits));
    for (size_t i = 0; i < order.size(); ++i) {
        if ((i & 1023) == 0) {
            if (stop.stop_requested())
                return failCancelled();
            progress.report(qint64(i), qint64(order.size()), QStringLiteral("commits split"));
        }
        COPPICE_CHECK(mapCommit(order[i]));
    }
    const Node last = m_graph.find(head);
    for (size_t prefix = 0; prefix < m_prefixes.size(); ++prefix) {
        const Pair &pair = pairOf(m_rowOf[last], prefix);
        m_headRaw[prefix] = m_ids[pair.raw];
        // without a tree git has no answer, unless a join gives the head itself one
        m_mapped[prefix] = pair.node == self ? noNode : pair.node;
    }
    if (m_options.resolveLinks)
        m_headTemplates = m_templates[last];
    return {};
}

Result<std::vector<QByteArray>> SplitWalk::headBlocked(size_t prefix, const git::Oid &head)
{
    if (!m_options.resolveLinks || isRaw(prefix, m_graph.find(head)))
        return std::vector<QByteArray>();
    COPPICE_TRY(auto resolved, m_links.resolve(m_headRaw[prefix], m_prefixes[prefix], m_headTemplates));
    return std::move(resolved.blocked);
}

bool SplitWalk::isRaw(size_t prefix, Node node) const
{
    const int set = m_rawSetOf[prefix];
    return set >= 0 && node < m_rawSets[size_t(set)].size() && m_rawSets[size_t(set)][node];
}

bool SplitWalk::isSettled(const Pair &pair, bool links, bool raw) const
{
    if (pair.tree == 0)
        return pair.node == noNode || pair.node == self;
    return pair.node < self && m_graph.tree(pair.node) == m_ids[pair.tree] && !(links && raw);
}

Result<> SplitWalk::mapCommit(Node node)
{
    At at{node, {}, {}, std::nullopt};
    at.parents.assign(m_graph.parents(node).begin(), m_graph.parents(node).end());
    for (const Node parent : at.parents)
        at.parentRows.push_back(m_rowOf[parent]);
    const quint32 *const base = at.parents.empty() ? m_rows.front().get() : at.parentRows.front();

    ++m_stamp;
    std::vector<size_t> dirty;
    git::Oid templates;
    if (m_options.resolveLinks && !at.parents.empty())
        templates = m_templates[at.parents.front()];
    COPPICE_CHECK(m_trees.compare(at.parents.empty() ? git::Oid() : m_graph.tree(at.parents.front()), m_graph.tree(node),
                                  [&](size_t prefix, const git::Oid &tree) {
                                      if (prefix == m_prefixes.size()) {
                                          templates = tree;
                                          return;
                                      }
                                      m_changedRaw[prefix] = number(tree);
                                      m_changedAt[prefix] = m_stamp;
                                      dirty.push_back(prefix / chunkSize);
                                  }));
    if (m_options.resolveLinks) {
        m_templates[node] = templates;
        at.templatesChanged = std::ranges::any_of(at.parents, [&](Node parent) { return m_templates[parent] != templates; });
    }
    if (const auto seeds = m_seeds.find(node); seeds != m_seeds.end()) {
        for (const auto &[prefix, split] : seeds->second)
            dirty.push_back(prefix / chunkSize);
    }
    for (size_t i = 0; i < m_rowSize; ++i) {
        const Chunk &chunk = m_chunks[base[i]];
        if (!chunk.settled || (chunk.links && at.templatesChanged)
            || std::ranges::any_of(at.parentRows, [&](const quint32 *row) { return row[i] != base[i]; }))
            dirty.push_back(i);
    }
    std::ranges::sort(dirty);
    dirty.erase(std::ranges::unique(dirty).begin(), dirty.end());

    const quint32 *row = base;
    if (!dirty.empty()) {
        auto made = std::make_unique<quint32[]>(m_rowSize);
        std::copy_n(base, m_rowSize, made.get());
        for (const size_t i : dirty) {
            COPPICE_TRY(auto chunk, mapChunk(at, i));
            made[i] = quint32(m_chunks.size());
            m_chunks.push_back(std::move(chunk));
        }
        row = made.get();
        m_rows.push_back(std::move(made));
    }
    m_rowOf[node] = row;
    if (m_watch) {
        const Node to = pairOf(row, m_watch->first).node;
        if (to < self && m_graph.id(to) == m_watch->second && !m_seeds.contains(node))
            m_watched.push_back(node);
    }
    return {};
}

Result<SplitWalk::Chunk> SplitWalk::mapChunk(At &at, size_t index)
{
    const size_t from = index * chunkSize;
    const size_t to = std::min(from + chunkSize, m_prefixes.size());
    Chunk chunk;
    const auto seeds = m_seeds.find(at.node);
    for (size_t prefix = from; prefix < to; ++prefix) {
        const Pair base = at.parents.empty() ? Pair() : pairOf(at.parentRows.front(), prefix);
        const quint32 raw = m_changedAt[prefix] == m_stamp ? m_changedRaw[prefix] : base.raw;
        const bool rawHere = isRaw(prefix, at.node);
        bool links = false;
        if (m_options.resolveLinks && raw != 0) {
            COPPICE_TRY(links, m_links.hasLinks(m_ids[raw]));
        }
        std::optional<Node> seed;
        if (seeds != m_seeds.end()) {
            for (const auto &[seeded, split] : seeds->second) {
                if (seeded == prefix)
                    seed = split;
            }
        }
        const bool same = !seed && raw == base.raw && isSettled(base, links, m_rawSetOf[prefix] >= 0) && !(links && at.templatesChanged)
            && std::ranges::all_of(at.parentRows, [&](const quint32 *row) { return pairOf(row, prefix) == base; });
        Pair &pair = chunk.pairs[prefix - from];
        if (same) {
            pair = base;
        } else {
            const auto began = std::chrono::steady_clock::now();
            COPPICE_TRY(pair, mapPair(at, prefix, raw, links && !rawHere, seed));
            m_seconds[prefix] += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        }
        chunk.links = chunk.links || links;
        chunk.settled = chunk.settled && isSettled(pair, links, rawHere);
    }
    return chunk;
}

Result<SplitWalk::Pair> SplitWalk::mapPair(At &at, size_t prefix, quint32 raw, bool resolve, std::optional<Node> seed)
{
    Pair pair{raw, raw, noNode};
    if (resolve) {
        COPPICE_TRY(const auto resolved, m_links.resolve(m_ids[raw], m_prefixes[prefix], m_templates[at.node]));
        pair.tree = number(resolved.tree);
    }
    if (seed) {
        pair.node = *seed;
        return pair;
    }
    std::vector<Node> parents;
    for (size_t i = 0; i < at.parents.size(); ++i) {
        const Node node = pairOf(at.parentRows[i], prefix).node;
        if (node != noNode)
            parents.push_back(node == self ? at.parents[i] : node);
    }
    if (pair.tree == 0) {
        pair.node = parents.empty() ? noNode : self;
    } else {
        COPPICE_TRY(pair.node, copyOrSkip(at, prefix, pair.tree, parents));
    }
    return pair;
}

Result<Node> SplitWalk::copyOrSkip(At &at, size_t prefix, quint32 tree, const std::vector<Node> &parents)
{
    Node identical = noNode;
    Node other = noNode;
    bool copied = false;
    std::vector<Node> kept;
    for (const Node parent : parents) {
        if (m_graph.tree(parent) != m_ids[tree]) {
            other = parent;
        } else if (identical == noNode || m_graph.isAncestor(identical, parent)) {
            identical = parent;
        } else if (!m_graph.isAncestor(parent, identical)) {
            copied = true; // equal trees on histories that went apart
        }
        if (std::ranges::find(kept, parent) == kept.end())
            kept.push_back(parent);
    }
    if (identical != noNode && other != noNode && !m_graph.isAncestor(other, identical))
        copied = true; // the other side brings history of its own
    if (identical != noNode && !copied)
        return identical;
    return copy(at, prefix, tree, kept);
}

Result<Node> SplitWalk::copy(At &at, size_t prefix, quint32 tree, const std::vector<Node> &parents)
{
    if (!at.copied) {
        COPPICE_TRY(const auto raw, m_objects.commit(m_graph.id(at.node)));
        at.copied.emplace(raw.bytes(), m_options.keepDots);
    }
    if (!at.copied->gitWouldAccept())
        m_refused[prefix] = true;
    std::vector<git::Oid> ids;
    ids.reserve(parents.size());
    for (const Node parent : parents)
        ids.push_back(m_graph.id(parent));
    const QByteArray bytes = at.copied->bytes(m_ids[tree], ids);
    const git::Oid id = Objects::hash(GIT_OBJECT_COMMIT, bytes);
    COPPICE_TRY(const bool isNew, m_objects.add(GIT_OBJECT_COMMIT, id, bytes));
    if (isNew)
        ++m_made[prefix];
    return m_graph.addCopy(id, m_ids[tree], parents);
}

} // namespace coppice::subtree
