// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QQuickPaintedItem>

namespace coppice::ui {

/// Numbers of consecutive days as bars from one ground, today's in a colour of its own. Drawn once into a picture, so that a
/// list of them scrolls cheaply; a day without any has a thin line, so that nothing is not the same as not known.
class Sparkline : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QList<int> values READ values WRITE setValues NOTIFY changed)
    Q_PROPERTY(QColor color READ color WRITE setColor NOTIFY changed)
    Q_PROPERTY(QColor last READ last WRITE setLast NOTIFY changed) ///< of the last bar
    Q_PROPERTY(QColor ground READ ground WRITE setGround NOTIFY changed) ///< of the line where there is nothing
    Q_PROPERTY(int most READ most NOTIFY changed)
public:
    explicit Sparkline(QQuickItem *parent = nullptr);
    [[nodiscard]] QList<int> values() const { return m_values; }
    void setValues(const QList<int> &values);
    [[nodiscard]] QColor color() const { return m_color; }
    void setColor(const QColor &color);
    [[nodiscard]] QColor last() const { return m_last; }
    void setLast(const QColor &last);
    [[nodiscard]] QColor ground() const { return m_ground; }
    void setGround(const QColor &ground);
    [[nodiscard]] int most() const;
    void paint(QPainter *painter) override;

Q_SIGNALS:
    void changed();

private:
    void renew();
    QList<int> m_values;
    QColor m_color, m_last, m_ground;
};

} // namespace coppice::ui
