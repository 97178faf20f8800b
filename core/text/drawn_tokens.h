// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "text/secret_keys.h"

namespace coppice::text {

/// No word shorter than this is taken for one.
inline constexpr qsizetype shortestDrawn = 28;

/// Words that were drawn at random from letters of both cases and digits, as services make their tokens: long ones by
/// themselves, shorter ones behind a prefix that names the service ("abc_…"). Not hashes that say so ("sha512-…"), nor
/// names in camel case. In order; linear in the text.
[[nodiscard]] std::vector<SecretValue> findDrawnTokens(const QString &text);

} // namespace coppice::text
