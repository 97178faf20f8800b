// SPDX-License-Identifier: GPL-3.0-or-later
// What is new between two revisions, over edits, rebases and both.
#include "review_house.h"

#include <review/interdiff.h>

#include "support/test_main.h"

#include <QRandomGenerator>
#include <QTest>

using namespace coppice;
using namespace coppice::review;
using test::lines;
using test::ReviewHouse;
using Kind = HunkStep::Kind;

class InterdiffTest : public QObject
{
    Q_OBJECT

    static QList<Kind> kinds(const Interdiff &difference)
    {
        QList<Kind> all;
        for (const auto &step : difference.steps)
            all << step.kind;
        return all;
    }

private Q_SLOTS:
    void aShiftedBaseIsNothingNew()
    {
        ReviewHouse house;
        const QMap<int, QByteArray> change{{20, "twenty\n"}, {50, ""}};
        const auto earlier = house.revision({{"p/a", lines(60)}}, {{"p/a", lines(60, change)}});
        // The base gains lines at the top, loses one in the middle, and another file.
        const QMap<int, QByteArray> base{{1, "new\nnewer\n1\n"}, {35, ""}};
        QMap<int, QByteArray> both = base;
        both.insert(change);
        const auto later = house.revision({{"p/a", lines(60, base)}, {"p/b", "b\n"}}, {{"p/a", lines(60, both)}, {"p/b", "b\n"}});
        const auto difference = interdiff(house.repository, earlier, later);
        QVERIFY_RESULT(difference);
        QVERIFY(difference->nothingNew());
        QVERIFY(difference->mixed.empty());
        QCOMPARE(kinds(*difference), (QList<Kind>{Kind::Same, Kind::Same}));
    }

    void otherSurroundingsAreTold()
    {
        ReviewHouse house;
        const auto earlier = house.revision({{"a", lines(20)}}, {{"a", lines(20, {{10, "ten\n"}})}});
        const auto later = house.revision({{"a", lines(20, {{12, "other\n"}})}}, {{"a", lines(20, {{10, "ten\n"}, {12, "other\n"}})}});
        const auto difference = interdiff(house.repository, earlier, later);
        QVERIFY_RESULT(difference);
        QVERIFY(difference->nothingNew());
        QCOMPARE(kinds(*difference), (QList<Kind>{Kind::Moved}));
        QCOMPARE(difference->steps[0].before, QStringList{house.files(earlier)[0].hunks[0].id});
    }

    void aChangedHunkComesWithWhatItReplaced()
    {
        ReviewHouse house;
        const auto base = lines(60);
        const auto earlier = house.revision({{"a", base}}, {{"a", lines(60, {{10, "ten\n"}, {30, "thirty\n"}, {50, "fifty\n"}})}});
        const auto later = house.revision({{"a", base}}, {{"a", lines(60, {{10, "ten\n"}, {31, "THIRTY\n"}, {58, "more\n"}})}, {"b", "new\n"}});
        const auto difference = interdiff(house.repository, earlier, later);
        QVERIFY_RESULT(difference);
        QVERIFY(!difference->nothingNew());
        QCOMPARE(kinds(*difference), (QList<Kind>{Kind::Same, Kind::Changed, Kind::New, Kind::New, Kind::Gone}));
        const auto old = house.files(earlier)[0].hunks;
        QCOMPARE(difference->steps[1].before, QStringList{old[1].id});
        QCOMPARE(difference->steps[4].before, QStringList{old[2].id});
        // As a patch it holds just what a reader of the first has not seen.
        const auto files = house.files(difference->difference);
        QCOMPARE(files.size(), size_t(2));
        QCOMPARE(house.repository.blob(files[0].oldBlob).value(), lines(60, {{10, "ten\n"}, {30, "thirty\n"}, {50, "fifty\n"}}));
        QCOMPARE(files[1].status, FilePatch::Status::Added);
    }

    void aRebaseAndAnEditShowTheEditAlone()
    {
        ReviewHouse house;
        const auto earlier = house.revision({{"a", lines(60)}}, {{"a", lines(60, {{30, "thirty\n"}})}});
        const QMap<int, QByteArray> base{{2, "two\nand\nmore\n"}};
        auto both = base;
        both.insert(30, "THIRTY\n");
        const auto later = house.revision({{"a", lines(60, base)}}, {{"a", lines(60, both)}});
        const auto difference = interdiff(house.repository, earlier, later);
        QVERIFY_RESULT(difference);
        QCOMPARE(kinds(*difference), (QList<Kind>{Kind::Changed}));
        const auto files = house.files(difference->difference);
        QCOMPARE(files.size(), size_t(1));
        QCOMPARE(files[0].hunks.size(), size_t(1));
        QCOMPARE(files[0].hunks[0].removed, 1);
        QCOMPARE(files[0].hunks[0].added, 1);
    }

    void sameLinesOnBothSidesAreMixed()
    {
        ReviewHouse house;
        const auto earlier = house.revision({{"a", lines(9)}}, {{"a", lines(9, {{5, "five\n"}})}});
        const auto later = house.revision({{"a", lines(9, {{5, "V\n"}})}}, {{"a", lines(9, {{5, "5!\n"}})}});
        const auto difference = interdiff(house.repository, earlier, later);
        QVERIFY_RESULT(difference);
        QCOMPARE(difference->mixed, std::vector<QByteArray>{"a"});
        QVERIFY(!difference->nothingNew());
    }

    void filesComeAndGo()
    {
        ReviewHouse house;
        const auto base = test::Texts{{"a", lines(5)}, {"b", lines(5)}};
        const auto earlier = house.revision(base, {{"a", lines(5, {{3, "x\n"}})}});
        const auto later = house.revision(base, {{"a", lines(5)}, {"b", lines(5)}, {"c", "c\n"}});
        const auto difference = interdiff(house.repository, earlier, later);
        QVERIFY_RESULT(difference);
        QCOMPARE(kinds(*difference), (QList<Kind>{Kind::New, Kind::Gone, Kind::Gone}));
        const auto files = house.files(difference->difference);
        QCOMPARE(files.size(), size_t(3)); // a and b as they were again, c new
    }

    /// Whatever the base and the change, putting them together says that nothing is new; a revision against itself, too.
    void anyRebaseIsNothingNew()
    {
        bool given = false;
        quint32 seed = qEnvironmentVariable("COPPICE_SEED").toUInt(&given);
        if (!given)
            seed = QRandomGenerator::global()->generate();
        qInfo("COPPICE_SEED=%u", seed);
        QRandomGenerator random(seed);
        ReviewHouse house;
        for (int round = 0; round < 150; ++round) {
            QMap<int, QByteArray> base, change;
            // Far from one another, so that the two do merge.
            for (int block = 0; block < 20; ++block) {
                auto &of = random.bounded(2) ? base : change;
                if (random.bounded(3))
                    of.insert(block * 12 + 6, random.bounded(3) ? "x" + QByteArray::number(random.generate()) + '\n' : QByteArray());
            }
            auto both = base;
            both.insert(change);
            const auto earlier = house.revision({{"a", lines(250)}}, {{"a", lines(250, change)}});
            const auto later = house.revision({{"a", lines(250, base)}}, {{"a", lines(250, both)}});
            const auto difference = interdiff(house.repository, earlier, later);
            QVERIFY_RESULT(difference);
            QVERIFY(difference->nothingNew());
            for (const auto &step : difference->steps)
                QVERIFY2(step.kind == Kind::Same, qPrintable(QString::number(round)));
        }
    }
};

COPPICE_TEST(InterdiffTest)
#include "interdiff_test.moc"
