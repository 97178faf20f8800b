// SPDX-License-Identifier: GPL-3.0-or-later
#include <review/compare.h>
#include <review/space.h>

#include "support/test_main.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace coppice::review;

class CompareTest : public QObject
{
    Q_OBJECT
    using Lines = std::vector<QByteArrayView>;

    /// Where nothing is said to have changed both are equal, and the changes are in order and apart.
    static void check(const Lines &before, const Lines &after, const std::vector<LineChange> &changes)
    {
        int oldAt = 0, newAt = 0;
        const auto equal = [&](int oldTo, int newTo) {
            QCOMPARE(oldTo - oldAt, newTo - newAt);
            for (; oldAt < oldTo; ++oldAt, ++newAt)
                QCOMPARE(before[size_t(oldAt)], after[size_t(newAt)]);
        };
        for (const auto &change : changes) {
            QVERIFY(change.oldCount + change.newCount > 0);
            QVERIFY(change.oldFirst > oldAt || change.newFirst > newAt || (oldAt == 0 && newAt == 0));
            equal(change.oldFirst, change.newFirst);
            oldAt = change.oldFirst + change.oldCount;
            newAt = change.newFirst + change.newCount;
        }
        equal(int(before.size()), int(after.size()));
    }
    static int sizeOf(const std::vector<LineChange> &changes)
    {
        int lines = 0;
        for (const auto &change : changes)
            lines += change.oldCount + change.newCount;
        return lines;
    }

private Q_SLOTS:
    void findsWhatDiffers()
    {
        const Lines before{"a", "b", "c", "d", "e"}, after{"a", "c", "d", "x", "e", "f"};
        const auto changes = compareLines(before, after);
        check(before, after, changes);
        QCOMPARE(changes.size(), size_t(3));
        QCOMPARE(sizeOf(changes), 3);
        QVERIFY(compareLines(before, before).empty());
        QCOMPARE(compareLines({}, after).size(), size_t(1));
        QCOMPARE(compareLines(before, {}).front().oldCount, 5);
        QVERIFY(compareLines({}, {}).empty());
    }
    /// Few different lines, so that next to none is an anchor: exact all the same.
    void isShortestWhereLinesRepeat()
    {
        const auto seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? qEnvironmentVariableIntValue("COPPICE_SEED") : 5;
        qInfo("seed %lld", qlonglong(seed));
        std::mt19937 random{quint32(seed)};
        const Lines alphabet{"{", "}", "", "x", "y"};
        for (int round = 0; round < 2'000; ++round) {
            Lines before, after;
            for (int i = int(random() % 30); i > 0; --i)
                before.push_back(alphabet[random() % alphabet.size()]);
            for (int i = int(random() % 30); i > 0; --i)
                after.push_back(alphabet[random() % alphabet.size()]);
            const auto changes = compareLines(before, after);
            check(before, after, changes);
            if (QTest::currentTestFailed())
                return;
            // Against the plain table of the longest common subsequence, where no line was an anchor.
            std::vector<std::vector<int>> longest(before.size() + 1, std::vector<int>(after.size() + 1));
            for (size_t i = before.size(); i-- > 0;) {
                for (size_t j = after.size(); j-- > 0;)
                    longest[i][j] = before[i] == after[j] ? longest[i + 1][j + 1] + 1 : std::max(longest[i + 1][j], longest[i][j + 1]);
            }
            const int best = int(before.size() + after.size()) - 2 * longest[0][0];
            QVERIFY(sizeOf(changes) >= best);
            bool anchored = false;
            for (const auto &letter : alphabet)
                anchored = anchored || (std::count(before.begin(), before.end(), letter) == 1 && std::count(after.begin(), after.end(), letter) == 1);
            if (!anchored && changes.size() <= 1)
                QCOMPARE(sizeOf(changes), best);
        }
    }
    void largeTextsEndWithinTheBudget()
    {
        // Nothing in common but lines that repeat: the worst there is.
        std::vector<QByteArray> kept;
        std::mt19937 random{9};
        for (int i = 0; i < 200; ++i)
            kept.push_back(QByteArray::number(i));
        Lines before, after;
        for (int i = 0; i < 60'000; ++i) {
            before.push_back(kept[random() % 100]);
            after.push_back(kept[50 + random() % 150]);
        }
        const auto changes = compareLines(before, after, {64, 100'000});
        check(before, after, changes);
        QVERIFY(std::any_of(changes.begin(), changes.end(), [](const LineChange &change) { return change.coarse; }));
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = compareLines(before, after, {}, stop.get_token());
        check(before, after, stopped);
    }
    void whiteSpace_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<int>("mode");
        QTest::newRow("end") << QByteArray("a b  \r\n") << QByteArray("a b\n") << int(Whitespace::IgnoreAtEnd);
        QTest::newRow("amount") << QByteArray("a  b\n") << QByteArray("a\tb \n") << int(Whitespace::IgnoreAmount);
        QTest::newRow("indent") << QByteArray("  a\n") << QByteArray("\ta\n") << int(Whitespace::IgnoreAmount);
        QTest::newRow("from none") << QByteArray("a\n") << QByteArray(" a\n") << int(Whitespace::IgnoreAll);
        QTest::newRow("inside") << QByteArray("f(a,b)\n") << QByteArray("f(a, b)\n") << int(Whitespace::IgnoreAll);
        QTest::newRow("more") << QByteArray("f(a,b)\n") << QByteArray("f(a, c)\n") << int(Whitespace::Show);
        QTest::newRow("empty") << QByteArray("\n") << QByteArray("   \n") << int(Whitespace::IgnoreAtEnd);
        QTest::newRow("a letter more") << QByteArray("a\n") << QByteArray("ab\n") << int(Whitespace::Show);
        QTest::newRow("no-break space is a letter") << QByteArray("a b\n") << QByteArray("a\xc2\xa0" "b\n") << int(Whitespace::Show);
    }
    void whiteSpace()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(int, mode);
        QCOMPARE(int(equalFrom(before, after)), mode);
        QCOMPARE(int(equalFrom(after, before)), mode);
    }
};

COPPICE_TEST(CompareTest)
#include "compare_test.moc"
