// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArrayView>
#include <QJsonObject>

namespace coppice::receivers {

/// What a document from outside may cost before it is parsed: nesting, and values (which decide the memory).
struct JsonBounds {
    int depth = 64;
    qsizetype values = 100'000;
};

/// Parses one JSON object. Depth and number of values are counted in a first pass that keeps nothing. Bad UTF-8 is
/// replaced. Errors: "json.broken", "json.too-deep", "json.too-many".
[[nodiscard]] Result<QJsonObject> parseBounded(QByteArrayView bytes, const JsonBounds &bounds = {});

/// How much memory parsing this takes beside the bytes themselves, roughly, from above: by the number of its values.
[[nodiscard]] qint64 parsingCost(QByteArrayView bytes);

} // namespace coppice::receivers
