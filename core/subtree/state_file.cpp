// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/state_file.h"

#include <QDataStream>
#include <QFile>

#include <bit>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coppice::subtree {

namespace {

/// Raised whenever the answer for a head could become another one, or the file's form.
constexpr quint32 version = 2;
constexpr char magic[8] = {'c', 'o', 'p', 'p', 's', 'p', 'l', 't'};

struct Frame {
    char word[8];
    quint32 version;
    quint32 order; ///< of bytes: this machine's, or the file is none of ours
    quint64 headSize, headSum, bodySize, bodySum;
};
constexpr quint32 thisOrder = 0x01020304;

/// Finds damage, nothing more; four lanes, so that it costs less than reading.
class Checksum
{
public:
    void add(const void *data, size_t size)
    {
        const auto *at = static_cast<const uchar *>(data);
        m_total += size;
        while (size > 0) {
            if (m_filled == 0 && size >= sizeof m_block) {
                take(at);
                at += sizeof m_block;
                size -= sizeof m_block;
                continue;
            }
            const size_t part = std::min(size, sizeof m_block - m_filled);
            std::memcpy(m_block + m_filled, at, part);
            m_filled += part;
            at += part;
            size -= part;
            if (m_filled == sizeof m_block) {
                take(m_block);
                m_filled = 0;
            }
        }
    }
    [[nodiscard]] quint64 value()
    {
        std::memset(m_block + m_filled, 0, sizeof m_block - m_filled);
        take(m_block);
        quint64 sum = m_total;
        for (const quint64 lane : m_lanes)
            sum = (std::rotl(sum, 29) ^ lane) * prime;
        return sum ^ (sum >> 32);
    }

private:
    static constexpr quint64 prime = 0x9e3779b97f4a7c15U;
    void take(const uchar *block)
    {
        for (int i = 0; i < 4; ++i) {
            quint64 word = 0;
            std::memcpy(&word, block + 8 * i, 8);
            m_lanes[i] = std::rotl((m_lanes[i] ^ word) * prime, 31);
        }
    }
    quint64 m_lanes[4] = {1, 2, 3, 4};
    uchar m_block[32] = {};
    size_t m_filled = 0;
    quint64 m_total = 0;
};

quint64 checksumOf(const uchar *data, size_t size)
{
    Checksum sum;
    sum.add(data, size);
    return sum.value();
}

constexpr size_t padding(size_t size)
{
    return (8 - size % 8) % 8;
}

QDataStream &operator<<(QDataStream &out, const git::Oid &id)
{
    out.writeRawData(reinterpret_cast<const char *>(id.raw()), 20);
    return out;
}
QDataStream &operator>>(QDataStream &in, git::Oid &id)
{
    uchar raw[20] = {};
    in.readRawData(reinterpret_cast<char *>(raw), 20);
    id = git::Oid::fromRaw(raw);
    return in;
}

template <class T, class Each> void writeAll(QDataStream &out, const std::vector<T> &all, Each each)
{
    out << quint32(all.size());
    for (const T &one : all)
        each(one);
}
template <class T, class Each> void readAll(QDataStream &in, std::vector<T> &all, Each each)
{
    quint32 count = 0;
    in >> count;
    while (count-- > 0 && in.status() == QDataStream::Ok)
        each(all.emplace_back());
}

void writePrefix(QDataStream &out, const WalkRecord::OfPrefix &one)
{
    out << one.prefix << one.wasFile << one.refused;
    out << quint32(one.seeds.size());
    for (const auto &[key, node] : one.seeds)
        out << key << node;
    const SplitResult &result = one.result;
    out << result.commit << quint64(result.commits) << result.note << result.error.has_value();
    writeAll(out, result.blocked, [&](const QByteArray &path) { out << path; });
    writeAll(out, result.originals, [&](const git::Oid &id) { out << id; });
    writeAll(out, result.joins, [&](const SplitResult::Join &join) { out << join.split << join.whole; });
    out << result.latestSquash.has_value();
    if (result.latestSquash)
        out << result.latestSquash->commit << result.latestSquash->split;
}

void readPrefix(QDataStream &in, WalkRecord::OfPrefix &one)
{
    quint32 seeds = 0;
    in >> one.prefix >> one.wasFile >> one.refused >> seeds;
    while (seeds-- > 0 && in.status() == QDataStream::Ok) {
        Node key = 0;
        Node node = 0;
        in >> key >> node;
        one.seeds.emplace(key, node);
    }
    SplitResult &result = one.result;
    result.prefix = one.prefix;
    quint64 commits = 0;
    bool failed = false;
    in >> result.commit >> commits >> result.note >> failed;
    result.commits = size_t(commits);
    if (failed)
        result.error = Error{};
    readAll(in, result.blocked, [&](QByteArray &path) { in >> path; });
    readAll(in, result.originals, [&](git::Oid &id) { in >> id; });
    readAll(in, result.joins, [&](SplitResult::Join &join) { in >> join.split >> join.whole; });
    bool squash = false;
    in >> squash;
    if (squash) {
        result.latestSquash.emplace();
        in >> result.latestSquash->commit >> result.latestSquash->split;
    }
}

/// Calls `each` for every table of a record, in the order of the file.
template <class Each> void eachTable(WalkRecord &record, Each each)
{
    record.graph.columns(each);
    each(record.order);
    each(record.ordinals);
    each(record.starts);
    each(record.changes);
}

/// Writes to a file beside the one that is wanted, through a buffer.
class Writer
{
public:
    explicit Writer(const QString &path) : m_path(path), m_file(path + QStringLiteral(".new"))
    {
        m_good = m_file.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered);
    }
    void put(const void *data, size_t size)
    {
        m_sum.add(data, size);
        m_good = m_good && m_file.write(static_cast<const char *>(data), qint64(size)) == qint64(size);
    }
    void putAt(qint64 at, const void *data, size_t size)
    {
        m_good = m_good && m_file.seek(at) && m_file.write(static_cast<const char *>(data), qint64(size)) == qint64(size);
    }
    [[nodiscard]] quint64 sum() { return std::exchange(m_sum, {}).value(); }
    /// No waiting for the disk: after a power cut the checksum tells, and it is made again.
    [[nodiscard]] Result<> place()
    {
        m_file.close();
        if (m_good && ::rename(QFile::encodeName(m_file.fileName()).constData(), QFile::encodeName(m_path).constData()) == 0)
            return {};
        m_file.remove();
        return fail(QStringLiteral("subtree.state"), QStringLiteral("The state of splits cannot be written"), m_path,
                    QStringLiteral("Look for a full disk, or for rights that are missing."));
    }

private:
    QString m_path;
    QFile m_file;
    Checksum m_sum;
    bool m_good = false;
};

} // namespace

