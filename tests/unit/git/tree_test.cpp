// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <git/tree_edit.h>

#include <QTest>

using namespace coppice;
using namespace coppice::git;

/// Editing, comparing and merging trees.
class TreeTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    std::optional<Repository> m_repo;

    Oid blob(const QByteArray &bytes) { return m_repo->writeBlob(bytes).value(); }
    TreeChange put(const QByteArray &path, const QByteArray &bytes, Mode mode = Mode::File)
    {
        return {path, TreeEntry{{}, mode, blob(bytes)}};
    }
    Oid tree(const std::vector<TreeChange> &changes, const Oid &from = {}) { return editTree(*m_repo, from, changes).value(); }
    /// "path:content" of all files, joined.
    QByteArray list(const Oid &id)
    {
        QByteArray text;
        const auto changes = m_repo->changes({}, id).value();
        for (const auto &change : changes)
            text += change.path + ':' + m_repo->blob(change.after->id).value() + ' ';
        return text.trimmed();
    }
    /// "-path +path *path" in the order they come.
    QByteArray diff(const Oid &a, const Oid &b)
    {
        QByteArray text;
        const auto changes = m_repo->changes(a, b).value();
        for (const auto &change : changes)
            text += QByteArray(change.before && change.after ? "*" : change.after ? "+" : "-") + change.path + ' ';
        return text.trimmed();
    }

