// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/git_diff.h"

#include <zlib.h>

#include <array>

namespace coppice::review {

namespace {

constexpr qint64 largestBinary = 64 << 20;

/// The value of each base 85 digit, -1 for other bytes.
const std::array<int, 256> &digits()
{
    static const auto table = [] {
        std::array<int, 256> values;
        values.fill(-1);
        const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
        for (int i = 0; i < 85; ++i)
            values[size_t(static_cast<unsigned char>(alphabet[i]))] = i;
        return values;
    }();
    return table;
}

Fail broken(int line, const QString &why)
{
    return fail(QStringLiteral("review.bad-diff"), QStringLiteral("The diff's binary part cannot be read: %1").arg(why),
                QStringLiteral("line %1 of the diff").arg(line), QStringLiteral("Make it again with git diff --binary."));
}

Result<> decodeLine(QByteArrayView line, int number, QByteArray &out)
{
    const char first = line.isEmpty() ? '\0' : line.front();
    int length = 0;
    if (first >= 'A' && first <= 'Z')
        length = first - 'A' + 1;
    else if (first >= 'a' && first <= 'z')
        length = first - 'a' + 27;
    else
        return broken(number, QStringLiteral("a line does not begin with its length"));
    const QByteArrayView body = line.sliced(1);
    if (body.size() != (length + 3) / 4 * 5)
        return broken(number, QStringLiteral("a line is shorter or longer than it says"));
    for (qsizetype i = 0; i < body.size(); i += 5) {
        quint64 value = 0;
        for (qsizetype j = 0; j < 5; ++j) {
            const int digit = digits()[size_t(static_cast<unsigned char>(body[i + j]))];
            if (digit < 0)
                return broken(number, QStringLiteral("a character is not of base 85"));
            value = value * 85 + quint64(digit);
        }
        if (value > 0xffffffffU)
            return broken(number, QStringLiteral("a group of characters is too large"));
        for (int shift = 24; shift >= 0 && length > 0; shift -= 8, --length)
            out += char((value >> shift) & 0xff);
    }
    return {};
}

} // namespace

Result<QByteArray> unpackBinary(const std::vector<QByteArrayView> &lines, qint64 size, int firstLine)
{
    if (size < 0 || size > largestBinary)
        return broken(firstLine, QStringLiteral("it holds more than 64 MB"));
    QByteArray packed;
    for (size_t i = 0; i < lines.size(); ++i)
        COPPICE_CHECK(decodeLine(lines[i], firstLine + int(i), packed));
    QByteArray out(size + 1, Qt::Uninitialized); // one more, so that too much is seen
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK)
        return broken(firstLine, QStringLiteral("zlib cannot be started"));
    stream.next_in = reinterpret_cast<Bytef *>(packed.data());
    stream.avail_in = uInt(packed.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    const int code = inflate(&stream, Z_FINISH);
    const auto got = qint64(stream.total_out);
    inflateEnd(&stream);
    if (code != Z_STREAM_END || got != size)
        return broken(firstLine, QStringLiteral("its data is damaged or not as long as it says"));
    out.resize(size);
    return out;
}

Result<QByteArray> applyDelta(const QByteArray &base, const QByteArray &delta)
{
    const auto bad = [](const QString &why) {
        return fail(QStringLiteral("review.does-not-fit"), QStringLiteral("A binary change does not fit: %1").arg(why));
    };
    qsizetype at = 0;
    const auto byte = [&]() -> int { return at < delta.size() ? static_cast<unsigned char>(delta[at++]) : -1; };
    const auto size = [&]() -> qint64 {
        qint64 value = 0;
        for (int shift = 0; shift < 42; shift += 7) {
            const int next = byte();
            if (next < 0)
                return -1;
            value |= qint64(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return value;
        }
        return -1;
    };
    if (size() != base.size())
        return bad(QStringLiteral("it was made for a file of another size"));
    const qint64 resultSize = size();
    if (resultSize < 0 || resultSize > largestBinary)
        return bad(QStringLiteral("its result has no size, or over 64 MB"));
    QByteArray result;
    result.reserve(resultSize);
    while (at < delta.size()) {
        const int command = byte();
        if (command & 0x80) {
            qint64 offset = 0, length = 0;
            for (int i = 0; i < 7; ++i) {
                if ((command & (1 << i)) == 0)
                    continue;
                const int next = byte();
                if (next < 0)
                    return bad(QStringLiteral("it ends too early"));
                if (i < 4)
                    offset |= qint64(next) << (8 * i);
                else
                    length |= qint64(next) << (8 * (i - 4));
            }
            if (length == 0)
                length = 0x10000;
            if (offset + length > base.size() || result.size() + length > resultSize)
                return bad(QStringLiteral("it copies from beyond the file"));
            result += QByteArrayView(base).sliced(offset, length);
        } else if (command > 0) {
            if (at + command > delta.size() || result.size() + command > resultSize)
                return bad(QStringLiteral("it ends too early"));
            result += QByteArrayView(delta).sliced(at, command);
            at += command;
        } else {
            return bad(QStringLiteral("it holds an unknown command"));
        }
    }
    if (result.size() != resultSize)
        return bad(QStringLiteral("its result is shorter than it says"));
    return result;
}

} // namespace coppice::review
