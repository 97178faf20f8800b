// SPDX-License-Identifier: GPL-3.0-or-later
// The first byte chooses the encoding, the rest is the body.
#include <net/inflate.h>

#include <cstdlib>

using namespace coppice;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size == 0)
        return 0;
    constexpr net::Encoding encodings[] = {net::Encoding::Gzip, net::Encoding::Deflate, net::Encoding::Brotli, net::Encoding::Zstd, net::Encoding::Identity};
    constexpr qint64 cap = 2 << 20;
    const auto out = net::inflate(QByteArrayView(data + 1, qsizetype(size) - 1), encodings[data[0] % 5], cap);
    if (out && out->size() > cap)
        std::abort();
    return 0;
}
