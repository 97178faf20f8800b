// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/oid.h"

namespace coppice::git {

namespace {

constexpr auto digits = [] {
    std::array<signed char, 256> table{};
    table.fill(-1);
    for (int i = 0; i < 10; ++i)
        table[size_t('0' + i)] = static_cast<signed char>(i);
    for (int i = 0; i < 6; ++i)
        table[size_t('a' + i)] = table[size_t('A' + i)] = static_cast<signed char>(10 + i);
    return table;
}();

} // namespace

Oid Oid::fromHex(QByteArrayView hex)
{
    Oid oid;
    if (hex.size() != 40)
        return oid;
    const auto *text = reinterpret_cast<const unsigned char *>(hex.data());
    int bad = 0;
    for (size_t i = 0; i < 20; ++i) {
        const int high = digits[text[2 * i]];
        const int low = digits[text[2 * i + 1]];
        bad |= high | low; // negative once one is none
        oid.m_bytes[i] = static_cast<unsigned char>((high & 15) << 4 | (low & 15));
    }
    return bad < 0 ? Oid() : oid;
}

void Oid::writeHex(char *to) const
{
    for (const unsigned char byte : m_bytes) {
        *to++ = "0123456789abcdef"[byte >> 4];
        *to++ = "0123456789abcdef"[byte & 15];
    }
}

QByteArray Oid::hex() const
{
    QByteArray text(40, Qt::Uninitialized);
    writeHex(text.data());
    return text;
}

} // namespace coppice::git
