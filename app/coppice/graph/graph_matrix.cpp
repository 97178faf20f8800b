// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_picture.h"
#include "tier_mark.h"

#include <QPainter>

#include <algorithm>

namespace coppice::ui {

namespace {

constexpr qreal Side = 12;   ///< a row or column at zoom 1
constexpr qreal Names = 200; ///< room for names at the left
constexpr qreal Margin = 16;
constexpr qreal Top = Margin + 130; ///< room for names over the columns
constexpr qreal Readable = 0.75;

} // namespace

GraphMatrix::GraphMatrix(const graph::Graph &graph, const GraphTiers &tiers, std::vector<graph::Cycle> cycles)
    : m_order(graph::matrixOrder(graph)), m_rows(graph.nodes().size(), 0)
{
    std::vector<int> cycleOf(graph.nodes().size(), -1);
    for (size_t i = 0; i < cycles.size(); ++i) {
        for (const int plugin : cycles[i].plugins)
            cycleOf[size_t(plugin)] = int(i);
    }
    for (size_t row = 0; row < m_order.size(); ++row) {
        const auto &node = graph.nodes()[size_t(m_order[row])];
        m_rows[size_t(m_order[row])] = int(row);
        m_names << node.id;
        m_tiers.push_back(tiers.value(node.id));
    }
    m_cells.resize(m_order.size());
    for (const auto &edge : graph.edges()) {
        const int from = cycleOf[size_t(edge.from)];
        m_cells[size_t(m_rows[size_t(edge.from)])].push_back({m_rows[size_t(edge.to)], edge.isCertain(), from >= 0 && from == cycleOf[size_t(edge.to)]});
    }
    for (auto &row : m_cells)
        std::ranges::sort(row, {}, &Cell::column);
}

QSizeF GraphMatrix::size() const
{
    const qreal side = Side * qreal(m_order.size());
    return {Names + side + 2 * Margin, Top + side + Margin};
}

QRectF GraphMatrix::place(int item) const
{
    return {Margin, Top + Side * item, Names + Side * qreal(m_order.size()), Side};
}

void GraphMatrix::paint(QPainter &painter, const QRectF &area, qreal zoom, const GraphInks &inks) const
{
    const int count = int(m_order.size());
    const int first = std::clamp(int((area.top() - Top) / Side), 0, count);
    const int last = std::clamp(int((area.bottom() - Top) / Side) + 1, 0, count);
    const qreal left = Margin + Names;
    const QRectF field = QRectF(left, Top, Side * count, Side * count) & area;
    painter.fillRect(field, inks.box);
    // Every tenth line, as long as lines can be told apart.
    if (zoom * Side * 10 > 24) {
        painter.setPen(QPen(inks.border, 0));
        for (int i = first - first % 10; i <= last; i += 10)
            painter.drawLine(QPointF(field.left(), Top + Side * i), QPointF(field.right(), Top + Side * i));
        const int from = std::max(0, int((area.left() - left) / Side));
        const int to = std::min(count, int((area.right() - left) / Side) + 1);
        for (int i = from - from % 10; i <= to; i += 10)
            painter.drawLine(QPointF(left + Side * i, field.top()), QPointF(left + Side * i, field.bottom()));
    }
    QFont font(inks.family);
    font.setPixelSize(int(Side) - 1);
    painter.setFont(font);
    if (zoom >= Readable && area.top() < Top)
        paintHeads(painter, area, inks);
    const qreal least = 1.5 / zoom; // a mark is never smaller than it can be seen
    for (int row = first; row < last; ++row) {
        const qreal top = Top + Side * row;
        painter.fillRect(QRectF(left + Side * row, top, std::max(Side, least), std::max(Side, least)) & area, inks.neutralGround);
        for (const auto &cell : m_cells[size_t(row)]) {
            const QRectF place(left + Side * cell.column, top, Side, Side);
            if (place.right() < area.left() - least || place.left() > area.right())
                continue;
            const QColor ink = cell.inCycle ? inks.danger : inks.accent;
            QRectF mark = place.adjusted(2, 2, -2, -2);
            if (mark.width() < least)
                mark = QRectF(place.topLeft(), QSizeF(least, least));
            if (cell.certain || zoom < Readable) {
                painter.fillRect(mark, ink);
            } else {
                painter.setPen(QPen(ink, 1.5));
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(mark.adjusted(1, 1, -1, -1));
            }
        }
        if (zoom < Readable || area.left() > left)
            continue;
        paintTier(painter, QRectF(Margin, top + 2, Side - 4, Side - 4), m_tiers[size_t(row)], inks);
        painter.setPen(m_cells[size_t(row)].empty() ? inks.muted : inks.text);
        const QRectF name(Margin + Side, top, Names - Side - 8, Side);
        painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(m_names[row], Qt::ElideMiddle, int(name.width())));
    }
}

/// The columns' names, upwards.
void GraphMatrix::paintHeads(QPainter &painter, const QRectF &area, const GraphInks &inks) const
{
    const qreal left = Margin + Names;
    const int from = std::max(0, int((area.left() - left) / Side) - 1);
    const int to = std::min(count(), int((area.right() - left) / Side) + 2);
    std::vector<bool> used(size_t(count()), false);
    for (const auto &row : m_cells) {
        for (const auto &cell : row)
            used[size_t(cell.column)] = true;
    }
    const qreal room = Top - Margin - 6;
    for (int column = from; column < to; ++column) {
        painter.save();
        painter.translate(left + Side * column, Top - 6);
        painter.rotate(-90);
        painter.setPen(used[size_t(column)] ? inks.text : inks.muted);
        painter.drawText(QRectF(0, 0, room, Side), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(m_names[column], Qt::ElideMiddle, int(room)));
        painter.restore();
    }
}

int GraphMatrix::itemAt(const QPointF &point) const
{
    const int row = int((point.y() - Top) / Side);
    return point.y() >= Top && row < count() ? row : -1;
}

int GraphMatrix::next(int item, int direction) const
{
    if (item < 0)
        return count() > 0 ? 0 : -1;
    if (direction == 0)
        return item - 1;
    if (direction == 2)
        return item + 1 < count() ? item + 1 : -1;
    // Sideways: to the next plugin that this one depends on, or back to the first that depends on it.
    const auto &cells = m_cells[size_t(item)];
    if (direction == 1)
        return cells.empty() ? -1 : cells.front().column;
    for (int row = 0; row < count(); ++row) {
        if (std::ranges::any_of(m_cells[size_t(row)], [&](const auto &cell) { return cell.column == item; }))
            return row;
    }
    return -1;
}

} // namespace coppice::ui
