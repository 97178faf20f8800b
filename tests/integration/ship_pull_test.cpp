// SPDX-License-Identifier: GPL-3.0-or-later
// Shipping by pull request, by coppicectl, to a bare repository and a forge in memory.
#include "ship_desk.h"
#include "support/pull_server.h"
#include "support/test_main.h"

#include <QTest>

using namespace coppice::test;

namespace {

/// A desk whose plugin ships by pull request.
struct PullDesk : ShipDesk {
    explicit PullDesk(bool gitLab = false, const QByteArray &more = {}) : server(gitLab)
    {
        const QByteArray kind = gitLab ? "gitlab" : "github";
        settings("coppice.yaml", "\ntrackers:\n  " + kind + ": {base_url: \"" + server.base().toLatin1() + "\", token: \"env:FORGE_KEY\"}\n" + more);
        pluginSettings("id: a\nprefix: plugins/a\nupstream:\n  url: " + upstream().toUtf8() + "\n  branch: main\n  ship: pr\n  forge: " + kind
                       + "\n  project: acme/weather\n  labels: [coppice]\n");
        ctl.setEnv("FORGE_KEY", "good");
    }
    /// Somebody merges on the forge, in one of its three ways.
    QString merge(const QString &how)
    {
        const auto pull = server.pulls().back();
        scratch.git(scratch.path(), {"clone", "-q", upstream(), "merger"});
        scratch.commit("merger", "elsewhere.txt", "x\n", "feat: elsewhere");
        if (how == "merge") {
            scratch.git("merger", {"merge", "-q", "--no-ff", "-m", "Merge pull request", "origin/" + pull.head});
        } else if (how == "squash") {
            scratch.git("merger", {"merge", "-q", "--squash", "origin/" + pull.head});
            scratch.git("merger", {"commit", "-q", "-m", "all of it (#1)"});
        } else {
            scratch.git("merger", {"cherry-pick", "main~1..origin/" + pull.head});
        }
        scratch.git("merger", {"push", "-q", "origin", "main"});
        return scratch.git("merger", {"rev-parse", "HEAD"});
    }
    QString ticket()
    {
        const QString id = textIn(must({"tickets", "new", "--plugin", "a", "--title", "It counts @everyone wrong"}), u"id");
        must({"tickets", "triage", id, "accept"});
        return id;
    }
    PullServer server;
};

} // namespace

class ShipPullTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void opensOneAndChangesIt_data()
    {
        QTest::addColumn<bool>("gitLab");
        QTest::newRow("GitHub") << false;
        QTest::newRow("GitLab") << true;
    }
    void opensOneAndChangesIt()
    {
        QFETCH(bool, gitLab);
        PullDesk desk(gitLab);
        const QByteArray before = desk.head(desk.upstream());
        desk.apply("one\nTWO\nthree\n");
        const auto dry = desk.ctl({"ship", "a", "--dry-run"});
        QCOMPARE_EXIT(dry, 0);
        QCOMPARE(textIn(dry.json, u"policy"), QStringLiteral("pr"));
        QCOMPARE(desk.server.creations(), 0);

        const auto shipped = desk.ctl({"ship", "a"});
        QCOMPARE_EXIT(shipped, 0);
        QCOMPARE(desk.head(desk.upstream()), before); // the branch itself is left alone
        QCOMPARE(desk.server.creations(), 1);
        const auto pull = desk.server.pulls().front();
        QCOMPARE(pull.title, QStringLiteral("fix: count right"));
        QCOMPARE(pull.labels, QStringList{"coppice"});
        QVERIFY(!pull.draft);
        QVERIFY(pull.body.contains("What") && pull.body.contains("Coppice-Patch"));
        QCOMPARE(desk.scratch.git(desk.upstream(), {"show", pull.head + ":src.txt"}), QByteArray("one\nTWO\nthree"));
        QVERIFY(!textIn(shipped.json[u"pull"].toObject(), u"url").contains("javascript"));

        desk.apply("one\nTWO\nTHREE\n", "feat: more");
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        QCOMPARE(desk.server.creations(), 1);
        QCOMPARE(desk.server.pulls().front().updates, 1);
        QVERIFY(desk.server.pulls().front().title.contains("2 changes"));
        QCOMPARE(desk.scratch.git(desk.upstream(), {"show", pull.head + ":src.txt"}), QByteArray("one\nTWO\nTHREE"));
    }

    void aLostAnswerMakesNoSecondOne()
    {
        PullDesk desk;
        desk.apply("one\nTWO\nthree\n");
        desk.server.loseAnswers(1);
        const auto lost = desk.ctl({"ship", "a"});
        QCOMPARE_EXIT(lost, 1);
        QCOMPARE(desk.server.creations(), 1);
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        QCOMPARE(desk.server.creations(), 1);
        const auto state = desk.must({"ship", "a", "--state"});
        QCOMPARE(textIn(state[u"pulls"][0].toObject(), u"state"), QStringLiteral("open"));
    }

    void aLostAnswerIsFoundByAskingToo()
    {
        PullDesk desk;
        desk.apply("one\nTWO\nthree\n");
        desk.server.loseAnswers(1);
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 1);
        const auto state = desk.must({"ship", "a", "--poll"});
        QCOMPARE(textIn(state[u"pulls"][0].toObject(), u"state"), QStringLiteral("open"));
        QCOMPARE(textIn(state[u"pulls"][0].toObject(), u"number"), QStringLiteral("1"));
    }

    void aMergeIsTaggedAndWatched_data()
    {
        QTest::addColumn<bool>("gitLab");
        QTest::addColumn<QString>("how");
        QTest::newRow("merged") << false << "merge";
        QTest::newRow("squashed") << false << "squash";
        QTest::newRow("squashed at GitLab") << true << "squash";
        QTest::newRow("rebased") << false << "rebase";
    }
    void aMergeIsTaggedAndWatched()
    {
        QFETCH(bool, gitLab);
        QFETCH(QString, how);
        PullDesk desk(gitLab, "git_policy: {tags: \"v{version}\"}\n");
        desk.apply("one\nTWO\nthree\n");
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        QVERIFY(desk.scratch.git(desk.upstream(), {"tag"}).isEmpty());
        const QString commit = desk.merge(how);
        desk.server.end(1, "merged", commit, how == "squash");
        const auto state = desk.must({"ship", "a", "--poll"});
        QCOMPARE(textIn(state[u"pulls"][0].toObject(), u"state"), QStringLiteral("merged"));
        QCOMPARE(state[u"problems"].toArray(), QJsonArray());
        QCOMPARE(QString(desk.scratch.git(desk.upstream(), {"rev-parse", "v1.2.0^{commit}"})), commit);
        QCOMPARE(desk.scratch.git(desk.upstream(), {"cat-file", "-t", "v1.2.0"}), QByteArray("tag"));
        QCOMPARE(desk.must({"review", "list", "--all"})[u"reviews"][0][u"state"].toString(), QStringLiteral("shipped"));
        // Asked again, nothing happens twice.
        QCOMPARE_EXIT(desk.ctl({"ship", "--poll"}), 0);
        QCOMPARE(desk.server.creations(), 1);
    }

    /// Closed, and its change stands on the branch all the same: some tools merge like that.
    void whatLandedOtherwiseCountsAsMerged()
    {
        PullDesk desk;
        desk.apply("one\nTWO\nthree\n");
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        desk.merge("squash");
        desk.server.end(1, "closed");
        QCOMPARE(textIn(desk.must({"ship", "a", "--poll"})[u"pulls"][0].toObject(), u"state"), QStringLiteral("landed"));
    }

    void closedGoesBackToReview()
    {
        PullDesk desk;
        desk.apply("one\nTWO\nthree\n");
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        desk.server.end(1, "closed");
        QCOMPARE(textIn(desk.must({"ship", "a", "--poll"})[u"pulls"][0].toObject(), u"state"), QStringLiteral("closed"));
        // Shipped again, it is another one.
        desk.apply("one\nTWO\nTHREE\n", "feat: more");
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        QCOMPARE(desk.server.creations(), 2);
    }

    void withoutItsKeyNothingLeaves()
    {
        PullDesk desk;
        desk.apply("one\nTWO\nthree\n");
        desk.ctl.setEnv("FORGE_KEY", "");
        const auto refused = desk.ctl({"ship", "a"});
        QVERIFY(refused.exit != 0);
        QCOMPARE(desk.server.creations(), 0);
        QCOMPARE(desk.scratch.git(desk.upstream(), {"branch", "--list", "coppice/*"}), QByteArray());
        desk.ctl.setEnv("FORGE_KEY", "wrong");
        const auto wrong = desk.ctl({"ship", "a"});
        QCOMPARE_EXIT(wrong, 1);
        QVERIFY(!wrong.out.contains("wrong\"")); // the key is in no message
        QCOMPARE(desk.server.creations(), 0);
        desk.ctl.setEnv("FORGE_KEY", "good");
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        QCOMPARE(desk.server.creations(), 1);
    }
};

COPPICE_TEST(ShipPullTest)
#include "ship_pull_test.moc"
