// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/commit_graph.h"

#include "git/graph_file.h"

namespace coppice::git {

namespace {

constexpr size_t row = 36; ///< of the table of commits: the tree, two parents, generation and date
constexpr quint32 noParent = 0x70000000;
constexpr quint32 special = 0x80000000; ///< as second parent: more stand in the list; in the list: the last one
constexpr quint64 dateBits = (quint64(1) << 34) - 1;

} // namespace

struct CommitGraph::Layer {
    GraphFile file;
    quint32 first; ///< position
    GraphFile::Chunk commits, edges;
};

CommitGraph::~CommitGraph() = default;

std::unique_ptr<CommitGraph> CommitGraph::open(const QString &objectsFolder)
{
    std::unique_ptr<CommitGraph> made(new CommitGraph);
    for (auto &file : GraphFile::all(objectsFolder)) {
        const auto commits = file.chunk("CDAT");
        const auto edges = file.chunk("EDGE");
        const quint32 count = file.count();
        if (!commits.data || commits.size != size_t(count) * row || count >= noParent - made->m_count)
            break;
        made->m_layers.push_back({std::move(file), made->m_count, commits, edges});
        made->m_count += count;
    }
    return made->m_layers.empty() ? nullptr : std::move(made);
}

const CommitGraph::Layer &CommitGraph::layerOf(quint32 position) const
{
    size_t layer = m_layers.size() - 1;
    while (m_layers[layer].first > position)
        --layer;
    return m_layers[layer];
}

std::optional<quint32> CommitGraph::find(const Oid &id) const
{
    for (const auto &layer : m_layers) {
        if (const auto place = layer.file.find(id))
            return layer.first + *place;
    }
    return std::nullopt;
}

Oid CommitGraph::id(quint32 position) const
{
    const Layer &layer = layerOf(position);
    return layer.file.id(position - layer.first);
}

bool CommitGraph::read(quint32 position, Commit &commit) const
{
    const Layer &layer = layerOf(position);
    const uchar *const at = layer.commits.data + size_t(position - layer.first) * row;
    commit.tree = Oid::fromRaw(at);
    commit.date = qint64(qFromBigEndian<quint64>(at + 28) & dateBits);
    commit.parents.clear();
    const auto one = qFromBigEndian<quint32>(at + 20);
    const auto two = qFromBigEndian<quint32>(at + 24);
    if (one == noParent)
        return two == noParent;
    commit.parents.push_back(one);
    if (two & special) {
        for (size_t i = size_t(two & ~special);; ++i) {
            if ((i + 1) * 4 > layer.edges.size)
                return false;
            const auto next = qFromBigEndian<quint32>(layer.edges.data + i * 4);
            commit.parents.push_back(next & ~special);
            if (next & special)
                break;
        }
    } else if (two != noParent) {
        commit.parents.push_back(two);
    }
    for (const quint32 parent : commit.parents) {
        if (parent >= m_count)
            return false;
    }
    return true;
}

} // namespace coppice::git
