// SPDX-License-Identifier: GPL-3.0-or-later
#include "sparkline.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace coppice::ui {

Sparkline::Sparkline(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setAntialiasing(false);
}

void Sparkline::renew()
{
    update();
    Q_EMIT changed();
}

void Sparkline::setValues(const QList<int> &values)
{
    if (m_values == values)
        return;
    m_values = values;
    renew();
}

void Sparkline::setColor(const QColor &color)
{
    if (m_color == color)
        return;
    m_color = color;
    renew();
}

void Sparkline::setLast(const QColor &last)
{
    if (m_last == last)
        return;
    m_last = last;
    renew();
}

void Sparkline::setGround(const QColor &ground)
{
    if (m_ground == ground)
        return;
    m_ground = ground;
    renew();
}

int Sparkline::most() const
{
    return m_values.isEmpty() ? 0 : *std::max_element(m_values.begin(), m_values.end());
}

void Sparkline::paint(QPainter *painter)
{
    const auto bars = m_values.size();
    const int highest = most();
    if (bars == 0)
        return;
    const double step = width() / double(bars);
    const double gap = step >= 4 ? std::max(1.0, std::floor(step * 0.2)) : 0;
    for (qsizetype i = 0; i < bars; ++i) {
        const double from = std::round(double(i) * step);
        const double to = std::round(double(i + 1) * step) - gap;
        const int value = m_values[i];
        if (value <= 0) {
            painter->fillRect(QRectF(from, height() - 1, to - from, 1), m_ground);
            continue;
        }
        // One event among thousands is still to be seen.
        const double bar = std::max(2.0, std::round(height() * value / highest));
        painter->fillRect(QRectF(from, height() - bar, to - from, bar), i == bars - 1 ? m_last : m_color);
    }
}

} // namespace coppice::ui
