// SPDX-License-Identifier: GPL-3.0-or-later
// Libraries and their plugins as the terminal shows them: init, adopt, plugins, templates.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTest>

using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

QJsonObject plugin(const Ctl::Answer &answer, const QString &name)
{
    for (const auto &item : answer.json[u"plugins"].toArray()) {
        if (item[u"name"].toString() == name)
            return item.toObject();
    }
    return {};
}

QStringList names(const QJsonValue &array)
{
    QStringList all;
    for (const auto &item : array.toArray())
        all << item[u"name"].toString();
    all.sort();
    return all;
}

/// Two upstreams, joined into a repository as git subtree does it.
struct Composed {
    Scratch scratch;
    Ctl bare{QStringLiteral(COPPICECTL), scratch.path(u"home"_s)};
    QString dir;
    Composed()
    {
        scratch.repository(u"up/weather"_s, {{u"server.json"_s, R"({"name":"x/weather","version":"1.0.0","packages":[{"registryType":"npm","version":"1.1.0",)"
                                                               R"("environmentVariables":[{"name":"WEATHER_KEY","isRequired":true,"isSecret":true}]}]})"},
                                             {u"package.json"_s, R"({"name":"weather","version":"1.1.0","scripts":{"test":"node --test"}})"}});
        scratch.repository(u"up/geo"_s, {{u"pyproject.toml"_s, "[project]\nname = 'geo'\nversion = '0.3'\n"}, {u"tests/test_geo.py"_s, ""}});
        dir = scratch.repository(u"lib"_s, {{u"README"_s, "1"}});
        for (const char *name : {"weather", "geo"})
            scratch.git(dir, {u"subtree"_s, u"add"_s, u"-q"_s, QString(u"--prefix=plugins/"_s + QLatin1String(name)),
                              scratch.path(u"up/"_s + QLatin1String(name)), u"main"_s});
    }
    [[nodiscard]] QByteArray head() const { return scratch.git(dir, {u"rev-parse"_s, u"HEAD"_s}); }
    [[nodiscard]] QByteArray status() const { return scratch.git(dir, {u"status"_s, u"--porcelain"_s}); }
};

} // namespace