private Q_SLOTS:
    void initTestCase() { m_repo = Repository::init(m_scratch.path("r"), QStringLiteral("main")).value(); }

    void editsFolders()
    {
        const Oid start = tree({put("a", "1"), put("d/e/f", "2"), put("d/g", "3")});
        QCOMPARE(list(start), QByteArray("a:1 d/e/f:2 d/g:3"));
        QCOMPARE(list(tree({put("d/e/f", "9"), put("new/x", "4")}, start)), QByteArray("a:1 d/e/f:9 d/g:3 new/x:4"));
        QCOMPARE(list(tree({{"d/e/f", {}}}, start)), QByteArray("a:1 d/g:3"));
        QVERIFY(!m_repo->entryAt(tree({{"d/e/f", {}}}, start), "d/e").value()); // no empty folder is left
        QCOMPARE(list(tree({{"d", {}}}, start)), QByteArray("a:1"));
        QCOMPARE(tree({{"a", {}}, {"d", {}}}, start), m_repo->writeTree({}).value());
        QCOMPARE(tree({{"never/there", {}}, {"a/below/a/file", {}}}, start), start);
        QCOMPARE(tree({put("a", "1")}, start), start);
    }
    void replacesFilesByFoldersAndBack()
    {
        const Oid start = tree({put("a", "1"), put("d/x", "2")});
        QCOMPARE(editTree(*m_repo, start, {put("a/b", "3")}).error().code, QStringLiteral("git.path-through-file"));
        QCOMPARE(list(tree({{"a", {}}, put("a/b", "3")}, start)), QByteArray("a/b:3 d/x:2"));
        QCOMPARE(list(tree({{"d/x", {}}, put("d", "4")}, start)), QByteArray("a:1 d:4"));
        QVERIFY(!editTree(*m_repo, start, {put("q", "1"), put("q/r", "1")}));
    }
    void refusesBadPaths_data()
    {
        QTest::addColumn<QByteArray>("path");
        for (const char *path : {"", "/a", "a/", "a//b", "a/../b", ".git/config", "x/.Git/hooks", "."})
            QTest::newRow(path[0] ? path : "empty") << QByteArray(path);
    }
    void refusesBadPaths()
    {
        QFETCH(QByteArray, path);
        QVERIFY(!editTree(*m_repo, {}, {put(path, "x")}));
        QVERIFY(!editTree(*m_repo, {}, {put("same", "x"), put("same", "y")}));
        QCOMPARE(editTree(*m_repo, {}, {{"gone", TreeEntry{{}, Mode::File, Oid::fromHex(QByteArray(40, '5'))}}}).error().kind,
                 ErrorKind::NotFound);
    }
    void keepsModesAndOddBytes()
    {
        const Oid id = tree({put("run", "x", Mode::Executable), put("link", "run", Mode::Link), put("caf\xe9/\xff", "y"),
                             {"sub", TreeEntry{{}, Mode::Submodule, Oid::fromHex(QByteArray(40, '6'))}}});
        QCOMPARE(m_repo->entryAt(id, "run").value()->mode, Mode::Executable);
        QCOMPARE(m_repo->entryAt(id, "link").value()->mode, Mode::Link);
        QCOMPARE(m_repo->entryAt(id, "sub").value()->mode, Mode::Submodule);
        QVERIFY(m_repo->entryAt(id, "caf\xe9/\xff").value());
        // an entry with an old mode keeps it when a neighbour changes
        const Oid old = m_repo->writeRaw("tree", QByteArray("100664 a\0", 9) + QByteArray(reinterpret_cast<const char *>(blob("1").raw()), 20)).value();
        const Oid edited = tree({put("b", "2")}, old);
        QVERIFY(m_repo->rawObject(edited).value().second.startsWith("100664 a"));
        QCOMPARE(tree({put("a", "1")}, old), old);
    }
    void putsWholeTrees()
    {
        const Oid sub = tree({put("x", "1"), put("y/z", "2")});
        const Oid start = tree({put("p/one/old", "o"), put("top", "t")});
        QCOMPARE(list(putTree(*m_repo, start, "p/one", sub).value()), QByteArray("p/one/x:1 p/one/y/z:2 top:t"));
        QCOMPARE(list(putTree(*m_repo, start, "p/two", sub).value()), QByteArray("p/one/old:o p/two/x:1 p/two/y/z:2 top:t"));
        QCOMPARE(list(putTree(*m_repo, start, "p/one", {}).value()), QByteArray("top:t"));
        QCOMPARE(list(putTree(*m_repo, start, "p", m_repo->writeTree({}).value()).value()), QByteArray("top:t"));
        QCOMPARE(putTree(*m_repo, start, "", sub).value(), sub);
        QCOMPARE(putTree(*m_repo, start, "top/sub", sub).error().code, QStringLiteral("git.path-through-file"));
    }
    void comparesInPathOrder()
    {
        const Oid a = tree({put("a.txt", "1"), put("a/b", "2"), put("k", "3"), put("m/n", "4"), put("same/x", "5")});
        const Oid b = tree({put("a", "1"), put("a.txt", "2"), put("k", "3", Mode::Executable), put("m/n", "4"), put("z", "6"),
                            put("same/x", "5")});
        QCOMPARE(diff(a, b), QByteArray("+a *a.txt -a/b *k +z"));
        QCOMPARE(diff(b, a), QByteArray("-a *a.txt +a/b *k -z"));
        QCOMPARE(diff(a, a), QByteArray());
        QCOMPARE(diff({}, {}), QByteArray());
        QCOMPARE(diff(a, {}), QByteArray("-a.txt -a/b -k -m/n -same/x"));
    }
    void doesNotReadEqualFolders()
    {
        const Oid missing = Oid::fromHex(QByteArray(40, '8'));
        const Oid a = m_repo->writeTree({{"lost", Mode::Tree, missing}, {"x", Mode::File, blob("1")}}).value();
        const Oid b = m_repo->writeTree({{"lost", Mode::Tree, missing}, {"x", Mode::File, blob("2")}}).value();
        QCOMPARE(diff(a, b), QByteArray("*x"));
        QVERIFY(!m_repo->changes(a, {}));
        // nor blobs: these are not there at all
        const Oid one = m_repo->writeTree({{"x", Mode::File, missing}}).value();
        const Oid two = m_repo->writeTree({{"x", Mode::Executable, missing}, {"y", Mode::File, missing}}).value();
        QCOMPARE(diff(one, two), QByteArray("*x +y"));
    }
    void endsOnHostileDepth()
    {
        Oid id = blob("x");
        Oid folder = m_repo->writeTree({{"f", Mode::File, id}}).value();
        for (int i = 0; i < 1100; ++i)
            folder = m_repo->writeTree({{"d", Mode::Tree, folder}}).value();
        QCOMPARE(m_repo->changes({}, folder).error().code, QStringLiteral("git.too-deep"));
    }
    void mergesAndNamesConflicts()
    {
        const QByteArray lines = "1\n2\n3\n4\n5\n6\n7\n8\n";
        const Oid base = tree({put("f", lines), put("gone", "x"), put("keep", "k"), put("caf\xe9", "1")});
        const Oid ours = tree({put("f", QByteArray(lines).replace("1\n", "one\n"))}, base);
        const Oid theirs = tree({put("f", QByteArray(lines).replace("8\n", "eight\n")), {"gone", {}}, put("new", "n")}, base);
        const auto clean = m_repo->mergeTrees(base, ours, theirs);
        QVERIFY_RESULT(clean);
        QVERIFY(clean->conflicts.empty());
        QCOMPARE(m_repo->blob(m_repo->entryAt(clean->tree, "f").value()->id).value(), QByteArray("one\n2\n3\n4\n5\n6\n7\neight\n"));
        QVERIFY(!m_repo->entryAt(clean->tree, "gone").value());
        QVERIFY(m_repo->entryAt(clean->tree, "new").value());

        const Oid other = tree({put("f", QByteArray(lines).replace("1\n", "uno\n")), put("gone", "changed"), put("caf\xe9", "2")}, base);
        const Oid mine = tree({put("f", QByteArray(lines).replace("1\n", "one\n")), {"gone", {}}, put("caf\xe9", "3")}, base);
        const auto conflict = m_repo->mergeTrees(base, mine, other);
        QVERIFY_RESULT(conflict);
        QVERIFY(conflict->tree.isNull());
        QCOMPARE(conflict->conflicts, (std::vector<QByteArray>{"caf\xe9", "f", "gone"}));
    }
    void mergesWithoutABase()
    {
        const auto same = m_repo->mergeTrees({}, tree({put("a", "1")}), tree({put("a", "1"), put("b", "2")}));
        QVERIFY_RESULT(same);
        QCOMPARE(list(same->tree), QByteArray("a:1 b:2"));
        QCOMPARE(m_repo->mergeTrees({}, tree({put("a", "1")}), tree({put("a", "2")})).value().conflicts.size(), size_t(1));
        const auto empty = m_repo->mergeTrees(tree({put("a", "1")}), {}, tree({put("a", "1")}));
        QVERIFY_RESULT(empty);
        QCOMPARE(empty->tree, m_repo->writeTree({}).value());
    }
    void keepsModesInMerges()
    {
        const Oid base = tree({put("run", "x"), put("l", "run", Mode::Link), put("t", "1")});
        const Oid ours = tree({put("run", "x", Mode::Executable)}, base);
        const Oid theirs = tree({put("l", "t", Mode::Link), put("odd\nname\\", "o")}, base);
        const auto merged = m_repo->mergeTrees(base, ours, theirs);
        QVERIFY_RESULT(merged);
        QVERIFY(!merged->tree.isNull());
        QCOMPARE(m_repo->entryAt(merged->tree, "run").value()->mode, Mode::Executable);
        QCOMPARE(m_repo->blob(m_repo->entryAt(merged->tree, "l").value()->id).value(), QByteArray("t"));
        QVERIFY(m_repo->entryAt(merged->tree, "odd\nname\\").value());
        const auto clash = m_repo->mergeTrees(base, tree({put("d", "file")}, base), tree({put("d/x", "folder")}, base));
        QVERIFY_RESULT(clash);
        QVERIFY(clash->tree.isNull());
        QVERIFY(!clash->conflicts.empty());
    }
};
COPPICE_TEST(TreeTest)
#include "tree_test.moc"
