// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_cases.h"
#include "support/test_main.h"

#include <graph/dependents.h>

#include <QTest>

using namespace coppice;
using namespace coppice::graph;
using namespace coppice::graph::test;
using namespace Qt::StringLiterals;

class DependentsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void byPackageAndByNeeds()
    {
        library::Catalog catalog;
        catalog.entries = {entry(u"app"_s, u"pkg:npm/%40us/app"_s, {u"pkg:npm/%40us/core"_s, u"pkg:npm/left-pad"_s}),
                           entry(u"core"_s, u"pkg:npm/%40us/core"_s, {u"pkg:npm/%40us/core"_s}),
                           entry(u"jobs"_s, u"pkg:pypi/jobs"_s, {u"pkg:pypi/our-tools"_s}),
                           entry(u"tools"_s, u"pkg:pypi/our-tools"_s),
                           entry(u"shop"_s, u"pkg:maven/org.us/shop"_s),
                           entry(u"till"_s, u"pkg:maven/org.us/till"_s, {u"pkg:maven/org.us/shop"_s})};
        catalog.entries[0].plugin.settings.needs = {u"core"_s};
        catalog.entries[1].plugin.settings.needs = {u"core"_s};
        catalog.entries[2].plugin.settings.needs = {u"app"_s, u"core"_s, u"nobody"_s};
        const Dependents dependents(catalog);
        QCOMPARE(dependents.of(u"core"_s), QStringList({u"app"_s, u"jobs"_s})); // each once, never itself
        QCOMPARE(dependents.of(u"app"_s), QStringList(u"jobs"_s));
        QCOMPARE(dependents.of(u"tools"_s), QStringList(u"jobs"_s));
        QCOMPARE(dependents.of(u"shop"_s), QStringList(u"till"_s));
        QCOMPARE(dependents.count(u"core"_s), 2);
        QCOMPARE(dependents.count(u"jobs"_s), 0);
        QCOMPARE(dependents.count(u"of-nobody"_s), 0);
        QCOMPARE(dependents.countAll(u"of-nobody"_s), 0);
    }

    void throughOthersAndRoundAgain()
    {
        const auto catalog = catalogOf({u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s}, {u"b>a"_s, u"c>b"_s, u"a>c"_s, u"d>c"_s});
        const Dependents dependents(catalog);
        QCOMPARE(dependents.allOf(u"a"_s), (QStringList{u"b"_s, u"c"_s, u"d"_s}));
        QCOMPARE(dependents.countAll(u"a"_s), 3);
        QCOMPARE(dependents.countAll(u"d"_s), 0);
        QVERIFY(dependents.allOf(u"e"_s).isEmpty());
        // What every screen counts is what the graph has.
        const Graph graph(catalog);
        for (const auto &node : graph.nodes())
            QCOMPARE(dependents.of(node.id), graph.dependentsOf(node.id));
    }

    void aPackageOfAnotherKindIsAnother()
    {
        library::Catalog catalog;
        catalog.entries = {entry(u"a"_s, u"pkg:npm/utils"_s), entry(u"b"_s, u"pkg:pypi/b"_s, {u"pkg:pypi/utils"_s}),
                           entry(u"d"_s, {}, {u"pkg:npm/unknown"_s, u"pkg:npm/"_s, u"nothing"_s})};
        const Dependents dependents(catalog);
        for (const auto &one : catalog.entries)
            QCOMPARE(dependents.count(one.plugin.id), 0);
    }
};

COPPICE_TEST(DependentsTest)
#include "dependents_test.moc"
