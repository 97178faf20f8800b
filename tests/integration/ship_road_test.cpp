// SPDX-License-Identifier: GPL-3.0-or-later
// The whole road of a pull request to a deployed and watched release, and the way back, by coppicectl against bare
// repositories and a forge in memory.
#include "ship_desk.h"
#include "support/pull_server.h"
#include "support/test_main.h"

#include <QTest>

using namespace coppice::test;

namespace {

const QByteArray commands = "commands:\n  deploy: 'echo \"$COPPICE_VERSION\" >> \"$COPPICE_DEPLOY_TO/log\"'\n  rollback: 'echo back >> \"$COPPICE_DEPLOY_TO/log\"'\n  deploy_to: [../production]\n";

struct RoadDesk : ShipDesk {
    explicit RoadDesk(bool pulls, bool gitLab = false) : server(gitLab)
    {
        const QByteArray kind = gitLab ? "gitlab" : "github";
        settings("coppice.yaml", "\ngit_policy: {tags: \"v{version}\"}\ntrackers:\n  " + kind + ": {base_url: \"" + server.base().toLatin1() + "\", token: \"env:FORGE_KEY\"}\n");
        scratch.write("production/log", "");
        pluginSettings("id: a\nprefix: plugins/a\nupstream:\n  url: " + upstream().toUtf8() + "\n  branch: main\n"
                       + (pulls ? QByteArray("  ship: pr\n  forge: " + kind + "\n  project: acme/weather\n") : QByteArray()) + commands);
        ctl.setEnv("FORGE_KEY", "good");
    }
    /// A change of a version of its own, landed for a ticket; answers the ticket.
    QString change(const QByteArray &version, const QByteArray &text)
    {
        scratch.commit("library", "plugins/a/package.json", "{\n  \"name\": \"a\",\n  \"version\": \"" + version + "\"\n}\n", "chore: version");
        const QString id = ticket("fix: " + QString::fromUtf8(text));
        land(propose(text + '\n', "fix: it", "src.txt", id));
        return id;
    }
    QString merge(const QString &how, const QByteArray &conflicting = {})
    {
        const auto pull = server.pulls().back();
        scratch.git(scratch.path(), {"clone", "-q", upstream(), "merger"});
        scratch.commit("merger", "elsewhere.txt", "x\n", "feat: elsewhere");
        if (how == "merge") {
            scratch.git("merger", {"merge", "-q", "--no-ff", "-m", "Merge pull request", "origin/" + pull.head});
        } else {
            scratch.git("merger", {"merge", "-q", "--squash", "origin/" + pull.head});
            scratch.git("merger", {"commit", "-q", "-m", "fix: all of it (#1)"});
        }
        if (!conflicting.isEmpty())
            scratch.commit("merger", "src.txt", conflicting, "fix: after the merge");
        scratch.git("merger", {"push", "-q", "origin", "main"});
        return scratch.git("merger", {"rev-parse", conflicting.isEmpty() ? "HEAD" : "HEAD^"});
    }
    [[nodiscard]] QString state(const QString &id) const { return textIn(must({"tickets", "show", id}), u"state"); }
    [[nodiscard]] QByteArray log() const { return scratch.read("production/log"); }
    PullServer server;
};

} // namespace

class ShipRoadTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aMergedPullRequestGoesOnByShippingAgain_data()
    {
        QTest::addColumn<bool>("gitLab");
        QTest::addColumn<QString>("how");
        QTest::newRow("merged") << false << "merge";
        QTest::newRow("squashed") << false << "squash";
        QTest::newRow("squashed at GitLab") << true << "squash";
    }
    void aMergedPullRequestGoesOnByShippingAgain()
    {
        QFETCH(bool, gitLab);
        QFETCH(QString, how);
        RoadDesk desk(true, gitLab);
        const QString id = desk.change("1.3.0", "one");
        const auto opened = desk.must({"ship", "a"});
        QVERIFY(textIn(opened, u"next").contains("coppicectl ship a"));
        QCOMPARE(desk.state(id), QStringLiteral("shipping"));
        QCOMPARE(desk.log(), QByteArray());
        // Not merged yet: the same one, and nothing is deployed.
        desk.must({"ship", "a"});
        QCOMPARE(desk.server.creations(), 1);
        QCOMPARE(desk.log(), QByteArray());

        const QString commit = desk.merge(how);
        desk.server.end(1, "merged", commit, how == "squash");
        const auto shipped = desk.must({"ship", "a"});
        QCOMPARE(desk.server.creations(), 1);
        QCOMPARE(desk.scratch.read("library/plugins/a/elsewhere.txt"), QByteArray("x\n")); // taken in
        QCOMPARE(QString(desk.scratch.git(desk.upstream(), {"rev-parse", "v1.3.0^{commit}"})), commit);
        QVERIFY(shipped[u"tagged"].toBool() && shipped[u"deployed"].toBool());
        QCOMPARE(desk.log(), QByteArray("1.3.0\n"));
        QCOMPARE(desk.state(id), QStringLiteral("watching"));
        QVERIFY(textIn(shipped, u"next").contains("72 hours"));
        QCOMPARE(desk.head("remote.git"), desk.head(desk.library));
        QCOMPARE(desk.head(desk.upstream()), commit.toLatin1());
        QCOMPARE(desk.must({"ship", "a", "--state"})[u"releases"][0][u"version"].toString(), QStringLiteral("1.3.0"));
    }

    /// What was merged cannot be taken in without a person: nothing is deployed, and it says what to do.
    void aMergeThatClashesIsToldAndNotDeployed()
    {
        RoadDesk desk(true);
        desk.change("1.3.0", "one");
        desk.must({"ship", "a"});
        desk.change("1.4.0", "two"); // landed here meanwhile
        const QString commit = desk.merge("squash", "theirs\n");
        desk.server.end(1, "merged", commit, true);
        const auto stuck = desk.ctl({"ship", "a"});
        QCOMPARE_EXIT(stuck, 4);
        QCOMPARE(stuck.json[u"needs"][0][u"kind"].toString(), QStringLiteral("conflict"));
        const auto error = stuck.json[u"error"].toObject();
        QVERIFY2(textIn(error, u"hint").contains("sync resolve") && textIn(error, u"hint").contains("ship again"), stuck.out.constData());
        QCOMPARE(desk.log(), QByteArray());
        QCOMPARE(desk.server.creations(), 1);
    }

    void aClosedPullRequestPutsItsTicketBackToReview()
    {
        RoadDesk desk(true);
        const QString id = desk.change("1.3.0", "one");
        desk.must({"ship", "a"});
        desk.server.end(1, "closed");
        const auto state = desk.must({"ship", "a", "--poll"});
        QCOMPARE(state[u"pulls"][0][u"state"].toString(), QStringLiteral("closed"));
        QVERIFY(state[u"pulls"][0][u"error"].toString().contains("ship again"));
        const auto ticket = desk.must({"tickets", "show", id});
        QCOMPARE(textIn(ticket, u"state"), QStringLiteral("review"));
        QVERIFY2(textIn(ticket, u"reason").contains("closed without being merged"), qPrintable(textIn(ticket, u"reason")));
        QCOMPARE(desk.log(), QByteArray());
        QVERIFY(desk.scratch.git(desk.upstream(), {"tag"}).isEmpty());
        // Shipped again it is another one, which takes the ticket with it.
        desk.must({"ship", "a"});
        QCOMPARE(desk.server.creations(), 2);
        QCOMPARE(desk.state(id), QStringLiteral("shipping"));
        const QString commit = desk.merge("squash");
        desk.server.end(2, "merged", commit, true);
        desk.must({"ship", "a"});
        QCOMPARE(desk.state(id), QStringLiteral("watching"));
        QCOMPARE(desk.log(), QByteArray("1.3.0\n"));
    }

    void aRolledBackPluginIsWatchedAnew()
    {
        RoadDesk desk(false);
        const QString first = desk.change("1.3.0", "one");
        desk.must({"ship", "a"});
        const QString second = desk.change("1.4.0", "two");
        desk.must({"ship", "a"});
        const auto watchOf = [&](const QString &id) {
            for (const auto &watch : desk.must({"ship", "a", "--state"})[u"watches"].toArray()) {
                if (watch[u"ticket"].toString() == id)
                    return watch.toObject();
            }
            return QJsonObject();
        };
        const QString since = textIn(watchOf(first), u"since");
        const auto dry = desk.must({"ship", "a", "--roll-back", "--dry-run"});
        QCOMPARE(dry[u"back_to"][u"version"].toString(), QStringLiteral("1.3.0"));
        const auto back = desk.must({"ship", "a", "--roll-back"});
        QCOMPARE(textIn(back, u"version"), QStringLiteral("1.4.0"));
        QCOMPARE(back[u"back_to"][u"version"].toString(), QStringLiteral("1.3.0"));
        QCOMPARE(back[u"tickets"].toArray(), QJsonArray{second});
        QCOMPARE(desk.log(), QByteArray("1.3.0\n1.4.0\nback\n"));
        QCOMPARE(desk.state(second), QStringLiteral("inbox"));
        QCOMPARE(desk.state(first), QStringLiteral("watching"));
        QVERIFY(watchOf(second).isEmpty());
        QVERIFY(textIn(watchOf(first), u"since") > since);
        const auto release = desk.must({"ship", "a", "--state"})[u"releases"][0].toObject();
        QCOMPARE(textIn(release, u"version"), QStringLiteral("1.3.0"));
        QCOMPARE(release[u"rolled_back"][0][u"version"].toString(), QStringLiteral("1.4.0"));
        for (const auto &times : desk.must({"ship", "a", "--times"})[u"times"].toArray())
            QCOMPARE(times[u"rolled_back"].isNull(), times[u"ticket"].toString() == first);
    }
};

COPPICE_TEST(ShipRoadTest)
#include "ship_road_test.moc"
