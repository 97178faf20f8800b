// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <git/repository.h>

#include <QDir>
#include <QTest>

#include <algorithm>
#include <map>

using namespace coppice;
using namespace coppice::git;

class HistoryTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    QString m_dir; ///< root - a1 - a2 - merge(b1) - top, and an unrelated branch
    std::map<QByteArray, Oid> m_ids;

    void keep(const QByteArray &name) { m_ids[name] = Oid::fromHex(m_scratch.git(m_dir, {"rev-parse", "HEAD"})); }

private Q_SLOTS:
    void initTestCase()
    {
        m_dir = m_scratch.repository("r", {{"a", "1"}, {"dir/x", "x"}});
        keep("root");
        m_scratch.commit(m_dir, "a", "2", "a1");
        keep("a1");
        m_scratch.git(m_dir, {"checkout", "-q", "-b", "side", "HEAD^"});
        m_scratch.commit(m_dir, "b", "1", "b1");
        keep("b1");
        m_scratch.git(m_dir, {"checkout", "-q", "main"});
        m_scratch.commit(m_dir, "a", "3", "a2");
        keep("a2");
        m_scratch.git(m_dir, {"merge", "-q", "--no-ff", "-m", "merge", "side"});
        keep("merge");
        m_scratch.commit(m_dir, "c", "1", "top");
        keep("top");
        m_scratch.git(m_dir, {"checkout", "-q", "--orphan", "alone"});
        m_scratch.commit(m_dir, "z", "1", "alone");
        keep("alone");
        m_scratch.git(m_dir, {"checkout", "-q", "main"});
    }

    void findsMergeBases()
    {
        const auto repo = Repository::open(m_dir).value();
        QCOMPARE(repo.mergeBase(m_ids["a2"], m_ids["b1"]).value(), std::optional(m_ids["root"]));
        QCOMPARE(repo.mergeBase(m_ids["top"], m_ids["b1"]).value(), std::optional(m_ids["b1"]));
        QVERIFY(!repo.mergeBase(m_ids["top"], m_ids["alone"]).value());
        QVERIFY(!repo.mergeBase(m_ids["top"], Oid::fromHex(QByteArray(40, '1'))));
    }
    void knowsAncestors()
    {
        const auto repo = Repository::open(m_dir).value();
        QVERIFY(repo.isAncestor(m_ids["b1"], m_ids["top"]).value());
        QVERIFY(repo.isAncestor(m_ids["top"], m_ids["top"]).value());
        QVERIFY(!repo.isAncestor(m_ids["top"], m_ids["b1"]).value());
        QVERIFY(!repo.isAncestor(m_ids["alone"], m_ids["top"]).value());
        QCOMPARE(repo.aheadBehind(m_ids["a2"], m_ids["b1"]).value(), std::pair(size_t(2), size_t(1)));
        QCOMPARE(repo.aheadBehind(m_ids["b1"], m_ids["top"]).value(), std::pair(size_t(0), size_t(4)));
    }
    void walksParentsFirst()
    {
        const auto repo = Repository::open(m_dir).value();
        const auto all = repo.walk(m_ids["top"], {});
        QVERIFY_RESULT(all);
        QCOMPARE(all->size(), size_t(6));
        std::map<Oid, size_t> place;
        for (size_t i = 0; i < all->size(); ++i)
            place[(*all)[i]] = i;
        for (const auto &id : *all) {
            const auto parents = repo.commit(id).value().parents;
            for (const auto &parent : parents)
                QVERIFY(place[parent] < place[id]);
        }
        QCOMPARE(repo.walk(m_ids["top"], {m_ids["a2"], m_ids["b1"]}).value(), (std::vector{m_ids["merge"], m_ids["top"]}));
        QCOMPARE(repo.walk(m_ids["top"], {}, 2).value(), (std::vector{m_ids["merge"], m_ids["top"]}));
        QVERIFY(repo.walk(m_ids["b1"], {m_ids["top"]}).value().empty());
        QVERIFY(!repo.walk(Oid::fromHex(QByteArray(40, '1')), {}));
    }
    void walksLongHistories()
    {
        auto repo = Repository::init(m_scratch.path("long"), QStringLiteral("main")).value();
        const Oid tree = repo.writeTree({}).value();
        std::vector<Oid> line;
        for (int i = 0; i < 2000; ++i) {
            const std::vector<Oid> parents = line.empty() ? std::vector<Oid>() : std::vector{line.back()};
            line.push_back(repo.writeCommit(tree, parents, {}, Signature{"", "", i, 0}, QByteArray::number(i)).value());
        }
        QCOMPARE(repo.walk(line.back(), {}).value(), line);
        QVERIFY(repo.isAncestor(line.front(), line.back()).value());
    }
    void shallowClonesEndWhereTheyAreCut()
    {
        const QString clone = m_scratch.path("shallow");
        m_scratch.git(m_dir, {"clone", "-q", "--depth", "2", "--no-single-branch", QStringLiteral("file://") + m_dir, clone});
        const auto repo = Repository::open(clone).value();
        QVERIFY(repo.isShallow());
        QVERIFY(!Repository::open(m_dir).value().isShallow());
        QCOMPARE(repo.walk(m_ids["top"], {}).value(), (std::vector{m_ids["merge"], m_ids["top"]}));
        QVERIFY(repo.walk(m_ids["merge"], {m_ids["top"]}).value().empty());
        QVERIFY(repo.isAncestor(m_ids["merge"], m_ids["top"]).value());
        QVERIFY(!repo.isAncestor(m_ids["a1"], m_ids["top"]).value());
        QCOMPARE(repo.mergeBase(m_ids["merge"], m_ids["top"]).value(), std::optional(m_ids["merge"]));
        QCOMPARE(repo.aheadBehind(m_ids["top"], m_ids["merge"]).value(), std::pair(size_t(1), size_t(0)));
    }
    void copiesAsDeepAsAsked_data()
    {
        QTest::addColumn<int>("depth");
        QTest::addColumn<int>("commits");
        QTest::newRow("one") << 1 << 1;
        QTest::newRow("to the merge") << 2 << 2;
        QTest::newRow("both sides of it") << 3 << 4;
        QTest::newRow("more than there is") << 50 << 6;
        QTest::newRow("all") << 0 << 6;
    }
    void copiesAsDeepAsAsked()
    {
        QFETCH(int, depth);
        QFETCH(int, commits);
        const auto source = Repository::open(m_dir).value();
        const QString dir = m_scratch.path(QStringLiteral("copy%1").arg(depth));
        auto target = Repository::initBare(dir).value();
        QVERIFY_RESULT(source.copyTo(target, m_ids["top"], size_t(depth)));
        QVERIFY_RESULT(target.setRef(QStringLiteral("refs/heads/main"), m_ids["top"], Oid{}, "copy"));
        QCOMPARE(m_scratch.git(dir, {"rev-list", "--count", "main"}).toInt(), commits);
        QCOMPARE(target.isShallow(), commits < 6);
        QCOMPARE(target.walk(m_ids["top"], {}).value().size(), size_t(commits));
        QByteArray out;
        QVERIFY2(m_scratch.tryGit(dir, {"fsck", "--full", "--strict"}, &out) == 0, out);
        QCOMPARE(QDir(dir + QStringLiteral("/objects/pack")).entryList({"*.pack"}).size(), 1);
        QVERIFY(!QFile::exists(dir + QStringLiteral("/objects/info/alternates")));
        QVERIFY(!target.has(m_ids["alone"]));
    }
    void copiesAgainDeeper()
    {
        const auto source = Repository::open(m_dir).value();
        const QString dir = m_scratch.path("twice");
        auto target = Repository::initBare(dir).value();
        QVERIFY_RESULT(source.copyTo(target, m_ids["top"], 1));
        QVERIFY_RESULT(target.setRef(QStringLiteral("refs/heads/main"), m_ids["top"], Oid{}, "copy"));
        QVERIFY(target.isShallow());
        QVERIFY_RESULT(source.copyTo(target, m_ids["top"], 1));
        QCOMPARE(QDir(dir + QStringLiteral("/objects/pack")).entryList({"*.pack"}).size(), 1); // nothing new, no pack
        QVERIFY_RESULT(source.copyTo(target, m_ids["top"], 0));
        QVERIFY(!target.isShallow());
        QCOMPARE(m_scratch.git(dir, {"rev-list", "--count", "main"}), QByteArray("6"));
        QCOMPARE(m_scratch.tryGit(dir, {"fsck", "--full"}), 0);
    }
    void copiesFromAShallowOne()
    {
        const QString clone = m_scratch.path("shallow2");
        m_scratch.git(m_dir, {"clone", "-q", "--depth", "2", QStringLiteral("file://") + m_dir, clone});
        const auto source = Repository::open(clone).value();
        auto target = Repository::initBare(m_scratch.path("from-shallow")).value();
        QVERIFY_RESULT(source.copyTo(target, m_ids["top"], 0));
        QVERIFY(target.isShallow());
        QCOMPARE(target.walk(m_ids["top"], {}).value().size(), size_t(2));
    }
    void refusesToCopyWhatIsBroken()
    {
        auto source = Repository::init(m_scratch.path("broken"), QStringLiteral("main")).value();
        const Oid tree = source.writeTree({{"gone", Mode::File, Oid::fromHex(QByteArray(40, '2'))}}).value();
        const Oid commit = source.writeCommit(tree, {}, {}, {}, "m").value();
        auto target = Repository::initBare(m_scratch.path("from-broken")).value();
        QVERIFY(!source.copyTo(target, commit, 0));
        QVERIFY(!target.has(commit));
        QVERIFY(!source.copyTo(target, Oid::fromHex(QByteArray(40, '3')), 0));
    }
};
COPPICE_TEST(HistoryTest)
#include "history_test.moc"
