// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_picture.h"

#include "tier_mark.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace coppice::ui {

namespace {

constexpr qreal Pad = 10;       ///< within a box
constexpr qreal MarkSize = 10;  ///< of the tier
constexpr qreal Margin = 24;    ///< around everything
constexpr qreal LongestName = 190;
constexpr int MostNames = 5; ///< of a cycle's box
constexpr qreal Readable = 0.55; ///< zoom below which text is no more than a bar
constexpr qreal Widest = 1250;   ///< of a row of boxes: what a window shows at a zoom that can be read

QFont fontOf(const GraphInks &inks, bool strong = false)
{
    QFont font(inks.family);
    font.setPixelSize(std::max(1, inks.pixelSize));
    font.setWeight(strong ? QFont::DemiBold : QFont::Normal);
    return font;
}

QString said(const char *text)
{
    return QCoreApplication::translate("GraphSheet", text);
}

} // namespace

QString nameOf(GraphTier tier)
{
    switch (tier) {
    case GraphTier::Excellent: return said(QT_TRANSLATE_NOOP("GraphSheet", "excellent"));
    case GraphTier::Good: return said(QT_TRANSLATE_NOOP("GraphSheet", "good"));
    case GraphTier::Fair: return said(QT_TRANSLATE_NOOP("GraphSheet", "fair"));
    case GraphTier::Poor: return said(QT_TRANSLATE_NOOP("GraphSheet", "poor"));
    case GraphTier::Unknown: break;
    }
    return said(QT_TRANSLATE_NOOP("GraphSheet", "unknown"));
}

GraphTier tierFrom(const QString &word)
{
    static const QHash<QString, GraphTier> tiers{{QStringLiteral("excellent"), GraphTier::Excellent},
                                                 {QStringLiteral("good"), GraphTier::Good},
                                                 {QStringLiteral("fair"), GraphTier::Fair},
                                                 {QStringLiteral("poor"), GraphTier::Poor}};
    return tiers.value(word, GraphTier::Unknown);
}

void paintTier(QPainter &painter, const QRectF &place, GraphTier tier, const GraphInks &inks)
{
    painter.save();
    switch (tier) {
    case GraphTier::Excellent:
        painter.setPen(Qt::NoPen);
        painter.setBrush(inks.ok);
        painter.drawEllipse(place);
        break;
    case GraphTier::Good:
        painter.setPen(Qt::NoPen);
        painter.setBrush(inks.info);
        painter.drawRect(place.adjusted(1, 1, -1, -1));
        break;
    case GraphTier::Fair: {
        painter.setPen(Qt::NoPen);
        painter.setBrush(inks.warning);
        const QPointF points[] = {{place.center().x(), place.top()}, {place.right(), place.bottom()}, {place.left(), place.bottom()}};
        painter.drawPolygon(points, 3);
        break;
    }
    case GraphTier::Poor: {
        painter.setPen(Qt::NoPen);
        painter.setBrush(inks.danger);
        const QPointF middle = place.center();
        const QPointF points[] = {{middle.x(), place.top()}, {place.right(), middle.y()}, {middle.x(), place.bottom()}, {place.left(), middle.y()}};
        painter.drawPolygon(points, 4);
        break;
    }
    case GraphTier::Unknown:
        painter.setPen(QPen(inks.muted, 1.2));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(place.adjusted(0.7, 0.7, -0.7, -0.7));
        break;
    }
    painter.restore();
}

