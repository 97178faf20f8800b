// SPDX-License-Identifier: GPL-3.0-or-later
// git_policy where a patch is looked at and applied, where an upstream is pulled, and where a plugin is shipped.
#include "ship_desk.h"
#include "support/test_main.h"

#include <QTest>

using namespace coppice::test;

namespace {

QJsonObject rule(const QJsonArray &findings, const QString &name)
{
    for (const auto &finding : findings) {
        if (finding[u"rule"].toString() == name)
            return finding.toObject();
    }
    return {};
}

QString errorOf(const Ctl::Answer &answer, QStringView key)
{
    return textIn(answer.json[u"error"].toObject(), key);
}

} // namespace

class ShipPolicyTest : public QObject
{
    Q_OBJECT
    static void policy(const ShipDesk &desk, const QByteArray &yaml)
    {
        static const QByteArray begin = "# the policy of this test";
        const QByteArray now = desk.scratch.read("library/coppice.yaml");
        const auto at = now.indexOf(begin);
        desk.scratch.commit("library", "coppice.yaml", (at < 0 ? QByteArray(now + '\n') : now.left(at)) + begin + "\ngit_policy: " + yaml + '\n', "chore: policy");
    }
    /// Somebody pushes to the plugin's own repository.
    static QByteArray elsewhere(const ShipDesk &desk, const QString &file, const QString &subject)
    {
        desk.scratch.commit("plugin", file, "x\n", subject);
        desk.scratch.git("plugin", {"push", "-q", desk.upstream(), "main"});
        return desk.scratch.git("plugin", {"rev-parse", "HEAD"});
    }

private Q_SLOTS:
    void aMessageThatBreaksItIsNotApplied()
    {
        const ShipDesk desk;
        policy(desk, "{commits: conventional}");
        const QByteArray before = desk.head(desk.library);
        const QString id = desk.propose("one\nTWO\nthree\n", "It counts wrong");
        desk.must({"review", "accept", id, "--all"});
        const auto shown = desk.must({"review", "show", id})[u"git_policy"].toObject();
        QCOMPARE(textIn(shown, u"subject"), QStringLiteral("docs(a): It counts wrong")); // made so: a text file
        QVERIFY(shown[u"conventional"].toBool() && shown[u"applying"].toArray().isEmpty());
        const auto refused = desk.ctl({"review", "apply", id, "--message", "counts right now"});
        QCOMPARE_EXIT(refused, 1);
        QCOMPARE(errorOf(refused, u"code"), QStringLiteral("apply.policy"));
        QVERIFY(errorOf(refused, u"message").contains("counts right now"));
        QVERIFY(errorOf(refused, u"hint").contains("fix(a)"));
        QCOMPARE(desk.head(desk.library), before);
        desk.must({"review", "apply", id, "--message", "fix(counter): count right\n\nIt counted wrong."});
        const QByteArray message = desk.scratch.git(desk.library, {"log", "-1", "--format=%B"});
        QVERIFY2(message.startsWith("fix(counter): count right\n\nIt counted wrong.\n\nCoppice-Patch: "), message.constData());
    }

    void withoutThePolicyAnyMessageIsTaken()
    {
        const ShipDesk desk;
        const QString id = desk.propose("one\nTWO\nthree\n");
        desk.must({"review", "accept", id, "--all"});
        desk.must({"review", "apply", id, "--message", "counts right now"});
        QCOMPARE(desk.scratch.git(desk.library, {"log", "-1", "--format=%s"}), QByteArray("counts right now"));
    }

    void aPatchIsToldWhatShippingItWillRefuse()
    {
        const ShipDesk desk;
        desk.scratch.commit("library", "plugins/a/more.txt", "x\n", "quick change");
        policy(desk, "{commits: conventional, branches: [release/*], changelog: true}");
        const QString id = desk.propose("{\n  \"name\": \"a\",\n  \"version\": \"1.3.0\"\n}\n", "feat: more", "package.json");
        const auto told = desk.must({"review", "show", id})[u"git_policy"][u"shipping"].toArray();
        QVERIFY(textIn(rule(told, "branches"), u"what").contains("main"));
        QCOMPARE(rule(told, "commits")[u"commits"][0][u"subject"].toString(), QStringLiteral("quick change"));
        QVERIFY(textIn(rule(told, "changelog"), u"what").contains("1.3.0"));
        QVERIFY(desk.ctl.plain({"review", "show", id}).out.contains("Shipping it will be refused"));
        desk.must({"review", "accept", id, "--all"});
        const auto applied = desk.must({"review", "apply", id}); // told, and not held up
        QCOMPARE(applied[u"git_policy"].toArray().size(), 3);
    }

