// SPDX-License-Identifier: GPL-3.0-or-later
#include "health_chart.h"

#include <QDateTime>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace coppice::ui {

namespace {
constexpr qsizetype mostDots = 40; ///< more would hide the line
}

HealthChart::HealthChart(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    connect(this, &HealthChart::changed, this, [this] { update(); });
}

void HealthChart::setSteps(const QVariantList &steps)
{
    if (m_steps == steps)
        return;
    m_steps = steps;
    Q_EMIT changed();
}

void HealthChart::paint(QPainter *painter)
{
    constexpr double left = 30;
    constexpr double below = 16; // the days
    const QRectF plot(left, 6, width() - left - 6, height() - 8 - below);
    if (plot.width() <= 4 || plot.height() <= 4)
        return;
    QFont font(m_family);
    font.setPixelSize(11);
    painter->setFont(font);
    const auto y = [&](double points) { return plot.bottom() - plot.height() * std::clamp(points, 0.0, 100.0) / 100; };
    for (const int level : {0, 50, 100}) {
        painter->setPen(QPen(m_grid, 1));
        painter->drawLine(QPointF(plot.left(), std::round(y(level)) + 0.5), QPointF(plot.right(), std::round(y(level)) + 0.5));
        painter->setPen(m_ink);
        painter->drawText(QRectF(0, y(level) - 8, left - 6, 16), Qt::AlignRight | Qt::AlignVCenter, QString::number(level));
    }
    if (m_until <= m_from)
        return;
    const auto day = [](double ms) { return QDateTime::fromMSecsSinceEpoch(qint64(ms)).date().toString(Qt::ISODate); };
    const QRectF days(plot.left(), plot.bottom() + 3, plot.width(), below - 2);
    painter->setPen(m_ink);
    painter->drawText(days, Qt::AlignLeft | Qt::AlignTop, day(m_from));
    painter->drawText(days, Qt::AlignRight | Qt::AlignTop, day(m_until));
    if (m_steps.size() < 2)
        return;
    const auto x = [&](double at) { return plot.left() + plot.width() * std::clamp((at - m_from) / (m_until - m_from), 0.0, 1.0); };
    QPainterPath path;
    bool begun = false;
    double last = 0;
    for (qsizetype i = 0; i + 1 < m_steps.size(); i += 2) {
        const double at = m_steps[i].toDouble(), points = m_steps[i + 1].toDouble();
        if (!begun)
            path.moveTo(x(at), y(points));
        else
            path.lineTo(x(at), y(last));
        path.lineTo(x(at), y(points));
        begun = true;
        last = points;
    }
    path.lineTo(plot.right(), y(last));
    QPainterPath ground = path;
    ground.lineTo(plot.right(), plot.bottom());
    ground.lineTo(x(m_steps.first().toDouble()), plot.bottom());
    ground.closeSubpath();
    painter->fillPath(ground, m_area);
    painter->setPen(QPen(m_line, 2));
    painter->drawPath(path);
    if (m_steps.size() > 2 * mostDots)
        return;
    painter->setBrush(m_line);
    painter->setPen(Qt::NoPen);
    for (qsizetype i = 0; i + 1 < m_steps.size(); i += 2) {
        const double at = m_steps[i].toDouble();
        if (at >= m_from && at <= m_until)
            painter->drawEllipse(QPointF(x(at), y(m_steps[i + 1].toDouble())), 2.5, 2.5);
    }
}

} // namespace coppice::ui
