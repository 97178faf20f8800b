// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <library/dependents.h>

#include <QTest>

using namespace coppice;
using namespace coppice::library;
using namespace Qt::StringLiterals;

namespace {

CatalogEntry entry(const QString &id, const QString &language, const QString &package, const QStringList &purls, const QStringList &needs = {})
{
    CatalogEntry made;
    made.plugin.id = id;
    made.plugin.settings.needs = needs;
    made.manifest.language.value = language;
    made.manifest.name.value = package;
    for (const auto &purl : purls)
        made.manifest.dependencies.push_back({purl, {}, {}, manifest::Dependency::Level::Manifest, {}});
    return made;
}

} // namespace

class DependentsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void byPackageAndByNeeds()
    {
        Catalog catalog;
        catalog.entries = {entry(u"app"_s, u"node"_s, u"@us/app"_s, {u"pkg:npm/%40us/core"_s, u"pkg:npm/left-pad"_s}, {u"core"_s}),
                           entry(u"core"_s, u"typescript"_s, u"@us/core"_s, {u"pkg:npm/%40us/core"_s}, {u"core"_s}),
                           entry(u"jobs"_s, u"python"_s, u"jobs"_s, {u"pkg:pypi/our-tools"_s}, {u"app"_s, u"core"_s, u"nobody"_s}),
                           entry(u"tools"_s, u"python"_s, u"Our_Tools"_s, {}),
                           entry(u"shop"_s, u"java"_s, u"org.us:shop"_s, {}),
                           entry(u"till"_s, u"java"_s, u"org.us:till"_s, {u"pkg:maven/org.us/shop"_s})};
        const Dependents dependents(catalog);
        QCOMPARE(dependents.of(u"core"_s), QStringList({u"app"_s, u"jobs"_s})); // each once, never itself
        QCOMPARE(dependents.of(u"app"_s), QStringList(u"jobs"_s));
        QCOMPARE(dependents.of(u"tools"_s), QStringList(u"jobs"_s)); // as Python compares names
        QCOMPARE(dependents.of(u"shop"_s), QStringList(u"till"_s));
        QCOMPARE(dependents.count(u"core"_s), 2);
        QCOMPARE(dependents.count(u"jobs"_s), 0);
        QCOMPARE(dependents.count(u"of-nobody"_s), 0);
    }

    void aPackageOfAnotherKindIsAnother()
    {
        Catalog catalog;
        catalog.entries = {entry(u"a"_s, u"node"_s, u"utils"_s, {}), entry(u"b"_s, u"python"_s, u"b"_s, {u"pkg:pypi/utils"_s}),
                           entry(u"c"_s, {}, u"unknown"_s, {}), entry(u"d"_s, {}, {}, {u"pkg:npm/unknown"_s, u"pkg:npm/"_s, u"nothing"_s})};
        const Dependents dependents(catalog);
        for (const auto &one : catalog.entries)
            QCOMPARE(dependents.count(one.plugin.id), 0);
    }
};

COPPICE_TEST(DependentsTest)
#include "dependents_test.moc"
