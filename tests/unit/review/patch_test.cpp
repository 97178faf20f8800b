// SPDX-License-Identifier: GPL-3.0-or-later
// Patches made by the installed git: read, cut into hunks, composed again.
#include <git/tree_edit.h>
#include <review/patch.h>

#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace coppice;
using namespace coppice::review;

namespace {

using Files = QList<QPair<QString, QByteArray>>;

/// A repository with a committed state, to be changed by a test and then taken as a patch.
class Change
{
public:
    explicit Change(const Files &files) : m_dir(m_scratch.repository(QStringLiteral("r"), files))
    {
        before = oid(QStringLiteral("HEAD^{tree}"));
    }
    void write(const QString &file, const QByteArray &bytes) const { m_scratch.write(QStringLiteral("r/") + file, bytes); }
    void remove(const QString &file) const { QFile::remove(m_dir + u'/' + file); }
    void move(const QString &from, const QString &to) const
    {
        m_scratch.write(QStringLiteral("r/") + to, m_scratch.read(QStringLiteral("r/") + from));
        remove(from);
    }
    void makeExecutable(const QString &file) const
    {
        QFile::setPermissions(m_dir + u'/' + file, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    void link(const QString &file, const QString &target) const
    {
        remove(file);
        QFile::link(target, m_dir + u'/' + file);
    }
    /// What git says of everything that was changed; sets `after`.
    QByteArray diff(const QStringList &options = {})
    {
        m_scratch.git(m_dir, {QStringLiteral("add"), QStringLiteral("-A")});
        m_scratch.git(m_dir, QStringList{QStringLiteral("diff"), QStringLiteral("--cached"), QStringLiteral("--binary"),
                                         QStringLiteral("--output=") + m_scratch.path(QStringLiteral("patch"))} + options);
        after = git::Oid::fromHex(m_scratch.git(m_dir, {QStringLiteral("write-tree")}));
        return m_scratch.read(QStringLiteral("patch"));
    }
    git::Oid oid(const QString &revision) const
    {
        return git::Oid::fromHex(m_scratch.git(m_dir, {QStringLiteral("rev-parse"), revision}));
    }
    git::Repository open() const { return std::move(*git::Repository::open(m_dir)); }
    /// The whole tree that a patch's part makes of the committed one.
    git::Oid whole(git::Repository &repository, const git::Oid &base, const git::Oid &result) const
    {
        std::vector<git::TreeChange> removed, put;
        const auto changes = repository.changes(base, result).value();
        for (const auto &change : changes)
            (change.after ? put : removed).push_back({change.path, change.after});
        const auto without = git::editTree(repository, before, removed).value();
        return git::editTree(repository, without, put).value();
    }
    git::Oid before, after;

private:
    test::Scratch m_scratch;
    QString m_dir;
};

QByteArray numbered(int from, int to)
{
    QByteArray text;
    for (int i = from; i <= to; ++i)
        text += "line " + QByteArray::number(i) + '\n';
    return text;
}

/// "-3,7 +3,8" for each hunk that git's diff shows.
QStringList gitHunks(const QByteArray &diff)
{
    QStringList all;
    static const QRegularExpression header(QStringLiteral("^@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@"),
                                           QRegularExpression::MultilineOption);
    auto it = header.globalMatch(QString::fromLatin1(diff));
    while (it.hasNext()) {
        const auto match = it.next();
        const auto count = [&](int group) { return match.captured(group).isEmpty() ? QStringLiteral("1") : match.captured(group); };
        all << QStringLiteral("-%1,%2 +%3,%4").arg(match.captured(1), count(2), match.captured(3), count(4));
    }
    return all;
}
QStringList ourHunks(const std::vector<FilePatch> &files)
{
    QStringList all;
    for (const auto &file : files) {
        for (const auto &hunk : file.hunks)
            all << QStringLiteral("-%1,%2 +%3,%4").arg(hunk.oldStart).arg(hunk.oldLines).arg(hunk.newStart).arg(hunk.newLines);
    }
    return all;
}
QStringList idsOf(const std::vector<FilePatch> &files)
{
    QStringList ids;
    for (const auto &file : files) {
        for (const auto &hunk : file.hunks)
            ids << hunk.id;
    }
    return ids;
}
/// Hunks accepted as a whole.
std::vector<Decision> accepted(const QStringList &hunks)
{
    std::vector<Decision> decisions;
    for (const auto &hunk : hunks)
        decisions.push_back({hunk, Decision::Verdict::Accepted});
    return decisions;
}

} // namespace

class PatchTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    /// Every kind of change that a git diff can hold, there and back.
    void takesWhatGitWrites_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("default") << QStringList();
        QTest::newRow("no renames") << QStringList{QStringLiteral("--no-renames")};
        QTest::newRow("no context") << QStringList{QStringLiteral("-U0")};
        QTest::newRow("much context") << QStringList{QStringLiteral("-U50")};
        QTest::newRow("copies") << QStringList{QStringLiteral("-C"), QStringLiteral("--find-copies-harder")};
        QTest::newRow("no prefix") << QStringList{QStringLiteral("--no-prefix")};
        QTest::newRow("full index") << QStringList{QStringLiteral("--full-index"), QStringLiteral("--patience")};
    }
    void takesWhatGitWrites()
    {
        QFETCH(QStringList, options);
        QByteArray binary;
        for (int i = 0; i < 5000; ++i)
            binary += char((i * 7919) >> 3);
        Change change({{"p/text.txt", numbered(1, 60)},
                       {"p/crlf.txt", numbered(1, 20).replace("\n", "\r\n")},
                       {"p/no-end.txt", "a\nb\nc"},
                       {"p/gets-end.txt", "a\nb\nc"},
                       {"p/goes.txt", numbered(5, 9)},
                       {"p/empty-goes.txt", ""},
                       {"p/moves.txt", numbered(100, 140)},
                       {"p/moves-same.txt", numbered(200, 240)},
                       {"p/run.sh", "#!/bin/sh\necho hi\n"},
                       {"p/data.bin", binary},
                       {"p/swap-1", numbered(300, 330)},
                       {"p/swap-2", numbered(400, 430)},
                       {"p/becomes-link", "text\n"},
                       {QString::fromUtf8("p/ä \"name\".txt"), "x\ny\n"},
                       {"p/becomes-folder", "f\n"}});
        change.write("p/text.txt", numbered(1, 5) + "new\n" + numbered(7, 40) + numbered(43, 60) + "end\n");
        change.write("p/crlf.txt", QByteArray(numbered(1, 9) + "mixed\n" + numbered(11, 20)).replace("\n", "\r\n").replace("mixed\r\n", "mixed\n"));
        change.write("p/no-end.txt", "a\nB\nc\nd");
        change.write("p/gets-end.txt", "a\nb\nc\n");
        change.remove("p/goes.txt");
        change.remove("p/empty-goes.txt");
        change.move("p/moves.txt", "p/sub/moved.txt");
        change.write("p/sub/moved.txt", numbered(100, 119) + "edited\n" + numbered(121, 140));
        change.move("p/moves-same.txt", "p/moved-same.txt");
        change.makeExecutable("p/run.sh");
        change.write("p/data.bin", binary.left(3000) + "inserted" + binary.mid(3000));
        change.write("p/new.bin", QByteArray("\0\1\2", 3));
        change.write("p/swap-1", numbered(400, 430));
        change.write("p/swap-2", numbered(300, 330));
        change.write("p/new-empty.txt", "");
        change.write("p/new.txt", "no end");
        change.link("p/becomes-link", "text.txt");
        change.write(QString::fromUtf8("p/ä \"name\".txt"), "x\nz\n");
        change.remove("p/becomes-folder");
        change.write("p/becomes-folder/file.txt", "inside\n");
        const QByteArray diff = change.diff(options);
        auto repository = change.open();
        const auto revision = revisionFromDiff(repository, change.before, diff);
        QVERIFY_RESULT(revision);
        QVERIFY(change.whole(repository, revision->base, revision->result) == change.after);

        const auto files = filesOf(repository, *revision);
        QVERIFY_RESULT(files);
        const auto all = composeAccepted(repository, *revision, *files, accepted(idsOf(*files)));
        QVERIFY_RESULT(all);
        QVERIFY(*all == revision->result);
        const auto none = composeAccepted(repository, *revision, *files, {});
        QVERIFY_RESULT(none);
        QVERIFY(*none == revision->base);
    }

