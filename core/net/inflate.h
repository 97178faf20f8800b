// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>

#include <optional>

namespace coppice::net {

enum class Encoding { Identity, Gzip, Deflate, Brotli, Zstd };

/// What a Content-Encoding header names, any case; none for an unknown one and for several layers. Source: RFC 9110, 8.4.1.
[[nodiscard]] std::optional<Encoding> encodingFrom(QByteArrayView header);

/// Takes a body out of its encoding. Memory grows with what comes out, never with what a header promises, and stops at
/// `cap` bytes; so does an answer that is 400 times larger than the body, from 1 MB on. Deflate is taken with a zlib
/// header (RFC 9110) and raw. Windows over 8 MB (zstd) and 16 MB (brotli) are refused. Errors: "inflate.too-large",
/// "inflate.broken" (also when it ends too early, or something follows its end).
[[nodiscard]] Result<QByteArray> inflate(QByteArrayView body, Encoding encoding, qint64 cap);

} // namespace coppice::net
