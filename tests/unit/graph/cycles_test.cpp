// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_cases.h"
#include "support/test_main.h"

#include <graph/cycles.h>
#include <graph/impact.h>

#include <QRandomGenerator>
#include <QTest>

using namespace coppice;
using namespace coppice::graph;
using namespace coppice::graph::test;
using namespace Qt::StringLiterals;

namespace {

bool goesRound(const Arrows &arrows, const std::vector<std::pair<int, int>> &without)
{
    Arrows left(arrows.size());
    for (size_t from = 0; from < arrows.size(); ++from) {
        for (const int to : arrows[from]) {
            if (int(from) == to)
                return true;
            if (std::ranges::find(without, std::pair(int(from), to)) == without.end())
                left[from].push_back(to);
        }
    }
    return std::ranges::any_of(components(left), [](const auto &component) { return component.size() > 1; });
}

Arrows drawn(QRandomGenerator &random, int nodes, int count)
{
    Arrows arrows(size_t(nodes), std::vector<int>{});
    for (int i = 0; i < count; ++i) {
        const int from = random.bounded(nodes), to = random.bounded(nodes);
        if (from != to && std::ranges::find(arrows[size_t(from)], to) == arrows[size_t(from)].end())
            arrows[size_t(from)].push_back(to);
    }
    return arrows;
}

/// By trying all subsets: only for a few arrows.
int smallestByForce(const Arrows &arrows)
{
    std::vector<std::pair<int, int>> all;
    for (size_t from = 0; from < arrows.size(); ++from) {
        for (const int to : arrows[from])
            all.emplace_back(int(from), to);
    }
    int best = int(all.size());
    for (uint mask = 0; mask < (1u << all.size()); ++mask) {
        const int size = std::popcount(mask);
        if (size >= best)
            continue;
        std::vector<std::pair<int, int>> out;
        for (size_t i = 0; i < all.size(); ++i) {
            if (mask & (1u << i))
                out.push_back(all[i]);
        }
        if (!goesRound(arrows, out))
            best = size;
    }
    return best;
}

} // namespace

class CyclesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void componentsAndTheirOrder()
    {
        const auto found = components({{1}, {2}, {0, 3}, {4}, {}, {5}});
        QCOMPARE(found.size(), size_t(4));
        QCOMPARE(found[0], std::vector<int>{4});
        QCOMPARE(found[1], std::vector<int>{3});
        QCOMPARE(found[2], (std::vector<int>{0, 1, 2}));
        Arrows chain(200'000);
        for (int i = 0; i + 1 < int(chain.size()); ++i)
            chain[size_t(i)] = {i + 1};
        QCOMPARE(components(chain).size(), chain.size()); // no recursion
    }

    void theSmallestCutIsTheOneFoundByForce()
    {
        QRandomGenerator random(7);
        for (int i = 0; i < 60; ++i) {
            const auto arrows = drawn(random, 3 + i % 5, 5 + i % 8);
            const auto cut = smallestCut(arrows);
            QVERIFY(cut.exact);
            QVERIFY(!goesRound(arrows, cut.arrows));
            QCOMPARE(int(cut.arrows.size()), smallestByForce(arrows));
            QCOMPARE(cut.atLeast, int(cut.arrows.size()));
        }
    }

    void aLargeTangleHasABoundedAnswer()
    {
        QRandomGenerator random(11);
        const auto arrows = drawn(random, 60, 500);
        const auto cut = smallestCut(arrows, {}, 300'000);
        QVERIFY(!goesRound(arrows, cut.arrows));
        QVERIFY(!cut.exact);
        QVERIFY(cut.atLeast > 0 && cut.atLeast <= int(cut.arrows.size()));
        QCOMPARE(smallestCut(arrows, {}, 300'000).arrows, cut.arrows); // the same again
    }

    void cyclesOfALibrary()
    {
        const Graph graph(catalogOf({u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s, u"f"_s}, {u"a>b"_s, u"b>c"_s, u"c>a"_s, u"b>a"_s, u"d>e"_s, u"e>d"_s, u"f>a"_s}));
        const auto cycles = cyclesOf(graph);
        QCOMPARE(cycles.size(), size_t(2));
        QCOMPARE(cycles[0].plugins, (std::vector<int>{0, 1, 2}));
        QCOMPARE(cycles[0].edges.size(), size_t(4));
        QCOMPARE(cycles[0].cut.size(), size_t(1)); // a>b stands in both ways round
        QCOMPARE(graph.edges()[size_t(cycles[0].cut[0])].from, 0);
        QCOMPARE(graph.edges()[size_t(cycles[0].cut[0])].to, 1);
        QCOMPARE(cycles[1].plugins, (std::vector<int>{3, 4}));
        QCOMPARE(cycles[1].shortest.size(), size_t(2));
    }

    void impactByDistanceAndRange()
    {
        auto catalog = catalogOf({u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s}, {u"b>a"_s, u"c>a"_s, u"d>b"_s, u"d>c"_s, u"e>d"_s, u"a>zod"_s});
        catalog.entries[2].manifest.dependencies[0].range = u">=1"_s;
        const Graph graph(catalog);
        const auto impact = impactOf(graph, 0, u"2.0.0"_s);
        QCOMPARE(impact.byDistance, (std::vector<int>{2, 1, 1}));
        QCOMPARE(impact.touched.size(), size_t(4));
        QCOMPARE(impact.touched[2].by, 1);
        QCOMPARE(impact.takers.size(), size_t(2));
        QCOMPARE(int(impact.takers[0].accepts), int(manifest::Accepts::No));
        QCOMPARE(int(impact.takers[1].accepts), int(manifest::Accepts::Yes));
        const auto package = impactOfPackage(graph, u"pkg:npm/zod"_s, u"1.5.0"_s);
        QCOMPARE(package.byDistance, (std::vector<int>{1, 2, 1, 1}));
        QCOMPARE(int(package.takers[0].accepts), int(manifest::Accepts::Yes));
        QVERIFY(impactOfPackage(graph, u"pkg:npm/none"_s).touched.empty());
        // A ring comes to an end.
        QCOMPARE(impactOf(Graph(catalogOf({u"x"_s, u"y"_s}, {u"x>y"_s, u"y>x"_s})), 0).byDistance, std::vector<int>{1});
    }
};

COPPICE_TEST(CyclesTest)
#include "cycles_test.moc"
