// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/packs.h"

#include "git/pack_file.h"

#include <QDir>
#include <QFile>

#include <libdeflate.h>

#include <algorithm>
#include <limits>

namespace coppice::git {

namespace {

constexpr size_t cacheBytes = 32 << 20;
constexpr size_t largest = 64 << 20;   ///< larger objects are for libgit2
constexpr size_t longestChain = 10000; ///< of deltas; git makes 50, or 4095 at most
constexpr int ofsDelta = 6;
constexpr int refDelta = 7;

/// What deltas were made against lately, the least lately used one dropped first.
class BaseCache
{
public:
    BaseCache() : m_buckets(bucketCount, none) { }
    [[nodiscard]] const Packs::Object *find(quint32 pack, size_t offset)
    {
        for (quint32 at = m_buckets[bucketOf(pack, offset)]; at != none; at = m_entries[at].sameBucket) {
            if (m_entries[at].offset == offset && m_entries[at].pack == pack) {
                unlink(at);
                linkFirst(at);
                return &m_entries[at].object;
            }
        }
        return nullptr;
    }
    void add(quint32 pack, size_t offset, const Packs::Object &object)
    {
        while (m_bytes > cacheBytes && m_last != none)
            drop(m_last);
        quint32 at = m_free;
        if (at == none) {
            at = quint32(m_entries.size());
            m_entries.emplace_back();
        } else {
            m_free = m_entries[at].next;
        }
        m_entries[at] = {object, offset, pack, none, none, m_buckets[bucketOf(pack, offset)]};
        m_buckets[bucketOf(pack, offset)] = at;
        m_bytes += costOf(object);
        linkFirst(at);
    }

private:
    static constexpr quint32 none = std::numeric_limits<quint32>::max();
    static constexpr size_t bucketCount = 1 << 14;
    struct Entry {
        Packs::Object object{Packs::Type::Blob, {}};
        size_t offset = 0;
        quint32 pack = 0;
        quint32 previous = none, next = none; ///< by use
        quint32 sameBucket = none;
    };
    static size_t bucketOf(quint32 pack, size_t offset) { return (offset * 0x9e3779b97f4a7c15U + pack) >> 50; }
    static size_t costOf(const Packs::Object &object) { return size_t(object.bytes.size()) + 128; }
    void linkFirst(quint32 at)
    {
        m_entries[at].previous = none;
        m_entries[at].next = m_first;
        if (m_first != none)
            m_entries[m_first].previous = at;
        m_first = at;
        if (m_last == none)
            m_last = at;
    }
    void unlink(quint32 at)
    {
        const Entry &entry = m_entries[at];
        (entry.previous == none ? m_first : m_entries[entry.previous].next) = entry.next;
        (entry.next == none ? m_last : m_entries[entry.next].previous) = entry.previous;
    }
    void drop(quint32 at)
    {
        unlink(at);
        quint32 *link = &m_buckets[bucketOf(m_entries[at].pack, m_entries[at].offset)];
        while (*link != at)
            link = &m_entries[*link].sameBucket;
        *link = m_entries[at].sameBucket;
        m_bytes -= costOf(m_entries[at].object);
        m_entries[at].object.bytes = {};
        m_entries[at].next = m_free;
        m_free = at;
    }

