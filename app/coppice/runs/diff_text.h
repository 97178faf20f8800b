// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/diff_style.h"

#include <QPointer>
#include <QQuickPaintedItem>
#include <QStringList>

namespace coppice::ui {

/// The lines of a unified diff, painted whole: one item however many lines. Each line has its sign in front, so that
/// colour never stands alone; hidden characters are written out.
class DiffText : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QStringList lines READ lines WRITE setLines NOTIFY changed)
    Q_PROPERTY(coppice::ui::DiffStyle *style READ style WRITE setStyle NOTIFY changed)
public:
    explicit DiffText(QQuickItem *parent = nullptr);
    void paint(QPainter *painter) override;
    [[nodiscard]] QStringList lines() const { return m_lines; }
    void setLines(const QStringList &lines);
    [[nodiscard]] DiffStyle *style() const { return m_style; }
    void setStyle(DiffStyle *style);

Q_SIGNALS:
    void changed();

private:
    void measure();

    QStringList m_lines;
    QPointer<DiffStyle> m_style;
};

} // namespace coppice::ui
