// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <highlight/highlighter.h>
#include <review/rows.h>
#include <text/hidden.h>

#include "code_cells.h"

#include <QColor>
#include <QFont>
#include <QHash>
#include <QPointF>
#include <QRawFont>

#include <array>
#include <optional>

class QPainter;

namespace coppice::ui {

/// A piece of a line that is drawn alike.
struct CodePiece {
    QString text; ///< as drawn: tabs widened, hidden characters written out
    int column = 0; ///< cell at which it begins
    highlight::Style style = highlight::Style::Normal;
    bool word = false;                          ///< in a changed word
    bool hit = false;                           ///< in a place that was searched for
    std::optional<text::HiddenClass> suspicious; ///< written out, or looking like another letter
};
/// A line of source as pieces. A character that cannot be seen, or that turns the order of others round, is written out
/// as its code point; nothing of the line can hide.
[[nodiscard]] std::vector<CodePiece> codePieces(const QString &line, const highlight::LineSpans *spans,
                                                const std::vector<review::WordChange> &words,
                                                const std::vector<review::WordChange> &hits = {});

/// Lines of source as text for a place that paints none of them: tabs widened, and what cannot be seen or turns the order
/// round written out as code points, so that nothing hides there either. Over `most` signs the rest is counted.
[[nodiscard]] QString writtenOut(const QString &lines, qsizetype most = 20'000);

class CodePainter;
/// Where a line of source breaks that is shown in rows of `cells` cells: the offsets at which the second and further rows begin.
/// After a blank where one is near, else anywhere between two signs.
[[nodiscard]] std::vector<qsizetype> codeBreaks(const CodePainter &painter, const QString &text, int cells);

/// Draws lines of source in one font, in cells: signs straight from glyph indices that are looked up once (four times cheaper than
/// laying text out, and without ligatures: != stays two characters); scripts that need shaping are laid out word by word.
class CodePainter
{
public:
    void setFont(const QFont &font);
    [[nodiscard]] const QFont &font() const { return m_font; }
    [[nodiscard]] qreal charWidth() const { return m_charWidth; }
    [[nodiscard]] int lineHeight() const { return m_lineHeight; }
    [[nodiscard]] qreal ascent() const { return m_ascent; }
    /// Draws text with its baseline at `y`; answers its width.
    qreal draw(QPainter &painter, qreal x, qreal y, QStringView text, const QColor &ink) const;
    [[nodiscard]] qreal widthOf(QStringView text) const { return m_charWidth * cellsIn(text); }
    [[nodiscard]] int cellsIn(QStringView text) const;
    /// The part at `from` with its true width.
    [[nodiscard]] CodePart partAt(QStringView text, qsizetype from) const;

private:
    struct Glyph {
        int font = -1; ///< in m_fonts; -1: not one glyph
        quint32 index = 0;
        qreal shift = 0; ///< to the middle of its cells
    };
    [[nodiscard]] const Glyph &glyphOf(char32_t codePoint, int cells) const;
    void drawAscii(QPainter &painter, QPointF at, QStringView text) const;
    void drawOther(QPainter &painter, QPointF at, QStringView text, const CodePart &part) const;

    QFont m_font;
    QRawFont m_raw;
    std::array<quint32, 128> m_glyphs{};
    std::vector<QPointF> m_places; ///< of the cells of a row
    mutable QHash<char32_t, Glyph> m_known;
    mutable std::vector<QRawFont> m_fonts;
    mutable QHash<QString, int> m_widths; ///< cells of what was shaped
    qreal m_charWidth = 8;
    qreal m_ascent = 12;
    int m_lineHeight = 20;
};

} // namespace coppice::ui
