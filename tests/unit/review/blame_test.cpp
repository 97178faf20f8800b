// SPDX-License-Identifier: GPL-3.0-or-later
#include <review/blame.h>
#include <review/files.h>

#include "support/scratch.h"
#include "support/test_main.h"

#include <QTest>

using namespace coppice;
using namespace coppice::review;

class BlameTest : public QObject
{
    Q_OBJECT
    test::Scratch m_scratch;
    std::optional<git::Repository> m_repository;
    int m_files = 0;

    git::Oid treeOf(const QByteArray &path, const QByteArray &text)
    {
        auto id = m_repository->writeBlob(text).value();
        auto mode = git::Mode::File;
        auto parts = path.split('/');
        while (!parts.isEmpty()) {
            id = m_repository->writeTree({{parts.takeLast(), mode, id}}).value();
            mode = git::Mode::Tree;
        }
        return id;
    }
    git::Oid commit(const QByteArray &who, const git::Oid &tree, const std::vector<git::Oid> &parents)
    {
        const git::Signature signature{who, who + "@example.org", 1'700'000'000 + 60 * ++m_files, 0};
        return m_repository->writeCommit(tree, parents, signature, signature, who + " did it\n").value();
    }
    static QStringList told(const std::vector<Author> &authors)
    {
        QStringList all;
        for (const auto &author : authors)
            all << QStringLiteral("%1+%2 %3").arg(author.firstLine).arg(author.lines).arg(author.commit.isNull() ? author.why : author.name);
        return all;
    }

private Q_SLOTS:
    void initTestCase() { m_repository.emplace(std::move(*git::Repository::initBare(m_scratch.path("r.git")))); }

    /// The plugin's own commits lie without its prefix; subtree merges bring them in.
    void followsLinesThroughSubtreeMerges()
    {
        const QByteArray one = "a\nb\nc\n", two = "a\nB\nc\n", three = "a\nB\nc\nd\n", four = "top\na\nB\nc\nd\n";
        const auto ann = commit("ann", treeOf("src/x.js", one), {});
        const auto bob = commit("bob", treeOf("src/x.js", two), {ann});
        const auto library = commit("lead", treeOf("plugins/other/y", "y\n"), {});
        const auto added = commit("lead", treeOf("plugins/p/src/x.js", one), {library, ann});
        const auto cleo = commit("cleo", treeOf("plugins/p/src/x.js", "a\nb\nc\nd\n"), {added});
        const auto pulled = commit("lead", treeOf("plugins/p/src/x.js", three), {cleo, bob});
        const auto head = commit("dan", treeOf("plugins/p/src/x.js", four), {pulled});
        FilePatch file;
        file.path = file.oldPath = "plugins/p/src/x.js";
        file.oldBlob = m_repository->writeBlob(four).value();
        file.newBlob = m_repository->writeBlob("x\n").value();
        const auto authors = whoWrote(*m_repository, head, "plugins/p", file, 1, 5).value();
        QCOMPARE(told(authors), (QStringList{"1+1 dan", "2+1 ann", "3+1 bob", "4+1 ann", "5+1 cleo"}));
        QCOMPARE(authors[1].subject, QStringLiteral("ann did it"));
    }
    void whatTheLibraryChangedSinceIsNotGuessed()
    {
        const auto base = commit("ann", treeOf("p/x", "a\nb\n"), {});
        const auto head = commit("bob", treeOf("p/x", "new\na\nother\n"), {base});
        FilePatch file;
        file.path = file.oldPath = "p/x";
        file.oldBlob = m_repository->writeBlob("a\nb\n").value();
        file.newBlob = m_repository->writeBlob("a\n").value();
        const auto authors = whoWrote(*m_repository, head, "p", file, 1, 2).value();
        QCOMPARE(told(authors), (QStringList{"1+1 ann", "2+1 the library has changed it since"}));
        file.oldBlob = {};
        QCOMPARE(whoWrote(*m_repository, head, "p", file, 1, 1).error().code, QStringLiteral("review.no-lines"));
    }

    void copiesAndRenamesAreToldWithTheirLikeness()
    {
        QByteArray text, other;
        for (int i = 0; i < 40; ++i) {
            text += "line number " + QByteArray::number(i) + " of the file\n";
            other += QByteArray::number(i) + " is what stands here\n";
        }
        const auto blob = [&](const QByteArray &bytes) { return m_repository->writeBlob(bytes).value(); };
        const auto entry = [&](const QByteArray &name, const QByteArray &bytes) { return git::TreeEntry{name, git::Mode::File, blob(bytes)}; };
        Revision revision;
        revision.base = m_repository->writeTree({entry("kept", text), entry("moved", other + "tail\n"), entry("none", "")}).value();
        revision.result = m_repository->writeTree({entry("kept", text + "more\n"), entry("copy", "new\n" + text), entry("went", other + "tail!\n"),
                                                   entry("empty", "")}).value();
        const auto files = filesOf(*m_repository, revision).value();
        QMap<QByteArray, FilePatch> by;
        for (const auto &file : files)
            by[file.path] = file;
        QCOMPARE(by["went"].status, FilePatch::Status::Renamed);
        QVERIFY(by["went"].similarity >= 97 && by["went"].similarity < 100);
        QCOMPARE(by["copy"].status, FilePatch::Status::Added);
        QCOMPARE(by["copy"].copiedFrom, QByteArray("kept"));
        QVERIFY(by["copy"].similarity >= 97);
        QVERIFY(by["kept"].copiedFrom.isEmpty());
        QCOMPARE(by["kept"].similarity, -1);
    }
};

COPPICE_TEST(BlameTest)
#include "blame_test.moc"
