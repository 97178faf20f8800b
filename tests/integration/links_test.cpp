// SPDX-License-Identifier: GPL-3.0-or-later
// Template links and conflicts from the terminal: what a person is asked, answers, and gets.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFile>
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
    Scratch scratch;
    Ctl bare, ctl;
};

} // namespace

class LinksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
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
        const auto refused = place.ctl(words("templates promote python/helper.py"));
        QCOMPARE_EXIT(refused, 4);
        QCOMPARE(refused.json[u"needs"][0][u"kind"].toString(), QStringLiteral("gate"));
        QCOMPARE_EXIT(place.ctl(words("templates promote python/helper.py --ungated")), 0);
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
