// SPDX-License-Identifier: GPL-3.0-or-later
#include "history.h"
#include "support/test_main.h"

#include <subtree/split.h>

#include <QTest>

using namespace coppice;
using namespace coppice::test;

namespace {

subtree::SplitResult splitLinked(History &history, const git::Oid &head, const QByteArray &prefix, const git::Oid &since = {})
{
    subtree::SplitOptions options;
    options.resolveLinks = true;
    if (!since.isNull())
        options.linksSince[QByteArray()] = since;
    subtree::SubtreeSplitter splitter(history.repository(), options);
    return must(splitter.split(head, {prefix})).front();
}

} // namespace

class LinksTest : public QObject
{
    Q_OBJECT
private:
    static QByteArray contentAt(History &history, const git::Oid &tree, const QByteArray &path)
    {
        const auto entry = must(history.repository().entryAt(tree, path));
        if (!entry)
            return "nothing";
        return entry->mode == git::Mode::Tree ? QByteArray("a folder") : must(history.repository().blob(entry->id));
    }

private Q_SLOTS:
    void replacesByWhatIsNamed()
    {
        const Scratch scratch;
        History history(scratch);
        const auto commit = history.commit({{"templates/config/lint", "rules"},
                                            {"templates/shared/guide.md", "guide"},
                                            {"templates/shared/deep/lint", "-> ../../config/lint"},
                                            {"templates/shared/own", "-> guide.md"},
                                            {"templates/again", "-> config/lint"},
                                            {"plugins/a/.lint", "-> ../../templates/config/lint"},
                                            {"plugins/a/.agents/shared", "-> ../../../templates/shared"},
                                            {"plugins/a/via", "-> ../../templates/again"},
                                            {"plugins/a/inside", "-> code"},
                                            {"plugins/a/code", "int main"}},
                                           {}, "all\n");
        const auto resolved = must(subtree::resolveTree(history.repository(), must(history.repository().treeOf(commit)), "plugins/a"));
        QCOMPARE(contentAt(history, resolved.tree, ".lint"), "rules");
        QCOMPARE(contentAt(history, resolved.tree, "via"), "rules");
        QCOMPARE(contentAt(history, resolved.tree, ".agents/shared"), "a folder");
        QCOMPARE(contentAt(history, resolved.tree, ".agents/shared/guide.md"), "guide");
        QCOMPARE(contentAt(history, resolved.tree, ".agents/shared/deep/lint"), "rules");
        QCOMPARE(must(history.repository().entryAt(resolved.tree, ".agents/shared/own"))->mode, git::Mode::Link);
        QCOMPARE(must(history.repository().entryAt(resolved.tree, "inside"))->mode, git::Mode::Link);
        QCOMPARE(resolved.links.size(), size_t(3));
        QVERIFY(resolved.blocked.empty());
        history.checkOut(commit);
        scratch.git(history.path(), {QStringLiteral("fsck"), QStringLiteral("--strict")});
    }
    void blocksWhatCannotBeFollowed()
    {
        const Scratch scratch;
        History history(scratch);
        const auto commit = history.commit({{"templates/x", "x"},
                                            {"templates/loop1", "-> loop2"},
                                            {"templates/loop2", "-> loop1"},
                                            {"templates/f/up", "-> ../g"},
                                            {"templates/g/down", "-> ../f"},
                                            {"templates/out/away", "-> ../../secret"},
                                            {"secret", "s"},
                                            {"plugins/b/own", "b"},
                                            {"plugins/a/absolute", "-> /etc/passwd"},
                                            {"plugins/a/dangling", "-> ../../templates/none"},
                                            {"plugins/a/through", "-> ../../templates/x/y"},
                                            {"plugins/a/escaping", "-> ../b/own"},
                                            {"plugins/a/above", "-> ../../../../etc"},
                                            {"plugins/a/all", "-> ../../templates"},
                                            {"plugins/a/cyclic", "-> ../../templates/loop1"},
                                            {"plugins/a/folders", "-> ../../templates/f"},
                                            {"plugins/a/inner", "-> ../../templates/out"},
                                            {"plugins/a/good", "-> ../../templates/x"}},
                                           {}, "all\n");
        const auto resolved = must(subtree::resolveTree(history.repository(), must(history.repository().treeOf(commit)), "plugins/a"));
        QByteArrayList blocked;
        for (const auto &path : resolved.blocked)
            blocked << path;
        std::ranges::sort(blocked);
        QCOMPARE(blocked, (QByteArrayList{"above", "absolute", "all", "cyclic", "dangling", "escaping", "folders/up/down", "inner/away",
                                          "through"}));
        QCOMPARE(contentAt(history, resolved.tree, "good"), "x");
        // blocked links stay what they are
        QCOMPARE(must(history.repository().entryAt(resolved.tree, "escaping"))->mode, git::Mode::Link);
        const auto split = splitLinked(history, commit, "plugins/a");
        QCOMPARE(split.blocked.size(), size_t(9));
        QVERIFY(must(subtree::resolveTree(history.repository(), must(history.repository().treeOf(commit)), "no/such")).tree.isNull());
    }
    void changeOfATemplateIsACommitOfEachLinkedPlugin()
    {
        const Scratch scratch;
        History history(scratch);
        History::Files files{{"templates/t", "1"}, {"templates/u", "1"}, {"plugins/a/t", "-> ../../templates/t"},
                             {"plugins/b/x", "b"}, {"plugins/c/t", "-> ../../templates/t"}};
        const auto first = history.commit(files, {}, "first\n");
        files["templates/t"] = "2";
        const auto second = history.commit(files, {first}, "template: better\n");
        files["templates/u"] = "2";
        const auto third = history.commit(files, {second}, "nobody links to u\n");
        for (const QByteArray &prefix : {QByteArray("plugins/a"), QByteArray("plugins/c")}) {
            const auto split = splitLinked(history, third, prefix);
            QCOMPARE(split.commits, size_t(2));
            const auto commit = must(history.repository().commit(split.commit));
            QCOMPARE(commit.message, "template: better\n");
            QCOMPARE(commit.author.name, "Ann Author");
            QCOMPARE(contentAt(history, commit.tree, "t"), "2");
        }
        QCOMPARE(splitLinked(history, third, "plugins/b").commits, size_t(1));
    }
    void mergeThatBringsATemplate()
    {
        const Scratch scratch;
        History history(scratch);
        History::Files files{{"templates/t", "1"}, {"plugins/a/t", "-> ../../templates/t"}, {"plugins/a/x", "1"}};
        const auto root = history.commit(files, {}, "root\n");
        auto left = files;
        left["plugins/a/x"] = "2";
        const auto ours = history.commit(left, {root}, "ours\n");
        auto right = files;
        right["templates/t"] = "2";
        const auto theirs = history.commit(right, {root}, "theirs\n");
        auto both = left;
        both["templates/t"] = "2";
        const auto merge = history.commit(both, {ours, theirs}, "merge\n");
        const auto split = splitLinked(history, merge, "plugins/a");
        QCOMPARE(split.commits, size_t(4)); // root, ours, the template's commit, their merge
        const auto commit = must(history.repository().commit(split.commit));
        QCOMPARE(commit.parents.size(), size_t(2));
        QCOMPARE(contentAt(history, commit.tree, "t"), "2");
        QCOMPARE(contentAt(history, commit.tree, "x"), "2");
    }
    void withoutLinksIdsAreGits()
    {
        const Scratch scratch;
        History history(scratch);
        History::Files files{{"templates/t", "1"}, {"plugins/a/x", "1"}, {"plugins/a/in", "-> x"}};
        const auto first = history.commit(files, {}, "first\n");
        files["templates/t"] = "2";
        const auto second = history.commit(files, {first}, "template\n");
        files["plugins/a/x"] = "2";
        const auto head = history.commit(files, {second}, "third\n");
        subtree::SubtreeSplitter plain(history.repository(), {});
        QCOMPARE(splitLinked(history, head, "plugins/a").commit, must(plain.split(head, {"plugins/a"})).front().commit);
    }
    void linksSinceKeepsWhatWasPublished()
    {
        const Scratch scratch;
        History history(scratch);
        History::Files files{{"templates/t", "1"}, {"plugins/a/t", "-> ../../templates/t"}, {"plugins/a/x", "1"}};
        const auto first = history.commit(files, {}, "first\n");
        files["plugins/a/x"] = "2";
        const auto second = history.commit(files, {first}, "second\n");
        files["top"] = "1";
        const auto third = history.commit(files, {second}, "third\n");
        subtree::SubtreeSplitter plain(history.repository(), {});
        const auto published = must(plain.split(second, {"plugins/a"})).front().commit;
        QVERIFY(splitLinked(history, second, "plugins/a").commit != published);
        QCOMPARE(splitLinked(history, second, "plugins/a", second).commit, published);
        const auto now = splitLinked(history, third, "plugins/a", second);
        const auto commit = must(history.repository().commit(now.commit));
        QCOMPARE(commit.parents, std::vector<git::Oid>{published}); // the next push fast-forwards
        QCOMPARE(contentAt(history, commit.tree, "t"), "1");
        QCOMPARE(now.commits, size_t(3));
    }
};
COPPICE_TEST(LinksTest)
#include "links_test.moc"
