// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fork.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <git/land.h>
#include <git/tree_edit.h>
#include <journal/lease.h>

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace coppice;
using namespace coppice::git;

/// Landing needs the engine's lease, so its tests live with the lease's room.
class LandTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    std::unique_ptr<journal::Lease> m_lease;
    int m_count = 0;
    QString m_name;
    QString m_dir;
    std::optional<Repository> m_repo;
    const QString m_main = QStringLiteral("refs/heads/main");
    Oid m_from;

    Oid commit(const std::vector<TreeChange> &changes)
    {
        const Oid tree = editTree(*m_repo, m_from.isNull() ? Oid{} : m_repo->treeOf(m_from).value(), changes).value();
        const std::vector<Oid> parents = m_from.isNull() ? std::vector<Oid>() : std::vector{m_from};
        return m_repo->writeCommit(tree, parents, {}, {}, "landed\n").value();
    }
    TreeChange put(const QByteArray &path, const QByteArray &bytes, Mode mode = Mode::File)
    {
        return {path, TreeEntry{{}, mode, m_repo->writeBlob(bytes).value()}};
    }
    /// What most tests land: a changed, a removed, a new file, a new folder, a mode and a link.
    Oid usual()
    {
        return commit({put("a", "A2\n"), {"gone/file", {}}, put("new", "N\n"), put("deep/er/f", "F\n"), put("run", "r\n", Mode::Executable),
                       put("link", "a", Mode::Link), put("caf\xc3\xa9 \"q\"\n", "odd\n")});
    }
    Result<> land(const Oid &to) { return git::land(*m_lease, *m_repo, m_main, m_from, to, "test"); }
    Result<> finish(const Oid &to) { return finishLanding(*m_lease, *m_repo, m_main, m_from, to); }
    QByteArray read(const QString &file) const { return m_scratch.read(m_name + u'/' + file); }
    void write(const QString &file, const QByteArray &bytes) const { m_scratch.write(m_name + u'/' + file, bytes); }
    QByteArray status() const { return m_scratch.git(m_dir, {"status", "--porcelain"}); }
    static QStringList paths(const Error &error)
    {
        QStringList all;
        for (const auto &path : error.needs.at(0)[u"paths"].toArray())
            all << path.toString();
        return all;
    }

