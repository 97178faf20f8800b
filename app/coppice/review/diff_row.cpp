// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_row.h"

#include <review/find.h>

#include <QLocale>
#include <QPainter>

namespace coppice::ui {

namespace {
constexpr qreal Bar = 6;   ///< at the left of the row: the verdict
constexpr qreal Gap = 8;   ///< around the number
constexpr qreal Sign = 16; ///< column of + and −
} // namespace

DiffRow::DiffRow(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setOpaquePainting(true);
}

void DiffRow::setStyle(DiffStyle *style)
{
    if (m_style == style)
        return;
    if (m_style)
        m_style->disconnect(this);
    m_style = style;
    if (m_style)
        connect(m_style, &DiffStyle::changed, this, [this] { update(); });
    update();
    Q_EMIT changed();
}

void DiffRow::setLine(int line)
{
    if (m_line == line)
        return;
    m_line = line;
    update();
    Q_EMIT changed();
}

void DiffRow::setStamp(int stamp)
{
    if (m_stamp == stamp)
        return;
    m_stamp = stamp;
    update();
    Q_EMIT changed();
}

void DiffRow::paint(QPainter *painter)
{
    if (!m_source || !m_style)
        return;
    painter->fillRect(boundingRect(), m_style->ground);
    // Of a line that is too long to be laid out, what is in sight, and a little before it.
    const auto from = std::max<qint64>(0, qint64(m_style->sideways / m_style->charWidth()) - 64);
    const auto line = m_source->line(m_line, from);
    if (!line || line->kind != DiffModel::Kind::Code)
        return;
    if (m_source->unified())
        paintUnified(*painter, *line);
    else
        paintSplit(*painter, *line);
    using K = review::AlignedRow::Kind;
    if (line->row.kind == K::Changed || line->row.kind == K::Removed || line->row.kind == K::Added)
        paintVerdict(*painter, line->hunk, line->hunk == m_source->currentHunk());
    if (m_line == m_style->findRow) {
        painter->setPen(m_style->warning);
        painter->drawRect(boundingRect().adjusted(0, 0, -1, -1));
    }
}

void DiffRow::paintSplit(QPainter &painter, const DiffModel::Line &line) const
{
    using K = review::AlignedRow::Kind;
    const auto &row = line.row;
    const qreal inner = width() - Bar;
    const qreal half = m_source->onlyOld() ? inner : m_source->onlyNew() ? 0 : qFloor(inner / 2);
    if (half > 0)
        paintSide(painter, {QRectF(Bar, 0, half, height()), row.oldLine, 0, row.oldAt, row.oldBytes, &row.oldText, &row.oldWords, false,
                            row.kind == K::Changed || row.kind == K::Removed, row.oldNoNewline, &row.oldEnd});
    if (half < inner)
        paintSide(painter, {QRectF(Bar + half, 0, inner - half, height()), row.newLine, 0, row.newAt, row.newBytes, &row.newText,
                            &row.newWords, true, row.kind == K::Changed || row.kind == K::Added, row.newNoNewline, &row.newEnd});
    if (half > 0 && half < inner)
        painter.fillRect(QRectF(Bar + half, 0, 1, height()), m_style->border);
}

void DiffRow::paintUnified(QPainter &painter, const DiffModel::Line &line) const
{
    using K = review::AlignedRow::Kind;
    const auto &row = line.row;
    const QRectF place(Bar, 0, width() - Bar, height());
    if (row.kind == K::Removed)
        paintSide(painter, {place, row.oldLine, 0, row.oldAt, row.oldBytes, &row.oldText, &row.oldWords, false, true, row.oldNoNewline, &row.oldEnd});
    else
        paintSide(painter, {place, row.newLine, row.oldLine, row.newAt, row.newBytes, &row.newText, &row.newWords, true,
                            row.kind != K::Context, row.newNoNewline, &row.newEnd});
}

void DiffRow::paintVerdict(QPainter &painter, int hunk, bool current) const
{
    using V = review::Decision::Verdict;
    const V verdict = m_source->verdict(hunk);
    if (verdict == V::Accepted) {
        painter.fillRect(QRectF(0, 0, 4, height()), m_style->addedInk);
    } else if (verdict == V::Rejected) {
        // Dashed, so that it differs from an accepted one without colour.
        for (qreal y = 1; y < height(); y += 6)
            painter.fillRect(QRectF(0, y, 4, 3), m_style->removedInk);
    } else if (current) {
        painter.fillRect(QRectF(0, 0, 4, height()), m_style->accent);
    }
}

void DiffRow::paintSide(QPainter &painter, const Side &side) const
{
    const auto &code = m_style->painter();
    if (side.number <= 0) {
        painter.fillRect(side.place, m_style->blank);
        return;
    }
    const QColor ink = side.isNew ? m_style->addedInk : m_style->removedInk;
    const bool moved = side.differs && m_source->movedAt(side.isNew, side.number);
    if (side.differs)
        painter.fillRect(side.place, moved ? m_style->infoGround : side.isNew ? m_style->added : m_style->removed);
    const qreal baseline = (height() - (code.lineHeight() / 1.18)) / 2 + code.ascent();
    const qreal numbers = m_source->digits() * code.charWidth();
    qreal signs = side.place.x() + Gap + numbers + Gap;
    const auto put = [&](int number, qreal right) {
        if (number <= 0)
            return;
        const QString text = QString::number(number);
        code.draw(painter, right - code.widthOf(text), baseline, text, side.differs ? ink : m_style->muted);
    };
    if (m_source->unified()) {
        signs += numbers + Gap;
        put(side.isNew ? side.other : side.number, side.place.x() + Gap + numbers);
        put(side.isNew ? side.number : 0, signs - Gap);
    } else {
        put(side.number, signs - Gap);
    }
    if (side.differs)
        code.draw(painter, signs, baseline, side.isNew ? QStringLiteral("+") : QStringLiteral("-"), ink);
    painter.save();
    const qreal left = signs + Sign;
    painter.setClipRect(QRectF(left - 2, 0, side.place.right() - left, height()));
    paintText(painter, side, left - m_style->sideways + qreal(side.at) * code.charWidth());
    painter.restore();
    paintRest(painter, side, left, baseline);
    if (moved)
        paintMoved(painter, side, baseline);
}

/// How much of a long line lies beyond the edge.
void DiffRow::paintRest(QPainter &painter, const Side &side, qreal left, qreal baseline) const
{
    const auto &code = m_style->painter();
    const auto seen = qint64((m_style->sideways + side.place.right() - left) / code.charWidth());
    const qint64 rest = side.bytes - seen;
    if (side.bytes <= review::AlignedFile::longest || rest <= 0)
        return;
    const QString text = QStringLiteral(" … %1 ").arg(QLocale::c().toString(rest));
    const qreal wide = code.charWidth() * qreal(text.size());
    painter.fillRect(QRectF(side.place.right() - wide, 1, wide, height() - 2), m_style->warningGround);
    code.draw(painter, side.place.right() - wide, baseline, text, m_style->warning);
}

/// Three classes, told apart without colour too: what turns the order round is filled, what cannot be seen is framed, what
/// looks like something else is underlined by dots. Answers the ink to draw with.
QColor DiffRow::paintSuspicious(QPainter &painter, const QRectF &place, text::HiddenClass kind) const
{
    if (kind == text::HiddenClass::Reordering) {
        painter.fillRect(place, m_style->danger);
        return m_style->ground;
    }
    if (kind == text::HiddenClass::Hidden) {
        painter.fillRect(place, m_style->dangerGround);
        painter.setPen(m_style->danger);
        painter.drawRect(place.adjusted(0, 0, -1, -1));
        return m_style->danger;
    }
    painter.fillRect(place, m_style->warningGround);
    for (qreal x = place.left(); x < place.right(); x += 4)
        painter.fillRect(QRectF(x, place.bottom() - 2, 2, 2), m_style->warning);
    return m_style->warning;
}

/// A block that was moved: its bounds, and at its first line where the other place is.
void DiffRow::paintMoved(QPainter &painter, const Side &side, qreal baseline) const
{
    const auto *moved = m_source->movedAt(side.isNew, side.number);
    if (!moved)
        return;
    const auto &code = m_style->painter();
    const QRectF &place = side.place;
    painter.fillRect(QRectF(place.left(), 0, 3, height()), m_style->info);
    if (side.number == moved->line + moved->lines - 1)
        painter.fillRect(QRectF(place.left(), height() - 1, place.width(), 1), m_style->info);
    if (side.number != moved->line)
        return;
    painter.fillRect(QRectF(place.left(), 0, place.width(), 1), m_style->info);
    const QString text = (side.isNew ? tr(" from %1 ") : tr(" to %1 ")).arg(moved->other);
    const qreal wide = code.widthOf(text);
    painter.fillRect(QRectF(place.right() - wide, 1, wide, height() - 1), m_style->infoGround);
    code.draw(painter, place.right() - wide, baseline, text, m_style->info);
}

void DiffRow::paintText(QPainter &painter, const Side &side, qreal left) const
{
    const auto &code = m_style->painter();
    const qreal baseline = (height() - (code.lineHeight() / 1.18)) / 2 + code.ascent();
    const QColor wordInk = side.isNew ? m_style->addedInk : m_style->removedInk;
    qreal x = left;
    const auto spans = side.at == 0 ? m_source->spans(side.isNew, side.number) : highlight::LineSpans();
    const auto hits = review::findInLine(*side.text, m_style->find);
    for (const auto &piece : codePieces(*side.text, &spans, *side.words, hits)) {
        const qreal wide = code.widthOf(piece.text);
        if (x + wide >= side.place.left() && x < side.place.right()) {
            QColor ink = m_style->ink(piece.style);
            if (piece.suspicious) {
                ink = paintSuspicious(painter, QRectF(x, 1, wide, height() - 2), *piece.suspicious);
            } else if (piece.hit) {
                painter.fillRect(QRectF(x, 1, wide, height() - 2), m_style->warningGround);
                painter.fillRect(QRectF(x, height() - 3, wide, 2), m_style->warning);
            } else if (piece.word) {
                painter.fillRect(QRectF(x, 1, wide, height() - 2), side.isNew ? m_style->wordAdded : m_style->wordRemoved);
                painter.fillRect(QRectF(x, height() - 2, wide, 1), wordInk);
            }
            code.draw(painter, x, baseline, piece.text, ink);
        }
        x += wide;
    }
    if (side.noNewline)
        code.draw(painter, x + code.charWidth(), baseline, tr("(no newline at the end)"), m_style->muted);
    else if (!side.end->isEmpty())
        code.draw(painter, x + code.charWidth(), baseline, *side.end, wordInk);
}

} // namespace coppice::ui
