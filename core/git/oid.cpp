// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/oid.h"

namespace coppice::git {

namespace {

int digitOf(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

Oid Oid::fromHex(QByteArrayView hex)
{
    Oid oid;
    if (hex.size() != 40)
        return oid;
    for (size_t i = 0; i < 20; ++i) {
        const int high = digitOf(hex[qsizetype(2 * i)]);
        const int low = digitOf(hex[qsizetype(2 * i + 1)]);
        if (high < 0 || low < 0)
            return {};
        oid.m_bytes[i] = static_cast<unsigned char>(high << 4 | low);
    }
    return oid;
}

QByteArray Oid::hex() const
{
    return QByteArray(reinterpret_cast<const char *>(m_bytes.data()), 20).toHex();
}

} // namespace coppice::git
