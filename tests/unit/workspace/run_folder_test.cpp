// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/repository.h"
#include "support/scratch.h"
#include "support/test_main.h"
#include "workspace/files.h"
#include "workspace/run_folder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <memory>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace coppice;
using git::Mode;
using git::Oid;

class RunFolderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void holdsThePluginAndNothingElse();
    void historyIsCutAtFiftyCommits();
    void gitInTheSandboxSeesACleanTree();
    void unchangedFolderGivesTheBaseTree();
    void changesAreTaken();
    void ignoredFilesAreLeftOut();
    void ignoreRulesAreThoseOfTheBase();
    void packagesAndCachesAreNeverTaken();
    void aGitFolderRunsNothing();
    void aGitFileOrNestedRepositoryIsAbsent();
    void socketsAndPipesAreLeftOut();
    void linksAreNeverFollowed();
    void lockedFilesAreReadAllTheSame();
    void namesThatAreNoText();
    void largeFilesAreRefused();
    void largeFilesOfThePluginMayStay();
    void deepFoldersAreRefused();
    void submodulesStay();
    void checkoutSetsATree();
    void lineEndingsStayAsTheyAre();
    void openFindsIt();
    void removesDeepAndLockedFolders();

private:
    workspace::RunFolder make()
    {
        m_library = std::make_unique<git::Repository>(git::Repository::open(m_scratch->path(QStringLiteral("lib"))).value());
        m_commit = m_library->resolve(QStringLiteral("HEAD")).value();
        m_base = m_library->treeOf(m_commit).value();
        auto folder = workspace::RunFolder::create(*m_library, m_commit, m_scratch->path(QStringLiteral("runs/A")), QStringLiteral("weather"));
        if (!folder)
            qFatal("%s", qPrintable(folder.error().message()));
        return *folder;
    }
    QString work(const QString &name) const { return QStringLiteral("runs/A/work/") + name; }
    /// "path mode" of every file of a tree.
    QByteArrayList list(const Oid &tree, const QByteArray &prefix = {}) const
    {
        QByteArrayList all;
        const auto entries = m_library->tree(tree).value();
        for (const auto &entry : entries) {
            if (entry.mode == Mode::Tree)
                all += list(entry.id, prefix + entry.name + '/');
            else
                all << prefix + entry.name + ' ' + QByteArray::number(quint32(entry.mode), 8);
        }
        return all;
    }
    QByteArrayList captured(const workspace::RunFolder &folder)
    {
        const auto result = folder.resultTree(*m_library, m_base);
        if (!result)
            qFatal("%s", qPrintable(result.error().message()));
        m_leftOut = result->leftOut;
        m_tree = result->tree;
        return list(result->tree);
    }
    std::unique_ptr<test::Scratch> m_scratch;
    std::unique_ptr<git::Repository> m_library;
    std::vector<QByteArray> m_leftOut;
    Oid m_commit, m_base, m_tree;
};