class LibraryContract : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNewLibrary()
    {
        const Scratch scratch;
        const Ctl bare(QStringLiteral(COPPICECTL), scratch.path(u"home"_s));
        const QString dir = scratch.path(u"new"_s);
        const auto made = bare({u"init"_s, dir});
        QCOMPARE_EXIT(made, 0);
        QCOMPARE(made.json[u"v"].toInt(), 1);
        QCOMPARE(made.json[u"library"].toString(), dir);
        QCOMPARE(scratch.git(dir, {u"status"_s, u"--porcelain"_s}), QByteArray());
        QVERIFY(QFileInfo::exists(dir + u"/coppice.yaml"_s));
        const auto list = bare.on(dir)({u"plugins"_s, u"list"_s});
        QCOMPARE_EXIT(list, 0);
        QVERIFY(list.json[u"plugins"].isArray() && list.json[u"plugins"].toArray().isEmpty());
        QVERIFY(bare.on(dir).plain({u"plugins"_s, u"list"_s}).out.contains("plugins add"));

        const auto again = bare({u"init"_s, dir});
        QCOMPARE_EXIT(again, 1);
        QCOMPARE(again.json[u"error"][u"code"].toString(), u"library.not-empty"_s);
        QVERIFY(!again.json[u"error"][u"hint"].toString().isEmpty());
        QCOMPARE_EXIT(bare({u"init"_s}), 2);
        QCOMPARE_EXIT(bare({u"init"_s, scratch.path(u"x"_s), u"--upstreams"_s, dir}), 2); // only with --adopt
    }

    void whatIsNoLibrary()
    {
        const Scratch scratch;
        const Ctl bare(QStringLiteral(COPPICECTL), scratch.path(u"home"_s));
        QDir().mkpath(scratch.path(u"plain"_s));
        for (const QStringList &command : {QStringList{u"plugins"_s, u"list"_s}, QStringList{u"templates"_s, u"check"_s}}) {
            const auto answer = bare.on(scratch.path(u"plain"_s))(command);
            QCOMPARE_EXIT(answer, 3);
            QCOMPARE(answer.json[u"v"].toInt(), 1);
            QVERIFY(!answer.json[u"error"][u"message"].toString().isEmpty());
        }
        QCOMPARE_EXIT(bare({u"init"_s, u"--adopt"_s, scratch.path(u"plain"_s)}), 3);
    }

    void adopting()
    {
        const Composed fixture;
        const QByteArray before = fixture.head();
        const auto adopted = fixture.bare({u"init"_s, u"--adopt"_s, fixture.dir, u"--upstreams"_s, fixture.scratch.path(u"up"_s)});
        QCOMPARE_EXIT(adopted, 0);
        QCOMPARE(adopted.json[u"plugins"].toArray(), (QJsonArray{u"geo"_s, u"weather"_s}));
        QCOMPARE(fixture.scratch.git(fixture.dir, {u"rev-parse"_s, u"HEAD^"_s}), before);
        QCOMPARE(fixture.status(), QByteArray());

        const Ctl ctl = fixture.bare.on(fixture.dir);
        const auto list = ctl({u"plugins"_s, u"list"_s});
        QCOMPARE_EXIT(list, 0);
        const auto weather = plugin(list, u"weather"_s);
        QCOMPARE(weather[u"prefix"].toString(), u"plugins/weather"_s);
        QCOMPARE(weather[u"version"].toString(), u"1.0.0"_s);
        QCOMPARE(weather[u"language"].toString(), u"node"_s);
        QCOMPARE(names(weather[u"environment"]), QStringList{u"WEATHER_KEY"_s});
        QCOMPARE(weather[u"upstream"].toString(), fixture.scratch.path(u"up/weather"_s));
        QCOMPARE(plugin(list, u"geo"_s)[u"language"].toString(), u"python"_s);

        const auto show = ctl({u"plugins"_s, u"show"_s, u"geo"_s});
        QCOMPARE_EXIT(show, 0);
        QCOMPARE(show.json[u"manifest"][u"version"][u"source"].toString(), u"pyproject.toml:3"_s);
        QCOMPARE(show.json[u"commands"][u"test"][u"line"].toString(), u"python3 -m unittest discover -s tests"_s);
        QCOMPARE(show.json[u"commands"][u"test"][u"detected"].toBool(), true);
        QCOMPARE_EXIT(ctl({u"plugins"_s, u"show"_s, u"nope"_s}), 3);

        const auto check = ctl({u"plugins"_s, u"check"_s});
        QCOMPARE_EXIT(check, 1);
        QCOMPARE(check.json[u"findings"].toArray().size(), 1);
        QCOMPARE(check.json[u"findings"][0][u"code"].toString(), u"manifest.versions-differ"_s);
        QCOMPARE(check.json[u"findings"][0][u"where"].toString(), u"plugins/weather/server.json:1"_s);
        QCOMPARE_EXIT(ctl({u"plugins"_s, u"check"_s, u"geo"_s}), 0);
        fixture.scratch.commit(fixture.dir, u".coppice/plugins/geo.yaml"_s, "prefix: plugins/geo\nowner: ann\n", u"typo"_s);
        const auto typo = ctl({u"plugins"_s, u"check"_s, u"geo"_s});
        QCOMPARE_EXIT(typo, 1);
        QCOMPARE(typo.json[u"findings"][0][u"where"].toString(), u".coppice/plugins/geo.yaml:2"_s);
    }

    void removing()
    {
        const Composed fixture;
        QCOMPARE_EXIT(fixture.bare({u"init"_s, u"--adopt"_s, fixture.dir, u"--upstreams"_s, fixture.scratch.path(u"up"_s)}), 0);
        const Ctl ctl = fixture.bare.on(fixture.dir);
        const QByteArray upstream = fixture.scratch.git(u"up/geo"_s, {u"rev-parse"_s, u"HEAD"_s});
        const QByteArray before = fixture.head();
        // A change of somebody's under the plugin: nothing moves.
        fixture.scratch.write(u"lib/plugins/geo/pyproject.toml"_s, "edited");
        const auto dirty = ctl({u"plugins"_s, u"remove"_s, u"geo"_s});
        QCOMPARE_EXIT(dirty, 4);
        QVERIFY(!dirty.json[u"needs"].toArray().isEmpty());
        QCOMPARE(fixture.head(), before);
        QCOMPARE(fixture.scratch.read(u"lib/plugins/geo/pyproject.toml"_s), QByteArray("edited"));
        fixture.scratch.git(fixture.dir, {u"checkout"_s, u"-q"_s, u"."_s});

        const auto removed = ctl({u"plugins"_s, u"remove"_s, u"geo"_s});
        QCOMPARE_EXIT(removed, 0);
        QCOMPARE(removed.json[u"commit"].toString().toLatin1(), fixture.head());
        QCOMPARE(fixture.status(), QByteArray());
        QVERIFY(!QFileInfo::exists(fixture.dir + u"/plugins/geo"_s) && !QFileInfo::exists(fixture.dir + u"/.coppice/plugins/geo.yaml"_s));
        QCOMPARE(names(ctl({u"plugins"_s, u"list"_s}).json[u"plugins"]), QStringList{u"weather"_s});
        QCOMPARE(fixture.scratch.git(u"up/geo"_s, {u"rev-parse"_s, u"HEAD"_s}), upstream);
        QCOMPARE_EXIT(ctl({u"plugins"_s, u"remove"_s, u"geo"_s}), 3);
    }

    void templateLinks()
    {
        const Composed fixture;
        fixture.scratch.commit(fixture.dir, u"templates/instructions/AGENTS.md"_s, "rules\n", u"a template"_s);
        QCOMPARE_EXIT(fixture.bare({u"init"_s, u"--adopt"_s, fixture.dir}), 0);
        const Ctl ctl = fixture.bare.on(fixture.dir);
        QCOMPARE_EXIT(ctl({u"templates"_s, u"check"_s}), 0);
        const auto linked = ctl({u"templates"_s, u"link"_s, u"geo"_s, u"instructions/AGENTS.md"_s, u"AGENTS.md"_s});
        QCOMPARE_EXIT(linked, 0);
        QCOMPARE(fixture.status(), QByteArray());
        QCOMPARE(QFile::symLinkTarget(fixture.dir + u"/plugins/geo/AGENTS.md"_s), QString(fixture.dir + u"/templates/instructions/AGENTS.md"));
        const auto list = ctl({u"templates"_s, u"list"_s});
        QCOMPARE_EXIT(list, 0);
        QCOMPARE(list.json[u"templates"][0][u"name"].toString(), u"instructions/AGENTS.md"_s);
        QCOMPARE(list.json[u"templates"][0][u"plugins"].toArray(), QJsonArray{u"geo"_s});
        const auto good = ctl({u"templates"_s, u"check"_s});
        QCOMPARE_EXIT(good, 0);
        QCOMPARE(good.json[u"links"][0][u"state"].toString(), u"good"_s);

        QCOMPARE_EXIT(ctl({u"templates"_s, u"link"_s, u"geo"_s, u"instructions/AGENTS.md"_s, u"AGENTS.md"_s}), 1);
        QCOMPARE_EXIT(ctl({u"templates"_s, u"link"_s, u"geo"_s, u"nothing.md"_s}), 3);
        QCOMPARE_EXIT(ctl({u"templates"_s, u"link"_s, u"nope"_s, u"instructions/AGENTS.md"_s}), 3);
        fixture.scratch.git(fixture.dir, {u"mv"_s, u"templates/instructions/AGENTS.md"_s, u"templates/instructions/OTHER.md"_s});
        fixture.scratch.git(fixture.dir, {u"commit"_s, u"-qm"_s, u"moved"_s});
        const auto dangling = ctl({u"templates"_s, u"check"_s});
        QCOMPARE_EXIT(dangling, 1);
        QCOMPARE(dangling.json[u"findings"][0][u"code"].toString(), u"links.dangling"_s);
        QCOMPARE(dangling.json[u"findings"][0][u"where"].toString(), u"plugins/geo/AGENTS.md"_s);
    }

    /// A bare repository that nobody prepared, against what its maker planted.
    void aSyntheticLibraryIsReadRight()
    {
        const Scratch scratch;
        QProcess maker;
        maker.start(u"python3"_s, {QStringLiteral(COPPICE_SOURCE_DIR "/tests/support/make_synthetic.py"), u"60"_s, scratch.path(u"syn"_s), u"7"_s, u"--no-upstreams"_s});
        QVERIFY(maker.waitForFinished(120'000));
        QVERIFY2(maker.exitCode() == 0, maker.readAllStandardError().constData());
        const auto truth = QJsonDocument::fromJson(scratch.read(u"syn/truth.json"_s)).object()[u"plugins"].toObject();
        QCOMPARE(truth.size(), 60);
        const QString dir = scratch.path(u"syn/mono.git"_s);
        const QByteArray refs = scratch.git(dir, {u"for-each-ref"_s});
        const Ctl ctl(QStringLiteral(COPPICECTL), scratch.path(u"home"_s), dir);
        const auto list = ctl({u"plugins"_s, u"list"_s});
        QCOMPARE_EXIT(list, 0);
        QCOMPARE(names(list.json[u"plugins"]), truth.keys());
        for (auto it = truth.begin(); it != truth.end(); ++it) {
            const auto want = it.value().toObject();
            const auto have = plugin(list, it.key());
            QCOMPARE(have[u"prefix"].toString(), QString(u"plugins/" + it.key()));
            QCOMPARE(have[u"language"].toString(), want[u"kind"].toString());
            // A Go module's version is its tag: without server.json no file says it.
            const bool told = want[u"has_server_json"].toBool() || want[u"kind"].toString() != "go"_L1;
            QCOMPARE(have[u"version"].toString(), told ? want[u"version"].toString() : QString());
            QStringList declared;
            auto planted = want[u"env_declared"].toArray();
            for (const auto &name : want[u"planted"][u"declared_in_example_only"].toArray())
                planted.append(name);
            for (const auto &name : std::as_const(planted))
                declared << name.toString();
            declared.sort();
            QCOMPARE(names(have[u"environment"]), declared);
            for (const auto &variable : have[u"environment"].toArray()) {
                if (want[u"has_server_json"].toBool())
                    QCOMPARE(variable[u"required"].toBool(), want[u"env_required"].toArray().contains(variable[u"name"]));
            }
        }
        const auto again = ctl({u"plugins"_s, u"list"_s});
        QCOMPARE(again.json[u"blobs_read"].toInt(-1), 0);
        QCOMPARE(again.json[u"plugins"], list.json[u"plugins"]);
        QCOMPARE(scratch.git(dir, {u"for-each-ref"_s}), refs);
        // Links that its maker let climb out of a plugin.
        QStringList escaping;
        for (auto it = truth.begin(); it != truth.end(); ++it) {
            if (it.value()[u"planted"].toObject().contains(u"escaping_symlink"_s))
                escaping << QString(u"plugins/" + it.key() + u"/AGENTS.md");
        }
        const auto check = ctl({u"templates"_s, u"check"_s});
        QCOMPARE(check.exit, escaping.isEmpty() ? 0 : 1);
        QStringList found;
        for (const auto &finding : check.json[u"findings"].toArray())
            found << finding[u"where"].toString();
        found.sort();
        QVERIFY(!escaping.isEmpty());
        QCOMPARE(found, escaping);
    }
};

COPPICE_TEST(LibraryContract)
#include "library_test.moc"
