// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_cases.h"
#include "support/test_main.h"

#include <graph/export.h>
#include <library/json_schema.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace coppice;
using namespace coppice::graph;
using namespace coppice::graph::test;
using namespace Qt::StringLiterals;

namespace {

QJsonObject schemaFile(const QString &name)
{
    QFile file(QStringLiteral(COPPICE_SOURCE_DIR "/tests/support/cyclonedx/") + name);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

/// The official schema in one piece: what it takes from its two companions is put in.
library::JsonSchema billSchema()
{
    auto schema = schemaFile(u"bom-1.6.schema.json"_s);
    auto definitions = schema[u"definitions"_s].toObject();
    const auto signing = schemaFile(u"jsf-0.82.schema.json"_s)[u"definitions"_s].toObject();
    for (auto it = signing.begin(); it != signing.end(); ++it)
        definitions[it.key()] = *it;
    definitions[u"spdx"_s] = QJsonObject{{u"type"_s, u"string"_s}, {u"enum"_s, schemaFile(u"spdx.schema.json"_s)[u"enum"_s]}};
    schema[u"definitions"_s] = definitions;
    schema.remove(u"$id"_s);
    auto text = QJsonDocument(schema).toJson(QJsonDocument::Compact);
    text.replace("\"spdx.schema.json\"", "\"#/definitions/spdx\"").replace("jsf-0.82.schema.json#/", "#/");
    return library::JsonSchema(QJsonDocument::fromJson(text).object());
}

manifest::LockedPackage locked(const QString &purl, const QString &version, const QStringList &needs = {})
{
    manifest::LockedPackage package;
    package.purl = purl;
    package.version = version;
    package.needs = needs;
    package.file = u"package-lock.json"_s;
    return package;
}

struct Case {
    library::Catalog catalog;
    BillOptions options;
};
Case sample()
{
    Case made;
    made.catalog = catalogOf({u"a"_s, u"b"_s, u"c"_s}, {u"a>b"_s, u"a>zod"_s, u"b>zod"_s, u"c>left"_s});
    made.catalog.entries[0].manifest.license = {u"MIT OR anything \"else\""_s, u"package.json"_s};
    made.options.library = u"lib"_s;
    made.options.locks = [](const library::CatalogEntry &entry) {
        manifest::Locks locks;
        if (entry.plugin.id == "c"_L1)
            return locks;
        auto zod = locked(u"pkg:npm/zod"_s, u"3.1.0"_s, {u"pkg:npm/%40s/deep@1.0.0"_s});
        zod.hashName = u"SHA-512"_s;
        zod.hash = QString(128, u'a');
        locks.packages = {locked(u"pkg:npm/%40s/deep"_s, u"1.0.0"_s), locked(u"pkg:npm/b"_s, u"1.0.0"_s), zod};
        locks.direct = {u"pkg:npm/zod@3.1.0"_s};
        locks.chosen.insert(u"pkg:npm/zod"_s, u"3.1.0"_s);
        return locks;
    };
    return made;
}

QJsonObject named(const QJsonArray &array, const QString &key, const QString &value)
{
    for (const auto &one : array) {
        if (one.toObject()[key].toString() == value)
            return one.toObject();
    }
    return {};
}

} // namespace

class ExportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theBillFollowsTheOfficialSchema()
    {
        const auto made = sample();
        const auto bill = toCycloneDx(made.catalog, Graph(made.catalog), made.options);
        const auto schema = billSchema();
        const auto mistakes = schema.check(bill);
        QVERIFY2(mistakes.empty(), mistakes.empty() ? "" : qPrintable(mistakes[0].keys.join(u'/') + u": " + mistakes[0].what));
        // The schema does refuse: a wrong serial number, an unknown type, a component of no name.
        for (const auto &[key, wrong] : {std::pair(u"serialNumber"_s, QJsonValue(u"1"_s)), std::pair(u"bomFormat"_s, QJsonValue(u"SPDX"_s)),
                                         std::pair(u"components"_s, QJsonValue(QJsonArray{QJsonObject{{u"type"_s, u"library"_s}}}))}) {
            auto broken = bill;
            broken[key] = wrong;
            QVERIFY2(!schema.check(broken).empty(), qPrintable(key));
        }
    }

    void theBillSaysWhoNeedsWhatAndWhatIsNotKnown()
    {
        const auto made = sample();
        const auto bill = toCycloneDx(made.catalog, Graph(made.catalog), made.options);
        const auto components = bill[u"components"_s].toArray(), dependencies = bill[u"dependencies"_s].toArray();
        QCOMPARE(components.size(), 6); // three plugins, zod, deep, left; b is the plugin, no package beside it
        QCOMPARE(named(dependencies, u"ref"_s, u"plugin:a"_s)[u"dependsOn"_s].toArray(), (QJsonArray{u"pkg:npm/zod@3.1.0"_s, u"plugin:b"_s}));
        QCOMPARE(named(dependencies, u"ref"_s, u"pkg:npm/zod@3.1.0"_s)[u"dependsOn"_s].toArray(), QJsonArray{u"pkg:npm/%40s/deep@1.0.0"_s});
        QCOMPARE(named(components, u"bom-ref"_s, u"pkg:npm/%40s/deep@1.0.0"_s)[u"group"_s].toString(), u"@s"_s);
        QCOMPARE(named(components, u"bom-ref"_s, u"pkg:npm/zod@3.1.0"_s)[u"hashes"_s].toArray().size(), 1);
        QVERIFY(!named(components, u"bom-ref"_s, u"pkg:npm/left"_s).contains(u"version"_s));
        const auto unsure = named(bill[u"compositions"_s].toArray(), u"aggregate"_s, u"incomplete"_s)[u"dependencies"_s].toArray();
        QCOMPARE(unsure, (QJsonArray{u"pkg:npm/left"_s, u"plugin:c"_s}));
        // Every name that is used is defined.
        for (const auto &dependency : dependencies) {
            for (const auto &ref : dependency.toObject()[u"dependsOn"_s].toArray())
                QVERIFY2(!named(components, u"bom-ref"_s, ref.toString()).isEmpty(), qPrintable(ref.toString()));
        }
    }

