// SPDX-License-Identifier: GPL-3.0-or-later
#include "code_cells.h"

#include <QChar>

#include <algorithm>
#include <iterator>

namespace coppice::ui {

namespace {

struct Range {
    char32_t first, last;
};
constexpr Range wide[] = {
    {0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC}, {0x23F0, 0x23F0}, {0x23F3, 0x23F3}, {0x25FD, 0x25FE},
    {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267F, 0x267F}, {0x2693, 0x2693}, {0x26A1, 0x26A1}, {0x26AA, 0x26AB}, {0x26BD, 0x26BE},
    {0x26C4, 0x26C5}, {0x26CE, 0x26CE}, {0x26D4, 0x26D4}, {0x26EA, 0x26EA}, {0x26F2, 0x26F3}, {0x26F5, 0x26F5}, {0x26FA, 0x26FA},
    {0x26FD, 0x26FD}, {0x2705, 0x2705}, {0x270A, 0x270B}, {0x2728, 0x2728}, {0x274C, 0x274C}, {0x274E, 0x274E}, {0x2753, 0x2755},
    {0x2757, 0x2757}, {0x2795, 0x2797}, {0x27B0, 0x27B0}, {0x27BF, 0x27BF}, {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50}, {0x2B55, 0x2B55},
    {0x2E80, 0x303E}, {0x3041, 0x4DBF}, {0x4E00, 0xA4CF}, {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE10, 0xFE19},
    {0xFE30, 0xFE6F}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6}, {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FB}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF},
    {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F1E6, 0x1F1FF}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A},
    {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2},
    {0x1F6D5, 0x1F6D7}, {0x1F6DC, 0x1F6DF}, {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7EB}, {0x1F7F0, 0x1F7F0},
    {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD}};

struct Point {
    char32_t code = 0;
    int length = 0;
};

Point pointAt(QStringView text, qsizetype at)
{
    if (at >= text.size())
        return {};
    if (text[at].isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate())
        return {QChar::surrogateToUcs4(text[at], text[at + 1]), 2};
    return {text[at].unicode(), 1};
}

bool isPlain(QChar c)
{
    return c.unicode() >= 0x20 && c.unicode() < 0x7f;
}

bool isRegional(char32_t c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

/// Belongs to the sign before it.
bool follows(char32_t c)
{
    return QChar::isMark(c) || c == 0x200C || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x1F3FB && c <= 0x1F3FF)
        || (c >= 0xE0020 && c <= 0xE007F);
}

/// Scripts whose letters are joined, stacked or written from right to left: only the font's shaper knows how.
bool isJoined(char32_t c)
{
    if (c < 0x590)
        return false;
    switch (QChar::script(c)) {
    case QChar::Script_Common:
    case QChar::Script_Inherited:
    case QChar::Script_Latin:
    case QChar::Script_Greek:
    case QChar::Script_Cyrillic:
    case QChar::Script_Armenian:
    case QChar::Script_Georgian:
    case QChar::Script_Han:
    case QChar::Script_Hiragana:
    case QChar::Script_Katakana:
    case QChar::Script_Bopomofo:
    case QChar::Script_Hangul:
    case QChar::Script_Yi:
    case QChar::Script_Ethiopic:
    case QChar::Script_Cherokee:
    case QChar::Script_CanadianAboriginal:
    case QChar::Script_Runic:
    case QChar::Script_Ogham:
    case QChar::Script_Braille:
    case QChar::Script_Coptic:
    case QChar::Script_Glagolitic:
    case QChar::Script_Unknown:
        return false;
    default:
        return true;
    }
}

} // namespace

int cellsOf(char32_t c)
{
    if (c < 0x300)
        return 1;
    if (QChar::isMark(c) || c == 0x200C || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F))
        return 0;
    const auto *range = std::lower_bound(std::begin(wide), std::end(wide), c, [](const Range &one, char32_t code) { return one.last < code; });
    return range != std::end(wide) && c >= range->first ? 2 : 1;
}

CodePart codePartAt(QStringView text, qsizetype from)
{
    CodePart part{from, 0, CodePart::Kind::Ascii, 0};
    qsizetype end = from;
    while (end < text.size() && isPlain(text[end]))
        ++end;
    // A mark over an ASCII letter takes the letter along.
    if (end > from && end < text.size() && follows(pointAt(text, end).code))
        --end;
    if (end > from) {
        part.length = end - from;
        part.cells = int(part.length);
        return part;
    }
    const Point first = pointAt(text, from);
    if (isJoined(first.code)) {
        part.kind = CodePart::Kind::Joined;
        end = from;
        for (qsizetype at = from; at < text.size();) {
            const Point point = pointAt(text, at);
            const bool word = isJoined(point.code) || follows(point.code);
            if (!word && point.code != ' ')
                break;
            at += point.length;
            part.cells += word ? cellsOf(point.code) : 0;
            if (word)
                end = at;
        }
        part.length = end - from;
        part.cells = std::max(1, part.cells + int(text.mid(from, part.length).count(u' ')));
        return part;
    }
    end = from + first.length;
    part.cells = std::max(1, cellsOf(first.code));
    bool joined = isRegional(first.code) && isRegional(pointAt(text, end).code);
    if (joined) // a flag
        end += 2;
    while (end < text.size()) {
        const Point next = pointAt(text, end);
        if (!follows(next.code))
            break;
        joined = true;
        end += next.length;
        if (next.code == 0xFE0F)
            part.cells = 2;
        if (next.code == 0x200D && end < text.size()) // what it joins is one sign with what was before
            end += pointAt(text, end).length;
    }
    part.length = end - from;
    part.kind = joined ? CodePart::Kind::Cluster : CodePart::Kind::Sign;
    return part;
}

int cellsOf(QStringView text)
{
    int cells = 0;
    for (qsizetype at = 0; at < text.size();) {
        const auto part = codePartAt(text, at);
        cells += part.cells;
        at += part.length;
    }
    return cells;
}

} // namespace coppice::ui
