// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "support/test_main.h"

#include <journal/command.h>

#include <QTest>

using namespace coppice;
using namespace coppice::test;

namespace {
QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(u' ');
}

/// A library with a bare remote and a colleague's clone of it.
class Team : public Bench
{
public:
    Team()
    {
        git(scratch.path(), words("clone -q --bare library team.git"));
        git(QStringLiteral("library"), {QStringLiteral("remote"), QStringLiteral("add"), QStringLiteral("origin"), QStringLiteral("../team.git")});
        git(scratch.path(), words("clone -q team.git colleague"));
    }
    void colleague(const QString &file, const QByteArray &content)
    {
        scratch.commit(QStringLiteral("colleague"), file, content, QStringLiteral("colleague"));
        git(QStringLiteral("colleague"), words("push -q origin HEAD"));
    }
    Result<sync::LibraryOutcome> pullLibrary() { return sync::pullLibrary(host(), lease, {}, Progress::none()); }
    Result<sync::LibraryOutcome> pushLibrary() { return sync::pushLibrary(host(), lease, {}, Progress::none()); }
};
} // namespace

class LibraryRemoteTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void forwardMergeAndPush()
    {
        Team team;
        QVERIFY(!must(team.pullLibrary()).changed);
        QVERIFY(!must(team.pushLibrary()).changed);
        team.colleague(QStringLiteral("one"), "1\n");
        QVERIFY(must(team.pullLibrary()).changed);
        QCOMPARE(team.head(), team.head(QStringLiteral("team.git")));
        QCOMPARE(team.scratch.read(QStringLiteral("library/one")), "1\n");
        team.colleague(QStringLiteral("two"), "2\n");
        team.commit(QStringLiteral("three"), "3\n");
        const auto early = team.pushLibrary();
        QVERIFY(!early && early.error().code == QStringLiteral("git.push-rejected"));
        QVERIFY(must(team.pullLibrary()).changed);
        QCOMPARE(team.scratch.read(QStringLiteral("library/two")), "2\n");
        QCOMPARE(team.dirt(), QByteArray());
        QVERIFY(must(team.pushLibrary()).changed);
        QCOMPARE(team.head(), team.head(QStringLiteral("team.git")));
    }
    void conflictsAreTold()
    {
        Team team;
        team.colleague(QStringLiteral("plugins/a/x"), "theirs\n");
        team.commit(QStringLiteral("plugins/a/x"), "ours\n");
        const auto before = team.head();
        const auto pulled = team.pullLibrary();
        QVERIFY(!pulled && pulled.error().kind == ErrorKind::NeedsPerson);
        const auto need = pulled.error().needs.first().toObject();
        QCOMPARE(need[u"kind"].toString(), QStringLiteral("conflict"));
        QCOMPARE(need[u"plugin"].toString(), QStringLiteral("a"));
        QCOMPARE(team.head(), before);
        QCOMPARE(team.dirt(), QByteArray());
    }
    void withoutRemote()
    {
        Bench bench;
        const auto pulled = sync::pullLibrary(bench.host(), bench.lease, {}, Progress::none());
        QVERIFY(!pulled && pulled.error().code == QStringLiteral("library.no-remote"));
        const auto pushed = sync::pushLibrary(bench.host(), bench.lease, {}, Progress::none());
        QVERIFY(!pushed && pushed.error().code == QStringLiteral("library.no-remote"));
    }
    /// As after kill -9 between the journal's entry, the act, and the note that it is done.
    void recoversWhatWasUnderWay()
    {
        Bench bench;
        bench.add(bench.upstream(QStringLiteral("a"), {{QStringLiteral("x"), "1\n"}}), QStringLiteral("a"));
        bench.commit(QStringLiteral("plugins/a/x"), "2\n");
        const auto split = bench.status(QStringLiteral("a")).split;
        journal::Intents intents(*bench.state);
        const QString local = QStringLiteral("refs/coppice/upstream/a/main");
        const QJsonObject push{{QStringLiteral("url"), bench.scratch.path(QStringLiteral("a.git"))},
                               {QStringLiteral("ref"), QStringLiteral("refs/heads/main")},
                               {QStringLiteral("commit"), split.toString()},
                               {QStringLiteral("local"), local}};
        // written, not pushed: dropped
        must(intents.open(QStringLiteral("sync.push"), push));
        const auto known = bench.head(QStringLiteral("library"), local);
        QVERIFY_RESULT(sync::recover(bench.host(), bench.lease));
        QVERIFY(must(intents.unfinished(QStringLiteral("sync.push"))).empty());
        QCOMPARE(bench.head(QStringLiteral("library"), local), known);
        // pushed, not noted: noted
        must(intents.open(QStringLiteral("sync.push"), push));
        bench.git(QStringLiteral("library"), {QStringLiteral("push"), QStringLiteral("-q"), bench.scratch.path(QStringLiteral("a.git")),
                                              QString(split.toString() + QStringLiteral(":refs/heads/main"))});
        QVERIFY_RESULT(sync::recover(bench.host(), bench.lease));
        QVERIFY(must(intents.unfinished(QStringLiteral("sync.push"))).empty());
        QCOMPARE(bench.head(QStringLiteral("library"), local), split.hex());
        // a branch moved, its work tree not: finished
        const auto from = bench.head();
        bench.commit(QStringLiteral("plugins/a/new"), "new\n");
        const auto to = bench.head();
        bench.git(QStringLiteral("library"), {QStringLiteral("reset"), QStringLiteral("-q"), QStringLiteral("--hard"), QString::fromLatin1(from)});
        must(intents.open(QStringLiteral("sync.land"), {{QStringLiteral("branch"), QStringLiteral("refs/heads/main")},
                                                        {QStringLiteral("from"), QString::fromLatin1(from)},
                                                        {QStringLiteral("to"), QString::fromLatin1(to)}}));
        bench.git(QStringLiteral("library"), {QStringLiteral("update-ref"), QStringLiteral("refs/heads/main"), QString::fromLatin1(to)});
        QVERIFY(!bench.dirt().isEmpty());
        QVERIFY_RESULT(sync::recover(bench.host(), bench.lease));
        QCOMPARE(bench.dirt(), QByteArray());
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/new")), "new\n");
        QVERIFY(must(intents.unfinished(QStringLiteral("sync.land"))).empty());
    }
};
COPPICE_TEST(LibraryRemoteTest)
#include "library_remote_test.moc"
