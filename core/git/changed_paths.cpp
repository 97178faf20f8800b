// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/changed_paths.h"

#include "git/pack_file.h"

#include <QFile>

#include <algorithm>
#include <bit>

namespace coppice::git {

namespace {

/// The hash that the filters are made with.
quint32 murmur3(QByteArrayView text, quint32 hash)
{
    const auto mixed = [](quint32 word) { return std::rotl(word * 0xcc9e2d51U, 15) * 0x1b873593U; };
    const auto byteAt = [text](qsizetype i) { return quint32(uchar(text[i])); };
    qsizetype at = 0;
    for (; at + 4 <= text.size(); at += 4) {
        const quint32 word = byteAt(at) | byteAt(at + 1) << 8 | byteAt(at + 2) << 16 | byteAt(at + 3) << 24;
        hash = std::rotl(hash ^ mixed(word), 13) * 5 + 0xe6546b64U;
    }
    quint32 rest = 0;
    for (qsizetype i = text.size(); i-- > at;)
        rest = rest << 8 | byteAt(i);
    hash ^= mixed(rest); // nothing left mixes to nothing
    hash ^= quint32(text.size());
    hash = (hash ^ hash >> 16) * 0x85ebca6bU;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35U;
    return hash ^ hash >> 16;
}

bool isAscii(const QByteArray &text)
{
    return std::ranges::all_of(text, [](char c) { return uchar(c) < 0x80; });
}

} // namespace

struct ChangedPaths::Layer {
    MappedFile file;
    const uchar *fanout = nullptr;
    const uchar *ids = nullptr;
    const uchar *ends = nullptr;    ///< by commit, where its filter ends
    const uchar *filters = nullptr;
    quint32 count = 0;
    size_t filterBytes = 0;
    quint32 hashes = 0;
};

ChangedPaths::~ChangedPaths() = default;

bool ChangedPaths::addLayer(const QString &path, const std::vector<QByteArray> &paths)
{
    auto file = MappedFile::open(path);
    constexpr size_t head = 8;
    constexpr size_t row = 12;
    if (!file || file->size() < head + row + 20 || std::memcmp(file->data(), "CGPH\1\1", 6) != 0)
        return false;
    auto layer = std::make_unique<Layer>(Layer{std::move(*file)});
    const uchar *const data = layer->file.data();
    const size_t size = layer->file.size() - 20;
    const size_t chunks = data[6];
    if (size < head + (chunks + 1) * row)
        return false;
    size_t idBytes = 0;
    size_t endBytes = 0;
    for (size_t i = 0; i < chunks; ++i) {
        const uchar *const at = data + head + i * row;
        const auto from = qFromBigEndian<quint64>(at + 4);
        const auto to = qFromBigEndian<quint64>(at + row + 4);
        if (from > to || to > size)
            return false;
        const auto is = [at](const char *name) { return std::memcmp(at, name, 4) == 0; };
        const size_t bytes = to - from;
        if (is("OIDF") && bytes == 1024) {
            layer->fanout = data + from;
        } else if (is("OIDL")) {
            layer->ids = data + from;
            idBytes = bytes;
        } else if (is("BIDX")) {
            layer->ends = data + from;
            endBytes = bytes;
        } else if (is("BDAT") && bytes >= 12) {
            const auto version = qFromBigEndian<quint32>(data + from);
            // the first version took bytes above 127 for negative ones
            if (version != 2 && !(version == 1 && std::ranges::all_of(paths, isAscii)))
                continue;
            layer->hashes = qFromBigEndian<quint32>(data + from + 4);
            layer->filters = data + from + 12;
            layer->filterBytes = bytes - 12;
        }
    }
    if (!layer->fanout || !layer->ids)
        return false;
    layer->count = qFromBigEndian<quint32>(layer->fanout + 255 * 4);
    if (idBytes != size_t(layer->count) * 20 || layer->hashes > 64)
        return false;
    for (size_t i = 1; i < 256; ++i) {
        if (qFromBigEndian<quint32>(layer->fanout + 4 * i) < qFromBigEndian<quint32>(layer->fanout + 4 * (i - 1)))
            return false;
    }
    if (layer->ends && layer->filters && endBytes == size_t(layer->count) * 4)
        m_layers.push_back(std::move(layer));
    return true;
}

std::unique_ptr<ChangedPaths> ChangedPaths::open(const QString &objectsFolder, const std::vector<QByteArray> &paths)
{
    std::unique_ptr<ChangedPaths> made(new ChangedPaths);
    const QString info = objectsFolder + QStringLiteral("/info/commit-graph");
    (void)made->addLayer(info, paths);
    QFile chain(info + QStringLiteral("s/commit-graph-chain"));
    if (made->m_layers.empty() && chain.open(QIODevice::ReadOnly)) {
        for (const QByteArray &line : chain.read(1 << 20).split('\n')) {
            if (!line.isEmpty() && !made->addLayer(info + QStringLiteral("s/graph-") + QString::fromLatin1(line) + QStringLiteral(".graph"), paths))
                break;
        }
    }
    if (made->m_layers.empty())
        return nullptr;
    for (const QByteArray &path : paths)
        made->m_keys.push_back({murmur3(path, 0x293ae76fU), murmur3(path, 0x7e646e2cU)});
    return made;
}

bool ChangedPaths::mayHaveChanged(const Oid &commit) const
{
    const size_t first = *commit.raw();
    for (const auto &layer : m_layers) {
        const quint32 low = first ? qFromBigEndian<quint32>(layer->fanout + 4 * (first - 1)) : 0;
        const auto place = findSorted(layer->ids, low, qFromBigEndian<quint32>(layer->fanout + 4 * first), commit);
        if (!place)
            continue;
        const size_t from = *place ? qFromBigEndian<quint32>(layer->ends + size_t(*place - 1) * 4) : 0;
        const size_t to = qFromBigEndian<quint32>(layer->ends + size_t(*place) * 4);
        if (to <= from || to > layer->filterBytes)
            return true; // none was made for it
        const auto bits = quint64(to - from) * 8;
        const uchar *const filter = layer->filters + from;
        return std::ranges::any_of(m_keys, [&](const Key &key) {
            for (quint32 i = 0; i < layer->hashes; ++i) {
                const quint64 bit = (key.first + i * key.step) % bits;
                if (!(filter[bit / 8] & (1U << (bit % 8))))
                    return false;
            }
            return true;
        });
    }
    return true;
}

} // namespace coppice::git
