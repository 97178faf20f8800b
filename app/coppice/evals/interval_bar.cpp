// SPDX-License-Identifier: GPL-3.0-or-later
#include "interval_bar.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace coppice::ui {

IntervalBar::IntervalBar(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    connect(this, &IntervalBar::changed, this, [this] { update(); });
}

void IntervalBar::paint(QPainter *painter)
{
    constexpr double edge = 6, radius = 5; // a dot at the end is whole
    const double left = edge, right = width() - edge, middle = std::round(height() / 2);
    if (right <= left || m_to <= m_from)
        return;
    const auto x = [&](double value) { return left + (right - left) * (std::clamp(value, m_from, m_to) - m_from) / (m_to - m_from); };
    painter->setPen(QPen(m_grid, 1));
    painter->drawLine(QPointF(left, middle + 0.5), QPointF(right, middle + 0.5));
    for (const double share : {0.0, 0.5, 1.0}) {
        const double at = std::round(left + (right - left) * share) + 0.5;
        painter->drawLine(QPointF(at, middle - 7), QPointF(at, middle + 8));
    }
    if (!std::isfinite(m_value))
        return;
    painter->setPen(Qt::NoPen);
    if (std::isfinite(m_low) && std::isfinite(m_high)) {
        painter->setBrush(m_bar);
        painter->drawRoundedRect(QRectF(x(m_low), middle - 4, std::max(2.0, x(m_high) - x(m_low)), 9), 3, 3);
    }
    painter->setBrush(m_dot);
    painter->drawEllipse(QPointF(x(m_value), middle + 0.5), radius, radius);
}

} // namespace coppice::ui
