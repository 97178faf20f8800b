// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/graph_file.h"

#include <QFile>

namespace coppice::git {

namespace {

constexpr size_t head = 8;
constexpr size_t row = 12; ///< of the table of chunks: a name and where it begins
constexpr size_t trailer = 20;

} // namespace

std::optional<GraphFile> GraphFile::open(const QString &path)
{
    auto file = MappedFile::open(path);
    if (!file)
        return std::nullopt;
    GraphFile made(std::move(*file));
    return made.isSound() ? std::optional(std::move(made)) : std::nullopt;
}

bool GraphFile::isSound()
{
    if (m_file.size() < head + row + trailer || std::memcmp(m_file.data(), "CGPH\1\1", 6) != 0
        || m_file.size() - trailer < head + (size_t(m_file.data()[6]) + 1) * row)
        return false;
    const Chunk fanout = chunk("OIDF");
    const Chunk ids = chunk("OIDL");
    if (!fanout.data || fanout.size != 256 * 4 || !ids.data)
        return false;
    m_fanout = fanout.data;
    m_ids = ids.data;
    m_count = qFromBigEndian<quint32>(m_fanout + 255 * 4);
    for (size_t i = 1; i < 256; ++i) {
        if (qFromBigEndian<quint32>(m_fanout + 4 * i) < qFromBigEndian<quint32>(m_fanout + 4 * (i - 1)))
            return false;
    }
    return ids.size == size_t(m_count) * 20;
}

GraphFile::Chunk GraphFile::chunk(const char *name) const
{
    const uchar *const data = m_file.data();
    for (size_t i = 0; i < data[6]; ++i) {
        const uchar *const at = data + head + i * row;
        if (std::memcmp(at, name, 4) != 0)
            continue;
        const auto from = qFromBigEndian<quint64>(at + 4);
        const auto to = qFromBigEndian<quint64>(at + row + 4);
        if (from > to || to > m_file.size() - trailer)
            return {};
        return {data + from, size_t(to - from)};
    }
    return {};
}

bool GraphFile::liesOn(const std::vector<Oid> &layers) const
{
    if (m_file.data()[7] != layers.size())
        return false;
    const Chunk base = chunk("BASE");
    if (layers.empty())
        return true;
    if (!base.data || base.size != layers.size() * 20)
        return false;
    for (size_t i = 0; i < layers.size(); ++i) {
        if (Oid::fromRaw(base.data + i * 20) != layers[i])
            return false;
    }
    return true;
}

std::vector<GraphFile> GraphFile::all(const QString &objectsFolder)
{
    std::vector<GraphFile> files;
    const QString info = objectsFolder + QStringLiteral("/info/commit-graph");
    if (auto whole = open(info); whole && whole->liesOn({})) {
        files.push_back(std::move(*whole));
        return files;
    }
    QFile chain(info + QStringLiteral("s/commit-graph-chain"));
    if (!chain.open(QIODevice::ReadOnly))
        return files;
    std::vector<Oid> names;
    for (const QByteArray &line : chain.read(1 << 20).split('\n')) {
        if (line.isEmpty())
            continue;
        auto layer = open(info + QStringLiteral("s/graph-") + QString::fromLatin1(line) + QStringLiteral(".graph"));
        if (!layer || !layer->liesOn(names))
            break;
        names.push_back(Oid::fromHex(line));
        files.push_back(std::move(*layer));
    }
    return files;
}

std::optional<quint32> GraphFile::find(const Oid &id) const
{
    const size_t first = *id.raw();
    const quint32 low = first ? qFromBigEndian<quint32>(m_fanout + 4 * (first - 1)) : 0;
    return findSorted(m_ids, low, qFromBigEndian<quint32>(m_fanout + 4 * first), id);
}

} // namespace coppice::git
