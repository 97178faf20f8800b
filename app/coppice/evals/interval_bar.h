// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QQuickPaintedItem>

namespace coppice::ui {

/// A value as a dot and its interval as a bar, on a scale from `from` to `to` with a line in the middle. Without a value only
/// the scale. One picture: a row has one node for it.
class IntervalBar : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(double value MEMBER m_value NOTIFY changed) ///< NaN: there is none
    Q_PROPERTY(double low MEMBER m_low NOTIFY changed)
    Q_PROPERTY(double high MEMBER m_high NOTIFY changed)
    Q_PROPERTY(double from MEMBER m_from NOTIFY changed)
    Q_PROPERTY(double to MEMBER m_to NOTIFY changed)
    Q_PROPERTY(QColor bar MEMBER m_bar NOTIFY changed)
    Q_PROPERTY(QColor dot MEMBER m_dot NOTIFY changed)
    Q_PROPERTY(QColor grid MEMBER m_grid NOTIFY changed)
public:
    explicit IntervalBar(QQuickItem *parent = nullptr);
    void paint(QPainter *painter) override;

Q_SIGNALS:
    void changed();

private:
    double m_value = 0, m_low = 0, m_high = 0, m_from = 0, m_to = 1;
    QColor m_bar, m_dot, m_grid;
};

} // namespace coppice::ui
