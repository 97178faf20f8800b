// SPDX-License-Identifier: GPL-3.0-or-later
#include "words.h"

#include "text/hidden.h"

#include <algorithm>

namespace coppice::manager {

using namespace Qt::StringLiterals;

QString counted(qint64 number, const QString &one, const QString &many)
{
    return u"%1 %2"_s.arg(number).arg(number == 1 ? one : many.isEmpty() ? QString(one + u's') : many);
}

QString quoted(const QString &text)
{
    constexpr qsizetype most = 100;
    const QString line = text::plain(text.left(4 * most), 4 * most).simplified();
    return u"“%1”"_s.arg(line.size() > most ? QString(line.left(most - 1) + u'…') : line);
}

QString span(qint64 ms)
{
    const qint64 minutes = std::max<qint64>(0, ms) / 60'000;
    if (minutes < 60)
        return u"%1 min"_s.arg(minutes);
    if (minutes < 48 * 60)
        return u"%1 h"_s.arg(minutes / 60);
    return counted(minutes / (24 * 60), u"day"_s);
}

} // namespace coppice::manager
