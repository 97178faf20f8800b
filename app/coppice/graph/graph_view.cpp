// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_view.h"

#include "shell/app_session.h"
#include "shell/finder.h"
#include "shell/screens.h"

#include <health/health_store.h>

#include <algorithm>

namespace coppice::ui {

static const Screen screen("graph", 30, "Graph", "Who depends on whom, in circles or not, and what a change touches");

namespace {
constexpr int MostSteps = 12;
constexpr qsizetype MostPast = 50;
} // namespace

GraphView::GraphView(QObject *parent) : QObject(parent), m_rows({"title", "detail", "side", "tier", "tone", "icon", "spoken"})
{
    const auto *app = AppSession::instance();
    connect(app, &AppSession::catalogChanged, this, &GraphView::readCatalog);
    connect(app, &AppSession::catalogChanged, this, &GraphView::readTiers);
    connect(app, &AppSession::shown, this, [this](const QString &name, const QString &id) {
        if (name == screen.name)
            readTiers();
        if (name == screen.name && !id.isEmpty()) {
            setMode(Neighbours);
            setFocus(id);
        }
    });
    readCatalog();
    readTiers();
}

/// What health said last of each plugin; where nothing was measured, nothing is known.
void GraphView::readTiers()
{
    auto *app = AppSession::instance();
    if (!app->session())
        return;
    app->worker().read(
        this,
        [session = app->session()] {
            GraphTiers tiers;
            if (const auto scores = health::HealthStore(session->state()).scores()) {
                for (auto it = scores->cbegin(); it != scores->cend(); ++it)
                    tiers.insert(it.key(), tierFrom(it->score.tier));
            }
            return tiers;
        },
        [this](const GraphTiers &tiers) {
            if (tiers != m_tiers)
                setTiers(tiers);
        });
}

void GraphView::readCatalog()
{
    auto *app = AppSession::instance();
    const auto catalog = app->catalog();
    if (!catalog) {
        m_facts = {};
        m_drawn = {};
        m_rows.setRecords({});
        if (m_canvas)
            m_canvas->setPicture({});
        Q_EMIT changed();
        return;
    }
    ++m_working;
    Q_EMIT changed();
    app->worker().read(
        this,
        [catalog] {
            Facts facts;
            facts.graph = graph::Graph(*catalog);
            facts.cycles = graph::cyclesOf(facts.graph);
            return std::make_shared<const Facts>(std::move(facts));
        },
        [this](FactsPtr facts) {
            --m_working;
            m_facts = std::move(facts);
            const auto &nodes = m_facts->graph.nodes();
            if (!m_facts->graph.find(m_focus)) {
                // At first the plugin that most others depend on.
                const auto hub = std::ranges::max_element(nodes, {}, [](const graph::Node &node) { return node.in.size(); });
                m_focus = hub == nodes.end() ? QString() : hub->id;
            }
            m_cycle = std::clamp(m_cycle, 0, std::max(0, int(m_facts->cycles.size()) - 1));
            draw();
        });
}

int GraphView::focusNode() const
{
    return m_facts ? m_facts->graph.find(m_focus).value_or(-1) : -1;
}

void GraphView::draw()
{
    Q_EMIT changed();
    if (!m_facts || !m_canvas || !m_canvas->style())
        return;
    ++m_working;
    const int round = ++m_round;
    AppSession::instance()->worker().read(
        this,
        [facts = m_facts, mode = m_mode, focus = focusNode(), up = m_up, down = m_down, cycle = m_cycle, tiers = m_tiers,
         inks = m_canvas->style()->inks()] {
            switch (mode) {
            case Impact: return drawImpact(*facts, focus, tiers, inks);
            case Cycles: return drawCycle(*facts, cycle, tiers, inks);
            case Matrix: return drawMatrix(*facts, tiers);
            case Neighbours: break;
            }
            return drawNeighbours(*facts, focus, up, down, tiers, inks);
        },
        [this, round](Drawn drawn) {
            --m_working;
            if (round == m_round)
                take(std::move(drawn));
            Q_EMIT changed();
        });
}

void GraphView::take(Drawn drawn)
{
    m_drawn = std::move(drawn);
    m_shown = m_drawn.shown;
    m_hidden = m_drawn.hidden;
    if (m_filter.isEmpty())
        m_rows.setRecords(m_drawn.rows);
    if (m_mode == Cycles)
        m_selected = QStringLiteral("cycle:%1").arg(m_cycle);
    else if (m_rows.indexOf(m_selected) < 0)
        m_selected = m_rows.indexOf(m_focus) >= 0 ? m_focus : m_rows.keyAt(0);
    if (m_canvas) {
        m_canvas->setSelected(-1);
        m_canvas->setPicture(m_drawn.picture);
        m_canvas->setSelected(item());
    }
    Q_EMIT selectionChanged();
}

void GraphView::fillSearch()
{
    if (m_filter.isEmpty() || !m_facts) {
        m_rows.setRecords(m_drawn.rows);
        return;
    }
    const QStringList words = m_filter.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    std::vector<Record> rows;
    for (const auto &node : m_facts->graph.nodes()) {
        if (fitOf(words, node.id + QLatin1Char(' ') + node.language + QLatin1Char(' ') + node.owners.join(QLatin1Char(' '))) < 0)
            continue;
        const QString detail = tr("depended on by %1, depends on %2").arg(node.in.size()).arg(node.out.size());
        const QString tier = nameOf(m_tiers.value(node.id));
        rows.push_back({node.id, {node.id, detail, node.version, int(m_tiers.value(node.id)), QString(), QString(),
                                  tr("%1, %2, health %3").arg(node.id, detail, tier)}});
    }
    m_rows.setRecords(std::move(rows));
}

void GraphView::setMode(Mode mode)
{
    if (m_mode == mode)
        return;
    m_mode = mode;
    m_selected.clear();
    draw();
}

void GraphView::setFocus(const QString &plugin)
{
    if (m_focus == plugin || (m_facts && !m_facts->graph.find(plugin)))
        return;
    if (!m_focus.isEmpty() && m_facts) {
        m_past << m_focus;
        if (m_past.size() > MostPast)
            m_past.removeFirst();
    }
    m_focus = plugin;
    m_selected = plugin;
    draw();
}

void GraphView::back()
{
    if (m_past.isEmpty())
        return;
    m_focus = m_past.takeLast();
    m_selected = m_focus;
    draw();
}

void GraphView::setUp(int steps)
{
    steps = std::clamp(steps, 0, MostSteps);
    if (m_up == steps)
        return;
    m_up = steps;
    draw();
}

void GraphView::setDown(int steps)
{
    steps = std::clamp(steps, 0, MostSteps);
    if (m_down == steps)
        return;
    m_down = steps;
    draw();
}

void GraphView::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    fillSearch();
    if (row() < 0)
        m_selected = m_rows.keyAt(0);
    if (m_canvas)
        m_canvas->setSelected(item());
    Q_EMIT changed();
    Q_EMIT selectionChanged();
}

