// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"
#include "workspace/ignore_rules.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>

using namespace coppice;

class IgnoreRulesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void documentedCases_data();
    void documentedCases();
    void agreesWithGit();
    void hostilePatternsAreQuick();
    void literalPatterns();

private:
    /// What git itself says of these paths ("x/" is a folder), in a work tree with these ignore files.
    QMap<QByteArray, bool> askGit(const QString &folder, const QByteArrayList &paths)
    {
        QProcess git;
        git.setWorkingDirectory(folder);
        git.start(QStringLiteral("git"), {QStringLiteral("-c"), QStringLiteral("core.excludesFile=/nonexistent"), QStringLiteral("check-ignore"),
                                          QStringLiteral("--no-index"), QStringLiteral("-z"), QStringLiteral("--stdin")});
        git.write(paths.join('\0') + '\0');
        git.closeWriteChannel();
        git.waitForFinished();
        const auto ignored = git.readAllStandardOutput().split('\0');
        QMap<QByteArray, bool> answer;
        for (const auto &path : paths)
            answer[path] = ignored.contains(path);
        return answer;
    }
};

void IgnoreRulesTest::documentedCases_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<bool>("folder");
    QTest::addColumn<bool>("matches");
    const auto row = [](const char *pattern, const char *path, bool folder, bool matches) {
        QTest::addRow("%s | %s%s", pattern, path, folder ? "/" : "") << QByteArray(pattern) << QByteArray(path) << folder << matches;
    };
    row("*.log", "a.log", false, true);
    row("*.log", "x/y/a.log", false, true);
    row("build/", "build", false, false);
    row("build/", "x/build", true, true);
    row("/dist", "dist", false, true);
    row("/dist", "x/dist", false, false);
    row("doc/*.txt", "doc/a.txt", false, true);
    row("doc/*.txt", "doc/x/a.txt", false, false);
    row("**/foo", "foo", false, true);
    row("**/foo", "a/b/foo", false, true);
    row("**/foo/bar", "a/foo/bar", false, true);
    row("**/foo/bar", "a/fooo/bar", false, false);
    row("/b**", "b/c", true, true); // as git does
    row("/b**", "ab/c", true, false);
    row("a/b**", "a/bc/d", false, true);
    row("/?b**", "ab/c", true, false);
    row("abc/**", "abc/x/y", false, true);
    row("abc/**", "abc", true, false);
    row("a/**/b", "a/b", false, true);
    row("a/**/b", "a/x/y/b", false, true);
    row("a/**/b", "ax/b", false, false);
    row("a**b/c", "a/x/b/c", false, false);
    row("a**b/c", "axxb/c", false, true);
    row("?.c", "a.c", false, true);
    row("x/?.c", "x//c", false, false);
    row("[a-c]x", "bx", false, true);
    row("[!a-c]x", "bx", false, false);
    row("[^a-c]x", "dx", false, true);
    row("[]x]", "]", false, true);
    row("[a-]", "-", false, true);
    row("[[:digit:]]", "7", false, true);
    row("[[:digit:]]", "a", false, false);
    row("[[:wrong:]]", "7", false, false);
    row("[abc", "a", false, false);
    row("\\!x", "!x", false, true);
    row("\\#x", "#x", false, true);
    row("trail\\ ", "trail ", false, true);
    row("trail  ", "trail", false, true);
    row("end\\", "end", false, false);
    row("x\r", "x", false, true);
}

void IgnoreRulesTest::documentedCases()
{
    QFETCH(QByteArray, pattern);
    QFETCH(QByteArray, path);
    QFETCH(bool, folder);
    QFETCH(bool, matches);
    const auto parsed = workspace::IgnorePattern::parse(pattern);
    QVERIFY(parsed);
    QCOMPARE(parsed->matches(path, folder), matches);
}