    void takesASeriesOfMails()
    {
        test::Scratch scratch;
        const QString dir = scratch.repository(QStringLiteral("r"), {{"p/a.txt", numbered(1, 20)}});
        scratch.commit(dir, "p/a.txt", numbered(1, 20).replace("line 3\n", "three\n"), "one: change");
        scratch.git(dir, {"mv", "p/a.txt", "p/b.txt"});
        scratch.commit(dir, "p/c.txt", "c\n", "two: move and add");
        scratch.commit(dir, "p/b.txt", numbered(1, 20).replace("line 3\n", "THREE\n"), "three: change again");
        scratch.git(dir, {"format-patch", "-3", "--output=" + scratch.path("mails")});
        auto repository = std::move(*git::Repository::open(dir));
        const auto before = repository.resolve("HEAD~3").value(), after = repository.resolve("HEAD").value();
        const auto revision = revisionFromDiff(repository, repository.treeOf(before).value(), scratch.read("mails"));
        QVERIFY_RESULT(revision);
        QVERIFY(revision->result == repository.treeOf(after).value());
    }

    void hunksAreThoseOfGit()
    {
        QRandomGenerator random(20261122);
        for (int round = 0; round < 25; ++round) {
            // Text with repeated lines and blocks, where a diff has a choice.
            QList<QByteArray> lines;
            for (int i = 0; i < 150; ++i)
                lines << (random.bounded(4) == 0 ? QByteArray("}\n") : random.bounded(3) == 0 ? QByteArray("\n")
                                                                     : "    call(" + QByteArray::number(random.bounded(30)) + ");\n");
            Change change({{"p/code.js", lines.join()}});
            for (int i = 0; i < 12; ++i) {
                const int at = random.bounded(int(lines.size()));
                if (random.bounded(2))
                    lines.removeAt(at);
                else
                    lines.insert(at, random.bounded(2) ? lines[random.bounded(int(lines.size()))] : QByteArray("new\n"));
            }
            QByteArray text = lines.join();
            if (random.bounded(3) == 0)
                text.chop(1);
            change.write("p/code.js", text);
            const auto diff = change.diff();
            if (diff.isEmpty())
                continue;
            auto repository = change.open();
            const auto revision = revisionFromDiff(repository, change.before, diff);
            QVERIFY_RESULT(revision);
            const auto files = filesOf(repository, *revision);
            QVERIFY_RESULT(files);
            QCOMPARE(ourHunks(*files), gitHunks(diff));

            // Each part alone equals what git apply makes of that hunk alone.
            const auto ids = idsOf(*files);
            QCOMPARE(QSet<QString>(ids.begin(), ids.end()).size(), ids.size());
            for (int pick = 0; pick < ids.size(); ++pick) {
                const auto composed = composeAccepted(repository, *revision, *files, accepted({ids[pick]}));
                QVERIFY_RESULT(composed);
                const auto entry = repository.entryAt(*composed, "p/code.js").value();
                QByteArray part = diff.left(diff.indexOf("\n@@ ") + 1);
                qsizetype at = -1;
                for (int i = 0; i <= pick; ++i)
                    at = diff.indexOf("\n@@ ", at + 1);
                const auto next = diff.indexOf("\n@@ ", at + 1);
                part += diff.mid(at + 1, next < 0 ? -1 : next - at);
                const auto alone = revisionFromDiff(repository, change.before, part);
                QVERIFY_RESULT(alone);
                QVERIFY(entry->id == repository.entryAt(alone->result, "p/code.js").value()->id);
            }
        }
    }

