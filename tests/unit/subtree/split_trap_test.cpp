// SPDX-License-Identifier: GPL-3.0-or-later
// What has misled other tools, case by case: settings, trailers, many parents, two at once, damaged state.
#include "history.h"
#include "support/fork.h"
#include "support/test_main.h"

#include <subtree/split.h>

#include <QDir>
#include <QTest>

using namespace coppice;
using namespace coppice::test;

namespace {

subtree::SplitResult splitOne(const QString &path, const git::Oid &head, const QByteArray &prefix = "p", bool dryRun = false)
{
    auto repository = must(git::Repository::open(path));
    subtree::SplitOptions options;
    options.keepDots = installedGitKeepsDots();
    options.dryRun = dryRun;
    return must(subtree::SubtreeSplitter(repository, options).split(head, {prefix})).front();
}

QString stateFolder(const History &history)
{
    return history.path() + QStringLiteral("/.git/coppice/split");
}

/// A line of commits that each change p and q.
git::Oid line(History &history, int commits)
{
    git::Oid head;
    for (int i = 0; i < commits; ++i)
        head = history.commit({{"p/a", QByteArray::number(i)}, {"q/a", QByteArray::number(i)}},
                              head.isNull() ? std::vector<git::Oid>{} : std::vector{head}, "n\n");
    return head;
}

} // namespace

class SplitTrapTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    /// The ids of a plugin are those that git gives without settings, whoever splits it: git lets these change them.
    void settingsChangeNothing()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        const Scratch scratch;
        History history(scratch);
        const auto a = history.commit({{"p/a", "1"}}, {}, "caf\xe9\n", "Ren\xe9 <r@x> %1 +0100");
        const auto b = history.commit({{"p/a", "2"}}, {a}, "caf\xc3\xa9\n", "A <a@x> %1 +0100", "A <a@x> %1 +0100", "encoding ISO-8859-1\n");
        history.checkOut(b);
        const auto wanted = history.gitSplit("p");
        bool moved = false;
        for (const QString &setting : {QStringLiteral("i18n.commitEncoding=ISO-8859-1"), QStringLiteral("i18n.logOutputEncoding=ISO-8859-1"),
                                       QStringLiteral("grep.patternType=perl"), QStringLiteral("core.abbrev=4"), QStringLiteral("commit.gpgSign=true"),
                                       QStringLiteral("log.showSignature=true"), QStringLiteral("core.quotePath=false")}) {
            scratch.git(history.path(), {QStringLiteral("config"), setting.section(u'=', 0, 0), setting.section(u'=', 1)});
            QDir(stateFolder(history)).removeRecursively();
            QCOMPARE(splitOne(history.path(), b).commit, wanted);
            moved = moved || history.gitSplit("p") != wanted;
            scratch.git(history.path(), {QStringLiteral("config"), QStringLiteral("--unset"), setting.section(u'=', 0, 0)});
        }
        QVERIFY(moved); // or nothing is shown here
    }
    void trailers_data()
    {
        QTest::addColumn<QByteArray>("message"); ///< MAIN and SPLIT stand for ids
        QTest::newRow("the last value counts") << QByteArray("Add\n\ngit-subtree-dir: p\ngit-subtree-split: OTHER\ngit-subtree-split: SPLIT\n");
        QTest::newRow("slashes at the end") << QByteArray("Add\n\ngit-subtree-dir: p///\ngit-subtree-split: SPLIT\n");
        QTest::newRow("another folder") << QByteArray("Add\n\ngit-subtree-dir: px\ngit-subtree-split: SPLIT\n");
        QTest::newRow("a folder below") << QByteArray("Add\n\ngit-subtree-dir: p/x\ngit-subtree-split: SPLIT\n");
        QTest::newRow("two blocks") << QByteArray("Add\n\ngit-subtree-dir: q\ngit-subtree-split: OTHER\n\ngit-subtree-dir: p\ngit-subtree-split: SPLIT\n");
        QTest::newRow("two blocks, the other way") << QByteArray("Add\n\ngit-subtree-dir: p\ngit-subtree-split: OTHER\n\ngit-subtree-dir: q\ngit-subtree-split: SPLIT\n");
        QTest::newRow("indented") << QByteArray("Squash of a pull request\n\n* Add\n\n    git-subtree-dir: p\n    git-subtree-split: SPLIT\n");
        QTest::newRow("quoted by a revert") << QByteArray("Revert \"Add\"\n\n> git-subtree-dir: p\n> git-subtree-split: SPLIT\n");
        QTest::newRow("indented values only") << QByteArray("Squash\n\ngit-subtree-dir: p\n   git-subtree-split: SPLIT\n");
        QTest::newRow("in the subject") << QByteArray("git-subtree-dir: p\ngit-subtree-split: SPLIT\n");
        QTest::newRow("carriage returns") << QByteArray("Add\r\n\r\ngit-subtree-dir: p\r\ngit-subtree-split: SPLIT\r\n");
        QTest::newRow("words behind") << QByteArray("Add\n\ngit-subtree-dir: p\ngit-subtree-split: SPLIT and more\n");
        QTest::newRow("a tag") << QByteArray("Add\n\ngit-subtree-dir: p\ngit-subtree-split: v1\n");
        QTest::newRow("an annotated tag") << QByteArray("Add\n\ngit-subtree-dir: p\ngit-subtree-split: v2\n");
        QTest::newRow("mainline") << QByteArray("Add\n\ngit-subtree-dir: p\ngit-subtree-mainline: MAIN\ngit-subtree-split: SPLIT\n");
        QTest::newRow("mainline elsewhere") << QByteArray("Add\n\ngit-subtree-dir: p\ngit-subtree-mainline: OTHER\ngit-subtree-split: SPLIT\n");
        QTest::newRow("no split") << QByteArray("Add\n\ngit-subtree-dir: p\ngit-subtree-mainline: MAIN\n");
        QTest::newRow("nothing named") << QByteArray("Add\n\ngit-subtree-dir: p\ngit-subtree-split:\n");
    }
    /// As git subtree takes them, where it has an answer.
    void trailers()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        QFETCH(QByteArray, message);
        const Scratch scratch;
        History history(scratch);
        const auto other = history.commit({{"a", "0"}}, {}, "other upstream\n");
        const auto up = history.commit({{"a", "1"}}, {other}, "upstream\n");
        const auto main = history.commit({{"p/a", "0"}, {"q/a", "1"}, {"px/a", "1"}}, {}, "main\n");
        message.replace("SPLIT", up.hex()).replace("OTHER", other.hex()).replace("MAIN", main.hex());
        scratch.git(history.path(), {QStringLiteral("tag"), QStringLiteral("v1"), up.toString()});
        scratch.git(history.path(), {QStringLiteral("tag"), QStringLiteral("-a"), QStringLiteral("-m"), QStringLiteral("t"), QStringLiteral("v2"), up.toString()});
        const auto join = history.commit({{"p/a", "1"}, {"q/a", "1"}, {"px/a", "1"}}, {main}, message);
        const auto head = history.commit({{"p/a", "2"}, {"q/a", "1"}, {"px/a", "1"}}, {join}, "work\n");
        history.checkOut(head);
        QByteArray words;
        const auto wanted = history.gitSplit("p", &words);
        const auto found = splitOne(history.path(), head);
        if (wanted.isNull())
            QVERIFY2(found.error || !found.commit.isNull(), words.constData());
        else
            QCOMPARE(found.commit, wanted);
    }
    void octopusOfSixty()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        const Scratch scratch;
        History history(scratch);
        const auto root = history.commit({{"p/a", "0"}}, {}, "root\n");
        std::vector<git::Oid> sides;
        for (int i = 0; i < 60; ++i)
            sides.push_back(history.commit({{"p/a", QByteArray::number(i % 7)}, {"top", QByteArray::number(i)}}, {root}, "side\n"));
        const auto head = history.commit({{"p/a", "3"}}, sides, "octopus\n");
        history.checkOut(head);
        const auto wanted = history.gitSplit("p");
        QVERIFY(!wanted.isNull());
        QCOMPARE(splitOne(history.path(), head).commit, wanted);
        scratch.git(history.path(), {QStringLiteral("commit-graph"), QStringLiteral("write"), QStringLiteral("--reachable")});
        QDir(stateFolder(history)).removeRecursively();
        QCOMPARE(splitOne(history.path(), head).commit, wanted);
    }
    void twoAtOnce()
    {
        const Scratch scratch;
        History history(scratch);
        const auto head = line(history, 200);
        const auto p = splitOne(history.path(), head, "p", true).commit;
        const auto q = splitOne(history.path(), head, "q", true).commit;
        for (int round = 0; round < 6; ++round) {
            QDir(stateFolder(history)).removeRecursively();
            const auto work = [&](const QByteArray &prefix, const git::Oid &wanted) {
                return [&history, &head, prefix, wanted](const std::function<void()> &say) {
                    say();
                    return splitOne(history.path(), head, prefix).commit == wanted ? 0 : 1;
                };
            };
            Fork one(work("p", p));
            Fork two(work(round % 2 ? "p" : "q", round % 2 ? p : q));
            Fork three(work("q", q));
            QCOMPARE(one.wait() + two.wait() + three.wait(), 0);
            QVERIFY(splitOne(history.path(), head).note.isEmpty()); // what they kept is of use
        }
        QCOMPARE(scratch.git(history.path(), {QStringLiteral("rev-parse"), QStringLiteral("refs/coppice/split/p")}), p.hex());
        QCOMPARE(scratch.git(history.path(), {QStringLiteral("rev-parse"), QStringLiteral("refs/coppice/split/q")}), q.hex());
        scratch.git(history.path(), {QStringLiteral("fsck"), QStringLiteral("--strict")});
    }
    /// Cut at many lengths, and one bit after the other turned round: always the same ids.
    void stateCutOrTurned()
    {
        const Scratch scratch;
        History history(scratch);
        const auto before = line(history, 30);
        const auto head = history.commit({{"p/a", "new"}, {"q/a", "29"}}, {before}, "new\n");
        const auto wanted = splitOne(history.path(), head, "p", true).commit;
        (void)splitOne(history.path(), before);
        const QString path = QDir(stateFolder(history)).filePath(QDir(stateFolder(history)).entryList({QStringLiteral("*.state")}).value(0));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray good = file.readAll();
        QVERIFY(good.size() > 2000);
        const auto with = [&](const QByteArray &bytes) {
            QFile put(path);
            if (put.open(QIODevice::WriteOnly))
                put.write(bytes);
            put.close();
            return splitOne(history.path(), head).commit;
        };
        for (qsizetype size = 0; size < good.size(); size += size < 80 ? 9 : good.size() / 40)
            QCOMPARE(with(good.first(size)), wanted);
        for (qsizetype at = 0; at < good.size(); at += at < 60 ? 5 : good.size() / 40) {
            QByteArray bad = good;
            bad[at] = char(bad[at] ^ (1 << at % 8));
            QCOMPARE(with(bad), wanted);
        }
        // of a machine with the other order of bytes
        QByteArray other = good;
        std::reverse(other.begin() + 12, other.begin() + 16);
        QCOMPARE(with(other), wanted);
        QCOMPARE(with(good), wanted);
    }
    void absentFoldersSayWhyEachTime()
    {
        const Scratch scratch;
        History history(scratch);
        const auto head = line(history, 2);
        for (int i = 0; i < 2; ++i) {
            const auto none = splitOne(history.path(), head, "nowhere");
            QVERIFY(none.commit.isNull());
            QVERIFY(none.note.contains(QStringLiteral("no folder")));
        }
    }
};
COPPICE_TEST(SplitTrapTest)
#include "split_trap_test.moc"
