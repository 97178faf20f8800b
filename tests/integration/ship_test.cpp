// SPDX-License-Identifier: GPL-3.0-or-later
// From an applied patch to the plugin's own repository and the library's remote, by coppicectl.
#include "ship_desk.h"
#include "support/test_main.h"

#include <QFile>
#include <QTest>

#include <csignal>

using namespace coppice::test;
using Desk = ShipDesk;

namespace {

QString text(const QJsonObject &object, QStringView key)
{
    return textIn(object, key);
}

} // namespace

class ShipTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sendsToUpstreamAndLibraryRemote()
    {
        const Desk desk;
        const QByteArray before = desk.head(desk.upstream());
        const QString commit = desk.apply("one\nTWO\nthree\n");
        const auto dry = desk.ctl({"ship", "a", "--dry-run"});
        QCOMPARE_EXIT(dry, 0);
        QCOMPARE(text(dry.json, u"version"), QStringLiteral("1.2.0"));
        QCOMPARE(dry.json[u"commits"].toArray(), QJsonArray{"fix: count right"});
        QCOMPARE(dry.json[u"pushed"].toBool(true), false);
        QCOMPARE(desk.head(desk.upstream()), before);

        const auto shipped = desk.ctl({"ship", "a"});
        QCOMPARE_EXIT(shipped, 0);
        QCOMPARE(desk.upstreamFile(), QByteArray("one\nTWO\nthree"));
        QCOMPARE(desk.head(desk.upstream()), text(shipped.json, u"commit").toLatin1());
        QCOMPARE(text(dry.json, u"commit"), text(shipped.json, u"commit"));
        QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", "HEAD^"}), before);
        QCOMPARE(desk.head("remote.git"), commit.toLatin1());
        QCOMPARE(desk.must({"review", "list", "--all"})[u"reviews"][0][u"state"].toString(), QStringLiteral("shipped"));

        // Again: nothing is sent, nothing breaks.
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        QCOMPARE(desk.head(desk.upstream()), text(shipped.json, u"commit").toLatin1());
        QCOMPARE(desk.head(desk.library), commit.toLatin1());
    }

    void aMovedUpstreamIsNotOverwritten()
    {
        const Desk desk;
        desk.apply("one\nTWO\nthree\n");
        desk.scratch.commit("plugin", "other.txt", "x\n", "feat: elsewhere");
        desk.scratch.git("plugin", {"push", "-q", desk.upstream(), "main"});
        const QByteArray theirs = desk.head(desk.upstream());
        const auto refused = desk.ctl({"ship", "a"});
        QVERIFY(refused.exit == 1 || refused.exit == 4);
        QVERIFY(!text(refused.json[u"error"].toObject(), u"message").isEmpty());
        QCOMPARE(desk.head(desk.upstream()), theirs);
        const auto dry = desk.ctl({"ship", "a", "--dry-run"});
        QCOMPARE_EXIT(dry, 0);
        QStringList notes;
        for (const auto &note : dry.json[u"notes"].toArray())
            notes << note.toString();
        QCOMPARE(notes.filter("last ship").size(), 1);
    }

    void othersWorkOnTheLibraryIsTakenIn()
    {
        const Desk desk;
        desk.scratch.git(desk.scratch.path(), {"clone", "-q", "remote.git", "colleague"});
        desk.scratch.commit("colleague", "README.md", "their words\n", "docs: words");
        desk.scratch.git("colleague", {"push", "-q"});
        desk.apply("one\nTWO\nthree\n"); // fetches first
        QCOMPARE(desk.scratch.read("library/README.md"), QByteArray("their words\n"));
        desk.scratch.commit("colleague", "NOTES.md", "more\n", "docs: more");
        desk.scratch.git("colleague", {"push", "-q"});
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0); // its first push of the library is too late
        QCOMPARE(desk.head("remote.git"), desk.head(desk.library));
        QCOMPARE(desk.scratch.git("remote.git", {"show", "HEAD:NOTES.md"}), QByteArray("more"));
        QCOMPARE(desk.upstreamFile(), QByteArray("one\nTWO\nthree"));
    }

    void aVersionIsTaggedOnceAndNoTagIsMoved()
    {
        const Desk desk;
        desk.settings("coppice.yaml", "\ngit_policy: {tags: \"rel-{version}\"}\n");
        desk.apply("one\nTWO\nthree\n");
        QCOMPARE(text(desk.must({"ship", "a", "--dry-run"}), u"tag"), QStringLiteral("rel-1.2.0"));
        QVERIFY(desk.scratch.git(desk.upstream(), {"tag"}).isEmpty());
        QVERIFY(desk.must({"ship", "a"})[u"tagged"].toBool());
        const QByteArray first = desk.scratch.git(desk.upstream(), {"rev-parse", "rel-1.2.0"});
        QCOMPARE(desk.scratch.git(desk.upstream(), {"cat-file", "-t", "rel-1.2.0"}), QByteArray("tag"));
        QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", "rel-1.2.0^{commit}"}), desk.head(desk.upstream()));
        QVERIFY(desk.must({"ship", "a"})[u"tagged"].toBool()); // the same commit: it is there
        QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", "rel-1.2.0"}), first);
        desk.apply("one\nTWO\nTHREE\n", "feat: more");
        const auto again = desk.must({"ship", "a"}); // another commit of the same version
        QVERIFY(!again[u"tagged"].toBool());
        QVERIFY(again[u"notes"].toVariant().toStringList().join(u' ').contains("it stays"));
        QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", "rel-1.2.0"}), first);
        QCOMPARE(desk.upstreamFile(), QByteArray("one\nTWO\nTHREE"));
    }

    void theNextVersionIsAPatchOfItsOwn()
    {
        const Desk desk(QList<std::pair<QString, QByteArray>>{{"CHANGELOG.md", "# Changes\n\n## v1.2.0 (2025-01-02)\n\n### Bug Fixes\n\n* old\n"}});
        desk.settings("coppice.yaml", "\ngit_policy: {tags: \"v{version}\", changelog: true}\n");
        desk.scratch.git(desk.upstream(), {"tag", "v1.2.0", "main"});
        desk.apply("one\nTWO\nthree\n", "feat: count <b>all</b> of [it](javascript:x)");
        const auto proposed = desk.must({"ship", "a", "--propose-version"});
        QCOMPARE(text(proposed, u"version"), QStringLiteral("1.3.0"));
        QCOMPARE(text(proposed, u"bump"), QStringLiteral("minor"));
        QCOMPARE(text(proposed, u"since"), QStringLiteral("1.2.0"));
        QVERIFY(desk.scratch.read("library/plugins/a/package.json").contains("1.2.0")); // proposed, not done
        QCOMPARE(text(desk.must({"ship", "a", "--propose-version"}), u"review"), text(proposed, u"review"));
        desk.land(text(proposed, u"review"));
        QCOMPARE(desk.scratch.read("library/plugins/a/package.json"), QByteArray("{\n  \"name\": \"a\",\n  \"version\": \"1.3.0\"\n}\n"));
        const QByteArray log = desk.scratch.read("library/plugins/a/CHANGELOG.md");
        QVERIFY2(log.startsWith("# Changes\n\n## v1.3.0 (20"), log.constData());
        QVERIFY2(log.contains("\\<b\\>all") && log.contains("\\[it\\]") && log.contains("### Features"), log.constData());
        QVERIFY(log.endsWith("## v1.2.0 (2025-01-02)\n\n### Bug Fixes\n\n* old\n"));
        const auto shipped = desk.must({"ship", "a"});
        QVERIFY(shipped[u"tagged"].toBool());
        QVERIFY(text(shipped, u"changelog").contains("count"));
        QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", "v1.3.0^{commit}"}), desk.head(desk.upstream()));
        const auto none = desk.ctl({"ship", "a", "--propose-version"});
        QCOMPARE_EXIT(none, 1);
    }

    void whatThePolicyDoesNotAllowIsNotSent()
    {
        const Desk desk;
        const QByteArray before = desk.head(desk.upstream());
        desk.apply("one\nTWO\nthree\n");
        const QByteArray yaml = desk.scratch.read("library/coppice.yaml");
        const auto refused = [&](const QByteArray &policy, const char *says) {
            desk.scratch.commit("library", "coppice.yaml", yaml + "\ngit_policy: " + policy + '\n', "chore: policy");
            const auto dry = desk.ctl({"ship", "a", "--dry-run"});
            QCOMPARE_EXIT(dry, 0);
            QVERIFY2(dry.json[u"refused"].toVariant().toStringList().join(u' ').contains(says), dry.out.constData());
            QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 1);
            QCOMPARE(desk.head(desk.upstream()), before);
        };
        refused("{branches: [release/*]}", "git_policy.branches");
        desk.scratch.commit("library", "plugins/a/package.json", "{\"name\": \"a\", \"version\": \"1.3.0\"}\n", "chore: version");
        refused("{changelog: true}", "git_policy.changelog");
        desk.scratch.git(desk.library, {"checkout", "-q", "-b", "side", "HEAD~2"});
        desk.scratch.commit("library", "plugins/a/side.txt", "x\n", "feat: side");
        desk.scratch.git(desk.library, {"checkout", "-q", "main"});
        desk.scratch.git(desk.library, {"merge", "-q", "--no-ff", "-m", "merge side", "side"});
        refused("{linear: true}", "git_policy.linear");
        desk.scratch.commit("library", "coppice.yaml", yaml + "\ngit_policy: {branches: [ma*]}\n", "chore: policy");
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
    }

    void deploysWithTheSecretsItNamesAndRollsBack()
    {
        Desk desk;
        desk.scratch.write("production/.keep", "");
        const QByteArray settings = "commands:\n  deploy: 'echo \"$TOKEN/$OTHER\" >> \"$COPPICE_DEPLOY_TO/log\"'\n  rollback: 'echo back >> \"$COPPICE_DEPLOY_TO/log\"'\n"
                                    "  deploy_to: [../production]\nenv:\n  prod: {OTHER: \"env:OTHER_SECRET\"}\n  deploy: {TOKEN: \"env:DEPLOY_SECRET\"}\n";
        desk.settings(".coppice/plugins/a.yaml", settings);
        desk.apply("one\nTWO\nthree\n");
        desk.ctl.setEnv("OTHER_SECRET", "other-value");
        const auto dry = desk.must({"ship", "a", "--dry-run"});
        QCOMPARE(dry[u"secrets"].toVariant().toStringList(), QStringList{"TOKEN"});
        const auto closed = desk.ctl({"ship", "a"}); // its secret cannot be had
        QCOMPARE_EXIT(closed, 1);
        QVERIFY(!QFile::exists(desk.scratch.path("production/log")));
        desk.ctl.setEnv("DEPLOY_SECRET", "deploy-value");
        const auto shipped = desk.ctl({"ship", "a"});
        QCOMPARE_EXIT(shipped, 0);
        QVERIFY(shipped.json[u"deployed"].toBool());
        QCOMPARE(desk.scratch.read("production/log"), QByteArray("deploy-value/\n"));
        QVERIFY(!shipped.out.contains("deploy-value"));
        // What is out is not deployed a second time by itself: an answer may have been lost.
        const auto known = desk.must({"ship", "a"});
        QVERIFY(known[u"deployed"].toBool() && !text(known, u"deployed_by").isEmpty());
        QCOMPARE(text(known, u"log"), text(shipped.json, u"log"));
        QCOMPARE(desk.scratch.read("production/log"), QByteArray("deploy-value/\n"));
        QVERIFY(text(desk.must({"ship", "a", "--again"}), u"log") != text(shipped.json, u"log"));
        QCOMPARE(desk.scratch.read("production/log"), QByteArray("deploy-value/\ndeploy-value/\n"));
        QCOMPARE_EXIT(desk.ctl({"ship", "a", "--roll-back", "--dry-run"}), 0);
        QCOMPARE(desk.scratch.read("production/log"), QByteArray("deploy-value/\ndeploy-value/\n"));
        QCOMPARE_EXIT(desk.ctl({"ship", "a", "--roll-back"}), 0);
        QCOMPARE(desk.scratch.read("production/log"), QByteArray("deploy-value/\ndeploy-value/\nback\n"));
        desk.must({"ship", "a"}); // it is out no more, so that it is deployed
        QCOMPARE(desk.scratch.read("production/log"), QByteArray("deploy-value/\ndeploy-value/\nback\ndeploy-value/\n"));
    }

    void theWayOfATicketIsTimed()
    {
        const Desk desk;
        const QString id = text(desk.must({"tickets", "new", "--plugin", "a", "--title", "It counts wrong"}), u"id");
        desk.must({"run", "start", "--ticket", id, "--playbook", "fix", "--client", "exec", "--command", "printf 'one\\nTWO\\nthree\\n' > src.txt", "--wait"});
        const QString review = text(desk.must({"review", "list"})[u"reviews"][0].toObject(), u"id");
        desk.land(review);
        desk.must({"ship", "a"});
        QCOMPARE(text(desk.must({"tickets", "show", id}), u"state"), QStringLiteral("watching"));
        const auto state = desk.must({"ship", "a", "--times"});
        const auto times = state[u"times"][0].toObject();
        QCOMPARE(text(times, u"ticket"), id);
        QString last;
        for (const char *step : {"ticket_made", "accepted", "first_patch", "approved", "applied", "shipped"}) {
            const QString at = times[QLatin1String(step)].toString();
            QVERIFY2(!at.isEmpty() && at >= last, step);
            last = at;
        }
        QVERIFY(times[u"verified"].isNull());
        QVERIFY(text(state[u"watches"][0].toObject(), u"waits_for").contains("72 hours"));
    }

    /// Killed at any moment and asked again: everything is where it belongs, once.
    void killedShipEndsWell()
    {
        const int rounds = qMax(1, qEnvironmentVariableIntValue("COPPICE_FAULTS") / 4);
        for (int round = 0; round < rounds; ++round) {
            const Desk desk;
            const QByteArray before = desk.head(desk.upstream());
            const QString commit = desk.apply("one\nTWO\nthree\n");
            const qint64 pid = desk.ctl.start({"ship", "a"});
            QTest::qWait(30 + (round * 97) % 900); // the moment is the point of the test
            ::kill(pid_t(-pid), SIGKILL);
            QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
            QCOMPARE(desk.upstreamFile(), QByteArray("one\nTWO\nthree"));
            QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", "HEAD^"}), before);
            QCOMPARE(desk.head("remote.git"), commit.toLatin1());
            QCOMPARE(desk.head(desk.library), commit.toLatin1());
            QCOMPARE(desk.scratch.git(desk.library, {"status", "--porcelain"}), QByteArray());
        }
    }
};

COPPICE_TEST(ShipTest)
#include "ship_test.moc"
