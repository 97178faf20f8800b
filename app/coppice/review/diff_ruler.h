// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diff_model.h"
#include "diff_search.h"
#include "diff_style.h"

#include <QImage>
#include <QQuickPaintedItem>

namespace coppice::ui {

/// The whole file at a glance, beside its rows: what goes and comes, verdicts, comments, flags and places found, and which
/// part is in sight. Pressing or dragging asks for a row.
class DiffRuler : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::DiffModel *source READ source WRITE setSource NOTIFY changed)
    Q_PROPERTY(coppice::ui::DiffSearch *search READ search WRITE setSearch NOTIFY changed)
    Q_PROPERTY(coppice::ui::DiffStyle *style READ style WRITE setStyle NOTIFY changed)
    Q_PROPERTY(int firstRow MEMBER m_first WRITE setFirstRow NOTIFY changed)
    Q_PROPERTY(int lastRow MEMBER m_last WRITE setLastRow NOTIFY changed)
public:
    explicit DiffRuler(QQuickItem *parent = nullptr);
    void paint(QPainter *painter) override;
    [[nodiscard]] DiffModel *source() const { return m_source; }
    void setSource(DiffModel *source);
    [[nodiscard]] DiffSearch *search() const { return m_search; }
    void setSearch(DiffSearch *search);
    [[nodiscard]] DiffStyle *style() const { return m_style; }
    void setStyle(DiffStyle *style);
    void setFirstRow(int row);
    void setLastRow(int row);

Q_SIGNALS:
    void changed();
    void asked(int row);

protected:
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;

private:
    void ask(qreal y);
    [[nodiscard]] QRectF band(qreal x, qreal width, int row, int rows) const;
    void drawAgain();
    void paintMarks(QPainter &painter) const;
    void paintChanges(QPainter &painter) const;

    DiffModel *m_source = nullptr;
    DiffSearch *m_search = nullptr;
    DiffStyle *m_style = nullptr;
    QImage m_marks;
    int m_first = 0, m_last = 0;
};

} // namespace coppice::ui
