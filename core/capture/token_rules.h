// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/message_tokens.h"

#include <algorithm>
#include <array>

// Between the lexer and what joins its tokens; nobody else's.
namespace coppice::capture {

/// The tokens as they stand in the message, before any are joined.
[[nodiscard]] Tokens cutTokens(QStringView message);

template <size_t N>
[[nodiscard]] bool isAmong(QStringView word, const std::array<QStringView, N> &words, Qt::CaseSensitivity sensitivity = Qt::CaseSensitive)
{
    return std::any_of(words.begin(), words.end(), [&](QStringView each) { return each.size() == word.size() && each.compare(word, sensitivity) == 0; });
}
} // namespace coppice::capture
