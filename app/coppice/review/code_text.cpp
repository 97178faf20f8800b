// SPDX-License-Identifier: GPL-3.0-or-later
#include "code_text.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QGlyphRun>
#include <QPainter>

namespace coppice::ui {

namespace {
constexpr int TabWidth = 4;
constexpr qsizetype LongestDrawn = 8'000; ///< at once; what follows is cut with a mark

/// What is known of one UTF-16 unit of a line.
struct Unit {
    highlight::Style style = highlight::Style::Normal;
    bool word = false;
    bool hit = false;
};

QString writtenOut(char32_t codePoint)
{
    return QStringLiteral("‹U+%1›").arg(uint(codePoint), 4, 16, QLatin1Char('0')).toUpper();
}

bool isAscii(const QString &text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() >= 0x20 && c.unicode() < 0x7f; });
}
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
    const auto add = [&](const QString &text, const Unit &unit, std::optional<text::HiddenClass> suspicious) {
        if (!pieces.empty() && pieces.back().style == unit.style && pieces.back().word == unit.word && pieces.back().hit == unit.hit &&
            pieces.back().suspicious == suspicious && !suspicious) {
            pieces.back().text += text;
        } else {
            pieces.push_back({text, column, unit.style, unit.word, unit.hit, suspicious});
        }
        column += int(text.size());
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
            add(line.mid(i, 1), units[size_t(i)], {});
            ++i;
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
}

qreal CodePainter::widthOf(const QString &text) const
{
    return isAscii(text) ? qreal(text.size()) * m_charWidth : QFontMetricsF(m_font).horizontalAdvance(text);
}

qreal CodePainter::draw(QPainter &painter, qreal x, qreal y, const QString &text, const QColor &ink) const
{
    painter.setPen(ink);
    if (!isAscii(text) || !m_raw.isValid()) {
        painter.setFont(m_font);
        painter.drawText(QPointF(x, y), text);
        return QFontMetricsF(m_font).horizontalAdvance(text);
    }
    QList<quint32> glyphs(text.size());
    QList<QPointF> places(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        glyphs[i] = m_glyphs[size_t(text[i].unicode())];
        places[i] = QPointF(qreal(i) * m_charWidth, 0);
    }
    QGlyphRun run;
    run.setRawFont(m_raw);
    run.setGlyphIndexes(glyphs);
    run.setPositions(places);
    painter.drawGlyphRun(QPointF(x, y), run);
    return qreal(text.size()) * m_charWidth;
}

} // namespace coppice::ui
