// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/http.h"

#include <QJsonObject>
#include <QString>

#include <optional>

namespace coppice::gateway {

/// When a provider's limit is over, and what it said.
struct LimitSeen {
    qint64 until = 0; ///< milliseconds since 1970
    QString reason;   ///< plain text, bounded
};

/// Whether an answer says that it is enough for now: by its status, its headers and its body, in the words of each dialect.
/// Sources: https://docs.anthropic.com/en/api/rate-limits, https://platform.openai.com/docs/guides/rate-limits,
/// https://ai.google.dev/gemini-api/docs/rate-limits (google.rpc.RetryInfo), RFC 9110, 10.2.3
[[nodiscard]] std::optional<LimitSeen> readLimit(int status, const net::Headers &headers, const QByteArray &body, qint64 now);
/// The same for an error that stood in a stream.
[[nodiscard]] std::optional<LimitSeen> readLimit(const QJsonObject &error, qint64 now);

/// "1.5s", "6m0s", "17ms", "1h2m3s", "20" (seconds); -1: none.
[[nodiscard]] qint64 durationMs(const QString &text);

} // namespace coppice::gateway
