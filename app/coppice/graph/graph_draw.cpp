// SPDX-License-Identifier: GPL-3.0-or-later
// What each way of looking at the graph shows: the picture, and the same as rows. On workers.
#include "graph_view.h"

#include <algorithm>

namespace coppice::ui {

namespace {

/// "good" health as a row shows it.
QVariantList valuesOf(const QString &title, const QString &detail, const QString &side, GraphTier tier, const QString &tone, const QString &icon)
{
    QStringList spoken{title};
    for (const auto &part : {detail, side}) {
        if (!part.isEmpty())
            spoken << part;
    }
    spoken << GraphView::tr("health %1").arg(nameOf(tier));
    return {title, detail, side, int(tier), tone, icon, spoken.join(QStringLiteral(", "))};
}

QString distanceText(int distance)
{
    if (distance == 0)
        return GraphView::tr("focus");
    const int steps = std::abs(distance);
    if (distance < 0)
        return steps == 1 ? GraphView::tr("depends on it") : GraphView::tr("depends on it over %1 steps").arg(steps);
    return steps == 1 ? GraphView::tr("it depends on this") : GraphView::tr("it depends on this over %1 steps").arg(steps);
}

QString hiddenText(const graph::View &view)
{
    QStringList parts;
    if (view.hiddenEdges > 0)
        parts << GraphView::tr("%n edge(s)", nullptr, int(view.hiddenEdges)) + GraphView::tr(" to %n plugin(s) not shown", nullptr, int(view.hiddenPlugins));
    if (view.leftOut > 0)
        parts << GraphView::tr("%1 plugins within reach were left out: there are more than 150").arg(view.leftOut);
    return parts.isEmpty() ? GraphView::tr("No edge of these plugins is hidden") : parts.join(QStringLiteral("; "));
}

int pluginsIn(const graph::View &view)
{
    int count = 0;
    for (const auto &box : view.boxes)
        count += int(box.plugins.size());
    return count;
}

QString namesOf(const graph::Graph &graph, const std::vector<int> &plugins)
{
    QStringList names;
    for (const int plugin : plugins)
        names << graph.nodes()[size_t(plugin)].id;
    return names.join(QStringLiteral(", "));
}

} // namespace

GraphView::Drawn GraphView::drawNeighbours(const Facts &facts, int focus, int up, int down, const GraphTiers &tiers, const GraphInks &inks)
{
    Drawn drawn;
    const auto view = graph::viewOf(facts.graph, facts.cycles, {focus, up, down, 150});
    for (const auto &box : view.boxes) {
        const auto &first = facts.graph.nodes()[size_t(box.plugins.front())];
        const int hidden = box.hiddenIn + box.hiddenOut;
        const bool cycle = box.plugins.size() > 1;
        QString detail = distanceText(box.distance);
        if (cycle)
            detail = tr("cycle of %1: %2").arg(box.plugins.size()).arg(namesOf(facts.graph, box.plugins));
        drawn.rows.push_back({first.id, valuesOf(first.id, detail, hidden ? tr("%1 hidden").arg(hidden) : QString(), tiers.value(first.id),
                                                 cycle ? QStringLiteral("warning") : QString(), cycle ? QStringLiteral("sync") : QString())});
    }
    drawn.sheet = std::make_shared<const GraphSheet>(facts.graph, view, tiers, inks, true);
    drawn.picture = drawn.sheet;
    drawn.shown = tr("%1 of %2 plugins, ").arg(pluginsIn(view)).arg(facts.graph.nodes().size()) + tr("%n edge(s)", nullptr, int(view.arrows.size()));
    drawn.hidden = hiddenText(view);
    return drawn;
}

GraphView::Drawn GraphView::drawImpact(const Facts &facts, int focus, const GraphTiers &tiers, const GraphInks &inks)
{
    Drawn drawn;
    if (focus < 0)
        return drawn;
    const auto impact = graph::impactOf(facts.graph, focus);
    const auto &own = facts.graph.nodes()[size_t(focus)];
    drawn.rows.push_back({own.id, valuesOf(own.id, tr("what changes"), own.version, tiers.value(own.id), {}, {})});
    for (const auto &touched : impact.touched) {
        const auto &node = facts.graph.nodes()[size_t(touched.plugin)];
        QString detail = tr("directly");
        if (touched.distance > 1)
            detail = tr("over %1, %2 steps").arg(facts.graph.nodes()[size_t(touched.by)].id).arg(touched.distance);
        if (!touched.certain)
            detail += tr(" (likely)");
        drawn.rows.push_back({node.id, valuesOf(node.id, detail, node.version, tiers.value(node.id), {}, {})});
    }
    const auto view = graph::viewOf(facts.graph, facts.cycles, {focus, int(facts.graph.nodes().size()), 0, 150});
    drawn.sheet = std::make_shared<const GraphSheet>(facts.graph, view, tiers, inks, true);
    drawn.picture = drawn.sheet;
    QStringList counts;
    for (size_t i = 0; i < impact.byDistance.size(); ++i)
        counts << (i == 0 ? tr("%1 directly").arg(impact.byDistance[i]) : tr("%1 at distance %2").arg(impact.byDistance[i]).arg(i + 1));
    drawn.shown = impact.touched.empty() ? tr("A change of %1 touches no other plugin").arg(own.id)
                                         : tr("A change of %1 touches %2: %3").arg(own.id).arg(impact.touched.size()).arg(counts.join(QStringLiteral(", ")));
    drawn.hidden = hiddenText(view);
    return drawn;
}

GraphView::Drawn GraphView::drawCycle(const Facts &facts, int cycle, const GraphTiers &tiers, const GraphInks &inks)
{
    Drawn drawn;
    for (size_t i = 0; i < facts.cycles.size(); ++i) {
        const auto &one = facts.cycles[i];
        QStringList cut;
        for (const int edge : one.cut) {
            const auto &arrow = facts.graph.edges()[size_t(edge)];
            cut << tr("%1 → %2").arg(facts.graph.nodes()[size_t(arrow.from)].id, facts.graph.nodes()[size_t(arrow.to)].id);
        }
        const QString detail = one.exact ? tr("cut %1").arg(cut.join(QStringLiteral(", ")))
                                         : tr("cut %1 (at least %2 needed)").arg(cut.join(QStringLiteral(", "))).arg(one.atLeast);
        const QString title = tr("%1 plugins: %2").arg(one.plugins.size()).arg(namesOf(facts.graph, one.plugins));
        drawn.rows.push_back({QStringLiteral("cycle:%1").arg(i),
                              {title, detail, tr("%1 edges").arg(one.edges.size()), -1, QStringLiteral("warning"), QStringLiteral("sync"),
                               tr("Cycle of %1, %2").arg(title, detail)}});
    }
    if (cycle < 0 || size_t(cycle) >= facts.cycles.size()) {
        drawn.shown = tr("No plugins depend on each other in a circle");
        return drawn;
    }
    const auto &one = facts.cycles[size_t(cycle)];
    const auto view = graph::cycleView(facts.graph, one);
    drawn.sheet = std::make_shared<const GraphSheet>(facts.graph, view, tiers, inks, false);
    drawn.picture = drawn.sheet;
    drawn.shown = one.exact ? tr("%1 plugins go round; taking away the %2 red edges ends it, and no fewer would").arg(one.plugins.size()).arg(one.cut.size())
                            : tr("%1 plugins go round; taking away the %2 red edges ends it, at least %3 are needed").arg(one.plugins.size()).arg(one.cut.size()).arg(one.atLeast);
    drawn.hidden = hiddenText(view);
    return drawn;
}

GraphView::Drawn GraphView::drawMatrix(const Facts &facts, const GraphTiers &tiers)
{
    Drawn drawn;
    drawn.matrix = std::make_shared<const GraphMatrix>(facts.graph, tiers, facts.cycles);
    drawn.picture = drawn.matrix;
    for (int row = 0; row < drawn.matrix->count(); ++row) {
        const auto &node = facts.graph.nodes()[size_t(drawn.matrix->plugin(row))];
        drawn.rows.push_back({node.id, valuesOf(node.id, tr("depended on by %1, depends on %2").arg(node.in.size()).arg(node.out.size()), node.version, tiers.value(node.id), {}, {})});
    }
    drawn.shown = tr("A row depends on the columns with a mark; red marks go round, hollow ones are likely only");
    drawn.hidden = tr("No edge is hidden");
    return drawn;
}

} // namespace coppice::ui
