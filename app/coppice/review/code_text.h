// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <highlight/highlighter.h>
#include <review/rows.h>
#include <text/hidden.h>

#include <QColor>
#include <QFont>
#include <QRawFont>

#include <array>
#include <optional>

class QPainter;

namespace coppice::ui {

/// A piece of a line that is drawn alike.
struct CodePiece {
    QString text; ///< as drawn: tabs widened, hidden characters written out
    int column = 0;
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

/// Draws lines of source in one font: ASCII straight from glyph indices (four times cheaper than laying text out, and
/// without ligatures: != stays two characters), anything else laid out without shaping.
class CodePainter
{
public:
    void setFont(const QFont &font);
    [[nodiscard]] const QFont &font() const { return m_font; }
    [[nodiscard]] qreal charWidth() const { return m_charWidth; }
    [[nodiscard]] int lineHeight() const { return m_lineHeight; }
    [[nodiscard]] qreal ascent() const { return m_ascent; }
    /// Draws text with its baseline at `y`; answers its width.
    qreal draw(QPainter &painter, qreal x, qreal y, const QString &text, const QColor &ink) const;
    [[nodiscard]] qreal widthOf(const QString &text) const;

private:
    QFont m_font;
    QRawFont m_raw;
    std::array<quint32, 128> m_glyphs{};
    qreal m_charWidth = 8;
    qreal m_ascent = 12;
    int m_lineHeight = 20;
};

} // namespace coppice::ui
