// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <cstdint>

namespace coppice::receivers {

/// Reads the fields of one protobuf message in the order in which they stand, without a copy. Of OTLP's messages some
/// forty fields are wanted; reading just these keeps generated code and its descriptors out, and every length is checked
/// against what is there. Groups are refused. Source: https://protobuf.dev/programming-guides/encoding/
class WireReader
{
public:
    explicit WireReader(QByteArrayView bytes) : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) { }

    enum class Type { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };
    /// Moves to the next field; false at the end, or when the message is broken.
    bool next();
    [[nodiscard]] bool isBroken() const { return m_broken; }
    [[nodiscard]] uint32_t field() const { return m_field; }
    [[nodiscard]] Type type() const { return m_type; }
    /// True for this number with this type. A known number with another type is passed over, as an unknown one is.
    [[nodiscard]] bool is(uint32_t field, Type type) const { return m_field == field && m_type == type; }

    [[nodiscard]] uint64_t number() const { return m_number; } ///< Varint, Fixed64, Fixed32
    [[nodiscard]] double real() const;                         ///< Fixed64 as a double
    [[nodiscard]] QByteArrayView bytes() const { return m_bytes; }
    [[nodiscard]] QString text() const { return QString::fromUtf8(m_bytes); } ///< bad UTF-8 is replaced

private:
    bool readVarint(uint64_t &value);
    bool fail();
    const char *m_at;
    const char *m_end;
    bool m_broken = false;
    uint32_t m_field = 0;
    Type m_type = Type::Varint;
    uint64_t m_number = 0;
    QByteArrayView m_bytes;
};

} // namespace coppice::receivers
