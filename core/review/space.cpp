// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/space.h"

#include <QStringList>

namespace coppice::review {

namespace {

const QStringList names{QStringLiteral("show"), QStringLiteral("line end"), QStringLiteral("amount"), QStringLiteral("all")};

bool isBlank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

QByteArrayView withoutEnd(QByteArrayView line)
{
    while (!line.isEmpty() && isBlank(line.back()))
        line.chop(1);
    return line;
}

bool equalBut(QByteArrayView a, QByteArrayView b, bool amountOnly)
{
    qsizetype i = 0, j = 0;
    for (;;) {
        const qsizetype fromI = i, fromJ = j;
        while (i < a.size() && isBlank(a[i]))
            ++i;
        while (j < b.size() && isBlank(b[j]))
            ++j;
        if (amountOnly && (i > fromI) != (j > fromJ))
            return false;
        if (i == a.size() || j == b.size())
            return i == a.size() && j == b.size();
        if (a[i++] != b[j++])
            return false;
    }
}

} // namespace

QString nameOf(Whitespace mode)
{
    return names[int(mode)];
}

Whitespace whitespaceNamed(const QString &name)
{
    return Whitespace(std::max<qsizetype>(0, names.indexOf(name)));
}

Whitespace equalFrom(QByteArrayView before, QByteArrayView after)
{
    const auto a = withoutEnd(before), b = withoutEnd(after);
    if (!equalBut(a, b, false))
        return Whitespace::Show;
    if (a == b)
        return Whitespace::IgnoreAtEnd;
    return equalBut(a, b, true) ? Whitespace::IgnoreAmount : Whitespace::IgnoreAll;
}

QString endOf(QByteArrayView line)
{
    if (line.endsWith("\r\n"))
        return QStringLiteral("CRLF");
    return line.endsWith('\n') ? QStringLiteral("LF") : line.endsWith('\r') ? QStringLiteral("CR") : QStringLiteral("none");
}

} // namespace coppice::review