void RunFolderTest::init()
{
    m_scratch = std::make_unique<test::Scratch>();
    qputenv("XDG_STATE_HOME", m_scratch->path(QStringLiteral("state")).toUtf8());
    qputenv("XDG_CACHE_HOME", m_scratch->path(QStringLiteral("cache")).toUtf8());
    const QString lib = m_scratch->repository(QStringLiteral("lib"), {{QStringLiteral("a.txt"), "one\n"},
                                                                      {QStringLiteral("src/b.js"), "two\n"},
                                                                      {QStringLiteral(".gitignore"), "*.log\n/dist/\n"},
                                                                      {QStringLiteral("src/.gitignore"), "gen/\n!keep.log\n"}});
    const QString tool = m_scratch->write(QStringLiteral("lib/run.sh"), "#!/bin/sh\n");
    QFile::setPermissions(tool, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QVERIFY(QFile::link(QStringLiteral("src/b.js"), lib + QStringLiteral("/link")));
    m_scratch->git(lib, {QStringLiteral("add"), QStringLiteral("-A")});
    m_scratch->git(lib, {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("second")});
}

void RunFolderTest::holdsThePluginAndNothingElse()
{
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("checkout"), QStringLiteral("-qb"), QStringLiteral("other")});
    m_scratch->commit(QStringLiteral("lib"), QStringLiteral("secret"), "of another plugin", QStringLiteral("other"));
    const QByteArray secret = m_scratch->git(QStringLiteral("lib"), {QStringLiteral("rev-parse"), QStringLiteral("HEAD")});
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("checkout"), QStringLiteral("-q"), QStringLiteral("main")});
    const auto folder = make();
    QCOMPARE(m_scratch->read(work(QStringLiteral("src/b.js"))), QByteArray("two\n"));
    QVERIFY(QFileInfo(m_scratch->path(work(QStringLiteral("run.sh")))).isExecutable());
    QVERIFY(!QFileInfo(m_scratch->path(work(QStringLiteral("a.txt")))).isExecutable());
    QVERIFY(QFileInfo(m_scratch->path(work(QStringLiteral("link")))).isSymLink());
    QVERIFY(!QFileInfo::exists(folder.work() + QStringLiteral("/.git")));
    QVERIFY(!QFileInfo::exists(folder.gitDir() + QStringLiteral("/hooks")));
    QVERIFY(!QFileInfo::exists(folder.gitDir() + QStringLiteral("/objects/info/alternates")));
    QCOMPARE(m_scratch->git(folder.gitDir(), {QStringLiteral("remote")}), QByteArray());
    QCOMPARE(m_scratch->git(folder.gitDir(), {QStringLiteral("rev-parse"), QStringLiteral("HEAD")}), m_commit.hex());
    QVERIFY(m_scratch->tryGit(folder.gitDir(), {QStringLiteral("cat-file"), QStringLiteral("-e"), QString::fromLatin1(secret)}) != 0);
    QCOMPARE(folder.inside(), QStringLiteral("/src/weather"));
    QCOMPARE(QFile::permissions(folder.path()) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
}

void RunFolderTest::historyIsCutAtFiftyCommits()
{
    for (int i = 0; i < 60; ++i)
        m_scratch->git(QStringLiteral("lib"), {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("--allow-empty"),
                                               QStringLiteral("-m"), QStringLiteral("c%1").arg(i)});
    const auto folder = make();
    QCOMPARE(m_scratch->git(folder.gitDir(), {QStringLiteral("rev-list"), QStringLiteral("--count"), QStringLiteral("HEAD")}), QByteArray("50"));
    QCOMPARE(m_scratch->tryGit(folder.gitDir(), {QStringLiteral("fsck"), QStringLiteral("--strict")}), 0);
}

void RunFolderTest::gitInTheSandboxSeesACleanTree()
{
    QVERIFY2(sandbox::probe().works, qPrintable(sandbox::probe().why));
    const auto folder = make();
    const auto profile = workspace::checkProfile(folder, {});
    const auto outcome = sandbox::run(profile, {QStringLiteral("bash"), QStringLiteral("-c"),
                                                QStringLiteral("git status --porcelain; git log --format=%s; echo x >> a.txt; mkdir node_modules; "
                                                               "touch node_modules/x new; git status --porcelain")});
    QVERIFY_RESULT(outcome);
    QVERIFY2(outcome->ok(), outcome->err.constData());
    QCOMPARE(outcome->out, QByteArray("second\nfirst\n M a.txt\n?? new\n"));
    QVERIFY(!QFileInfo::exists(folder.work() + QStringLiteral("/.git")));
}

void RunFolderTest::unchangedFolderGivesTheBaseTree()
{
    const auto folder = make();
    captured(folder);
    QCOMPARE(m_tree, m_base);
    QVERIFY(m_leftOut.empty());
}

void RunFolderTest::changesAreTaken()
{
    const auto folder = make();
    m_scratch->write(work(QStringLiteral("a.txt")), "changed\n");
    m_scratch->write(work(QStringLiteral("new/deep/file")), "new\n");
    QFile::remove(m_scratch->path(work(QStringLiteral("src/b.js"))));
    QFile::remove(m_scratch->path(work(QStringLiteral("src/.gitignore"))));
    ::chmod(m_scratch->path(work(QStringLiteral("run.sh"))).toUtf8().constData(), 0644);
    QDir().mkpath(m_scratch->path(work(QStringLiteral("empty"))));
    QCOMPARE(captured(folder), (QByteArrayList{".gitignore 100644", "a.txt 100644", "link 120000", "new/deep/file 100644", "run.sh 100644"}));
    QCOMPARE(m_library->blob(m_library->entryAt(m_tree, "a.txt").value()->id).value(), QByteArray("changed\n"));
    QCOMPARE(m_library->blob(m_library->entryAt(m_tree, "link").value()->id).value(), QByteArray("src/b.js"));
}

