// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tier_mark.h"

#include <QQuickPaintedItem>

namespace coppice::ui {

/// The mark of a plugin's health in a list.
class TierMark : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(int tier MEMBER m_tier WRITE setTier NOTIFY changed) ///< of GraphTier; less than 0: none is drawn
    Q_PROPERTY(coppice::ui::GraphStyle *style MEMBER m_style WRITE setStyle NOTIFY changed)
public:
    explicit TierMark(QQuickItem *parent = nullptr);
    void paint(QPainter *painter) override;
    void setTier(int tier);
    void setStyle(GraphStyle *style);

Q_SIGNALS:
    void changed();

private:
    GraphStyle *m_style = nullptr;
    int m_tier = -1;
};

} // namespace coppice::ui
