// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial_marks.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace coppice::ui {

TrialMarks::TrialMarks(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    connect(this, &TrialMarks::changed, this, [this] { update(); });
}

int TrialMarks::shown() const
{
    const int room = int(width()) / Step;
    return int(m_marks.size()) <= room ? int(m_marks.size()) : std::max(0, room - 1);
}

int TrialMarks::at(double x) const
{
    const int mark = int(x) / Step;
    return x >= 0 && mark < shown() ? mark : -1;
}

void TrialMarks::paint(QPainter *painter)
{
    constexpr double size = 14;
    const double top = std::round((height() - size) / 2);
    // The chosen one stands where it can be seen.
    const int count = shown(), first = m_chosen >= count ? m_chosen - count + 1 : 0;
    for (int i = 0; i < count; ++i) {
        const QChar mark = m_marks[first + i];
        const QRectF box(Step * i + 2, top, size, size);
        if (first + i == m_chosen) {
            painter->setPen(QPen(m_ring, 1.6));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(box.adjusted(-2, -2, 2, 2), 4, 4);
        }
        QPainterPath sign;
        if (mark == u'p') {
            painter->setPen(Qt::NoPen);
            painter->setBrush(m_passed);
            painter->drawEllipse(box);
            sign.moveTo(box.left() + 3.8, box.top() + 7.3);
            sign.lineTo(box.left() + 6.2, box.top() + 9.7);
            sign.lineTo(box.left() + 10.4, box.top() + 4.8);
        } else if (mark == u'f') {
            painter->setPen(Qt::NoPen);
            painter->setBrush(m_failed);
            painter->drawRoundedRect(box, 2, 2);
            sign.moveTo(box.left() + 4, box.top() + 4);
            sign.lineTo(box.left() + 10, box.top() + 10);
            sign.moveTo(box.left() + 10, box.top() + 4);
            sign.lineTo(box.left() + 4, box.top() + 10);
        } else {
            QPolygonF shape;
            if (mark == u'm')
                shape << QPointF(box.center().x(), box.top() + 1) << QPointF(box.right() - 1, box.bottom() - 1) << QPointF(box.left() + 1, box.bottom() - 1);
            else
                shape << QPointF(box.center().x(), box.top() + 0.5) << QPointF(box.right() - 0.5, box.center().y()) << QPointF(box.center().x(), box.bottom() - 0.5)
                      << QPointF(box.left() + 0.5, box.center().y());
            painter->setPen(QPen(m_broken, 1.6));
            painter->setBrush(Qt::NoBrush);
            painter->drawPolygon(shape);
            continue;
        }
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(m_ground, 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->drawPath(sign);
    }
    if (count < m_marks.size()) {
        painter->setPen(m_ring);
        painter->drawText(QRectF(Step * count, 0, width() - Step * count, height()), Qt::AlignVCenter | Qt::AlignLeft, QStringLiteral("+%1").arg(m_marks.size() - count));
    }
}

} // namespace coppice::ui
