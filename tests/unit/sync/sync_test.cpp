// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "support/test_main.h"

#include <sync/answers.h>

#include <QDir>
#include <QTest>

using namespace coppice;
using namespace coppice::test;
using State = sync::SyncState::State;

namespace {
QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(u' ');
}
} // namespace

class SyncTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void addLeavesEverythingClean_data()
    {
        QTest::addColumn<bool>("squash");
        QTest::newRow("full") << false;
        QTest::newRow("squash") << true;
    }
    void addLeavesEverythingClean()
    {
        QFETCH(const bool, squash);
        Bench bench;
        const QString url = bench.upstream(QStringLiteral("weather"), {{QStringLiteral("package.json"), "{\"name\":\"weather\",\"version\":\"1.2.3\"}"}});
        const auto before = bench.head();
        const auto plugin = must(sync::addPlugin(bench.host(), bench.lease, url, QStringLiteral("weather"), {}, squash, {}, Progress::none()));
        QCOMPARE(plugin.prefix, "plugins/weather");
        QCOMPARE(plugin.settings.upstream->url, url);
        QCOMPARE(plugin.settings.upstream->branch, QStringLiteral("main"));
        QCOMPARE(plugin.settings.upstream->mode == library::Upstream::Mode::Squash, squash);
        QCOMPARE(bench.dirt(), QByteArray());
        QVERIFY(bench.scratch.read(QStringLiteral("library/plugins/weather/package.json")).contains("1.2.3"));
        QVERIFY(QFile::exists(bench.scratch.path(QStringLiteral("library/.coppice/plugins/weather.yaml"))));
        QCOMPARE(bench.head(QStringLiteral("library"), QStringLiteral("HEAD^1")), before); // one commit on the branch
        const auto state = bench.status(QStringLiteral("weather"));
        QCOMPARE(sync::nameOf(state.state), QStringLiteral("clean"));
        QVERIFY(state.fetchedAt > 0);
        QCOMPARE(state.split.hex(), bench.head(QStringLiteral("weather.git")));
    }
    void addRefusesWhatCannotBe()
    {
        Bench bench;
        const QString url = bench.upstream(QStringLiteral("a"), {{QStringLiteral("x"), "1"}});
        const auto refused = [&](const QString &from, const QString &id, const QString &branch = {}) {
            const auto before = bench.head();
            const auto result = sync::addPlugin(bench.host(), bench.lease, from, id, branch, false, {}, Progress::none());
            if (bench.head() != before || !bench.dirt().isEmpty()
                || !bench.git(QStringLiteral("library"), words("for-each-ref refs/coppice/upstream/nobody")).isEmpty())
                return QStringLiteral("something changed");
            return result ? QStringLiteral("added") : result.error().code;
        };
        QCOMPARE(refused(bench.scratch.path(QStringLiteral("nowhere.git")), QStringLiteral("nobody")), QStringLiteral("sync.unreachable"));
        QCOMPARE(refused(QStringLiteral("ext::sh -c id"), QStringLiteral("nobody")), QStringLiteral("sync.unreachable"));
        QCOMPARE(refused(url, QStringLiteral("../up")), QStringLiteral("plugin.id"));
        QCOMPARE(refused(url, QStringLiteral("nobody"), QStringLiteral("no-such-branch")), QStringLiteral("sync.empty-upstream"));
        bench.commit(QStringLiteral("plugins/taken/file"), "1");
        QCOMPARE(refused(url, QStringLiteral("taken")), QStringLiteral("plugin.exists"));
        bench.add(url, QStringLiteral("a"));
        QCOMPARE(refused(url, QStringLiteral("a")), QStringLiteral("plugin.exists"));
        // something not committed lies where the plugin would go
        bench.scratch.write(QStringLiteral("library/plugins/b/mine"), "not committed");
        const auto before = bench.head();
        const auto dirty = sync::addPlugin(bench.host(), bench.lease, url, QStringLiteral("b"), {}, false, {}, Progress::none());
        if (!dirty) {
            QCOMPARE(dirty.error().kind, ErrorKind::NeedsPerson);
            QCOMPARE(bench.head(), before);
        }
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/b/mine")), "not committed");
    }
    void editPushPullRoundTrip_data() { addLeavesEverythingClean_data(); }
    void editPushPullRoundTrip()
    {
        QFETCH(const bool, squash);
        Bench bench;
        bench.add(bench.upstream(QStringLiteral("a"), {{QStringLiteral("x"), "1\n"}}), QStringLiteral("a"), squash);
        bench.commit(QStringLiteral("plugins/a/x"), "2\n");
        auto state = bench.status(QStringLiteral("a"));
        QCOMPARE(sync::nameOf(state.state), QStringLiteral("ahead"));
        QCOMPARE(state.ahead, size_t(1));
        auto pushed = bench.push();
        QVERIFY(!pushed[0].error && pushed[0].changed);
        QCOMPARE(pushed[0].commit.hex(), bench.head(QStringLiteral("a.git")));
        QCOMPARE(bench.git(QStringLiteral("a.git"), words("show HEAD:x")), "2");
        QCOMPARE(sync::nameOf(bench.status(QStringLiteral("a")).state), QStringLiteral("clean"));
        QVERIFY(!bench.push()[0].changed);

        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("y"), "theirs\n");
        const auto fetched = must(sync::fetchUpstreams(bench.host(), {}, {}, Progress::none()));
        QCOMPARE(sync::nameOf(fetched[0].state), QStringLiteral("behind"));
        bench.commit(QStringLiteral("plugins/a/z"), "ours\n");
        QCOMPARE(sync::nameOf(bench.status(QStringLiteral("a")).state), QStringLiteral("diverged"));
        const auto rejected = bench.push();
        QVERIFY(rejected[0].error && rejected[0].error->code == QStringLiteral("git.push-rejected"));

        const auto pulled = bench.pull({QStringLiteral("a")});
        QVERIFY(!pulled[0].error && pulled[0].changed);
        QCOMPARE(bench.dirt(), QByteArray());
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/y")), "theirs\n");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/z")), "ours\n");
        QVERIFY(!bench.pull()[0].changed);
        pushed = bench.push();
        QVERIFY(!pushed[0].error && pushed[0].changed);
        QCOMPARE(bench.git(QStringLiteral("a.git"), words("show HEAD:z")), "ours");
        QCOMPARE(sync::nameOf(bench.status(QStringLiteral("a")).state), QStringLiteral("clean"));
    }
    void conflictAndDirtStopOnlyTheirOwn()
    {
        Bench bench;
        for (const char *name : {"a", "b", "c", "d"})
            bench.add(bench.upstream(QString::fromLatin1(name), {{QStringLiteral("x"), "1\n"}}), QString::fromLatin1(name));
        for (const char *name : {"a", "b", "c"})
            bench.commitUpstream(QString::fromLatin1(name), QStringLiteral("x"), "theirs\n");
        bench.commit(QStringLiteral("plugins/a/x"), "ours\n");
        bench.scratch.write(QStringLiteral("library/plugins/b/x"), "not committed\n");
        QVERIFY(QDir(bench.scratch.path(QStringLiteral("d.git"))).removeRecursively());
        const auto outcomes = bench.pull();
        QCOMPARE(outcomes.size(), size_t(4));
        QCOMPARE(outcomes[0].conflicts, std::vector<QByteArray>{"plugins/a/x"});
        QCOMPARE(outcomes[0].error->kind, ErrorKind::NeedsPerson);
        QVERIFY(outcomes[1].error && outcomes[1].error->kind == ErrorKind::NeedsPerson);
        QVERIFY(!outcomes[2].error && outcomes[2].changed);
        QVERIFY(outcomes[3].error && outcomes[3].error->code == QStringLiteral("sync.unreachable"));
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/x")), "ours\n");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/b/x")), "not committed\n");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/c/x")), "theirs\n");
        const auto answer = sync::answerOf(outcomes);
        QCOMPARE(sync::exitCodeOf(answer), 4);
        const auto need = answer[u"needs"].toArray().first().toObject();
        QCOMPARE(need[u"kind"].toString(), QStringLiteral("conflict"));
        QCOMPARE(need[u"plugin"].toString(), QStringLiteral("a"));
        QCOMPARE(need[u"paths"].toArray(), (QJsonArray{QStringLiteral("plugins/a/x")}));
        QCOMPARE(answer[u"plugins"].toArray().size(), 4);
    }
    void blockedLinksAreNotPushed()
    {
        Bench bench;
        bench.add(bench.upstream(QStringLiteral("a"), {{QStringLiteral("x"), "1\n"}}), QStringLiteral("a"));
        QVERIFY(QFile::link(QStringLiteral("../../coppice.yaml"), bench.scratch.path(QStringLiteral("library/plugins/a/out"))));
        bench.commit(QStringLiteral("plugins/a/x"), "2\n");
        const auto state = bench.status(QStringLiteral("a"));
        QCOMPARE(sync::nameOf(state.state), QStringLiteral("blocked"));
        QVERIFY(state.why.contains(QStringLiteral("out")));
        const auto before = bench.head(QStringLiteral("a.git"));
        const auto pushed = bench.push();
        QVERIFY(pushed[0].error && pushed[0].error->code == QStringLiteral("sync.blocked-links"));
        QCOMPARE(bench.head(QStringLiteral("a.git")), before);
    }
    void templatesTravelResolved()
    {
        Bench bench;
        bench.add(bench.upstream(QStringLiteral("a"), {{QStringLiteral("x"), "1\n"}}), QStringLiteral("a"));
        bench.scratch.write(QStringLiteral("library/templates/config/style"), "tabs\n");
        QVERIFY(QFile::link(QStringLiteral("../../templates/config/style"), bench.scratch.path(QStringLiteral("library/plugins/a/style"))));
        bench.commit(QStringLiteral("plugins/a/x"), "2\n");
        QVERIFY(!bench.push()[0].error);
        QCOMPARE(bench.git(QStringLiteral("a.git"), words("show HEAD:style")), "tabs");
        QVERIFY(bench.git(QStringLiteral("a.git"), words("ls-tree HEAD style")).startsWith("100644"));
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("y"), "more\n");
        QVERIFY(!bench.pull()[0].error);
        QVERIFY(QFileInfo(bench.scratch.path(QStringLiteral("library/plugins/a/style"))).isSymLink());
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("style"), "spaces\n");
        const auto asked = bench.pull();
        QVERIFY(asked[0].error && asked[0].error->code == QStringLiteral("sync.link-changed"));
        QCOMPARE(sync::exitCodeOf(sync::answerOf(asked)), 4);
    }
    /// The library's own history must not leave with a plugin.
    void foreignCommitsAreNotPushed()
    {
        Bench bench;
        bench.scratch.write(QStringLiteral("library/.coppice/plugins/a.yaml"),
                            QByteArray("id: a\nprefix: plugins/a\nupstream:\n  url: ") + bench.scratch.path(QStringLiteral("a.git")).toUtf8() + "\n  branch: main\n");
        bench.git(bench.scratch.path(), words("init -q --bare -b main a.git"));
        bench.commit(QStringLiteral("plugins/a/x"), "1\n");
        bench.git(QStringLiteral("library"), words("rm -rq plugins/a"));
        bench.commit(QStringLiteral("secret"), "of another plugin\n");
        bench.commit(QStringLiteral("plugins/a/x"), "2\n");
        const auto pushed = bench.push();
        QVERIFY(pushed[0].error && pushed[0].error->code == QStringLiteral("sync.foreign-commit"));
        QCOMPARE(bench.git(QStringLiteral("a.git"), words("for-each-ref")), QByteArray());
    }
    void growsInTheLibraryAndFillsAnEmptyUpstream()
    {
        Bench bench;
        bench.git(bench.scratch.path(), words("init -q --bare -b trunk a.git"));
        bench.scratch.write(QStringLiteral("library/.coppice/plugins/a.yaml"),
                            QByteArray("id: a\nprefix: plugins/a\nupstream:\n  url: ../a.git\n"));
        bench.commit(QStringLiteral("plugins/a/x"), "1\n");
        QCOMPARE(sync::nameOf(bench.status(QStringLiteral("a")).state), QStringLiteral("unknown"));
        const auto pushed = bench.push();
        QVERIFY2(!pushed[0].error, pushed[0].error ? qPrintable(pushed[0].error->message()) : "");
        QCOMPARE(bench.git(QStringLiteral("a.git"), {QStringLiteral("show"), QString(pushed[0].ref + QStringLiteral(":x"))}), "1");
        QCOMPARE(sync::nameOf(bench.status(QStringLiteral("a")).state), QStringLiteral("clean"));
        const auto none = sync::push(bench.host(), bench.lease, {QStringLiteral("nobody")}, {}, Progress::none());
        QVERIFY(!none && none.error().kind == ErrorKind::NotFound);
    }
    void pluginWithoutUpstreamIsTold()
    {
        Bench bench;
        bench.commit(QStringLiteral("plugins/a/x"), "1\n");
        QCOMPARE(sync::nameOf(bench.status(QStringLiteral("a")).state), QStringLiteral("no-upstream"));
        QVERIFY(!bench.push()[0].error);
        const auto named = bench.push({QStringLiteral("a")});
        QVERIFY(named[0].error && named[0].error->code == QStringLiteral("sync.no-upstream"));
        QVERIFY(!bench.pull()[0].changed);
    }
};
COPPICE_TEST(SyncTest)
#include "sync_test.moc"
