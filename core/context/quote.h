// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice::context {

/// Text from outside as an agent gets it: control and hidden characters stripped, capped, every line marked, and framed
/// as data. No line of the text can end the frame, since every one of them begins with "| ".
[[nodiscard]] QString quoteAsData(const QString &text, const QString &source, qsizetype cap);

} // namespace coppice::context
