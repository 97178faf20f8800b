// SPDX-License-Identifier: GPL-3.0-or-later
// Repositories and prefixes that are not the usual ones: split as the semantics say, or refused with a sentence.
#include "history.h"
#include "support/test_main.h"

#include <subtree/split.h>

#include <QDir>
#include <QTest>
#include <QtEndian>

#include <filesystem>

using namespace coppice;
using namespace coppice::test;

namespace {

Result<std::vector<subtree::SplitResult>> trySplit(const QString &path, const std::vector<QByteArray> &prefixes, bool links = false)
{
    COPPICE_TRY(auto repository, git::Repository::open(path));
    COPPICE_TRY(const auto head, repository.resolve(QStringLiteral("HEAD")));
    subtree::SplitOptions options;
    options.keepDots = installedGitKeepsDots();
    options.resolveLinks = links;
    return subtree::SubtreeSplitter(repository, options).split(head, prefixes);
}

/// Three commits with a folder p, checked out.
git::Oid threeCommits(History &history)
{
    git::Oid head;
    for (const char *text : {"1", "2", "3"})
        head = history.commit({{"p/a", text}, {"p/l", "-> ../templates/t"}, {"templates/t", "t"}},
                              head.isNull() ? std::vector<git::Oid>{} : std::vector{head}, QByteArray(text) + '\n');
    history.checkOut(head);
    return head;
}

QString fileUrl(const QString &path)
{
    return QStringLiteral("file://") + path;
}

} // namespace

class SplitOddTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sha256IsRefused()
    {
        const Scratch scratch;
        QByteArray words;
        if (scratch.tryGit(scratch.path(), {QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("--object-format=sha256"), QStringLiteral("wide")}, &words) != 0)
            QSKIP("this machine's git makes no SHA-256 repositories");
        const auto refused = trySplit(scratch.path(QStringLiteral("wide")), {"p"});
        QVERIFY(!refused && refused.error().code == QStringLiteral("git.sha256"));
        QVERIFY(!refused.error().fix.isEmpty());
    }
    void partialClonesFetchNothing()
    {
        const Scratch scratch;
        History history(scratch);
        (void)threeCommits(history);
        scratch.git(history.path(), {QStringLiteral("config"), QStringLiteral("uploadpack.allowFilter"), QStringLiteral("true")});
        const auto clone = [&](const QString &filter, const QString &name) {
            scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--no-checkout"),
                                         QString(QStringLiteral("--filter=") + filter), fileUrl(history.path()), name});
            return scratch.path(name);
        };
        const auto missing = [&](const QString &path) {
            return scratch.git(path, {QStringLiteral("rev-list"), QStringLiteral("--objects"), QStringLiteral("--missing=print"), QStringLiteral("HEAD")})
                .count("\n?");
        };
        const auto wanted = must(trySplit(history.path(), {"p"})).front().commit;
        const QString noBlobs = clone(QStringLiteral("blob:none"), QStringLiteral("blobless"));
        // older gits write this, too
        scratch.git(noBlobs, {QStringLiteral("config"), QStringLiteral("extensions.partialClone"), QStringLiteral("origin")});
        const auto before = missing(noBlobs);
        QVERIFY(before > 0);
        QCOMPARE(must(trySplit(noBlobs, {"p"})).front().commit, wanted);
        // links are blobs: said, not fetched
        const auto links = trySplit(noBlobs, {"p"}, true);
        QVERIFY(!links && links.error().code == QStringLiteral("git.missing-object"));
        QCOMPARE(missing(noBlobs), before);

        const QString noTrees = clone(QStringLiteral("tree:0"), QStringLiteral("treeless"));
        const auto refused = trySplit(noTrees, {"p"});
        QVERIFY(!refused && refused.error().code == QStringLiteral("git.missing-object"));
        QVERIFY(refused.error().fix.contains(QStringLiteral("--filter=blob:none")));
    }
    void graftsCount()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        const Scratch scratch;
        History history(scratch);
        const auto head = threeCommits(history);
        const auto plain = must(trySplit(history.path(), {"p"})).front();
        const auto first = must(history.repository().resolve(QStringLiteral("HEAD~2")));
        const auto other = history.commit({{"p/a", "0"}}, {}, "before\n");
        scratch.write(QStringLiteral("repo/.git/info/grafts"), "# a remark\n\n" + first.hex() + ' ' + other.hex() + '\n');
        const auto grafted = must(trySplit(history.path(), {"p"})).front();
        QCOMPARE(grafted.commit, history.gitSplit("p"));
        QCOMPARE(grafted.commits, plain.commits + 1);
        scratch.write(QStringLiteral("repo/.git/info/grafts"), head.hex() + ' ' + QByteArray(40, 'a') + '\n');
        const auto broken = trySplit(history.path(), {"p"});
        QVERIFY(!broken && broken.error().message().contains(QString(40, u'a')));
    }
    void submodulesAreNoTree()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        const Scratch scratch;
        History history(scratch);
        const auto a = history.commit({{"q/a", "1"}, {"top", "1"}}, {}, "1\n");
        const auto root = must(history.repository().treeOf(a));
        const auto withModule = must(git::editTree(history.repository(), root, {{"p", git::TreeEntry{{}, git::Mode::Submodule, a}}}));
        const auto b = must(history.repository().writeRaw("commit", "tree " + withModule.hex() + "\nparent " + a.hex()
            + "\nauthor A <a@x> 1600000000 +0000\ncommitter A <a@x> 1600000000 +0000\n\nmodule\n"));
        const auto c = history.commit({{"p/a", "1"}, {"q/a", "1"}}, {b}, "folder\n");
        history.checkOut(c);
        const auto both = must(trySplit(history.path(), {"p", "q"}));
        QCOMPARE(both[0].commits, size_t(1));
        QVERIFY(both[0].note.isEmpty()); // nothing that a person need know
        QCOMPARE(both[0].commit, history.gitSplit("p"));
        QCOMPARE(both[1].commit, history.gitSplit("q"));
    }
    void fileBetweenFolders()
    {
        const Scratch scratch;
        History history(scratch);
        const auto a = history.commit({{"p/q/a", "1"}}, {}, "folder\n");
        const auto b = history.commit({{"p", "-> elsewhere"}}, {a}, "the folder above is a link\n");
        const auto c = history.commit({{"p/q/a", "2"}}, {b}, "folder again\n");
        history.checkOut(c);
        const auto result = must(trySplit(history.path(), {"p/q"})).front();
        QVERIFY(result.note.isEmpty());
        QCOMPARE(result.originals, std::vector<git::Oid>{b});
        if (whyNoGitSubtree().isEmpty())
            QCOMPARE(result.commit, history.gitSplit("p/q"));
    }
    void oddBytesInNames()
    {
        const Scratch scratch;
        History history(scratch);
        const std::vector<QByteArray> names{"caf\xc3\xa9", "caf\xe9", "a\"quote", "tab\there", "new\nline", "back\\slash", "star*[x]", "-dash", "\xff\xfe",
                                            "dots...", "space ", " led", "a+b{1}", "p$", "^p"};
        History::Files one;
        History::Files two;
        for (const auto &name : names) {
            one[name + "/a"] = "1 " + name;
            two[name + "/a"] = "2 " + name;
            two["x" + name + "/a"] = "beside"; // sorts elsewhere
        }
        const auto a = history.commit(one, {}, "1\n");
        const auto b = history.commit(two, {a}, "2\n");
        history.checkOut(b);
        const auto all = must(trySplit(history.path(), names));
        for (size_t i = 0; i < names.size(); ++i) {
            QCOMPARE(all[i].prefix, names[i]);
            QCOMPARE(all[i].commits, size_t(2));
            const auto tree = must(history.repository().entryAt(must(history.repository().treeOf(b)), names[i]));
            QCOMPARE(must(history.repository().treeOf(all[i].commit)), tree->id);
        }
        // where git can do it, it says the same
        int compared = 0;
        for (size_t i = 0; whyNoGitSubtree().isEmpty() && i < names.size(); ++i) {
            if (QString::fromUtf8(names[i]).toUtf8() != names[i])
                continue; // cannot be given on this way
            const auto wanted = history.gitSplit(names[i]);
            compared += !wanted.isNull();
            QVERIFY2(wanted.isNull() || wanted == all[i].commit, names[i].constData());
        }
        QVERIFY(compared >= 5 || !whyNoGitSubtree().isEmpty());
        for (const QByteArray bad : {"a//b", "a/./b", "..", "/p", "a/../b"}) {
            const auto refused = trySplit(history.path(), {bad});
            QVERIFY2(!refused && refused.error().kind == ErrorKind::Usage, bad.constData());
        }
        std::filesystem::remove_all(history.path().toStdString()); // Qt cannot remove such names
    }
    void objectsElsewhere()
    {
        const Scratch scratch;
        History history(scratch);
        (void)threeCommits(history);
        const auto wanted = must(trySplit(history.path(), {"p"})).front().commit;
        // loose here, packed here, borrowed from another repository, in a linked work tree
        scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--shared"), history.path(), QStringLiteral("shared")});
        QCOMPARE(must(trySplit(scratch.path(QStringLiteral("shared")), {"p"})).front().commit, wanted);
        scratch.git(history.path(), {QStringLiteral("repack"), QStringLiteral("-adfq"), QStringLiteral("--depth=3")});
        QCOMPARE(must(trySplit(scratch.path(QStringLiteral("shared")), {"p"})).front().commit, wanted);
        scratch.git(history.path(), {QStringLiteral("worktree"), QStringLiteral("add"), QStringLiteral("-q"), scratch.path(QStringLiteral("linked"))});
        QCOMPARE(must(trySplit(scratch.path(QStringLiteral("linked")), {"p"})).front().commit, wanted);
        QVERIFY(QDir(history.path() + QStringLiteral("/.git/coppice/split")).exists());
    }
    /// Long enough that most commits leave the prefix alone, with filters made in several goes.
    void changedPathFilters()
    {
        const Scratch scratch;
        History history(scratch);
        History::Files files{{"p/q/a", "0"}, {"p/b", "0"}, {"caf\xc3\xa9/a", "0"}, {"top", "0"}};
        const auto names = files.keys();
        git::Oid head;
        for (int i = 0; i < 300; ++i) {
            files[names[i % 7 == 0 ? i / 7 % 4 : 3]] = QByteArray::number(i);
            head = history.commit(files, head.isNull() ? std::vector<git::Oid>{} : std::vector{head}, "n\n");
            if (i == 99 || i == 199) {
                history.checkOut(head);
                scratch.git(history.path(), {QStringLiteral("commit-graph"), QStringLiteral("write"), QStringLiteral("--reachable"),
                                             QStringLiteral("--changed-paths"), QStringLiteral("--split=no-merge")});
            }
        }
        history.checkOut(head);
        const std::vector<QByteArray> prefixes{"p/q", "p", "caf\xc3\xa9", "nowhere"};
        const auto with = must(trySplit(history.path(), prefixes));
        const auto ascii = must(trySplit(history.path(), {"p/q"})); // each has a state of its own
        auto many = prefixes; // the filters are asked for their folders at the top
        for (int i = 0; i < 100; ++i)
            many.push_back("p/none" + QByteArray::number(i));
        QDir(history.path() + QStringLiteral("/.git/coppice")).removeRecursively();
        const auto crowd = must(trySplit(history.path(), many));
        QVERIFY(QDir(history.path() + QStringLiteral("/.git/objects/info/commit-graphs")).removeRecursively());
        QDir(history.path() + QStringLiteral("/.git/coppice")).removeRecursively();
        const auto without = must(trySplit(history.path(), prefixes));
        for (size_t i = 0; i < prefixes.size(); ++i)
            QVERIFY(with[i].commit == without[i].commit && crowd[i].commit == without[i].commit);
        QCOMPARE(ascii[0].commit, without[0].commit);
        QVERIFY(without[0].commits > 5 && without[0].commits < 20);
    }
    /// Merges of two and of many, in several layers, the last commits in none; then one that names other trees and parents.
    void commitGraphs()
    {
        const Scratch scratch;
        History history(scratch);
        std::vector<git::Oid> tips{history.commit({{"p/a", "0"}}, {}, "root\n")};
        git::Oid head;
        for (int i = 1; i < 90; ++i) {
            const auto text = QByteArray::number(i);
            if (i % 9 == 0) {
                head = history.commit({{"p/a", text}, {"top", "1"}}, tips, i % 2 ? "merge\n" : "merge\n\ngit-subtree-dir: q\n");
                tips = {head};
            } else {
                tips.push_back(history.commit({{"p/a", i % 3 ? text : QByteArray("same")}, {"top", text}}, {tips[size_t(i % int(tips.size()))]}, "n\n"));
            }
            if (i == 36 || i == 63) {
                history.checkOut(head);
                scratch.git(history.path(), {QStringLiteral("commit-graph"), QStringLiteral("write"), QStringLiteral("--reachable"),
                                             QStringLiteral("--split=no-merge")});
            }
        }
        head = history.commit({{"p/a", "end"}}, tips, "end\n");
        history.checkOut(head);
        const QString info = history.path() + QStringLiteral("/.git/objects/info/");
        const QString state = history.path() + QStringLiteral("/.git/coppice");
        QCOMPARE(QDir(info + QStringLiteral("commit-graphs")).entryList({QStringLiteral("*.graph")}, QDir::Files).size(), 2);
        const auto layered = must(trySplit(history.path(), {"p"})).front();
        QVERIFY(QDir(info + QStringLiteral("commit-graphs")).removeRecursively());
        QDir(state).removeRecursively();
        const auto plain = must(trySplit(history.path(), {"p"})).front();
        QCOMPARE(layered.commit, plain.commit);
        if (whyNoGitSubtree().isEmpty())
            QCOMPARE(plain.commit, history.gitSplit("p"));

        scratch.git(history.path(), {QStringLiteral("commit-graph"), QStringLiteral("write"), QStringLiteral("--reachable")});
        QFile file(info + QStringLiteral("commit-graph"));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray good = file.readAll();
        const auto table = good.indexOf("CDAT");
        const auto from = qsizetype(qFromBigEndian<quint64>(good.constData() + table + 4));
        for (const qsizetype at : {from + 36 * 40, from + 36 * 41 + 20, from + 36 * 42 + 24, table, qsizetype(7)}) {
            QByteArray bad = good;
            bad[at] = char(bad[at] ^ 0x01);
            QVERIFY(file.seek(0) && file.write(bad) == bad.size() && file.flush());
            QDir(state).removeRecursively();
            QCOMPARE(must(trySplit(history.path(), {"p"})).front().commit, plain.commit);
        }
        for (const qsizetype size : {qsizetype(0), qsizetype(9), qsizetype(60), good.size() / 2, good.size() - 20}) {
            QVERIFY(file.seek(0) && file.write(good) == good.size() && file.flush() && file.resize(size));
            QDir(state).removeRecursively();
            QCOMPARE(must(trySplit(history.path(), {"p"})).front().commit, plain.commit);
        }
    }
    void brokenPacksAreTold()
    {
        const Scratch scratch;
        History history(scratch);
        (void)threeCommits(history);
        scratch.git(history.path(), {QStringLiteral("repack"), QStringLiteral("-adfq")});
        const QDir packs(history.path() + QStringLiteral("/.git/objects/pack"));
        const QString path = packs.filePath(packs.entryList({QStringLiteral("*.pack")}).value(0));
        for (int at = 12; at < int(QFileInfo(path).size()) - 20; at += 7) {
            QFile file(path);
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
            QVERIFY(file.open(QIODevice::ReadWrite));
            QVERIFY(file.seek(at));
            const QByteArray was = file.read(3);
            QVERIFY(file.seek(at));
            file.write(QByteArray(3, char(0xa5)));
            file.close();
            const auto result = trySplit(history.path(), {"p"}); // an answer or an error, never a crash
            QVERIFY(result || !result.error().message().isEmpty());
            QVERIFY(file.open(QIODevice::ReadWrite));
            QVERIFY(file.seek(at));
            file.write(was);
        }
        QDir(history.path() + QStringLiteral("/.git/coppice")).removeRecursively();
        QCOMPARE(must(trySplit(history.path(), {"p"})).front().commits, size_t(3));
    }
};
COPPICE_TEST(SplitOddTest)
#include "split_odd_test.moc"
