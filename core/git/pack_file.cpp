// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/pack_file.h"

#include <QFile>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coppice::git {

std::optional<MappedFile> MappedFile::open(const QString &path)
{
    const int file = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return std::nullopt;
    struct stat info {};
    void *data = MAP_FAILED;
    if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0)
        data = mmap(nullptr, size_t(info.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    ::close(file);
    if (data == MAP_FAILED)
        return std::nullopt;
    return MappedFile(static_cast<const uchar *>(data), size_t(info.st_size));
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0))
{
}

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept
{
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

MappedFile::~MappedFile()
{
    if (m_data)
        munmap(const_cast<uchar *>(m_data), m_size);
}

std::optional<quint32> findSorted(const uchar *ids, quint32 low, quint32 high, const Oid &id)
{
    // bytes 1 to 8: the first is the same for all that share a place in the fan-out
    const auto keyAt = [&](quint32 at) { return qFromBigEndian<quint64>(ids + size_t(at) * 20 + 1); };
    const auto key = qFromBigEndian<quint64>(id.raw() + 1);
    constexpr double all = 18446744073709551616.0; // 2 to the 64
    const double perKey = double(high - low) / all;
    double guess = double(low) + double(key) * perKey;
    for (int guesses = 0; low < high; ++guesses) {
        quint32 middle = low + (high - low) / 2;
        if (guesses < 8)
            middle = guess <= double(low) ? low : guess >= double(high - 1) ? high - 1 : quint32(guess);
        const quint64 there = keyAt(middle);
        if (there == key) {
            const int order = std::memcmp(id.raw(), ids + size_t(middle) * 20, 20);
            if (order == 0)
                return middle;
            (order < 0 ? high : low) = order < 0 ? middle : middle + 1;
        } else if (key < there) {
            high = middle;
        } else {
            low = middle + 1;
        }
        // from what was found there on; a whole step at least
        guess = double(middle) + (key < there ? -double(there - key) * perKey - 0.5 : double(key - there) * perKey + 0.5);
    }
    return std::nullopt;
}

bool PackFile::isSound()
{
    constexpr size_t head = 8;
    constexpr size_t fanout = 256 * 4;
    constexpr size_t trailers = 40;
    if (m_index.size() < head + fanout + trailers || m_pack.size() < 12 + 20)
        return false;
    if (std::memcmp(m_index.data(), "\377tOc\0\0\0\2", head) != 0 || std::memcmp(m_pack.data(), "PACK\0\0\0", 7) != 0)
        return false;
    m_fanout = m_index.data() + head;
    for (size_t i = 1; i < 256; ++i) {
        if (qFromBigEndian<quint32>(m_fanout + 4 * i) < qFromBigEndian<quint32>(m_fanout + 4 * (i - 1)))
            return false;
    }
    m_count = qFromBigEndian<quint32>(m_fanout + 255 * 4);
    const size_t tables = size_t(m_count) * (20 + 4 + 4);
    if (m_index.size() < head + fanout + tables + trailers)
        return false;
    m_ids = m_fanout + fanout;
    m_offsets = m_ids + size_t(m_count) * 24;
    m_longOffsets = m_offsets + size_t(m_count) * 4;
    m_longCount = (m_index.size() - head - fanout - tables - trailers) / 8;
    return qFromBigEndian<quint32>(m_pack.data() + 8) == m_count;
}

std::unique_ptr<PackFile> PackFile::open(const QString &base)
{
    auto index = MappedFile::open(base + QStringLiteral(".idx"));
    auto pack = index ? MappedFile::open(base + QStringLiteral(".pack")) : std::nullopt;
    if (!pack)
        return nullptr;
    std::unique_ptr<PackFile> made(new PackFile(std::move(*index), std::move(*pack)));
    return made->isSound() ? std::move(made) : nullptr;
}

std::optional<size_t> PackFile::find(const Oid &id) const
{
    const uchar first = *id.raw();
    const quint32 low = first ? qFromBigEndian<quint32>(m_fanout + 4 * (size_t(first) - 1)) : 0;
    const auto place = findSorted(m_ids, low, qFromBigEndian<quint32>(m_fanout + 4 * size_t(first)), id);
    if (!place)
        return std::nullopt;
    size_t offset = qFromBigEndian<quint32>(m_offsets + size_t(*place) * 4);
    if (offset & 0x80000000U) {
        const size_t wide = offset & 0x7fffffffU;
        if (wide >= m_longCount)
            return std::nullopt;
        offset = qFromBigEndian<quint64>(m_longOffsets + wide * 8);
    }
    return offset >= 12 && offset < end() ? std::optional(offset) : std::nullopt;
}

} // namespace coppice::git