    void kindsOfFilesHaveOneHunk()
    {
        Change change({{"p/edit.txt", numbered(1, 40)}, {"p/gone.txt", numbered(1, 3)}, {"p/old.txt", numbered(1, 40)},
                       {"p/run.sh", "x\n"}, {"p/bin", QByteArray("a\0b", 3)}});
        change.write("p/edit.txt", "first\n" + numbered(2, 39) + "last\n");
        change.remove("p/gone.txt");
        change.move("p/old.txt", "p/renamed.txt");
        change.write("p/renamed.txt", "first\n" + numbered(2, 39) + "last\n");
        change.makeExecutable("p/run.sh");
        change.write("p/bin", QByteArray("a\0c", 3));
        change.write("p/new.txt", "a\nb\nc\nd\n");
        auto repository = change.open();
        const auto revision = revisionFromDiff(repository, change.before, change.diff());
        QVERIFY_RESULT(revision);
        const auto files = filesOf(repository, *revision);
        QVERIFY_RESULT(files);
        QMap<QByteArray, FilePatch> by;
        for (const auto &file : *files)
            by.insert(file.path, file);
        QCOMPARE(by.keys(), (QList<QByteArray>{"p/bin", "p/edit.txt", "p/gone.txt", "p/new.txt", "p/renamed.txt", "p/run.sh"}));
        QCOMPARE(by["p/edit.txt"].hunks.size(), size_t(2));
        QVERIFY(by["p/bin"].binary && by["p/bin"].hunks.size() == 1);
        QCOMPARE(by["p/gone.txt"].status, FilePatch::Status::Deleted);
        QCOMPARE(by["p/gone.txt"].hunks.size(), size_t(1));
        QCOMPARE(by["p/gone.txt"].hunks[0].oldStart, 1);
        QCOMPARE(by["p/gone.txt"].hunks[0].oldLines, 3);
        QCOMPARE(by["p/gone.txt"].hunks[0].newStart, 0);
        QCOMPARE(by["p/new.txt"].status, FilePatch::Status::Added);
        QCOMPARE(by["p/new.txt"].hunks[0].oldStart, 0);
        QCOMPARE(by["p/new.txt"].hunks[0].newLines, 4);
        QCOMPARE(by["p/renamed.txt"].status, FilePatch::Status::Renamed);
        QCOMPARE(by["p/renamed.txt"].oldPath, QByteArray("p/old.txt"));
        QCOMPARE(by["p/renamed.txt"].hunks.size(), size_t(1));
        QCOMPARE(by["p/run.sh"].status, FilePatch::Status::ModeChanged);

        // A rename is taken or left as a whole.
        const auto composed = composeAccepted(repository, *revision, *files, accepted({by["p/renamed.txt"].hunks[0].id}));
        QVERIFY_RESULT(composed);
        QVERIFY(!repository.entryAt(*composed, "p/old.txt").value());
        QVERIFY(repository.entryAt(*composed, "p/renamed.txt").value()->id == by["p/renamed.txt"].newBlob);
        QVERIFY(repository.entryAt(*composed, "p/gone.txt").value());
    }

