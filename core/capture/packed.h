// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace coppice::capture {

/// What of an event is looked at only when the event itself is, made small. Setting up zlib took a sixth of receiving an
/// event; a context of zstd is kept for each thread.
[[nodiscard]] QByteArray packed(const QByteArray &bytes);
/// Back again, at most 8 MB; also what was packed by Qt's zlib before. Empty when it is broken.
[[nodiscard]] QByteArray unpacked(const QByteArray &bytes);

} // namespace coppice::capture
