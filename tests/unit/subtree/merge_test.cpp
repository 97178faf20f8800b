// SPDX-License-Identifier: GPL-3.0-or-later
#include "history.h"
#include "support/test_main.h"

#include <subtree/merge.h>

#include <QTest>

using namespace coppice;
using namespace coppice::test;

namespace {

/// A library and one plugin's upstream in the same object store, as after a fetch.
class Pair
{
public:
    explicit Pair(const Scratch &scratch) : history(scratch)
    {
        options.keepDots = installedGitKeepsDots();
    }
    [[nodiscard]] subtree::SplitResult split()
    {
        subtree::SubtreeSplitter splitter(history.repository(), options);
        return must(splitter.split(head, {prefix})).front();
    }
    [[nodiscard]] Result<subtree::MergeResult> merge(bool squash)
    {
        subtree::MergeRequest request{head, prefix, upstream, split(), options, squash};
        return subtree::mergeUpstream(history.repository(), request);
    }
    void pull(bool squash)
    {
        const auto merged = must(merge(squash));
        QVERIFY(merged.conflicts.empty() && merged.openLinks.empty());
        QVERIFY(merged.upToDate || !merged.commit.isNull());
        if (!merged.upToDate)
            head = merged.commit;
    }
    /// A commit of the library that changes files of the plugin (paths in it) or others (with a leading '/').
    void edit(const QByteArray &path, const QByteArray &content)
    {
        library[path.startsWith('/') ? path.sliced(1) : prefix + '/' + path] = content;
        head = history.commit(withPlugin(), {head}, "edit " + path + '\n');
    }
    void editUpstream(const QByteArray &path, const QByteArray &content)
    {
        History::Files files = filesOf(must(history.repository().treeOf(upstream)), {});
        files[path] = content;
        upstream = history.commit(files, {upstream}, "upstream " + path + '\n');
    }
    [[nodiscard]] QByteArray content(const git::Oid &commit, const QByteArray &path)
    {
        const auto entry = must(history.repository().entryAt(must(history.repository().treeOf(commit)), path));
        return entry ? must(history.repository().blob(entry->id)) : QByteArray("nothing");
    }
    /// The split is git's, and contains what upstream has.
    void verify()
    {
        const auto mine = split();
        QVERIFY(!mine.error);
        QVERIFY2(whyNoGitSubtree().isEmpty(), qPrintable(whyNoGitSubtree()));
        history.checkOut(head);
        QByteArray words;
        const auto theirs = history.gitSplit(prefix, &words);
        QVERIFY2(!theirs.isNull(), words.constData());
        QCOMPARE(mine.commit, theirs);
        QVERIFY(must(history.repository().isAncestor(upstream, mine.commit)));
    }
    void push() { upstream = split().commit; }

    History history;
    subtree::SplitOptions options;
    QByteArray prefix = "plugins/a";
    History::Files library;
    git::Oid head;
    git::Oid upstream;

private:
    History::Files filesOf(const git::Oid &tree, const QByteArray &under)
    {
        History::Files files;
        for (const auto &entry : must(history.repository().tree(tree))) {
            const QByteArray path = under + entry.name;
            if (entry.mode == git::Mode::Tree)
                files.insert(filesOf(entry.id, path + '/'));
            else
                files[path] = QByteArray(entry.mode == git::Mode::Link ? "-> " : "") + must(history.repository().blob(entry.id));
        }
        return files;
    }
    /// The head's files with those of `library` over them.
    History::Files withPlugin()
    {
        History::Files files = filesOf(must(history.repository().treeOf(head)), {});
        for (auto it = library.cbegin(); it != library.cend(); ++it)
            files[it.key()] = it.value();
        library.clear();
        return files;
    }
};

} // namespace

class MergeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void addIsGitsOwn_data()
    {
        QTest::addColumn<bool>("squash");
        QTest::newRow("full") << false;
        QTest::newRow("squash") << true;
    }
    void addIsGitsOwn()
    {
        QFETCH(const bool, squash);
        const Scratch scratch;
        Pair pair(scratch);
        pair.upstream = pair.history.commit({{"a", "1"}}, {}, "up\n");
        pair.head = pair.history.commit({{"top", "1"}}, {}, "root\n");
        const auto root = pair.head;
        pair.head = must(subtree::addSubtree(pair.history.repository(), pair.head, pair.prefix, pair.upstream, squash,
                                             {{".coppice/plugins/a.yaml", "id: a\n"}}));
        QCOMPARE(pair.content(pair.head, "plugins/a/a"), "1");
        QCOMPARE(pair.content(pair.head, ".coppice/plugins/a.yaml"), "id: a\n");
        const auto commit = must(pair.history.repository().commit(pair.head));
        QCOMPARE(commit.parents.front(), root);
        if (squash) {
            const auto squashed = must(pair.history.repository().commit(commit.parents[1]));
            QVERIFY(squashed.parents.empty());
            QVERIFY(squashed.message.startsWith("Squashed 'plugins/a/' content from commit "));
            QVERIFY(squashed.message.endsWith(
                QByteArray("\n\ngit-subtree-dir: plugins/a\ngit-subtree-split: " + pair.upstream.hex() + '\n')));
            QCOMPARE(commit.message, QByteArray("Merge commit '" + squashed.id.hex() + "' as 'plugins/a'\n"));
        } else {
            QCOMPARE(commit.message,
                     QByteArray("Add 'plugins/a/' from commit '" + pair.upstream.hex() + "'\n\ngit-subtree-dir: plugins/a\n"
                                + "git-subtree-mainline: " + root.hex() + "\ngit-subtree-split: " + pair.upstream.hex() + '\n'));
        }
        QCOMPARE(pair.split().commit, pair.upstream);
        pair.verify();
        const auto twice = subtree::addSubtree(pair.history.repository(), pair.head, pair.prefix, pair.upstream, squash);
        QVERIFY(!twice && twice.error().code == QStringLiteral("subtree.exists"));
    }
    /// Edits on both sides, pushes and pulls in random order: ids stay git's and every push fast-forwards.
    void sequences_data()
    {
        QTest::addColumn<int>("start"); // 0 added, 1 added squashed, 2 grown in the library and pushed
        QTest::addColumn<bool>("squash");
        QTest::addColumn<quint32>("seed");
        // A join that went upstream with a push and came back with a pull: git ended on the two of them.
        QTest::newRow("a join that comes back") << 2 << false << 842260u;
        QTest::newRow("a join that comes back to a squashed one") << 1 << false << 354103u;
        for (int start = 0; start < 3; ++start) {
            for (const bool squash : {false, true}) {
                const quint32 seed = std::random_device()() % 1'000'000;
                QTest::addRow("start %d, %s, seed %u", start, squash ? "squash" : "full", seed) << start << squash << seed;
            }
        }
    }
    void sequences()
    {
        QFETCH(const int, start);
        QFETCH(const bool, squash);
        QFETCH(const quint32, seed);
        const Scratch scratch;
        Pair pair(scratch);
        std::mt19937 random(seed);
        pair.head = pair.history.commit({{"top", "1"}}, {}, "root\n");
        if (start == 2) {
            pair.edit("a", "born here");
            pair.edit("b", "1");
            pair.push();
        } else {
            pair.upstream = pair.history.commit({{"a", "1"}}, {}, "up\n");
            pair.editUpstream("b", "1");
            pair.head = must(subtree::addSubtree(pair.history.repository(), pair.head, pair.prefix, pair.upstream, start == 1));
        }
        for (int i = 0; i < 9; ++i) {
            const QByteArray value = QByteArray::number(i);
            switch (random() % 4) {
            case 0:
                pair.edit(i % 2 ? "mine" : "/top", value);
                break;
            case 1:
                pair.editUpstream("theirs", value);
                break;
            default:
                pair.pull(squash);
                if (QTest::currentTestFailed())
                    return;
                pair.verify();
                if (QTest::currentTestFailed())
                    return;
                if (random() % 2)
                    pair.push();
            }
        }
        pair.pull(squash);
        pair.verify();
    }
    void conflictNamesPathsAndMovesNothing()
    {
        const Scratch scratch;
        Pair pair(scratch);
        pair.upstream = pair.history.commit({{"a", "1\n"}, {"b", "1\n"}}, {}, "up\n");
        pair.head = pair.history.commit({{"top", "1"}}, {}, "root\n");
        pair.head = must(subtree::addSubtree(pair.history.repository(), pair.head, pair.prefix, pair.upstream, false));
        pair.edit("a", "ours\n");
        pair.editUpstream("a", "theirs\n");
        pair.editUpstream("b", "theirs\n");
        const auto merged = must(pair.merge(false));
        QCOMPARE(merged.conflicts, std::vector<QByteArray>{"plugins/a/a"});
        QVERIFY(merged.commit.isNull() && !merged.upToDate);
    }
    void unrelatedHistories()
    {
        const Scratch scratch;
        Pair pair(scratch);
        pair.head = pair.history.commit({{"top", "1"}, {"plugins/a/a", "copied in"}}, {}, "root\n");
        pair.upstream = pair.history.commit({{"a", "another"}}, {}, "up\n");
        const auto refused = pair.merge(false);
        QVERIFY(!refused && refused.error().code == QStringLiteral("subtree.unrelated"));
        pair.upstream = pair.history.commit({{"a", "copied in"}}, {}, "up\n");
        pair.pull(false); // the same content: joined
        pair.verify();
        QCOMPARE(pair.split().commit, pair.upstream);
        pair.editUpstream("a", "more");
        pair.pull(false);
        pair.verify();
        QCOMPARE(pair.content(pair.head, "plugins/a/a"), "more");
    }
    void linksComeBackOrAskAPerson()
    {
        const Scratch scratch;
        Pair pair(scratch);
        pair.options.resolveLinks = true;
        pair.head = pair.history.commit({{"templates/t", "1\n"}, {"templates/f/g", "g\n"}, {"plugins/a/t", "-> ../../templates/t"},
                                         {"plugins/a/f", "-> ../../templates/f"}, {"plugins/a/x", "1\n"}},
                                        {}, "root\n");
        pair.push();
        QCOMPARE(pair.content(pair.upstream, "t"), "1\n");
        pair.edit("/templates/t", "2\n"); // the template moves on, upstream still has the old one
        pair.editUpstream("x", "2\n");
        pair.pull(false);
        QCOMPARE(pair.content(pair.head, "plugins/a/x"), "2\n");
        const auto &repository = pair.history.repository();
        const auto tree = must(repository.treeOf(pair.head));
        QCOMPARE(must(repository.entryAt(tree, "plugins/a/t"))->mode, git::Mode::Link);
        QCOMPARE(must(repository.entryAt(tree, "plugins/a/f"))->mode, git::Mode::Link);
        QVERIFY(must(repository.isAncestor(pair.upstream, pair.split().commit)));
        pair.push();
        QCOMPARE(pair.content(pair.upstream, "t"), "2\n");
        pair.editUpstream("f/g", "changed upstream\n");
        const auto merged = must(pair.merge(false));
        QCOMPARE(merged.openLinks.size(), 1);
        QCOMPARE(merged.openLinks.front().path, "f");
        QCOMPARE(merged.openLinks.front().target, "templates/f");
        QVERIFY(merged.commit.isNull());
    }
    /// A join that was written without its mainline looks like a squash. A squash built on it would drag the library's
    /// history into the splits of the other plugins.
    void aJoinWithoutMainlineIsNoSquash()
    {
        const Scratch scratch;
        Pair pair(scratch);
        pair.upstream = pair.history.commit({{"a", "1"}}, {}, "up\n");
        const auto root = pair.history.commit({{"top", "1"}, {"plugins/b/b", "1"}}, {}, "root\n");
        pair.head = pair.history.commit({{"top", "1"}, {"plugins/b/b", "1"}, {"plugins/a/a", "1"}}, {root, pair.upstream},
                                        "Add 'plugins/a/' from commit '" + pair.upstream.hex() + "'\n\ngit-subtree-dir: plugins/a\n"
                                            + "git-subtree-split: " + pair.upstream.hex() + '\n');
        subtree::SubtreeSplitter splitter(pair.history.repository(), pair.options);
        const auto before = must(splitter.split(pair.head, {"plugins/b"})).front();
        pair.editUpstream("a", "2");
        pair.pull(true);
        const auto after = must(splitter.split(pair.head, {"plugins/b"})).front();
        QCOMPARE(after.commit, before.commit);
        QVERIFY(after.originals.empty());
        pair.verify();
    }
    /// A pull request that added a plugin by squash and was itself squashed: one commit of the library quotes the trailers.
    void aSquashedPullRequestIsNoSquash()
    {
        const Scratch scratch;
        Pair pair(scratch);
        pair.upstream = pair.history.commit({{"a", "1"}}, {}, "up\n");
        const auto root = pair.history.commit({{"top", "1"}, {"plugins/b/b", "1"}}, {}, "root\n");
        pair.head = pair.history.commit({{"top", "1"}, {"plugins/b/b", "1"}, {"plugins/a/a", "1"}}, {root},
                                        "Add a (#7)\n\n* Squashed 'plugins/a/' content\n\ngit-subtree-dir: plugins/a\ngit-subtree-split: "
                                            + pair.upstream.hex() + "\n\n* Merge commit as 'plugins/a'\n");
        subtree::SubtreeSplitter splitter(pair.history.repository(), pair.options);
        const auto before = must(splitter.split(pair.head, {"plugins/b"})).front();
        pair.editUpstream("a", "2");
        pair.edit("b", "mine");
        pair.pull(true);
        const auto after = must(splitter.split(pair.head, {"plugins/b"})).front();
        QCOMPARE(after.commit, before.commit);
        QVERIFY(after.originals.empty());
        pair.verify();
        pair.editUpstream("a", "3");
        pair.pull(true); // now on a real squash
        QCOMPARE(must(splitter.split(pair.head, {"plugins/b"})).front().commit, before.commit);
        QCOMPARE(pair.content(pair.head, "plugins/a/a"), "3");
        QCOMPARE(pair.content(pair.head, "plugins/a/b"), "mine");
    }
    /// A folder that was copied in by hand and changed since, its upstream as well.
    void copiedInByHand_data()
    {
        QTest::addColumn<bool>("squash");
        QTest::newRow("full") << false;
        QTest::newRow("squash") << true;
    }
    void copiedInByHand()
    {
        QFETCH(const bool, squash);
        const Scratch scratch;
        Pair pair(scratch);
        pair.upstream = pair.history.commit({{"a", "1"}, {"b", "1"}}, {}, "up\n");
        pair.editUpstream("a", "2");
        const auto met = pair.upstream;
        pair.head = pair.history.commit({{"top", "1"}, {"plugins/a/own", "0"}}, {}, "root\n");
        pair.head = pair.history.commit({{"top", "1"}, {"plugins/a/a", "2"}, {"plugins/a/b", "1"}}, {pair.head}, "copied\n");
        pair.edit("b", "mine");
        pair.editUpstream("a", "3");
        const auto merged = must(pair.merge(squash));
        QCOMPARE(merged.joinedAt, met);
        pair.head = merged.commit;
        pair.verify();
        QCOMPARE(pair.content(pair.head, "plugins/a/a"), "3");
        QCOMPARE(pair.content(pair.head, "plugins/a/b"), "mine");
        pair.push();
        pair.editUpstream("a", "4");
        pair.edit("b", "mine again");
        pair.pull(squash);
        pair.verify();
        QCOMPARE(pair.content(pair.head, "plugins/a/a"), "4");
        // what the library had before is not sent
        QVERIFY(!must(pair.history.repository().walk(pair.split().commit, {})).empty());
        for (const auto &commit : must(pair.history.repository().walk(pair.split().commit, {})))
            QCOMPARE(pair.content(commit, "own"), "nothing");
    }
    /// With squashes the last one is what is compared with, as for git: what a forced push dropped is dropped here.
    void aForcedPushDropsWhatItDropped()
    {
        const Scratch scratch;
        Pair pair(scratch);
        pair.upstream = pair.history.commit({{"a", "1"}}, {}, "up\n");
        const auto first = pair.upstream;
        pair.editUpstream("dropped", "1");
        pair.head = pair.history.commit({{"top", "1"}}, {}, "root\n");
        pair.head = must(subtree::addSubtree(pair.history.repository(), pair.head, pair.prefix, pair.upstream, true));
        pair.edit("mine", "1");
        pair.upstream = first;
        pair.editUpstream("other", "1");
        pair.pull(true);
        QCOMPARE(pair.content(pair.head, "plugins/a/dropped"), "nothing");
        QCOMPARE(pair.content(pair.head, "plugins/a/other"), "1");
        QCOMPARE(pair.content(pair.head, "plugins/a/mine"), "1");
        pair.verify();
    }
    void mergeIntoAMissingPrefixAdds()
    {
        const Scratch scratch;
        Pair pair(scratch);
        pair.head = pair.history.commit({{"top", "1"}}, {}, "root\n");
        pair.upstream = pair.history.commit({{"a", "1"}}, {}, "up\n");
        pair.pull(true);
        QCOMPARE(pair.content(pair.head, "plugins/a/a"), "1");
        pair.verify();
        QVERIFY(must(pair.merge(true)).upToDate);
    }
};
COPPICE_TEST(MergeTest)
#include "merge_test.moc"
