// SPDX-License-Identifier: GPL-3.0-or-later
#include "tier_item.h"

#include <QPainter>

namespace coppice::ui {

TierMark::TierMark(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    setImplicitSize(12, 12);
}

void TierMark::paint(QPainter *painter)
{
    if (m_style && m_tier >= 0)
        paintTier(*painter, boundingRect().adjusted(1, 1, -1, -1), GraphTier(m_tier), m_style->inks());
}

void TierMark::setTier(int tier)
{
    if (m_tier == tier)
        return;
    m_tier = tier;
    update();
    Q_EMIT changed();
}

void TierMark::setStyle(GraphStyle *style)
{
    if (m_style == style)
        return;
    m_style = style;
    if (m_style)
        connect(m_style, &GraphStyle::changed, this, [this] { update(); });
    update();
    Q_EMIT changed();
}

} // namespace coppice::ui
