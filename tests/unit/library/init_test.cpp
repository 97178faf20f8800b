// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <journal/lease.h>
#include <library/library.h>

#include <QDir>
#include <QFile>
#include <QTest>

using namespace coppice;
using namespace coppice::library;
using namespace Qt::StringLiterals;

namespace {

QByteArray fileAt(const test::Scratch &scratch, const QString &dir, const QString &path)
{
    QByteArray bytes;
    return scratch.tryGit(dir, {u"show"_s, QString(u"HEAD:" + path)}, &bytes) == 0 ? bytes : QByteArray();
}

/// A library as git subtree makes it: a joined by squash, b with its history, c likewise but without a mainline
/// trailer, and a folder that was never joined.
QString composed(const test::Scratch &scratch)
{
    for (const QString &name : {u"up/a"_s, u"up/b"_s})
        scratch.repository(name, {{u"package.json"_s, R"({"name":"x","version":"1.0.0"})"}});
    scratch.git(scratch.path(u"up"_s), {u"clone"_s, u"-q"_s, u"--bare"_s, u"a"_s, u"a.git"_s});
    const QString dir = scratch.repository(u"lib"_s, {{u"README"_s, "1"}});
    scratch.git(dir, {u"subtree"_s, u"add"_s, u"-q"_s, u"--squash"_s, u"--prefix=plugins/a"_s, scratch.path(u"up/a"_s), u"main"_s});
    scratch.git(dir, {u"subtree"_s, u"add"_s, u"-q"_s, u"--prefix=tools/b"_s, scratch.path(u"up/b"_s), u"main"_s});
    scratch.commit(dir, u"plugins/local/x"_s, "1", u"local"_s);
    scratch.repository(u"up/c"_s, {{u"package.json"_s, R"({"name":"c","version":"1.0.0"})"}});
    scratch.git(dir, {u"fetch"_s, u"-q"_s, scratch.path(u"up/c"_s), u"main"_s});
    scratch.git(dir, {u"merge"_s, u"-q"_s, u"-s"_s, u"ours"_s, u"--no-commit"_s, u"--allow-unrelated-histories"_s, u"FETCH_HEAD"_s});
    scratch.git(dir, {u"read-tree"_s, u"-u"_s, u"--prefix=plugins/c"_s, u"FETCH_HEAD"_s});
    const QString tip = QString::fromLatin1(scratch.git(dir, {u"rev-parse"_s, u"FETCH_HEAD"_s}));
    scratch.git(dir, {u"commit"_s, u"-qm"_s, QString(u"Add 'plugins/c/'\n\ngit-subtree-dir: plugins/c\ngit-subtree-split: "_s + tip)});
    return dir;
}

} // namespace

class InitTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        qputenv("XDG_STATE_HOME", m_home.path(u"state"_s).toUtf8());
        qputenv("XDG_CACHE_HOME", m_home.path(u"cache"_s).toUtf8());
        qputenv("COPPICE_DATA", COPPICE_SOURCE_DIR);
    }

    void aNewLibraryIsCommittedAndClean()
    {
        const test::Scratch scratch;
        const auto library = initLibrary(scratch.path(u"new/lib"_s), u"Our: tools"_s);
        QVERIFY_RESULT(library);
        QCOMPARE(library->name(), u"Our: tools"_s);
        const QString dir = library->path();
        QCOMPARE(dir, scratch.path(u"new/lib"_s));
        QCOMPARE(scratch.git(dir, {u"status"_s, u"--porcelain"_s}), QByteArray());
        QCOMPARE(scratch.git(dir, {u"rev-list"_s, u"--count"_s, u"HEAD"_s}), QByteArray("1"));
        QCOMPARE(scratch.git(dir, {u"symbolic-ref"_s, u"HEAD"_s}), QByteArray("refs/heads/main"));
        QVERIFY(scratch.read(u"new/lib/coppice.yaml"_s).contains("name: \"Our: tools\""));
        QVERIFY(!fileAt(scratch, dir, u"templates/instructions/AGENTS.md"_s).isEmpty());
        QVERIFY(QFileInfo(dir + u"/templates/playbooks"_s).isDir());
        // found as skills by agents that are started in the library
        for (const auto &place : {u"/.agents/skills"_s, u"/.claude/skills"_s}) {
            QVERIFY(QFileInfo(dir + place).isSymLink());
            QVERIFY2(QFileInfo(dir + place + u"/migrate-mcp/SKILL.md"_s).isFile(), qPrintable(place));
        }
        QVERIFY(!QFileInfo::exists(dir + u"/templates/schema"_s));
        // Programs stay programs.
        const QByteArray listed = scratch.git(dir, {u"ls-tree"_s, u"-r"_s, u"HEAD"_s, u"templates/scripts"_s});
        for (const auto &line : listed.split('\n')) {
            if (line.contains("deploy.sh"))
                QCOMPARE(line.startsWith("100755"), QFileInfo(QStringLiteral(COPPICE_SOURCE_DIR "/templates/scripts/deploy.sh")).isExecutable());
        }
        const auto settings = librarySettingsAt(*library->repository(), *library->head());
        QVERIFY(settings.present && settings.problems.empty());
    }

    void aFolderThatHoldsSomethingIsRefused()
    {
        const test::Scratch scratch;
        scratch.write(u"lib/.hidden"_s, "1");
        scratch.write(u"file"_s, "1");
        for (const QString &name : {u"lib"_s, u"file"_s})
            QVERIFY(!initLibrary(scratch.path(name), {}));
        QCOMPARE(scratch.read(u"lib/.hidden"_s), QByteArray("1"));
        QVERIFY(!QFileInfo::exists(scratch.path(u"lib/.git"_s)));
        QDir().mkpath(scratch.path(u"empty"_s));
        QVERIFY_RESULT(initLibrary(scratch.path(u"empty"_s), {}));
    }

    void adoptingWritesSettingsAndNothingElse()
    {
        const test::Scratch scratch;
        const QString dir = composed(scratch);
        const QByteArray before = scratch.git(dir, {u"rev-parse"_s, u"HEAD"_s});
        const auto library = adoptLibrary(dir, scratch.path(u"up"_s));
        QVERIFY_RESULT(library);
        QCOMPARE(scratch.git(dir, {u"rev-parse"_s, u"HEAD^"_s}), before);
        QCOMPARE(scratch.git(dir, {u"status"_s, u"--porcelain"_s}), QByteArray());
        QCOMPARE(scratch.git(dir, {u"diff"_s, u"--name-status"_s, u"HEAD^"_s, u"HEAD"_s}).split('\n'),
                 (QByteArrayList{"A\t.coppice/plugins/a.yaml", "A\t.coppice/plugins/b.yaml", "A\t.coppice/plugins/c.yaml", "A\t.coppice/plugins/local.yaml", "A\tcoppice.yaml"}));
        const auto a = parsePluginSettings(fileAt(scratch, dir, u".coppice/plugins/a.yaml"_s), u"a"_s, u"a"_s);
        QVERIFY(a.problems.empty());
        QCOMPARE(a.upstream->url, scratch.path(u"up/a.git"_s)); // the bare one before the work tree
        QCOMPARE(int(a.upstream->mode), int(Upstream::Mode::Squash));
        const auto c = parsePluginSettings(fileAt(scratch, dir, u".coppice/plugins/c.yaml"_s), u"c"_s, u"c"_s);
        QCOMPARE(int(c.upstream->mode), int(Upstream::Mode::Full)); // its history is in the library, whatever the trailers lack
        const auto b = parsePluginSettings(fileAt(scratch, dir, u".coppice/plugins/b.yaml"_s), u"b"_s, u"b"_s);
        QCOMPARE(b.prefix, QByteArray("tools/b"));
        QCOMPARE(b.upstream->url, scratch.path(u"up/b"_s));
        QCOMPARE(int(b.upstream->mode), int(Upstream::Mode::Full));
        QVERIFY(!parsePluginSettings(fileAt(scratch, dir, u".coppice/plugins/local.yaml"_s), u"l"_s, u"local"_s).upstream);
        const auto settings = librarySettingsAt(*library->repository(), *library->head());
        QVERIFY(settings.present && settings.problems.empty());
        QCOMPARE(settings.linksSince.toLatin1(), before);

        // Again: nothing to do, nothing written.
        QVERIFY_RESULT(adoptLibrary(dir, {}));
        QCOMPARE(scratch.git(dir, {u"rev-parse"_s, u"HEAD^"_s}), before);
        // What came since is adopted, what is there stays.
        scratch.commit(dir, u".coppice/plugins/b.yaml"_s, "prefix: tools/b # mine\n", u"edit"_s);
        scratch.commit(dir, u"plugins/late/x"_s, "1", u"late"_s);
        QVERIFY_RESULT(adoptLibrary(dir, {}));
        QCOMPARE(fileAt(scratch, dir, u".coppice/plugins/b.yaml"_s), QByteArray("prefix: tools/b # mine"));
        QVERIFY(!fileAt(scratch, dir, u".coppice/plugins/late.yaml"_s).isEmpty());
    }

    void adoptingByPrefixes()
    {
        const test::Scratch scratch;
        const QString dir = scratch.repository(u"mono"_s, {{u"packages/one/package.json"_s, "{\"name\": \"one\"}"},
                                                           {u"packages/two/a.py"_s, "1"},
                                                           {u"docs/x.md"_s, "text"}});
        QCOMPARE(adoptLibrary(dir, {}, {u"../packages/*"_s}).error().code, u"library.prefix"_s);
        const auto library = adoptLibrary(dir, {}, {u"packages/*"_s, u"docs"_s});
        QVERIFY_RESULT(library);
        QCOMPARE(scratch.git(dir, {u"diff"_s, u"--name-only"_s, u"HEAD^"_s, u"HEAD"_s}).split('\n'),
                 (QByteArrayList{".coppice/plugins/docs.yaml", ".coppice/plugins/one.yaml", ".coppice/plugins/two.yaml", "coppice.yaml"}));
        const auto settings = librarySettingsAt(*library->repository(), *library->head());
        QCOMPARE(settings.prefixes, (QStringList{u"packages/*"_s, u"docs"_s}));
        QVERIFY_RESULT(adoptLibrary(dir, {}, {u"packages/*"_s, u"docs"_s}));
        QCOMPARE(adoptLibrary(dir, {}, {u"lib/*"_s}).error().code, u"library.has-settings"_s);
    }

    void adoptingABareRepository()
    {
        const test::Scratch scratch;
        composed(scratch);
        scratch.git(scratch.path(), {u"clone"_s, u"-q"_s, u"--bare"_s, u"lib"_s, u"bare.git"_s});
        QVERIFY_RESULT(adoptLibrary(scratch.path(u"bare.git"_s), {}));
        QVERIFY(!fileAt(scratch, scratch.path(u"bare.git"_s), u".coppice/plugins/b.yaml"_s).isEmpty());
    }

    void aDirtyWorkTreeIsLeftAlone()
    {
        const test::Scratch scratch;
        const QString dir = composed(scratch);
        scratch.write(u"lib/coppice.yaml"_s, "name: half written by somebody\n");
        const QByteArray before = scratch.git(dir, {u"rev-parse"_s, u"HEAD"_s});
        const auto refused = adoptLibrary(dir, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().exitCode(), 4);
        QCOMPARE(scratch.git(dir, {u"rev-parse"_s, u"HEAD"_s}), before);
        QCOMPARE(scratch.read(u"lib/coppice.yaml"_s), QByteArray("name: half written by somebody\n"));
        // Changes elsewhere are no obstacle, and stay.
        QFile::remove(dir + u"/coppice.yaml"_s);
        scratch.write(u"lib/README"_s, "edited");
        QVERIFY_RESULT(adoptLibrary(dir, {}));
        QCOMPARE(scratch.git(dir, {u"status"_s, u"--porcelain"_s}), QByteArray("M README"));
    }

    void whatCannotBeAdopted()
    {
        const test::Scratch scratch;
        const QString dir = composed(scratch);
        QCOMPARE(adoptLibrary(dir, scratch.path(u"nowhere"_s)).error().exitCode(), 3);
        {
            const auto library = Library::open(dir);
            const auto lease = journal::Lease::take(library->coppiceDir());
            QVERIFY_RESULT(lease);
            QCOMPARE(adoptLibrary(dir, {}).error().code, u"engine.busy"_s);
        }
        scratch.git(dir, {u"checkout"_s, u"-q"_s, u"--detach"_s});
        QCOMPARE(adoptLibrary(dir, {}).error().code, u"library.detached"_s);
        QDir().mkpath(scratch.path(u"fresh"_s));
        scratch.git(scratch.path(u"fresh"_s), {u"init"_s, u"-q"_s});
        QCOMPARE(adoptLibrary(scratch.path(u"fresh"_s), {}).error().code, u"library.no-commit"_s);
    }

private:
    test::Scratch m_home;
};

COPPICE_TEST(InitTest)
#include "init_test.moc"
