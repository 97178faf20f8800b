// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_cases.h"
#include "support/test_main.h"

#include <QTest>

using namespace coppice;
using namespace coppice::graph;
using namespace coppice::graph::test;
using namespace Qt::StringLiterals;

namespace {

library::Catalog with(std::vector<library::CatalogEntry> entries)
{
    library::Catalog catalog;
    catalog.entries = std::move(entries);
    return catalog;
}

Reason::Kind kindOf(const Graph &graph, const QString &from)
{
    const auto &node = graph.nodes()[size_t(*graph.find(from))];
    return graph.edges()[size_t(node.out.front())].reasons.front().kind;
}

} // namespace

class GraphTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void packagesOfTheSameEcosystem()
    {
        const Graph graph(catalogOf({u"a"_s, u"b"_s, u"c"_s}, {u"a>b"_s, u"b>c"_s, u"a>c"_s, u"a>zod"_s, u"c>c"_s}));
        QCOMPARE(graph.dependenciesOf(u"a"_s), (QStringList{u"b"_s, u"c"_s}));
        QCOMPARE(graph.dependentsOf(u"c"_s), (QStringList{u"a"_s, u"b"_s}));
        QVERIFY(graph.dependenciesOf(u"c"_s).isEmpty()); // itself is none
        QVERIFY(graph.dependentsOf(u"nobody"_s).isEmpty());
        QVERIFY(graph.packages().contains(u"pkg:npm/zod"_s));
        QVERIFY(graph.publishersOf(u"pkg:npm/zod"_s).isEmpty());
    }

    void pathsRepositoriesAndSettings()
    {
        auto a = entry(u"a"_s, u"pkg:cargo/a"_s, {u"pkg:cargo/other 1"_s});
        a.manifest.dependencies[0].reference = u"path:../b/crates/other"_s;
        auto b = entry(u"b"_s, u"pkg:cargo/b"_s, {u"pkg:npm/c 1"_s});
        b.manifest.dependencies[0].reference = u"git:https://host.invalid/Org/C"_s;
        auto c = entry(u"c"_s, {});
        c.plugin.settings.upstream = library::Upstream{};
        c.plugin.settings.upstream->url = u"git@host.invalid:org/c.git"_s;
        c.plugin.settings.needs = {u"a"_s, u"gone"_s, u"c"_s};
        const Graph graph(with({a, b, c}));
        QCOMPARE(graph.dependenciesOf(u"a"_s), QStringList{u"b"_s});
        QCOMPARE(int(kindOf(graph, u"a"_s)), int(Reason::Kind::Path));
        QCOMPARE(int(kindOf(graph, u"b"_s)), int(Reason::Kind::Git));
        QCOMPARE(graph.dependenciesOf(u"c"_s), QStringList{u"a"_s});
        QCOMPARE(int(kindOf(graph, u"c"_s)), int(Reason::Kind::Needs));
    }

    void namesakesOfOtherEcosystems()
    {
        // In a namespace of the library's own, or of several words; never an everyday name, never one that is locked elsewhere.
        auto redis = entry(u"redis"_s, u"pkg:golang/git.invalid/lib/redis"_s);
        auto tool = entry(u"geo-mcp"_s, u"pkg:pypi/geo-mcp"_s);
        auto user = entry(u"user"_s, u"pkg:npm/%40lib/user"_s, {u"pkg:npm/%40lib/geo-mcp ^1"_s, u"pkg:npm/redis ^4"_s, u"pkg:npm/%40other/geo-mcp 1"_s});
        auto crate = entry(u"crate"_s, u"pkg:cargo/crate"_s, {u"pkg:cargo/geo-mcp 1"_s});
        auto locked = entry(u"locked"_s, u"pkg:cargo/locked"_s, {u"pkg:cargo/geo-mcp 7"_s});
        locked.manifest.dependencies[0].locked = u"7.0.0"_s;
        locked.manifest.dependencies[0].level = manifest::Dependency::Level::Locked;
        auto module = entry(u"module"_s, u"pkg:golang/git.invalid/lib/module"_s, {u"pkg:golang/git.invalid/lib/user v1.0.0"_s, u"pkg:golang/git.invalid/lib/redis/v3 v3.0.0"_s});
        const Graph graph(with({crate, tool, locked, module, redis, user}));
        QCOMPARE(graph.dependenciesOf(u"user"_s), QStringList{u"geo-mcp"_s});
        QVERIFY(!graph.edges()[size_t(graph.nodes()[size_t(*graph.find(u"user"_s))].out.front())].isCertain());
        QCOMPARE(graph.dependenciesOf(u"crate"_s), QStringList{u"geo-mcp"_s});
        QVERIFY(graph.dependenciesOf(u"locked"_s).isEmpty());
        QCOMPARE(graph.dependenciesOf(u"module"_s), (QStringList{u"redis"_s, u"user"_s}));
        // Of one ecosystem, another name is another package.
        const Graph same(with({entry(u"geo-mcp"_s, u"pkg:npm/%40lib/geo-mcp"_s), entry(u"x"_s, u"pkg:npm/%40lib/x"_s, {u"pkg:npm/geo-mcp 1"_s})}));
        QVERIFY(same.edges().empty());
    }

    void conflictsAreCountedByVersion()
    {
        auto a = entry(u"a"_s, {}, {u"pkg:npm/zod ^3"_s});
        auto b = entry(u"b"_s, {}, {u"pkg:npm/zod ^3"_s, u"pkg:npm/one 1"_s});
        auto c = entry(u"c"_s, {}, {u"pkg:npm/zod ^2"_s});
        a.manifest.dependencies[0].locked = b.manifest.dependencies[0].locked = u"3.1.0"_s;
        c.manifest.dependencies[0].locked = u"2.0.0"_s;
        b.manifest.dependencies[1].locked = u"1.0.0"_s;
        const auto conflicts = Graph(with({a, b, c})).conflicts();
        QCOMPARE(conflicts.size(), size_t(1));
        QCOMPARE(conflicts[0].plugins.size(), size_t(2));
        QCOMPARE(conflicts[0].plugins.at(u"3.1.0"_s), (std::vector<int>{0, 1}));
    }

    void indirectNeedsAreNoEdges()
    {
        auto a = entry(u"a"_s, u"pkg:golang/x/a"_s, {u"pkg:golang/x/b v1"_s});
        a.manifest.dependencies[0].scope = manifest::Dependency::Scope::Indirect;
        QVERIFY(Graph(with({a, entry(u"b"_s, u"pkg:golang/x/b"_s)})).edges().empty());
    }
};

COPPICE_TEST(GraphTest)
#include "graph_test.moc"