    /// Of Gradle only a list is known; of a plugin without any manifest, nothing.
    void whatIsOnlyListedIsNotTheWholeTruth()
    {
        auto made = sample();
        made.catalog.entries[1].manifest.packages.clear();
        made.catalog.entries[1].manifest.dependencies.clear();
        made.options.locks = [](const library::CatalogEntry &entry) {
            manifest::Locks locks;
            if (entry.plugin.id == "c"_L1)
                locks.packages = {locked(u"pkg:maven/g/a"_s, u"1.0"_s)};
            for (auto &package : locks.packages)
                package.file = u"gradle.lockfile"_s;
            return locks;
        };
        const auto bill = toCycloneDx(made.catalog, Graph(made.catalog), made.options);
        const auto needs = named(bill[u"dependencies"_s].toArray(), u"ref"_s, u"plugin:c"_s)[u"dependsOn"_s].toArray();
        QVERIFY(needs.contains(QJsonValue(u"pkg:maven/g/a@1.0"_s)));
        const auto unsure = named(bill[u"compositions"_s].toArray(), u"aggregate"_s, u"incomplete"_s)[u"dependencies"_s].toArray();
        for (const QString &ref : {u"plugin:b"_s, u"plugin:c"_s, u"pkg:maven/g/a@1.0"_s})
            QVERIFY2(unsure.contains(QJsonValue(ref)), qPrintable(ref));
        QVERIFY(billSchema().check(bill).empty());
    }

    void licencesAreIdsExpressionsOrNames_data()
    {
        QTest::addColumn<QString>("written");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("told");
        const auto row = [](const char *written, const char *kind, const char *told) { QTest::newRow(written) << QString::fromLatin1(written) << QString::fromLatin1(kind) << QString::fromLatin1(told); };
        row("MIT", "id", "MIT");
        row("apache-2.0", "id", "Apache-2.0");
        row("GPL-3.0+", "id", "GPL-3.0+"); // out of use, and still on the list
        row("(ISC)", "expression", "(ISC)");
        row("MIT OR Apache-2.0", "expression", "MIT OR Apache-2.0");
        row("MIT/Apache-2.0", "expression", "MIT OR Apache-2.0");
        row("(mit AND BSD-3-clause) or 0BSD", "expression", "(MIT AND BSD-3-Clause) OR 0BSD");
        row("GPL-2.0-only WITH classpath-exception-2.0", "expression", "GPL-2.0-only WITH Classpath-exception-2.0");
        row("MPL-1.1+", "expression", "MPL-1.1+");
        row("LicenseRef-Ours", "expression", "LicenseRef-Ours");
        for (const char *name : {"Apache 2.0", "SEE LICENSE IN LICENSE.md", "UNLICENSED", "MIT OR", "MIT Apache-2.0", "(MIT", "MIT)", "MIT WITH MIT", "OR", "LicenseRef-", "Classpath-exception-2.0", "MIT Or ISC"})
            row(name, "name", name);
    }
    void licencesAreIdsExpressionsOrNames()
    {
        QFETCH(QString, written);
        QFETCH(QString, kind);
        QFETCH(QString, told);
        auto made = sample();
        made.catalog.entries[0].manifest.license = {written, u"package.json"_s};
        const auto bill = toCycloneDx(made.catalog, Graph(made.catalog), made.options);
        const auto licence = named(bill[u"components"_s].toArray(), u"bom-ref"_s, u"plugin:a"_s)[u"licenses"_s][0].toObject();
        QCOMPARE(kind == "expression"_L1 ? licence : licence[u"license"_s].toObject(), (QJsonObject{{kind, told}}));
        QVERIFY(billSchema().check(bill).empty());
    }

    void theSameLibraryGivesTheSameBytes()
    {
        auto made = sample();
        const auto first = toCycloneDx(made.catalog, Graph(made.catalog), made.options);
        QCOMPARE(toCycloneDx(made.catalog, Graph(made.catalog), made.options), first);
        made.catalog.entries[2].manifest.version.value = u"9.0.0"_s;
        QVERIFY(toCycloneDx(made.catalog, Graph(made.catalog), made.options)[u"serialNumber"_s] != first[u"serialNumber"_s]);
    }

    void onePluginWithWhatItNeeds()
    {
        auto made = sample();
        made.options.plugin = u"a"_s;
        const auto bill = toCycloneDx(made.catalog, Graph(made.catalog), made.options);
        QCOMPARE(bill[u"components"_s].toArray().size(), 4); // a, b, zod, deep
        QVERIFY(billSchema().check(bill).empty());
    }

    void dotQuotesAndMarks()
    {
        const auto catalog = catalogOf({u"a"_s, u"b\"x"_s}, {u"a>b\"x"_s, u"b\"x>a"_s});
        const Graph graph(catalog);
        const auto dot = toDot(graph, cyclesOf(graph));
        QVERIFY(dot.startsWith("digraph library {\n"));
        QVERIFY(dot.contains("\"a\" [label=\"a 1.0.0\"];"));
        QVERIFY(!dot.contains("\"b\"x\""));
        QCOMPARE(dot.count("color=red"), 1);
    }
};

COPPICE_TEST(ExportTest)
#include "export_test.moc"
