// SPDX-License-Identifier: GPL-3.0-or-later
#include "code_text.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QGlyphRun>
#include <QPainter>
#include <QTextLayout>

namespace coppice::ui {

namespace {
constexpr int TabWidth = 4;
constexpr qsizetype LongestDrawn = 8'000; ///< at once; what follows is cut with a mark

/// What is known of one UTF-16 unit of a line.
struct Unit {
    highlight::Style style = highlight::Style::Normal;
    bool word = false;
    bool hit = false;
    bool operator==(const Unit &) const = default;
};

QString writtenOut(char32_t codePoint)
{
    return QStringLiteral("‹U+%1›").arg(uint(codePoint), 4, 16, QLatin1Char('0')).toUpper();
}

constexpr int CellsPlaced = 512;  ///< whose places are made once
constexpr int MostKept = 20'000; ///< signs and shaped words
} // namespace

std::vector<CodePiece> codePieces(const QString &whole, const highlight::LineSpans *spans,
                                  const std::vector<review::WordChange> &words, const std::vector<review::WordChange> &hits)
{
    const QString line = whole.left(LongestDrawn);
    std::vector<Unit> units(size_t(line.size()));
    if (spans) {
        for (const auto &span : *spans) {
            for (int i = span.offset; i < span.offset + span.length && i < line.size(); ++i)
                units[size_t(i)].style = span.style;
        }
    }
    for (const auto &word : words) {
        for (int i = word.offset; i < word.offset + word.length && i < line.size(); ++i)
            units[size_t(i)].word = true;
    }
    for (const auto &hit : hits) {
        for (int i = hit.offset; i < hit.offset + hit.length && i < line.size(); ++i)
            units[size_t(i)].hit = true;
    }
    const auto hidden = text::findHidden(line);

    std::vector<CodePiece> pieces;
    int column = 0;
    const auto add = [&](QStringView text, const Unit &unit, std::optional<text::HiddenClass> suspicious) {
        if (!pieces.empty() && pieces.back().style == unit.style && pieces.back().word == unit.word && pieces.back().hit == unit.hit &&
            pieces.back().suspicious == suspicious && !suspicious) {
            pieces.back().text += text;
        } else {
            pieces.push_back({text.toString(), column, unit.style, unit.word, unit.hit, suspicious});
        }
        column += cellsOf(text);
    };
    size_t next = 0;
    for (qsizetype i = 0; i < line.size();) {
        if (next < hidden.size() && hidden[next].offset == i) {
            const auto &found = hidden[next++];
            const qsizetype length = std::max<qsizetype>(1, found.length);
            // A letter that looks like another one is drawn as it is, and marked; the others would not be seen at all.
            const bool drawn = found.kind == text::HiddenClass::Ambiguous;
            add(drawn ? line.mid(i, length) : writtenOut(found.codePoint), units[size_t(i)], found.kind);
            i += length;
        } else if (line[i] == u'\t') {
            add(QString(TabWidth - column % TabWidth, u' '), units[size_t(i)], {});
            ++i;
        } else {
            const qsizetype until = next < hidden.size() ? hidden[next].offset : line.size();
            qsizetype end = i + 1;
            while (end < until && line[end] != u'\t' && units[size_t(end)] == units[size_t(i)])
                ++end;
            add(QStringView(line).mid(i, end - i), units[size_t(i)], {});
            i = end;
        }
    }
    if (whole.size() > LongestDrawn)
        add(QStringLiteral(" … %1 more characters").arg(whole.size() - LongestDrawn), {highlight::Style::Comment, false}, {});
    return pieces;
}

QString writtenOut(const QString &lines, qsizetype most)
{
    QStringList out;
    const QStringList all = lines.left(most).split(u'\n');
    for (const auto &line : all) {
        QString text;
        for (const auto &piece : codePieces(line, nullptr, {}))
            text += piece.text;
        out << text;
    }
    if (lines.size() > most)
        out.last() += QCoreApplication::translate("CodeText", " … %1 more characters").arg(lines.size() - most);
    return out.join(u'\n');
}

std::vector<qsizetype> codeBreaks(const CodePainter &painter, const QString &text, int cells)
{
    std::vector<qsizetype> breaks;
    qsizetype begin = 0, blank = -1; // of the row, after the last blank in it
    int used = 0;
    cells = std::max(2, cells);
    for (qsizetype at = 0; at < text.size();) {
        auto part = painter.partAt(text, at);
        const bool ascii = part.kind == CodePart::Kind::Ascii;
        if (used + part.cells <= cells) {
            if (ascii) {
                const auto last = QStringView(text).mid(at, part.length).lastIndexOf(u' ');
                blank = last >= 0 ? at + last + 1 : blank;
            }
            used += part.cells;
            at += part.length;
            continue;
        }
        qsizetype to = at;
        if (ascii) {
            to = at + cells - used;
            const auto last = QStringView(text).mid(at, to - at).lastIndexOf(u' ');
            blank = last >= 0 ? at + last + 1 : blank;
        }
        if (blank > begin + (to - begin) / 2)
            to = blank;
        if (to <= begin) // one part is wider than a row
            to = at + part.length;
        if (to < text.size())
            breaks.push_back(to);
        begin = at = to;
        blank = -1;
        used = 0;
    }
    return breaks;
}

void CodePainter::setFont(const QFont &font)
{
    m_font = font;
    m_font.setStyleStrategy(QFont::StyleStrategy(QFont::PreferAntialias | QFont::PreferNoShaping));
    m_font.setKerning(false);
    m_raw = QRawFont::fromFont(m_font);
    const QFontMetricsF metrics(m_font);
    m_charWidth = metrics.horizontalAdvance(u'0');
    m_ascent = metrics.ascent();
    m_lineHeight = qCeil(metrics.height() * 1.18);
    QString ascii;
    for (char16_t c = 0; c < 128; ++c)
        ascii += QChar(c < 0x20 ? u' ' : c);
    const auto glyphs = m_raw.glyphIndexesForString(ascii);
    for (qsizetype i = 0; i < glyphs.size() && i < 128; ++i)
        m_glyphs[size_t(i)] = glyphs[i];
    m_places.clear();
    for (int i = 0; i < CellsPlaced; ++i)
        m_places.emplace_back(i * m_charWidth, 0);
    m_known.clear();
    m_fonts.clear();
    m_widths.clear();
}

CodePart CodePainter::partAt(QStringView text, qsizetype from) const
{
    CodePart part = codePartAt(text, from);
    if (part.kind != CodePart::Kind::Joined)
        return part;
    const QString words = text.mid(part.from, part.length).toString();
    auto known = m_widths.constFind(words);
    if (known == m_widths.cend()) {
        if (m_widths.size() > MostKept)
            m_widths.clear();
        known = m_widths.insert(words, std::max(1, qCeil(QFontMetricsF(m_font).horizontalAdvance(words) / m_charWidth - 0.05)));
    }
    part.cells = *known;
    return part;
}

int CodePainter::cellsIn(QStringView text) const
{
    int cells = 0;
    for (qsizetype at = 0; at < text.size();) {
        const auto part = partAt(text, at);
        cells += part.cells;
        at += part.length;
    }
    return cells;
}

const CodePainter::Glyph &CodePainter::glyphOf(char32_t codePoint, int cells) const
{
    const auto found = m_known.constFind(codePoint);
    if (found != m_known.cend())
        return *found;
    if (m_known.size() > MostKept)
        m_known.clear();
    Glyph glyph;
    QTextLayout layout(QString::fromUcs4(&codePoint, 1), m_font);
    layout.beginLayout();
    const auto line = layout.createLine();
    layout.endLayout();
    const auto runs = layout.glyphRuns();
    if (line.isValid() && runs.size() == 1 && runs[0].glyphIndexes().size() == 1) {
        const QRawFont font = runs[0].rawFont();
        const auto place = std::find(m_fonts.begin(), m_fonts.end(), font);
        glyph.font = int(place - m_fonts.begin());
        if (place == m_fonts.end())
            m_fonts.push_back(font);
        glyph.index = runs[0].glyphIndexes().constFirst();
        glyph.shift = std::max(0.0, (cells * m_charWidth - line.naturalTextWidth()) / 2);
    }
    return *m_known.insert(codePoint, glyph);
}

void CodePainter::drawAscii(QPainter &painter, QPointF at, QStringView text) const
{
    quint32 glyphs[CellsPlaced];
    for (qsizetype from = 0; from < text.size(); from += CellsPlaced) {
        const int count = int(std::min<qsizetype>(CellsPlaced, text.size() - from));
        for (int i = 0; i < count; ++i)
            glyphs[i] = m_glyphs[size_t(text[from + i].unicode())];
        QGlyphRun run;
        run.setRawFont(m_raw);
        run.setRawData(glyphs, m_places.data(), count);
        painter.drawGlyphRun(at + QPointF(qreal(from) * m_charWidth, 0), run);
    }
}

void CodePainter::drawOther(QPainter &painter, QPointF at, QStringView text, const CodePart &part) const
{
    const QStringView own = text.mid(part.from, part.length);
    if (part.kind == CodePart::Kind::Sign) {
        const auto &glyph = glyphOf(own.size() == 2 ? QChar::surrogateToUcs4(own[0], own[1]) : own[0].unicode(), part.cells);
        if (glyph.font >= 0) {
            const QPointF place(glyph.shift, 0);
            QGlyphRun run;
            run.setRawFont(m_fonts[size_t(glyph.font)]);
            run.setRawData(&glyph.index, &place, 1);
            painter.drawGlyphRun(at, run);
            return;
        }
    }
    painter.setFont(m_font);
    painter.drawText(at, own.toString());
}

qreal CodePainter::draw(QPainter &painter, qreal x, qreal y, QStringView text, const QColor &ink) const
{
    painter.setPen(ink);
    const qreal begin = x;
    for (qsizetype at = 0; at < text.size();) {
        const auto part = partAt(text, at);
        if (part.kind == CodePart::Kind::Ascii && m_raw.isValid())
            drawAscii(painter, QPointF(x, y), text.mid(at, part.length));
        else
            drawOther(painter, QPointF(x, y), text, part);
        x += part.cells * m_charWidth;
        at += part.length;
    }
    return x - begin;
}

} // namespace coppice::ui
