// SPDX-License-Identifier: GPL-3.0-or-later
#include "house.h"

#include <git/tree_edit.h>
#include <shipping/accepted.h>

#include "support/test_main.h"

#include <QJsonArray>
#include <QTest>

using namespace coppice;
using namespace coppice::shipping;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};
const Actor ben{Actor::Kind::Person, QStringLiteral("ben")};

const QByteArray twelve = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n";

/// A library with one plugin, and a patch of two hunks that ann asked for.
struct Desk {
    explicit Desk(const QByteArray &settings)
    {
        scratch.repository("library", {{"coppice.yaml", settings}, {"plugins/a/x.txt", twelve}, {"plugins/a/y.txt", "y\n"}, {"README.md", "r\n"}});
        house = std::make_unique<test::ShippingHouse>(scratch);
        reviews = std::make_unique<review::Reviews>(*house->state, *house->journal);
        QByteArray next = twelve;
        patch = add(next.replace("2\n3\n", "two\n3\n").replace("18\n", "eighteen\n"));
        if (!SignOffs::noteRequester(*house->state, "patch:" + patch.id.toString(), ann))
            qFatal("requester");
    }
    review::Patch add(const QByteArray &bytes)
    {
        auto repository = house->made->repository().value();
        const auto base = repository.treeOf(house->made->head().value()).value();
        const auto blob = repository.writeBlob(bytes).value();
        review::Revision revision;
        revision.base = base;
        revision.result = git::editTree(repository, base, {{"plugins/a/x.txt", git::TreeEntry{"x.txt", git::Mode::File, blob}}}).value();
        return reviews->add(repository, "a", {}, "fix: numbers", revision).value();
    }
    std::vector<review::FilePatch> files() { return review::filesOf(house->made->repository().value(), patch.last()).value(); }
    void accept(qsizetype from, qsizetype count)
    {
        const auto all = files();
        QStringList hunks;
        for (qsizetype i = from; i < from + count; ++i)
            hunks << all.at(0).hunks.at(size_t(i)).id;
        if (!reviews->decide(ann, patch, all, hunks, review::Decision::Verdict::Accepted))
            qFatal("decide");
    }
    Result<Applied> apply(const Actor &actor) { return shipping::apply(*house->house, actor, patch.id.toString(), {}, Progress::none()); }

    test::Scratch scratch;
    std::unique_ptr<test::ShippingHouse> house;
    std::unique_ptr<review::Reviews> reviews;
    review::Patch patch;
};

} // namespace

class ApplyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatLandsIsProvedById()
    {
        Desk desk("name: x\n");
        desk.accept(0, 1);
        const auto applied = desk.apply(ann);
        QVERIFY_RESULT(applied);
        QVERIFY(applied->proof && applied->proof->holds());
        QCOMPARE(applied->proof->paths.size(), size_t(1));
        QCOMPARE(applied->proof->paths[0].path, QByteArray("plugins/a/x.txt"));
        QCOMPARE(applied->proof->paths[0].landed, applied->proof->paths[0].approved);
        QCOMPARE(desk.scratch.git("library", {"rev-parse", applied->commit.toString() + ":plugins/a/x.txt"}), applied->proof->paths[0].landed.section(u' ', 1).toLatin1());
        QCOMPARE(desk.scratch.git("library", {"rev-parse", "HEAD^{tree}"}), applied->proof->landedTree.hex());
        QCOMPARE(desk.scratch.read("library/plugins/a/x.txt"), QByteArray(twelve).replace("2\n3\n", "two\n3\n"));
        // It stands in the journal, and is answered again.
        const auto operations = desk.house->journal->recent(50, "signoff:" + desk.patch.id.toString()).value();
        QCOMPARE(operations.size(), size_t(2));
        QCOMPARE(operations[0].verb, QStringLiteral("landed"));
        QVERIFY(operations[0].payload[u"proof"][u"holds"].toBool());
        const auto again = desk.apply(ann);
        QVERIFY_RESULT(again);
        QCOMPARE(again->commit, applied->commit);
        QVERIFY(again->proof && again->proof->holds());
    }

    void aMergedPathIsNamedAndTheRestIsExact()
    {
        Desk desk("name: x\n");
        desk.accept(0, 2);
        desk.scratch.commit("library", "plugins/a/x.txt", QByteArray(twelve).replace("10\n", "ten\n"), "feat: ten");
        const auto applied = desk.apply(ann);
        QVERIFY_RESULT(applied);
        QVERIFY(applied->proof->holds());
        QCOMPARE(applied->proof->mergedPaths(), QStringList{"plugins/a/x.txt"});
        QVERIFY(applied->proof->paths[0].landed != applied->proof->paths[0].approved);
        QCOMPARE(desk.scratch.read("library/plugins/a/x.txt"), QByteArray(twelve).replace("2\n3\n", "two\n3\n").replace("10\n", "ten\n").replace("18\n", "eighteen\n"));
    }

    void aConflictMovesNothing()
    {
        Desk desk("name: x\n");
        desk.accept(0, 2);
        desk.scratch.commit("library", "plugins/a/x.txt", QByteArray(twelve).replace("2\n3\n", "zwei\n3\n"), "feat: zwei");
        const auto head = desk.scratch.git("library", {"rev-parse", "HEAD"});
        const auto applied = desk.apply(ann);
        QVERIFY(!applied);
        QCOMPARE(applied.error().code, QStringLiteral("apply.conflict"));
        QCOMPARE(desk.scratch.git("library", {"rev-parse", "HEAD"}), head);
    }

    /// The proof notices each way in which a tree can differ from what was approved.
    void aWrongTreeDoesNotPass()
    {
        Desk desk("name: x\n");
        auto repository = desk.house->made->repository().value();
        const auto base = desk.patch.last().base, approved = desk.patch.last().result;
        const auto put = [&](const git::Oid &tree, const QByteArray &path, const QByteArray &bytes, git::Mode mode = git::Mode::File) {
            return git::editTree(repository, tree, {{path, git::TreeEntry{"", mode, repository.writeBlob(bytes).value()}}}).value();
        };
        const auto holds = [&](const git::Oid &landed, const std::vector<QByteArray> &merged = {}) {
            return proveLanding(repository, base, approved, base, landed, merged).value().holds();
        };
        QVERIFY(holds(approved));
        QVERIFY(!holds(base));
        QVERIFY(!holds(put(approved, "plugins/a/x.txt", "other\n")));
        QVERIFY(!holds(put(approved, "plugins/a/x.txt", repository.blob(repository.entryAt(approved, "plugins/a/x.txt").value()->id).value(), git::Mode::Executable)));
        QVERIFY(!holds(put(approved, "README.md", "other\n")));
        QVERIFY(!holds(put(approved, "new.txt", "new\n")));
        QVERIFY(!holds(git::editTree(repository, approved, {{"plugins/a/y.txt", std::nullopt}}).value()));
        QVERIFY(holds(put(approved, "plugins/a/x.txt", "other\n"), {"plugins/a/x.txt"}));
        QVERIFY(!holds(put(approved, "README.md", "other\n"), {"README.md"})); // merged, it says, and nobody had touched it
    }

    void twoReviewers()
    {
        Desk desk("review: {reviewers: 2}\n");
        desk.accept(0, 1);
        const auto head = desk.scratch.git("library", {"rev-parse", "HEAD"});
        const auto alone = desk.apply(ann);
        QVERIFY(!alone);
        QCOMPARE(alone.error().code, QStringLiteral("apply.approval"));
        QVERIFY(alone.error().kind == ErrorKind::NeedsPerson);
        QVERIFY(!desk.apply(ann)); // the same person twice is one
        QCOMPARE(desk.scratch.git("library", {"rev-parse", "HEAD"}), head);
        QVERIFY_RESULT(approve(*desk.house->house, ben, desk.patch.id.toString()));
        const auto both = desk.apply(ann);
        QVERIFY_RESULT(both);
        const QByteArray message = desk.scratch.git("library", {"log", "-1", "--format=%B"});
        QCOMPARE(message.count("Coppice-Reviewer: "), 2);
        QVERIFY(message.contains("Coppice-Reviewer: ben"));
    }

    void anApprovalLapsesWithItsContent()
    {
        Desk desk("review: {reviewers: 2}\n");
        desk.accept(0, 1);
        QVERIFY_RESULT(approve(*desk.house->house, ben, desk.patch.id.toString()));
        desk.accept(1, 1);
        const auto changed = desk.apply(ann);
        QVERIFY(!changed);
        const auto judged = approvalsOf(*desk.house->house, desk.patch.id.toString()).value();
        QCOMPARE(judged.holding.size(), size_t(1));
        QCOMPARE(judged.lapsed.size(), size_t(1));
        QCOMPARE(judged.lapsed[0].actor, ben);
        QVERIFY_RESULT(approve(*desk.house->house, ben, desk.patch.id.toString()));
        QVERIFY(approvalsOf(*desk.house->house, desk.patch.id.toString()).value().lapsed.empty());
        QVERIFY_RESULT(desk.apply(ann));
    }

    void theRequesterAloneIsNotEnough()
    {
        Desk desk("review: {reviewers: 1, other_than_requester: true}\n");
        desk.accept(0, 2);
        const auto own = desk.apply(ann);
        QVERIFY(!own);
        QVERIFY(own.error().what.contains("ann"));
        QVERIFY_RESULT(desk.apply(ben));
    }

    void noAgentApproves()
    {
        Desk desk("name: x\n");
        desk.accept(0, 2);
        const Actor agent{Actor::Kind::Agent, "a"};
        QVERIFY(!approve(*desk.house->house, agent, desk.patch.id.toString()));
        const auto applied = desk.apply(agent);
        QVERIFY(!applied);
        QCOMPARE(applied.error().code, QStringLiteral("apply.approval"));
    }

    void anApprovalIsTakenBackUntilItLands()
    {
        Desk desk("review: {reviewers: 2}\n");
        desk.accept(0, 1);
        QVERIFY_RESULT(approve(*desk.house->house, ben, desk.patch.id.toString()));
        const auto operation = desk.house->journal->recent(1, "signoff:" + desk.patch.id.toString()).value().at(0).id.toString();
        QVERIFY_RESULT(desk.house->journal->undo(ben, operation));
        QVERIFY(!desk.apply(ann));
        QVERIFY_RESULT(approve(*desk.house->house, ben, desk.patch.id.toString()));
        QVERIFY_RESULT(desk.apply(ann));
        const auto all = SignOffs(*desk.house->state, *desk.house->journal).of(desk.patch.id.toString()).value();
        QVERIFY(!desk.house->journal->undo(ben, all.back().operation));
    }
};

COPPICE_TEST(ApplyTest)
#include "apply_test.moc"
