// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

namespace coppice::review {

/// Which white space a reader wants to hear of; each hides what the one before hides, and more.
enum class Whitespace { Show, IgnoreAtEnd, IgnoreAmount, IgnoreAll };
/// "show", "line end", "amount", "all"
[[nodiscard]] QString nameOf(Whitespace mode);
[[nodiscard]] Whitespace whitespaceNamed(const QString &name); ///< Show for what is none

/// The first mode in which two different lines are equal; Show when they differ in more than white space. Line ends belong
/// to the lines. Blanks are space, tab, \v, \f, \r and \n, as git has them.
[[nodiscard]] Whitespace equalFrom(QByteArrayView before, QByteArrayView after);

/// "CRLF", "LF", "CR" or "none"
[[nodiscard]] QString endOf(QByteArrayView line);

} // namespace coppice::review
