// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"

#include <QCryptographicHash>

namespace coppice::receivers {

/// One error that is told in a log, in a span and by another kit has the same trace, span, type and message. Without
/// trace and span nothing can be said.
inline QByteArray twinOf(const QString &traceId, const QString &spanId, const capture::Event &event)
{
    if (traceId.isEmpty() || spanId.isEmpty())
        return {};
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const auto &part : {traceId, spanId, event.type, event.message}) {
        hash.addData(part.toLower().toUtf8());
        hash.addData(QByteArrayView("\0", 1));
    }
    return hash.result();
}

} // namespace coppice::receivers
