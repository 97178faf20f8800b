// SPDX-License-Identifier: GPL-3.0-or-later
#include <review/reviews.h>

#include "support/scratch.h"
#include "support/test_main.h"

#include <QTest>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}
namespace coppice::review {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::review;

namespace {

/// A library's databases with one plugin's file to change.
struct House {
    House() : repository(std::move(*git::Repository::initBare(scratch.path("r.git"))))
    {
        state = std::move(*store::Database::open(scratch.path("state.db")));
        auto steps = journal::migrations();
        const auto own = review::migrations();
        steps.insert(steps.end(), own.begin(), own.end());
        if (const auto migrated = state->migrate(steps); !migrated)
            qFatal("%s", qPrintable(migrated.error().message()));
        journal = std::make_unique<journal::Journal>(*state);
        journal->addProjector(reviewProjector());
        reviews = std::make_unique<Reviews>(*state, *journal);
    }
    Revision revision(const QByteArray &before, const QByteArray &after, const QString &run = {})
    {
        const auto treeOf = [&](const QByteArray &text) {
            return repository.writeTree({{"a", git::Mode::File, repository.writeBlob(text).value()}}).value();
        };
        Revision made;
        made.base = treeOf(before);
        made.result = treeOf(after);
        made.run = run;
        return made;
    }
    test::Scratch scratch;
    git::Repository repository;
    std::unique_ptr<store::Database> state;
    std::unique_ptr<journal::Journal> journal;
    std::unique_ptr<Reviews> reviews;
};

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};

QByteArray far(const char *first, const char *last)
{
    return QByteArray(first) + "\n2\n3\n4\n5\n6\n7\n8\n9\n10\n" + last + '\n';
}

} // namespace

class ReviewsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void keepsPatchesAndTheirTrees()
    {
        House house;
        const auto made = house.reviews->add(house.repository, "a", "ticket-1", "fix: a  thing\nwith lines", house.revision("1\n", "2\n", "run-1"));
        QVERIFY_RESULT(made);
        QCOMPARE(made->title, QStringLiteral("fix: a thing with lines"));
        QVERIFY(made->last().at > 0);
        const auto ref = house.repository.refTarget(QStringLiteral("refs/coppice/patches/%1/1").arg(made->id.toString()));
        QVERIFY_RESULT(ref);
        const auto commit = house.repository.commit(*ref);
        QVERIFY_RESULT(commit);
        QVERIFY(commit->tree == made->last().result);
        QVERIFY(house.repository.treeOf(commit->parents.at(0)).value() == made->last().base);

        QVERIFY(house.reviews->get(made->id.shown())->id == made->id);
        QCOMPARE(house.reviews->get("zzzzzz").error().kind, ErrorKind::NotFound);
        QCOMPARE(house.reviews->ofRun("run-1").value()->id.toString(), made->id.toString());
        QVERIFY(!house.reviews->ofRun("run-2").value());
    }

    void furtherRunsAreRevisions()
    {
        House house;
        const auto first = house.reviews->add(house.repository, "a", "t", "x", house.revision("1\n", "2\n", "run-1"));
        const auto again = house.reviews->add(house.repository, "a", "t", "x", house.revision("1\n", "2\n", "run-1"));
        QVERIFY(first->id == again->id);
        QCOMPARE(again->revisions.size(), size_t(1)); // asked again after a crash
        const auto second = house.reviews->add(house.repository, "a", "t", "x", house.revision("1\n", "3\n", "run-2"));
        QVERIFY(second->id == first->id);
        QCOMPARE(second->last().number, 2);
        QVERIFY_RESULT(house.reviews->setState(ann, first->id.toString(), Patch::State::Closed));
        const auto third = house.reviews->add(house.repository, "a", "t", "x", house.revision("1\n", "4\n", "run-3"));
        QVERIFY(third->id != first->id);
        QCOMPARE(house.reviews->list(true)->size(), size_t(1));
        QCOMPARE(house.reviews->list()->size(), size_t(2));
        const auto alone = house.reviews->add(house.repository, "a", {}, {}, house.revision("1\n", "5\n"));
        QVERIFY_RESULT(alone);
        QVERIFY(house.reviews->add(house.repository, "a", {}, {}, house.revision("1\n", "5\n"))->id != alone->id);
    }

    void verdictsCanBeUndone()
    {
        House house;
        const auto patch = house.reviews->add(house.repository, "a", {}, "x", house.revision(far("1", "11"), far("one", "eleven")));
        QVERIFY_RESULT(patch);
        const auto files = filesOf(house.repository, patch->last()).value();
        QCOMPARE(files.at(0).hunks.size(), size_t(2));
        const QString one = files[0].hunks[0].id, two = files[0].hunks[1].id;
        const auto verdicts = [&] {
            QMap<QString, Decision::Verdict> all;
            const auto decisions = house.reviews->decisions(patch->id.toString()).value();
            for (const auto &decision : decisions)
                all.insert(decision.hunk, decision.verdict);
            return all;
        };
        const auto accepted = house.reviews->decide(ann, *patch, files, {one, two.left(8)}, Decision::Verdict::Accepted);
        QVERIFY_RESULT(accepted);
        const auto rejected = house.reviews->decide(ann, *patch, files, {two}, Decision::Verdict::Rejected, "why this?");
        QVERIFY_RESULT(rejected);
        QCOMPARE(verdicts()[one], Decision::Verdict::Accepted);
        QCOMPARE(verdicts()[two], Decision::Verdict::Rejected);
        QCOMPARE(house.reviews->decisions(patch->id.toString())->back().reason, QStringLiteral("why this?"));
        QVERIFY_RESULT(house.journal->undo(ann, rejected->toString()));
        QCOMPARE(verdicts()[two], Decision::Verdict::Accepted);
        QVERIFY_RESULT(house.journal->undo(ann, accepted->toString()));
        QVERIFY(verdicts().isEmpty());

        const auto unknown = house.reviews->decide(ann, *patch, files, {one, "feedbeef"}, Decision::Verdict::Accepted);
        QCOMPARE(unknown.error().kind, ErrorKind::NotFound);
        QVERIFY(unknown.error().message().contains("feedbeef"));
        QVERIFY(verdicts().isEmpty());
        QVERIFY(!house.reviews->decide(ann, *patch, files, {}, Decision::Verdict::Accepted));
    }

    void aLandedPatchIsClosedToVerdicts()
    {
        House house;
        const auto patch = house.reviews->add(house.repository, "a", {}, "x", house.revision("1\n", "2\n"));
        const auto files = filesOf(house.repository, patch->last()).value();
        const auto verdict = house.reviews->decide(ann, *patch, files, {files[0].hunks[0].id}, Decision::Verdict::Accepted);
        QVERIFY_RESULT(verdict);
        const auto commit = git::Oid::fromHex("1234567890123456789012345678901234567890");
        QVERIFY_RESULT(house.reviews->setState(ann, patch->id.toString(), Patch::State::Applied, commit));
        QVERIFY(house.reviews->get(patch->id.toString())->applied == commit);
        QVERIFY(!house.reviews->decide(ann, *patch, files, {files[0].hunks[0].id}, Decision::Verdict::Rejected));
        QVERIFY(!house.journal->undo(ann, verdict->toString()));
        QCOMPARE(house.reviews->decisions(patch->id.toString())->size(), size_t(1));
        QVERIFY_RESULT(house.reviews->setState(ann, patch->id.toString(), Patch::State::Shipped));
        QVERIFY(house.reviews->get(patch->id.toString())->applied == commit);
    }

    void commentsShownAndEvidence()
    {
        House house;
        const auto patch = house.reviews->add(house.repository, "a", {}, "x", house.revision("1\n", "2\n"));
        const QString id = patch->id.toString();
        const auto comment = house.reviews->comment(ann, *patch, Spot{"p/a.txt", "h", 3}, "look\x1b[31m here");
        QVERIFY_RESULT(comment);
        const auto comments = house.reviews->comments(id).value();
        QCOMPARE(comments.size(), size_t(1));
        QCOMPARE(comments[0].line, 3);
        QVERIFY(comments[0].author == ann);
        QVERIFY(!comments[0].text.contains(QChar(0x1b)));
        QVERIFY_RESULT(house.journal->undo(ann, comment->toString()));
        QVERIFY(house.reviews->comments(id)->empty());
        QVERIFY(!house.reviews->comment(ann, *patch, Spot(), "  "));

        QVERIFY_RESULT(house.reviews->markShown(id, {"h1", "h2"}));
        QVERIFY_RESULT(house.reviews->markShown(id, {"h2", "h3"}));
        QCOMPARE(house.reviews->shown(id)->size(), 3);

        QVERIFY_RESULT(house.reviews->addEvidence(id, {"check", "npm test", Evidence::Verdict::Bad, "failed", "run:1", 5}));
        QVERIFY_RESULT(house.reviews->addEvidence(id, {"check", "npm test", Evidence::Verdict::Good, "passed", "run:1", 6}));
        const auto evidence = house.reviews->evidence(id).value();
        QCOMPARE(evidence.size(), size_t(1));
        QVERIFY(evidence[0].verdict == Evidence::Verdict::Good && evidence[0].at == 6);
    }
};

COPPICE_TEST(ReviewsTest)
#include "reviews_test.moc"
