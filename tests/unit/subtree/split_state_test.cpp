// SPDX-License-Identifier: GPL-3.0-or-later
#include "history.h"
#include "support/test_main.h"

#include <subtree/rejoin.h>
#include <subtree/split.h>

#include <QDir>
#include <QTest>

using namespace coppice;
using namespace coppice::test;

namespace {

/// A repository that is split again and again, each time by a handle of its own.
class Splits
{
public:
    Splits() : m_history(m_scratch) { m_options.keepDots = installedGitKeepsDots(); }
    [[nodiscard]] History &history() { return m_history; }
    [[nodiscard]] const Scratch &scratch() const { return m_scratch; }
    [[nodiscard]] subtree::SplitOptions &options() { return m_options; }

    std::vector<subtree::SplitResult> all(const git::Oid &head, const std::vector<QByteArray> &prefixes)
    {
        auto repository = must(git::Repository::open(m_history.path()));
        return must(subtree::SubtreeSplitter(repository, m_options).split(head, prefixes));
    }
    subtree::SplitResult one(const git::Oid &head, const QByteArray &prefix = "p") { return all(head, {prefix}).front(); }
    /// Without what was kept, and keeping nothing.
    subtree::SplitResult fresh(const git::Oid &head, const QByteArray &prefix = "p")
    {
        const QString folder = stateFolder().path();
        QDir().rename(folder, folder + QStringLiteral(".aside"));
        m_options.dryRun = true;
        auto result = one(head, prefix);
        m_options.dryRun = false;
        QDir().rename(folder + QStringLiteral(".aside"), folder);
        return result;
    }
    [[nodiscard]] QDir stateFolder() const { return QDir(m_history.path() + QStringLiteral("/.git/coppice/split")); }
    [[nodiscard]] QStringList stateFiles() const
    {
        QStringList paths;
        for (const QString &name : stateFolder().entryList({QStringLiteral("*.state")}, QDir::Files, QDir::Name))
            paths << stateFolder().filePath(name);
        return paths;
    }
    [[nodiscard]] int packs() const
    {
        return int(QDir(m_history.path() + QStringLiteral("/.git/objects/pack")).entryList({QStringLiteral("*.pack")}).size());
    }
    void git(const QStringList &args) const { m_scratch.git(m_history.path(), args); }

private:
    Scratch m_scratch;
    History m_history;
    subtree::SplitOptions m_options;
};

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void put(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class SplitStateTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void onlyNewCommitsAreWritten()
    {
        Splits splits;
        auto &history = splits.history();
        git::Oid head;
        for (int i = 0; i < 5; ++i)
            head = history.commit({{"p/a", QByteArray::number(i)}, {"q/a", "1"}}, head.isNull() ? std::vector<git::Oid>{} : std::vector{head}, "n\n");
        QCOMPARE(splits.all(head, {"p", "q"})[0].made, size_t(5));
        QCOMPARE(splits.packs(), 1); // one a run, however little it is
        QCOMPARE(splits.stateFiles().size(), 1);
        const auto again = splits.one(head);
        QCOMPARE(again.made, size_t(0));
        QCOMPARE(again.commits, size_t(5));
        QCOMPARE(splits.packs(), 1);

        const auto next = history.commit({{"p/a", "x"}, {"q/a", "1"}}, {head}, "next\n");
        const auto both = splits.all(next, {"q", "p"});
        QCOMPARE(both[0].made, size_t(0));
        QCOMPARE(both[1].made, size_t(1));
        QCOMPARE(both[1].commits, size_t(6));
        QCOMPARE(both[1].commit, splits.fresh(next).commit);
        QCOMPARE(splits.packs(), 2);
        splits.git({QStringLiteral("fsck"), QStringLiteral("--strict")});
        // an older head again, and the newer one
        QCOMPARE(splits.one(head).commits, size_t(5));
        QCOMPARE(splits.one(next).commit, both[1].commit);
    }
    void prefixesComeAndGo()
    {
        Splits splits;
        auto &history = splits.history();
        const auto a = history.commit({{"p/a", "1"}, {"q/a", "1"}, {"r/a", "1"}, {"s/a", "1"}, {"t/a", "1"}}, {}, "1\n");
        const auto b = history.commit({{"p/a", "2"}, {"q/a", "2"}, {"r/a", "1"}, {"s/a", "2"}, {"t/a", "2"}}, {a}, "2\n");
        QCOMPARE(splits.one(a, "p").commits, size_t(1));
        QCOMPARE(splits.all(a, {"p", "q"}).size(), size_t(2));
        QCOMPARE(splits.stateFiles().size(), 2);
        QCOMPARE(splits.all(b, {"q", "r", "p"})[1].commits, size_t(1));
        QCOMPARE(splits.one(b, "s").commits, size_t(2));
        // four groups for one answer are walked as one
        const auto all = splits.all(b, {"t", "s", "r", "q", "p"});
        QCOMPARE(all[0].prefix, QByteArray("t"));
        for (const auto &one : all)
            QCOMPARE(one.commit, splits.fresh(b, one.prefix).commit);
        QVERIFY(splits.stateFiles().size() <= 8);
        for (int i = 0; i < 12; ++i)
            (void)splits.one(b, "none" + QByteArray::number(i));
        QCOMPARE(splits.stateFiles().size(), 8);
        QVERIFY(splits.one(b, "none1").commit.isNull());
    }
    void aLaterJoinSeedsAnOlderCommit()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        Splits splits;
        auto &history = splits.history();
        const auto a = history.commit({{"p/a", "1"}}, {}, "a\n");
        const auto b = history.commit({{"p/a", "2"}}, {a}, "b\n");
        const auto c = history.commit({{"p/a", "3"}}, {b}, "c\n");
        const auto plain = splits.one(c);
        QCOMPARE(plain.commits, size_t(3));
        // upstream has b's content with a history of its own; the join says so of a commit that was mapped long ago
        const auto up = history.commit({{"a", "2"}}, {}, "upstream\n");
        const auto join = history.commit({{"p/a", "3"}}, {c, up}, "Join\n\ngit-subtree-dir: p\ngit-subtree-mainline: " + b.hex()
                                                                     + "\ngit-subtree-split: " + up.hex() + '\n');
        const auto head = history.commit({{"p/a", "4"}}, {join}, "d\n");
        const auto joined = splits.one(head);
        history.checkOut(head);
        QCOMPARE(joined.commit, history.gitSplit("p"));
        const auto fresh = splits.fresh(head);
        QCOMPARE(joined.commit, fresh.commit);
        QCOMPARE(joined.commits, fresh.commits);
        QCOMPARE(joined.originals, fresh.originals);
        // the head before the join is mapped as it was, and back again
        QCOMPARE(splits.one(c).commit, plain.commit);
        QCOMPARE(splits.one(head).commit, joined.commit);
    }
    void aRejoinChangesWhatIsOriginal()
    {
        Splits splits;
        auto &history = splits.history();
        const auto a = history.commit({{"p/a", "1"}}, {}, "a\n");
        const auto b = history.commit({{"p/a", "2"}, {"top", "1"}}, {a}, "b\n");
        const auto split = splits.one(b);
        QVERIFY(split.originals.empty());
        auto repository = must(git::Repository::open(history.path()));
        const auto joined = must(subtree::writeRejoins(repository, b, {{"p", split.commit}}));
        QCOMPARE(must(repository.treeOf(joined)), must(repository.treeOf(b)));
        QCOMPARE(must(subtree::writeRejoins(repository, joined, {{"p", split.commit}})), joined); // joined already
        const auto after = splits.one(joined);
        QCOMPARE(after.commit, split.commit);
        QCOMPARE(after.originals, splits.fresh(joined).originals);
        QCOMPARE(after.joins.size(), size_t(1));
        if (whyNoGitSubtree().isEmpty()) {
            history.checkOut(joined);
            QCOMPARE(after.commit, history.gitSplit("p"));
        }
    }
    void anotherHistoryAndBack()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        Splits splits;
        auto &history = splits.history();
        const auto a = history.commit({{"p/a", "1"}}, {}, "a\n");
        const auto b = history.commit({{"p/a", "2"}}, {a}, "b\n");
        const auto forced = history.commit({{"p/a", "other"}}, {a}, "forced\n");
        const auto merged = history.commit({{"p/a", "both"}}, {forced, b}, "merge\n");
        for (const auto &head : {b, forced, merged, b, merged}) {
            history.checkOut(head);
            QCOMPARE(splits.one(head).commit, history.gitSplit("p"));
        }
    }
    void whatIsGoneIsMadeAnew()
    {
        Splits splits;
        auto &history = splits.history();
        const auto a = history.commit({{"p/a", "1"}}, {}, "a\n");
        const auto b = history.commit({{"p/a", "2"}}, {a}, "b\n");
        const auto c = history.commit({{"p/a", "3"}}, {b}, "c\n");
        history.checkOut(c);
        const auto first = splits.one(b);
        // what was split survives gc
        splits.git({QStringLiteral("gc"), QStringLiteral("-q"), QStringLiteral("--prune=now")});
        QVERIFY(must(git::Repository::open(history.path())).has(first.commit));
        QVERIFY(splits.one(b).note.isEmpty());
        // without its reference it does not; the next split begins anew, for the same head and for a later one
        for (const auto &head : {b, c}) {
            splits.git({QStringLiteral("update-ref"), QStringLiteral("-d"), QStringLiteral("refs/coppice/split/p")});
            splits.git({QStringLiteral("reflog"), QStringLiteral("expire"), QStringLiteral("--expire=now"), QStringLiteral("--all")});
            splits.git({QStringLiteral("gc"), QStringLiteral("-q"), QStringLiteral("--prune=now")});
            QVERIFY(!must(git::Repository::open(history.path())).has(first.commit));
            const auto again = splits.one(head);
            QCOMPARE(again.made, again.commits);
            QVERIFY(again.note.contains(QStringLiteral("made anew")));
            QVERIFY(splits.one(head).note.isEmpty()); // said once
            splits.git({QStringLiteral("fsck"), QStringLiteral("--strict")});
        }
    }
    void damage_data()
    {
        QTest::addColumn<int>("at"); // from the end when negative
        QTest::addColumn<bool>("cut");
        QTest::newRow("empty") << 0 << true;
        QTest::newRow("no head") << 20 << true;
        QTest::newRow("half") << -700 << true;
        QTest::newRow("the word") << 3 << false;
        QTest::newRow("a size") << 17 << false;
        QTest::newRow("the head's answer") << 120 << false;
        QTest::newRow("a table") << -900 << false;
        QTest::newRow("the last byte") << -1 << false;
    }
    void damage()
    {
        QFETCH(const int, at);
        QFETCH(const bool, cut);
        Splits splits;
        auto &history = splits.history();
        git::Oid head;
        for (int i = 0; i < 8; ++i)
            head = history.commit({{"p/a", QByteArray::number(i)}}, head.isNull() ? std::vector<git::Oid>{} : std::vector{head}, "n\n");
        const auto first = splits.one(head);
        const auto next = history.commit({{"p/a", "next"}}, {head}, "next\n");
        const QString path = splits.stateFiles().value(0);
        QByteArray bytes = bytesOf(path);
        QVERIFY(bytes.size() > 1000);
        const auto place = at < 0 ? bytes.size() + at : at;
        if (cut)
            bytes.truncate(place);
        else
            bytes[place] = char(bytes[place] ^ 0x20);
        put(path, bytes);
        const auto result = splits.one(next);
        QCOMPARE(result.commit, splits.fresh(next).commit);
        QCOMPARE(result.commits, first.commits + 1);
        QVERIFY(result.note.contains(QStringLiteral("made anew")));
        QVERIFY(splits.one(next).note.isEmpty());
    }
    void aKilledSplitsLockIsNoObstacle()
    {
        Splits splits;
        auto &history = splits.history();
        const auto a = history.commit({{"p/a", "1"}}, {}, "1\n");
        const auto b = history.commit({{"p/a", "2"}}, {a}, "2\n");
        (void)splits.one(a);
        put(history.path() + QStringLiteral("/.git/refs/coppice/split/p.lock"), {});
        const auto result = splits.one(b);
        QCOMPARE(result.commits, size_t(2));
        QCOMPARE(splits.scratch().git(history.path(), {QStringLiteral("rev-parse"), QStringLiteral("refs/coppice/split/p")}), result.commit.hex());
    }
    void anotherVersionIsNoDamage()
    {
        Splits splits;
        const auto head = splits.history().commit({{"p/a", "1"}}, {}, "1\n");
        const auto first = splits.one(head);
        const QString path = splits.stateFiles().value(0);
        QByteArray bytes = bytesOf(path);
        bytes[8] = char(bytes[8] + 1);
        put(path, bytes);
        const auto again = splits.one(head);
        QCOMPARE(again.commit, first.commit);
        QVERIFY(again.note.isEmpty());
    }
    void optionsHaveTheirOwn()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        Splits splits;
        auto &history = splits.history();
        const auto a = history.commit({{"p/a", "1"}, {"p/l", "-> ../templates/t"}, {"templates/t", "x"}}, {}, "a\n", ".Dot. <d@x> %1 +0000");
        const auto b = history.commit({{"p/a", "2"}, {"p/l", "-> ../templates/t"}, {"templates/t", "x"}}, {a}, "b\n", ".Dot. <d@x> %1 +0000");
        history.checkOut(b);
        const auto plain = splits.one(b);
        QCOMPARE(plain.commit, history.gitSplit("p"));
        splits.options().annotate = "note: ";
        QCOMPARE(splits.one(b).commit, history.gitSplit("p", nullptr, {QStringLiteral("--annotate=note: ")}));
        splits.options().annotate = "";
        splits.options().onto = splits.one(a).commit;
        const QString onto = QStringLiteral("--onto=") + splits.options().onto.toString();
        QCOMPARE(splits.one(b).commit, history.gitSplit("p", nullptr, {onto}));
        splits.options().onto = {};
        splits.options().keepDots = !splits.options().keepDots;
        QVERIFY(splits.one(b).commit != plain.commit);
        splits.options().keepDots = !splits.options().keepDots;
        splits.options().resolveLinks = true;
        const auto linked = splits.one(b);
        QVERIFY(linked.commit != plain.commit);
        splits.options().linksSince["p"] = a;
        const auto since = splits.one(b);
        QVERIFY(since.commit != linked.commit);
        const auto c = history.commit({{"p/a", "2"}, {"p/l", "-> ../templates/t"}, {"templates/t", "y"}}, {b}, "only the template\n");
        QCOMPARE(splits.one(c).made, size_t(1));
        QCOMPARE(splits.one(c).commit, splits.fresh(c).commit);
        splits.options().resolveLinks = false;
        QCOMPARE(splits.one(b).commit, plain.commit);
        QCOMPARE(splits.one(c).commit, plain.commit);
    }
    void ignoredJoins()
    {
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        Splits splits;
        auto &history = splits.history();
        const auto up = history.commit({{"a", "1"}}, {}, "upstream\n");
        const auto root = history.commit({{"top", "1"}}, {}, "root\n");
        const auto add = history.commit({{"p/a", "1"}, {"top", "1"}}, {root, up}, "Add 'p/' from commit '" + up.hex() + "'\n\ngit-subtree-dir: p\n"
            "git-subtree-mainline: " + root.hex() + "\ngit-subtree-split: " + up.hex() + '\n');
        const auto edit = history.commit({{"p/a", "2"}, {"top", "1"}}, {add}, "edit\n");
        const auto other = history.commit({{"a", "2"}}, {up}, "somebody else's\n");
        const auto rejoin = history.commit({{"p/a", "2"}, {"top", "1"}}, {edit, other}, "Split 'p/'\n\ngit-subtree-dir: p\ngit-subtree-mainline: "
            + edit.hex() + "\ngit-subtree-split: " + other.hex() + '\n');
        const auto head = history.commit({{"p/a", "3"}, {"top", "1"}}, {rejoin}, "more\n");
        history.checkOut(head);
        const auto with = splits.one(head);
        QCOMPARE(with.commit, history.gitSplit("p"));
        splits.options().ignoreJoins = true;
        const auto without = splits.one(head);
        QVERIFY(without.commit != with.commit);
        QCOMPARE(without.commit, history.gitSplit("p", nullptr, {QStringLiteral("--ignore-joins")}));
    }
};
COPPICE_TEST(SplitStateTest)
#include "split_state_test.moc"
