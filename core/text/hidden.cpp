// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/hidden.h"

#include <QChar>

#include <algorithm>
#include <iterator>

namespace coppice::text {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

template <size_t N> bool in(const Range (&ranges)[N], char32_t c)
{
    return std::any_of(std::begin(ranges), std::end(ranges), [c](Range r) { return c >= r.first && c <= r.last; });
}

constexpr Range reordering[] = {{0x061C, 0x061C}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}};

// Characters that take no room, or draw as nothing. Joiners and variation selectors have honest uses: see isHonest().
constexpr Range hidden[] = {
    {0x00, 0x08},     {0x0B, 0x0C},     {0x0E, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},       {0x034F, 0x034F},
    {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x200B, 0x200D}, {0x2028, 0x2029},   {0x2060, 0x2065},
    {0x206A, 0x206F}, {0x2800, 0x2800}, {0x3164, 0x3164}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}, {0xD800, 0xDFFF}};

// Letters of other alphabets (and full-width and mathematical forms) that most fonts draw like an ASCII one.
constexpr Range ambiguous[] = {
    {0x01C3, 0x01C3}, // ǃ
    {0x0251, 0x0251}, {0x0261, 0x0261}, {0x026A, 0x026A}, {0x028B, 0x028B}, {0x037E, 0x037E}, {0x0391, 0x0392},
    {0x0395, 0x0397}, {0x0399, 0x039A}, {0x039C, 0x039D}, {0x039F, 0x039F}, {0x03A1, 0x03A1}, {0x03A4, 0x03A5},
    {0x03A7, 0x03A7}, {0x03B1, 0x03B1}, {0x03B3, 0x03B3}, {0x03B9, 0x03B9}, {0x03BD, 0x03BD}, {0x03BF, 0x03BF},
    {0x03C1, 0x03C1}, {0x03C5, 0x03C5}, {0x03F2, 0x03F3}, {0x03F9, 0x03F9}, {0x0405, 0x0406}, {0x0408, 0x0408},
    {0x0410, 0x0410}, {0x0412, 0x0412}, {0x0415, 0x0415}, {0x041A, 0x041A}, {0x041C, 0x041E}, {0x0420, 0x0423},
    {0x0425, 0x0425}, {0x0430, 0x0430}, {0x0433, 0x0433}, {0x0435, 0x0435}, {0x043E, 0x043E}, {0x0440, 0x0441},
    {0x0443, 0x0443}, {0x0445, 0x0445}, {0x0455, 0x0456}, {0x0458, 0x0458}, {0x0474, 0x0475}, {0x04AE, 0x04AF},
    {0x04BB, 0x04BB}, {0x04C0, 0x04C0}, {0x04CF, 0x04CF}, {0x0501, 0x0501}, {0x050C, 0x050D}, {0x051A, 0x051D},
    {0x054D, 0x054D}, {0x054F, 0x054F}, {0x0555, 0x0555}, {0x0561, 0x0561}, {0x0563, 0x0563}, {0x0566, 0x0566},
    {0x0570, 0x0570}, {0x0578, 0x0578}, {0x057D, 0x057D}, {0x0581, 0x0581}, {0x0585, 0x0585}, {0x05D5, 0x05D5},
    {0x05D8, 0x05D8}, {0x05DF, 0x05DF}, {0x05E1, 0x05E1}, {0x0C02, 0x0C02}, {0x0D20, 0x0D20}, {0x101D, 0x101D},
    {0x10E7, 0x10E7}, {0x13A0, 0x13F4}, // Cherokee
    {0x1D0F, 0x1D0F}, {0x1D20, 0x1D22}, {0x2110, 0x2113}, {0x211A, 0x211D}, {0x2124, 0x2124}, {0x212A, 0x212A},
    {0x212C, 0x2134}, {0x2160, 0x217F}, // Roman numerals
    {0x2C82, 0x2CB1}, {0xA4D0, 0xA4F2}, // Coptic, Lisu
    {0xFF10, 0xFF19}, {0xFF21, 0xFF3A}, {0xFF41, 0xFF5A}, {0x10282, 0x10302}, {0x118A0, 0x118E9},
    {0x1D400, 0x1D7FF}, {0x1F130, 0x1F149}};

