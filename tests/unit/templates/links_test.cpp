// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <templates/links.h>

#include <QDir>
#include <QFile>
#include <QTest>

#include <unistd.h>

using namespace coppice;
using namespace coppice::templates;
using namespace Qt::StringLiterals;
using State = LinkState::State;

namespace {

/// A library with plugins a and b, and links of all kinds in a.
struct Fixture {
    test::Scratch scratch;
    QString dir = scratch.repository(u"lib"_s, {{u"plugins/a/readme"_s, "a"},
                                                {u"plugins/a/deep/er/file"_s, "x"},
                                                {u"plugins/b/.env"_s, "SECRET=1"},
                                                {u"templates/instructions/AGENTS.md"_s, "rules"},
                                                {u"templates/scripts/deploy.sh"_s, "#!/bin/sh\n"}});

    void link(const QString &path, const QByteArray &target) const
    {
        const QString full = scratch.path(u"lib/" + path);
        QDir().mkpath(QFileInfo(full).path());
        QVERIFY(symlink(target.constData(), QFile::encodeName(full).constData()) == 0);
    }
    void commit() const
    {
        scratch.git(dir, {u"add"_s, u"-A"_s});
        scratch.git(dir, {u"commit"_s, u"-qm"_s, u"links"_s});
    }
    [[nodiscard]] git::Oid id(const QString &revision) const { return git::Oid::fromHex(scratch.git(dir, {u"rev-parse"_s, revision})); }
    [[nodiscard]] library::Catalog catalog() const
    {
        library::Catalog catalog;
        catalog.head = id(u"HEAD"_s);
        for (const char *name : {"a", "b"}) {
            library::CatalogEntry entry;
            entry.plugin.id = QString::fromLatin1(name);
            entry.plugin.prefix = "plugins/" + QByteArray(name);
            entry.tree = id(QString(u"HEAD:plugins/" + entry.plugin.id));
            catalog.entries.push_back(entry);
        }
        return catalog;
    }
    [[nodiscard]] Result<LinkReport> check(const library::Catalog &catalog) const
    {
        COPPICE_TRY(auto repository, git::Repository::open(dir));
        return checkLinks(repository, catalog);
    }
};

const LinkState *find(const LinkReport &report, const QByteArray &path)
{
    for (const auto &link : report.links) {
        if (link.path == path)
            return &link;
    }
    return nullptr;
}

bool tells(const LinkReport &report, const QString &code, const QString &where)
{
    for (const auto &finding : report.findings) {
        if (finding.code == code && finding.where == where)
            return true;
    }
    return false;
}

} // namespace

class LinksTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKindOfLink_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("code"); // empty: no finding
        const auto row = [](const char *name, const QByteArray &target, State state, const char *code) {
            QTest::newRow(name) << target << int(state) << QString::fromLatin1(code);
        };
        row("a file", "../../../templates/instructions/AGENTS.md", State::Good, "");
        row("a folder", "../../../templates/instructions", State::Good, "");
        row("the long way round", "../../../plugins/../templates/./scripts//deploy.sh", State::Good, "");
        row("inside", "../readme", State::Inside, "");
        row("inside, a folder", "..", State::Inside, "");
        row("dangling", "../../../templates/nothing.md", State::Dangling, "links.dangling");
        row("dangling, a file as folder", "../../../templates/scripts/deploy.sh/x", State::Dangling, "links.dangling");
        row("dangling inside", "nowhere", State::Dangling, "links.dangling");
        row("another plugin's secrets", "../../b/.env", State::Escaping, "links.escaping");
        row("above the library", "../../../../etc/passwd", State::Escaping, "links.escaping");
        row("all templates at once", "../../../templates", State::Escaping, "links.escaping");
        row("a folder of a like name", "../../../templates-old/x", State::Escaping, "links.escaping");
        row("the library itself", "../../..", State::Escaping, "links.escaping");
        row("absolute", "/etc/passwd", State::Absolute, "links.absolute");
        row("itself", "link", State::Cyclic, "links.cyclic");
        row("edited where links are files", "# my rules\nkeep them\n", State::Dangling, "links.not-a-path");
    }
    void everyKindOfLink()
    {
        QFETCH(QByteArray, target);
        QFETCH(int, state);
        QFETCH(QString, code);
        const Fixture fixture;
        fixture.link(u"plugins/a/sub/link"_s, target);
        fixture.commit();
        const auto report = fixture.check(fixture.catalog());
        QVERIFY_RESULT(report);
        const auto *link = find(*report, "sub/link");
        if (State(state) == State::Inside) {
            QVERIFY(!link);
        } else {
            QVERIFY(link);
            QCOMPARE(nameOf(link->state), nameOf(State(state)));
            QCOMPARE(link->target, target);
            QCOMPARE(link->plugin, u"a"_s);
        }
        QCOMPARE(report->findings.size(), size_t(code.isEmpty() ? 0 : 1));
        if (!code.isEmpty())
            QVERIFY(tells(*report, code, u"plugins/a/sub/link"_s));
    }

    void linksThroughLinks()
    {
        const Fixture fixture;
        fixture.link(u"templates/current"_s, "instructions");
        fixture.link(u"templates/leak"_s, "../plugins/b/.env");
        fixture.link(u"templates/round"_s, "round2");
        fixture.link(u"templates/round2"_s, "round");
        fixture.link(u"plugins/a/good"_s, "../../templates/current/AGENTS.md");
        fixture.link(u"plugins/a/leak"_s, "../../templates/leak");
        fixture.link(u"plugins/a/round"_s, "../../templates/round");
        fixture.link(u"plugins/a/out"_s, "../b");
        fixture.link(u"plugins/a/through"_s, "out/.env");
        fixture.commit();
        const auto report = fixture.check(fixture.catalog());
        QVERIFY_RESULT(report);
        QCOMPARE(nameOf(find(*report, "good")->state), u"good"_s);
        QCOMPARE(find(*report, "good")->names, QByteArray("templates/current/AGENTS.md"));
        QVERIFY(tells(*report, u"links.escaping"_s, u"plugins/a/leak"_s));
        QVERIFY(tells(*report, u"links.cyclic"_s, u"plugins/a/round"_s));
        QVERIFY(tells(*report, u"links.escaping"_s, u"plugins/a/out"_s));
        QVERIFY(tells(*report, u"links.escaping"_s, u"templates/leak"_s)); // told where it lies, too
        QVERIFY(!find(*report, "through")); // a matter of "out"
    }

    void whatCoppiceYamlExpects()
    {
        const Fixture fixture;
        fixture.link(u"plugins/a/AGENTS.md"_s, "../../templates/instructions/AGENTS.md");
        fixture.scratch.write(u"lib/plugins/b/deploy.sh"_s, "../../templates/scripts/deploy.sh");
        fixture.commit();
        auto catalog = fixture.catalog();
        catalog.settings.links = {{"AGENTS.md", "instructions/AGENTS.md"}, {"deploy.sh", "scripts/deploy.sh"}, {"x", "no/such"}};
        const auto report = fixture.check(catalog);
        QVERIFY_RESULT(report);
        QVERIFY(tells(*report, u"links.missing"_s, u"plugins/b/AGENTS.md"_s));
        QVERIFY(tells(*report, u"links.missing"_s, u"plugins/a/deploy.sh"_s));
        QVERIFY(tells(*report, u"links.as-text"_s, u"plugins/b/deploy.sh"_s));
        QVERIFY(tells(*report, u"links.no-template"_s, u"coppice.yaml"_s));
        QCOMPARE(report->findings.size(), size_t(4));
    }

    void addingALink()
    {
        const Fixture fixture;
        auto repository = git::Repository::open(fixture.dir);
        QVERIFY_RESULT(repository);
        const auto catalog = fixture.catalog();
        const auto &plugin = catalog.entries[0].plugin;
        const git::Oid root = fixture.id(u"HEAD^{tree}"_s);
        const auto tree = addLink(*repository, root, plugin, "deep/er/run.sh", "scripts/deploy.sh");
        QVERIFY_RESULT(tree);
        const auto entry = repository->entryAt(*tree, "plugins/a/deep/er/run.sh");
        QVERIFY_RESULT(entry);
        QCOMPARE((*entry)->mode, git::Mode::Link);
        QCOMPARE(*repository->blob((*entry)->id), QByteArray("../../../../templates/scripts/deploy.sh"));
        // By git's own eyes, in a work tree: the link leads to the template.
        const QByteArray commit = fixture.scratch.git(fixture.dir, {u"commit-tree"_s, u"-m"_s, u"x"_s, tree->toString()});
        fixture.scratch.git(fixture.dir, {u"reset"_s, u"-q"_s, u"--hard"_s, QString::fromLatin1(commit)});
        QCOMPARE(fixture.scratch.read(u"lib/plugins/a/deep/er/run.sh"_s), QByteArray("#!/bin/sh\n"));
        const auto report = fixture.check(fixture.catalog());
        QVERIFY_RESULT(report);
        QCOMPARE(nameOf(find(*report, "deep/er/run.sh")->state), u"good"_s);
        QVERIFY(report->findings.empty());
    }

    void addingIsRefused_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QString>("code");
        QTest::newRow("taken") << QByteArray("readme") << QByteArray("scripts/deploy.sh") << u"links.taken"_s;
        QTest::newRow("a file on the way") << QByteArray("readme/x") << QByteArray("scripts/deploy.sh") << u"links.taken"_s;
        QTest::newRow("no template") << QByteArray("x") << QByteArray("scripts/none.sh") << u"links.no-template"_s;
        QTest::newRow("outside the plugin") << QByteArray("../b/x") << QByteArray("scripts/deploy.sh") << u"links.path"_s;
        QTest::newRow("outside templates") << QByteArray("x") << QByteArray("../plugins/b/.env") << u"links.template"_s;
        QTest::newRow("empty") << QByteArray() << QByteArray("scripts/deploy.sh") << u"links.path"_s;
    }
    void addingIsRefused()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, name);
        QFETCH(QString, code);
        const Fixture fixture;
        auto repository = git::Repository::open(fixture.dir);
        QVERIFY_RESULT(repository);
        const auto catalog = fixture.catalog();
        const auto tree = addLink(*repository, fixture.id(u"HEAD^{tree}"_s), catalog.entries[0].plugin, path, name);
        QVERIFY(!tree.has_value());
        QCOMPARE(tree.error().code, code);
    }
};

COPPICE_TEST(LinksTest)
#include "links_test.moc"