private Q_SLOTS:
    void initTestCase() { m_lease = std::make_unique<journal::Lease>(journal::Lease::take(m_scratch.path("lease")).value()); }
    void init()
    {
        m_name = QStringLiteral("r%1").arg(++m_count);
        m_dir = m_scratch.repository(m_name, {{"a", "A1\n"}, {"b", "B\n"}, {"gone/file", "g\n"}, {"run", "r\n"}, {".gitignore", "*.log\n"}});
        m_repo = Repository::open(m_dir).value();
        m_from = m_repo->resolve("HEAD").value();
    }

    void movesBranchAndWorkTree()
    {
        write("untracked", "mine");
        write("b", "B changed\n");
        const Oid to = usual();
        QVERIFY_RESULT(land(to));
        QCOMPARE(m_repo->refTarget(m_main).value(), to);
        QCOMPARE(read("a"), QByteArray("A2\n"));
        QCOMPARE(read("deep/er/f"), QByteArray("F\n"));
        QVERIFY(!QFileInfo::exists(m_dir + QStringLiteral("/gone")));
        QVERIFY(QFileInfo(m_dir + QStringLiteral("/run")).isExecutable());
        QCOMPARE(QFile::symLinkTarget(m_dir + QStringLiteral("/link")), m_dir + QStringLiteral("/a"));
        QCOMPARE(status(), QByteArray("M b\n?? untracked")); // trimmed: what was there stays, nothing else is changed
        QVERIFY(m_scratch.git(m_dir, {"reflog", "-1", "main"}).contains("test"));
    }
    void refusesWhatIsNotClean_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QStringList>("named");
        QTest::newRow("modified") << "modified" << QStringList{"a"};
        QTest::newRow("deleted") << "deleted" << QStringList{"a"};
        QTest::newRow("staged") << "staged" << QStringList{"a"};
        QTest::newRow("staged, file put back") << "staged-back" << QStringList{"a"};
        QTest::newRow("untracked in the way") << "untracked" << QStringList{"new"};
        QTest::newRow("dangling link in the way") << "dangling" << QStringList{"new"};
        QTest::newRow("ignored in the way") << "ignored" << QStringList{"x.log"};
        QTest::newRow("a file where a folder comes") << "file-for-folder" << QStringList{"deep"};
        QTest::newRow("mode") << "mode" << QStringList{"run"};
        QTest::newRow("changed where it is removed") << "removed" << QStringList{"gone/file"};
    }
    void refusesWhatIsNotClean()
    {
        QFETCH(QString, how);
        QFETCH(QStringList, named);
        Oid to = usual();
        if (how == u"modified") {
            write("a", "mine\n");
        } else if (how == u"deleted") {
            QFile::remove(m_dir + QStringLiteral("/a"));
        } else if (how.startsWith(u"staged")) {
            write("a", "mine\n");
            m_scratch.git(m_dir, {"add", "a"});
            if (how == u"staged-back")
                write("a", "A1\n");
        } else if (how == u"untracked") {
            write("new", "mine\n");
        } else if (how == u"dangling") {
            QVERIFY(QFile::link(QStringLiteral("nowhere"), m_dir + QStringLiteral("/new")));
        } else if (how == u"ignored") {
            write("x.log", "mine\n");
            to = commit({put("x.log", "theirs\n")});
        } else if (how == u"file-for-folder") {
            write("deep", "mine\n");
        } else if (how == u"mode") {
            QCOMPARE(chmod(QFile::encodeName(m_dir + QStringLiteral("/run")).constData(), 0755), 0);
        } else if (how == u"removed") {
            write("gone/file", "mine\n");
        }
        const QByteArray before = status();
        const auto landed = land(to);
        QVERIFY(!landed);
        QCOMPARE(landed.error().code, QStringLiteral("land.dirty"));
        QCOMPARE(landed.error().exitCode(), 4);
        QCOMPARE(landed.error().needs.at(0)[u"kind"].toString(), QStringLiteral("dirty"));
        QCOMPARE(paths(landed.error()), named);
        QCOMPARE(m_repo->refTarget(m_main).value(), m_from);
        QCOMPARE(status(), before);
        QCOMPARE(read("b"), QByteArray("B\n"));
    }
    void filesOnlyTouchedByTimeAreClean()
    {
        struct timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
        QCOMPARE(utimensat(AT_FDCWD, QFile::encodeName(m_dir + QStringLiteral("/a")).constData(), times, 0), 0);
        QVERIFY_RESULT(land(usual()));
        QCOMPARE(status(), QByteArray());
    }
    void foldersAndFilesChangePlaces()
    {
        const Oid to = commit({{"a", {}}, put("a/inside", "i\n"), {"gone/file", {}}, put("gone", "a file now\n")});
        QVERIFY_RESULT(land(to));
        QCOMPARE(read("a/inside"), QByteArray("i\n"));
        QCOMPARE(read("gone"), QByteArray("a file now\n"));
        QCOMPARE(status(), QByteArray());
    }
    void keepsUntrackedFilesOfAFolderThatBecomesAFile()
    {
        write("gone/mine", "mine\n");
        const auto landed = land(commit({{"gone/file", {}}, put("gone", "a file now\n")}));
        QVERIFY(!landed);
        QCOMPARE(landed.error().code, QStringLiteral("land.dirty"));
        QCOMPARE(read("gone/mine"), QByteArray("mine\n"));
        QCOMPARE(m_repo->refTarget(m_main).value(), m_from);
    }
    void aMovedBranchIsToldApart()
    {
        const Oid to = usual();
        m_scratch.commit(m_dir, "b", "B2\n", "meanwhile");
        QCOMPARE(land(to).error().code, QStringLiteral("land.moved"));
        QCOMPARE(read("a"), QByteArray("A1\n"));
    }
    void updatesALinkedWorkTree()
    {
        const QString linked = m_scratch.path(m_name + QStringLiteral("-linked"));
        m_scratch.git(m_dir, {"checkout", "-q", "--detach"});
        m_scratch.git(m_dir, {"worktree", "add", "-q", linked, "main"});
        QVERIFY_RESULT(land(usual()));
        QCOMPARE(m_scratch.git(linked, {"status", "--porcelain"}), QByteArray());
        QCOMPARE(m_scratch.read(m_name + QStringLiteral("-linked/a")), QByteArray("A2\n"));
        QCOMPARE(read("a"), QByteArray("A1\n")); // detached: not ours to move
        m_from = m_repo->refTarget(m_main).value();
        m_scratch.write(m_name + QStringLiteral("-linked/a"), "mine\n");
        const auto landed = land(commit({put("a", "A3\n")}));
        QCOMPARE(landed.error().code, QStringLiteral("land.dirty"));
        QCOMPARE(landed.error().where, linked);
    }
    void landsInBareAndUnbornRepositories()
    {
        const QString bare = m_scratch.path(m_name + QStringLiteral("-bare"));
        m_scratch.git(m_dir, {"clone", "-q", "--bare", m_dir, bare});
        m_repo = Repository::open(bare).value();
        const Oid to = usual();
        QVERIFY_RESULT(land(to));
        QCOMPARE(m_repo->refTarget(m_main).value(), to);

        m_dir = m_scratch.path(m_name + QStringLiteral("-new"));
        m_repo = Repository::init(m_dir, QStringLiteral("main")).value();
        m_from = {};
        const Oid first = commit({put("x", "1\n"), put("d/y", "2\n")});
        m_scratch.write(m_name + QStringLiteral("-new/x"), "in the way\n");
        QCOMPARE(land(first).error().code, QStringLiteral("land.dirty"));
        QFile::remove(m_dir + QStringLiteral("/x"));
        QVERIFY_RESULT(land(first));
        QCOMPARE(status(), QByteArray());
        QCOMPARE(m_scratch.read(m_name + QStringLiteral("-new/d/y")), QByteArray("2\n"));
    }
    void waitsForNobodyWithALock()
    {
        write(".git/index.lock", "");
        const auto landed = land(usual());
        QVERIFY(!landed);
        QCOMPARE(landed.error().code, QStringLiteral("land.locked"));
        QCOMPARE(m_repo->refTarget(m_main).value(), m_from);
        QVERIFY(QFileInfo::exists(m_dir + QStringLiteral("/.git/index.lock")));
    }
    void takesBackWhatCannotBeWritten()
    {
        // Such as large files whose server does not answer: known only when the file is written.
        m_scratch.git(m_dir, {"config", "filter.far.smudge", "false"});
        m_scratch.git(m_dir, {"config", "filter.far.clean", "cat"});
        m_scratch.git(m_dir, {"config", "filter.far.required", "true"});
        write(".git/info/attributes", "*.big filter=far\n");
        const auto landed = land(commit({put("a", "A2\n"), {"gone/file", {}}, put("m.big", "pointer\n"), put("z", "Z\n")}));
        QVERIFY(!landed);
        QCOMPARE(landed.error().code, QStringLiteral("land.work-tree"));
        QCOMPARE(m_repo->refTarget(m_main).value(), m_from);
        QCOMPARE(read("a"), QByteArray("A1\n"));
        QCOMPARE(status(), QByteArray());
    }
    void aCancelledLandingMovesNothing()
    {
        std::stop_source source;
        source.request_stop();
        const auto landed = git::land(*m_lease, *m_repo, m_main, m_from, usual(), "test", source.get_token());
        QVERIFY(!landed);
        QCOMPARE(landed.error().exitCode(), 130);
        QCOMPARE(m_repo->refTarget(m_main).value(), m_from);
        QCOMPARE(read("a"), QByteArray("A1\n"));
    }

    void finishesFromEveryStage_data()
    {
        QTest::addColumn<int>("stage");
        QTest::newRow("only the branch moved") << 0;
        QTest::newRow("some files, and the index locked") << 1;
        QTest::newRow("a file cut short, one removed, one not") << 2;
        QTest::newRow("all files but the index") << 3;
        QTest::newRow("everything done") << 4;
    }
    void finishesFromEveryStage()
    {
        QFETCH(int, stage);
        write("untracked", "mine");
        write("b", "staged\n");
        m_scratch.git(m_dir, {"add", "b"});
        const Oid to = usual();
        if (stage == 4)
            QVERIFY_RESULT(land(to));
        else
            QVERIFY_RESULT(m_repo->setRef(m_main, to, m_from, "as land would"));
        if (stage == 1) {
            write("a", "A2\n");
            write(".git/index.lock", "half an index");
        }
        if (stage == 2) {
            write("a", "A");
            QFile::remove(m_dir + QStringLiteral("/gone/file"));
            QFile::remove(m_dir + QStringLiteral("/run"));
            write("deep/er/f", "");
        }
        if (stage == 3) {
            m_scratch.git(m_dir, {"--work-tree=.", "checkout-index", "-f", "a"});
            for (const auto &[file, bytes] : QList<QPair<QString, QByteArray>>{{"a", "A2\n"}, {"new", "N\n"}, {"deep/er/f", "F\n"}})
                write(file, bytes);
            QVERIFY(QFile::link(QStringLiteral("a"), m_dir + QStringLiteral("/link")));
            QFile::remove(m_dir + QStringLiteral("/gone/file"));
        }
        QVERIFY_RESULT(finish(to));
        QCOMPARE(read("a"), QByteArray("A2\n"));
        QCOMPARE(read("new"), QByteArray("N\n"));
        QVERIFY(!QFileInfo::exists(m_dir + QStringLiteral("/gone")));
        QCOMPARE(status(), QByteArray("M  b\n?? untracked"));
        QVERIFY_RESULT(finish(to));
        QCOMPARE(status(), QByteArray("M  b\n?? untracked"));
        QVERIFY(!QFileInfo::exists(m_dir + QStringLiteral("/.git/coppice-landing.index")));
    }
    void survivesBeingKilledAtAnyMoment()
    {
        // COPPICE_FAULTS says how often; each round lands 200 files and is killed somewhere on the way.
        const int rounds = qEnvironmentVariableIntValue("COPPICE_FAULTS") > 0 ? qEnvironmentVariableIntValue("COPPICE_FAULTS") : 4;
        const auto seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        qInfo("seed %u", seed);
        int landed = 0;
        quint32 longest = 1; // microseconds that a whole landing took here: the first round is not killed
        for (int round = 0; round < rounds; ++round) {
            std::vector<TreeChange> changes{put("a", "A of round " + QByteArray::number(round) + '\n')};
            for (int i = 0; i < 200; ++i)
                changes.push_back(put("many/" + QByteArray::number(i), QByteArray(3000, char('a' + (round + i) % 26)) + '\n'));
            const Oid to = commit(changes);
            const auto pause = round == 0 ? 0U : random.bounded(longest);
            test::Fork child([&](const std::function<void()> &say) {
                auto repository = Repository::open(m_dir).value();
                say();
                return git::land(*m_lease, repository, m_main, m_from, to, QStringLiteral("killed")) ? 0 : 1;
            });
            QVERIFY(child.heard());
            if (round == 0) {
                QElapsedTimer timer;
                timer.start();
                QCOMPARE(child.wait(), 0);
                longest = quint32(timer.nsecsElapsed() / 1000) + 1;
            }
            usleep(pause);
            child.kill();
            child.wait();
            QVERIFY_RESULT(finish(to));
            const Oid now = m_repo->refTarget(m_main).value();
            QVERIFY2(now == to || now == m_from, qPrintable(now.toString()));
            QCOMPARE(status(), QByteArray());
            m_from = now;
            landed += now == to ? 1 : 0;
        }
        qInfo("%d of %d landed", landed, rounds);
    }
    void leavesWhatAPersonChangedSince()
    {
        const Oid to = usual();
        QVERIFY_RESULT(m_repo->setRef(m_main, to, m_from, "as land would"));
        write("a", "a person's own words\n");
        const auto finished = finish(to);
        QVERIFY(!finished);
        QCOMPARE(finished.error().code, QStringLiteral("land.dirty"));
        QCOMPARE(paths(finished.error()), QStringList{"a"});
        QCOMPARE(read("a"), QByteArray("a person's own words\n"));
        QCOMPARE(read("new"), QByteArray("N\n"));
        QCOMPARE(status(), QByteArray("M a")); // only that file differs from the new state
        QVERIFY_RESULT(finish(to));
    }
    void finishesOnlyItsOwnLanding()
    {
        const Oid to = usual();
        QVERIFY_RESULT(finish(to)); // the branch never moved
        QCOMPARE(status(), QByteArray());
        QVERIFY_RESULT(land(to));
        m_scratch.commit(m_dir, "a", "A3\n", "meanwhile");
        QVERIFY_RESULT(finish(to));
        QCOMPARE(read("a"), QByteArray("A3\n"));
        QCOMPARE(status(), QByteArray());
    }
    void landingAgainFinishes()
    {
        const Oid to = usual();
        QVERIFY_RESULT(m_repo->setRef(m_main, to, m_from, "as land would"));
        QVERIFY_RESULT(land(to));
        QCOMPARE(status(), QByteArray());
    }
};
COPPICE_TEST(LandTest)
#include "land_test.moc"
