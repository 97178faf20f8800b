// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace coppice::evals {

// Numbers only: nothing here knows what a trial is. All functions are pure; what draws lots takes a seed and answers the same for
// the same one. Levels are 95 % where nothing else is said.
//
// Sources (tests/unit/evals/statistics_test.cpp names those of the values that these functions are held against):
// - Wilson interval: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209-212;
//   R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods",
//   Statistics in Medicine 17 (1998) 857-872, method 3.
// - Paired difference: R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions based on
//   paired data", Statistics in Medicine 17 (1998) 2635-2650, method 10.
// - McNemar's exact test: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
//   Psychometrika 12 (1947) 153-157, with the binomial distribution of the discordant pairs instead of the normal one.
// - pass@k: M. Chen et al., "Evaluating large language models trained on code", arXiv 2107.03374, equation 1.
// - pass^k: S. Yao et al., "tau-bench", arXiv 2406.12045, section 3: all of k tries pass.
// - Bootstrap and resampling of whole clusters: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapters 13 and 8;
//   E. Miller, "Adding error bars to evals", arXiv 2411.00640, on tasks as clusters.
// - Sign-flipping test of paired differences: E. Edgington, P. Onghena, "Randomization Tests", 4th ed. (2007), chapter 6.

struct Interval {
    double low = 0;
    double high = 0;
};

/// Of a proportion; of no tries at all: 0 to 1.
[[nodiscard]] Interval wilson(int passed, int tries, double level = 0.95);

/// The chance that at least one of k tries passes, unbiased, from n tries of which c passed. 0 <= c <= n, 1 <= k <= n; NaN otherwise.
[[nodiscard]] double passAtK(int n, int c, int k);
/// The chance that all of k tries pass.
[[nodiscard]] double passHatK(int n, int c, int k);

/// Two-sided p of `b` against `c` discordant pairs; 1 where there are none.
[[nodiscard]] double mcnemarExact(int b, int c);

/// Difference of two paired proportions (first minus second), from the four counts: both passed, only the first, only the second,
/// neither. NaN bounds for no pairs.
[[nodiscard]] Interval newcombePaired(int both, int onlyFirst, int onlySecond, int neither, double level = 0.95);

/// Two-sided p that differences of pairs (one for each task) have no direction: all signs are tried for up to 20 that are not zero,
/// else `rounds` drawn ones.
[[nodiscard]] double signFlipTest(std::span<const double> differences, std::uint64_t seed, int rounds = 20'000);

/// NaN of nothing; of an even number the mean of the middle two.
[[nodiscard]] double median(std::vector<double> values);
/// The value that so much of all are not above (nearest rank); NaN of nothing.
[[nodiscard]] double percentile(std::vector<double> values, double share);

/// Percentile bootstrap of any figure of a sample. NaN bounds for no values.
[[nodiscard]] Interval bootstrap(std::span<const double> values, const std::function<double(const std::vector<double> &)> &figure,
                                 std::uint64_t seed, int rounds = 2'000, double level = 0.95);

/// A group of observations that belong together: one task's trials.
struct Cluster {
    double sum = 0;
    int count = 0;
};
/// Mean over all observations, and its interval from drawing whole clusters.
[[nodiscard]] Interval clusteredMean(std::span<const Cluster> clusters, std::uint64_t seed, int rounds = 2'000, double level = 0.95);

/// The point below which this share of a standard normal distribution lies.
[[nodiscard]] double normalQuantile(double share);

} // namespace coppice::evals
