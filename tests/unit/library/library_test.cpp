// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <library/library.h>
#include <library/snapshot.h>

#include <QDir>
#include <QFile>
#include <QTest>

using namespace coppice;
using namespace coppice::library;
using namespace Qt::StringLiterals;

namespace coppice::library {
std::vector<store::Migration> migrations();
}

namespace {

/// A scratch folder with state, cache and home of its own.
struct Place {
    test::Scratch scratch;
    std::unique_ptr<store::Database> state;
    Place()
    {
        qputenv("XDG_STATE_HOME", scratch.path(u"state"_s).toUtf8());
        qputenv("XDG_CACHE_HOME", scratch.path(u"cache"_s).toUtf8());
        newState(u"state.db"_s);
    }
    void newState(const QString &name)
    {
        auto opened = store::Database::open(scratch.path(name));
        QVERIFY_RESULT(opened);
        state = std::move(*opened);
        QVERIFY_RESULT(state->migrate(migrations()));
    }
    [[nodiscard]] Result<Catalog> scan(const QString &path) const
    {
        COPPICE_TRY(const auto library, Library::open(path));
        return library.scan(*state);
    }
};

QStringList ids(const Catalog &catalog)
{
    QStringList all;
    for (const auto &entry : catalog.entries)
        all << QString(entry.plugin.id + u'=' + QString::fromUtf8(entry.plugin.prefix));
    return all;
}

const QByteArray nodeFile = R"({"name":"n","version":"1.0.0","scripts":{"test":"x"}})";

} // namespace

class LibraryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensFromAnywhereInside()
    {
        Place place;
        const QString dir = place.scratch.repository(u"My Lib"_s, {{u"plugins/a/x"_s, "1"}});
        const auto top = Library::open(dir);
        QVERIFY_RESULT(top);
        QCOMPARE(top->path(), dir);
        QCOMPARE(top->name(), u"My Lib"_s);
        QCOMPARE(top->branch(), u"refs/heads/main"_s);
        QVERIFY(!top->isBare());
        QCOMPARE(top->coppiceDir(), QString(dir + u"/.git/coppice"));
        QVERIFY(top->runsDir().startsWith(place.scratch.path(u"state/coppice/My Lib-"_s)) && top->runsDir().endsWith("/runs"_L1));
        QVERIFY(!QFileInfo::exists(top->runsDir())); // opening writes nothing there
        for (const QString &inside : {QString(dir + u"/plugins/a"), QString(dir + u"/.git"), QString(dir + u"/plugins/a/x")}) {
            const auto same = Library::open(inside);
            QVERIFY_RESULT(same);
            QCOMPARE(same->path(), dir);
            QCOMPARE(same->runsDir(), top->runsDir());
        }
        QCOMPARE(place.scratch.git(dir, {u"status"_s, u"--porcelain"_s}), QByteArray());

        place.scratch.git(dir, {u"worktree"_s, u"add"_s, u"-q"_s, u"-b"_s, u"side"_s, u"../side"_s});
        const auto side = Library::open(place.scratch.path(u"side"_s));
        QVERIFY_RESULT(side);
        QCOMPARE(side->branch(), u"refs/heads/side"_s);
        QCOMPARE(side->coppiceDir(), top->coppiceDir()); // one engine for all work trees
        QCOMPARE(side->name(), u"My Lib"_s);

        place.scratch.git(place.scratch.path(), {u"clone"_s, u"-q"_s, u"--bare"_s, u"My Lib"_s, u"bare.git"_s});
        const auto bare = Library::open(place.scratch.path(u"bare.git"_s));
        QVERIFY_RESULT(bare);
        QVERIFY(bare->isBare());
        QCOMPARE(bare->name(), u"bare"_s);
        QVERIFY(bare->runsDir() != top->runsDir());
    }

    void whatIsNoLibrary()
    {
        const Place place;
        QDir().mkpath(place.scratch.path(u"plain"_s));
        const auto plain = Library::open(place.scratch.path(u"plain"_s));
        QVERIFY(!plain && plain.error().exitCode() == 3);
        const auto missing = Library::open(place.scratch.path(u"nothing/here"_s));
        QVERIFY(!missing && missing.error().exitCode() == 3);
    }

    void aGitDirectoryThatCannotBeWrittenIsLeftAlone()
    {
        Place place;
        const QString dir = place.scratch.repository(u"lib"_s, {{u"plugins/a/x"_s, "1"}});
        place.scratch.write(u"lib/.git/coppice"_s, "something of somebody else"); // no folder can be made there
        const auto library = Library::open(dir);
        QVERIFY_RESULT(library);
        QVERIFY(library->coppiceDir().startsWith(place.scratch.path(u"cache/coppice/libraries/"_s)));
        QVERIFY(QFileInfo(library->coppiceDir()).isDir());
        QCOMPARE(place.scratch.read(u"lib/.git/coppice"_s), QByteArray("something of somebody else"));
    }

    void scansSettingsPatternsAndManifests()
    {
        Place place;
        const QString dir = place.scratch.repository(
            u"lib"_s, {{u"coppice.yaml"_s, "name: Ours\nprefixes: [plugins/*, more/*/src]\n"},
                       {u".coppice/plugins/a.yaml"_s, "prefix: tools/deep/a\ncommands: {test: make test, deploy: ./d}\ndeploy_to: [../prod/a, /srv/a]\n"
                                                      "upstream: {url: ../up/a.git}\n"},
                       {u".coppice/plugins/gone.yaml"_s, "prefix: plugins/gone\n"},
                       {u".coppice/plugins/twin.yaml"_s, "prefix: tools/deep/a\n"},
                       {u".coppice/plugins/bad name.yaml"_s, "owners: [x]\n"},
                       {u".coppice/plugins/c.yaml"_s, "owners: [ann]\nunknown: 1\n"},
                       {u"tools/deep/a/package.json"_s, nodeFile},
                       {u"plugins/b/pyproject.toml"_s, "[project]\nname='b'\nversion='0.2'\n"},
                       {u"plugins/c/README"_s, "c"},
                       {u"plugins/.hidden/x"_s, "1"},
                       {u"plugins/file"_s, "no folder"},
                       {u"more/x/src/go.mod"_s, "module x\n"},
                       {u"more/y/README"_s, "no src"}});
        const auto catalog = place.scan(dir);
        QVERIFY_RESULT(catalog);
        QCOMPARE(ids(*catalog), (QStringList{u"a=tools/deep/a"_s, u"b=plugins/b"_s, u"c=plugins/c"_s, u"src=more/x/src"_s}));
        QCOMPARE(catalog->settings.name, u"Ours"_s);
        const auto *a = catalog->find(u"a"_s);
        QVERIFY(a);
        QCOMPARE(a->manifest.version.value, u"1.0.0"_s);
        QCOMPARE(a->manifest.version.source, u"package.json:1"_s);
        QCOMPARE(a->plugin.commands[u"test"_s].line, u"make test"_s);
        QVERIFY(!a->plugin.commands[u"test"_s].detected);
        QCOMPARE(a->plugin.settings.deployBinds, (QStringList{place.scratch.path(u"prod/a"_s), u"/srv/a"_s}));
        QCOMPARE(a->plugin.settings.upstream->url, place.scratch.path(u"up/a.git"_s));
        QCOMPARE(catalog->find(u"b"_s)->manifest.language.value, u"python"_s);
        QVERIFY(!catalog->find(u"b"_s)->plugin.settings.present);
        QCOMPARE(catalog->find(u"src"_s)->plugin.commands[u"test"_s].line, u"go test ./..."_s);
        QVERIFY(catalog->find(u"src"_s)->plugin.commands[u"test"_s].detected);
        QVERIFY(!catalog->find(u"nope"_s));
        QStringList files;
        for (const auto &problem : catalog->problems)
            files << problem.where();
        files.sort();
        QCOMPARE(files, (QStringList{u".coppice/plugins/bad name.yaml"_s, u".coppice/plugins/c.yaml:2"_s, u".coppice/plugins/gone.yaml"_s, u".coppice/plugins/twin.yaml"_s}));
    }

    void oneBrokenFileSpoilsNothing()
    {
        Place place;
        const QString dir = place.scratch.repository(u"lib"_s, {{u"coppice.yaml"_s, "name: [\n"},
                                                                {u".coppice/plugins/a.yaml"_s, "\t:::"},
                                                                {u"plugins/a/package.json"_s, "{"},
                                                                {u"plugins/b/package.json"_s, nodeFile}});
        const auto catalog = place.scan(dir);
        QVERIFY_RESULT(catalog);
        QCOMPARE(ids(*catalog), (QStringList{u"a=plugins/a"_s, u"b=plugins/b"_s}));
        QCOMPARE(catalog->problems.size(), size_t(2));
        QCOMPARE(catalog->problems[0].where(), u"coppice.yaml:2"_s);
        QCOMPARE(catalog->find(u"a"_s)->manifest.findings.front().code, u"manifest.broken"_s);
        QCOMPARE(catalog->find(u"b"_s)->manifest.version.value, u"1.0.0"_s);
    }

    void withoutSettingsTheHistoryTells()
    {
        Place place;
        const QString up = place.scratch.repository(u"up"_s, {{u"package.json"_s, nodeFile}});
        const QString dir = place.scratch.repository(u"lib"_s, {{u"README"_s, "1"}});
        for (const QString &prefix : {u"vendor-a/server"_s, u"vendor-b/server"_s, u"tools/cli"_s, u"old/one"_s})
            place.scratch.git(dir, {u"subtree"_s, u"add"_s, u"-q"_s, u"--squash"_s, QString(u"--prefix=" + prefix), up, u"main"_s});
        place.scratch.git(dir, {u"rm"_s, u"-rq"_s, u"old"_s});
        place.scratch.git(dir, {u"commit"_s, u"-qm"_s, u"drop old"_s});
        place.scratch.commit(dir, u"plugins/local/main.py"_s, "1", u"a plugin that was never joined"_s);
        place.scratch.commit(dir, u"lies.txt"_s, "1", u"quoted\n\n    git-subtree-dir: plugins\n git-subtree-dir: /etc\ngit-subtree-dir: ../x"_s);
        const auto before = place.scratch.git(dir, {u"rev-parse"_s, u"HEAD"_s});
        const auto catalog = place.scan(dir);
        QVERIFY_RESULT(catalog);
        // "plugins" itself is named by the quoted trailer: it is a folder with that name, so it counts; what lies in it does not.
        QCOMPARE(ids(*catalog), (QStringList{u"cli=tools/cli"_s, u"plugins=plugins"_s, u"vendor-a-server=vendor-a/server"_s, u"vendor-b-server=vendor-b/server"_s}));
        QCOMPARE(catalog->find(u"cli"_s)->manifest.version.value, u"1.0.0"_s);
        QCOMPARE(place.scratch.git(dir, {u"rev-parse"_s, u"HEAD"_s}), before);
        QCOMPARE(place.scratch.git(dir, {u"status"_s, u"--porcelain"_s}), QByteArray());

        // A join that comes later is found without reading the old history again, and in a bare clone, too.
        place.scratch.git(dir, {u"subtree"_s, u"add"_s, u"-q"_s, u"--prefix=tools/more"_s, up, u"main"_s});
        const auto later = place.scan(dir);
        QVERIFY_RESULT(later);
        QVERIFY(later->find(u"more"_s) && later->find(u"cli"_s));
        place.scratch.git(place.scratch.path(), {u"clone"_s, u"-q"_s, u"--bare"_s, u"lib"_s, u"bare.git"_s});
        place.newState(u"other.db"_s);
        const auto bare = place.scan(place.scratch.path(u"bare.git"_s));
        QVERIFY_RESULT(bare);
        QCOMPARE(ids(*bare), ids(*later));
    }

    void readsOnlyWhatChanged()
    {
        Place place;
        const QString dir = place.scratch.repository(u"lib"_s, {{u"coppice.yaml"_s, "name: x\n"}, {u".coppice/plugins/a.yaml"_s, "owners: [ann]\n"}});
        for (const char *name : {"a", "b", "c", "d"})
            place.scratch.commit(dir, u"plugins/%1/package.json"_s.arg(QLatin1String(name)), nodeFile, u"add"_s);
        const auto first = place.scan(dir);
        QVERIFY_RESULT(first);
        QCOMPARE(first->blobsRead, 4 + 2); // manifests; coppice.yaml and a's settings
        const auto again = place.scan(dir);
        QVERIFY_RESULT(again);
        QCOMPARE(again->blobsRead, 0);
        QCOMPARE(ids(*again), ids(*first));

        place.scratch.commit(dir, u"plugins/b/package.json"_s, R"({"name":"n","version":"1.1.0"})", u"b moves on"_s);
        const auto changed = place.scan(dir);
        QVERIFY_RESULT(changed);
        QCOMPARE(changed->blobsRead, 1);
        QCOMPARE(changed->find(u"b"_s)->manifest.version.value, u"1.1.0"_s);
        QCOMPARE(changed->find(u"c"_s)->manifest.version.value, u"1.0.0"_s);

        place.scratch.commit(dir, u".coppice/plugins/a.yaml"_s, "owners: [bo]\n", u"settings"_s);
        const auto settings = place.scan(dir);
        QVERIFY_RESULT(settings);
        QCOMPARE(settings->blobsRead, 1);
        QCOMPARE(settings->find(u"a"_s)->plugin.settings.owners, QStringList{u"bo"_s});

        place.scratch.commit(dir, u"README"_s, "outside of all plugins", u"readme"_s);
        const auto other = place.scan(dir);
        QVERIFY_RESULT(other);
        QCOMPARE(other->blobsRead, 0);

        place.scratch.git(dir, {u"rm"_s, u"-rq"_s, u"plugins/d"_s, u".coppice/plugins/a.yaml"_s});
        place.scratch.git(dir, {u"commit"_s, u"-qm"_s, u"without d"_s});
        const auto fewer = place.scan(dir);
        QVERIFY_RESULT(fewer);
        QCOMPARE(fewer->blobsRead, 0);
        QVERIFY(!fewer->find(u"d"_s));
        QVERIFY(!fewer->find(u"a"_s)->plugin.settings.present);
    }

    void theSnapshotIsTheLastScan()
    {
        Place place;
        const QString dir = place.scratch.repository(
            u"lib"_s, {{u"coppice.yaml"_s, "nmae: x\n"},
                       {u".coppice/plugins/a.yaml"_s, "upstream: {url: 'https://x/a', branch: b, mode: squash, ship: pr, forge: gitlab, project: g/h/p, labels: [l]}\nagent: {client: c, budget_usd_day: 1.25}\n"
                                                      "env: {prod: {K: 'env:K'}}\nneeds: [b]\nwaivers: [{what: w, why: y}]\nodd: 1\n"},
                       {u"plugins/a/server.json"_s, R"({"name":"a/b","version":"1","packages":[{"version":"2","environmentVariables":[{"name":"K_TOKEN","isRequired":true}]}]})"},
                       {u"plugins/a/package.json"_s, R"({"name":"a","version":"1","dependencies":{"zod":"1"},"scripts":{"test":"t"}})"}});
        const auto library = Library::open(dir);
        QVERIFY_RESULT(library);
        const auto none = library->snapshot(*place.state);
        QVERIFY_RESULT(none);
        QVERIFY(!none->has_value());
        const auto scanned = library->scan(*place.state);
        QVERIFY_RESULT(scanned);
        const auto stored = library->snapshot(*place.state);
        QVERIFY_RESULT(stored);
        QVERIFY(stored->has_value());
        const auto &s = **stored;
        QCOMPARE(s.head, scanned->head);
        QCOMPARE(s.scannedAt, scanned->scannedAt);
        QCOMPARE(s.problems.size(), size_t(2));
        QVERIFY(s.problems[0].warning && s.problems[1].where() == ".coppice/plugins/a.yaml:6"_L1);
        QCOMPARE(s.entries.size(), size_t(1));
        const auto &was = scanned->entries[0];
        const auto &is = s.entries[0];
        QCOMPARE(manifest::toJson(is.manifest), manifest::toJson(was.manifest));
        QVERIFY(!is.manifest.findings.empty() && !is.manifest.dependencies.empty());
        QCOMPARE(is.tree, was.tree);
        QCOMPARE(pluginSettingsYaml(is.plugin.settings), pluginSettingsYaml(was.plugin.settings));
        QVERIFY(pluginSettingsYaml(is.plugin.settings).contains("squash"));
        QCOMPARE(is.plugin.commands[u"test"_s].line, u"npm test"_s);
    }

    void brokenRowsAreReadAnew()
    {
        Place place;
        const QString dir = place.scratch.repository(u"lib"_s, {{u"plugins/a/package.json"_s, nodeFile}, {u"plugins/b/package.json"_s, nodeFile}});
        QVERIFY_RESULT(place.scan(dir));
        for (const QByteArray &bytes : {QByteArray(), QByteArray("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), QByteArray(3, '\0')}) {
            QVERIFY_RESULT(place.state->write<void>([&](store::Connection &connection) -> Result<> {
                COPPICE_CHECK(connection.exec(u"UPDATE catalog_plugin SET facts = ? WHERE id = 'a'"_s, {bytes}));
                return {};
            }));
            const auto catalog = place.scan(dir);
            QVERIFY_RESULT(catalog);
            QCOMPARE(catalog->blobsRead, 1);
            QCOMPARE(catalog->find(u"a"_s)->manifest.version.value, u"1.0.0"_s);
        }
    }

    void packedFactsNeverHarmWhenCut()
    {
        manifest::Manifest manifest;
        manifest.environment.push_back({u"A"_s, u"b"_s, true, false, u"c"_s, u"d"_s});
        PluginSettings settings;
        settings.present = true;
        settings.owners << u"x"_s;
        const QByteArray whole = packFacts(settings, manifest);
        PluginSettings s;
        manifest::Manifest m;
        QVERIFY(unpackFacts(whole, s, m));
        for (qsizetype n = 0; n < whole.size(); ++n) {
            PluginSettings s2;
            manifest::Manifest m2;
            QVERIFY(!unpackFacts(whole.left(n), s2, m2));
            QByteArray turned = whole;
            turned[n] = char(0xff);
            (void)unpackFacts(turned, s2, m2);
        }
    }

    void anEmptyRepositoryIsAnEmptyLibrary()
    {
        Place place;
        QDir().mkpath(place.scratch.path(u"lib"_s));
        place.scratch.git(place.scratch.path(u"lib"_s), {u"init"_s, u"-q"_s});
        const auto catalog = place.scan(place.scratch.path(u"lib"_s));
        QVERIFY_RESULT(catalog);
        QVERIFY(catalog->entries.empty() && catalog->head.isNull());
    }

    void aStopEndsTheScan()
    {
        Place place;
        const QString dir = place.scratch.repository(u"lib"_s, {{u"plugins/a/package.json"_s, nodeFile}});
        const auto library = Library::open(dir);
        QVERIFY_RESULT(library);
        std::stop_source stop;
        stop.request_stop();
        const auto catalog = library->scan(*place.state, stop.get_token());
        QVERIFY(!catalog);
        QCOMPARE(catalog.error().exitCode(), 130);
        QVERIFY_RESULT(library->scan(*place.state));
    }
};

COPPICE_TEST(LibraryTest)
#include "library_test.moc"
