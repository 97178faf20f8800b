// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice::manager {

/// "1 ticket", "3 tickets".
[[nodiscard]] QString counted(qint64 number, const QString &one, const QString &many = {});
/// Text from outside as a part of a sentence: one line, plain, at most 100 characters.
[[nodiscard]] QString quoted(const QString &text);
/// A span of time: "5 min", "3 h", "4 days".
[[nodiscard]] QString span(qint64 ms);

} // namespace coppice::manager