bool isAsciiLetter(char32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isWordPart(char32_t c)
{
    return c == '_' || QChar::isLetterOrNumber(c) || QChar::isMark(c) || in(ambiguous, c);
}

/// Scripts whose spelling needs joiners between letters.
bool joins(char32_t c)
{
    switch (QChar::script(c)) {
    case QChar::Script_Arabic:
    case QChar::Script_Syriac:
    case QChar::Script_Mongolian:
    case QChar::Script_Devanagari:
    case QChar::Script_Bengali:
    case QChar::Script_Gurmukhi:
    case QChar::Script_Gujarati:
    case QChar::Script_Oriya:
    case QChar::Script_Tamil:
    case QChar::Script_Telugu:
    case QChar::Script_Kannada:
    case QChar::Script_Malayalam:
    case QChar::Script_Sinhala:
    case QChar::Script_Khmer:
    case QChar::Script_Myanmar:
        return true;
    default:
        return false;
    }
}

/// Scripts without spaces between words, where a zero width space says where a line may break.
bool runsOn(char32_t c)
{
    switch (QChar::script(c)) {
    case QChar::Script_Khmer:
    case QChar::Script_Thai:
    case QChar::Script_Lao:
    case QChar::Script_Myanmar:
    case QChar::Script_Tibetan:
    case QChar::Script_Javanese:
    case QChar::Script_Balinese:
        return true;
    default:
        return false;
    }
}

bool isRightToLeft(char32_t c)
{
    const auto direction = QChar::direction(c);
    return QChar::isLetter(c) && (direction == QChar::DirR || direction == QChar::DirAL);
}

bool isPictograph(char32_t c)
{
    return (c >= 0x1F000 && c <= 0x1FAFF) || QChar::category(c) == QChar::Symbol_Other
        || QChar::category(c) == QChar::Symbol_Math || QChar::category(c) == QChar::Symbol_Modifier;
}

struct Point {
    qsizetype offset;
    char32_t code;
    [[nodiscard]] qsizetype length() const { return QChar::requiresSurrogates(code) ? 2 : 1; }
};

std::vector<Point> pointsOf(QStringView line)
{
    std::vector<Point> points;
    points.reserve(size_t(line.size()));
    for (qsizetype i = 0; i < line.size(); ++i) {
        if (line[i].isHighSurrogate() && i + 1 < line.size() && line[i + 1].isLowSurrogate()) {
            points.push_back({i, QChar::surrogateToUcs4(line[i], line[i + 1])});
            ++i;
        } else {
            points.push_back({i, line[i].unicode()});
        }
    }
    return points;
}

/// A joiner inside a word of a script that needs it, or inside one emoji.
bool isHonest(const std::vector<Point> &points, size_t at)
{
    const char32_t c = points[at].code;
    const char32_t before = at > 0 ? points[at - 1].code : 0;
    const char32_t after = at + 1 < points.size() ? points[at + 1].code : 0;
    if (c == 0xFE0F || c == 0xFE0E)
        return isPictograph(before) || before == '#' || before == '*' || (before >= '0' && before <= '9' && after == 0x20E3);
    if (c == 0x200D && (isPictograph(before) || before == 0xFE0F) && isPictograph(after))
        return true;
    if (c == 0x200D || c == 0x200C)
        return joins(before) && (joins(after) || after == 0 || after == ' ');
    if (c == 0x200B)
        return runsOn(before) && (runsOn(after) || after == 0 || after == ' ');
    return c >= 0x180B && c <= 0x180F && joins(before);
}

/// A mark of direction (U+200E, U+200F, U+061C) beside right-to-left text, with at most spaces and punctuation between: it
/// moves a full stop or a bracket to its right place. Between two ASCII letters it would only make two names of one.
bool isHonestMark(const std::vector<Point> &points, size_t at)
{
    const char32_t c = points[at].code;
    if (c != 0x200E && c != 0x200F && c != 0x061C)
        return false;
    const auto nearest = [&](int step) {
        qsizetype i = qsizetype(at) + step;
        for (int n = 0; n < 8 && i >= 0 && i < qsizetype(points.size()); ++n, i += step) {
            const char32_t other = points[size_t(i)].code;
            if (isRightToLeft(other))
                return true;
            if (isAsciiLetter(other) || other == '_')
                return false;
        }
        return false;
    };
    return nearest(-1) || nearest(1);
}

void findAmbiguous(const std::vector<Point> &points, std::vector<HiddenCharacter> &found)
{
    for (size_t start = 0; start < points.size();) {
        if (points[start].code == 0x037E) { // draws as a semicolon, anywhere
            found.push_back({points[start].offset, 1, points[start].code, HiddenClass::Ambiguous});
            ++start;
            continue;
        }
        if (!isWordPart(points[start].code)) {
            ++start;
            continue;
        }
        size_t end = start;
        bool ascii = false;
        bool foreign = false;
        std::vector<HiddenCharacter> here;
        for (; end < points.size() && isWordPart(points[end].code) && points[end].code != 0x037E; ++end) {
            const auto &p = points[end];
            if (isAsciiLetter(p.code))
                ascii = true;
            else if (p.code >= 0x80 && in(ambiguous, p.code))
                here.push_back({p.offset, p.length(), p.code, HiddenClass::Ambiguous});
            else if (p.code >= 0x80)
                foreign = true;
        }
        if (ascii && !foreign)
            found.insert(found.end(), here.begin(), here.end());
        start = end;
    }
}

} // namespace

