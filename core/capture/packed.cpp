// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/packed.h"

#include <memory>

#include <zstd.h>

namespace coppice::capture {

namespace {

constexpr unsigned long long mostBytes = 8 << 20;

} // namespace

QByteArray packed(const QByteArray &bytes)
{
    thread_local const std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx *)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
    QByteArray out(qsizetype(ZSTD_compressBound(size_t(bytes.size()))), Qt::Uninitialized);
    const size_t size = context ? ZSTD_compressCCtx(context.get(), out.data(), size_t(out.size()), bytes.constData(), size_t(bytes.size()), 1) : 0;
    if (size == 0 || ZSTD_isError(size))
        return qCompress(bytes, 1);
    out.truncate(qsizetype(size));
    return out;
}

QByteArray unpacked(const QByteArray &bytes)
{
    if (!bytes.startsWith("\x28\xb5\x2f\xfd")) // Qt's begins with the size, which is never that large
        return qUncompress(bytes);
    const auto size = ZSTD_getFrameContentSize(bytes.constData(), size_t(bytes.size()));
    if (size > mostBytes) // also where it is not told, or is an error
        return {};
    QByteArray out(qsizetype(size), Qt::Uninitialized);
    const size_t got = ZSTD_decompress(out.data(), size_t(out.size()), bytes.constData(), size_t(bytes.size()));
    return ZSTD_isError(got) || got != size ? QByteArray() : out;
}

} // namespace coppice::capture
