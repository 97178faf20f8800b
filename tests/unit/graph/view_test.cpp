// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_cases.h"
#include "support/test_main.h"

#include <graph/layout.h>
#include <graph/view.h>

#include <QRandomGenerator>
#include <QRectF>
#include <QTest>

using namespace coppice;
using namespace coppice::graph;
using namespace coppice::graph::test;
using namespace Qt::StringLiterals;

namespace {

QStringList namesOf(const Graph &graph, const View &view)
{
    QStringList names;
    for (const auto &box : view.boxes) {
        QStringList own;
        for (const int plugin : box.plugins)
            own << graph.nodes()[size_t(plugin)].id;
        names << own.join(u'+');
    }
    return names;
}

} // namespace

class ViewTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void neighboursBothWaysAndWhatIsHidden()
    {
        const Graph graph(catalogOf({u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s, u"f"_s}, {u"a>b"_s, u"b>c"_s, u"c>d"_s, u"d>e"_s, u"f>c"_s, u"f>e"_s}));
        const auto view = viewOf(graph, {}, {*graph.find(u"c"_s), 1, 1, 150});
        QCOMPARE(namesOf(graph, view), (QStringList{u"c"_s, u"b"_s, u"d"_s, u"f"_s}));
        QCOMPARE(view.arrows.size(), size_t(3));
        QCOMPARE(view.hiddenEdges, 3); // a>b, d>e, f>e
        QCOMPARE(view.hiddenPlugins, 2);
        QCOMPARE(view.boxes[1].hiddenIn, 1);
        QCOMPARE(view.boxes[3].hiddenOut, 1);
        QCOMPARE(view.boxes[1].distance, -1);
        const auto all = viewOf(graph, {}, {*graph.find(u"c"_s), 5, 5, 150});
        QCOMPARE(all.boxes.size(), size_t(6));
        QCOMPARE(all.hiddenEdges, 0);
    }

    void everyEdgeIsEitherDrawnOrCounted()
    {
        QRandomGenerator random(3);
        QStringList ids, pairs;
        for (int i = 0; i < 40; ++i)
            ids << u"p%1"_s.arg(i, 3, 10, QLatin1Char('0'));
        for (int i = 0; i < 90; ++i)
            pairs << QString(ids[random.bounded(40)] + u'>' + ids[random.bounded(40)]);
        const Graph graph(catalogOf(ids, pairs));
        const auto cycles = cyclesOf(graph);
        for (int focus = 0; focus < 40; ++focus) {
            const auto view = viewOf(graph, cycles, {focus, 2, 2, 12});
            QVERIFY(view.boxes.size() <= 12);
            QSet<int> inView;
            for (const auto &box : view.boxes)
                inView += QSet<int>(box.plugins.begin(), box.plugins.end());
            QSet<int> drawn;
            for (const auto &arrow : view.arrows)
                drawn += QSet<int>(arrow.edges.begin(), arrow.edges.end());
            int hidden = 0;
            for (size_t i = 0; i < graph.edges().size(); ++i) {
                const bool from = inView.contains(graph.edges()[i].from), to = inView.contains(graph.edges()[i].to);
                hidden += from != to ? 1 : 0;
                const bool within = std::ranges::any_of(view.boxes, [&](const View::Box &box) {
                    return std::ranges::count(box.plugins, graph.edges()[i].from) && std::ranges::count(box.plugins, graph.edges()[i].to);
                });
                QCOMPARE(drawn.contains(int(i)), from && to && !within);
            }
            QCOMPARE(view.hiddenEdges, hidden);
        }
    }

    void cyclesShareABoxUnlessTheyAreLookedAt()
    {
        const Graph graph(catalogOf({u"a"_s, u"b"_s, u"c"_s, u"d"_s}, {u"a>b"_s, u"b>c"_s, u"c>b"_s, u"b>d"_s, u"c>d"_s}));
        const auto cycles = cyclesOf(graph);
        const auto outside = viewOf(graph, cycles, {0, 1, 3, 150});
        QCOMPARE(namesOf(graph, outside), (QStringList{u"a"_s, u"b+c"_s, u"d"_s}));
        QCOMPARE(outside.arrows.size(), size_t(2));
        QCOMPARE(outside.arrows[1].edges.size(), size_t(2));
        const auto inside = viewOf(graph, cycles, {1, 1, 1, 150});
        QCOMPARE(inside.boxes.size(), size_t(4));
        QVERIFY(std::ranges::any_of(inside.arrows, [](const View::Arrow &arrow) { return arrow.inCut; }));
        QCOMPARE(cycleView(graph, cycles[0]).boxes.size(), size_t(2));
        QCOMPARE(cycleView(graph, cycles[0]).hiddenEdges, 3);
        QCOMPARE(cycleView(graph, cycles[0], 1).leftOut, 1);
    }

    void theMatrixIsLowerTriangularButForCycles()
    {
        const Graph graph(catalogOf({u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"z"_s}, {u"d>c"_s, u"c>b"_s, u"b>c"_s, u"b>a"_s}));
        const auto order = matrixOrder(graph);
        QCOMPARE(order, (std::vector<int>{3, 1, 2, 0, 4})); // what depends first, the cycle together, who stands alone last
    }

    void layersLeadDown()
    {
        const auto placed = layOut({{{50, 20}, {50, 20}, {50, 20}, {50, 20}}, {{0, 1}, {1, 2}, {0, 2}, {2, 0}, {3, 2}}}, {10, 30});
        QCOMPARE(placed.layers, (std::vector<int>{0, 1, 2, 1})); // 3 stands next to what it leads to
        QVERIFY(placed.upwards[3] && !placed.upwards[0]);
        QCOMPARE(placed.arrows[2].size(), size_t(4)); // over a place between
        QVERIFY(placed.arrows[3].front().y() > placed.arrows[3].back().y());
        QCOMPARE(placed.arrows[0].front().y(), placed.boxes[0].y() + 20);
        QCOMPARE(placed.arrows[0].back().y(), placed.boxes[1].y());
        QVERIFY(layOut({}, {10, 30}).boxes.empty());
    }

    void boxesNeverOverlapAndTheSameComesOutAgain()
    {
        QRandomGenerator random(5);
        for (int round = 0; round < 12; ++round) {
            Drawing drawing;
            const int count = 10 + round * 12;
            for (int i = 0; i < count; ++i)
                drawing.boxes.emplace_back(40 + random.bounded(120), 20 + random.bounded(40));
            for (int i = 0; i < count * 2; ++i) {
                const int from = random.bounded(count), to = random.bounded(count);
                if (from != to)
                    drawing.arrows.emplace_back(from, to);
            }
            const auto placed = layOut(drawing, {16, 40});
            const QRectF all(QPointF(-0.01, -0.01), placed.size + QSizeF(0.02, 0.02));
            for (int i = 0; i < count; ++i) {
                const QRectF own(placed.boxes[size_t(i)], drawing.boxes[size_t(i)]);
                QVERIFY(all.contains(own));
                for (int k = i + 1; k < count; ++k)
                    QVERIFY(!own.intersects(QRectF(placed.boxes[size_t(k)], drawing.boxes[size_t(k)])));
            }
            const auto again = layOut(drawing, {16, 40});
            QCOMPARE(again.boxes, placed.boxes);
            QCOMPARE(again.arrows, placed.arrows);
        }
    }

    void crossingsAreTakenOut()
    {
        // Two rows that are drawn without any crossing when ordered.
        Drawing drawing;
        for (int i = 0; i < 16; ++i)
            drawing.boxes.emplace_back(30, 20);
        for (int i = 0; i < 8; ++i)
            drawing.arrows.emplace_back(i, 15 - i);
        QCOMPARE(layOut(drawing, {10, 30}).crossings, 0);
    }

    /// Forty that depend on one stand in rows, not in a band; their arrows all lead down, and run together.
    void aWideLayerIsPartedIntoRows()
    {
        Drawing drawing;
        drawing.widest = 1000;
        for (int i = 0; i < 43; ++i)
            drawing.boxes.emplace_back(150, 30);
        for (int i = 1; i <= 40; ++i)
            drawing.arrows.emplace_back(i, 0);
        drawing.arrows.emplace_back(41, 1);
        drawing.arrows.emplace_back(42, 40);
        const auto placed = layOut(drawing, {20, 48});
        QVERIFY2(placed.size.width() < 1500, qPrintable(QString::number(placed.size.width())));
        QSet<int> rows;
        for (int i = 1; i <= 40; ++i)
            rows.insert(placed.layers[size_t(i)]);
        QCOMPARE(rows.size(), qsizetype(7));
        for (size_t i = 0; i < drawing.arrows.size(); ++i) {
            const auto &way = placed.arrows[i];
            QVERIFY(!placed.upwards[i]);
            for (size_t k = 1; k < way.size(); ++k)
                QVERIFY(way[k].y() >= way[k - 1].y());
            QCOMPARE(way.back().y(), placed.boxes[size_t(drawing.arrows[i].second)].y());
        }
        for (size_t a = 0; a < placed.boxes.size(); ++a) {
            for (size_t b = a + 1; b < placed.boxes.size(); ++b)
                QVERIFY(!QRectF(placed.boxes[a], drawing.boxes[a]).intersects(QRectF(placed.boxes[b], drawing.boxes[b])));
        }
        drawing.widest = 0;
        QVERIFY(layOut(drawing, {20, 48}).size.width() > 6000);
    }

    /// What is to be cut is what goes up: without it all leads down.
    void theCutGoesUp()
    {
        Drawing drawing;
        drawing.boxes.assign(4, QSizeF(50, 20));
        drawing.arrows = {{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 1}};
        drawing.back = {false, true, false, false, false}; // without 1>2 nothing goes round
        QCOMPARE(layOut(drawing, {10, 30}).upwards, drawing.back);
        drawing.back = {true, true, true, true, true}; // no good advice: still an order
        const auto placed = layOut(drawing, {10, 30});
        for (size_t i = 0; i < drawing.arrows.size(); ++i) {
            const auto [from, to] = drawing.arrows[i];
            QCOMPARE(placed.layers[size_t(from)] > placed.layers[size_t(to)], bool(placed.upwards[i]));
        }
    }
};

COPPICE_TEST(ViewTest)
#include "view_test.moc"
