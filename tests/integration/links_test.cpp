// SPDX-License-Identifier: GPL-3.0-or-later
// Template links and conflicts from the terminal: what a person is asked, answers, and gets.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QProcess>
#include <QTest>

using namespace coppice::test;

namespace {

QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(u' ');
}

/// A library with a python plugin whose rules and helper module are links to templates, pushed.
struct Place {
    Place() : bare(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home"))), ctl(bare.on(scratch.path(QStringLiteral("library"))))
    {
        QCOMPARE_EXIT(bare({QStringLiteral("init"), scratch.path(QStringLiteral("library"))}), 0);
        scratch.repository(QStringLiteral("sums"), {{QStringLiteral("sums.py"), "from helper import twice\n\ndef four():\n    return twice(2)\n"},
                                                    {QStringLiteral("test_sums.py"), "import unittest\nfrom sums import four\n\nclass T(unittest.TestCase):\n"
                                                                                     "    def test(self):\n        self.assertEqual(four(), 4)\n"}});
        scratch.git(scratch.path(), words("clone -q --bare sums sums.git"));
        scratch.git(QStringLiteral("sums"), {QStringLiteral("remote"), QStringLiteral("add"), QStringLiteral("up"), scratch.path(QStringLiteral("sums.git"))});
        QCOMPARE_EXIT(ctl({QStringLiteral("plugins"), QStringLiteral("add"), scratch.path(QStringLiteral("sums.git")), QStringLiteral("--name"), QStringLiteral("sums")}), 0);
        scratch.commit(QStringLiteral("library"), QStringLiteral("templates/python/helper.py"), "def twice(n):\n    return 2 * n\n", QStringLiteral("helper"));
        QCOMPARE_EXIT(ctl(words("templates link sums python/helper.py helper.py")), 0);
        QCOMPARE_EXIT(ctl(words("sync push sums")), 0);
    }
    void commitUpstream(const QString &file, const QByteArray &content) const
    {
        scratch.git(QStringLiteral("sums"), words("pull -q --ff-only up main"));
        scratch.commit(QStringLiteral("sums"), file, content, QStringLiteral("upstream"));
        scratch.git(QStringLiteral("sums"), words("push -q up main"));
    }
    /// Commits a link at a path of the library.
    void link(const QString &path, const QString &target) const
    {
        const QString file = scratch.path(QStringLiteral("library/") + path);
        QVERIFY(QDir().mkpath(QFileInfo(file).path()));
        QVERIFY(QFile::link(target, file));
        scratch.git(QStringLiteral("library"), words("add -A"));
        scratch.git(QStringLiteral("library"), {QStringLiteral("commit"), QStringLiteral("-qm"), QString(QStringLiteral("link ") + path)});
    }
    /// templates/chain: 1 is a file, each further number a link to the one before it; and two links that name each other.
    void chain() const
    {
        scratch.write(QStringLiteral("library/templates/chain/1"), "end\n");
        for (int i = 2; i <= 10; ++i)
            QVERIFY(QFile::link(QString::number(i - 1), scratch.path(QStringLiteral("library/templates/chain/%1").arg(i))));
        QVERIFY(QFile::link(QStringLiteral("round"), scratch.path(QStringLiteral("library/templates/chain/trip"))));
        link(QStringLiteral("templates/chain/round"), QStringLiteral("trip"));
    }
    QByteArray tip() const { return scratch.git(QStringLiteral("sums.git"), words("rev-parse main")); }
    Scratch scratch;
    Ctl bare, ctl;
};

} // namespace

class LinksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aLinkThatLeadsNowhereBlocksThePush_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("said");
        QTest::newRow("dangling") << QStringLiteral("../../templates/none") << QStringLiteral("plugins/sums/bad leads to nothing");
        QTest::newRow("absolute") << QStringLiteral("/etc/hostname") << QStringLiteral("plugins/sums/bad leads to a path of one machine");
        QTest::newRow("escaping") << QStringLiteral("../other/x") << QStringLiteral("plugins/sums/bad leads out of the plugin");
        QTest::newRow("out of the library") << QStringLiteral("../../../../x") << QStringLiteral("plugins/sums/bad leads out of the plugin");
        QTest::newRow("cyclic") << QStringLiteral("../../templates/chain/round") << QStringLiteral("plugins/sums/bad leads round in a circle");
        QTest::newRow("nine links") << QStringLiteral("../../templates/chain/9") << QStringLiteral("plugins/sums/bad leads");
        QTest::newRow("in a linked folder") << QStringLiteral("../../templates/folder") << QStringLiteral("templates/folder/out leads out of the plugin");
    }
    void aLinkThatLeadsNowhereBlocksThePush()
    {
        QFETCH(const QString, target);
        QFETCH(const QString, said);
        Place place;
        const QString library = place.scratch.path(QStringLiteral("library"));
        place.chain();
        place.link(QStringLiteral("templates/folder/out"), QStringLiteral("../../coppice.yaml"));
        place.link(QStringLiteral("plugins/sums/bad"), target);
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/sums/more"), "more\n", QStringLiteral("more"));
        const auto before = place.tip();
        QCOMPARE(place.ctl(words("sync status")).json[u"plugins"][0][u"state"].toString(), QStringLiteral("blocked"));
        const auto refused = place.ctl(words("sync push"));
        QCOMPARE_EXIT(refused, 4);
        const QString message = refused.json[u"error"][u"message"].toString();
        QVERIFY2(message.contains(said), qPrintable(message));
        QVERIFY(refused.json[u"error"][u"hint"].toString().contains(QStringLiteral("templates/")));
        QCOMPARE(refused.json[u"needs"][0][u"kind"].toString(), QStringLiteral("link"));
        QVERIFY(refused.json[u"needs"][0][u"paths"][0].toString().startsWith(QStringLiteral("plugins/sums/bad")));
        QCOMPARE(place.tip(), before);
        place.scratch.git(library, words("rm -q plugins/sums/bad"));
        place.scratch.git(library, words("commit -qm mended"));
        QCOMPARE_EXIT(place.ctl(words("sync push")), 0);
    }
    void everyGoodShapeTravels()
    {
        Place place;
        place.chain();
        place.scratch.write(QStringLiteral("library/templates/folder/deep/file"), "deep\n");
        place.link(QStringLiteral("templates/folder/sideways"), QStringLiteral("../python/helper.py")); // a link in a linked folder
        place.link(QStringLiteral("plugins/sums/a/b/nested.py"), QStringLiteral("../../../../templates/python/helper.py"));
        place.link(QStringLiteral("plugins/sums/folder"), QStringLiteral("../../templates/folder"));
        place.link(QStringLiteral("plugins/sums/again"), QStringLiteral("helper.py")); // a link to a link
        place.link(QStringLiteral("plugins/sums/eight"), QStringLiteral("../../templates/chain/7"));
        QCOMPARE_EXIT(place.ctl(words("sync push")), 0);
        const auto sent = [&place](const QString &path) { return place.scratch.git(QStringLiteral("sums.git"), {QStringLiteral("show"), QString(QStringLiteral("HEAD:") + path)}); };
        const QByteArray helper = "def twice(n):\n    return 2 * n";
        QCOMPARE(sent(QStringLiteral("a/b/nested.py")), helper);
        QCOMPARE(sent(QStringLiteral("folder/deep/file")), "deep");
        QCOMPARE(sent(QStringLiteral("folder/sideways")), helper);
        QCOMPARE(sent(QStringLiteral("eight")), "end");
        QCOMPARE(place.scratch.git(QStringLiteral("sums.git"), words("ls-tree HEAD again")).left(6), "120000"); // inside the plugin: as it is
        // the target's mode goes with it
        place.scratch.git(QStringLiteral("library"), words("update-index --chmod=+x templates/python/helper.py"));
        place.scratch.git(QStringLiteral("library"), words("commit -qm executable"));
        place.scratch.git(QStringLiteral("library"), words("checkout -q ."));
        QCOMPARE_EXIT(place.ctl(words("sync push")), 0);
        QCOMPARE(place.scratch.git(QStringLiteral("sums.git"), words("ls-tree HEAD helper.py")).left(6), "100755");
        place.scratch.git(QStringLiteral("sums.git"), words("fsck --strict"));
        // and none of it comes back as a change
        place.commitUpstream(QStringLiteral("README"), "theirs\n");
        QCOMPARE_EXIT(place.ctl(words("sync pull")), 0);
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("ls-tree HEAD plugins/sums/folder")).left(6), "120000");
        QCOMPARE(place.ctl(words("sync status")).json[u"counts"][u"clean"].toInt(), 1);
    }
    /// Our pull request holds a changed template; upstream takes it in each of the ways there are.
    void aPullRequestWithATemplateComesBack_data()
    {
        QTest::addColumn<QString>("way");
        for (const char *way : {"merge", "squash", "rebase"})
            QTest::newRow(way) << QString::fromLatin1(way);
    }
    void aPullRequestWithATemplateComesBack()
    {
        QFETCH(const QString, way);
        Place place;
        auto &scratch = place.scratch;
        scratch.commit(QStringLiteral("library"), QStringLiteral("templates/python/helper.py"), "def twice(n):\n    return n << 1\n", QStringLiteral("template"));
        scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/sums/more.py"), "pass\n", QStringLiteral("more"));
        const QString split = place.ctl(words("sync status")).json[u"plugins"][0][u"split"].toString();
        scratch.git(QStringLiteral("library"), {QStringLiteral("push"), QStringLiteral("-q"), scratch.path(QStringLiteral("sums.git")), QString(split + QStringLiteral(":refs/heads/pr"))});
        place.commitUpstream(QStringLiteral("other"), "other\n");
        scratch.git(QStringLiteral("sums"), words("fetch -q up"));
        if (way == u"merge") {
            scratch.git(QStringLiteral("sums"), words("merge -q --no-ff -m merged up/pr"));
        } else if (way == u"squash") {
            scratch.git(QStringLiteral("sums"), words("merge -q --squash up/pr"));
            scratch.git(QStringLiteral("sums"), words("commit -qm squashed"));
        } else {
            scratch.git(QStringLiteral("sums"), words("checkout -q -b pr up/pr"));
            scratch.git(QStringLiteral("sums"), words("rebase -q main"));
            scratch.git(QStringLiteral("sums"), words("checkout -q main"));
            scratch.git(QStringLiteral("sums"), words("merge -q --ff-only pr"));
        }
        scratch.git(QStringLiteral("sums"), words("push -q up main"));
        scratch.commit(QStringLiteral("library"), QStringLiteral("templates/python/helper.py"), "def twice(n):\n    return n + n\n", QStringLiteral("moved on"));
        QCOMPARE_EXIT(place.ctl(words("sync pull")), 0);
        QCOMPARE(scratch.git(QStringLiteral("library"), words("ls-tree HEAD plugins/sums/helper.py")).left(6), "120000");
        QCOMPARE(scratch.read(QStringLiteral("library/templates/python/helper.py")), "def twice(n):\n    return n + n\n");
        QCOMPARE_EXIT(place.ctl(words("sync push")), 0);
        QCOMPARE(scratch.git(QStringLiteral("sums.git"), words("show HEAD:helper.py")), "def twice(n):\n    return n + n");
        QCOMPARE(scratch.git(QStringLiteral("sums.git"), words("show HEAD:other")), "other");
        const auto before = scratch.git(QStringLiteral("library"), words("rev-parse HEAD"));
        QCOMPARE_EXIT(place.ctl(words("sync pull")), 0); // nothing more to do
        QCOMPARE(scratch.git(QStringLiteral("library"), words("rev-parse HEAD")), before);
        QCOMPARE(place.ctl(words("sync status")).json[u"counts"][u"clean"].toInt(), 1);
    }
    /// What was published with its links as they are stays published so; links count from the adoption on.
    void adoptingKeepsWhatWasPublished()
    {
        Place place;
        auto &scratch = place.scratch;
        scratch.repository(QStringLiteral("old"), {{QStringLiteral("templates/t"), "1\n"}, {QStringLiteral("plugins/p/x"), "1\n"}});
        QVERIFY(QFile::link(QStringLiteral("../../templates/t"), scratch.path(QStringLiteral("old/plugins/p/t"))));
        scratch.git(QStringLiteral("old"), words("add -A"));
        scratch.git(QStringLiteral("old"), words("commit -qm link"));
        QVERIFY(QDir().mkpath(scratch.path(QStringLiteral("ups"))));
        scratch.git(scratch.path(), words("init -q --bare -b main ups/p.git"));
        scratch.git(QStringLiteral("old"), {QStringLiteral("subtree"), QStringLiteral("push"), QStringLiteral("-q"), QStringLiteral("--prefix=plugins/p"),
                                            scratch.path(QStringLiteral("ups/p.git")), QStringLiteral("main")});
        const auto published = scratch.git(QStringLiteral("ups/p.git"), words("rev-parse main"));
        QCOMPARE(scratch.git(QStringLiteral("ups/p.git"), words("ls-tree main t")).left(6), "120000");
        QCOMPARE_EXIT(place.bare({QStringLiteral("init"), QStringLiteral("--adopt"), scratch.path(QStringLiteral("old")), QStringLiteral("--upstreams"),
                                  scratch.path(QStringLiteral("ups"))}),
                      0);
        const Ctl ctl = place.bare.on(scratch.path(QStringLiteral("old")));
        scratch.commit(QStringLiteral("old"), QStringLiteral("plugins/p/x"), "2\n", QStringLiteral("edit"));
        QCOMPARE_EXIT(ctl(words("sync push")), 0);
        scratch.git(QStringLiteral("ups/p.git"), {QStringLiteral("merge-base"), QStringLiteral("--is-ancestor"), QString::fromLatin1(published), QStringLiteral("main")});
        QCOMPARE(scratch.git(QStringLiteral("ups/p.git"), words("ls-tree main t")).left(6), "100644");
        QCOMPARE(ctl(words("sync status")).json[u"counts"][u"clean"].toInt(), 1);
    }
    void filesWithSlotsAreNotLinked()
    {
        Place place;
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("templates/instructions/rules.in.md"), "{{plugin}}\n", QStringLiteral("slots"));
        for (const char *line : {"templates link sums instructions/rules.in.md R.md", "templates link sums instructions/rules.in.md R.md --copy"}) {
            const auto refused = place.ctl(words(line));
            QCOMPARE_EXIT(refused, 2);
            QCOMPARE(refused.json[u"error"][u"code"].toString(), QStringLiteral("links.slots"));
        }
        place.link(QStringLiteral("plugins/sums/R.md"), QStringLiteral("../../templates/instructions/rules.in.md"));
        const auto checked = place.ctl(words("templates check"));
        QCOMPARE_EXIT(checked, 1);
        QVERIFY(checked.out.contains("links.slots"));
    }
    void aCloneOfThePluginsRepositoryIsSelfContained()
    {
        Place place;
        place.scratch.git(place.scratch.path(), words("clone -q sums.git clone"));
        QCOMPARE(place.scratch.git(QStringLiteral("clone"), words("ls-files -s helper.py")).left(6), "100644");
        QProcess tests;
        tests.setWorkingDirectory(place.scratch.path(QStringLiteral("clone")));
        tests.start(QStringLiteral("python3"), words("-m unittest -q"));
        QVERIFY(tests.waitForFinished(60'000));
        QVERIFY2(tests.exitCode() == 0, tests.readAllStandardError().constData());
    }
    void aChangedCopyAsksAndTheAnswerIsCarriedOut()
    {
        Place place;
        place.commitUpstream(QStringLiteral("helper.py"), "def twice(n):\n    return n + n\n");
        const auto asked = place.ctl(words("sync pull"));
        QCOMPARE_EXIT(asked, 4);
        QCOMPARE(asked.json[u"needs"].toArray(),
                 (QJsonArray{QJsonObject{{QStringLiteral("kind"), QStringLiteral("link")},
                                         {QStringLiteral("plugin"), QStringLiteral("sums")},
                                         {QStringLiteral("paths"), QJsonArray{QStringLiteral("plugins/sums/helper.py")}}}}));
        const auto waits = place.ctl(words("templates decide"));
        QCOMPARE_EXIT(waits, 0);
        QCOMPARE(waits.json[u"open"].toInt(), 1);
        QCOMPARE(waits.json[u"decisions"][0][u"template"].toString(), QStringLiteral("templates/python/helper.py"));
        QVERIFY(waits.json[u"decisions"][0][u"choice"].isNull());
        QCOMPARE_EXIT(place.ctl(words("templates decide sums helper.py perhaps")), 2);
        QCOMPARE_EXIT(place.ctl(words("templates decide sums helper.py")), 2);
        QCOMPARE_EXIT(place.ctl(words("templates decide sums other.py adopt")), 3);
        const auto decided = place.ctl(words("templates decide sums plugins/sums/helper.py adopt"));
        QCOMPARE_EXIT(decided, 0);
        QCOMPARE(decided.json[u"choice"].toString(), QStringLiteral("adopt"));
        QCOMPARE(decided.json[u"open"].toInt(), 0);
        QCOMPARE_EXIT(place.ctl(words("sync pull")), 0);
        QCOMPARE(place.scratch.read(QStringLiteral("library/templates/python/helper.py")), "def twice(n):\n    return n + n\n");
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("ls-tree HEAD plugins/sums/helper.py")).left(6), "120000");
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("status --porcelain")), QByteArray());
        QCOMPARE_EXIT(place.ctl(words("sync push --all")), 0);
        const auto status = place.ctl(words("sync status --all"));
        QCOMPARE(status.json[u"counts"][u"clean"].toInt(), 1);
        QCOMPARE(place.ctl(words("templates decide")).json[u"decisions"].toArray().size(), 0);
    }
    void aConflictIsBroughtToItsEnd()
    {
        Place place;
        place.commitUpstream(QStringLiteral("sums.py"), "theirs\n");
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/sums/sums.py"), "ours\n", QStringLiteral("ours"));
        QCOMPARE_EXIT(place.ctl(words("sync resolve sums")), 1); // not fetched: nothing clashes as far as is known
        QCOMPARE_EXIT(place.ctl(words("sync pull sums")), 4);
        const auto begun = place.ctl(words("sync resolve sums"));
        QCOMPARE_EXIT(begun, 0);
        QCOMPARE(begun.json[u"open"].toInt(), 1);
        QCOMPARE(begun.json[u"conflicts"][0][u"path"].toString(), QStringLiteral("plugins/sums/sums.py"));
        const QString folder = begun.json[u"folder"].toString();
        QVERIFY(QFile::exists(folder + QStringLiteral("/sums.py")));
        // a link: nobody has to merge it, but without what it names the plugin could not be tried out
        QFile helper(folder + QStringLiteral("/helper.py"));
        QVERIFY(helper.open(QFile::ReadWrite));
        QCOMPARE(helper.readAll(), "def twice(n):\n    return 2 * n\n");
        helper.write("# edited\n");
        helper.close();
        const auto early = place.ctl(words("sync resolve sums --done"));
        QCOMPARE_EXIT(early, 4);
        QCOMPARE(early.json[u"needs"][0][u"paths"][0].toString(), QStringLiteral("plugins/sums/sums.py"));
        const auto edited = place.ctl(words("sync resolve sums --theirs sums.py --done"));
        QCOMPARE_EXIT(edited, 4);
        QCOMPARE(edited.json[u"error"][u"code"].toString(), QStringLiteral("sync.linked-edited"));
        QVERIFY(edited.json[u"error"][u"hint"].toString().contains(QStringLiteral("--ours plugins/sums/helper.py")));
        QCOMPARE_EXIT(place.ctl(words("sync resolve sums --ours plugins/sums/helper.py --done")), 0);
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("ls-tree HEAD plugins/sums/helper.py")).left(6), "120000");
        QCOMPARE(place.scratch.read(QStringLiteral("library/plugins/sums/sums.py")), "theirs\n");
        QVERIFY(!QFile::exists(folder));
        QCOMPARE_EXIT(place.ctl(words("sync resolve sums --drop")), 3);
        QCOMPARE_EXIT(place.ctl(words("sync pull sums")), 0);
        QCOMPARE_EXIT(place.ctl(words("sync push sums")), 0);
    }
    void copiesDriftAndAreBroughtBack()
    {
        Place place;
        QCOMPARE_EXIT(place.ctl(words("templates link sums python/helper.py lib/copy.py --copy")), 0);
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("ls-tree HEAD plugins/sums/lib/copy.py")).left(6), "100644");
        QVERIFY(place.scratch.read(QStringLiteral("library/.coppice/plugins/sums.yaml")).contains("mode: copy"));
        QCOMPARE_EXIT(place.ctl(words("templates check")), 0);
        QCOMPARE_EXIT(place.ctl(words("templates link sums no/such x --copy")), 3);
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("templates/python/helper.py"), "def twice(n):\n    return n * 2\n", QStringLiteral("later"));
        const auto stale = place.ctl(words("templates check"));
        QCOMPARE_EXIT(stale, 1);
        QCOMPARE(stale.json[u"copies"][0][u"state"].toString(), QStringLiteral("stale"));
        const auto refreshed = place.ctl(words("templates refresh"));
        QCOMPARE_EXIT(refreshed, 0);
        QVERIFY(refreshed.json[u"changed"].toBool());
        QCOMPARE_EXIT(place.ctl(words("templates check")), 0);
        QVERIFY(!place.ctl(words("templates refresh sums")).json[u"changed"].toBool());
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/sums/lib/copy.py"), "def twice(n):\n    return n + n\n", QStringLiteral("own"));
        QCOMPARE(place.ctl(words("templates decide")).json[u"decisions"][0][u"kind"].toString(), QStringLiteral("copy"));
        QCOMPARE_EXIT(place.ctl(words("templates decide sums lib/copy.py adopt")), 0);
        QCOMPARE(place.scratch.read(QStringLiteral("library/templates/python/helper.py")), "def twice(n):\n    return n + n\n");
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/sums/lib/copy.py"), "own\n", QStringLiteral("own"));
        QCOMPARE_EXIT(place.ctl(words("templates decide sums lib/copy.py keep")), 0);
        QCOMPARE_EXIT(place.ctl(words("templates check")), 0);
        QCOMPARE(place.scratch.read(QStringLiteral("library/plugins/sums/lib/copy.py")), "own\n");
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("status --porcelain")), QByteArray());
    }
    void aChangeIsStagedForPilotsAndPromotedForAll()
    {
        Place place;
        const QString file = place.scratch.write(QStringLiteral("new.py"), "def twice(n):\n    return n << 1\n");
        QCOMPARE_EXIT(place.ctl({QStringLiteral("templates"), QStringLiteral("stage"), QStringLiteral("python/helper.py"), QStringLiteral("--from"), file,
                                 QStringLiteral("--pilot"), QStringLiteral("sums")}),
                      0);
        QCOMPARE(place.scratch.read(QStringLiteral("library/plugins/sums/helper.py")), "def twice(n):\n    return n << 1\n");
        QVERIFY(place.scratch.read(QStringLiteral("library/templates/python/helper.py")).contains("2 * n"));
        const auto list = place.ctl(words("templates list"));
        QCOMPARE(list.json[u"staged"][0][u"pilots"].toArray(), QJsonArray{QStringLiteral("sums")});
        QCOMPARE(list.json[u"staged"][0][u"gate"].toString(), QStringLiteral("ungated"));
        const auto pushed = place.ctl(words("sync push sums")); // shown, not refused
        QCOMPARE_EXIT(pushed, 0);
        QCOMPARE(pushed.json[u"plugins"][0][u"ungated"].toArray(), QJsonArray{QStringLiteral("templates/next/python/helper.py")});
        // refused only where coppice.yaml asks for a gate
        const QByteArray settings = place.scratch.read(QStringLiteral("library/coppice.yaml"));
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("coppice.yaml"), settings + "template_gate: review\n", QStringLiteral("gate"));
        const auto refused = place.ctl(words("templates promote python/helper.py"));
        QCOMPARE_EXIT(refused, 4);
        QCOMPARE(refused.json[u"error"][u"code"].toString(), QStringLiteral("templates.ungated"));
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/sums/more.py"), "pass\n", QStringLiteral("more"));
        const auto held = place.ctl(words("sync push sums"));
        QCOMPARE_EXIT(held, 4);
        QCOMPARE(held.json[u"error"][u"code"].toString(), QStringLiteral("sync.ungated"));
        QCOMPARE(held.json[u"needs"][0][u"paths"].toArray(), QJsonArray{QStringLiteral("templates/next/python/helper.py")});
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("coppice.yaml"), settings, QStringLiteral("no gate"));
        QCOMPARE_EXIT(place.ctl(words("sync push sums")), 0);
        QCOMPARE(refused.json[u"needs"][0][u"kind"].toString(), QStringLiteral("gate"));
        QCOMPARE_EXIT(place.ctl(words("templates promote python/helper.py")), 0);
        QVERIFY(place.scratch.read(QStringLiteral("library/templates/python/helper.py")).contains("n << 1"));
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("cat-file blob HEAD:plugins/sums/helper.py")), "../../templates/python/helper.py");
        QVERIFY(!QFile::exists(place.scratch.path(QStringLiteral("library/templates/next"))));
        QCOMPARE(place.ctl(words("sync status sums")).json[u"plugins"][0][u"state"].toString(), QStringLiteral("clean")); // the same content
        QCOMPARE_EXIT(place.ctl(words("templates promote python/helper.py")), 3);
        QCOMPARE_EXIT(place.ctl(words("templates stage python/helper.py --pilot sums")), 0);
        QCOMPARE_EXIT(place.ctl(words("templates stage python/helper.py --withdraw")), 0);
        QCOMPARE_EXIT(place.ctl(words("templates check")), 0);
    }
};
COPPICE_TEST(LinksTest)
#include "links_test.moc"