GraphSheet::GraphSheet(const graph::Graph &graph, graph::View view, const GraphTiers &tiers, const GraphInks &inks, bool hasFocus)
    : m_view(std::move(view)), m_hasFocus(hasFocus)
{
    const QFontMetricsF metrics(fontOf(inks, true));
    const qreal line = std::ceil(metrics.height());
    graph::Drawing drawing;
    for (const auto &box : m_view.boxes) {
        Box made;
        const auto named = [&](int plugin) {
            const auto &node = graph.nodes()[size_t(plugin)];
            return node.version.isEmpty() ? node.id : QString(node.id + QLatin1Char(' ') + node.version);
        };
        if (box.plugins.size() == 1) {
            made.lines << named(box.plugins.front());
            made.tier = tiers.value(graph.nodes()[size_t(box.plugins.front())].id);
        } else {
            made.lines << said(QT_TRANSLATE_NOOP("GraphSheet", "Cycle of %1")).arg(box.plugins.size());
            for (int i = 0; i < int(box.plugins.size()) && i < MostNames; ++i)
                made.lines << graph.nodes()[size_t(box.plugins[size_t(i)])].id;
            if (int(box.plugins.size()) > MostNames)
                made.lines << said(QT_TRANSLATE_NOOP("GraphSheet", "and %1 more")).arg(int(box.plugins.size()) - MostNames);
            // As bad as the worst of them; unknown unless all are known.
            made.tier = GraphTier::Excellent;
            for (const int plugin : box.plugins) {
                const auto tier = tiers.value(graph.nodes()[size_t(plugin)].id);
                if (tier == GraphTier::Unknown || made.tier == GraphTier::Unknown)
                    made.tier = GraphTier::Unknown;
                else
                    made.tier = std::max(made.tier, tier);
            }
        }
        if (box.hiddenIn + box.hiddenOut > 0)
            made.lines << said(QT_TRANSLATE_NOOP("GraphSheet", "%1 hidden")).arg((box.hiddenIn ? QStringLiteral("↑%1 ").arg(box.hiddenIn) : QString())
                                                                         + (box.hiddenOut ? QStringLiteral("↓%1").arg(box.hiddenOut) : QString()));
        qreal width = 60;
        for (auto &text : made.lines) {
            text = metrics.elidedText(text, Qt::ElideMiddle, LongestName);
            width = std::max(width, metrics.horizontalAdvance(text) + MarkSize + 6);
        }
        drawing.boxes.emplace_back(std::ceil(width + 2 * Pad), line * qreal(made.lines.size()) + 12);
        m_boxes.push_back(std::move(made));
    }
    for (const auto &arrow : m_view.arrows) {
        drawing.arrows.emplace_back(arrow.from, arrow.to);
        drawing.back.push_back(arrow.inCut); // without these, all leads down
    }
    drawing.widest = Widest;
    const auto placed = graph::layOut(drawing, QSizeF(20, 48));
    const QPointF shift(Margin, Margin);
    for (size_t i = 0; i < m_boxes.size(); ++i) {
        m_boxes[i].rect = QRectF(placed.boxes[i] + shift, drawing.boxes[i]);
        m_boxes[i].layer = placed.layers[i];
    }
    m_ways = placed.arrows;
    for (auto &way : m_ways) {
        for (auto &point : way)
            point += shift;
    }
    m_upwards = placed.upwards;
    m_size = placed.size + QSizeF(2 * Margin, 2 * Margin);
}

void GraphSheet::paintArrow(QPainter &painter, size_t number, qreal zoom, const GraphInks &inks) const
{
    const auto &way = m_ways[number];
    const auto &arrow = m_view.arrows[number];
    if (way.size() < 2)
        return;
    const QColor ink = arrow.inCut ? inks.danger : arrow.inCycle ? inks.warning : inks.muted;
    QPen pen(ink, arrow.inCut ? 2.4 : 1.2);
    pen.setCapStyle(Qt::RoundCap);
    if (!arrow.certain)
        pen.setStyle(Qt::DashLine);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    QPainterPath path(way.front());
    for (size_t i = 1; i < way.size(); ++i) {
        const QPointF &from = way[i - 1], &to = way[i];
        const qreal bend = (to.y() - from.y()) / 2;
        if (std::abs(to.x() - from.x()) < 1)
            path.lineTo(to);
        else
            path.cubicTo(from + QPointF(0, bend), to - QPointF(0, bend), to);
    }
    painter.drawPath(path);
    if (zoom < 0.25)
        return;
    // The head stands on the upper edge of what is depended on; on the lower one where the arrow goes up.
    const qreal tall = m_upwards[number] ? 7 : -7;
    const QPointF tip = way.back();
    const QPointF head[] = {tip, tip + QPointF(-4, tall), tip + QPointF(4, tall)};
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPolygon(head, 3);
}

