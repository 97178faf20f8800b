// SPDX-License-Identifier: GPL-3.0-or-later
// Values that others published or computed, and how often intervals hold what they promise. Where each comes from:
// - ratesci: the R package's own tests (version 1.1.0, test3.R), which repeat the tables of papers to the paper's digits;
// - contingencytables: the R package's own tests (version 3.0.0, test-ch2.R and test-ch8.R), which repeat M. W. Fagerland,
//   S. Lydersen, P. Laake, "Statistical Analysis of Contingency Tables" (2017);
// - binom: R's binom.confint, as the tests of statsmodels keep what it printed (results_proportion.py);
// - statsmodels 0.13.5 and SciPy 1.10.1, where nothing else is said.
#include "support/test_main.h"

#include <evals/statistics.h>

#include <QTest>

#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

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

    void wilsonIsAsPublished_data()
    {
        QTest::addColumn<int>("passed");
        QTest::addColumn<int>("tries");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<double>("by");
        constexpr double four = 5.1e-5, all = 1e-8; // as many digits as were printed
        // ratesci, "Single proportion, Newcombe examples": Newcombe 1998 (857-872), the score method without continuity correction.
        QTest::newRow("Newcombe 15/148") << 15 << 148 << 0.0624 << 0.1605 << four;
        QTest::newRow("Newcombe 0/20") << 0 << 20 << 0.0 << 0.1611 << four;
        QTest::newRow("Newcombe 1/29") << 1 << 29 << 0.0061 << 0.1718 << four;
        // contingencytables, Wilson_score_CI_1x2 of the data ligarden_2010.
        QTest::newRow("Ligarden 13/16") << 13 << 16 << 0.5699 << 0.9341 << four;
        // binom, method "wilson".
        QTest::newRow("binom 18/20") << 18 << 20 << 0.6989663547715128 << 0.972133518786232 << all;
        QTest::newRow("binom 4/20") << 4 << 20 << 0.0806576625797981 << 0.4160174322518935 << all;
        // statsmodels, proportion_confint(method="wilson").
        QTest::newRow("81/263") << 81 << 263 << 0.25528852 << 0.36620958 << all;
        QTest::newRow("4/200") << 4 << 200 << 0.00780443 << 0.05028709 << all;
        QTest::newRow("21/28") << 21 << 28 << 0.56644330 << 0.87323505 << all;
        QTest::newRow("27/28") << 27 << 28 << 0.82287802 << 0.99366748 << all;
        QTest::newRow("28/28") << 28 << 28 << 0.87935670 << 1.0 << all;
        QTest::newRow("1/1") << 1 << 1 << 0.20654931 << 1.0 << all;
    }
    void wilsonIsAsPublished()
    {
        QFETCH(int, passed);
        QFETCH(int, tries);
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(double, by);
        const auto interval = wilson(passed, tries);
        QVERIFY(near(interval.low, low, by));
        QVERIFY(near(interval.high, high, by));
        const auto mirrored = wilson(tries - passed, tries);
        QVERIFY(near(mirrored.low, 1 - interval.high, 1e-12));
    }
    void wilsonOfNothing()
    {
        QCOMPARE(wilson(0, 0).low, 0.0);
        QCOMPARE(wilson(0, 0).high, 1.0);
        QCOMPARE(wilson(7, 7).high, 1.0);
    }
    void wilsonOfOtherLevels()
    {
        // statsmodels, alpha = 0.10.
        QVERIFY(near(wilson(13, 16, 0.9).low, 0.61213026, 1e-8) && near(wilson(13, 16, 0.9).high, 0.92247062, 1e-8));
        QVERIFY(near(wilson(20, 28, 0.9).low, 0.55998417, 1e-8) && near(wilson(20, 28, 0.9).high, 0.83082474, 1e-8));
    }
    /// How often the interval holds the truth, exactly: statsmodels' intervals weighted with SciPy's binomial distribution.
    void wilsonCoversAsOftenAsElsewhere()
    {
        struct Row {
            int n;
            double p, coverage;
        };
        for (const auto &[n, p, coverage] : {Row{10, 0.1, 0.929809174}, Row{20, 0.5, 0.958610535}, Row{30, 0.3, 0.929792509}, Row{50, 0.2, 0.950700562},
                                             Row{28, 0.75, 0.953974225}, Row{40, 0.02, 0.954329770}}) {
            double covered = 0;
            for (int x = 0; x <= n; ++x)
                covered += wilson(x, n).low <= p && p <= wilson(x, n).high ? probability(n, x, p) : 0;
            QVERIFY(near(covered, coverage, 1e-8));
        }
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
        // The binomials of the papers' formulas, in Python's whole numbers.
        QVERIFY(near(passAtK(200, 3, 10), 0.14330744632252168, 1e-12));
        QVERIFY(near(passAtK(20, 1, 7), 0.35, 1e-12));
        QVERIFY(near(passHatK(200, 100, 100) * 1e59, 1.1043803465997514, 1e-9));
    }
    /// What the words say, by looking at every choice of k tries.
    void passAtIsACount()
    {
        for (int n = 1; n <= 8; ++n) {
            for (int c = 0; c <= n; ++c) {
                std::vector<int> some(size_t(n) + 1), every(size_t(n) + 1), choices(size_t(n) + 1);
                for (unsigned drawn = 1; drawn < 1U << n; ++drawn) { // the first c tries are those that passed
                    const auto k = size_t(std::popcount(drawn));
                    const int passed = std::popcount(drawn & ((1U << c) - 1));
                    ++choices[k];
                    some[k] += passed > 0;
                    every[k] += passed == int(k);
                }
                for (size_t k = 1; k <= size_t(n); ++k) {
                    QVERIFY(near(passAtK(n, c, int(k)), double(some[k]) / choices[k], 1e-12));
                    QVERIFY(near(passHatK(n, c, int(k)), double(every[k]) / choices[k], 1e-12));
                }
            }
        }
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
        // contingencytables, McNemar_exact_cond_test_paired_2x2 of cavo_2012 (59, 6, 16, 80).
        QVERIFY(near(mcnemarExact(6, 16), 0.052479, 5.1e-7));
        // Vassar College's page on exact McNemar tests, as the tests of statsmodels keep what it answered (test_nonparametric.py).
        QVERIFY(near(mcnemarExact(121, 59), 0.000004, 5.1e-7));
        QVERIFY(near(mcnemarExact(70, 59), 0.378688, 5.1e-7));
        QVERIFY(near(mcnemarExact(80, 59), 0.089452, 5.1e-7));
        QVERIFY(near(mcnemarExact(30, 60), 0.00206, 5.1e-7));
        QVERIFY(near(mcnemarExact(10, 30), 0.002221, 5.1e-7));
        QVERIFY(near(mcnemarExact(10, 10), 1, 1e-9));
        // statsmodels, mcnemar(exact=True).
        QVERIFY(near(mcnemarExact(5, 12), 0.143463134765625, 1e-12));
        QVERIFY(near(mcnemarExact(12, 26), 0.03355243967962451, 1e-12));
    }
    /// Newcombe 1998 (2635-2650), method 10.
    void pairedDifference_data()
    {
        QTest::addColumn<int>("e");
        QTest::addColumn<int>("f");
        QTest::addColumn<int>("g");
        QTest::addColumn<int>("h");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<double>("by");
        constexpr double three = 5.1e-4, four = 5.1e-5, five = 5.1e-6;
        // ratesci, "example from Newcombe, … method 10 result".
        QTest::newRow("Newcombe 20/12/2/16") << 20 << 12 << 2 << 16 << 0.0562 << 0.3292 << four;
        // ratesci, "paired methods examples from Fagerland et al 2014": the data bentur_2009.
        QTest::newRow("Bentur 1/1/7/12") << 1 << 1 << 7 << 12 << -0.507 << -0.026 << three;
        // ratesci, "Tang(ML) 2010 example".
        QTest::newRow("Tang 8/3/1/2") << 8 << 3 << 1 << 2 << -0.1574 << 0.4136 << four;
        // ratesci, "Chang 2024 RD example": the data ezra_2010.
        QTest::newRow("Ezra 7/25/2/68") << 7 << 25 << 2 << 68 << 0.133 << 0.318 << three;
        // contingencytables, Newcombe_square_and_add_CI_paired_2x2.
        QTest::newRow("Cavo 59/6/16/80") << 59 << 6 << 16 << 80 << -0.1186 << -0.0046 << four;
        QTest::newRow("two pairs 1/0/0/1") << 1 << 0 << 0 << 1 << -0.5734 << 0.5734 << four;
        // The paper's formula in Python on statsmodels' Wilson limits: an empty corner, an empty side, no correlation.
        QTest::newRow("36/12/2/0") << 36 << 12 << 2 << 0 << 0.05693 << 0.34043 << five;
        QTest::newRow("14/5/0/22") << 14 << 5 << 0 << 22 << 0.01148 << 0.22649 << five;
        QTest::newRow("10/15/5/20") << 10 << 15 << 5 << 20 << 0.02584 << 0.35694 << five;
    }
    void pairedDifference()
    {
        QFETCH(int, e);
        QFETCH(int, f);
        QFETCH(int, g);
        QFETCH(int, h);
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(double, by);
        const auto interval = newcombePaired(e, f, g, h);
        QVERIFY(near(interval.low, low, by));
        QVERIFY(near(interval.high, high, by));
        const auto turned = newcombePaired(e, g, f, h);
        QVERIFY(near(turned.low, -interval.high, 1e-12));
    }
    void pairsThatDoNotDiffer()
    {
        const auto interval = newcombePaired(20, 0, 0, 30);
        QVERIFY(interval.low < 0 && interval.low > -0.08 && interval.high > 0 && interval.high < 0.08);
        QVERIFY(std::isnan(newcombePaired(0, 0, 0, 0).low));
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
        // Darwin's 15 pairs of Zea mays, the example of R. A. Fisher's "The Design of Experiments" (1935): counted in Python, 1,726 of
        // the 32,768 ways to set the signs sum up to at least 314.
        const double darwin[]{49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};
        QVERIFY(near(signFlipTest(darwin, 1), 1726.0 / 32768, 1e-12));
        // SciPy, permutation_test(permutation_type="samples") over all.
        const double shares[]{0.5, 1.0 / 3, -1.0 / 3, 1, 0.25, -0.25, 0.5};
        QVERIFY(near(signFlipTest(shares, 1), 0.1875, 1e-12));
        const double more[]{0.2, -0.2, 0.4, 0.4, 0.6, -0.2, 1.0, 0.8};
        QVERIFY(near(signFlipTest(more, 1), 0.0703125, 1e-12));
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
    void bootstrapIsAsElsewhere()
    {
        // SciPy, bootstrap(method="percentile") with 200,000 rounds: the untreated mice of Efron and Tibshirani (1993), table 2.1.
        const std::vector<double> mice{52, 104, 146, 10, 51, 30, 40, 27, 46};
        const auto middle = bootstrap(mice, median, 1, 20'000);
        QVERIFY(near(middle.low, 27, 1e-9) && near(middle.high, 104, 1e-9));
        const auto mean = bootstrap(mice, [](const std::vector<double> &drawn) { return std::accumulate(drawn.begin(), drawn.end(), 0.0) / double(drawn.size()); }, 1, 20'000);
        QVERIFY(near(mean.low, 33, 1) && near(mean.high, 84.67, 1));
        // Of five passes in ten the drawn number is binomial: 2.5 % lie below 2 and above 8 (SciPy, binom.ppf). Whole tasks of one kind
        // each are the same thing, however many trials they have.
        std::vector<Cluster> tasks(10);
        for (int i = 0; i < 10; ++i)
            tasks[size_t(i)] = {i < 5 ? 4.0 : 0.0, 4};
        const auto clustered = clusteredMean(tasks, 1, 20'000);
        QVERIFY(near(clustered.low, 0.2, 1e-9) && near(clustered.high, 0.8, 1e-9));
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
