// SPDX-License-Identifier: GPL-3.0-or-later
#include "review_house.h"

#include <review/threads.h>

#include "support/test_main.h"

#include <QTest>

using namespace coppice;
using namespace coppice::review;
using test::lines;
using test::ReviewHouse;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};
const Actor bob{Actor::Kind::Person, QStringLiteral("bob")};

} // namespace

class ThreadsTest : public QObject
{
    Q_OBJECT

    static std::vector<Thread> placed(ReviewHouse &house, const Patch &patch, const Revision &revision)
    {
        return placeThreads(house.repository, house.files(revision), house.reviews->comments(patch.id.toString()).value()).value();
    }

private Q_SLOTS:
    void threadsAreAnsweredEditedAndResolved()
    {
        ReviewHouse house;
        const auto patch = house.reviews->add(house.repository, "p", {}, "x", house.revision({{"a", lines(9)}}, {{"a", lines(9, {{5, "five\n"}})}})).value();
        const auto files = house.files(patch.last());
        const auto spot = spotOf(house.repository, files, {}, "a", 5, false);
        QVERIFY_RESULT(spot);
        QCOMPARE(spot->hunk, files[0].hunks[0].id);
        QCOMPARE(spot->quote, QStringLiteral("five"));
        const auto first = house.reviews->comment(ann, patch, *spot, "why?");
        QVERIFY_RESULT(first);
        const auto answer = house.reviews->reply(bob, patch, first->shown(), "because");
        QVERIFY_RESULT(answer);
        QVERIFY(!house.reviews->editComment(ann, patch, answer->toString(), "no"));
        QVERIFY_RESULT(house.reviews->editComment(bob, patch, answer->toString(), "because of 4"));
        const auto closed = house.reviews->resolve(ann, patch, answer->toString(), true);
        QVERIFY_RESULT(closed);
        auto threads = placed(house, patch, patch.last());
        QCOMPARE(threads.size(), size_t(1));
        QCOMPARE(threads[0].comments.size(), size_t(2));
        QCOMPARE(threads[0].comments[1].text, QStringLiteral("because of 4"));
        QVERIFY(threads[0].comments[1].edited > 0);
        QVERIFY(threads[0].resolved());
        QCOMPARE(threads[0].line, 5);
        QVERIFY_RESULT(house.journal->undo(ann, closed->toString()));
        QVERIFY(!placed(house, patch, patch.last())[0].resolved());
        QVERIFY_RESULT(house.reviews->resolve(ann, patch, first->toString(), true));
        QVERIFY_RESULT(house.reviews->reply(bob, patch, first->toString(), "still")); // an answer opens it again
        QVERIFY(!placed(house, patch, patch.last())[0].resolved());
        QVERIFY(!house.journal->undo(ann, first->toString())); // answered: not taken away under the answers
        QVERIFY(!house.reviews->reply(bob, patch, "zzzzzz", "to whom"));
    }

    void placesThatAreNotThereAreRefused()
    {
        ReviewHouse house;
        const auto patch = house.reviews->add(house.repository, "p", {}, "x", house.revision({{"a", lines(30)}}, {{"a", lines(30, {{5, "five\n"}})}})).value();
        const auto files = house.files(patch.last());
        QCOMPARE(spotOf(house.repository, files, {}, "b", 0, false).error().kind, ErrorKind::NotFound);
        QCOMPARE(spotOf(house.repository, files, {}, "a", 25, false).error().kind, ErrorKind::NotFound);
        QCOMPARE(spotOf(house.repository, files, "feedbeef", {}, 0, false).error().kind, ErrorKind::NotFound);
        QVERIFY(!spotOf(house.repository, files, {}, {}, 3, false));
        QCOMPARE(spotOf(house.repository, files, {}, "a", 5, true)->quote, QStringLiteral("5"));
        QCOMPARE(spotOf(house.repository, files, {}, "a", 0, false)->hunk, QString());
    }

