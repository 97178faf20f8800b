// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: a pack and its index, mapped.

#include "git/oid.h"

#include <QtEndian>

#include <memory>
#include <optional>

namespace coppice::git {

/// A file mapped for reading, for as long as it is held.
class MappedFile
{
public:
    [[nodiscard]] static std::optional<MappedFile> open(const QString &path);
    MappedFile(MappedFile &&other) noexcept;
    MappedFile &operator=(MappedFile &&other) noexcept;
    ~MappedFile();
    [[nodiscard]] const uchar *data() const { return m_data; }
    [[nodiscard]] size_t size() const { return m_size; }

private:
    MappedFile(const uchar *data, size_t size) : m_data(data), m_size(size) { }
    const uchar *m_data = nullptr;
    size_t m_size = 0;
};

/// Finds an id among sorted ones, 20 bytes each, within [low, high): ids are spread evenly, so the place is guessed.
[[nodiscard]] std::optional<quint32> findSorted(const uchar *ids, quint32 low, quint32 high, const Oid &id);

/// A pack with its index of version 2; nothing else is taken.
class PackFile
{
public:
    /// `base` is the path without ".pack" and ".idx".
    [[nodiscard]] static std::unique_ptr<PackFile> open(const QString &base);
    /// Where the object begins.
    [[nodiscard]] std::optional<size_t> find(const Oid &id) const;
    [[nodiscard]] const uchar *at(size_t offset) const { return m_pack.data() + offset; }
    /// Where the objects end.
    [[nodiscard]] size_t end() const { return m_pack.size() - 20; }

private:
    PackFile(MappedFile index, MappedFile pack) : m_index(std::move(index)), m_pack(std::move(pack)) { }
    [[nodiscard]] bool isSound();

    MappedFile m_index, m_pack;
    const uchar *m_fanout = nullptr;
    const uchar *m_ids = nullptr;
    const uchar *m_offsets = nullptr;
    const uchar *m_longOffsets = nullptr;
    quint32 m_count = 0;
    size_t m_longCount = 0;
};

} // namespace coppice::git
