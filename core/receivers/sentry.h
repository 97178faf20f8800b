// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/http.h"
#include "receivers/batch.h"
#include "receivers/envelope.h"

#include <QByteArray>

#include <optional>

namespace coppice::receivers {

/// The public key by which a request of Sentry's protocol names its plugin: in the query (sentry_key), in the header
/// X-Sentry-Auth (or Authorization), else empty. The third way, the envelope's own dsn, is dsnKey().
[[nodiscard]] QByteArray sentryKey(const net::HttpRequest &request);
[[nodiscard]] QByteArray dsnKey(const Envelope &envelope);

/// What an envelope or a /store/ request brings.
struct SentryRequest {
    Batch batch;
    QString eventId; ///< of its event, for the answer; empty: it holds none
};
/// Items of a kind that makes no event are counted and skipped, as are kinds that nobody knows. More than one event, or an
/// event and a transaction, are an error ("sentry.duplicate"); a broken event is "sentry.malformed", one over 1 MB is
/// "sentry.too-large". The envelope's event_id beats the event's. Source: https://develop.sentry.dev/sdk/data-model/envelopes/
[[nodiscard]] Result<SentryRequest> readEnvelope(const Envelope &envelope);
/// The body of /store/: JSON, or the base64 of its zlib form, as old kits send it.
[[nodiscard]] Result<SentryRequest> readStore(const QByteArray &body);

} // namespace coppice::receivers