    /// A hunk keeps its name when other parts of the patch change, and has another one when it changes.
    void hunkNamesAreOfContent()
    {
        const auto idsFor = [](const QByteArray &text) {
            Change change({{"p/a.txt", numbered(1, 60)}});
            change.write("p/a.txt", text);
            auto repository = change.open();
            const auto revision = revisionFromDiff(repository, change.before, change.diff());
            return idsOf(filesOf(repository, *revision).value());
        };
        const auto one = idsFor(numbered(1, 49) + "fifty\n" + numbered(51, 60));
        const auto two = idsFor("added\n" + numbered(1, 4) + "five\n" + numbered(6, 49) + "fifty\n" + numbered(51, 60));
        const auto other = idsFor(numbered(1, 49) + "FIFTY\n" + numbered(51, 60));
        QCOMPARE(one.size(), 1);
        QCOMPARE(two.size(), 2);
        QCOMPARE(two[1], one[0]);
        QVERIFY(other[0] != one[0]);
    }

    void refusesWhatDoesNotFit_data()
    {
        QTest::addColumn<QByteArray>("diff");
        QTest::addColumn<QString>("says");
        QTest::newRow("other lines") << QByteArray("diff --git a/p/a b/p/a\n--- a/p/a\n+++ b/p/a\n@@ -2,3 +2,3 @@\n line 2\n-LINE 3\n+x\n line 4\n") << "around line 2";
        QTest::newRow("no file") << QByteArray("diff --git a/p/z b/p/z\n--- a/p/z\n+++ b/p/z\n@@ -1 +1 @@\n-a\n+b\n") << "no file p/z";
        QTest::newRow("there") << QByteArray("diff --git a/p/a b/p/a\nnew file mode 100644\n--- /dev/null\n+++ b/p/a\n@@ -0,0 +1 @@\n+b\n") << "there already";
        QTest::newRow("taken") << QByteArray("diff --git a/p/a b/p/b\nsimilarity index 100%\nrename from p/a\nrename to p/b\n") << "taken";
        QTest::newRow("bytes left out") << QByteArray("diff --git a/p/a b/p/a\nindex 1..2 100644\nBinary files a/p/a and b/p/a differ\n") << "--binary";
        QTest::newRow("delete of more") << QByteArray("diff --git a/p/a b/p/a\ndeleted file mode 100644\n--- a/p/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-line 1\n") << "The patch does not fit";
        QTest::newRow("nothing") << QByteArray("diff --git a/p/a b/p/a\nold mode 100644\nnew mode 100644\n") << "changes nothing";
    }
    void refusesWhatDoesNotFit()
    {
        QFETCH(QByteArray, diff);
        QFETCH(QString, says);
        Change change({{"p/a", numbered(1, 9)}, {"p/b", "b\n"}});
        auto repository = change.open();
        const auto revision = revisionFromDiff(repository, change.before, diff);
        QVERIFY(!revision);
        QVERIFY2(revision.error().message().contains(says), qPrintable(revision.error().message()));
        QCOMPARE(revision.error().exitCode(), 1);
    }

    /// Lines that moved since the diff was made: found at their new place, as git apply does.
    void findsMovedLines()
    {
        Change change({{"p/a", numbered(1, 30)}});
        change.write("p/a", numbered(1, 14) + "changed\n" + numbered(16, 30));
        const auto diff = change.diff();
        Change later({{"p/a", "more\nlines\n" + numbered(1, 30)}});
        auto repository = later.open();
        const auto revision = revisionFromDiff(repository, later.before, diff);
        QVERIFY_RESULT(revision);
        const auto entry = repository.entryAt(revision->result, "p/a").value();
        QCOMPARE(repository.blob(entry->id).value(), QByteArray("more\nlines\n" + numbered(1, 14) + "changed\n" + numbered(16, 30)));
    }
};

COPPICE_TEST(PatchTest)
#include "patch_test.moc"