void RunFolderTest::ignoredFilesAreLeftOut()
{
    m_scratch->write(QStringLiteral("lib/tracked.log"), "kept although ignored\n");
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("add"), QStringLiteral("-f"), QStringLiteral("tracked.log")});
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("third")});
    const auto folder = make();
    for (const char *name : {"x.log", "dist/bundle.js", "src/gen/code.js", "src/keep.log", "src/other.log", "sub/dist/kept.js"})
        m_scratch->write(work(QLatin1String(name)), "made\n");
    m_scratch->write(work(QStringLiteral("tracked.log")), "changed\n");
    QCOMPARE(captured(folder).join('\n'),
             QByteArray(".gitignore 100644\na.txt 100644\nlink 120000\nrun.sh 100755\nsrc/.gitignore 100644\nsrc/b.js 100644\n"
                        "src/keep.log 100644\nsub/dist/kept.js 100644\ntracked.log 100644"));
    QVERIFY(m_tree != m_base);
    QVERIFY(m_leftOut.empty());
}

void RunFolderTest::ignoreRulesAreThoseOfTheBase()
{
    const auto folder = make();
    m_scratch->write(work(QStringLiteral(".gitignore")), "hidden\n");
    m_scratch->write(work(QStringLiteral("hidden")), "a file that its maker would rather hide\n");
    m_scratch->write(work(QStringLiteral("x.log")), "still ignored\n");
    const auto files = captured(folder);
    QVERIFY(files.contains("hidden 100644"));
    QVERIFY(!files.contains("x.log 100644"));
}

void RunFolderTest::packagesAndCachesAreNeverTaken()
{
    const auto folder = make();
    m_scratch->write(work(QStringLiteral("node_modules/x/index.js")), "x");
    m_scratch->write(work(QStringLiteral("src/__pycache__/b.pyc")), "x");
    m_scratch->write(work(QStringLiteral(".venv/bin/python")), "x");
    captured(folder);
    QCOMPARE(m_tree, m_base);
}

