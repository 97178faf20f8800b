// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/wire.h"

#include <QtEndian>

#include <bit>

namespace coppice::receivers {

bool WireReader::fail()
{
    m_broken = true;
    m_at = m_end;
    return false;
}

bool WireReader::readVarint(uint64_t &value)
{
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (m_at == m_end)
            return fail();
        const auto byte = static_cast<unsigned char>(*m_at++);
        value |= uint64_t(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0)
            return true;
    }
    return fail();
}

bool WireReader::next()
{
    if (m_at == m_end)
        return false;
    uint64_t tag = 0;
    if (!readVarint(tag))
        return false;
    const uint64_t number = tag >> 3;
    if (number == 0 || number > 0x1FFFFFFF)
        return fail();
    m_field = uint32_t(number);
    m_number = 0;
    m_bytes = {};
    const auto left = size_t(m_end - m_at);
    switch (tag & 7) {
    case 0:
        m_type = Type::Varint;
        return readVarint(m_number);
    case 1:
        if (left < 8)
            return fail();
        m_type = Type::Fixed64;
        m_number = qFromLittleEndian<quint64>(m_at);
        m_at += 8;
        return true;
    case 2: {
        uint64_t length = 0;
        if (!readVarint(length) || length > uint64_t(m_end - m_at))
            return fail();
        m_type = Type::Bytes;
        m_bytes = QByteArrayView(m_at, qsizetype(length));
        m_at += length;
        return true;
    }
    case 5:
        if (left < 4)
            return fail();
        m_type = Type::Fixed32;
        m_number = qFromLittleEndian<quint32>(m_at);
        m_at += 4;
        return true;
    default:
        return fail();
    }
}

double WireReader::real() const
{
    return std::bit_cast<double>(m_number);
}

} // namespace coppice::receivers
