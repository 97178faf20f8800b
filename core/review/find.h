// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/aligned.h"

namespace coppice::review {

struct Hit {
    bool newSide = true; ///< a line that is equal on both sides is searched once, as the new one
    int line = 0;
    qint64 at = 0; ///< byte of the line
};
struct Hits {
    std::vector<Hit> all;
    bool more = false; ///< there are more than mostHits
};
inline constexpr size_t mostHits = 100'000;

/// Every place of a text in both sides of a file, in the order of rows. ASCII letters match in either case.
[[nodiscard]] Hits findIn(const AlignedFile &file, const QString &text, std::stop_token stop = {});
/// The same in one line as it is shown: UTF-16 offsets and lengths.
[[nodiscard]] std::vector<WordChange> findInLine(const QString &line, const QString &text);

} // namespace coppice::review