    void threadsFollowTheirText()
    {
        ReviewHouse house;
        const auto base = lines(60);
        const auto patch = house.reviews->add(house.repository, "p", {}, "x",
                                              house.revision({{"a", base}}, {{"a", lines(60, {{10, "ten\n"}, {30, "thirty\nand\n"}})}})).value();
        const auto files = house.files(patch.last());
        const auto say = [&](const QString &hunk, const QByteArray &path, int line, const char *text) {
            const auto spot = spotOf(house.repository, files, hunk, path, line, false);
            QVERIFY_RESULT(spot);
            QVERIFY_RESULT(house.reviews->comment(ann, patch, *spot, QString::fromLatin1(text)));
        };
        say({}, "a", 10, "on ten");
        say({}, "a", 31, "on and");
        say(files[0].hunks[1].id, {}, 0, "on the second hunk");
        say({}, "a", 0, "on the file");
        say({}, {}, 0, "on the patch");

        // Two lines more at the top of the base: what stayed moves along.
        const auto moved = placed(house, patch, house.revision({{"a", "x\ny\n" + base}}, {{"a", "x\ny\n" + lines(60, {{10, "ten\n"}, {30, "thirty\nand\n"}})}}));
        QCOMPARE(moved.size(), size_t(5));
        QCOMPARE(moved[0].line, 12);
        QCOMPARE(moved[1].line, 33);
        for (const auto &thread : moved)
            QVERIFY(!thread.outdated);

        // The second hunk is another now: the line that is still there keeps its thread, the hunk's own is outdated.
        const auto later = house.revision({{"a", base}}, {{"a", lines(60, {{30, "THIRTY\nsome\nand\n"}})}});
        const auto changed = placed(house, patch, later);
        QVERIFY(changed[0].outdated);
        QCOMPARE(changed[0].first().quote, QStringLiteral("ten"));
        QVERIFY(!changed[1].outdated);
        QCOMPARE(changed[1].line, 32);
        QCOMPARE(changed[1].hunk, house.files(later)[0].hunks[0].id);
        QVERIFY(changed[2].outdated);
        QVERIFY(changed[2].first().quote.contains("+thirty\n"));
        QVERIFY(!changed[3].outdated);
        QVERIFY(!changed[4].outdated);
        QVERIFY(placed(house, patch, house.revision({{"b", base}}, {{"b", "b\n"}}))[3].outdated);
    }

    void viewedMarksAreUndone()
    {
        ReviewHouse house;
        const auto patch = house.reviews->add(house.repository, "p", {}, "x", house.revision({{"a", lines(9)}}, {{"a", "z\n"}})).value();
        const auto files = house.files(patch.last());
        const QString id = patch.id.toString(), hunk = files[0].hunks[0].id;
        const auto seen = house.reviews->setViewed(ann, patch, files, {hunk}, true);
        QVERIFY_RESULT(seen);
        QCOMPARE(house.reviews->viewed(id).value(), QStringList{hunk});
        QVERIFY(house.reviews->shown(id)->isEmpty()); // not what the screen says, and no verdict
        QVERIFY(house.reviews->decisions(id)->empty());
        QVERIFY_RESULT(house.reviews->setViewed(ann, patch, files, {hunk}, false));
        QVERIFY(house.reviews->viewed(id)->isEmpty());
        QVERIFY(house.reviews->setViewed(ann, patch, files, {hunk}, true) && house.journal->undo(ann, seen->toString()));
        QCOMPARE(house.reviews->viewed(id).value(), QStringList{hunk});
    }

    void lineVerdictsAreStored()
    {
        ReviewHouse house;
        const auto patch = house.reviews->add(house.repository, "p", {}, "x", house.revision({{"a", lines(9)}, {"n", QByteArray("\0", 1)}}, {{"a", lines(9, {{5, "five\nand\n"}})}, {"n", QByteArray("\0\1", 2)}})).value();
        const auto files = house.files(patch.last());
        const QString id = patch.id.toString(), hunk = files[0].hunks[0].id;
        const auto some = house.reviews->decide(ann, patch, files, {hunk}, Decision::Verdict::Accepted, {}, "1, 2");
        QVERIFY_RESULT(some);
        auto decisions = house.reviews->decisions(id).value();
        QCOMPARE(decisions.at(0).verdict, Decision::Verdict::Partly);
        QCOMPARE(decisions[0].lines, QStringLiteral("1-2"));
        QCOMPARE(decisions[0].changedLines, 3);
        QVERIFY_RESULT(house.reviews->decide(ann, patch, files, {hunk}, Decision::Verdict::Rejected, "not this", "3"));
        QVERIFY(house.reviews->decisions(id)->at(0).whole());
        QVERIFY_RESULT(house.journal->undo(ann, some->toString()));
        decisions = house.reviews->decisions(id).value();
        QVERIFY(decisions[0].lines.isEmpty());
        QCOMPARE(decisions[0].rejectedLines, QStringLiteral("3"));
        QCOMPARE(decisions[0].reason, QStringLiteral("lines 3: not this"));
        QVERIFY(!house.reviews->decide(ann, patch, files, {hunk}, Decision::Verdict::Accepted, {}, "4"));
        QVERIFY(!house.reviews->decide(ann, patch, files, {files[1].hunks[0].id}, Decision::Verdict::Accepted, {}, "1"));
        QVERIFY(!house.reviews->decide(ann, patch, files, {hunk, files[1].hunks[0].id}, Decision::Verdict::Accepted, {}, "1"));
    }
};

COPPICE_TEST(ThreadsTest)
#include "threads_test.moc"
