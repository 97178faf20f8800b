// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <array>
#include <compare>
#include <cstring>
#include <functional>

namespace coppice::git {

/// A SHA-1 object id. The null id means "nothing".
class Oid
{
public:
    Oid() = default;
    /// From 20 raw bytes.
    static Oid fromRaw(const unsigned char *bytes)
    {
        Oid oid;
        std::memcpy(oid.m_bytes.data(), bytes, 20);
        return oid;
    }
    /// From 40 hex digits; the null id when it is not that.
    static Oid fromHex(QByteArrayView hex);
    [[nodiscard]] QByteArray hex() const;
    /// Writes the 40 digits without an end.
    void writeHex(char *to) const;
    [[nodiscard]] QString toString() const { return QString::fromLatin1(hex()); }
    /// The first 8 digits.
    [[nodiscard]] QString shown() const { return QString::fromLatin1(hex().left(8)); }
    [[nodiscard]] const unsigned char *raw() const { return m_bytes.data(); }
    [[nodiscard]] bool isNull() const { return *this == Oid{}; }
    friend bool operator==(const Oid &, const Oid &) = default;
    friend std::strong_ordering operator<=>(const Oid &, const Oid &) = default;

private:
    std::array<unsigned char, 20> m_bytes{};
};

} // namespace coppice::git

template <> struct std::hash<coppice::git::Oid> {
    std::size_t operator()(const coppice::git::Oid &oid) const noexcept
    {
        std::size_t h = 0;
        std::memcpy(&h, oid.raw(), sizeof h);
        return h;
    }
};
