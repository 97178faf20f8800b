// SPDX-License-Identifier: GPL-3.0-or-later
#include <git/tree_edit.h>
#include <shipping/merge_onto.h>

#include "support/scratch.h"
#include "support/test_main.h"

#include <QMap>
#include <QTest>

using namespace coppice;
using namespace coppice::shipping;

namespace {

using Files = QMap<QByteArray, QByteArray>;

struct Repo {
    test::Scratch scratch;
    git::Repository repository = std::move(*git::Repository::initBare(scratch.path("r.git")));

    git::Oid tree(const Files &files)
    {
        std::vector<git::TreeChange> changes;
        for (auto it = files.cbegin(); it != files.cend(); ++it)
            changes.push_back({it.key(), git::TreeEntry{{}, git::Mode::File, repository.writeBlob(it.value()).value()}});
        return git::editTree(repository, repository.writeTree({}).value(), changes).value();
    }
};

const QByteArray lines = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

} // namespace

class MergeOntoTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void merges_data()
    {
        QTest::addColumn<QVariantMap>("head");
        QTest::addColumn<QVariantMap>("base");
        QTest::addColumn<QVariantMap>("composed");
        QTest::addColumn<QVariantMap>("result"); ///< empty: conflict
        QTest::addColumn<QByteArray>("conflict");
        const auto row = [](const char *tag, const QVariantMap &head, const QVariantMap &base, const QVariantMap &composed,
                            const QVariantMap &result, const char *conflict = "") {
            QTest::newRow(tag) << head << base << composed << result << QByteArray(conflict);
        };
        const auto with = [](const char *from, const char *to) { return QByteArray(lines).replace(from, to); };
        row("exact", {{"p/a", lines}, {"q/b", "b"}}, {{"p/a", lines}}, {{"p/a", with("5", "five")}},
            {{"p/a", with("5", "five")}, {"q/b", "b"}});
        row("other lines changed", {{"p/a", with("1", "one")}}, {{"p/a", lines}}, {{"p/a", with("9", "nine")}},
            {{"p/a", QByteArray(lines).replace("1", "one").replace("9", "nine")}});
        row("same lines changed", {{"p/a", with("5", "FIVE")}}, {{"p/a", lines}}, {{"p/a", with("5", "five")}}, {}, "p/a");
        row("there already", {{"p/a", with("5", "five")}}, {{"p/a", lines}}, {{"p/a", with("5", "five")}}, {{"p/a", with("5", "five")}});
        row("added", {{"q", "q"}}, {}, {{"p/new", "n"}}, {{"q", "q"}, {"p/new", "n"}});
        row("added by both", {{"p/new", "other"}}, {}, {{"p/new", "n"}}, {}, "p/new");
        row("deleted", {{"p/a", lines}, {"q", "q"}}, {{"p/a", lines}}, {}, {{"q", "q"}});
        row("deleted but changed", {{"p/a", with("1", "one")}}, {{"p/a", lines}}, {}, {}, "p/a");
        row("changed but deleted", {{"q", "q"}}, {{"p/a", lines}}, {{"p/a", with("5", "five")}}, {}, "p/a");
        // The file is gone from the head, which has always had a copy elsewhere: no rename, the copy stays as it is.
        row("no rename is guessed", {{"z/copy", lines}}, {{"p/a", lines}}, {{"p/a", with("5", "five")}}, {}, "p/a");
        row("renamed", {{"p/a", lines}}, {{"p/a", lines}}, {{"p/b", lines}}, {{"p/b", lines}});
        row("a file in the way", {{"p", "file"}}, {}, {{"p/new", "n"}}, {}, "p");
        row("file becomes folder", {{"p", "file"}}, {{"p", "file"}}, {{"p/new", "n"}}, {{"p/new", "n"}});
        row("folder becomes file", {{"p/x", "x"}}, {{"p/x", "x"}}, {{"p", "file"}}, {{"p", "file"}});
        row("binary", {{"p/a", QByteArray("\0a", 2)}}, {{"p/a", QByteArray("\0b", 2)}}, {{"p/a", QByteArray("\0c", 2)}}, {}, "p/a");
    }
    void merges()
    {
        const auto files = [](const QVariantMap &map) {
            Files all;
            for (auto it = map.cbegin(); it != map.cend(); ++it)
                all.insert(it.key().toUtf8(), it.value().toByteArray());
            return all;
        };
        QFETCH(QVariantMap, head);
        QFETCH(QVariantMap, base);
        QFETCH(QVariantMap, composed);
        QFETCH(QVariantMap, result);
        QFETCH(QByteArray, conflict);
        Repo repo;
        const auto merged = mergeOnto(repo.repository, repo.tree(files(head)), repo.tree(files(base)), repo.tree(files(composed)));
        QVERIFY_RESULT(merged);
        if (!conflict.isEmpty()) {
            QVERIFY(merged->tree.isNull());
            QCOMPARE(merged->conflicts, std::vector<QByteArray>{conflict});
            return;
        }
        QVERIFY(merged->conflicts.empty());
        QVERIFY(merged->tree == repo.tree(files(result)));
    }
};

COPPICE_TEST(MergeOntoTest)
#include "merge_onto_test.moc"