    std::vector<Entry> m_entries;
    std::vector<quint32> m_buckets;
    quint32 m_first = none, m_last = none, m_free = none;
    size_t m_bytes = 0;
};

/// The compressed part of an entry. Objects are inflated whole, which libdeflate does in half of zlib's time.
class Inflater
{
public:
    Inflater() : m_decompressor(libdeflate_alloc_decompressor()) { }
    ~Inflater() { libdeflate_free_decompressor(m_decompressor); }
    Q_DISABLE_COPY_MOVE(Inflater)
    /// `out` becomes the `size` bytes that begin at `from`; false when they are not that.
    [[nodiscard]] bool inflateTo(QByteArray &out, const uchar *from, const uchar *end, size_t size)
    {
        out.resize(qsizetype(size));
        return m_decompressor
            && libdeflate_zlib_decompress_ex(m_decompressor, from, size_t(end - from), out.data(), size, nullptr, nullptr) == LIBDEFLATE_SUCCESS;
    }

private:
    libdeflate_decompressor *m_decompressor;
};

/// A number in 7 bits a byte, the lowest first.
bool readSize(const uchar *&at, const uchar *end, size_t &size, int shift)
{
    while (at < end && shift < 57) {
        const uchar byte = *at++;
        size |= size_t(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
        shift += 7;
    }
    return false;
}

/// The object that a delta makes of its base; none when the delta is broken.
std::optional<QByteArray> applied(const QByteArray &delta, const QByteArray &base)
{
    const auto *at = reinterpret_cast<const uchar *>(delta.constData());
    const uchar *const end = at + delta.size();
    size_t baseSize = 0;
    size_t size = 0;
    if (!readSize(at, end, baseSize, 0) || !readSize(at, end, size, 0) || baseSize != size_t(base.size()) || size > largest)
        return std::nullopt;
    QByteArray out(qsizetype(size), Qt::Uninitialized);
    char *to = out.data();
    size_t room = size;
    while (at < end) {
        const uchar op = *at++;
        if (op & 0x80) {
            size_t from = 0;
            size_t length = 0;
            for (int i = 0; i < 7; ++i) {
                if (!(op & (1 << i)))
                    continue;
                if (at >= end)
                    return std::nullopt;
                if (i < 4)
                    from |= size_t(*at++) << (8 * i);
                else
                    length |= size_t(*at++) << (8 * (i - 4));
            }
            if (length == 0)
                length = 0x10000;
            if (from > baseSize || length > baseSize - from || length > room)
                return std::nullopt;
            std::memcpy(to, base.constData() + from, length);
            to += length;
            room -= length;
        } else {
            if (op == 0 || op > end - at || op > room)
                return std::nullopt;
            std::memcpy(to, at, op);
            at += op;
            to += op;
            room -= op;
        }
    }
    return room == 0 ? std::optional(std::move(out)) : std::nullopt;
}

struct Step {
    size_t offset; ///< of the entry
    const uchar *data;
    size_t size; ///< of the delta
};

} // namespace

struct Packs::Private {
    std::vector<std::unique_ptr<PackFile>> packs;
    size_t lately = 0; ///< the pack that held the last object
    BaseCache cache;
    Inflater inflater;
    QByteArray delta;
    std::vector<Step> steps;

