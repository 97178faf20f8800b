// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QQuickPaintedItem>

namespace coppice::ui {

/// The grades of a few trials beside each other, by shape and colour: p passed, a disc with a tick; f failed, a square with a
/// cross; m broken by the machine, an open triangle; l by a provider's limit, an open diamond. What does not fit is a number.
class TrialMarks : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QString marks MEMBER m_marks NOTIFY changed)
    Q_PROPERTY(int chosen MEMBER m_chosen NOTIFY changed) ///< with a ring around it; -1: none
    Q_PROPERTY(QColor passed MEMBER m_passed NOTIFY changed)
    Q_PROPERTY(QColor failed MEMBER m_failed NOTIFY changed)
    Q_PROPERTY(QColor broken MEMBER m_broken NOTIFY changed)
    Q_PROPERTY(QColor ground MEMBER m_ground NOTIFY changed) ///< what ticks and crosses are drawn in
    Q_PROPERTY(QColor ring MEMBER m_ring NOTIFY changed)
public:
    explicit TrialMarks(QQuickItem *parent = nullptr);
    void paint(QPainter *painter) override;
    Q_INVOKABLE int at(double x) const; ///< which mark; -1: none

    static constexpr int Step = 19;

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] int shown() const;

    QString m_marks;
    int m_chosen = -1;
    QColor m_passed, m_failed, m_broken, m_ground, m_ring;
};

} // namespace coppice::ui
