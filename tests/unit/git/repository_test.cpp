// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <git/repository.h>

#include <QDir>
#include <QFile>
#include <QTest>

#include <unistd.h>

using namespace coppice;
using namespace coppice::git;

class RepositoryTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    int m_count = 0;
    QString fresh() { return QStringLiteral("r%1").arg(++m_count); }
    static Oid oid(const QByteArray &hex) { return Oid::fromHex(hex); }

private Q_SLOTS:
    void opensWorkTreeGitFolderAndBare()
    {
        const QString dir = m_scratch.repository(fresh(), {{"a", "1"}});
        const auto work = Repository::open(dir);
        QVERIFY_RESULT(work);
        QVERIFY(!work->isBare());
        QCOMPARE(work->workTree(), QFileInfo(dir).canonicalFilePath());
        QCOMPARE(work->gitDir(), work->workTree() + u"/.git");
        QCOMPARE(work->headBranch(), QStringLiteral("refs/heads/main"));
        const auto dot = Repository::open(dir + QStringLiteral("/.git"));
        QVERIFY_RESULT(dot);
        QCOMPARE(dot->workTree(), work->workTree());
        const QString bare = m_scratch.path(fresh());
        m_scratch.git(dir, {"clone", "-q", "--bare", dir, bare});
        const auto opened = Repository::open(bare);
        QVERIFY_RESULT(opened);
        QVERIFY(opened->isBare());
        QVERIFY(opened->workTree().isEmpty());
        QCOMPARE(opened->resolve("HEAD").value(), work->resolve("main").value());
    }
    void doesNotSearchUpwards()
    {
        const QString dir = m_scratch.repository(fresh(), {{"sub/a", "1"}});
        const auto sub = Repository::open(dir + QStringLiteral("/sub"));
        QVERIFY(!sub);
        QCOMPARE(sub.error().code, QStringLiteral("git.not-a-repository"));
        QCOMPARE(sub.error().kind, ErrorKind::NotFound);
        QCOMPARE(Repository::discover(dir + QStringLiteral("/sub/a")).value(), QFileInfo(dir).canonicalFilePath());
        QCOMPARE(Repository::discover(m_scratch.path()).error().kind, ErrorKind::NotFound);
        QVERIFY(!Repository::open(m_scratch.path("nothing-here")));
    }
    void opensLinkedWorkTree()
    {
        const QString dir = m_scratch.repository(fresh(), {{"a", "1"}});
        const QString linked = m_scratch.path(fresh());
        m_scratch.git(dir, {"worktree", "add", "-q", "-b", "side", linked});
        const auto side = Repository::open(linked);
        QVERIFY_RESULT(side);
        QCOMPARE(side->headBranch(), QStringLiteral("refs/heads/side"));
        QCOMPARE(side->commonDir(), QFileInfo(dir).canonicalFilePath() + u"/.git");
        QVERIFY(side->gitDir() != side->commonDir());
        QCOMPARE(Repository::discover(linked).value(), linked);
    }
    void saysWhyItCannotOpen_data()
    {
        QTest::addColumn<QStringList>("config");
        QTest::addColumn<QString>("code");
        QTest::newRow("SHA-256") << QStringList{"extensions.objectFormat", "sha256"} << "git.sha256";
        QTest::newRow("reftable") << QStringList{"extensions.refStorage", "reftable"} << "git.reftable";
        QTest::newRow("newer format") << QStringList{"core.repositoryFormatVersion", "7"} << "git.format";
        QTest::newRow("unknown extension") << QStringList{"extensions.fromTheFuture", "1"} << "git.cannot-open";
    }
    void saysWhyItCannotOpen()
    {
        QFETCH(QStringList, config);
        QFETCH(QString, code);
        const QString dir = m_scratch.repository(fresh(), {{"a", "1"}});
        const QString file = dir + QStringLiteral("/.git/config");
        m_scratch.git(dir, {"config", "--file", file, "core.repositoryFormatVersion", "1"});
        m_scratch.git(dir, QStringList{"config", "--file", file} + config);
        const auto opened = Repository::open(dir);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, code);
        QVERIFY(!opened.error().fix.isEmpty());
    }
    void opensWithHarmlessExtensions()
    {
        const QString name = fresh();
        const QString dir = m_scratch.repository(name, {{"a", "1"}});
        m_scratch.git(dir, {"config", "core.repositoryFormatVersion", "1"});
        m_scratch.git(dir, {"config", "extensions.worktreeConfig", "true"});
        QVERIFY_RESULT(Repository::open(dir));
        m_scratch.git(dir, {"config", "--unset", "core.bare"});
        m_scratch.write(name + QStringLiteral("/.git/config.worktree"), "[core]\n\tbare = true\n");
        const auto bare = Repository::open(dir + QStringLiteral("/.git"));
        QVERIFY_RESULT(bare);
        QVERIFY(bare->isBare());
    }
    void refusesAnotherUsersRepository()
    {
        if (geteuid() != 0)
            QSKIP("only root can make a repository of another user");
        const QString dir = m_scratch.repository(fresh(), {{"a", "1"}});
        for (const QString &path : QStringList{dir, dir + QStringLiteral("/.git")})
            QCOMPARE(chown(QFile::encodeName(path).constData(), 12345, 12345), 0);
        const auto opened = Repository::open(dir);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, QStringLiteral("git.other-owner"));
        QVERIFY(opened.error().fix.contains(u"safe.directory"));
    }
    void makesRepositoriesThatGitAccepts()
    {
        const QString dir = m_scratch.path(fresh());
        auto made = Repository::init(dir, QStringLiteral("trunk"));
        QVERIFY_RESULT(made);
        QCOMPARE(made->headBranch(), QStringLiteral("refs/heads/trunk"));
        QCOMPARE(made->resolve("HEAD").error().kind, ErrorKind::NotFound);
        QVERIFY(made->refTarget("refs/heads/trunk").value().isNull());
        QCOMPARE(m_scratch.git(dir, {"status", "--porcelain"}), QByteArray());
        const QString bare = m_scratch.path(fresh());
        QVERIFY_RESULT(Repository::initBare(bare));
        QCOMPARE(m_scratch.git(bare, {"rev-parse", "--is-bare-repository"}), QByteArray("true"));
    }
    void writesCommitsToTheByte_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("no newline at the end") << QByteArray("fix: a");
        QTest::newRow("newline") << QByteArray("fix: a\n");
        QTest::newRow("leading blank lines") << QByteArray("\n\nfix: a\n\n\n");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("CRLF and Latin-1") << QByteArray("caf\xe9\r\n\r\nx");
    }
    void writesCommitsToTheByte()
    {
        QFETCH(QByteArray, message);
        auto repo = Repository::init(m_scratch.path(fresh()), QStringLiteral("main")).value();
        const Oid tree = repo.writeTree({}).value();
        const Signature ann{"Ann <X>", "ann@example.org", 1'700'000'000, -210};
        const Signature carl{"", "", 5, 330};
        const auto id = repo.writeCommit(tree, {}, ann, carl, message);
        QVERIFY_RESULT(id);
        QCOMPARE(repo.rawObject(*id).value().second,
                 "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor Ann X <ann@example.org> 1700000000 -0330\n"
                 "committer  <> 5 +0530\n\n" + message);
        const auto read = repo.commit(*id);
        QVERIFY_RESULT(read);
        QCOMPARE(read->message, message);
        QCOMPARE(read->author.offsetMinutes, -210);
        QCOMPARE(read->committer.offsetMinutes, 330);
        QVERIFY(read->committer.name.isEmpty());
    }
    void refusesCommitsOfMissingObjects()
    {
        auto repo = Repository::init(m_scratch.path(fresh()), QStringLiteral("main")).value();
        const Oid nothing = oid(QByteArray(40, '7'));
        const Oid blob = repo.writeBlob("x").value();
        const Oid tree = repo.writeTree({{"x", Mode::File, blob}}).value();
        QVERIFY(!repo.writeCommit(nothing, {}, {}, {}, "m"));
        QVERIFY(!repo.writeCommit(tree, {nothing}, {}, {}, "m"));
        QCOMPARE(repo.writeCommit(blob, {}, {}, {}, "m").error().code, QStringLiteral("git.wrong-type"));
        QCOMPARE(repo.commit(nothing).error().kind, ErrorKind::NotFound);
        QCOMPARE(repo.tree(blob).error().code, QStringLiteral("git.wrong-type"));
        QVERIFY(!repo.has(nothing));
        QVERIFY(!repo.blob(nothing));
    }
    void readsOddCommits()
    {
        auto repo = Repository::init(m_scratch.path(fresh()), QStringLiteral("main")).value();
        const QByteArray tree = repo.writeTree({}).value().hex();
        const Oid signedOne = repo.writeRaw("commit", "tree " + tree + "\nauthor A <a@b> 1 +0000\ncommitter C <c@d> 2 +0100\n"
            "gpgsig -----BEGIN\n parent 1111111111111111111111111111111111111111\n -----END\n\nhello\n").value();
        const auto read = repo.commit(signedOne);
        QVERIFY_RESULT(read);
        QVERIFY(read->parents.empty());
        QCOMPARE(read->message, QByteArray("hello\n"));
        const Oid headless = repo.writeRaw("commit", "author A <a@b> 1 +0000\n\nno tree").value();
        QCOMPARE(repo.commit(headless).error().code, QStringLiteral("git.bad-commit"));
        const Oid noPerson = repo.writeRaw("commit", "tree " + tree + "\nauthor nobody\n").value();
        QCOMPARE(repo.commit(noPerson).value().author.name, QByteArray("nobody"));
        QVERIFY(!repo.writeRaw("pamphlet", "x"));
    }
    void keepsTreesWithOddNames()
    {
        auto repo = Repository::init(m_scratch.path(fresh()), QStringLiteral("main")).value();
        const Oid blob = repo.writeBlob("x").value();
        const Oid sub = repo.writeTree({{"in", Mode::File, blob}}).value();
        // "a" as a folder sorts after "a.b" and before "a0"
        const QList<QByteArray> names{"caf\xe9", "new\nline", "back\\slash", " ", "a.b", "a0", "-rf", "tab\there", "\xff\xfe"};
        std::vector<TreeEntry> entries{{"a", Mode::Tree, sub}, {"l", Mode::Link, blob}, {"m", Mode::Submodule, oid(QByteArray(40, '1'))},
                                       {"run", Mode::Executable, blob}};
        for (const auto &name : names)
            entries.push_back({name, Mode::File, blob});
        const auto tree = repo.writeTree(entries);
        QVERIFY_RESULT(tree);
        const Oid commit = repo.writeCommit(*tree, {}, {}, {}, "m").value();
        QCOMPARE(m_scratch.tryGit(repo.workTree(), {"fsck", "--strict", commit.toString()}), 0);
        const auto read = repo.tree(*tree);
        QVERIFY_RESULT(read);
        QCOMPARE(read->size(), entries.size());
        for (const auto &name : names)
            QCOMPARE(repo.entryAt(*tree, name).value()->id, blob);
        QCOMPARE(repo.entryAt(*tree, "a/in").value()->id, blob);
        QCOMPARE(repo.entryAt(*tree, "run").value()->mode, Mode::Executable);
        QCOMPARE(repo.entryAt(*tree, "l").value()->mode, Mode::Link);
        QVERIFY(!repo.entryAt(*tree, "l/in").value());
        QVERIFY(!repo.entryAt(*tree, "a//in").value());
        QVERIFY(!repo.entryAt(*tree, "gone").value());
    }
    void refusesTreesThatEscape_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const char *name : {"..", ".", "a/b", ".git", ".GIT", ""})
            QTest::newRow(qPrintable(QStringLiteral("'%1'").arg(QLatin1String(name)))) << QByteArray(name);
    }
    void refusesTreesThatEscape()
    {
        QFETCH(QByteArray, name);
        auto repo = Repository::init(m_scratch.path(fresh()), QStringLiteral("main")).value();
        const Oid blob = repo.writeBlob("x").value();
        QVERIFY(!repo.writeTree({{name, Mode::File, blob}}));
        QVERIFY(!repo.writeTree({{"x", Mode::File, blob}, {"x", Mode::Tree, blob}}));
    }
    void refusesBrokenTrees()
    {
        auto repo = Repository::init(m_scratch.path(fresh()), QStringLiteral("main")).value();
        const QByteArray id(20, 'x');
        for (const QByteArray &bytes : QList<QByteArray>{QByteArray("100644 a\0short", 14), QByteArray("100644 ..\0", 10) + id,
                                                         QByteArray("100644 a/b\0", 11) + id, "hello", "100644 a"}) {
            const Oid tree = repo.writeRaw("tree", bytes).value();
            QCOMPARE(repo.tree(tree).error().code, QStringLiteral("git.bad-tree"));
        }
        const Oid old = repo.writeRaw("tree", QByteArray("100664 a\0", 9) + id).value();
        QCOMPARE(repo.tree(old).value().front().mode, Mode::File);
    }
    void capsBlobs()
    {
        auto repo = Repository::init(m_scratch.path(fresh()), QStringLiteral("main")).value();
        const Oid id = repo.writeBlob(QByteArray(1000, 'x')).value();
        QCOMPARE(repo.blobSize(id).value(), 1000);
        QCOMPARE(repo.blob(id).value().size(), 1000);
        QCOMPARE(repo.blob(id, 999).error().code, QStringLiteral("git.blob-large"));
        QVERIFY(repo.blob(id, 1000).has_value());
    }
    void movesReferencesOnlyAsExpected()
    {
        const QString dir = m_scratch.repository(fresh(), {{"a", "1"}});
        const Oid first = oid(m_scratch.git(dir, {"rev-parse", "HEAD"}));
        const Oid second = oid(m_scratch.commit(dir, "a", "2", "second"));
        auto repo = Repository::open(dir).value();
        const QString name = QStringLiteral("refs/coppice/test");
        QCOMPARE(repo.setRef(name, first, second, "wrong").error().code, QStringLiteral("git.ref-moved"));
        QVERIFY_RESULT(repo.setRef(name, first, Oid{}, "make"));
        QCOMPARE(repo.setRef(name, second, Oid{}, "make again").error().code, QStringLiteral("git.ref-moved"));
        QCOMPARE(repo.setRef(name, second, second, "wrong").error().code, QStringLiteral("git.ref-moved"));
        QCOMPARE(repo.refTarget(name).value(), first);
        QVERIFY_RESULT(repo.setRef(name, second, first, "right"));
        m_scratch.git(dir, {"pack-refs", "--all"});
        QCOMPARE(repo.setRef(name, first, first, "wrong").error().code, QStringLiteral("git.ref-moved"));
        QVERIFY_RESULT(repo.setRef(name, first, second, "packed"));
        QVERIFY_RESULT(repo.setRef(name, second, std::nullopt, "always"));
        QVERIFY(!repo.setRef(QStringLiteral("refs/heads/a..b"), first, std::nullopt, "bad name"));
        const auto all = repo.refs(QStringLiteral("refs/coppice/"));
        QVERIFY_RESULT(all);
        QCOMPARE(all->size(), size_t(1));
        QCOMPARE(all->front(), std::pair(name, second));
        QVERIFY_RESULT(repo.deleteRef(name));
        QVERIFY_RESULT(repo.deleteRef(name));
        QVERIFY(repo.refTarget(name).value().isNull());
    }
    void resolvesRevisions()
    {
        const QString dir = m_scratch.repository(fresh(), {{"a", "1"}});
        m_scratch.git(dir, {"tag", "-a", "-m", "t", "v1"});
        auto repo = Repository::open(dir).value();
        const Oid head = repo.resolve("HEAD").value();
        QCOMPARE(repo.resolve("v1").value(), head);
        QCOMPARE(repo.resolve(head.shown()).value(), head);
        QVERIFY(repo.refTarget("refs/tags/v1").value() != head);
        QCOMPARE(repo.resolve("HEAD:a").error().code, QStringLiteral("git.no-commit"));
        QCOMPARE(repo.resolve("nowhere").error().kind, ErrorKind::NotFound);
        QCOMPARE(repo.resolve("--output=x").error().kind, ErrorKind::NotFound);
        m_scratch.git(dir, {"checkout", "-q", "--detach"});
        QVERIFY(repo.headBranch().isEmpty());
    }
    void signsAsGitIsConfigured()
    {
        const QString dir = m_scratch.repository(fresh(), {{"a", "1"}});
        const auto name = qEnvironmentVariable("GIT_AUTHOR_NAME");
        qunsetenv("GIT_AUTHOR_NAME");
        QVERIFY(!Repository::open(dir).value().defaultSignature().name.isEmpty());
        m_scratch.git(dir, {"config", "user.name", "Zoë Z"});
        m_scratch.git(dir, {"config", "user.email", "zoe@example.org"});
        const auto signature = Repository::open(dir).value().defaultSignature();
        QCOMPARE(QString::fromUtf8(signature.name), QStringLiteral("Zoë Z"));
        QCOMPARE(signature.email, QByteArray("zoe@example.org"));
        if (!name.isEmpty())
            qputenv("GIT_AUTHOR_NAME", name.toUtf8());
    }
};
COPPICE_TEST(RepositoryTest)
#include "repository_test.moc"