void GraphView::setTiers(const GraphTiers &tiers)
{
    if (m_tiers == tiers)
        return;
    m_tiers = tiers;
    draw();
}

void GraphView::setCanvas(GraphCanvas *canvas)
{
    if (m_canvas == canvas)
        return;
    if (m_canvas)
        m_canvas->disconnect(this);
    m_canvas = canvas;
    if (m_canvas) {
        connect(m_canvas, &GraphCanvas::picked, this, &GraphView::pickItem);
        connect(m_canvas, &GraphCanvas::opened, this, &GraphView::openItem);
        connect(m_canvas, &GraphCanvas::changed, this, [this] {
            if (!m_drawn.picture)
                draw();
        });
        draw();
    }
    Q_EMIT canvasChanged();
}

QString GraphView::selectedPlugin() const
{
    return m_facts && m_facts->graph.find(m_selected) ? m_selected : QString();
}

int GraphView::item() const
{
    const auto node = m_facts ? m_facts->graph.find(m_selected) : std::nullopt;
    if (!node)
        return -1;
    if (m_drawn.matrix)
        return m_drawn.matrix->rowOf(*node);
    if (m_drawn.sheet) {
        const auto &boxes = m_drawn.sheet->view().boxes;
        for (size_t i = 0; i < boxes.size(); ++i) {
            if (std::ranges::find(boxes[i].plugins, *node) != boxes[i].plugins.end())
                return int(i);
        }
    }
    return -1;
}