    void addFolder(const QString &folder, int depth);
    [[nodiscard]] std::optional<std::pair<size_t, size_t>> find(const Oid &id);
    [[nodiscard]] std::optional<Object> readAt(quint32 pack, size_t offset);
    /// The bytes of a commit; empty when it cannot be read, or is none.
    [[nodiscard]] QByteArrayView commitAt(quint32 pack, size_t offset);
    QByteArray commit; ///< read last
};

void Packs::Private::addFolder(const QString &folder, int depth)
{
    const QDir dir(folder + QStringLiteral("/pack"));
    for (const QString &name : dir.entryList({QStringLiteral("*.idx")}, QDir::Files, QDir::Name)) {
        if (auto pack = PackFile::open(dir.filePath(name.chopped(4))))
            packs.push_back(std::move(pack));
    }
    QFile alternates(folder + QStringLiteral("/info/alternates"));
    if (depth >= 5 || !alternates.open(QIODevice::ReadOnly))
        return;
    for (const QByteArray &line : alternates.read(1 << 20).split('\n')) {
        if (!line.isEmpty() && !line.startsWith('#') && !line.startsWith('"'))
            addFolder(QDir(folder).absoluteFilePath(QFile::decodeName(line)), depth + 1);
    }
}

std::optional<std::pair<size_t, size_t>> Packs::Private::find(const Oid &id)
{
    if (lately < packs.size()) {
        if (const auto offset = packs[lately]->find(id))
            return std::pair(lately, *offset);
    }
    for (size_t i = 0; i < packs.size(); ++i) {
        if (i == lately)
            continue;
        if (const auto offset = packs[i]->find(id)) {
            lately = i;
            return std::pair(i, *offset);
        }
    }
    return std::nullopt;
}

std::optional<Packs::Object> Packs::Private::readAt(quint32 number, size_t offset)
{
    const PackFile &pack = *packs[number];
    const uchar *const end = pack.at(pack.end());
    steps.clear();
    Object object{Type::Blob, {}};
    while (true) {
        if (const auto *known = cache.find(number, offset)) {
            object = *known;
            break;
        }
        const uchar *at = pack.at(offset);
        const int type = (*at >> 4) & 7;
        size_t size = *at & 15;
        if (*at++ & 0x80) {
            if (!readSize(at, end, size, 4))
                return std::nullopt;
        }
        if (size > largest || steps.size() > longestChain)
            return std::nullopt;
        if (type == ofsDelta) {
            size_t distance = 0;
            for (bool more = true; more;) {
                if (at >= end || distance > (size_t(1) << 56))
                    return std::nullopt;
                more = *at & 0x80;
                distance = (distance << 7) | (*at++ & 0x7f);
                if (more)
                    ++distance;
            }
            steps.push_back({offset, at, size});
            if (distance == 0 || distance > offset - 12)
                return std::nullopt;
            offset -= distance;
            continue;
        }
        if (type == refDelta) {
            if (end - at < 20)
                return std::nullopt;
            const auto base = pack.find(Oid::fromRaw(at));
            if (!base)
                return std::nullopt;
            steps.push_back({offset, at + 20, size});
            offset = *base;
            continue;
        }
        if (type < int(Type::Commit) || type > int(Type::Tag))
            return std::nullopt;
        object.type = Type(type);
        if (!inflater.inflateTo(object.bytes, at, end, size))
            return std::nullopt;
        // trees are what the next one is made from, whatever way the deltas run
        if (!steps.empty() || object.type == Type::Tree)
            cache.add(number, offset, object);
        break;
    }
    for (; !steps.empty(); steps.pop_back()) {
        const Step &step = steps.back();
        if (!inflater.inflateTo(delta, step.data, end, step.size))
            return std::nullopt;
        auto made = applied(delta, object.bytes);
        if (!made)
            return std::nullopt;
        object.bytes = std::move(*made);
        cache.add(number, step.offset, object);
    }
    return object;
}

QByteArrayView Packs::Private::commitAt(quint32 number, size_t offset)
{
    const PackFile &pack = *packs[number];
    const uchar *const end = pack.at(pack.end());
    const uchar *at = pack.at(offset);
    const int type = (*at >> 4) & 7;
    if (type == int(Type::Commit)) {
        size_t size = *at & 15;
        if ((*at++ & 0x80) && !readSize(at, end, size, 4))
            return {};
        return size <= largest && inflater.inflateTo(commit, at, end, size) ? QByteArrayView(commit) : QByteArrayView();
    }
    auto object = readAt(number, offset);
    if (!object || object->type != Type::Commit)
        return {};
    commit = std::move(object->bytes);
    return commit;
}

Packs::Packs(const QString &objectsFolder) : m_private(std::make_unique<Private>())
{
    m_private->addFolder(objectsFolder, 0);
}

Packs::Packs(Packs &&) noexcept = default;
Packs &Packs::operator=(Packs &&) noexcept = default;
Packs::~Packs() = default;

std::optional<Packs::Object> Packs::read(const Oid &id)
{
    const auto found = m_private->find(id);
    return found ? m_private->readAt(quint32(found->first), found->second) : std::nullopt;
}

std::vector<size_t> Packs::readCommits(std::span<const Oid> ids, const Visit &visit)
{
    // looked for in the order of the indexes, which are sorted, too
    std::vector<std::pair<quint64, size_t>> wanted;
    wanted.reserve(ids.size());
    for (size_t i = 0; i < ids.size(); ++i)
        wanted.emplace_back(qFromBigEndian<quint64>(ids[i].raw()), i);
    std::ranges::sort(wanted);
    std::vector<size_t> missing;
    for (quint32 pack = 0; pack < m_private->packs.size() && !wanted.empty(); ++pack) {
        std::vector<std::pair<size_t, size_t>> here;
        std::erase_if(wanted, [&](const std::pair<quint64, size_t> &one) {
            const auto offset = m_private->packs[pack]->find(ids[one.second]);
            if (offset)
                here.emplace_back(*offset, one.second);
            return offset.has_value();
        });
        std::ranges::sort(here);
        for (const auto &[offset, number] : here) {
            const auto bytes = m_private->commitAt(pack, offset);
            if (bytes.isEmpty())
                missing.push_back(number);
            else
                visit(number, bytes);
        }
    }
    for (const auto &[key, number] : wanted)
        missing.push_back(number);
    return missing;
}

bool Packs::has(const Oid &id)
{
    return m_private->find(id).has_value();
}

} // namespace coppice::git