StateFile::StateFile(StateFile &&other) noexcept
    : m_path(std::move(other.m_path)), m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)),
      m_head(other.m_head), m_prefixes(std::move(other.m_prefixes))
{
}

StateFile &StateFile::operator=(StateFile &&other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    std::swap(m_head, other.m_head);
    std::swap(m_prefixes, other.m_prefixes);
    return *this;
}

StateFile::~StateFile()
{
    if (m_data)
        munmap(m_data, m_size);
}

std::expected<StateFile, StateFile::Fault> StateFile::open(const QString &path, const QByteArray &key)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return std::unexpected(Fault::Missing);
    struct stat info {};
    void *data = MAP_FAILED;
    if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && info.st_size >= off_t(sizeof(Frame)))
        data = mmap(nullptr, size_t(info.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0);
    ::close(descriptor);
    if (data == MAP_FAILED)
        return std::unexpected(Fault::Damaged);
    StateFile file;
    file.m_path = path;
    file.m_data = static_cast<uchar *>(data);
    file.m_size = size_t(info.st_size);
    Frame frame;
    std::memcpy(&frame, file.m_data, sizeof frame);
    if (std::memcmp(frame.word, magic, sizeof magic) != 0)
        return std::unexpected(Fault::Damaged);
    if (frame.version != version || frame.order != thisOrder)
        return std::unexpected(Fault::Other);
    const size_t rest = file.m_size - sizeof frame;
    if (frame.headSize > rest || frame.bodySize != rest - frame.headSize
        || checksumOf(file.m_data + sizeof frame, frame.headSize) != frame.headSum)
        return std::unexpected(Fault::Damaged);

    QDataStream in(QByteArray::fromRawData(reinterpret_cast<const char *>(file.m_data + sizeof frame), qsizetype(frame.headSize)));
    in.setVersion(QDataStream::Qt_6_4);
    QByteArray ofKey;
    in >> ofKey >> file.m_head;
    if (ofKey != key)
        return std::unexpected(Fault::Other);
    readAll(in, file.m_prefixes, [&](WalkRecord::OfPrefix &one) { readPrefix(in, one); });
    if (in.status() != QDataStream::Ok)
        return std::unexpected(Fault::Damaged);
    return file;
}