    void unconventionalCommitsAreNotShipped()
    {
        const ShipDesk desk;
        policy(desk, "{commits: conventional}");
        const QByteArray before = desk.head(desk.upstream());
        desk.apply("one\nTWO\nthree\n");
        desk.scratch.commit("library", "plugins/a/more.txt", "x\n", "quick change");
        const auto dry = desk.ctl({"ship", "a", "--dry-run"});
        QCOMPARE_EXIT(dry, 0);
        const auto finding = rule(dry.json[u"git_policy"].toArray(), "commits");
        QVERIFY(finding[u"refuses"].toBool());
        QCOMPARE(finding[u"count"].toInt(), 1);
        const QString commit = finding[u"commits"][0][u"commit"].toString();
        QCOMPARE(commit, textIn(dry.json, u"commit")); // the plugin's own id of it
        const auto refused = desk.ctl({"ship", "a"});
        QCOMPARE_EXIT(refused, 1);
        QCOMPARE(errorOf(refused, u"code"), QStringLiteral("ship.policy"));
        QVERIFY2(errorOf(refused, u"message").contains("quick change") && errorOf(refused, u"message").contains(commit.left(8)), refused.out.constData());
        QVERIFY(errorOf(refused, u"message").contains("git rebase -i"));
        QCOMPARE(desk.head(desk.upstream()), before);
        // What it says to do is enough.
        desk.scratch.git(desk.library, {"commit", "-q", "--amend", "-m", "chore: more"});
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        QCOMPARE(desk.head(desk.upstream()), desk.must({"ship", "a", "--dry-run"})[u"commit"].toString().toLatin1());
    }

    /// What git itself writes when something is taken back is no breach, nor are commits that are there already.
    void revertsAndOlderCommitsAreFine()
    {
        const ShipDesk desk;
        desk.scratch.commit("library", "plugins/a/more.txt", "x\n", "quick change");
        desk.must({"sync", "push", "a"});
        policy(desk, "{commits: conventional}");
        desk.apply("one\nTWO\nthree\n");
        desk.scratch.git(desk.library, {"revert", "--no-edit", "HEAD"});
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
    }

    void aPullTellsWhatUpstreamsCommitsBreak()
    {
        const ShipDesk desk;
        policy(desk, "{commits: conventional, linear: true}");
        const QByteArray odd = elsewhere(desk, "other.txt", "oops \x1b[31mred");
        elsewhere(desk, "fine.txt", "feat: fine");
        desk.scratch.git("plugin", {"checkout", "-q", "-b", "side", "HEAD~1"});
        desk.scratch.commit("plugin", "side.txt", "x\n", "feat: side");
        desk.scratch.git("plugin", {"checkout", "-q", "main"});
        desk.scratch.git("plugin", {"merge", "-q", "--no-ff", "-m", "merge side", "side"});
        desk.scratch.git("plugin", {"push", "-q", desk.upstream(), "main"});
        const auto states = desk.must({"sync", "status", "--fetch", "a"});
        const auto incoming = states[u"plugins"][0][u"policy"][u"incoming"].toArray();
        QCOMPARE(rule(incoming, "commits")[u"commits"][0][u"commit"].toString().toLatin1(), odd);
        QVERIFY(!rule(incoming, "commits")[u"commits"][0][u"subject"].toString().contains(u'\x1b'));
        const auto pulled = desk.ctl({"sync", "pull", "a"});
        QCOMPARE_EXIT(pulled, 0); // told, not held up
        const auto findings = pulled.json[u"plugins"][0][u"policy"].toArray();
        QCOMPARE(rule(findings, "commits")[u"count"].toInt(), 1);
        QCOMPARE(rule(findings, "linear")[u"count"].toInt(), 1);
        QVERIFY(!rule(findings, "linear")[u"refuses"].toBool());
        QVERIFY(desk.scratch.read("library/plugins/a/side.txt") == "x\n");
        // Nothing is told of what was there before.
        QVERIFY(desk.must({"sync", "pull", "a"})[u"plugins"][0][u"policy"].toArray().isEmpty());
    }

    void aPullIsRefusedWhereThePolicySaysSo()
    {
        const ShipDesk desk;
        policy(desk, "{commits: conventional, on_pull: refuse}");
        const QByteArray head = desk.head(desk.library);
        elsewhere(desk, "other.txt", "oops");
        const auto refused = desk.ctl({"sync", "pull", "a"});
        QCOMPARE_EXIT(refused, 1);
        QCOMPARE(errorOf(refused, u"code"), QStringLiteral("sync.policy"));
        QVERIFY(errorOf(refused, u"hint").contains("on_pull"));
        QCOMPARE(rule(refused.json[u"plugins"][0][u"policy"].toArray(), "commits")[u"commits"][0][u"subject"].toString(), QStringLiteral("oops"));
        QCOMPARE(desk.head(desk.library), head);
        policy(desk, "{commits: conventional, on_pull: tell}");
        QCOMPARE_EXIT(desk.ctl({"sync", "pull", "a"}), 0);
    }
};

COPPICE_TEST(ShipPolicyTest)
#include "ship_policy_test.moc"
