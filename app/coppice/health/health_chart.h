// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QQuickPaintedItem>
#include <QVariantList>

namespace coppice::ui {

/// Points of 100 over time as steps: a score holds until it moves. Drawn once into a picture.
class HealthChart : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QVariantList steps READ steps WRITE setSteps NOTIFY changed) ///< [time in ms, points, …], the oldest first
    Q_PROPERTY(double from MEMBER m_from NOTIFY changed)  ///< ms
    Q_PROPERTY(double until MEMBER m_until NOTIFY changed) ///< ms
    Q_PROPERTY(QColor line MEMBER m_line NOTIFY changed)
    Q_PROPERTY(QColor area MEMBER m_area NOTIFY changed)
    Q_PROPERTY(QColor grid MEMBER m_grid NOTIFY changed)
    Q_PROPERTY(QColor ink MEMBER m_ink NOTIFY changed)
    Q_PROPERTY(QString family MEMBER m_family NOTIFY changed)
public:
    explicit HealthChart(QQuickItem *parent = nullptr);
    [[nodiscard]] QVariantList steps() const { return m_steps; }
    void setSteps(const QVariantList &steps);
    void paint(QPainter *painter) override;

Q_SIGNALS:
    void changed();

private:
    QVariantList m_steps;
    double m_from = 0, m_until = 0;
    QColor m_line, m_area, m_grid, m_ink;
    QString m_family;
};

} // namespace coppice::ui
