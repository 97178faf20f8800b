// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/pack_writer.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QtEndian>

#include <fcntl.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace coppice::git {

namespace {

constexpr size_t bufferBytes = 1 << 18;
constexpr quint32 wide = 0x80000000U;

template <class Number> void append(QByteArray &bytes, Number number)
{
    number = qToBigEndian(number);
    bytes.append(reinterpret_cast<const char *>(&number), sizeof number);
}

Fail systemError(const QString &what, const QString &where)
{
    return fail(QStringLiteral("git.write-pack"), QStringLiteral("%1 (%2)").arg(what, QString::fromLocal8Bit(std::strerror(errno))),
                where, QStringLiteral("Look for a full disk, or for rights that are missing."));
}

} // namespace

struct PackWriter::Private {
    struct Entry {
        Oid id;
        quint32 crc;
        quint64 offset;
    };
    QString folder;
    QByteArray path; ///< of the temporary file
    int file = -1;
    std::vector<char> buffer;
    quint64 written = 0; ///< with what the buffer holds
    std::vector<Entry> entries;
    libdeflate_compressor *compressor = nullptr;
    std::vector<char> out;

    ~Private()
    {
        libdeflate_free_compressor(compressor);
        if (file >= 0)
            ::close(file);
        if (!path.isEmpty())
            ::unlink(path.constData());
    }
    [[nodiscard]] Result<> begin();
    [[nodiscard]] Result<> put(const char *bytes, size_t size);
    [[nodiscard]] Result<> drain();
    [[nodiscard]] Result<QByteArray> seal();
    [[nodiscard]] QByteArray index(const QByteArray &packHash);
    [[nodiscard]] Result<> place(const QByteArray &from, const QString &to);
};

Result<> PackWriter::Private::begin()
{
    QDir().mkpath(folder);
    path = QFile::encodeName(folder + QStringLiteral("/tmp_pack_XXXXXX"));
    file = mkostemp(path.data(), O_CLOEXEC);
    if (file < 0) {
        path.clear();
        return systemError(QStringLiteral("A pack cannot be written"), folder);
    }
    // little time for little space: commits are small, and git's own gc packs them better one day
    compressor = libdeflate_alloc_compressor(1);
    if (!compressor)
        return fail(QStringLiteral("git.write-pack"), QStringLiteral("There is no memory for compressing"));
    buffer.reserve(bufferBytes);
    QByteArray head("PACK");
    append(head, quint32(2));
    append(head, quint32(0)); // how many: seal() knows
    return put(head.constData(), size_t(head.size()));
}

Result<> PackWriter::Private::drain()
{
    size_t done = 0;
    while (done < buffer.size()) {
        const ssize_t now = ::write(file, buffer.data() + done, buffer.size() - done);
        if (now < 0 && errno != EINTR)
            return systemError(QStringLiteral("A pack cannot be written"), folder);
        done += now > 0 ? size_t(now) : 0;
    }
    buffer.clear();
    return {};
}

Result<> PackWriter::Private::put(const char *bytes, size_t size)
{
    if (buffer.size() + size > bufferBytes)
        COPPICE_CHECK(drain());
    buffer.insert(buffer.end(), bytes, bytes + size);
    written += size;
    return {};
}

/// Writes the number of objects and the hash of all; answers the hash.
Result<QByteArray> PackWriter::Private::seal()
{
    COPPICE_CHECK(drain());
    const quint32 count = qToBigEndian(quint32(entries.size()));
    if (pwrite(file, &count, sizeof count, 8) != ssize_t(sizeof count))
        return systemError(QStringLiteral("A pack cannot be written"), folder);
    QCryptographicHash hash(QCryptographicHash::Sha1);
    std::vector<char> block(bufferBytes);
    off_t at = 0;
    while (true) {
        const ssize_t now = pread(file, block.data(), block.size(), at);
        if (now < 0)
            return systemError(QStringLiteral("A pack cannot be read again"), folder);
        if (now == 0)
            break;
        hash.addData(QByteArrayView(block.data(), now));
        at += now;
    }
    const QByteArray result = hash.result();
    COPPICE_CHECK(put(result.constData(), size_t(result.size())));
    COPPICE_CHECK(drain());
    return result;
}

