// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArrayView>
#include <QString>

#include <vector>

namespace coppice::receivers {

/// One item of an envelope; the payload points into the envelope's bytes.
struct EnvelopeItem {
    QString type;
    QString contentType;
    QByteArrayView payload;
};
struct Envelope {
    QString eventId; ///< as its header has it; empty: not told
    QString dsn;
    std::vector<EnvelopeItem> items;
};

/// Takes an envelope apart: a line of JSON, then items of a line of JSON and a payload, which is `length` bytes long or,
/// without one, goes to the end of its line. At most 1,000 items. A payload that is shorter than promised is an error.
/// Source: https://develop.sentry.dev/sdk/data-model/envelopes/
[[nodiscard]] Result<Envelope> parseEnvelope(QByteArrayView bytes);

} // namespace coppice::receivers
