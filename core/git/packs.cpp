// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/packs.h"

#include "git/pack_file.h"

#include <QDir>
#include <QFile>

#include <zlib.h>

#include <limits>
#include <vector>

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

/// One zlib stream for all objects.
class Inflater
{
public:
    Inflater() { m_ready = inflateInit(&m_stream) == Z_OK; }
    ~Inflater()
    {
        if (m_ready)
            inflateEnd(&m_stream);
    }
    Q_DISABLE_COPY_MOVE(Inflater)
    /// `out` becomes the `size` bytes that begin at `from`; false when they are not that.
    [[nodiscard]] bool inflateTo(QByteArray &out, const uchar *from, const uchar *end, size_t size)
    {
        // room behind the end keeps zlib on its fast way up to the last byte
        constexpr size_t room = 320;
        out.resize(qsizetype(size + room));
        if (!m_ready || inflateReset(&m_stream) != Z_OK)
            return false;
        m_stream.next_in = const_cast<Bytef *>(from);
        m_stream.avail_in = uInt(std::min<size_t>(size_t(end - from), std::numeric_limits<uInt>::max()));
        m_stream.next_out = reinterpret_cast<Bytef *>(out.data());
        m_stream.avail_out = uInt(size + room);
        const int code = ::inflate(&m_stream, Z_FINISH);
        if (code != Z_STREAM_END || m_stream.total_out != size)
            return false;
        out.truncate(qsizetype(size));
        return true;
    }

private:
    z_stream m_stream{};
    bool m_ready = false;
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

bool Packs::has(const Oid &id)
{
    return m_private->find(id).has_value();
}

} // namespace coppice::git