QByteArray PackWriter::Private::index(const QByteArray &packHash)
{
    std::ranges::sort(entries, {}, &Entry::id);
    QByteArray bytes("\377tOc\0\0\0\2", 8);
    bytes.reserve(qsizetype(8 + 1024 + entries.size() * 28 + 40));
    size_t at = 0;
    for (int first = 0; first < 256; ++first) {
        while (at < entries.size() && *entries[at].id.raw() <= first)
            ++at;
        append(bytes, quint32(at));
    }
    for (const auto &entry : entries)
        bytes.append(reinterpret_cast<const char *>(entry.id.raw()), 20);
    for (const auto &entry : entries)
        append(bytes, entry.crc);
    quint32 longOnes = 0;
    for (const auto &entry : entries)
        append(bytes, entry.offset < wide ? quint32(entry.offset) : wide | longOnes++);
    for (const auto &entry : entries) {
        if (entry.offset >= wide)
            append(bytes, entry.offset);
    }
    bytes += packHash;
    return bytes + QCryptographicHash::hash(bytes, QCryptographicHash::Sha1);
}

Result<> PackWriter::Private::place(const QByteArray &from, const QString &to)
{
    if (::chmod(from.constData(), 0444) != 0 || ::rename(from.constData(), QFile::encodeName(to).constData()) != 0)
        return systemError(QStringLiteral("A pack cannot be put in place"), to);
    return {};
}

PackWriter::PackWriter(const QString &objectsFolder) : m_private(std::make_unique<Private>())
{
    m_private->folder = objectsFolder + QStringLiteral("/pack");
}

PackWriter::PackWriter(PackWriter &&) noexcept = default;
PackWriter &PackWriter::operator=(PackWriter &&) noexcept = default;
PackWriter::~PackWriter() = default;

size_t PackWriter::count() const
{
    return m_private->entries.size();
}

Result<> PackWriter::add(Packs::Type type, const Oid &id, QByteArrayView bytes)
{
    Private &my = *m_private;
    if (my.file < 0)
        COPPICE_CHECK(my.begin());
    // the head of an entry: type and size in 4 and then 7 bits a byte
    std::array<char, 12> head;
    size_t length = 0;
    auto size = size_t(bytes.size());
    auto byte = uchar((uint(type) << 4) | (size & 15));
    for (size >>= 4; size; size >>= 7) {
        head[length++] = char(byte | 0x80);
        byte = uchar(size & 0x7f);
    }
    head[length++] = char(byte);

    const size_t bound = libdeflate_zlib_compress_bound(my.compressor, size_t(bytes.size()));
    if (my.out.size() < bound)
        my.out.resize(bound);
    const size_t packed = libdeflate_zlib_compress(my.compressor, bytes.data(), size_t(bytes.size()), my.out.data(), my.out.size());
    if (packed == 0)
        return fail(QStringLiteral("git.write-pack"), QStringLiteral("Compressing an object failed"), id.toString());
    const quint32 crc = libdeflate_crc32(libdeflate_crc32(0, head.data(), length), my.out.data(), packed);
    my.entries.push_back({id, crc, my.written});
    COPPICE_CHECK(my.put(head.data(), length));
    return my.put(my.out.data(), packed);
}

Result<> PackWriter::finish()
{
    Private &my = *m_private;
    if (my.entries.empty())
        return {};
    COPPICE_TRY(const QByteArray hash, my.seal());
    const QString base = my.folder + QStringLiteral("/pack-") + QString::fromLatin1(hash.toHex());
    const QByteArray index = my.index(hash);

    QByteArray indexPath = QFile::encodeName(my.folder + QStringLiteral("/tmp_idx_XXXXXX"));
    const int indexFile = mkostemp(indexPath.data(), O_CLOEXEC);
    if (indexFile < 0)
        return systemError(QStringLiteral("The index of a pack cannot be written"), my.folder);
    QFile out;
    bool good = out.open(indexFile, QIODevice::WriteOnly, QFileDevice::AutoCloseHandle) && out.write(index) == index.size() && out.flush();
    good = good && fsync(indexFile) == 0 && fsync(my.file) == 0;
    if (!good) {
        ::unlink(indexPath.constData());
        return systemError(QStringLiteral("A pack cannot be written"), my.folder);
    }
    out.close();
    // the pack first: an index promises it
    COPPICE_CHECK(my.place(my.path, base + QStringLiteral(".pack")));
    my.path.clear();
    COPPICE_CHECK(my.place(indexPath, base + QStringLiteral(".idx")));
    const QString objects = my.folder.chopped(5);
    m_private = std::make_unique<Private>();
    m_private->folder = objects + QStringLiteral("/pack");
    return {};
}

} // namespace coppice::git
