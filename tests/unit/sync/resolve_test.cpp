// SPDX-License-Identifier: GPL-3.0-or-later
// Conflicting pulls brought to an end by a person, pull requests merged in every way, histories that must not leave.
#include "bench.h"
#include "support/test_main.h"

#include <sync/decisions.h>
#include <sync/resolve.h>

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

class Clash : public Bench
{
public:
    Clash()
    {
        qputenv("XDG_STATE_HOME", QFile::encodeName(scratch.path(QStringLiteral("state"))));
        library = must(library::Library::open(scratch.path(QStringLiteral("library"))));
        add(upstream(QStringLiteral("a"), {{QStringLiteral("x"), "1\n2\n3\n"}, {QStringLiteral("gone"), "1\n"}, {QStringLiteral("picture"), QByteArray("\0\1", 2)}}),
            QStringLiteral("a"));
    }
    void clash()
    {
        commit(QStringLiteral("plugins/a/x"), "1\nours\n3\n");
        commit(QStringLiteral("plugins/a/mine"), "mine\n");
        commitUpstream(QStringLiteral("a"), QStringLiteral("x"), "1\ntheirs\n3\n");
        commitUpstream(QStringLiteral("a"), QStringLiteral("theirs"), "theirs\n");
        const auto outcome = pull().front();
        QVERIFY(outcome.error && outcome.error->code == QStringLiteral("sync.conflict"));
    }
    sync::Resolving begin() { return must(sync::beginResolve(host(), QStringLiteral("a"), {}, Progress::none())); }
    Result<sync::PluginOutcome> finish() { return sync::finishResolve(host(), lease, QStringLiteral("a"), {}, Progress::none()); }
    static void put(const sync::Resolving &at, const QString &path, const QByteArray &text)
    {
        QFile file(at.folder + u'/' + path);
        QVERIFY(file.open(QFile::WriteOnly | QFile::Truncate));
        file.write(text);
    }
    static QByteArray get(const sync::Resolving &at, const QString &path)
    {
        QFile file(at.folder + u'/' + path);
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray("nothing");
    }
};

} // namespace

class ResolveTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bothSidesAreBroughtTogether()
    {
        Clash bench;
        QVERIFY(!sync::beginResolve(bench.host(), QStringLiteral("a"), {}, Progress::none())); // nothing clashes yet
        bench.clash();
        const auto head = bench.head();
        const auto begun = bench.begin();
        QCOMPARE(begun.files.size(), 1);
        QCOMPARE(begun.files.front().path, "x");
        QCOMPARE(begun.open(), 1);
        const auto marked = bench.get(begun, QStringLiteral("x"));
        for (const char *part : {"<<<<<<< library\nours\n", "|||||||", "2\n=======\ntheirs\n>>>>>>> upstream"})
            QVERIFY2(marked.contains(part), marked.constData());
        QCOMPARE(bench.get(begun, QStringLiteral("theirs")), "theirs\n");
        QCOMPARE(bench.get(begun, QStringLiteral("mine")), "mine\n");

        const auto early = bench.finish();
        QVERIFY(!early && early.error().kind == ErrorKind::NeedsPerson);
        QCOMPARE(early.error().needs[0][u"paths"][0].toString(), QStringLiteral("plugins/a/x"));
        QCOMPARE(bench.head(), head);
        QCOMPARE(bench.dirt(), QByteArray());

        bench.put(begun, QStringLiteral("x"), "1\nours and theirs\n3\n");
        QCOMPARE(bench.begin().open(), 0); // what was begun stays, with what was done
        const auto done = bench.finish();
        QVERIFY2(done, done ? "" : qPrintable(done.error().message()));
        QVERIFY(done->changed);
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/x")), "1\nours and theirs\n3\n");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/theirs")), "theirs\n");
        QCOMPARE(bench.dirt(), QByteArray());
        QVERIFY(!QDir(begun.folder).exists());
        QVERIFY(!bench.finish());
        const auto state = bench.status(QStringLiteral("a"));
        QVERIFY(state.state == State::Ahead && state.behind == 0);
        QVERIFY(!bench.push().front().error);
        QVERIFY(!bench.pull().front().changed);
    }
    void sidesAreTakenForWhatHasNoLines()
    {
        Clash bench;
        bench.commit(QStringLiteral("plugins/a/picture"), QByteArray("\0ours", 5));
        bench.git(QStringLiteral("library"), words("rm -q plugins/a/gone"));
        bench.git(QStringLiteral("library"), words("commit -qm gone"));
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("picture"), QByteArray("\0theirs", 7));
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("gone"), "changed\n");
        QVERIFY(bench.pull().front().error);
        auto now = bench.begin();
        QCOMPARE(now.files.size(), 2);
        QVERIFY(now.files[0].kind == subtree::MergeConflict::Kind::DeletedHere);
        QVERIFY(now.files[1].kind == subtree::MergeConflict::Kind::Binary);
        QVERIFY(!sync::takeSide(bench.host(), QStringLiteral("a"), sync::Side::Library, {"x"}));
        now = must(sync::takeSide(bench.host(), QStringLiteral("a"), sync::Side::Library, {"gone"}));
        QCOMPARE(now.open(), 1);
        now = must(sync::takeSide(bench.host(), QStringLiteral("a"), sync::Side::Upstream, {"picture"}));
        QCOMPARE(now.open(), 0);
        QVERIFY(bench.finish());
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/picture")), QByteArray("\0theirs", 7));
        QVERIFY(!QFile::exists(bench.scratch.path(QStringLiteral("library/plugins/a/gone"))));
    }
    void theLibraryMovesOnMeanwhile()
    {
        Clash bench;
        bench.clash();
        const auto begun = bench.begin();
        bench.put(begun, QStringLiteral("x"), "1\nboth\n3\n");
        bench.commit(QStringLiteral("plugins/a/mine"), "mine, later\n"); // elsewhere: merged in
        bench.commit(QStringLiteral("plugins/a/x"), "1\nours, later\n3\n"); // in the very line: asked again
        const auto again = bench.finish();
        QVERIFY(!again && again.error().kind == ErrorKind::NeedsPerson);
        const auto anew = bench.begin();
        const auto marked = bench.get(anew, QStringLiteral("x"));
        QVERIFY2(marked.contains("both") && marked.contains("ours, later"), marked.constData()); // nothing is lost
        bench.put(anew, QStringLiteral("x"), "1\nboth, later\n3\n");
        const auto done = bench.finish();
        QVERIFY2(done, done ? "" : qPrintable(done.error().message()));
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/x")), "1\nboth, later\n3\n");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/mine")), "mine, later\n");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/theirs")), "theirs\n");
    }
    void upstreamMovesOnMeanwhileAndTheRestComesNext()
    {
        Clash bench;
        bench.clash();
        const auto begun = bench.begin();
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("late"), "late\n");
        bench.put(begun, QStringLiteral("x"), "1\nboth\n3\n");
        (void)must(sync::fetchUpstreams(bench.host(), {}, {}, Progress::none()));
        QVERIFY(bench.finish());
        QVERIFY(!QFile::exists(bench.scratch.path(QStringLiteral("library/plugins/a/late"))));
        QVERIFY(!bench.pull().front().error);
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/late")), "late\n");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/x")), "1\nboth\n3\n");
    }
    void theFolderCanBeThrownAwayAndIsMadeAnew()
    {
        Clash bench;
        bench.clash();
        auto begun = bench.begin();
        QVERIFY(QDir(QDir::cleanPath(begun.folder + QStringLiteral("/.."))).removeRecursively()); // somebody tidied up
        begun = bench.begin();
        QCOMPARE(begun.open(), 1);
        QVERIFY(sync::dropResolve(bench.host(), QStringLiteral("a")));
        QVERIFY(!QDir(begun.folder).exists());
        QVERIFY(!must(sync::resolving(bench.host(), QStringLiteral("a"))));
        QVERIFY(!sync::dropResolve(bench.host(), QStringLiteral("a")));
        QCOMPARE(must(sync::allResolving(bench.host())), QStringList());
    }
    void oneConflictDoesNotHoldTheOthersUp()
    {
        Clash bench;
        bench.add(bench.upstream(QStringLiteral("b"), {{QStringLiteral("y"), "1\n"}}), QStringLiteral("b"));
        bench.clash();
        bench.commitUpstream(QStringLiteral("b"), QStringLiteral("y"), "2\n");
        const auto outcomes = bench.pull();
        QVERIFY(outcomes[0].error && !outcomes[1].error);
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/b/y")), "2\n");
    }
    /// What we sent as a pull request comes back merged, squashed or rebased, and the library has moved on in the same
    /// lines: the next pull is clean.
    void pullRequestsComeBack_data()
    {
        QTest::addColumn<QString>("way");
        QTest::addColumn<bool>("movedOn");
        for (const char *way : {"merge", "squash", "rebase"}) {
            for (const bool movedOn : {false, true})
                QTest::addRow("%s%s", way, movedOn ? ", moved on" : "") << QString::fromLatin1(way) << movedOn;
        }
    }
    void pullRequestsComeBack()
    {
        QFETCH(const QString, way);
        QFETCH(const bool, movedOn);
        Clash bench;
        bench.commit(QStringLiteral("plugins/a/x"), "1\nfirst\n3\n");
        bench.commit(QStringLiteral("plugins/a/x"), "1\nsecond\n3\n");
        const QString split = bench.status(QStringLiteral("a")).split.toString();
        bench.git(QStringLiteral("library"), {QStringLiteral("push"), QStringLiteral("-q"), bench.scratch.path(QStringLiteral("a.git")),
                                              QString(split + QStringLiteral(":refs/heads/pr"))});
        bench.commitUpstream(QStringLiteral("a"), QStringLiteral("other"), "other\n");
        bench.git(QStringLiteral("a"), words("fetch -q up"));
        if (way == u"merge") {
            bench.git(QStringLiteral("a"), words("merge -q --no-ff -m merged up/pr"));
        } else if (way == u"squash") {
            bench.git(QStringLiteral("a"), words("merge -q --squash up/pr"));
            bench.git(QStringLiteral("a"), words("commit -qm squashed"));
        } else {
            bench.git(QStringLiteral("a"), words("checkout -q -b pr up/pr"));
            bench.git(QStringLiteral("a"), words("rebase -q main"));
            bench.git(QStringLiteral("a"), words("checkout -q main"));
            bench.git(QStringLiteral("a"), words("merge -q --ff-only pr"));
        }
        bench.git(QStringLiteral("a"), words("push -q up main"));
        if (movedOn)
            bench.commit(QStringLiteral("plugins/a/x"), "1\nthird\n3\n");
        const auto outcome = bench.pull().front();
        QVERIFY2(!outcome.error, outcome.error ? qPrintable(outcome.error->message()) : "");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/x")), movedOn ? "1\nthird\n3\n" : "1\nsecond\n3\n");
        QCOMPARE(bench.scratch.read(QStringLiteral("library/plugins/a/other")), "other\n");
        QCOMPARE(bench.status(QStringLiteral("a")).behind, 0);
        QVERIFY(!bench.push().front().error);
        QVERIFY(!bench.pull().front().changed);
        QCOMPARE(bench.git(QStringLiteral("a.git"), words("show HEAD:x")), movedOn ? "1\nthird\n3" : "1\nsecond\n3");
    }
    void aHistoryIsCutRatherThanPublished()
    {
        Bench bench;
        bench.add(bench.upstream(QStringLiteral("a"), {{QStringLiteral("x"), "1\n"}}), QStringLiteral("a"));
        bench.commit(QStringLiteral("secret"), "of the library\n");
        bench.git(QStringLiteral("library"), words("rm -rq plugins/a"));
        bench.git(QStringLiteral("library"), words("commit -qm removed"));
        bench.commit(QStringLiteral("plugins/a/x"), "made anew\n");
        bench.commit(QStringLiteral("plugins/a/x"), "and changed\n");
        const auto refused = bench.push({QStringLiteral("a")}).front();
        QVERIFY(refused.error && refused.error->code == QStringLiteral("sync.foreign-commit"));
        QVERIFY(refused.error->fix.contains(QStringLiteral("--cut")));
        QVERIFY(!sync::push(bench.host(), bench.lease, {}, {}, Progress::none(), {.cut = true})); // one at a time
        const auto cut = must(sync::push(bench.host(), bench.lease, {QStringLiteral("a")}, {}, Progress::none(), {.cut = true})).front();
        QVERIFY2(!cut.error, cut.error ? qPrintable(cut.error->message()) : "");
        QCOMPARE(bench.git(QStringLiteral("a.git"), words("show HEAD:x")), "and changed");
        QCOMPARE(bench.git(QStringLiteral("a.git"), words("log --format=%s HEAD")).split('\n').size(), 3); // root, anew, changed
        QCOMPARE(bench.scratch.tryGit(QStringLiteral("a.git"), words("cat-file -e HEAD~2:secret")), 128);
        QVERIFY(bench.status(QStringLiteral("a")).state == State::Clean);
        bench.commit(QStringLiteral("plugins/a/x"), "goes on\n");
        QVERIFY(!bench.push().front().error); // an ordinary push again
        QCOMPARE(bench.git(QStringLiteral("library"), words("subtree split -q --prefix=plugins/a")).right(40), bench.head(QStringLiteral("a.git")));
    }
};
COPPICE_TEST(ResolveTest)
#include "resolve_test.moc"
