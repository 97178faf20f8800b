// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_picture.h"

#include <QImage>
#include <QQuickPaintedItem>
#include <QTimer>

namespace coppice::ui {

/// Shows a GraphPicture in tiles that workers paint: panning moves what is painted, zooming shows it scaled until the new
/// tiles are there. Dragging pans, the wheel zooms about the pointer; keys are the screen's.
class GraphCanvas : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::GraphStyle *style READ style WRITE setStyle NOTIFY changed)
    Q_PROPERTY(int selected READ selected WRITE setSelected NOTIFY selectedChanged) ///< item, -1 for none
    Q_PROPERTY(double zoom READ zoom NOTIFY zoomChanged)
    Q_PROPERTY(bool ringed MEMBER m_ringed NOTIFY changed) ///< the keyboard is here: the selection is drawn stronger
public:
    using PicturePtr = std::shared_ptr<const GraphPicture>;
    explicit GraphCanvas(QQuickItem *parent = nullptr);

    void paint(QPainter *painter) override;
    /// Another picture; where the old one was looked at does not matter any more.
    void setPicture(PicturePtr picture);
    [[nodiscard]] GraphStyle *style() const { return m_style; }
    void setStyle(GraphStyle *style);
    [[nodiscard]] int selected() const { return m_selected; }
    void setSelected(int item);
    [[nodiscard]] double zoom() const { return m_zoom; }

    Q_INVOKABLE void panBy(double dx, double dy); ///< px of the screen
    Q_INVOKABLE void zoomBy(double factor);       ///< about the middle
    Q_INVOKABLE void fit();                       ///< all of it, or its widest part that can be read
    Q_INVOKABLE void step(int direction);         ///< 0 up, 1 right, 2 down, 3 left
    Q_INVOKABLE void reveal();                    ///< scrolls the selected item into sight
    /// Tiles that are asked for and not painted yet.
    [[nodiscard]] int waiting() const { return int(m_asked.size()); }

Q_SIGNALS:
    void changed();
    void selectedChanged();
    void zoomChanged();
    void picked(int item);
    void opened(int item);

protected:
    void geometryChange(const QRectF &now, const QRectF &before) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    using Tile = std::pair<int, int>;
    void zoomAt(const QPointF &point, double factor);
    void forget(); ///< tiles; what is on screen stays as a stand-in
    void askFor(const Tile &tile);
    void keepInside();
    [[nodiscard]] QRectF tileArea(const Tile &tile) const; ///< of the picture
    [[nodiscard]] QPointF toPicture(const QPointF &point) const { return (point + m_offset) / m_zoom; }

    PicturePtr m_picture;
    GraphStyle *m_style = nullptr;
    QHash<Tile, QImage> m_tiles;
    QSet<Tile> m_asked;
    QImage m_before;        ///< what was on screen when the tiles were forgotten
    QPointF m_beforeOffset; ///< of that picture
    double m_beforeZoom = 1;
    int m_generation = 0; ///< tiles of an earlier one are dropped
    double m_zoom = 1;
    QPointF m_offset; ///< of the top left corner, in px of the screen
    int m_selected = -1;
    bool m_ringed = false, m_dragging = false, m_fitted = false;
    QPointF m_pressed, m_last;
};

} // namespace coppice::ui