bool StateFile::load(WalkRecord &record)
{
    Frame frame;
    std::memcpy(&frame, m_data, sizeof frame);
    uchar *at = m_data + sizeof frame + frame.headSize;
    uchar *const end = m_data + m_size;
    if (checksumOf(at, frame.bodySize) != frame.bodySum)
        return false;
    bool good = true;
    eachTable(record, [&](auto &column) {
        using T = std::remove_reference_t<decltype(column[0])>;
        quint64 count = 0;
        if (!good || size_t(end - at) < sizeof count) {
            good = false;
            return;
        }
        std::memcpy(&count, at, sizeof count);
        at += sizeof count;
        const size_t bytes = size_t(count) * sizeof(T);
        if (count > size_t(end - at) || bytes + padding(bytes) > size_t(end - at)) {
            good = false;
            return;
        }
        column.adopt({reinterpret_cast<T *>(at), size_t(count)});
        at += bytes + padding(bytes);
    });
    if (!good || !record.graph.isSound() || record.starts.size() != record.order.size() || record.ordinals.size() > record.graph.size())
        return false;
    QDataStream in(QByteArray::fromRawData(reinterpret_cast<const char *>(at), qsizetype(end - at)));
    in.setVersion(QDataStream::Qt_6_4);
    readAll(in, record.hits, [&](JoinFinder::Hit &hit) { in >> hit.node >> hit.message; });
    record.head = m_head;
    record.prefixes = m_prefixes;
    return in.status() == QDataStream::Ok;
}

Result<> StateFile::save(const QString &path, const QByteArray &key, WalkRecord &record)
{
    Writer file(path);
    Frame frame{{}, version, thisOrder, 0, 0, 0, 0};
    std::memcpy(frame.word, magic, sizeof magic);

    QByteArray head(int(sizeof frame), '\0');
    {
        QDataStream out(&head, QIODevice::WriteOnly | QIODevice::Append);
        out.setVersion(QDataStream::Qt_6_4);
        out << key << record.head;
        writeAll(out, record.prefixes, [&](const WalkRecord::OfPrefix &one) { writePrefix(out, one); });
    }
    // the tables lie at multiples of 8
    head.append(qsizetype(padding(size_t(head.size()))), '\0');
    frame.headSize = quint64(head.size()) - sizeof frame;
    frame.headSum = checksumOf(reinterpret_cast<const uchar *>(head.constData()) + sizeof frame, frame.headSize);
    file.putAt(0, head.constData(), size_t(head.size()));

    size_t body = 0;
    const auto put = [&](const void *data, size_t size) {
        file.put(data, size);
        body += size;
    };
    constexpr std::array<char, 8> zeros{};
    eachTable(record, [&](auto &column) {
        const quint64 count = column.size();
        put(&count, sizeof count);
        put(column.base().data(), column.base().size_bytes());
        put(column.more().data(), column.more().size_bytes());
        put(zeros.data(), padding(column.base().size_bytes() + column.more().size_bytes()));
    });
    QByteArray hits;
    {
        QDataStream out(&hits, QIODevice::WriteOnly);
        out.setVersion(QDataStream::Qt_6_4);
        writeAll(out, record.hits, [&](const JoinFinder::Hit &hit) { out << hit.node << hit.message; });
    }
    put(hits.constData(), size_t(hits.size()));
    frame.bodySize = body;
    frame.bodySum = file.sum();
    file.putAt(0, &frame, sizeof frame);
    return file.place();
}

} // namespace coppice::subtree
