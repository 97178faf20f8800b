// SPDX-License-Identifier: GPL-3.0-or-later
// Reading tasks, and what of them an agent gets.
#include "support/scratch.h"
#include "support/test_main.h"

#include <evals/harbor.h>
#include <evals/sealed.h>
#include <evals/task.h>

#include <QDir>
#include <QTest>

using namespace coppice;
using namespace coppice::evals;
using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray plain = "[metadata]\nlevel = \"ticket\"\nexpects = \"change\"\n";

/// A small task that brings its own files.
QString made(const Scratch &scratch, const QString &name, const QByteArray &toml)
{
    scratch.write(name + u"/task.toml"_s, toml);
    scratch.write(name + u"/instruction.md"_s, "\n## Sums are wrong\n\nadd(2, 2) is 0.\n");
    scratch.write(name + u"/environment/sums.py"_s, "def add(a, b):\n    return a - b\n");
    scratch.write(name + u"/environment/Dockerfile"_s, "FROM scratch\n");
    scratch.write(name + u"/tests/test.sh"_s, "true\n");
    scratch.write(name + u"/solution/solve.sh"_s, "sed -i s/-/+/ sums.py\n");
    return scratch.path(name);
}

QStringList allPaths(const git::Repository &repository, const git::Oid &tree, const QString &under = {})
{
    QStringList paths;
    const auto entries = repository.tree(tree);
    for (const auto &entry : *entries) {
        const QString path = under + QString::fromUtf8(entry.name);
        if (entry.mode == git::Mode::Tree)
            paths += allPaths(repository, entry.id, path + u'/');
        else
            paths << path;
    }
    return paths;
}

} // namespace

class TaskTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void reads()
    {
        const Scratch scratch;
        const QString folder = made(scratch, u"suite/deep/sums"_s,
                                    "[metadata]\nlevel = 3\nexpects = \"change\"\nscope = [\"*.py\"]\nforbid = [\"network\"]\ndifficulty = \"easy\"\n"
                                    "[metadata.tests]\nturn = [\"a\"]\nvariants = [\"b\"]\nstay = [\"c\"]\n[agent]\ntimeout_sec = 90.0\n[verifier]\ntimeout_sec = 5\n[environment]\ncpus = 1\n");
        const auto task = loadTask(folder);
        QVERIFY_RESULT(task);
        QCOMPARE(task->id, u"sums"_s);
        QCOMPARE(task->level, u"3"_s);
        QCOMPARE(task->title, u"Sums are wrong"_s);
        QCOMPARE(task->text, u"add(2, 2) is 0."_s);
        QCOMPARE(task->agentTimeout.count(), 90);
        QCOMPARE(task->testTimeout.count(), 5);
        QCOMPARE(task->variants, QStringList{u"b"_s});
        const auto suite = loadSuite(scratch.path(u"suite"_s));
        QVERIFY_RESULT(suite);
        QCOMPARE(suite->size(), 1U);
        QCOMPARE(suite->front().hash, task->hash);
        scratch.write(u"suite/deep/sums/tests/more"_s, "x");
        QVERIFY(loadTask(folder)->hash != task->hash); // whatever changes makes it another task
    }
    void refuses_data()
    {
        QTest::addColumn<QByteArray>("toml");
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("line");
        QTest::newRow("not TOML") << QByteArray("[metadata\n") << u"TOML"_s << 1;
        QTest::newRow("no metadata") << QByteArray("version = \"1.0\"\n") << u"metadata"_s << 0;
        QTest::newRow("no level") << QByteArray("[metadata]\nexpects = \"change\"\n") << u"level"_s << 0;
        QTest::newRow("no expects") << QByteArray("[metadata]\nlevel = \"a\"\n") << u"expects"_s << 0;
        QTest::newRow("wrong word") << QByteArray("[metadata]\nlevel = \"a\"\nexpects = \"chnage\"\n") << u"change, nothing"_s << 3;
        QTest::newRow("unknown key") << plain + "scpoe = []\n" << u"scpoe"_s << 4;
        QTest::newRow("not a list") << plain + "scope = \"*\"\n" << u"list"_s << 4;
        QTest::newRow("list of numbers") << plain + "scope = [\n1]\n" << u"list"_s << 5;
        QTest::newRow("twice") << plain + "[metadata.tests]\nturn = [\"a\"]\nstay = [\"a\"]\n" << u"twice"_s << 0;
        QTest::newRow("nothing can turn") << QByteArray("[metadata]\nlevel = \"a\"\nexpects = \"nothing\"\n[metadata.tests]\nturn = [\"a\"]\n") << u"turn"_s << 5;
        QTest::newRow("no seconds") << plain + "[verifier]\ntimeout_sec = -1\n" << u"seconds"_s << 5;
        QTest::newRow("plugin") << plain + "plugin = \"../x\"\n" << u"id"_s << 4;
        QTest::newRow("no such plugin") << plain + "plugin = \"nobody\"\n" << u"nobody"_s << 0;
        QTest::newRow("log without a log") << plain + "source = \"log\"\n" << u"log"_s << 0;
    }
    void refuses()
    {
        QFETCH(QByteArray, toml);
        QFETCH(QString, what);
        QFETCH(int, line);
        const Scratch scratch;
        const auto task = loadTask(made(scratch, u"t"_s, toml));
        QVERIFY(!task);
        QVERIFY2(task.error().message().contains(what), qPrintable(task.error().message()));
        if (line)
            QVERIFY2(task.error().where.endsWith(u"task.toml:%1"_s.arg(line)), qPrintable(task.error().where));
    }
    void suitesAreWhole()
    {
        const Scratch scratch;
        QCOMPARE(loadSuite(scratch.path(u"none"_s)).error().code, u"suite.missing"_s);
        made(scratch, u"a/one"_s, plain);
        made(scratch, u"b/one"_s, plain);
        QCOMPARE(loadSuite(scratch.path()).error().code, u"suite.twice"_s);
        QVERIFY(QFile::remove(scratch.path(u"b/one/tests/test.sh"_s)));
        QVERIFY(loadSuite(scratch.path()).error().where.endsWith(u"b/one/tests/test.sh"_s));
    }
    void scopes()
    {
        QVERIFY(isInScope("src/a.js", {u"src/**"_s}));
        QVERIFY(isInScope("src/deep/a.js", {u"src/**"_s}));
        QVERIFY(!isInScope("src/deep/a.js", {u"src/*"_s}));
        QVERIFY(!isInScope("other/src/a.js", {u"src/**"_s}));
        QVERIFY(isInScope("README.md", {u"src/**"_s, u"README.md"_s}));
        QVERIFY(!isInScope("READMEXmd", {u"README.md"_s}));
        QVERIFY(isInScope("anything", {}));
    }
    /// One commit, and in it neither tests nor solution nor what the task says of itself.
    void nothingElseIsInSight()
    {
        const Scratch scratch;
        const auto task = loadTask(made(scratch, u"t"_s, plain));
        QVERIFY_RESULT(task);
        auto repository = git::Repository::initBare(scratch.path(u"sealed.git"_s));
        QVERIFY_RESULT(repository);
        const auto sealed = seal(*repository, *task, {}, {"clients:\n  mine: {kind: exec, command: [true]}\ntrackers: {jira: {base_url: \"https://x.invalid\"}}\n", Seat::Hands::Client});
        QVERIFY_RESULT(sealed);
        const auto commit = repository->commit(sealed->commit);
        QVERIFY(commit->parents.empty());
        QCOMPARE(allPaths(*repository, sealed->pluginTree), QStringList{u"sums.py"_s});
        const QStringList all = allPaths(*repository, commit->tree);
        for (const QString &path : all)
            QVERIFY2(!path.contains(u"solve"_s) && !path.contains(u"test.sh"_s) && !path.contains(u"task.toml"_s) && !path.contains(u"instruction.md"_s), qPrintable(path));
        const auto settings = repository->entryAt(commit->tree, "coppice.yaml");
        const QByteArray yaml = *repository->blob((*settings)->id);
        QVERIFY(yaml.contains("mine") && !yaml.contains("jira"));
        // The same again is the same commit: nothing of the day or the machine is in it.
        QCOMPARE(seal(*repository, *task, {}, {"clients:\n  mine: {kind: exec, command: [true]}\n", Seat::Hands::Client})->commit, sealed->commit);
    }
    void oneArmHasNoInstructions()
    {
        const Scratch scratch;
        const auto task = loadTask(made(scratch, u"t"_s, plain));
        auto repository = git::Repository::initBare(scratch.path(u"sealed.git"_s));
        const auto with = seal(*repository, *task, {}, {});
        const auto without = seal(*repository, *task, {Instructions::Kind::None, u"none"_s, {}, {}}, {});
        QVERIFY_RESULT(with);
        QVERIFY_RESULT(without);
        QVERIFY(!with->instructions.isEmpty());
        QVERIFY(without->instructions.isEmpty());
        const auto bytesBelow = [&](const git::Oid &commit) {
            qint64 bytes = 0;
            const git::Oid root = *repository->treeOf(commit);
            for (const QString &path : allPaths(*repository, root)) {
                if (path.startsWith(u"templates/instructions/"_s))
                    bytes += *repository->blobSize((*repository->entryAt(root, path.toUtf8()))->id);
            }
            return bytes;
        };
        QVERIFY(bytesBelow(with->commit) > 0);
        QCOMPARE(bytesBelow(without->commit), 0);
    }
    /// Those that ship: sizes and kinds that the suite promises, and each says what it is graded by.
    void theShippedSuite()
    {
        const auto suite = loadSuite(QStringLiteral(COPPICE_SOURCE_DIR "/plugins"));
        QVERIFY_RESULT(suite);
        QVERIFY(suite->size() >= 20);
        QSet<QString> levels, plugins;
        int changes = 0;
        for (const auto &task : *suite) {
            levels.insert(task.level);
            plugins.insert(task.plugin);
            const bool change = task.expects == Task::Expects::Change;
            changes += change ? 1 : 0;
            QVERIFY2(!task.stay.isEmpty() && !task.testCommand.isEmpty(), qPrintable(task.id));
            QVERIFY2(!change || (!task.turn.isEmpty() && !task.variants.isEmpty() && !task.scope.isEmpty()), qPrintable(task.id));
            for (const QString &file : pluginFiles(task.pluginFolder))
                QVERIFY2(!file.startsWith(u"tasks/"_s), qPrintable(file));
        }
        QVERIFY(levels.size() >= 5);
        QVERIFY(plugins.size() >= 6);
        QVERIFY(changes >= 15);
    }
    /// Written out for Harbor, each is a task that brings all its files, and the same one.
    void standsAlone()
    {
        const Scratch scratch;
        auto repository = *git::Repository::initBare(scratch.path(u"objects.git"_s));
        const auto suite = loadSuite(QStringLiteral(COPPICE_SOURCE_DIR "/plugins"));
        QVERIFY_RESULT(suite);
        QSet<QByteArray> images;
        for (const auto &task : *suite) {
            QVERIFY_RESULT(writeHarborTask(task, scratch.path(u"harbor"_s)));
            const auto alone = loadTask(scratch.path(u"harbor/"_s + task.id));
            QVERIFY_RESULT(alone);
            QVERIFY2(alone->pluginFolder.isEmpty(), qPrintable(task.id));
            QVERIFY2(*brokenTree(repository, *alone) == *brokenTree(repository, task), qPrintable(task.id));
            QCOMPARE(alone->turn + alone->variants + alone->stay, task.turn + task.variants + task.stay);
            QCOMPARE(alone->scope, task.scope);
            QCOMPARE(alone->title, task.title);
            const QByteArray image = scratch.read(u"harbor/"_s + task.id + u"/environment/Dockerfile"_s), folder = "/src/" + task.plugin.toUtf8();
            QVERIFY(image.contains(QByteArray("COPY . " + folder + "/\nWORKDIR " + folder + "\n")) && image.contains("rm Dockerfile && git init"));
            QCOMPARE(image.contains("/var/log/"), task.source == Task::Source::Log);
            QCOMPARE(scratch.read(u"harbor/"_s + task.id + u"/instruction.md"_s).contains("/var/log/"), task.source == Task::Source::Log);
            QVERIFY(scratch.read(u"harbor/"_s + task.id + u"/task.toml"_s).contains("[environment]\n"));
            images.insert(image.left(image.indexOf('\n')));
        }
        QCOMPARE(images.size(), 3);
        QCOMPARE(writeHarborTask(suite->front(), scratch.path(u"harbor"_s)).error().code, u"harbor.exists"_s);
        QVERIFY(QDir(scratch.path(u"harbor"_s)).entryList(QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot).size() == qsizetype(suite->size())); // nothing is left beside them
    }
};
COPPICE_TEST(TaskTest)
#include "task_test.moc"
