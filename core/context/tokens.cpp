// SPDX-License-Identifier: GPL-3.0-or-later
#include "context/tokens.h"

#include <cmath>

namespace coppice::context {

namespace {

enum class Class { Letter, Digit, Blank, LineEnd, Sign, Other };

Class classOf(QChar c)
{
    const char16_t u = c.unicode();
    if ((u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z'))
        return Class::Letter;
    if (u >= '0' && u <= '9')
        return Class::Digit;
    if (u == ' ' || u == '\t')
        return Class::Blank;
    if (u == '\n' || u == '\r')
        return Class::LineEnd;
    return u < 128 ? Class::Sign : Class::Other;
}

/// The end of what is counted as one: a run of a class, but a word of mixed case ends before the capital within.
qsizetype endOfRun(QStringView text, qsizetype from, Class kind)
{
    qsizetype end = from + 1;
    if (kind == Class::Other)
        return end;
    while (end < text.size() && classOf(text[end]) == kind) {
        if (kind == Class::Letter && text[end].isUpper() && text[end - 1].isLower())
            break;
        ++end;
    }
    return end;
}

double weightOf(Class kind, qsizetype length, QChar c)
{
    switch (kind) {
    case Class::Letter:
        return length <= 7 ? 1 : length <= 12 ? 1.5 : double(length) / 6;
    case Class::Digit:
        return double((length + 2) / 3);
    case Class::Blank:
        return length > 1 ? 1 : 0; // a single one belongs to the word behind it
    case Class::LineEnd:
        return 1;
    case Class::Sign:
        return length <= 3 ? 0.4 + 0.3 * double(length) : double(length) / 3;
    case Class::Other:
        break;
    }
    return c.unicode() < 0x2000 ? 0.6 : 1;
}

} // namespace

int estimateTokens(QStringView text)
{
    double tokens = 0;
    for (qsizetype at = 0; at < text.size();) {
        const Class kind = classOf(text[at]);
        const qsizetype end = endOfRun(text, at, kind);
        tokens += weightOf(kind, end - at, text[at]);
        at = end;
    }
    return int(std::ceil(tokens));
}

} // namespace coppice::context
