// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/walk.h"

#include <algorithm>
#include <chrono>

namespace coppice::subtree {

namespace {

std::vector<QByteArray> pathsOf(const WalkRecord &record, bool links)
{
    std::vector<QByteArray> paths;
    for (const auto &one : record.prefixes)
        paths.push_back(one.prefix);
    if (links)
        paths.emplace_back("templates");
    return paths;
}

/// What the filters are asked for: the prefixes themselves, or where they are many the folders at the top that hold
/// them, since each path costs a few looks into every commit's filter. None: that would be too many, too.
std::vector<QByteArray> filteredPaths(std::vector<QByteArray> paths)
{
    constexpr size_t few = 50;
    if (paths.size() <= few)
        return paths;
    for (auto &path : paths)
        path = path.split('/').first();
    std::ranges::sort(paths);
    paths.erase(std::ranges::unique(paths).begin(), paths.end());
    return paths.size() <= few ? paths : std::vector<QByteArray>();
}

} // namespace

SplitWalk::SplitWalk(git::Repository &repository, Objects &objects, const SplitOptions &options, WalkRecord &record)
    : m_repository(repository), m_objects(objects), m_options(options), m_record(record), m_graph(record.graph),
      m_count(record.prefixes.size()), m_trees(objects, pathsOf(record, options.resolveLinks)), m_links(objects),
      m_finder(options.ignoreJoins), m_remembered(record.graph.size()), m_rows(m_count)
{
    if (const auto paths = filteredPaths(pathsOf(record, options.resolveLinks)); !paths.empty() && !objects.replacements())
        m_changedPaths = git::ChangedPaths::open(repository.commonDir() + QStringLiteral("/objects"), paths);
    m_mapped.assign(m_count, noNode);
    m_headRaw.resize(m_count);
    m_made.assign(m_count, 0);
    m_work.assign(m_count, 0);
    m_rawSetOf.assign(m_count, -1);
    m_verified.resize(m_remembered);
}

/// Loads what is needed; answers the commits to map, parents before children.
Result<std::vector<Node>> SplitWalk::prepare(const git::Oid &head, std::stop_token stop)
{
    std::vector<Node> order;
    COPPICE_TRY(m_head, m_graph.loadHistory(m_objects, head, stop, [&](Node at, QByteArrayView bytes) {
        m_finder.visit(at, bytes, m_record.hits);
    }, order));
    m_record.markHistory(m_head, order, m_history);
    std::vector<QByteArray> prefixes;
    for (const auto &one : m_record.prefixes)
        prefixes.push_back(one.prefix);
    COPPICE_TRY(m_joins, m_finder.find(m_repository, m_objects, m_graph, m_head, m_history, m_record.hits, prefixes, stop));
    COPPICE_CHECK(prepareMarks(stop));

    const Node last = m_record.head.isNull() ? noNode : m_graph.find(m_record.head);
    m_wentOn = last != noNode && m_history[last];
    m_copiesJoined = std::ranges::any_of(order, [&](Node node) { return m_graph.wasCopied(node); });
    std::vector<Node> again = reconsider();
    again.insert(again.end(), order.begin(), order.end());
    return again;
}

Result<> SplitWalk::prepareMarks(std::stop_token stop)
{
    for (const auto &joins : m_joins) {
        for (const auto &join : joins.splits) {
            const Node node = m_graph.find(join.split);
            if (node != noNode && m_graph.isLoaded(node))
                m_graph.markAncestors(node, m_upstream);
        }
    }
    if (!m_options.onto.isNull()) {
        COPPICE_TRY(const Node onto, m_graph.load(m_objects, m_options.onto, stop));
        m_graph.markAncestors(onto, m_onto);
    }
    std::map<git::Oid, int> sets;
    for (size_t prefix = 0; m_options.resolveLinks && prefix < m_count; ++prefix) {
        const auto since = m_options.linksSince.value(m_record.prefixes[prefix].prefix, m_options.linksSince.value(QByteArray()));
        if (since.isNull())
            continue;
        const auto [set, isNew] = sets.try_emplace(since, int(m_rawSets.size()));
        m_rawSetOf[prefix] = set->second;
        if (!isNew)
            continue;
        COPPICE_TRY(const Node last, m_graph.load(m_objects, since, stop));
        m_graph.markAncestors(last, m_rawSets.emplace_back());
    }
    return {};
}

/// Compares the joins of this history with those that the record was made with. What they would map otherwise is taken
/// back, with all that follows it.
std::vector<Node> SplitWalk::reconsider()
{
    std::vector<Node> changed;
    for (size_t prefix = 0; prefix < m_count; ++prefix) {
        auto &known = m_record.prefixes[prefix].seeds;
        std::map<Node, Node> now;
        for (const auto &[key, split] : m_joins[prefix].seeds) {
            now.emplace(key, split);
            m_seeds[key].emplace_back(prefix, split);
        }
        for (const auto &[key, split] : known) {
            if (m_history[key] && !now.contains(key))
                changed.push_back(key);
            else if (!m_history[key])
                now.emplace(key, split); // what is mapped there still is by that
        }
        for (const auto &[key, split] : now) {
            const auto before = known.find(key);
            if (m_record.isMapped(key) && (before == known.end() || before->second != split)
                && m_record.mapped(key, prefix) != split)
                changed.push_back(key);
        }
        known = std::move(now);
    }
    std::erase_if(changed, [&](Node node) { return !m_record.isMapped(node); });
    return changed.empty() ? changed : m_record.takeBack(changed, m_history);
}

Result<> SplitWalk::run(const git::Oid &head, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(const auto order, prepare(head, stop));
    const auto began = std::chrono::steady_clock::now();
    COPPICE_CHECK(restoreRows(order));
    for (size_t i = 0; i < order.size(); ++i) {
        if ((i & 1023) == 0) {
            if (stop.stop_requested())
                return failCancelled();
            progress.report(qint64(i), qint64(order.size()), QStringLiteral("commits split"));
        }
        COPPICE_TRY(const quint32 row, mapCommit(order[i]));
        finishCommit(order[i], m_graph.parents(order[i]), row);
    }
    const quint32 row = m_rowOf[m_head];
    for (size_t prefix = 0; prefix < m_count; ++prefix) {
        const Pair &pair = m_rows.pair(row, prefix);
        m_headRaw[prefix] = pair.raw;
        // without a tree git has no answer, unless a join gives the head itself one
        const Node node = m_mapped[prefix] = pair.node == selfNode ? noNode : pair.node;
        if (node < m_remembered && !m_objects.has(m_graph.id(node)))
            return fail(stale, QStringLiteral("The commit %1 was made earlier and is gone").arg(m_graph.id(node).toString()));
        m_record.prefixes[prefix].wasFile = m_record.prefixes[prefix].wasFile || m_trees.wasFile(prefix);
    }
    m_headTemplates = m_rows.row(row).templates;
    m_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return {};
}

/// Makes the rows of commits that were mapped earlier and have children to be mapped now.
Result<> SplitWalk::restoreRows(const std::vector<Node> &order)
{
    std::vector<Node> needed;
    m_rowOf.assign(m_graph.size(), noRow);
    m_coming.assign(m_graph.size(), 0);
    for (const Node node : order) {
        ++m_coming[node]; // itself
        for (const Node parent : m_graph.parents(node)) {
            if (++m_coming[parent] == 1 && m_record.isMapped(parent))
                needed.push_back(parent);
        }
    }
    if (m_record.isMapped(m_head) && ++m_coming[m_head] == 1)
        needed.push_back(m_head);
    // the oldest first: the others can begin with its row
    std::ranges::sort(needed, {}, [&](Node node) { return m_record.ordinals[node]; });
    for (const Node node : needed) {
        COPPICE_TRY(m_rowOf[node], restoreRow(node));
    }
    return {};
}

Result<quint32> SplitWalk::restoreRow(Node node)
{
    std::vector<char> seen(m_count);
    std::vector<Node> path; ///< first parents, up to one whose row is there
    quint32 base = Rows::blank();
    git::Oid baseTree;
    for (Node at = node;;) {
        if (m_rowOf[at] != noRow) {
            base = m_rowOf[at];
            baseTree = m_graph.tree(at);
            break;
        }
        path.push_back(at);
        const auto parents = m_graph.parents(at);
        if (parents.empty())
            break;
        at = parents.front();
    }
    std::map<size_t, Chunk> chunks;
    const auto pairAt = [&](size_t prefix) -> Pair & {
        const size_t index = prefix / Rows::chunkSize;
        const auto found = chunks.try_emplace(index, m_rows.chunk(m_rows.row(base).chunks[index]));
        return found.first->second.pairs[prefix % Rows::chunkSize];
    };
    for (const Node at : path) {
        for (const auto &change : m_record.changesOf(at)) {
            const size_t prefix = WalkRecord::prefixOf(change);
            if (seen[prefix])
                continue;
            seen[prefix] = 1;
            Pair &pair = pairAt(prefix);
            const git::Oid raw = pair.raw;
            pair = WalkRecord::pairOf(change);
            pair.raw = raw;
        }
    }
    git::Oid templates = m_rows.row(base).templates;
    COPPICE_CHECK(m_trees.compare(baseTree, m_graph.tree(node), [&](size_t prefix, const git::Oid &tree) {
        if (prefix == m_count)
            templates = tree;
        else
            pairAt(prefix).raw = tree;
    }));
    const quint32 row = m_rows.copy(base);
    m_rows.setTemplates(row, templates);
    for (auto &[index, chunk] : chunks) {
        chunk.settled = std::ranges::all_of(chunk.pairs, &Pair::settled);
        chunk.links = std::ranges::any_of(chunk.pairs, &Pair::links);
        chunk.rawLinks = std::ranges::any_of(chunk.pairs, &Pair::rawLinks);
        m_rows.setChunk(row, index, chunk);
    }
    m_rows.summarise(row);
    return row;
}

void SplitWalk::letGo(Node node)
{
    if (--m_coming[node] == 0) {
        m_rows.release(m_rowOf[node]);
        m_rowOf[node] = noRow;
    }
}

/// Keeps the row for the children to come, and lets go of parents that have none any more.
void SplitWalk::finishCommit(Node node, std::span<const Node> parents, quint32 row)
{
    m_rowOf[node] = row;
    for (const Node parent : parents)
        letGo(parent);
    if (node != m_head)
        letGo(node);
    if (m_watch) {
        const Node to = m_rows.pair(row, m_watch->first).node;
        if (to < selfNode && m_graph.id(to) == m_watch->second && !m_seeds.contains(node))
            m_watched.push_back(node);
    }
}

bool SplitWalk::canReuse() const
{
    return m_wentOn && !m_copiesJoined;
}

Result<SplitResult> SplitWalk::result(size_t prefix)
{
    auto &record = m_record.prefixes[prefix];
    const SplitResult last = std::exchange(record.result, {});
    SplitResult result;
    result.prefix = record.prefix;
    quint64 work = 0;
    for (const quint32 one : m_work)
        work += one;
    result.seconds = work ? m_seconds * double(m_work[prefix]) / double(work) : 0;
    const Joins &joins = m_joins[prefix];
    if (joins.error) {
        result.error = joins.error;
        record.result = result;
        return result;
    }
    const Node node = m_mapped[prefix];
    QStringList notes;
    if (node == noNode)
        notes << (m_headRaw[prefix].isNull() ? QStringLiteral("The head has no folder there.")
                                            : QStringLiteral("Nothing is new since the commit that the split is put onto."));
    if (record.wasFile)
        notes << QStringLiteral("In some commits it is a file; there it counts as no folder (git subtree would end).");
    if (record.refused)
        notes << QStringLiteral("A commit has an empty name or an impossible date, which git subtree would refuse to copy.");
    if (!joins.note.isEmpty())
        notes << joins.note;
    result.note = notes.join(u' ');
    if (node == noNode) {
        record.result = result;
        return result;
    }
    result.commit = m_graph.id(node);
    result.made = m_made[prefix];
    result.joins = joins.splits;
    result.latestSquash = joins.latestSquash;
    if (canReuse() && last.commit == result.commit && last.joins == result.joins) {
        result.commits = last.commits;
        result.originals = last.originals;
    } else {
        const auto reach = m_graph.reach(node, [this](Node at) { return isOriginal(at); });
        result.commits = reach.commits;
        for (const Node original : reach.originals)
            result.originals.push_back(m_graph.id(original));
    }
    if (m_options.resolveLinks && !isRaw(prefix, m_head)) {
        COPPICE_TRY(auto resolved, m_links.resolve(m_headRaw[prefix], record.prefix, m_headTemplates));
        result.blocked = std::move(resolved.blocked);
    }
    record.result = result;
    record.result.made = 0;
    record.result.seconds = 0;
    return result;
}

} // namespace coppice::subtree