void RunFolderTest::aGitFolderRunsNothing()
{
    const auto folder = make();
    const QString mark = m_scratch->path(QStringLiteral("it-ran"));
    const QString script = m_scratch->write(QStringLiteral("evil.sh"), "#!/bin/sh\ntouch '" + mark.toUtf8() + "'\n");
    QFile::setPermissions(script, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    m_scratch->git(folder.work(), {QStringLiteral("init"), QStringLiteral("-q")});
    for (const char *key : {"core.fsmonitor", "core.hooksPath", "core.sshCommand", "core.pager", "filter.x.clean", "filter.x.smudge", "diff.external"})
        m_scratch->git(folder.work(), {QStringLiteral("config"), QLatin1String(key), script});
    m_scratch->write(work(QStringLiteral(".gitattributes")), "* filter=x\n");
    m_scratch->write(work(QStringLiteral("a.txt")), "changed\n");
    // To be sure that it would run if anything asked git in the work folder.
    (void)m_scratch->tryGit(folder.work(), {QStringLiteral("status")});
    QVERIFY(QFile::exists(mark));
    QFile::remove(mark);

    const auto files = captured(folder);
    QVERIFY2(!QFile::exists(mark), "a program named in the work folder ran on the host");
    QVERIFY(files.contains("a.txt 100644"));
    QCOMPARE(m_leftOut, std::vector<QByteArray>{".git"});
    QCOMPARE(m_library->blob(m_library->entryAt(m_tree, "a.txt").value()->id).value(), QByteArray("changed\n"));

    // Nor when a sandbox is started over it, or the folder is set to another tree.
    if (sandbox::probe().works) {
        const auto outcome = sandbox::run(workspace::checkProfile(folder, {}), {QStringLiteral("git"), QStringLiteral("status"), QStringLiteral("--porcelain")});
        QVERIFY_RESULT(outcome);
        QVERIFY2(outcome->out.contains(" M a.txt"), outcome->err.constData());
    }
    QVERIFY_RESULT(folder.checkout(*m_library, m_base));
    QVERIFY(!QFile::exists(mark));
    QVERIFY(!QFileInfo::exists(folder.work() + QStringLiteral("/.git")));
}

void RunFolderTest::aGitFileOrNestedRepositoryIsAbsent()
{
    const auto folder = make();
    m_scratch->write(work(QStringLiteral(".git")), "gitdir: /etc\n");
    m_scratch->git(m_scratch->path(work(QStringLiteral("src"))), {QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("nested")});
    m_scratch->write(work(QStringLiteral("src/nested/file")), "inside\n");
    m_scratch->write(work(QStringLiteral("src/.GIT/config")), "x");
    const auto files = captured(folder);
    QVERIFY(files.contains("src/nested/file 100644"));
    for (const auto &file : files)
        QVERIFY(!file.toLower().contains(".git/") && !file.toLower().contains(".git "));
    QCOMPARE(m_leftOut, (std::vector<QByteArray>{".git", "src/.GIT", "src/nested/.git"}));
}

void RunFolderTest::socketsAndPipesAreLeftOut()
{
    const auto folder = make();
    QCOMPARE(::mkfifo(m_scratch->path(work(QStringLiteral("pipe"))).toUtf8().constData(), 0600), 0);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray path = m_scratch->path(work(QStringLiteral("sock"))).toUtf8();
    memcpy(address.sun_path, path.constData(), size_t(path.size()));
    QCOMPARE(::bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    ::close(fd);
    captured(folder); // must not wait for a writer
    QCOMPARE(m_tree, m_base);
    QCOMPARE(m_leftOut, (std::vector<QByteArray>{"pipe", "sock"}));
}

void RunFolderTest::linksAreNeverFollowed()
{
    m_scratch->write(QStringLiteral("outside/secret"), "not the plugin's\n");
    const auto folder = make();
    QDir(m_scratch->path(work(QStringLiteral("src")))).removeRecursively();
    QVERIFY(QFile::link(m_scratch->path(QStringLiteral("outside")), m_scratch->path(work(QStringLiteral("src")))));
    QVERIFY(QFile::link(QStringLiteral("/etc/passwd"), m_scratch->path(work(QStringLiteral("users")))));
    const auto files = captured(folder);
    QVERIFY(files.contains("src 120000"));
    QVERIFY(files.contains("users 120000"));
    QCOMPARE(m_library->blob(m_library->entryAt(m_tree, "users").value()->id).value(), QByteArray("/etc/passwd"));
    QVERIFY_RESULT(folder.checkout(*m_library, m_base));
    QCOMPARE(m_scratch->read(QStringLiteral("outside/secret")), QByteArray("not the plugin's\n"));
    QCOMPARE(m_scratch->read(work(QStringLiteral("src/b.js"))), QByteArray("two\n"));
}

void RunFolderTest::lockedFilesAreReadAllTheSame()
{
    const auto folder = make();
    m_scratch->write(work(QStringLiteral("locked/file")), "text\n");
    ::chmod(m_scratch->path(work(QStringLiteral("locked/file"))).toUtf8().constData(), 0);
    ::chmod(m_scratch->path(work(QStringLiteral("locked"))).toUtf8().constData(), 0);
    QVERIFY(captured(folder).contains("locked/file 100644"));
}

void RunFolderTest::namesThatAreNoText()
{
    const auto folder = make();
    const QByteArray name = folder.work().toUtf8() + "/bad\xff\xfename";
    const int fd = ::open(name.constData(), O_CREAT | O_WRONLY, 0644);
    QVERIFY(fd >= 0);
    ::close(fd);
    QVERIFY(captured(folder).contains("bad\xff\xfename 100644"));
    QVERIFY_RESULT(folder.checkout(*m_library, m_tree));
    QCOMPARE(::access(name.constData(), F_OK), 0);
    QVERIFY_RESULT(folder.remove()); // Qt could not
}

void RunFolderTest::largeFilesAreRefused()
{
    const auto folder = make();
    QFile large(m_scratch->path(work(QStringLiteral("large"))));
    QVERIFY(large.open(QIODevice::WriteOnly) && large.resize(40 << 20));
    const auto result = folder.resultTree(*m_library, m_base);
    QVERIFY(!result);
    QCOMPARE(result.error().code, QStringLiteral("workspace.file-large"));
    QCOMPARE(result.error().where, QStringLiteral("large"));
}

void RunFolderTest::largeFilesOfThePluginMayStay()
{
    QFile large(m_scratch->path(QStringLiteral("lib/large")));
    QVERIFY(large.open(QIODevice::WriteOnly) && large.resize(40 << 20));
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("add"), QStringLiteral("large")});
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("large")});
    const auto folder = make();
    captured(folder);
    QCOMPARE(m_tree, m_base);
    QFile changed(m_scratch->path(work(QStringLiteral("large"))));
    QVERIFY(changed.open(QIODevice::ReadWrite) && changed.putChar('x'));
    changed.close();
    QVERIFY(!folder.resultTree(*m_library, m_base));
}