void GraphSheet::paintBox(QPainter &painter, size_t number, qreal zoom, const GraphInks &inks) const
{
    const auto &box = m_boxes[number];
    const bool isFocus = m_hasFocus && number == 0;
    const bool isCycle = m_view.boxes[number].plugins.size() > 1;
    painter.setPen(QPen(isFocus ? inks.accent : isCycle ? inks.warning : inks.borderStrong, isFocus ? 2 : 1));
    painter.setBrush(isFocus ? inks.selected : isCycle ? inks.warningGround : inks.box);
    painter.drawRoundedRect(box.rect.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    const QRectF inner = box.rect.adjusted(Pad, 6, -Pad, -6);
    const qreal line = inner.height() / qreal(box.lines.size());
    paintTier(painter, QRectF(inner.left(), inner.top() + (line - MarkSize) / 2, MarkSize, MarkSize), box.tier, inks);
    for (int i = 0; i < int(box.lines.size()); ++i) {
        QRectF place(inner.left() + MarkSize + 6, inner.top() + line * i, inner.width() - MarkSize - 6, line);
        const bool title = i == 0;
        painter.setPen(title ? inks.text : inks.muted);
        if (zoom < Readable) { // no word could be read: a bar as long as the word
            painter.fillRect(QRectF(place.left(), place.center().y() - 2, place.width() * (title ? 1 : 0.7), 4), title ? inks.muted : inks.borderStrong);
            continue;
        }
        painter.setFont(fontOf(inks, title));
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, box.lines[i]);
    }
}

void GraphSheet::paint(QPainter &painter, const QRectF &area, qreal zoom, const GraphInks &inks) const
{
    // What is to be cut lies over everything else, and what goes round over the rest.
    std::vector<size_t> order(m_ways.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::ranges::stable_sort(order, {}, [this](size_t i) { return m_view.arrows[i].inCut ? 2 : m_view.arrows[i].inCycle ? 1 : 0; });
    for (const size_t i : order) {
        QRectF bounds;
        for (const auto &point : m_ways[i])
            bounds |= QRectF(point - QPointF(8, 8), QSizeF(16, 16));
        if (bounds.intersects(area))
            paintArrow(painter, i, zoom, inks);
    }
    for (size_t i = 0; i < m_boxes.size(); ++i) {
        if (m_boxes[i].rect.adjusted(-2, -2, 2, 2).intersects(area))
            paintBox(painter, i, zoom, inks);
    }
}

int GraphSheet::itemAt(const QPointF &point) const
{
    for (size_t i = 0; i < m_boxes.size(); ++i) {
        if (m_boxes[i].rect.contains(point))
            return int(i);
    }
    return -1;
}

int GraphSheet::next(int item, int direction) const
{
    if (item < 0 || item >= count())
        return count() > 0 ? 0 : -1;
    const auto &own = m_boxes[size_t(item)];
    int best = -1;
    qreal nearest = 0;
    const auto offer = [&](int other) {
        if (other == item)
            return;
        const qreal far = std::abs(m_boxes[size_t(other)].rect.center().x() - own.rect.center().x())
            + std::abs(m_boxes[size_t(other)].rect.center().y() - own.rect.center().y()) / 8;
        if (best < 0 || far < nearest) {
            best = other;
            nearest = far;
        }
    };
    if (direction == 0 || direction == 2) { // along the arrows
        for (const auto &arrow : m_view.arrows) {
            if (direction == 2 && arrow.from == item)
                offer(arrow.to);
            if (direction == 0 && arrow.to == item)
                offer(arrow.from);
        }
        return best;
    }
    for (int other = 0; other < count(); ++other) {
        const auto &box = m_boxes[size_t(other)];
        const bool right = box.rect.center().x() > own.rect.center().x();
        if (box.layer == own.layer && right == (direction == 1))
            offer(other);
    }
    return best;
}

} // namespace coppice::ui
