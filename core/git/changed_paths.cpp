// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/changed_paths.h"

#include "git/graph_file.h"

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
    GraphFile file;
    const uchar *ends; ///< by commit, where its filter ends
    const uchar *filters;
    size_t filterBytes;
    quint32 hashes;
};

ChangedPaths::~ChangedPaths() = default;

std::unique_ptr<ChangedPaths> ChangedPaths::open(const QString &objectsFolder, const std::vector<QByteArray> &paths)
{
    std::unique_ptr<ChangedPaths> made(new ChangedPaths);
    const bool ascii = std::ranges::all_of(paths, isAscii);
    for (auto &file : GraphFile::all(objectsFolder)) {
        constexpr size_t head = 12; // version, hashes, bits an entry
        const auto ends = file.chunk("BIDX");
        const auto filters = file.chunk("BDAT");
        if (!ends.data || ends.size != size_t(file.count()) * 4 || filters.size < head)
            continue;
        // the first version took bytes above 127 for negative ones
        const auto version = qFromBigEndian<quint32>(filters.data);
        const auto hashes = qFromBigEndian<quint32>(filters.data + 4);
        if ((version == 2 || (version == 1 && ascii)) && hashes <= 64)
            made->m_layers.push_back({std::move(file), ends.data, filters.data + head, filters.size - head, hashes});
    }
    if (made->m_layers.empty())
        return nullptr;
    for (const QByteArray &path : paths)
        made->m_keys.push_back({murmur3(path, 0x293ae76fU), murmur3(path, 0x7e646e2cU)});
    return made;
}

bool ChangedPaths::mayHaveChanged(const Oid &commit) const
{
    for (const auto &layer : m_layers) {
        const auto place = layer.file.find(commit);
        if (!place)
            continue;
        const size_t from = *place ? qFromBigEndian<quint32>(layer.ends + size_t(*place - 1) * 4) : 0;
        const size_t to = qFromBigEndian<quint32>(layer.ends + size_t(*place) * 4);
        if (to <= from || to > layer.filterBytes)
            return true; // none was made for it
        const auto bits = quint64(to - from) * 8;
        const uchar *const filter = layer.filters + from;
        return std::ranges::any_of(m_keys, [&](const Key &key) {
            for (quint32 i = 0; i < layer.hashes; ++i) {
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
