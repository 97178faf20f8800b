// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_style.h"

#include <graph/layout.h>
#include <graph/view.h>

#include <QHash>
#include <QRectF>

#include <memory>

class QPainter;

namespace coppice::ui {

/// How well a plugin is, for its mark: colour and shape together. Unknown is a mark of its own and never looks good.
enum class GraphTier { Unknown, Excellent, Good, Fair, Poor };
using GraphTiers = QHash<QString, GraphTier>; ///< by plugin; a plugin that is missing is unknown
[[nodiscard]] QString nameOf(GraphTier tier);
/// From health's word for it; anything else is unknown.
[[nodiscard]] GraphTier tierFrom(const QString &word);

/// Something to be looked at in tiles: immutable, painted by any thread. Coordinates at zoom 1, from 0, 0.
class GraphPicture
{
public:
    virtual ~GraphPicture() = default;
    [[nodiscard]] virtual QSizeF size() const = 0;
    /// Paints what touches `area`; the painter is set so that the picture's coordinates fit. `zoom` says how much is worth
    /// painting: small text is left out.
    virtual void paint(QPainter &painter, const QRectF &area, qreal zoom, const GraphInks &inks) const = 0;
    /// The item at a point, -1 for none.
    [[nodiscard]] virtual int itemAt(const QPointF &point) const = 0;
    /// Where an item stands.
    [[nodiscard]] virtual QRectF place(int item) const = 0;
    [[nodiscard]] virtual int count() const = 0;
    /// The item that a key leads to from another: 0 up, 1 right, 2 down, 3 left. -1: none.
    [[nodiscard]] virtual int next(int item, int direction) const = 0;
    /// How small it may be when it is first seen.
    [[nodiscard]] virtual qreal smallestAtFirst() const { return 0.6; }
};

/// A view of the graph, laid out.
class GraphSheet final : public GraphPicture
{
public:
    GraphSheet(const graph::Graph &graph, graph::View view, const GraphTiers &tiers, const GraphInks &inks, bool hasFocus);

    [[nodiscard]] QSizeF size() const override { return m_size; }
    void paint(QPainter &painter, const QRectF &area, qreal zoom, const GraphInks &inks) const override;
    [[nodiscard]] int itemAt(const QPointF &point) const override;
    [[nodiscard]] QRectF place(int item) const override { return m_boxes[size_t(item)].rect; }
    [[nodiscard]] int count() const override { return int(m_boxes.size()); }
    [[nodiscard]] int next(int item, int direction) const override;
    [[nodiscard]] const graph::View &view() const { return m_view; }

private:
    struct Box {
        QRectF rect;
        QStringList lines; ///< the first is the title
        GraphTier tier = GraphTier::Unknown;
        int layer = 0;
    };
    void paintArrow(QPainter &painter, size_t arrow, qreal zoom, const GraphInks &inks) const;
    void paintBox(QPainter &painter, size_t box, qreal zoom, const GraphInks &inks) const;

    graph::View m_view;
    std::vector<Box> m_boxes;
    std::vector<std::vector<QPointF>> m_ways;
    std::vector<bool> m_upwards;
    QSizeF m_size;
    bool m_hasFocus;
};

/// The dependency matrix of the whole library: a row for each plugin, marks in the columns of what it depends on. What
/// stands below the diagonal closes a circle.
class GraphMatrix final : public GraphPicture
{
public:
    GraphMatrix(const graph::Graph &graph, const GraphTiers &tiers, std::vector<graph::Cycle> cycles);

    [[nodiscard]] QSizeF size() const override;
    void paint(QPainter &painter, const QRectF &area, qreal zoom, const GraphInks &inks) const override;
    [[nodiscard]] int itemAt(const QPointF &point) const override; ///< the row's
    [[nodiscard]] QRectF place(int item) const override;
    [[nodiscard]] int count() const override { return int(m_order.size()); }
    [[nodiscard]] int next(int item, int direction) const override;
    [[nodiscard]] qreal smallestAtFirst() const override { return 0; } ///< its whole is what it is for
    [[nodiscard]] int plugin(int row) const { return m_order[size_t(row)]; }
    [[nodiscard]] int rowOf(int plugin) const { return m_rows[size_t(plugin)]; }

private:
    struct Cell {
        int column = 0;
        bool certain = true;
        bool inCycle = false;
    };
    void paintHeads(QPainter &painter, const QRectF &area, const GraphInks &inks) const;

    std::vector<int> m_order, m_rows; ///< row → plugin, plugin → row
    QStringList m_names;              ///< by row
    std::vector<GraphTier> m_tiers;   ///< by row
    std::vector<std::vector<Cell>> m_cells;
};

} // namespace coppice::ui
