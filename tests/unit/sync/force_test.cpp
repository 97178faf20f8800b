// SPDX-License-Identifier: GPL-3.0-or-later
// Pushes that overwrite, and what is asked before; upstreams whose branch was rewritten, renamed or deleted; upstreams that
// do not answer.
#include "bench.h"
#include "support/test_main.h"

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <semaphore>
#include <thread>

using namespace coppice;
using namespace coppice::test;
using namespace Qt::StringLiterals;
using State = sync::SyncState::State;

namespace {

QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(u' ');
}

/// A web server that wants a password of everybody.
class Asking
{
public:
    Asking()
        : m_thread([this](const std::stop_token &stop) {
              QTcpServer server;
              server.listen(QHostAddress::LocalHost);
              m_port = server.serverPort();
              m_ready.release();
              while (!stop.stop_requested()) {
                  if (!server.waitForNewConnection(100))
                      continue;
                  const std::unique_ptr<QTcpSocket> socket(server.nextPendingConnection());
                  socket->waitForReadyRead(1000);
                  socket->write("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                  socket->disconnectFromHost();
                  if (socket->state() != QAbstractSocket::UnconnectedState)
                      socket->waitForDisconnected(1000);
              }
          })
    {
        m_ready.acquire();
    }
    [[nodiscard]] int port() const { return m_port; }

private:
    std::binary_semaphore m_ready{0};
    int m_port = 0;
    std::jthread m_thread;
};

class Place : public Bench
{
public:
    Place() { add(upstream(u"a"_s, {{u"x"_s, "1\n"}}), u"a"_s); }
    std::vector<sync::SyncState> fetch() { return must(sync::fetchUpstreams(host(), {}, {}, Progress::none())); }
    Result<std::vector<sync::PluginOutcome>> push(const sync::PushOptions &options, const QStringList &plugins = {u"a"_s})
    {
        return sync::push(host(), lease, plugins, {}, Progress::none(), options);
    }
    sync::PluginOutcome forced(bool dryRun = false) { return must(push({.force = true, .dryRun = dryRun})).front(); }
    [[nodiscard]] QByteArray tip() const { return head(u"a.git"_s); }
};

} // namespace

class ForceTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingIsOverwrittenUnasked()
    {
        Place place;
        place.commit(u"plugins/a/x"_s, "ours\n");
        place.commitUpstream(u"a"_s, u"x"_s, "theirs\n");
        const auto before = place.tip();
        const auto refused = place.Bench::push().front();
        QVERIFY(refused.error && refused.error->code == u"git.push-rejected"_s);
        QVERIFY(refused.error->fix.contains(u"--force --dry-run"_s));
        QCOMPARE(place.tip(), before);
        QVERIFY(!place.push({.force = true}, {})); // not for all at once
        QVERIFY(!place.push({.cut = true, .force = true}));
    }
    void whatIsLostIsSaidBefore()
    {
        Place place;
        place.commit(u"plugins/a/x"_s, "ours\n");
        place.commitUpstream(u"a"_s, u"y"_s, "theirs\n");
        place.commitUpstream(u"a"_s, u"x"_s, "theirs\n");
        const auto before = place.tip();
        // asked without having looked: what stands there now was never shown
        const auto blind = place.forced();
        QVERIFY(blind.error && blind.error->code == u"sync.upstream-moved"_s);
        QCOMPARE(place.tip(), before);

        const auto shown = place.forced(true);
        QVERIFY(!shown.error);
        QVERIFY(!shown.changed);
        QCOMPARE(shown.lostCount, 2);
        QCOMPARE(shown.lost.front().commit.hex(), before);
        QCOMPARE(shown.lost.front().subject, u"upstream: x"_s);
        QVERIFY2(shown.what.contains(u"2 commits of the upstream would be lost"_s), qPrintable(shown.what));
        QCOMPARE(place.tip(), before);

        // somebody pushes in between: what would be lost now was not shown
        place.commitUpstream(u"a"_s, u"z"_s, "theirs\n");
        const auto moved = place.forced();
        QVERIFY(moved.error && moved.error->code == u"sync.upstream-moved"_s);
        QCOMPARE(place.forced(true).lostCount, 3);

        const auto lost = place.tip();
        const auto done = place.forced();
        QVERIFY2(!done.error, done.error ? qPrintable(done.error->message()) : "");
        QVERIFY(done.changed);
        QCOMPARE(done.lostCount, 3);
        QCOMPARE(place.git(u"a.git"_s, words("show HEAD:x")), "ours");
        QCOMPARE(place.scratch.tryGit(u"a.git"_s, words("cat-file -e HEAD:y")), 128);
        QVERIFY(place.status(u"a"_s).state == State::Clean);
        QCOMPARE(place.git(u"library"_s, words("rev-parse refs/coppice/rewritten/a")), lost); // can be brought back
        QCOMPARE(place.forced().what, u"Up to date."_s);
    }
    void forceHoldsForTheOrderOfCommitsOnly()
    {
        Place place;
        place.commitUpstream(u"a"_s, u"y"_s, "theirs\n");
        (void)place.fetch();
        // an escaping link is not sent, however much is asked
        place.git(u"library"_s, words("config core.symlinks true"));
        QVERIFY(QFile::link(u"../../coppice.yaml"_s, place.scratch.path(u"library/plugins/a/out"_s)));
        place.git(u"library"_s, words("add -A"));
        place.git(u"library"_s, words("commit -qm link"));
        const auto blocked = place.forced();
        QVERIFY(blocked.error && blocked.error->code == u"sync.blocked-links"_s);
        // nor is nothing
        place.git(u"library"_s, words("rm -rq plugins/a"));
        place.git(u"library"_s, words("commit -qm gone"));
        const auto before = place.tip();
        const auto empty = place.push({.force = true});
        QVERIFY(!empty || empty->front().error);
        QCOMPARE(place.tip(), before);
    }
    void aRuleOfTheRemoteIsTold()
    {
        Place place;
        place.commit(u"plugins/a/x"_s, "ours\n");
        place.commitUpstream(u"a"_s, u"x"_s, "theirs\n");
        (void)place.fetch();
        place.git(u"a.git"_s, words("config receive.denyNonFastForwards true"));
        const auto refused = place.forced();
        QVERIFY(refused.error && refused.error->code == u"git.push-refused"_s);
    }
    void dryRunChangesNothing()
    {
        Place place;
        place.commit(u"plugins/a/x"_s, "ours\n");
        const auto before = place.tip();
        const auto shown = must(place.push({.dryRun = true})).front();
        QVERIFY(!shown.error && !shown.changed);
        QCOMPARE(shown.what, u"Would push 1 commit to main."_s);
        QCOMPARE(place.tip(), before);
        QCOMPARE(place.status(u"a"_s).ahead, 1);
    }

    void aRewrittenBranchIsTold()
    {
        Place place;
        place.commitUpstream(u"a"_s, u"y"_s, "dropped later\n");
        QVERIFY(!place.pull().front().error);
        const auto dropped = place.tip();
        place.git(u"a"_s, words("reset -q --hard HEAD~1"));
        place.git(u"a"_s, words("push -qf up main"));
        auto state = place.fetch().front();
        QVERIFY(state.state == State::Ahead);
        QVERIFY2(state.why.contains(u"rewritten by force"_s) && state.why.contains(QString::fromLatin1(dropped.left(7))), qPrintable(state.why));
        place.commitUpstream(u"a"_s, u"z"_s, "new\n");
        state = place.fetch().front();
        QVERIFY(state.state == State::Diverged);
        QVERIFY(state.why.contains(u"rewritten by force"_s));
        // and comes back when the branch does
        place.git(u"a"_s, {u"fetch"_s, u"-q"_s, place.scratch.path(u"library"_s), u"refs/coppice/rewritten/a"_s});
        place.git(u"a"_s, words("push -qf up FETCH_HEAD:main"));
        QVERIFY(place.fetch().front().state == State::Clean);
        QCOMPARE(place.git(u"library"_s, words("for-each-ref refs/coppice/rewritten")), QByteArray());
    }
    void aBranchThatIsGoneIsNotMadeAnew()
    {
        Place place;
        place.commit(u"plugins/a/x"_s, "ours\n");
        place.git(u"a.git"_s, words("branch -m main trunk"));
        const auto state = place.fetch().front();
        QVERIFY(state.state == State::Unknown);
        QVERIFY2(state.why.contains(u"no branch main any more; it has trunk"_s), qPrintable(state.why));
        const auto pushed = place.Bench::push().front();
        QVERIFY(pushed.error && pushed.error->message().contains(u"trunk"_s));
        QCOMPARE(place.scratch.tryGit(u"a.git"_s, words("rev-parse -q --verify refs/heads/main")), 1);
        QVERIFY(place.pull().front().error);
    }
    void aBranchThatNobodyNamedIsFollowed()
    {
        Place place;
        QByteArray settings = place.scratch.read(u"library/.coppice/plugins/a.yaml"_s);
        settings.replace("  branch: main\n", "");
        place.commit(u".coppice/plugins/a.yaml"_s, settings);
        place.git(u"a.git"_s, words("branch -m main trunk"));
        QVERIFY(place.fetch().front().state == State::Clean);
        QCOMPARE(place.status(u"a"_s).upstreamBranch, u"trunk"_s);
        place.commit(u"plugins/a/x"_s, "ours\n");
        QVERIFY(!place.Bench::push().front().error);
        QCOMPARE(place.git(u"a.git"_s, words("show trunk:x")), "ours");
    }
    void tagsStayWhereTheyAre()
    {
        Place place;
        place.commitUpstream(u"a"_s, u"y"_s, "1\n");
        place.git(u"a"_s, words("tag v9"));
        place.git(u"a"_s, words("push -q up v9"));
        QVERIFY(!place.pull().front().error);
        QCOMPARE(place.git(u"library"_s, words("tag")), QByteArray());
    }
    /// Of several, one never answers, one asks for a password: both are told, the third goes on.
    void whoDoesNotAnswerHoldsNobodyUp()
    {
        Place place;
        const QString config = place.scratch.write(u"gitconfig"_s, "[coppice]\n\ttimeout = 2\n[user]\n\tname = T\n\temail = t@example.org\n");
        const QByteArray before = qgetenv("GIT_CONFIG_GLOBAL");
        qputenv("GIT_CONFIG_GLOBAL", QFile::encodeName(config));
        QTcpServer silent; // takes connections and says nothing
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        const Asking asking;
        const auto name = [&place](const QString &id, const QString &url) {
            place.commit(u"plugins/"_s + id + u"/x"_s, "1\n");
            place.commit(u".coppice/plugins/"_s + id + u".yaml"_s, "upstream: {url: '" + url.toUtf8() + "', branch: main}\n");
        };
        name(u"silent"_s, u"git://127.0.0.1:%1/r"_s.arg(silent.serverPort()));
        name(u"asking"_s, u"http://127.0.0.1:%1/r"_s.arg(asking.port()));
        name(u"nobody"_s, u"ssh://nobody@127.0.0.1:1/r"_s);
        name(u"missing"_s, u"/no/such/place.git"_s);
        place.commitUpstream(u"a"_s, u"y"_s, "1\n");
        const auto outcomes = place.pull();
        qputenv("GIT_CONFIG_GLOBAL", before);
        QCOMPARE(outcomes.size(), 5);
        for (const auto &outcome : outcomes) {
            if (outcome.plugin == u"a") {
                QVERIFY(outcome.changed);
                continue;
            }
            QVERIFY2(outcome.error && outcome.error->code == u"sync.unreachable"_s, qPrintable(outcome.plugin));
            QVERIFY(!outcome.error->fix.isEmpty());
            if (outcome.plugin == u"silent")
                QVERIFY2(outcome.error->message().contains(u"did not answer in time"_s), qPrintable(outcome.error->message()));
        }
        QVERIFY(place.status(u"silent"_s).why.contains(u"did not answer"_s));
        QCOMPARE(place.scratch.read(u"library/plugins/a/y"_s), "1\n");
    }
};
COPPICE_TEST(ForceTest)
#include "force_test.moc"
