// SPDX-License-Identifier: GPL-3.0-or-later
// A person's own text as a further revision, and what an agent is told when a patch is sent back.
#include "review_house.h"

#include <review/edits.h>
#include <review/send_back.h>
#include <review/threads.h>

#include "support/test_main.h"

#include <QTest>

using namespace coppice;
using namespace coppice::review;
using test::lines;
using test::ReviewHouse;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};
const Actor robot{Actor::Kind::Agent, QStringLiteral("p")};

} // namespace

class EditsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anEditIsARevisionAndKeepsOtherVerdicts()
    {
        ReviewHouse house;
        auto revision = house.revision({{"a", lines(60)}}, {{"a", lines(60, {{10, "ten\n"}, {50, "fifty\n"}})}});
        revision.tainted = true;
        revision.run = QStringLiteral("run-1");
        const auto patch = house.reviews->add(house.repository, "p", {}, "x", revision).value();
        const auto files = house.files(patch.last());
        const QString id = patch.id.toString(), first = files[0].hunks[0].id, second = files[0].hunks[1].id;
        QVERIFY_RESULT(house.reviews->decide(ann, patch, files, {first, second}, Decision::Verdict::Accepted));
        auto side = newSideOf(house.repository, files, second).value();
        QVERIFY(side.contains("fifty\n"));
        const auto edited = editedHunk(house.repository, patch, files, second, side.replace("fifty", "FIFTY"));
        QVERIFY_RESULT(edited);
        const auto operation = house.reviews->edit(ann, house.repository, patch, *edited);
        QVERIFY_RESULT(operation);
        const auto now = house.reviews->get(id).value();
        QCOMPARE(now.last().number, 2);
        QVERIFY(now.last().by == ann);
        QVERIFY(now.last().tainted);
        QCOMPARE(now.last().run, QStringLiteral("run-1"));
        const auto after = house.files(now.last());
        QCOMPARE(house.repository.blob(after[0].newBlob).value(), lines(60, {{10, "ten\n"}, {50, "FIFTY\n"}}));
        QCOMPARE(after[0].hunks[0].id, first);
        QVERIFY(after[0].hunks[1].id != second); // undecided again
        // One who read the revision before cannot edit on it any more.
        QCOMPARE(house.reviews->edit(ann, house.repository, patch, *edited).error().code, QStringLiteral("review.other-revision"));
        QVERIFY_RESULT(house.journal->undo(ann, operation->toString()));
        QCOMPARE(house.reviews->get(id)->last().number, 1);
        QVERIFY_RESULT(house.reviews->edit(ann, house.repository, patch, *edited));
    }

    void whatCannotBeEditedIsSaid()
    {
        ReviewHouse house;
        const auto patch = house.reviews->add(house.repository, "p", {}, "x",
                                              house.revision({{"a", lines(9)}, {"gone", "x\n"}, {"b", QByteArray("\0", 1)}},
                                                             {{"a", lines(9, {{5, "V\n"}})}, {"b", QByteArray("\0\1", 2)}})).value();
        const auto files = house.files(patch.last());
        const auto edit = [&](const char *path, const QByteArray &text) { return editedFile(house.repository, patch, files, path, text); };
        QCOMPARE(edit("none", "x").error().kind, ErrorKind::NotFound);
        QVERIFY(!edit("gone", "x"));
        QVERIFY(!edit("b", "x"));
        QCOMPARE(edit("a", lines(9, {{5, "V\n"}})).error().code, QStringLiteral("review.same-text"));
        QVERIFY_RESULT(edit("a", lines(9))); // no longer part of the patch
        QVERIFY_RESULT(edit("a", "\xff\xfe no text"));
    }

    void anAgentIsToldWhatIsRejectedAndAsked()
    {
        ReviewHouse house;
        auto revision = house.revision({{"plugins/p/a.js", lines(60)}}, {{"plugins/p/a.js", lines(60, {{10, "ten\n"}, {30, "thirty\nand\n"}, {50, "fifty\n"}})}});
        revision.tainted = true;
        const auto patch = house.reviews->add(house.repository, "p", {}, "x", revision).value();
        const auto files = house.files(patch.last());
        const auto &hunks = files[0].hunks;
        const auto nothing = composeSendBack(house.repository, *house.reviews, patch, "plugins/p", {});
        QCOMPARE(nothing.error().code, QStringLiteral("review.nothing-to-send-back"));
        QVERIFY_RESULT(house.reviews->decide(ann, patch, files, {hunks[0].id}, Decision::Verdict::Accepted));
        QVERIFY_RESULT(house.reviews->decide(ann, patch, files, {hunks[1].id}, Decision::Verdict::Rejected, "and is too much", "3"));
        QVERIFY_RESULT(house.reviews->comment(ann, patch, *spotOf(house.repository, files, {}, "plugins/p/a.js", 51, false), "why fifty?"));
        QVERIFY_RESULT(house.reviews->comment(robot, patch, *spotOf(house.repository, files, hunks[0].id, {}, 0, false), "I AM RIGHT"));
        const auto closed = house.reviews->comment(ann, patch, {}, "settled");
        QVERIFY_RESULT(house.reviews->resolve(ann, patch, closed->toString(), true));
        const auto back = composeSendBack(house.repository, *house.reviews, patch, "plugins/p", "Mind the style.");
        QVERIFY_RESULT(back);
        QVERIFY(back->tainted);
        for (const char *told : {"Mind the style.", "and is too much", "why fifty?", "Of hunk 1 the lines marked with > are rejected", "On hunk 2, line 51"})
            QVERIFY2(back->words.contains(QLatin1String(told)), qPrintable(back->words));
        // Nothing of the patch among the reviewer's words, no agent's own word, nothing that is settled or accepted.
        for (const char *other : {"thirty", "a.js", "I AM RIGHT", "settled", "ten"})
            QVERIFY2(!back->words.contains(QLatin1String(other)), other);
        QVERIFY2(back->hunks.contains("> + and\n"), qPrintable(back->hunks));
        QVERIFY(back->hunks.contains("  + thirty\n"));
        QVERIFY(back->hunks.contains("Hunk 2: a.js"));
        QVERIFY(!back->hunks.contains("plugins/p"));
        QVERIFY(!back->hunks.contains("+ ten\n"));

        auto kept = *back;
        kept.run = QStringLiteral("run-9");
        kept.by = ann;
        QVERIFY_RESULT(keepSendBack(*house.state, *house.journal, kept));
        QVERIFY_RESULT(keepSendBack(*house.state, *house.journal, kept));
        QCOMPARE(sentBackTo(*house.state, "run-9").value()->words, back->words);
        QVERIFY(!sentBackTo(*house.state, "run-8").value());
        QCOMPARE(runsSentBack(*house.state, patch.id.toString()).value(), QStringList{"run-9"});
    }
};

COPPICE_TEST(EditsTest)
#include "edits_test.moc"
