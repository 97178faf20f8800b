// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_row.h"

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
    const auto *line = m_source->line(m_line);
    painter->fillRect(boundingRect(), m_style->ground);
    if (!line || line->kind != DiffModel::Kind::Code)
        return;
    using K = review::AlignedRow::Kind;
    const auto &row = line->row;
    const qreal inner = width() - Bar;
    const qreal half = m_source->onlyOld() ? inner : m_source->onlyNew() ? 0 : qFloor(inner / 2);
    if (half > 0)
        paintSide(*painter, {QRectF(Bar, 0, half, height()), row.oldLine, &row.oldText, &row.oldWords, false,
                             row.kind == K::Changed || row.kind == K::Removed, row.oldNoNewline});
    if (half < inner)
        paintSide(*painter, {QRectF(Bar + half, 0, inner - half, height()), row.newLine, &row.newText, &row.newWords, true,
                             row.kind == K::Changed || row.kind == K::Added, row.newNoNewline});
    if (half > 0 && half < inner)
        painter->fillRect(QRectF(Bar + half, 0, 1, height()), m_style->border);
    const bool change = row.kind == K::Changed || row.kind == K::Removed || row.kind == K::Added;
    if (change)
        paintVerdict(*painter, line->hunk, line->hunk == m_source->currentHunk());
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
    if (side.differs)
        painter.fillRect(side.place, side.isNew ? m_style->added : m_style->removed);
    const qreal baseline = (height() - (code.lineHeight() / 1.18)) / 2 + code.ascent();
    const QString number = QString::number(side.number);
    const qreal numbers = m_source->digits() * code.charWidth();
    code.draw(painter, side.place.x() + Gap + numbers - code.widthOf(number), baseline, number,
              side.differs ? ink : m_style->muted);
    const qreal signs = side.place.x() + Gap + numbers + Gap;
    if (side.differs)
        code.draw(painter, signs, baseline, side.isNew ? QStringLiteral("+") : QStringLiteral("-"), ink);
    painter.save();
    const qreal left = signs + Sign;
    painter.setClipRect(QRectF(left - 2, 0, side.place.right() - left, height()));
    paintText(painter, side, left - m_style->sideways);
    painter.restore();
}

void DiffRow::paintText(QPainter &painter, const Side &side, qreal left) const
{
    const auto &code = m_style->painter();
    const qreal baseline = (height() - (code.lineHeight() / 1.18)) / 2 + code.ascent();
    const QColor wordInk = side.isNew ? m_style->addedInk : m_style->removedInk;
    qreal x = left;
    for (const auto &piece : codePieces(*side.text, m_source->spans(side.isNew, side.number), *side.words)) {
        const qreal wide = code.widthOf(piece.text);
        if (x + wide >= side.place.left() && x < side.place.right()) {
            QColor ink = m_style->ink(piece.style);
            if (piece.suspicious) {
                const bool ambiguous = *piece.suspicious == text::HiddenClass::Ambiguous;
                ink = ambiguous ? m_style->warning : m_style->danger;
                painter.fillRect(QRectF(x, 1, wide, height() - 2), ambiguous ? m_style->warningGround : m_style->dangerGround);
                painter.setPen(ink);
                painter.drawRect(QRectF(x, 1, wide - 1, height() - 3));
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
}

} // namespace coppice::ui
