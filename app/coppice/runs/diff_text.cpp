// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_text.h"

#include <QPainter>

namespace coppice::ui {

namespace {
constexpr qreal Margin = 8;
constexpr qreal Sign = 16; ///< column of + and −
} // namespace

DiffText::DiffText(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setOpaquePainting(true);
}

void DiffText::setLines(const QStringList &lines)
{
    if (m_lines == lines)
        return;
    m_lines = lines;
    measure();
    Q_EMIT changed();
}

void DiffText::setStyle(DiffStyle *style)
{
    if (m_style == style)
        return;
    if (m_style)
        m_style->disconnect(this);
    m_style = style;
    if (m_style)
        connect(m_style, &DiffStyle::changed, this, &DiffText::measure);
    measure();
    Q_EMIT changed();
}

void DiffText::measure()
{
    setImplicitHeight(m_style ? double(m_lines.size()) * m_style->lineHeight() : 0);
    update();
}

void DiffText::paint(QPainter *painter)
{
    if (!m_style)
        return;
    painter->fillRect(boundingRect(), m_style->ground);
    const auto &code = m_style->painter();
    const qreal height = m_style->lineHeight();
    const qreal rise = (height - (code.lineHeight() / 1.18)) / 2 + code.ascent();
    qreal y = 0;
    for (const auto &line : m_lines) {
        const QChar sign = line.isEmpty() ? u' ' : line.front();
        const bool added = sign == u'+', removed = sign == u'-', head = sign == u'@';
        if (added || removed)
            painter->fillRect(QRectF(0, y, width(), height), added ? m_style->added : m_style->removed);
        else if (head)
            painter->fillRect(QRectF(0, y, width(), height), m_style->blank);
        if (added || removed)
            code.draw(*painter, Margin, y + rise, QString(sign), added ? m_style->addedInk : m_style->removedInk);
        qreal x = Margin + (head ? 0 : Sign);
        for (const auto &piece : codePieces(head ? line : line.mid(1), nullptr, {})) {
            if (x > width())
                break;
            const qreal wide = code.widthOf(piece.text);
            if (piece.suspicious)
                painter->fillRect(QRectF(x, y + 1, wide, height - 2), m_style->dangerGround);
            code.draw(*painter, x, y + rise, piece.text, piece.suspicious ? m_style->danger : head ? m_style->muted : m_style->text);
            x += wide;
        }
        y += height;
    }
}

} // namespace coppice::ui
