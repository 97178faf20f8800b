// SPDX-License-Identifier: GPL-3.0-or-later
// Published values, and how often intervals hold what they promise.
#include "support/test_main.h"

#include <evals/statistics.h>

#include <QTest>

#include <cmath>
#include <cstdint>
#include <numeric>

using namespace coppice::evals;

namespace {

/// Drawn by another method than the code under test uses.
class Dice
{
public:
    explicit Dice(std::uint32_t seed) : m_state(seed) { }
    double next()
    {
        m_state = m_state * 6364136223846793005ULL + 1442695040888963407ULL;
        return double(m_state >> 11) * 0x1.0p-53;
    }

private:
    std::uint64_t m_state;
};

bool near(double a, double b, double by)
{
    if (std::abs(a - b) <= by)
        return true;
    qWarning("%.6f is not %.6f", a, b);
    return false;
}

double probability(int n, int x, double p)
{
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(x + 1.0) - std::lgamma(n - x + 1.0) + x * std::log(p) + (n - x) * std::log1p(-p));
}

} // namespace

class StatisticsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void quantiles()
    {
        QVERIFY(near(normalQuantile(0.975), 1.959963985, 1e-8));
        QVERIFY(near(normalQuantile(0.5), 0, 1e-12));
        QVERIFY(near(normalQuantile(0.005), -2.575829304, 1e-8));
    }

    /// Newcombe 1998 (857-872), table I, method 3: the score method without continuity correction.
    void wilsonIsAsPublished_data()
    {
        QTest::addColumn<int>("passed");
        QTest::addColumn<int>("tries");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::newRow("81/263") << 81 << 263 << 0.2553 << 0.3662;
        QTest::newRow("15/148") << 15 << 148 << 0.0624 << 0.1605;
        QTest::newRow("0/20") << 0 << 20 << 0.0 << 0.1611;
        QTest::newRow("1/29") << 1 << 29 << 0.0061 << 0.1718;
    }
    void wilsonIsAsPublished()
    {
        QFETCH(int, passed);
        QFETCH(int, tries);
        QFETCH(double, low);
        QFETCH(double, high);
        const auto interval = wilson(passed, tries);
        QVERIFY(near(interval.low, low, 5.1e-5));
        QVERIFY(near(interval.high, high, 5.1e-5));
        const auto mirrored = wilson(tries - passed, tries);
        QVERIFY(near(mirrored.low, 1 - interval.high, 1e-12));
    }
    void wilsonOfNothing()
    {
        QCOMPARE(wilson(0, 0).low, 0.0);
        QCOMPARE(wilson(0, 0).high, 1.0);
        QCOMPARE(wilson(7, 7).high, 1.0);
    }
    /// Exact: the chances of all outcomes are added up, nothing is drawn.
    void wilsonHoldsWhatItPromises()
    {
        for (const int n : {10, 24, 60}) {
            double sum = 0;
            int points = 0;
            for (double p = 0.02; p < 0.985; p += 0.01) {
                double covered = 0;
                for (int x = 0; x <= n; ++x) {
                    const auto interval = wilson(x, n);
                    if (interval.low <= p && p <= interval.high)
                        covered += probability(n, x, p);
                }
                QVERIFY2(covered > 0.83, qPrintable(QString::number(covered))); // the known dips near 0 and 1
                sum += covered;
                ++points;
            }
            QVERIFY(near(sum / points, 0.953, 0.012)); // about 0.95 on average
        }
    }

    void passAt()
    {
        // By counting: of the draws of k out of n, those with at least one (only) good one.
        QVERIFY(near(passAtK(10, 3, 1), 0.3, 1e-12));
        QVERIFY(near(passAtK(5, 2, 2), 1 - 3.0 / 10, 1e-12));
        QVERIFY(near(passAtK(10, 3, 5), 1 - 21.0 / 252, 1e-12));
        QVERIFY(near(passHatK(10, 3, 2), 3.0 / 45, 1e-12));
        QVERIFY(near(passHatK(5, 4, 3), 4.0 / 10, 1e-12));
        QCOMPARE(passAtK(4, 0, 4), 0.0);
        QCOMPARE(passAtK(4, 1, 4), 1.0);
        QCOMPARE(passHatK(4, 3, 4), 0.0);
        QVERIFY(std::isnan(passAtK(3, 1, 4)) && std::isnan(passAtK(3, 4, 1)) && std::isnan(passHatK(3, 1, 0)));
        QVERIFY(near(passHatK(1000, 750, 3), 0.42, 0.005)); // 75 % per try is 42 % for three in a row
    }
    /// The estimators are unbiased: over all outcomes of n tries they are the truth on average.
    void passAtIsUnbiased()
    {
        for (const double p : {0.1, 0.5, 0.85}) {
            for (const int k : {1, 2, 5}) {
                double at = 0, hat = 0;
                for (int c = 0; c <= 8; ++c) {
                    at += probability(8, c, p) * passAtK(8, c, k);
                    hat += probability(8, c, p) * passHatK(8, c, k);
                }
                QVERIFY(near(at, 1 - std::pow(1 - p, k), 1e-9));
                QVERIFY(near(hat, std::pow(p, k), 1e-9));
            }
        }
    }

    void mcnemar()
    {
        QVERIFY(near(mcnemarExact(0, 5), 0.0625, 1e-12));
        QVERIFY(near(mcnemarExact(1, 9), 0.021484375, 1e-9)); // 2 * 11 / 1024
        QVERIFY(near(mcnemarExact(6, 6), 1, 1e-12));
        QCOMPARE(mcnemarExact(0, 0), 1.0);
        QVERIFY(near(mcnemarExact(12, 2), mcnemarExact(2, 12), 1e-15));
    }
    /// Newcombe 1998 (2635-2650), table II, method 10.
    void pairedDifference_data()
    {
        QTest::addColumn<int>("e");
        QTest::addColumn<int>("f");
        QTest::addColumn<int>("g");
        QTest::addColumn<int>("h");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::newRow("36/12/2/0") << 36 << 12 << 2 << 0 << 0.0569 << 0.3404;
        QTest::newRow("none differ") << 20 << 0 << 0 << 30 << -0.0 << 0.0;
    }
    void pairedDifference()
    {
        QFETCH(int, e);
        QFETCH(int, f);
        QFETCH(int, g);
        QFETCH(int, h);
        QFETCH(double, low);
        QFETCH(double, high);
        const auto interval = newcombePaired(e, f, g, h);
        if (QString::fromLatin1(QTest::currentDataTag()) == QLatin1String("none differ")) {
            QVERIFY(interval.low < 0 && interval.low > -0.08 && interval.high > 0 && interval.high < 0.08);
            return;
        }
        QVERIFY(near(interval.low, low, 6e-4));
        QVERIFY(near(interval.high, high, 6e-4));
        const auto turned = newcombePaired(e, g, f, h);
        QVERIFY(near(turned.low, -interval.high, 1e-12));
    }
    void pairedDifferenceHoldsWhatItPromises()
    {
        Dice dice(7);
        for (const auto &[difference, shared] : {std::pair(0.0, 0.5), std::pair(0.2, 0.4), std::pair(0.3, 0.2)}) {
            int covered = 0;
            constexpr int rounds = 2000;
            for (int round = 0; round < rounds; ++round) {
                int counts[4]{};
                for (int task = 0; task < 40; ++task) {
                    const bool same = dice.next() < shared; // an easy or hard task: both go the same way
                    const double luck = dice.next();
                    const bool a = luck < 0.4 + difference, b = same ? luck < 0.4 : dice.next() < 0.4;
                    ++counts[a ? (b ? 0 : 1) : (b ? 2 : 3)];
                }
                const auto interval = newcombePaired(counts[0], counts[1], counts[2], counts[3]);
                covered += interval.low <= difference && difference <= interval.high;
            }
            QVERIFY2(covered >= rounds * 0.935 && covered <= rounds * 0.985, qPrintable(QString::number(double(covered) / rounds)));
        }
    }

    void signFlips()
    {
        // By hand: of the 8 ways to set the signs of 1, 1, 1 two are as far from 0.
        const double three[]{1, 1, 1};
        QVERIFY(near(signFlipTest(three, 1), 0.25, 1e-12));
        const double mixed[]{1, -1, 0, 0};
        QVERIFY(near(signFlipTest(mixed, 1), 1, 1e-12));
        const double none[]{0, 0};
        QCOMPARE(signFlipTest(none, 1), 1.0);
        // All of one size: McNemar's exact test.
        const double discordant[]{1, 1, 1, 1, 1, 1, 1, 1, 1, -1};
        QVERIFY(near(signFlipTest(discordant, 1), mcnemarExact(1, 9), 1e-9));
        // Drawn ones come close to that too, and are the same for one seed.
        std::vector<double> many(30, 1.0);
        for (int i = 0; i < 9; ++i)
            many[size_t(i)] = -1;
        QVERIFY(near(signFlipTest(many, 3), mcnemarExact(9, 21), 0.006));
        QCOMPARE(signFlipTest(many, 3), signFlipTest(many, 3));
    }
    /// Under no difference, a p below 0.05 comes in at most about one case of twenty.
    void signFlipsKeepTheirLevel()
    {
        Dice dice(11);
        int low = 0;
        for (int round = 0; round < 1000; ++round) {
            double differences[12];
            for (double &one : differences)
                one = std::round((dice.next() - dice.next()) * 5) / 5;
            low += signFlipTest(differences, 1) < 0.05;
        }
        QVERIFY2(low <= 68, qPrintable(QString::number(low)));
    }

    void middles()
    {
        QVERIFY(std::isnan(median({})));
        QCOMPARE(median({3, 1, 2}), 2.0);
        QCOMPARE(median({4, 1, 3, 2}), 2.5);
        QCOMPARE(percentile({15, 20, 35, 40, 50}, 0.3), 20.0);
        QCOMPARE(percentile({15, 20, 35, 40, 50}, 1), 50.0);
        QVERIFY(std::isnan(percentile({}, 0.5)));
    }
    void bootstrapHoldsAMedian()
    {
        const std::vector<double> one{5};
        QCOMPARE(bootstrap(one, median, 1).low, 5.0);
        Dice dice(5);
        int covered = 0;
        constexpr int rounds = 300;
        for (int round = 0; round < rounds; ++round) {
            std::vector<double> drawn(31);
            for (double &value : drawn)
                value = -std::log(1 - dice.next()); // exponential: the median is ln 2
            const auto interval = bootstrap(drawn, median, std::uint64_t(round), 400);
            covered += interval.low <= std::log(2.0) && std::log(2.0) <= interval.high;
        }
        QVERIFY2(covered >= 0.90 * rounds && covered <= 0.99 * rounds, qPrintable(QString::number(double(covered) / rounds)));
        QCOMPARE(bootstrap(one, median, 9).high, bootstrap(one, median, 9).high);
    }
    /// Trials of one task are alike: whole tasks are drawn, and the interval holds; drawn one by one it would be far too narrow.
    void clustersAreDrawnWhole()
    {
        Dice dice(17);
        int covered = 0, naive = 0;
        constexpr int rounds = 400;
        for (int round = 0; round < rounds; ++round) {
            std::vector<Cluster> tasks(30);
            int passed = 0;
            for (auto &task : tasks) {
                const double p = dice.next() < 0.5 ? 0.05 : 0.95; // mean 0.5
                task.count = 8;
                for (int i = 0; i < 8; ++i)
                    task.sum += dice.next() < p;
                passed += int(task.sum);
            }
            const auto interval = clusteredMean(tasks, std::uint64_t(round), 500);
            covered += interval.low <= 0.5 && 0.5 <= interval.high;
            const auto alone = wilson(passed, 240);
            naive += alone.low <= 0.5 && 0.5 <= alone.high;
        }
        QVERIFY2(covered >= 0.90 * rounds, qPrintable(QString::number(double(covered) / rounds)));
        QVERIFY2(naive <= 0.70 * rounds, qPrintable(QString::number(double(naive) / rounds)));
        QVERIFY(std::isnan(clusteredMean({}, 1).low));
    }
};
COPPICE_TEST(StatisticsTest)
#include "statistics_test.moc"
