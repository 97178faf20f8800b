// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/inflate.h"

#include <algorithm>
#include <array>
#include <memory>

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

namespace coppice::net {

namespace {

constexpr qint64 ratioCap = 400;
constexpr qint64 ratioFrom = 1 << 20;
constexpr size_t pieceSize = 64 * 1024;

Fail broken(const QString &why)
{
    return fail(QStringLiteral("inflate.broken"), QStringLiteral("The compressed body cannot be read: %1").arg(why), {},
                QStringLiteral("Send it again, or without Content-Encoding."));
}

/// What has come out so far, with its bound.
class Output
{
public:
    Output(qint64 cap, qsizetype packed) : m_cap(std::min(cap, std::max<qint64>(ratioFrom, packed * ratioCap))) { }
    std::array<char, pieceSize> piece;
    Result<> take(size_t count)
    {
        if (m_bytes.size() + qint64(count) > m_cap)
            return fail(QStringLiteral("inflate.too-large"), QStringLiteral("The body is larger than may be when it is inflated"), {},
                        QStringLiteral("Send smaller pieces."));
        m_bytes.append(piece.data(), qsizetype(count));
        return {};
    }
    QByteArray bytes() { return std::move(m_bytes); }

private:
    qint64 m_cap;
    QByteArray m_bytes;
};

struct Zlib {
    z_stream stream{};
    bool open = false;
    explicit Zlib(int windowBits) { open = inflateInit2(&stream, windowBits) == Z_OK; }
    ~Zlib()
    {
        if (open)
            inflateEnd(&stream);
    }
    Zlib(const Zlib &) = delete;
    Zlib &operator=(const Zlib &) = delete;
};

Result<QByteArray> inflateZlib(QByteArrayView body, int windowBits, qint64 cap)
{
    Zlib zlib(windowBits);
    if (!zlib.open)
        return broken(QStringLiteral("there is no memory for it"));
    const auto out = std::make_unique<Output>(cap, body.size());
    auto &stream = zlib.stream;
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(body.data()));
    stream.avail_in = uInt(body.size());
    for (;;) {
        stream.next_out = reinterpret_cast<Bytef *>(out->piece.data());
        stream.avail_out = uInt(pieceSize);
        const int status = ::inflate(&stream, Z_NO_FLUSH);
        COPPICE_CHECK(out->take(pieceSize - stream.avail_out));
        if (status == Z_STREAM_END) {
            if (stream.avail_in == 0)
                return out->bytes();
            // gzip may have several members, one after the other; nothing else may follow
            if (windowBits <= MAX_WBITS || inflateReset(&stream) != Z_OK)
                return broken(QStringLiteral("something follows its end"));
            continue;
        }
        if (status != Z_OK)
            return broken(status == Z_BUF_ERROR ? QStringLiteral("it ends too early") : QString::fromLatin1(stream.msg ? stream.msg : "bad data"));
    }
}

Result<QByteArray> inflateDeflate(QByteArrayView body, qint64 cap)
{
    // A zlib header is a multiple of 31 with method 8; by chance raw data may look the same, so both are tried.
    const bool looksWrapped = body.size() >= 2 && (uchar(body[0]) & 0x0F) == 8 && (uchar(body[0]) * 256 + uchar(body[1])) % 31 == 0;
    if (looksWrapped) {
        auto wrapped = inflateZlib(body, MAX_WBITS, cap);
        if (wrapped || wrapped.error().code == u"inflate.too-large")
            return wrapped;
    }
    return inflateZlib(body, -MAX_WBITS, cap);
}

Result<QByteArray> inflateBrotli(QByteArrayView body, qint64 cap)
{
    const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState *)> state(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr),
                                                                                    BrotliDecoderDestroyInstance);
    if (!state)
        return broken(QStringLiteral("there is no memory for it"));
    const auto out = std::make_unique<Output>(cap, body.size());
    const auto *in = reinterpret_cast<const uint8_t *>(body.data());
    size_t left = size_t(body.size());
    for (;;) {
        auto *to = reinterpret_cast<uint8_t *>(out->piece.data());
        size_t room = pieceSize;
        const auto status = BrotliDecoderDecompressStream(state.get(), &left, &in, &room, &to, nullptr);
        COPPICE_CHECK(out->take(pieceSize - room));
        if (status == BROTLI_DECODER_RESULT_SUCCESS)
            return left == 0 ? Result<QByteArray>(out->bytes()) : broken(QStringLiteral("something follows its end"));
        if (status == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
            return broken(QStringLiteral("it ends too early"));
        if (status == BROTLI_DECODER_RESULT_ERROR)
            return broken(QString::fromLatin1(BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state.get()))));
    }
}

Result<QByteArray> inflateZstd(QByteArrayView body, qint64 cap)
{
    const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx *)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    if (!context || ZSTD_isError(ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 23))) // RFC 9659
        return broken(QStringLiteral("there is no memory for it"));
    const auto out = std::make_unique<Output>(cap, body.size());
    ZSTD_inBuffer in{body.data(), size_t(body.size()), 0};
    for (;;) {
        ZSTD_outBuffer to{out->piece.data(), pieceSize, 0};
        const size_t status = ZSTD_decompressStream(context.get(), &to, &in);
        if (ZSTD_isError(status))
            return broken(QString::fromLatin1(ZSTD_getErrorName(status)));
        COPPICE_CHECK(out->take(to.pos));
        const bool atEnd = in.pos == in.size && to.pos < pieceSize;
        if (atEnd && status == 0)
            return out->bytes();
        if (atEnd)
            return broken(QStringLiteral("it ends too early"));
    }
}

} // namespace

std::optional<Encoding> encodingFrom(QByteArrayView header)
{
    const QByteArray name = header.trimmed().toByteArray().toLower();
    if (name.isEmpty() || name == "identity")
        return Encoding::Identity;
    if (name == "gzip" || name == "x-gzip")
        return Encoding::Gzip;
    if (name == "deflate")
        return Encoding::Deflate;
    if (name == "br")
        return Encoding::Brotli;
    if (name == "zstd")
        return Encoding::Zstd;
    return {};
}

Result<QByteArray> inflate(QByteArrayView body, Encoding encoding, qint64 cap)
{
    switch (encoding) {
    case Encoding::Identity:
        break;
    case Encoding::Gzip:
        return inflateZlib(body, MAX_WBITS + 16, cap);
    case Encoding::Deflate:
        return inflateDeflate(body, cap);
    case Encoding::Brotli:
        return inflateBrotli(body, cap);
    case Encoding::Zstd:
        return inflateZstd(body, cap);
    }
    if (body.size() > cap)
        return fail(QStringLiteral("inflate.too-large"), QStringLiteral("The body is larger than may be"), {}, QStringLiteral("Send smaller pieces."));
    return body.toByteArray();
}

} // namespace coppice::net