std::vector<HiddenCharacter> findHidden(QStringView line)
{
    std::vector<HiddenCharacter> found;
    const bool plainAscii = std::all_of(line.begin(), line.end(), [](QChar c) {
        return (c.unicode() >= 0x20 && c.unicode() < 0x7F) || c == u'\t';
    });
    if (plainAscii)
        return found;
    const auto points = pointsOf(line);
    for (size_t i = 0; i < points.size(); ++i) {
        const char32_t c = points[i].code;
        if (in(reordering, c) && !isHonestMark(points, i))
            found.push_back({points[i].offset, points[i].length(), c, HiddenClass::Reordering});
        else if (!in(reordering, c) && in(hidden, c) && !isHonest(points, i))
            found.push_back({points[i].offset, points[i].length(), c, HiddenClass::Hidden});
    }
    findAmbiguous(points, found);
    std::sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.offset < b.offset; });
    return found;
}

QString nameOf(HiddenClass kind)
{
    switch (kind) {
    case HiddenClass::Reordering:
        return QStringLiteral("reordering");
    case HiddenClass::Hidden:
        return QStringLiteral("hidden");
    case HiddenClass::Ambiguous:
        break;
    }
    return QStringLiteral("ambiguous");
}

QString withoutTerminalCodes(const QString &text)
{
    if (!text.contains(u'\x1b') && !text.contains(u'\x9b'))
        return text;
    QString out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t c = text[i].unicode();
        const bool csi = c == 0x9b || (c == 0x1b && i + 1 < text.size() && text[i + 1] == u'[');
        if (csi) { // parameters 0x20-0x3F, then one final byte 0x40-0x7E
            qsizetype end = c == 0x9b ? i + 1 : i + 2;
            while (end < text.size() && text[end].unicode() >= 0x20 && text[end].unicode() <= 0x3F)
                ++end;
            const bool closed = end < text.size() && text[end].unicode() >= 0x40 && text[end].unicode() <= 0x7E;
            i = closed ? end : end - 1;
        } else if (c == 0x1b && i + 1 < text.size() && text[i + 1] == u']') { // up to BEL or ESC backslash
            qsizetype end = i + 2;
            while (end < text.size() && text[end] != u'\x07' && text[end] != u'\x1b' && text[end] != u'\n')
                ++end;
            if (end + 1 < text.size() && text[end] == u'\x1b' && text[end + 1] == u'\\')
                ++end;
            i = end < text.size() && text[end] != u'\n' ? end : end - 1;
        } else if (c != 0x1b) {
            out += text[i];
        }
    }
    return out;
}

QString plain(const QString &text, qsizetype cap)
{
    const bool asItIs = text.size() <= cap && std::all_of(text.begin(), text.end(), [](QChar c) { return (c >= u' ' && c < u'\x7f') || c == u'\t' || c == u'\n'; });
    if (asItIs)
        return text;
    QString whole = withoutTerminalCodes(text);
    whole.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    QString out;
    out.reserve(qMin(whole.size(), cap + 1));
    for (qsizetype start = 0; start <= whole.size() && out.size() <= cap;) {
        qsizetype end = start;
        const auto breaks = [](QChar c) {
            return c == u'\n' || c == u'\r' || c == QChar(0x2028) || c == QChar(0x2029);
        };
        while (end < whole.size() && !breaks(whole[end]))
            ++end;
        const QStringView line = QStringView(whole).mid(start, end - start);
        qsizetype from = 0;
        for (const auto &one : findHidden(line)) {
            if (one.kind == HiddenClass::Ambiguous)
                continue;
            out += line.mid(from, one.offset - from);
            if (one.codePoint >= 0xD800 && one.codePoint <= 0xDFFF)
                out += QChar(QChar::ReplacementCharacter);
            from = one.offset + one.length;
        }
        out += line.mid(from);
        if (end < whole.size())
            out += u'\n';
        start = end + 1;
    }
    if (out.size() <= cap)
        return out;
    const QString mark = QStringLiteral(" … [cut]");
    qsizetype keep = qMax<qsizetype>(0, cap - mark.size());
    if (keep > 0 && out[keep - 1].isHighSurrogate())
        --keep;
    return QString(out.left(keep) + mark).left(qMax<qsizetype>(cap, 0));
}

} // namespace coppice::text