void IgnoreRulesTest::agreesWithGit()
{
    // Random rules over a fixed set of files, judged by the installed git. The seed is printed, to repeat a failure.
    const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? qEnvironmentVariable("COPPICE_SEED").toUInt()
                                                                   : QRandomGenerator::system()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const auto pick = [&](const QByteArrayList &from) { return from[random.bounded(int(from.size()))]; };
    const QByteArrayList pieces{"a", "b", "ab", "abc", ".log", "*", "**", "?", "/", "[ab]", "[!a]", "[a-c]", "\\a", "\\*", " ", "!", "#", "[", "]", "-", "a/", "/b"};
    const QByteArrayList names{"a", "b", "ab", "abc", "a.log", "b.log", "c", "*", "a b", "-", "]"};
    int compared = 0, ignoredCount = 0;
    const int rounds = qEnvironmentVariableIntValue("COPPICE_ROUNDS") > 0 ? qEnvironmentVariableIntValue("COPPICE_ROUNDS") : 15;
    for (int round = 0; round < rounds; ++round) {
        const test::Scratch scratch;
        const QString folder = scratch.repository(QStringLiteral("r"), {});
        QByteArrayList paths;
        for (int i = 0; i < 60; ++i) {
            QByteArray path = pick(names);
            for (int depth = random.bounded(4); depth > 0; --depth)
                path += '/' + pick(names);
            if (!paths.contains(path) && !QFileInfo::exists(folder + u'/' + QString::fromUtf8(path))) {
                const QString parent = QFileInfo(folder + u'/' + QString::fromUtf8(path)).path();
                if (!QDir().mkpath(parent))
                    continue;
                scratch.write(QStringLiteral("r/") + QString::fromUtf8(path), "x");
                paths << path;
            }
        }
        QByteArrayList folders{QByteArray()};
        for (const auto &path : paths) {
            const auto slash = path.lastIndexOf('/');
            if (slash > 0 && !folders.contains(path.left(slash)))
                folders << path.left(slash);
        }
        for (int i = 0; i < 3; ++i) {
            QByteArray rules;
            for (int line = 1 + random.bounded(5); line > 0; --line) {
                if (random.bounded(4) == 0)
                    rules += '!';
                for (int piece = 1 + random.bounded(4); piece > 0; --piece)
                    rules += pick(pieces);
                rules += '\n';
            }
            scratch.write(QStringLiteral("r/") + QString::fromUtf8(i == 0 ? QByteArray() : pick(folders)) + QStringLiteral("/.gitignore"), rules);
        }
        scratch.write(QStringLiteral("r/.git/info/exclude"), "c\n!a/c\n");
        scratch.git(folder, {QStringLiteral("add"), QStringLiteral("-Af"), QStringLiteral(".")});
        scratch.git(folder, {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("rules"), QStringLiteral("--allow-empty")});
        const auto repository = git::Repository::open(folder);
        QVERIFY_RESULT(repository);
        const auto tree = repository->treeOf(repository->resolve(QStringLiteral("HEAD")).value());
        QVERIFY_RESULT(tree);
        const auto rules = workspace::IgnoreRules::make(*repository, *tree, "c\n!a/c\n");
        QVERIFY_RESULT(rules);
        const auto expected = askGit(folder, paths);
        for (const auto &path : paths) {
            ++compared;
            ignoredCount += expected[path];
            if (rules->ignores(path, false) != expected[path]) {
                QByteArray all;
                for (const auto &where : folders)
                    all += where + ": " + scratch.read(QStringLiteral("r/") + QString::fromUtf8(where) + QStringLiteral("/.gitignore")) + "\n";
                QFAIL(QByteArray(path + ": git says " + (expected[path] ? "ignored" : "kept") + " by\n" + all).constData());
            }
        }
    }
    QVERIFY(compared > 200 && ignoredCount > 20 && ignoredCount < compared - 20);
}

void IgnoreRulesTest::hostilePatternsAreQuick()
{
    // A backtracking matcher would take longer than the universe has been there.
    const auto pattern = workspace::IgnorePattern::parse(QByteArray(QByteArray("a*").repeated(60) + "b"));
    QVERIFY(pattern);
    QVERIFY(!pattern->matches(QByteArray(4000, 'a'), false));
    const auto folders = workspace::IgnorePattern::parse(QByteArray(QByteArray("**/a/").repeated(100) + "b"));
    QVERIFY(folders);
    QVERIFY(!folders->matches(QByteArray(QByteArray("a/").repeated(1000) + "c"), false));
}

void IgnoreRulesTest::literalPatterns()
{
    for (const char *name : {"plain", "with space ", "*", "[a]", "a?b", "!x", "#x", "back\\slash", "a/b c/*"}) {
        const auto pattern = workspace::IgnorePattern::parse(workspace::literalPattern(name).chopped(1));
        QVERIFY(pattern && !pattern->isNegated());
        QVERIFY2(pattern->matches(name, false), name);
        QVERIFY(!pattern->matches(QByteArray(QByteArray(name) + 'x'), false));
        QVERIFY(!pattern->matches(QByteArray("x/" + QByteArray(name)), false));
    }
}

COPPICE_TEST(IgnoreRulesTest)
#include "ignore_rules_test.moc"
