// SPDX-License-Identifier: GPL-3.0-or-later
// The graph as the terminal shows it, and what it finds against what a made library plants.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QSet>
#include <QTest>

using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

QStringList names(const QJsonValue &array)
{
    QStringList all;
    for (const auto &item : array.toArray())
        all << item[u"name"].toString();
    return all;
}

QByteArray package(const char *name, const char *dependencies)
{
    return QByteArray("{\"name\":\"@x/") + name + "\",\"version\":\"1.2.0\",\"dependencies\":{" + dependencies + "}}\n";
}

} // namespace

class GraphContract : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void commandsOnASmallLibrary()
    {
        const Scratch scratch;
        const QString dir = scratch.repository(u"lib"_s, {{u"plugins/a/package.json"_s, package("a", "\"@x/b\":\"^1.0.0\",\"zod\":\"^3.0.0\"")},
                                                          {u"plugins/b/package.json"_s, package("b", "\"@x/c\":\"^1.0.0\"")},
                                                          {u"plugins/c/package.json"_s, package("c", "\"@x/b\":\"~1.2.0\",\"zod\":\"^2.0.0\"")},
                                                          {u"plugins/broken/package.json"_s, "{\"name\": "},
                                                          {u"plugins/broken/yarn.lock"_s, "not a lock"}});
        const Ctl ctl(QStringLiteral(COPPICECTL), scratch.path(u"home"_s), dir);

        const auto near = ctl({u"graph"_s, u"show"_s, u"b"_s});
        QCOMPARE_EXIT(near, 0);
        QCOMPARE(near.json[u"v"].toInt(), 1);
        QCOMPARE(names(near.json[u"dependents"]), (QStringList{u"a"_s, u"c"_s}));
        QCOMPARE(names(near.json[u"dependencies"]), QStringList{u"c"_s});
        QCOMPARE(near.json[u"dependents"][0][u"reasons"][0][u"range"].toString(), u"^1.0.0"_s);
        const auto far = ctl({u"graph"_s, u"show"_s, u"a"_s, u"--depth"_s, u"2"_s});
        QCOMPARE(names(far.json[u"dependencies"]), (QStringList{u"b"_s, u"c"_s}));
        QCOMPARE(ctl({u"graph"_s, u"show"_s, u"a"_s}).json[u"hidden"][u"dependencies"].toInt(), 1);
        QCOMPARE(ctl({u"graph"_s, u"show"_s, u"npm/zod"_s}).json[u"users"].toArray().size(), 2);
        const auto unknown = ctl({u"graph"_s, u"show"_s, u"nobody"_s});
        QCOMPARE_EXIT(unknown, 3);
        QVERIFY(!unknown.json[u"error"][u"hint"].toString().isEmpty());

        const auto impact = ctl({u"graph"_s, u"impact"_s, u"c"_s, u"--version"_s, u"2.0.0"_s});
        QCOMPARE_EXIT(impact, 0);
        QCOMPARE(impact.json[u"by_distance"].toArray(), (QJsonArray{1, 1}));
        QCOMPARE(impact.json[u"accepts"][u"no"].toInt(), 1);
        QCOMPARE(ctl({u"graph"_s, u"impact"_s, u"pkg:npm/zod"_s, u"--version"_s, u"3.5.0"_s}).json[u"accepts"][u"yes"].toInt(), 1);

        const auto cycles = ctl({u"graph"_s, u"cycles"_s});
        QCOMPARE_EXIT(cycles, 0);
        QCOMPARE(cycles.json[u"cycles"].toArray().size(), 1);
        QCOMPARE(cycles.json[u"cycles"][0][u"cut"].toArray().size(), 1);
        QVERIFY(cycles.json[u"cycles"][0][u"exact"].toBool());
        QCOMPARE_EXIT(ctl({u"graph"_s, u"cycles"_s, u"--check"_s}), 1);

        QVERIFY(ctl.plain({u"graph"_s, u"export"_s, u"--format"_s, u"dot"_s}).out.contains("\"a\" -> \"b\""));
        const auto json = ctl({u"graph"_s, u"export"_s});
        QCOMPARE(json.json[u"v"].toInt(), 1);
        QCOMPARE(json.json[u"edges"].toArray().size(), 3);
        const auto bill = ctl({u"graph"_s, u"export"_s, u"--format"_s, u"cyclonedx"_s});
        QCOMPARE(bill.json[u"specVersion"].toString(), u"1.6"_s);
        QCOMPARE(ctl({u"graph"_s, u"export"_s, u"--format"_s, u"cyclonedx"_s}).out, bill.out);
        QCOMPARE_EXIT(ctl({u"graph"_s, u"export"_s, u"--format"_s, u"svg"_s}), 2);
        QCOMPARE_EXIT(ctl({u"graph"_s, u"export"_s, u"--output"_s, scratch.path(u"no/such/folder/x.json"_s)}), 1);
        // A broken file is told, and stops nothing.
        QStringList codes;
        const auto check = ctl({u"plugins"_s, u"check"_s, u"broken"_s});
        for (const auto &finding : check.json[u"findings"].toArray())
            codes << finding[u"code"].toString();
        QVERIFY(codes.count(u"manifest.broken"_s) >= 2);
    }

    void whatAMadeLibraryPlantsIsFound()
    {
        const Scratch scratch;
        QProcess maker;
        maker.start(u"python3"_s, {QStringLiteral(COPPICE_SOURCE_DIR "/tests/support/make_synthetic.py"), u"60"_s, scratch.path(u"syn"_s), u"19"_s, u"--no-upstreams"_s});
        QVERIFY(maker.waitForFinished(120'000));
        QVERIFY2(maker.exitCode() == 0, maker.readAllStandardError().constData());
        const auto truth = QJsonDocument::fromJson(scratch.read(u"syn/truth.json"_s)).object()[u"plugins"].toObject();
        const Ctl ctl(QStringLiteral(COPPICECTL), scratch.path(u"home"_s), scratch.path(u"syn/mono.git"_s));
        QSet<QString> planted, found;
        for (auto it = truth.begin(); it != truth.end(); ++it) {
            for (const auto &other : it.value()[u"deps"].toArray())
                planted.insert(QString(it.key() + u'>' + other.toString()));
        }
        const auto graph = ctl({u"graph"_s, u"export"_s});
        QCOMPARE_EXIT(graph, 0);
        for (const auto &edge : graph.json[u"edges"].toArray())
            found.insert(QString(edge[u"from"].toString() + u'>' + edge[u"to"].toString()));
        QVERIFY(planted.size() > 20);
        const qsizetype both = (QSet<QString>(found) & planted).size();
        QVERIFY2(both * 100 >= planted.size() * 97, qPrintable(u"recall %1 of %2"_s.arg(both).arg(planted.size())));
        QVERIFY2(both * 100 >= found.size() * 97, qPrintable(u"precision %1 of %2"_s.arg(both).arg(found.size())));
    }
};

COPPICE_TEST(GraphContract)
#include "graph_test.moc"
