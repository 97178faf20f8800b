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

/// {arrows, sum of their strengths} of the best set, by trying all: only for a few arrows.
std::pair<int, int> smallestByForce(const Arrows &arrows, const Arrows &strengths)
{
    std::vector<std::pair<int, int>> all;
    std::vector<int> strong;
    for (size_t from = 0; from < arrows.size(); ++from) {
        for (size_t i = 0; i < arrows[from].size(); ++i) {
            all.emplace_back(int(from), arrows[from][i]);
            strong.push_back(strengths[from][i]);
        }
    }
    std::pair best(int(all.size()) + 1, 0);
    for (uint mask = 0; mask < (1u << all.size()); ++mask) {
        std::pair size(std::popcount(mask), 0);
        if (size.first > best.first)
            continue;
        std::vector<std::pair<int, int>> out;
        for (size_t i = 0; i < all.size(); ++i) {
            if (mask & (1u << i)) {
                out.push_back(all[i]);
                size.second += strong[i];
            }
        }
        if (size < best && !goesRound(arrows, out))
            best = size;
    }
    return best;
}

int strengthOf(const Arrows &arrows, const Arrows &strengths, const std::vector<std::pair<int, int>> &cut)
{
    int sum = 0;
    for (const auto &[from, to] : cut) {
        const auto &list = arrows[size_t(from)];
        sum += strengths[size_t(from)][size_t(std::ranges::find(list, to) - list.begin())];
    }
    return sum;
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

    void theSmallestCutIsTheOneFoundByForce_data()
    {
        QTest::addColumn<quint32>("seed");
        for (const quint32 seed : {7u, 11u, 23u, 99u})
            QTest::addRow("%u", seed) << seed;
    }
    void theSmallestCutIsTheOneFoundByForce()
    {
        QFETCH(quint32, seed);
        QRandomGenerator random(seed);
        int chosen = 0;
        for (int i = 0; i < 60; ++i) {
            const auto arrows = drawn(random, 3 + i % 5, 5 + i % 8);
            Arrows strengths;
            for (const auto &list : arrows) {
                auto &own = strengths.emplace_back();
                for (size_t k = 0; k < list.size(); ++k)
                    own.push_back(random.bounded(1, 6));
            }
            const auto [fewest, weakest] = smallestByForce(arrows, strengths);
            const auto cut = smallestCut(arrows);
            QVERIFY(cut.exact);
            QVERIFY(!goesRound(arrows, cut.arrows));
            QCOMPARE(int(cut.arrows.size()), fewest);
            QCOMPARE(cut.atLeast, fewest);
            const auto weak = smallestCut(arrows, strengths);
            QVERIFY(weak.exact && weak.weakest);
            QVERIFY(!goesRound(arrows, weak.arrows));
            QCOMPARE(int(weak.arrows.size()), fewest);
            QCOMPARE(strengthOf(arrows, strengths, weak.arrows), weakest);
            chosen += weak.arrows != cut.arrows;
        }
        QVERIFY(chosen > 5); // strengths decide often enough to be tried
    }

    void aLargeTangleHasABoundedAnswer()
    {
        QRandomGenerator random(11);
        const auto arrows = drawn(random, 60, 500);
        const auto cut = smallestCut(arrows, {}, {}, 300'000);
        QVERIFY(!goesRound(arrows, cut.arrows));
        QVERIFY(!cut.exact);
        QVERIFY(cut.atLeast > 0 && cut.atLeast <= int(cut.arrows.size()));
        QCOMPARE(smallestCut(arrows, {}, {}, 300'000).arrows, cut.arrows); // the same again
        Arrows strengths;
        for (const auto &list : arrows)
            strengths.emplace_back(list.size(), 2);
        const auto weak = smallestCut(arrows, strengths, {}, 300'000);
        QVERIFY(!goesRound(arrows, weak.arrows) && !weak.weakest);
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

    /// Of two that would do, the one that is easier to do without; what is only likely before all others.
    void theWeakestEdgeIsCut()
    {
        using Scope = manifest::Dependency::Scope;
        auto catalog = catalogOf({u"a"_s, u"b"_s, u"our-tools"_s}, {u"a>b"_s, u"b>our-tools"_s});
        catalog.entries[1].manifest.dependencies[0].scope = Scope::Development;
        catalog.entries[2].manifest.dependencies.push_back({u"pkg:npm/a"_s, {}, {}, manifest::Dependency::Level::Manifest, {}});
        const auto cutOf = [&] {
            const Graph graph(catalog);
            const auto cycles = cyclesOf(graph);
            const auto &edge = graph.edges()[size_t(cycles.at(0).cut.at(0))];
            return QString(graph.nodes()[size_t(edge.from)].id + u'>' + graph.nodes()[size_t(edge.to)].id);
        };
        QCOMPARE(cutOf(), u"b>our-tools"_s);
        catalog.entries[0].manifest.dependencies[0].scope = Scope::Optional;
        QCOMPARE(cutOf(), u"b>our-tools"_s);
        catalog.entries[1].manifest.dependencies[0].scope = Scope::Peer;
        QCOMPARE(cutOf(), u"a>b"_s);
        catalog.entries[1].manifest.dependencies[0].purl = u"pkg:pypi/our_tools"_s; // called like it, in another ecosystem
        QCOMPARE(cutOf(), u"b>our-tools"_s);
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