QString GraphView::selectedText() const
{
    const auto node = m_facts ? m_facts->graph.find(m_selected) : std::nullopt;
    if (!node)
        return m_facts && m_mode == Cycles && size_t(m_cycle) < m_facts->cycles.size() ? cycleText() : QString();
    const auto &own = m_facts->graph.nodes()[size_t(*node)];
    const auto names = [&](const std::vector<int> &edges, bool out) {
        QStringList all;
        for (const int edge : edges) {
            if (all.size() == 12) {
                all << tr("and %1 more").arg(edges.size() - 12);
                break;
            }
            const auto &arrow = m_facts->graph.edges()[size_t(edge)];
            QString name = m_facts->graph.nodes()[size_t(out ? arrow.to : arrow.from)].id;
            const QString range = arrow.reasons.front().range;
            if (!range.isEmpty())
                name += QLatin1Char(' ') + range;
            all << (arrow.isCertain() ? name : tr("%1 (likely: by name only)").arg(name));
        }
        return all.join(QStringLiteral(", "));
    };
    QStringList lines;
    lines << (own.in.empty() ? tr("Nothing depends on it.") : tr("Depended on by %1: %2.").arg(own.in.size()).arg(names(own.in, false)));
    lines << (own.out.empty() ? tr("It depends on no plugin.") : tr("Depends on %1: %2.").arg(own.out.size()).arg(names(own.out, true)));
    lines << tr("Health: %1.").arg(nameOf(m_tiers.value(own.id)));
    return lines.join(QLatin1Char('\n'));
}

/// The cycle on view: which edges to take away and why these, and who goes round.
QString GraphView::cycleText() const
{
    const auto &graph = m_facts->graph;
    const auto &cycle = m_facts->cycles[size_t(m_cycle)];
    const auto listed = [](QStringList all) {
        constexpr qsizetype most = 12;
        const qsizetype more = all.size() - most;
        if (more > 0)
            all = all.mid(0, most) << tr("and %1 more").arg(more);
        return all.join(QStringLiteral(", "));
    };
    QStringList members, cut;
    for (const int plugin : cycle.plugins)
        members << graph.nodes()[size_t(plugin)].id;
    for (const int edge : cycle.cut) {
        const auto &arrow = graph.edges()[size_t(edge)];
        const QString why = arrow.isCertain() ? graph::nameOf(arrow.reasons.front().scope) : tr("likely");
        cut << tr("%1 → %2 (%3)").arg(graph.nodes()[size_t(arrow.from)].id, graph.nodes()[size_t(arrow.to)].id, why);
    }
    return tr("Take away %1.").arg(listed(cut)) + QLatin1Char('\n') + tr("In it: %1.").arg(listed(members));
}

QString GraphView::note() const
{
    if (!m_facts)
        return {};
    const qint64 likely = std::ranges::count_if(m_facts->graph.edges(), [](const graph::Edge &edge) { return !edge.isCertain(); });
    QString text = tr("%1 plugins, %2 dependencies").arg(m_facts->graph.nodes().size()).arg(m_facts->graph.edges().size());
    if (likely > 0)
        text += tr(", %1 of them likely (by name only)").arg(likely);
    return text;
}

void GraphView::pick(int row)
{
    const QString key = m_rows.keyAt(row);
    if (key.isEmpty() || key == m_selected)
        return;
    m_selected = key;
    if (key.startsWith(QLatin1String("cycle:")) && m_filter.isEmpty()) {
        m_cycle = key.mid(6).toInt();
        draw();
    } else if (m_canvas) {
        m_canvas->setSelected(item());
    }
    Q_EMIT selectionChanged();
}

void GraphView::pickItem(int item)
{
    QString key;
    if (m_drawn.matrix && item >= 0 && item < m_drawn.matrix->count())
        key = m_facts->graph.nodes()[size_t(m_drawn.matrix->plugin(item))].id;
    else if (m_drawn.sheet && item >= 0 && item < m_drawn.sheet->count())
        key = m_facts->graph.nodes()[size_t(m_drawn.sheet->view().boxes[size_t(item)].plugins.front())].id;
    if (key.isEmpty())
        return;
    m_selected = key;
    if (m_canvas)
        m_canvas->setSelected(item);
    Q_EMIT selectionChanged();
}

void GraphView::open(int row)
{
    const QString key = m_rows.keyAt(row);
    if (!m_facts || !m_facts->graph.find(key))
        return;
    if (m_mode == Cycles || m_mode == Matrix)
        m_mode = Neighbours;
    if (key == m_focus)
        draw();
    else
        setFocus(key);
}

void GraphView::openItem(int item)
{
    pickItem(item);
    const QString plugin = selectedPlugin();
    if (plugin.isEmpty())
        return;
    if (m_mode == Cycles || m_mode == Matrix)
        m_mode = Neighbours;
    if (plugin == m_focus)
        draw();
    else
        setFocus(plugin);
}

} // namespace coppice::ui
