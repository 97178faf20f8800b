// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "receivers/lean_json.h"

#include <QString>
#include <QStringList>

namespace coppice::receivers {

/// The thrown exception with its frames, innermost first, and what caused it, as text that people read; then the local
/// variables of the innermost own frame, the last breadcrumbs, the request, and extra values. Values under a telling key
/// are left out. `exceptions` is in the protocol's order, the thrown one last.
[[nodiscard]] QString traceText(const LeanList &exceptions, const LeanList &looseFrames, LeanValue payload);

/// A list that some kits wrap: [..], {"values": [..]}, or one object alone.
[[nodiscard]] LeanList valuesOf(LeanValue value);
/// A string, number or truth value as text; objects and arrays as JSON.
[[nodiscard]] QString asText(LeanValue value);
[[nodiscard]] QString asText(const QJsonValue &value);
/// The same, with what stands under a telling key left out, at most `cap` characters.
[[nodiscard]] QString safeText(LeanValue value, qsizetype cap);
[[nodiscard]] QString safeText(const QJsonValue &value, qsizetype cap);
/// Milliseconds since 1970 from seconds, or from an ISO time; 0 when it is neither.
[[nodiscard]] qint64 sentryTime(LeanValue value);

} // namespace coppice::receivers
