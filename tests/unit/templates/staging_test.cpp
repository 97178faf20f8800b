// SPDX-License-Identifier: GPL-3.0-or-later
// Copies kept equal by content, changes staged for pilots, and what is gated.
#include "support/scratch.h"
#include "support/test_main.h"

#include <git/tree_edit.h>
#include <review/reviews.h>
#include <templates/copies.h>
#include <templates/gates.h>
#include <templates/staging.h>

#include <QDir>
#include <QFile>
#include <QTest>

#include <unistd.h>

using namespace coppice;
using namespace coppice::templates;
using namespace Qt::StringLiterals;

namespace coppice::journal {
std::vector<store::Migration> migrations();
}
namespace coppice::review {
std::vector<store::Migration> migrations();
}

namespace {

using Mode = library::TemplateLink::Mode;

template <class T> T must(Result<T> result)
{
    if (!result)
        qFatal("%s", qPrintable(result.error().message()));
    return std::move(*result);
}

/// Plugins a and b that link to rules.md and to the folder shared, c that keeps a copy of rules.md.
struct Fixture {
    test::Scratch scratch;
    QString dir = scratch.repository(u"lib"_s, {{u"coppice.yaml"_s, "name: x\n"},
                                                {u"plugins/a/x"_s, "a"},
                                                {u"plugins/b/x"_s, "b"},
                                                {u"plugins/c/rules.md"_s, "1\n2\n3\n4\n5\n"},
                                                {u"templates/kinds/rules.md"_s, "1\n2\n3\n4\n5\n"},
                                                {u"templates/shared/one"_s, "one\n"}});
    library::LibrarySettings settings;
    QMap<QString, std::vector<library::TemplateLink>> own{{u"c"_s, {{"rules.md", "kinds/rules.md", Mode::Copy}}}};

    Fixture()
    {
        link(u"plugins/a/rules.md"_s, "../../templates/kinds/rules.md");
        link(u"plugins/b/rules.md"_s, "../../templates/kinds/rules.md");
        link(u"plugins/a/shared"_s, "../../templates/shared");
        link(u"templates/shared/rules"_s, "../kinds/rules.md");
        commit();
    }
    void link(const QString &path, const QByteArray &target) const
    {
        const QString full = scratch.path(u"lib/" + path);
        QDir().mkpath(QFileInfo(full).path());
        QVERIFY(symlink(target.constData(), QFile::encodeName(full).constData()) == 0);
    }
    void commit() const
    {
        scratch.git(dir, {u"add"_s, u"-A"_s});
        scratch.git(dir, {u"commit"_s, u"-qm"_s, u"change"_s});
    }
    void put(const QString &file, const QByteArray &bytes) const { scratch.commit(dir, file, bytes, u"put "_s + file); }
    /// Commits a tree that a function answered.
    void land(const git::Oid &tree) const
    {
        const auto commit = scratch.git(dir, {u"commit-tree"_s, u"-m"_s, u"landed"_s, u"-p"_s, u"HEAD"_s, tree.toString()});
        scratch.git(dir, {u"reset"_s, u"-q"_s, u"--hard"_s, QString::fromLatin1(commit)});
    }
    [[nodiscard]] git::Oid id(const QString &revision) const { return git::Oid::fromHex(scratch.git(dir, {u"rev-parse"_s, revision})); }
    [[nodiscard]] git::Repository repository() const { return must(git::Repository::open(dir)); }
    [[nodiscard]] git::Oid root() const { return id(u"HEAD^{tree}"_s); }
    [[nodiscard]] library::Catalog catalog() const
    {
        library::Catalog catalog;
        catalog.head = id(u"HEAD"_s);
        catalog.settings = settings;
        for (const char *name : {"a", "b", "c"}) {
            library::CatalogEntry entry;
            entry.plugin.id = QString::fromLatin1(name);
            entry.plugin.prefix = "plugins/" + QByteArray(name);
            entry.plugin.settings.links = own.value(entry.plugin.id);
            entry.tree = id(QString(u"HEAD:plugins/" + entry.plugin.id));
            catalog.entries.push_back(entry);
        }
        return catalog;
    }
    [[nodiscard]] std::vector<CopyState> copies() const
    {
        auto repo = repository();
        return must(copyStates(repo, catalog()));
    }
    [[nodiscard]] LinkReport report() const
    {
        auto repo = repository();
        return must(checkLinks(repo, catalog()));
    }
    [[nodiscard]] QString target(const QString &path) const
    {
        return QString::fromUtf8(scratch.git(dir, {u"cat-file"_s, u"blob"_s, QString(u"HEAD:"_s + path)}));
    }
    [[nodiscard]] QByteArray text(const QString &path) const { return scratch.read(u"lib/"_s + path); }
};

} // namespace

class StagingTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void copiesAreComparedByContent()
    {
        using State = CopyState::State;
        Fixture f;
        QCOMPARE(f.copies().size(), 1);
        QVERIFY(f.copies().front().state == State::Equal);
        f.put(u"templates/kinds/rules.md"_s, "1\n2\n3\n4\n5, later\n");
        QVERIFY(f.copies().front().state == State::Stale);
        auto repo = f.repository();
        f.land(must(refreshCopies(repo, f.root(), f.copies())));
        QVERIFY(f.copies().front().state == State::Equal);
        QCOMPARE(f.text(u"plugins/c/rules.md"_s), "1\n2\n3\n4\n5, later\n");
        // back to what it was long ago: stale again, whatever was written down when
        f.put(u"plugins/c/rules.md"_s, "1\n2\n3\n4\n5\n");
        QVERIFY(f.copies().front().state == State::Stale);
        f.put(u"plugins/c/rules.md"_s, "something of its own\n");
        QVERIFY(f.copies().front().state == State::Edited);
        QCOMPARE(must(refreshCopies(repo, f.root(), f.copies())), f.root()); // an edit is never written over
        f.land(must(discardCopy(repo, f.root(), f.copies().front())));
        QVERIFY(f.copies().front().state == State::Equal);
        // the executable bit is content, too
        f.scratch.git(f.dir, {u"update-index"_s, u"--chmod=+x"_s, u"plugins/c/rules.md"_s});
        f.scratch.git(f.dir, {u"commit"_s, u"-qm"_s, u"mode"_s});
        QVERIFY(f.copies().front().state == State::Edited);
        f.own[u"c"_s] = {{"rules.md", "no/such", Mode::Copy}, {"other", "kinds/rules.md", Mode::Copy}, {"x", "kinds/rules.md", Mode::Own}};
        QCOMPARE(f.copies().size(), 2);
        QVERIFY(f.copies()[0].state == State::NoTemplate);
        QVERIFY(f.copies()[1].state == State::Missing);
        // of a folder, its own links are followed
        f.own[u"c"_s] = {{"shared", "shared", Mode::Copy}};
        f.land(must(refreshCopies(repo, f.root(), f.copies())));
        QCOMPARE(f.text(u"plugins/c/shared/rules"_s), f.text(u"templates/kinds/rules.md"_s));
        QVERIFY(!QFileInfo(f.scratch.path(u"lib/plugins/c/shared/rules"_s)).isSymLink());
    }
    void anEditOfACopyIsAdoptedWithoutLosingTheTemplates()
    {
        Fixture f;
        f.put(u"templates/kinds/rules.md"_s, "1, later\n2\n3\n4\n5\n");
        f.put(u"plugins/c/rules.md"_s, "1\n2\n3\n4\n5, of c\n");
        auto repo = f.repository();
        f.land(must(adoptCopy(repo, f.id(u"HEAD"_s), f.copies().front())));
        QCOMPARE(f.text(u"templates/kinds/rules.md"_s), "1, later\n2\n3\n4\n5, of c\n");
        QVERIFY(f.copies().front().state == CopyState::State::Equal);
        f.put(u"templates/kinds/rules.md"_s, "1, latest\n2\n3\n4\n5, of c\n");
        f.put(u"plugins/c/rules.md"_s, "1, of c\n2\n3\n4\n5, of c\n");
        const auto clash = adoptCopy(repo, f.id(u"HEAD"_s), f.copies().front());
        QVERIFY(!clash && clash.error().code == u"templates.copy-conflict"_s);
    }
    void theModeIsWrittenIntoThePluginsSettings()
    {
        Fixture f;
        auto repo = f.repository();
        const auto plugin = f.catalog().find(u"c"_s)->plugin;
        f.put(u".coppice/plugins/c.yaml"_s, "id: c # stays\n");
        f.land(must(setLinkMode(repo, f.root(), plugin, {"docs/a.b.md", "kinds/rules.md", Mode::Copy})));
        f.land(must(setLinkMode(repo, f.root(), plugin, {"docs/a.b.md", "kinds/rules.md", Mode::Own})));
        const auto yaml = f.text(u".coppice/plugins/c.yaml"_s);
        QVERIFY2(yaml.contains("id: c # stays\n"), yaml.constData());
        const auto settings = library::parsePluginSettings(yaml, u"c.yaml"_s, u"c"_s);
        QVERIFY(settings.problems.empty());
        QCOMPARE(settings.links.size(), 1);
        QCOMPARE(settings.links.front().path, "docs/a.b.md");
        QVERIFY(settings.links.front().mode == Mode::Own);
    }
    void pilotsFirstThenAll()
    {
        Fixture f;
        auto repo = f.repository();
        const auto catalog = f.catalog();
        const auto *a = &catalog.find(u"a"_s)->plugin;
        f.land(must(stageTemplate(repo, f.root(), f.report(), "kinds/rules.md", std::nullopt, {a})));
        QCOMPARE(f.target(u"plugins/a/rules.md"_s), u"../../templates/next/kinds/rules.md"_s);
        QCOMPARE(f.target(u"plugins/b/rules.md"_s), u"../../templates/kinds/rules.md"_s);
        auto staged = must(stagedTemplates(repo, f.id(u"HEAD"_s), f.report()));
        QCOMPARE(staged.size(), 1);
        QCOMPARE(staged.front().name, "kinds/rules.md");
        QVERIFY(!staged.front().differs);
        QCOMPARE(staged.front().pilots, QStringList{u"a"_s});
        QCOMPARE(staged.front().others, QStringList{u"b"_s});
        f.put(u"templates/next/kinds/rules.md"_s, "new\n");
        QVERIFY(must(stagedTemplates(repo, f.id(u"HEAD"_s), f.report())).front().differs);
        // staged again for one more: what was changed there stays
        const auto *b = &catalog.find(u"b"_s)->plugin;
        f.land(must(stageTemplate(repo, f.root(), f.report(), "kinds/rules.md", std::nullopt, {b})));
        QCOMPARE(f.text(u"plugins/b/rules.md"_s), "new\n");
        f.land(must(promoteTemplate(repo, f.root(), f.report(), f.catalog(), "kinds/rules.md")));
        QCOMPARE(f.target(u"plugins/a/rules.md"_s), u"../../templates/kinds/rules.md"_s);
        QCOMPARE(f.text(u"templates/kinds/rules.md"_s), "new\n");
        QVERIFY(must(stagedTemplates(repo, f.id(u"HEAD"_s), f.report())).empty());
        QVERIFY(f.report().findings.empty());
    }
    void aFolderKeepsWhatItsLinksName()
    {
        Fixture f;
        auto repo = f.repository();
        const auto catalog = f.catalog();
        f.land(must(stageTemplate(repo, f.root(), f.report(), "shared", std::nullopt, {&catalog.find(u"a"_s)->plugin})));
        QCOMPARE(f.target(u"templates/next/shared/rules"_s), u"../../kinds/rules.md"_s);
        QCOMPARE(f.text(u"plugins/a/shared/rules"_s), f.text(u"templates/kinds/rules.md"_s));
        QVERIFY2(f.report().findings.empty(), f.report().findings.empty() ? "" : qPrintable(f.report().findings.front().where));
        f.land(must(withdrawTemplate(repo, f.root(), f.report(), f.catalog(), "shared")));
        QCOMPARE(f.target(u"plugins/a/shared"_s), u"../../templates/shared"_s);
        QVERIFY(!QFile::exists(f.scratch.path(u"lib/templates/next"_s)));
    }
    void whatCannotBeStaged()
    {
        Fixture f;
        auto repo = f.repository();
        const auto catalog = f.catalog();
        const auto *c = &catalog.find(u"c"_s)->plugin;
        QVERIFY(!stageTemplate(repo, f.root(), f.report(), "kinds/rules.md", std::nullopt, {c})); // no link to it
        QVERIFY(!stageTemplate(repo, f.root(), f.report(), "no/such", std::nullopt, {}));
        QVERIFY(!stageTemplate(repo, f.root(), f.report(), "next/x", std::nullopt, {}));
        QVERIFY(!stageTemplate(repo, f.root(), f.report(), "../x", std::nullopt, {}));
        QVERIFY(!promoteTemplate(repo, f.root(), f.report(), catalog, "kinds/rules.md"));
        QVERIFY(!withdrawTemplate(repo, f.root(), f.report(), catalog, "kinds/rules.md"));
    }
    void onlyWhatWasReviewedAndEvaluatedIsGated()
    {
        using State = Gate::State;
        Fixture f;
        auto repo = f.repository();
        const auto state = must(store::Database::open(f.scratch.path(u"state.db"_s)));
        for (const auto &steps : {journal::migrations(), review::migrations()})
            QVERIFY(state->migrate(steps));
        journal::Journal journal(*state);
        journal.addProjector(review::reviewProjector());
        review::Reviews reviews(*state, journal);
        const auto gate = [&](const QByteArray &name) { return must(gatesOf(repo, *state, f.id(u"HEAD"_s), {name})).at(name).state; };
        QVERIFY(gate("kinds/rules.md") == State::Initial);
        f.put(u"templates/kinds/rules.md"_s, "a direct commit\n");
        QVERIFY(gate("kinds/rules.md") == State::Ungated);
        QVERIFY(gate("shared") == State::Ungated); // its link came in by a commit of its own

        const auto before = f.root();
        f.put(u"templates/next/kinds/rules.md"_s, "reviewed\n");
        const auto patch = must(reviews.add(repo, u"a"_s, {}, u"rules"_s, {1, before, f.root(), {}, false, 0}));
        QVERIFY(reviews.setState(Actor::self(), patch.id.toString(), review::Patch::State::Applied, f.id(u"HEAD"_s)));
        QVERIFY(gate("next/kinds/rules.md") == State::Reviewed);
        QVERIFY(reviews.addEvidence(patch.id.toString(), {u"eval"_s, u"12 of 12 tasks"_s, review::Evidence::Verdict::Good, {}, {}, 0}));
        QVERIFY(gate("next/kinds/rules.md") == State::Gated);
        QVERIFY(gate("kinds/rules.md") == State::Ungated);
        f.land(must(promoteTemplate(repo, f.root(), f.report(), f.catalog(), "kinds/rules.md")));
        QVERIFY(gate("kinds/rules.md") == State::Gated); // the same content
        f.put(u"templates/kinds/rules.md"_s, "a direct commit again\n");
        QVERIFY(gate("kinds/rules.md") == State::Ungated);
        using Asked = library::LibrarySettings::TemplateGate;
        QVERIFY(passes(State::Ungated, Asked::None) && !passes(State::Ungated, Asked::Review) && passes(State::Reviewed, Asked::Review));
        QVERIFY(!passes(State::Reviewed, Asked::Eval) && passes(State::Gated, Asked::Eval) && passes(State::Initial, Asked::Eval));
    }
};
COPPICE_TEST(StagingTest)
#include "staging_test.moc"