void RunFolderTest::deepFoldersAreRefused()
{
    const auto folder = make();
    QDir().mkpath(m_scratch->path(work(QStringLiteral("d/").repeated(300))));
    const auto result = folder.resultTree(*m_library, m_base);
    QVERIFY(!result);
    QCOMPARE(result.error().code, QStringLiteral("workspace.deep"));
}

void RunFolderTest::submodulesStay()
{
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("update-index"), QStringLiteral("--add"), QStringLiteral("--cacheinfo"),
                                           QStringLiteral("160000,1111111111111111111111111111111111111111,module")});
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("module")});
    const auto folder = make();
    QVERIFY(QFileInfo(m_scratch->path(work(QStringLiteral("module")))).isDir());
    captured(folder);
    QCOMPARE(m_tree, m_base);
}

void RunFolderTest::checkoutSetsATree()
{
    const auto folder = make();
    m_scratch->write(work(QStringLiteral("a.txt")), "changed\n");
    m_scratch->write(work(QStringLiteral("new")), "new\n");
    captured(folder);
    const Oid changed = m_tree;
    m_scratch->write(work(QStringLiteral("litter.log")), "x");
    QVERIFY_RESULT(folder.checkout(*m_library, m_base));
    QCOMPARE(m_scratch->read(work(QStringLiteral("a.txt"))), QByteArray("one\n"));
    QVERIFY(!QFile::exists(m_scratch->path(work(QStringLiteral("new")))));
    QVERIFY(!QFile::exists(m_scratch->path(work(QStringLiteral("litter.log")))));
    QVERIFY_RESULT(folder.checkout(*m_library, changed));
    QCOMPARE(m_scratch->read(work(QStringLiteral("new"))), QByteArray("new\n"));
    captured(folder);
    QCOMPARE(m_tree, changed);
}

void RunFolderTest::lineEndingsStayAsTheyAre()
{
    m_scratch->write(QStringLiteral("lib/.gitattributes"), "*.txt text eol=crlf\n$Id$ ident\n");
    m_scratch->write(QStringLiteral("lib/mixed.bin"), "a\r\nb\nc\r\n");
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("add"), QStringLiteral("-A")});
    m_scratch->git(QStringLiteral("lib"), {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("attributes")});
    const auto folder = make();
    QCOMPARE(m_scratch->read(work(QStringLiteral("mixed.bin"))), QByteArray("a\r\nb\nc\r\n"));
    captured(folder);
    QCOMPARE(m_tree, m_base);
}

void RunFolderTest::openFindsIt()
{
    const QString path = make().path();
    QVERIFY_RESULT(workspace::RunFolder::open(path, QStringLiteral("weather")));
    QVERIFY(!workspace::RunFolder::open(m_scratch->path(QStringLiteral("runs/B")), QStringLiteral("weather")));
    QVERIFY(!workspace::RunFolder::open(path, QStringLiteral("../x")));
    // Made anew over what a killed process left.
    m_scratch->write(work(QStringLiteral("left")), "x");
    m_scratch->write(QStringLiteral("runs/A/git.new/half"), "x");
    const auto again = make();
    QVERIFY(!QFile::exists(m_scratch->path(work(QStringLiteral("left")))));
    QVERIFY(!QFile::exists(m_scratch->path(QStringLiteral("runs/A/git.new"))));
}

void RunFolderTest::removesDeepAndLockedFolders()
{
    const auto folder = make();
    // Deeper than a path may be long, as a program inside can make it.
    process::Request request;
    request.argv = {QStringLiteral("perl"), QStringLiteral("-e"),
                    QStringLiteral("for (1..1500) { mkdir 'ddd' and chdir 'ddd' or die $! } open(F, '>end'); chmod 0, '.'")};
    request.cwd = folder.work();
    const auto made = process::run(request);
    QVERIFY_RESULT(made);
    QVERIFY2(made->ok(), made->err.constData());
    QVERIFY_RESULT(folder.remove());
    QVERIFY(!QFileInfo::exists(folder.path()));
}

COPPICE_TEST(RunFolderTest)
#include "run_folder_test.moc"
