// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_style.h"

namespace coppice::ui {

void GraphStyle::setGround(const QColor &colour)
{
    if (m_inks.ground == colour)
        return;
    m_inks.ground = colour;
    Q_EMIT changed();
}

void GraphStyle::setColours(const QVariantMap &colours)
{
    if (m_colours == colours)
        return;
    m_colours = colours;
    const auto take = [&](const char *name, QColor &into) { into = colours.value(QLatin1String(name)).value<QColor>(); };
    take("box", m_inks.box);
    take("text", m_inks.text);
    take("muted", m_inks.muted);
    take("border", m_inks.border);
    take("borderStrong", m_inks.borderStrong);
    take("accent", m_inks.accent);
    take("focus", m_inks.focus);
    take("selected", m_inks.selected);
    take("info", m_inks.info);
    take("ok", m_inks.ok);
    take("okGround", m_inks.okGround);
    take("warning", m_inks.warning);
    take("warningGround", m_inks.warningGround);
    take("danger", m_inks.danger);
    take("dangerGround", m_inks.dangerGround);
    take("neutralGround", m_inks.neutralGround);
    Q_EMIT changed();
}

void GraphStyle::setFamily(const QString &family)
{
    if (m_inks.family == family)
        return;
    m_inks.family = family;
    Q_EMIT changed();
}

void GraphStyle::setPixelSize(int size)
{
    if (m_inks.pixelSize == size)
        return;
    m_inks.pixelSize = size;
    Q_EMIT changed();
}

} // namespace coppice::ui
