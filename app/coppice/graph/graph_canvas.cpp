// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_canvas.h"

#include "shell/app_session.h"

#include <QPainter>
#include <QQuickWindow>

#include <algorithm>
#include <cmath>

namespace coppice::ui {

namespace {
constexpr int TileSide = 512;
constexpr qsizetype MostTiles = 160; ///< 160 MB at most, at four bytes a pixel
constexpr double Smallest = 0.02, Largest = 3;
constexpr qreal Drag = 4; ///< px that a press may move and still be a click
} // namespace

GraphCanvas::GraphCanvas(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setOpaquePainting(true);
    setAcceptedMouseButtons(Qt::LeftButton);
    connect(this, &GraphCanvas::changed, this, [this] { update(); });
}

void GraphCanvas::setStyle(GraphStyle *style)
{
    if (m_style == style)
        return;
    m_style = style;
    if (m_style)
        connect(m_style, &GraphStyle::changed, this, [this] {
            forget();
            m_before = {}; // other colours
            update();
        });
    Q_EMIT changed();
}

void GraphCanvas::setPicture(PicturePtr picture)
{
    m_picture = std::move(picture);
    forget();
    m_before = {};
    m_fitted = false;
    fit();
}

void GraphCanvas::setSelected(int item)
{
    if (m_selected == item)
        return;
    m_selected = item;
    Q_EMIT selectedChanged();
    reveal();
    update();
}

void GraphCanvas::forget()
{
    if (!m_tiles.isEmpty() && width() >= 1 && height() >= 1) {
        // One picture of what is in sight, to be shown scaled until there is better.
        QImage now(QSize(int(width()), int(height())), QImage::Format_ARGB32_Premultiplied);
        now.fill(Qt::transparent);
        QPainter painter(&now);
        for (auto tile = m_tiles.cbegin(); tile != m_tiles.cend(); ++tile)
            painter.drawImage(QPointF(tile.key().first * TileSide, tile.key().second * TileSide) - m_offset, *tile);
        m_before = now;
        m_beforeOffset = m_offset;
        m_beforeZoom = m_zoom;
    }
    m_tiles.clear();
    m_asked.clear();
    ++m_generation;
}

QRectF GraphCanvas::tileArea(const Tile &tile) const
{
    return {QPointF(tile.first, tile.second) * TileSide / m_zoom, QSizeF(TileSide, TileSide) / m_zoom};
}

void GraphCanvas::askFor(const Tile &tile)
{
    if (m_asked.contains(tile) || !m_style)
        return;
    m_asked.insert(tile);
    const qreal ratio = window() ? window()->effectiveDevicePixelRatio() : 1;
    AppSession::instance()->worker().read(
        this,
        [picture = m_picture, area = tileArea(tile), zoom = m_zoom, inks = m_style->inks(), ratio] {
            QImage image(QSize(TileSide, TileSide) * ratio, QImage::Format_RGB32);
            image.setDevicePixelRatio(ratio);
            image.fill(inks.ground);
            QPainter painter(&image);
            painter.setRenderHint(QPainter::Antialiasing, zoom > 0.15);
            painter.scale(zoom, zoom);
            painter.translate(-area.topLeft());
            picture->paint(painter, area, zoom, inks);
            return image;
        },
        [this, tile, generation = m_generation](QImage image) {
            if (generation != m_generation)
                return;
            m_asked.remove(tile);
            if (m_tiles.size() >= MostTiles)
                m_tiles.clear();
            m_tiles.insert(tile, std::move(image));
            update();
        });
}

void GraphCanvas::paint(QPainter *painter)
{
    if (!m_style)
        return;
    const QRectF all = boundingRect();
    painter->fillRect(all, m_style->ground());
    if (!m_picture || m_picture->count() == 0)
        return;
    const QSizeF size = m_picture->size() * m_zoom;
    const auto first = [](double px) { return int(std::floor(px / TileSide)); };
    bool missing = false;
    std::vector<Tile> there;
    for (int y = std::max(0, first(m_offset.y())); y <= first(m_offset.y() + all.height()) && y * TileSide < size.height(); ++y) {
        for (int x = std::max(0, first(m_offset.x())); x <= first(m_offset.x() + all.width()) && x * TileSide < size.width(); ++x) {
            if (m_tiles.contains({x, y})) {
                there.emplace_back(x, y);
            } else {
                missing = true;
                askFor({x, y});
            }
        }
    }
    if (missing && !m_before.isNull()) {
        const double scale = m_zoom / m_beforeZoom;
        const QPointF at = m_beforeOffset * scale - m_offset;
        painter->drawImage(QRectF(at, QSizeF(m_before.size()) * scale), m_before);
    } else if (!missing) {
        m_before = {};
    }
    for (const auto &tile : there)
        painter->drawImage(QPointF(std::round(tile.first * TileSide - m_offset.x()), std::round(tile.second * TileSide - m_offset.y())), m_tiles.value(tile));
    if (m_selected >= 0 && m_selected < m_picture->count()) {
        const QRectF place = m_picture->place(m_selected);
        const QRectF shown((place.topLeft() * m_zoom - m_offset), place.size() * m_zoom);
        painter->setBrush(Qt::NoBrush);
        const bool row = shown.height() < 18; // close to its neighbours
        painter->setPen(QPen(m_style->inks().focus, m_ringed && !row ? 3 : 1.5));
        if (row)
            painter->drawRoundedRect(shown.adjusted(-1, -1, 1, 1), 2, 2);
        else
            painter->drawRoundedRect(shown.adjusted(-3, -3, 3, 3), 6, 6);
    }
}

void GraphCanvas::keepInside()
{
    if (!m_picture)
        return;
    const QSizeF size = m_picture->size() * m_zoom;
    const auto inside = [](double offset, double picture, double view) {
        // What is smaller than the view stands in its middle.
        return picture <= view ? (picture - view) / 2 : std::clamp(offset, 0.0, picture - view);
    };
    m_offset = QPointF(std::round(inside(m_offset.x(), size.width(), width())), std::round(inside(m_offset.y(), size.height(), height())));
}

void GraphCanvas::panBy(double dx, double dy)
{
    m_offset += QPointF(dx, dy);
    keepInside();
    update();
}

void GraphCanvas::zoomAt(const QPointF &point, double factor)
{
    const double zoom = std::clamp(m_zoom * factor, Smallest, Largest);
    if (zoom == m_zoom || !m_picture)
        return;
    const QPointF kept = toPicture(point);
    forget();
    m_zoom = zoom;
    m_offset = kept * m_zoom - point;
    keepInside();
    update();
    Q_EMIT zoomChanged();
}

void GraphCanvas::zoomBy(double factor)
{
    zoomAt(QPointF(width() / 2, height() / 2), factor);
}

void GraphCanvas::fit()
{
    if (!m_picture || width() < 10 || height() < 10)
        return;
    const QSizeF size = m_picture->size();
    const double whole = std::min({1.0, width() / std::max(1.0, size.width()), height() / std::max(1.0, size.height())});
    forget();
    // The first time as much as can be read; asked again, all of it.
    m_zoom = std::clamp(m_fitted ? whole : std::max(m_picture->smallestAtFirst(), whole), Smallest, Largest);
    m_fitted = true;
    m_offset = {};
    keepInside();
    reveal();
    update();
    Q_EMIT zoomChanged();
}

void GraphCanvas::reveal()
{
    if (!m_picture || m_selected < 0 || m_selected >= m_picture->count())
        return;
    const QRectF place = m_picture->place(m_selected);
    QRectF shown(place.topLeft() * m_zoom, place.size() * m_zoom);
    const auto moved = [](double offset, double low, double high, double view) {
        const double room = 24;
        if (high - low + 2 * room > view)
            return std::clamp(offset, std::min(low - room, high + room - view), low - room > offset ? low - room : offset);
        if (low - room < offset)
            return low - room;
        return high + room > offset + view ? high + room - view : offset;
    };
    m_offset = QPointF(moved(m_offset.x(), shown.left(), shown.right(), width()), moved(m_offset.y(), shown.top(), shown.bottom(), height()));
    keepInside();
}

void GraphCanvas::step(int direction)
{
    if (!m_picture)
        return;
    const int next = m_picture->next(m_selected, direction);
    if (next >= 0)
        Q_EMIT picked(next);
}

void GraphCanvas::geometryChange(const QRectF &now, const QRectF &before)
{
    QQuickPaintedItem::geometryChange(now, before);
    if (now.size() == before.size())
        return;
    if (!m_fitted)
        fit();
    keepInside();
    reveal();
}

void GraphCanvas::mousePressEvent(QMouseEvent *event)
{
    m_pressed = m_last = event->position();
    m_dragging = false;
    event->accept();
}

void GraphCanvas::mouseMoveEvent(QMouseEvent *event)
{
    const QPointF at = event->position();
    if (!m_dragging && QLineF(at, m_pressed).length() < Drag)
        return;
    m_dragging = true;
    panBy(m_last.x() - at.x(), m_last.y() - at.y());
    m_last = at;
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_dragging && m_picture) {
        const int item = m_picture->itemAt(toPicture(event->position()));
        if (item >= 0)
            Q_EMIT picked(item);
    }
    m_dragging = false;
}

void GraphCanvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    const int item = m_picture ? m_picture->itemAt(toPicture(event->position())) : -1;
    if (item >= 0)
        Q_EMIT opened(item);
}

void GraphCanvas::wheelEvent(QWheelEvent *event)
{
    zoomAt(event->position(), std::pow(1.0015, event->angleDelta().y()));
    event->accept();
}

} // namespace coppice::ui
