// SPDX-License-Identifier: GPL-3.0-or-later
#include "history.h"
#include "support/test_main.h"

#include <subtree/copied_commit.h>
#include <subtree/split.h>

#include <QDir>
#include <QDirIterator>
#include <QProcess>
#include <QTest>

using namespace coppice;
using namespace coppice::test;

namespace {

subtree::SplitOptions asInstalled()
{
    subtree::SplitOptions options;
    options.keepDots = installedGitKeepsDots();
    return options;
}

subtree::SplitResult splitOne(git::Repository &repository, const git::Oid &head, const QByteArray &prefix,
                              const subtree::SplitOptions &options = asInstalled())
{
    subtree::SubtreeSplitter splitter(repository, options);
    return must(splitter.split(head, {prefix})).front();
}

QStringList everyFile(const QString &folder)
{
    QStringList all;
    QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext())
        all << files.next();
    all.sort();
    return all;
}

} // namespace

class SplitTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void copiesCommitsByteForByte_data()
    {
        QTest::addColumn<QByteArray>("author");
        QTest::addColumn<QByteArray>("committer");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("headers");
        const QByteArray plain("Ann <ann@example.org> %1 +0000");
        const auto row = [&](const char *name, const QByteArray &author, const QByteArray &message = "m\n",
                             const QByteArray &headers = {}, const QByteArray &committer = {}) {
            QTest::newRow(name) << author << (committer.isEmpty() ? plain : committer) << message << headers;
        };
        row("crud", "\" ,Me, Jr.' <<me@x;> %1 +0100");
        row("dots", ".Dot. <.d@x.> %1 +0100");
        row("backslashes", "A\\B C\\\\D <a\\b@x> %1 +0100");
        row("no mail", "Nobody <> %1 +0100");
        row("blanks inside", "A  \t B <a@x> %1 +0100");
        row("minus zero", "A <a@x> %1 -0000");
        row("half hours", "A <a@x> %1 +0545", "m\n", {}, "B <b@x> %1 -0930");
        row("odd zone", "A <a@x> %1 +51800");
        row("zone of one minute", "A <a@x> %1 -0001");
        row("short zone", "A <a@x> %1 +7");
        row("zone over a day", "A <a@x> %1 +2400", "m\n", {}, "B <b@x> %1 +0190");
        row("epoch", "A <a@x> 0 +0000");
        row("2099", "A <a@x> 4102444700 +0000");
        row("latin-1 name", "Ren\xe9 <r@x> %1 +0100", "caf\xe9 \xff\xc3\n");
        row("truncated utf-8", "A <a@x> %1 +0100", "\xe2\x82");
        row("surrogate, overlong, non-character", "A <a@x> %1 +0100", "\xed\xa0\x80 \xc0\x80 \xef\xbf\xbe \xf4\x90\x80\x80 \xf0\x9f\x98\x80\n");
        row("encoding header", "Ren\xe9 <r@x> %1 +0100", "caf\xe9\n", "encoding ISO-8859-1\n");
        row("encoding latin-1", "A <r@x> %1 +0100", "caf\xe9\n", "encoding latin-1\n");
        row("encoding that is wrong", "A <r@x> %1 +0100", "caf\xe9\n", "encoding UTF-8\n");
        row("encoding nobody knows", "A <r@x> %1 +0100", "caf\xe9\n", "encoding klingon\n");
        row("shift-jis", "A <r@x> %1 +0100", "\x93\xfa\x96\x7b\n", "encoding Shift_JIS\n");
        row("signature dropped", "A <r@x> %1 +0100", "m\n", "gpgsig -----BEGIN\n abc\n \n -----END\nHG:extra 1\n");
        row("no message", "A <r@x> %1 +0100", "");
        row("blank lines first", "A <r@x> %1 +0100", "\n\n  \nm\n\n\n");
        row("no end of line", "A <r@x> %1 +0100", "m\n\nbody");
        row("carriage returns", "A <r@x> %1 +0100", "m\r\n\r\nbody\r\n");
        row("zero byte", "A <r@x> %1 +0100", QByteArray("one\0two\n", 8));
        row("mail with brackets", "A <a@x>b> %1 +0100");
    }
    void copiesCommitsByteForByte()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        QFETCH(const QByteArray, author);
        QFETCH(const QByteArray, committer);
        QFETCH(const QByteArray, message);
        QFETCH(const QByteArray, headers);
        const Scratch scratch;
        History history(scratch);
        const auto head = history.commit({{"p/a", "1"}}, {}, message, author, committer, headers);
        history.checkOut(head);
        QByteArray words;
        const auto wanted = history.gitSplit("p", &words);
        QVERIFY2(!wanted.isNull(), words.constData());
        const auto result = splitOne(history.repository(), head, "p");
        const auto ours = must(history.repository().rawObject(result.commit)).second;
        const auto theirs = must(history.repository().rawObject(wanted)).second;
        QCOMPARE(ours, theirs);
        QCOMPARE(result.commit, wanted);
    }
    void dotsByRule()
    {
        const QByteArray original("tree 0123456789012345678901234567890123456789\nauthor .D. <d@x> 5 +0000\n"
                                  "committer .D. <d@x> 5 +0000\n\nm\n");
        const git::Oid tree = git::Oid::fromHex("0123456789012345678901234567890123456789");
        QVERIFY(subtree::CopiedCommit(original, false).bytes(tree, {}).contains("author D <d@x> 5 +0000\n"));
        QVERIFY(subtree::CopiedCommit(original, true).bytes(tree, {}).contains("author .D. <d@x> 5 +0000\n"));
        QVERIFY(!subtree::CopiedCommit("tree x\nauthor  <> 5 +0000\ncommitter A <a> 5 +0000\n\nm", true).gitWouldAccept());
    }
    void deletedAndMadeAnew()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        const Scratch scratch;
        History history(scratch);
        const auto a = history.commit({{"p/a", "1"}, {"top", "1"}}, {}, "one\n");
        const auto b = history.commit({{"top", "2"}}, {a}, "gone\n");
        const auto c = history.commit({{"p/a", "2"}, {"top", "2"}}, {b}, "again\n");
        history.checkOut(c);
        const auto result = splitOne(history.repository(), c, "p");
        QCOMPARE(result.commit, history.gitSplit("p"));
        QCOMPARE(result.commits, size_t(3));
        QCOMPARE(result.originals, std::vector<git::Oid>{b}); // the library's own commit: what a push must refuse
        const auto gone = splitOne(history.repository(), b, "p");
        QVERIFY(gone.commit.isNull());
        QVERIFY(gone.note.contains(QStringLiteral("no folder")));
    }
    void mergesOfManyParents()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        const Scratch scratch;
        History history(scratch);
        const auto root = history.commit({{"p/a", "1"}}, {}, "root\n");
        const auto x = history.commit({{"p/a", "2"}}, {root}, "x\n");
        const auto y = history.commit({{"p/a", "2"}, {"top", "1"}}, {root}, "y\n");
        const auto z = history.commit({{"p/a", "3"}}, {root}, "z\n");
        const auto octopus = history.commit({{"p/a", "2"}, {"top", "1"}}, {x, y, z, root}, "octopus\n");
        const auto twice = history.commit({{"p/a", "3"}}, {z, octopus}, "theirs\n");
        history.checkOut(twice);
        const auto result = splitOne(history.repository(), twice, "p");
        QCOMPARE(result.commit, history.gitSplit("p"));
        // of several sides that differ only the last one counts: here it brings nothing, so the merge is skipped
        const auto skipped = history.commit({{"p/a", "2"}}, {x, z, root}, "skipped\n");
        history.checkOut(skipped);
        const auto before = splitOne(history.repository(), x, "p");
        QCOMPARE(splitOne(history.repository(), skipped, "p").commit, before.commit);
        QCOMPARE(before.commit, history.gitSplit("p"));
    }
    void nestedAndOddPrefixes()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        const Scratch scratch;
        History history(scratch);
        const auto a = history.commit({{"a/b/c", "1"}, {"a b/x", "1"}, {"a.d/y", "1"}, {"aXd/y", "1"}}, {}, "1\n");
        const auto b = history.commit({{"a/b/c", "2"}, {"a b/x", "1"}, {"a.d/y", "2"}, {"aXd/y", "1"}, {"a/z", "1"}}, {a}, "2\n");
        history.checkOut(b);
        subtree::SubtreeSplitter splitter(history.repository(), asInstalled());
        const auto all = must(splitter.split(b, {"a", "a/b/", "a b", "./a.d", "aXd", "a"}));
        QCOMPARE(all.size(), size_t(5)); // asked twice, answered once
        for (const auto &one : all)
            QCOMPARE(one.commit, history.gitSplit(one.prefix));
        QCOMPARE(splitter.split(b, {"../a"}).error().kind, ErrorKind::Usage);
        QCOMPARE(splitter.split(b, {""}).error().kind, ErrorKind::Usage);
    }
    void fileAtThePrefix()
    {
        const Scratch scratch;
        History history(scratch);
        const auto a = history.commit({{"p", "a file"}}, {}, "file\n");
        const auto b = history.commit({{"p/a", "1"}}, {a}, "folder\n");
        const auto result = splitOne(history.repository(), b, "p");
        QCOMPARE(result.commits, size_t(1));
        QVERIFY(result.note.contains(QStringLiteral("it is a file")));
    }
    void missingJoinIsTold()
    {
        const Scratch scratch;
        History history(scratch);
        const QByteArray nowhere(40, 'a');
        const auto squash = history.commit({{"a", "1"}}, {}, "Squashed\n\ngit-subtree-dir: p\ngit-subtree-split: " + nowhere + '\n');
        const auto head = history.commit({{"p/a", "1"}, {"q/a", "1"}}, {squash}, "merge\n");
        subtree::SubtreeSplitter splitter(history.repository(), asInstalled());
        const auto both = must(splitter.split(head, {"p", "q"}));
        QVERIFY(both[0].error && both[0].error->code == QStringLiteral("subtree.missing-split"));
        QVERIFY(both[0].error->message().contains(QString::fromLatin1(nowhere)));
        QVERIFY(!both[1].error && !both[1].commit.isNull());
        // nor is it forgotten the next time, or by what comes after
        const auto later = history.commit({{"p/a", "2"}, {"q/a", "1"}}, {head}, "edit\n");
        for (const auto &at : {head, later}) {
            const auto again = must(splitter.split(at, {"p", "q"}));
            QVERIFY(again[0].error && again[0].error->code == QStringLiteral("subtree.missing-split"));
            QCOMPARE(again[1].commit, both[1].commit);
        }
    }
    void dryRunWritesNothing()
    {
        const Scratch scratch;
        History history(scratch);
        auto head = history.commit({{"p/a", "0"}, {"templates/t", "x"}, {"p/l", "-> ../templates/t"}}, {}, "0\n");
        for (int i = 1; i < 5; ++i)
            head = history.commit({{"p/a", QByteArray::number(i)}, {"templates/t", "x"}, {"p/l", "-> ../templates/t"}}, {head}, "n\n");
        const auto before = everyFile(history.path());
        subtree::SplitOptions options = asInstalled();
        options.dryRun = true;
        options.resolveLinks = true;
        const auto dry = splitOne(history.repository(), head, "p", options);
        QCOMPARE(everyFile(history.path()), before);
        QCOMPARE(dry.made, size_t(5));
        options.dryRun = false;
        const auto real = splitOne(history.repository(), head, "p", options);
        QCOMPARE(real.commit, dry.commit);
        QCOMPARE(real.made, size_t(5));
        const auto again = splitOne(history.repository(), head, "p", options);
        QCOMPARE(again.commit, dry.commit);
        QCOMPARE(again.made, size_t(0));
        QCOMPARE(again.commits, size_t(5));
        scratch.git(history.path(), {QStringLiteral("fsck"), QStringLiteral("--strict")});
    }
    void manyCommitsAreOnePack()
    {
        const Scratch scratch;
        History history(scratch);
        git::Oid head;
        for (int i = 0; i < 150; ++i)
            head = history.commit({{"p/a", QByteArray::number(i)}}, head.isNull() ? std::vector<git::Oid>{} : std::vector{head}, "n\n");
        const auto result = splitOne(history.repository(), head, "p");
        QCOMPARE(result.made, size_t(150));
        const QDir packs(history.path() + QStringLiteral("/.git/objects/pack"));
        QCOMPARE(packs.entryList({QStringLiteral("*.pack")}).size(), 1);
        QCOMPARE(scratch.git(history.path(), {QStringLiteral("rev-list"), QStringLiteral("--count"), result.commit.toString()}), "150");
        scratch.git(history.path(), {QStringLiteral("fsck"), QStringLiteral("--strict")});
    }
    void bareAndReplaced()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        const Scratch scratch;
        History history(scratch);
        const auto a = history.commit({{"p/a", "1"}}, {}, "1\n");
        const auto b = history.commit({{"p/a", "2"}}, {a}, "2\n");
        const auto other = history.commit({{"p/a", "1"}}, {}, "another one\n");
        history.checkOut(b);
        scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), history.path(), QStringLiteral("bare.git")});
        auto bare = must(git::Repository::open(scratch.path(QStringLiteral("bare.git"))));
        QCOMPARE(splitOne(bare, b, "p").commit, history.gitSplit("p"));
        const auto plain = history.gitSplit("p");
        scratch.git(history.path(), {QStringLiteral("replace"), a.toString(), other.toString()});
        auto fresh = must(git::Repository::open(history.path()));
        const auto replaced = splitOne(fresh, b, "p");
        QVERIFY(replaced.commit != plain);
        QCOMPARE(replaced.commit, history.gitSplit("p"));
    }
    void shallowIsRefused()
    {
        const Scratch scratch;
        History history(scratch);
        const auto a = history.commit({{"p/a", "1"}}, {}, "1\n");
        history.checkOut(history.commit({{"p/a", "2"}}, {a}, "2\n"));
        scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--depth=1"),
                                     QString(QStringLiteral("file://") + history.path()), QStringLiteral("shallow")});
        auto shallow = must(git::Repository::open(scratch.path(QStringLiteral("shallow"))));
        subtree::SubtreeSplitter splitter(shallow, asInstalled());
        const auto refused = splitter.split(must(shallow.resolve(QStringLiteral("HEAD"))), {"p"});
        QVERIFY(!refused && refused.error().code == QStringLiteral("git.shallow"));
    }
    /// Deep enough that a recursion would end the program.
    void deepHistory()
    {
        const Scratch scratch;
        const QString path = scratch.repository(QStringLiteral("deep"), {});
        QByteArray stream;
        for (int i = 0; i < 100'000; ++i) {
            const QByteArray number = QByteArray::number(i);
            stream += "commit refs/heads/deep\ncommitter D <d@x> " + QByteArray::number(1'600'000'000 + i) + " +0000\ndata 2\nm\n";
            if (i % 10 == 0)
                stream += "M 100644 inline p/a\ndata " + QByteArray::number(number.size()) + '\n' + number + '\n';
            stream += "M 100644 inline top\ndata " + QByteArray::number(number.size()) + '\n' + number + '\n';
        }
        QProcess import;
        import.setWorkingDirectory(path);
        import.start(QStringLiteral("git"), {QStringLiteral("fast-import"), QStringLiteral("--quiet")});
        import.write(stream);
        import.closeWriteChannel();
        QVERIFY(import.waitForFinished(120'000) && import.exitCode() == 0);
        auto repository = must(git::Repository::open(path));
        const auto result = splitOne(repository, must(repository.resolve(QStringLiteral("deep"))), "p");
        QCOMPARE(result.commits, size_t(10'000));
        std::stop_source stop;
        stop.request_stop();
        subtree::SubtreeSplitter splitter(repository, asInstalled());
        const auto stopped = splitter.split(must(repository.resolve(QStringLiteral("deep~1"))), {"p"}, stop.get_token());
        QVERIFY(!stopped && stopped.error().kind == ErrorKind::Cancelled);
    }
};
COPPICE_TEST(SplitTest)
#include "split_test.moc"
