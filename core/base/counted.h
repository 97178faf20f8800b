// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice {

/// "1 commit", "2 commits", "0 commits".
[[nodiscard]] inline QString counted(qint64 number, const QString &one, const QString &many)
{
    return QString::number(number) + u' ' + (number == 1 ? one : many);
}

/// The same for a word that takes an s.
[[nodiscard]] inline QString counted(qint64 number, const char *one)
{
    const QString word = QString::fromLatin1(one);
    return counted(number, word, QString(word + u's'));
}

} // namespace coppice
