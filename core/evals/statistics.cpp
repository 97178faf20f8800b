// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace coppice::evals {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int enumerated = 20;

/// SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014): the same on every machine, unlike the standard's distributions.
class Lots
{
public:
    explicit Lots(std::uint64_t seed) : m_state(seed) { }
    std::uint64_t next()
    {
        std::uint64_t z = (m_state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    /// Below `end`: 53 bits are far more than any sample here has members.
    std::size_t below(std::size_t end) { return std::min(end - 1, std::size_t(double(next() >> 11) * 0x1.0p-53 * double(end))); }

private:
    std::uint64_t m_state;
};

double share(const std::vector<double> &sorted, double at)
{
    const double place = at * double(sorted.size() - 1);
    const auto low = std::size_t(place);
    const auto high = std::min(low + 1, sorted.size() - 1);
    return sorted[low] + (sorted[high] - sorted[low]) * (place - double(low));
}

Interval middle(std::vector<double> figures, double level)
{
    std::ranges::sort(figures);
    return {share(figures, (1 - level) / 2), share(figures, (1 + level) / 2)};
}

} // namespace

double normalQuantile(double share)
{
    if (!(share > 0) || !(share < 1))
        return nan;
    // Halving: the distribution function is at hand and exact, and 80 steps are nothing.
    double low = -40, high = 40;
    for (int step = 0; step < 80; ++step) {
        const double mid = (low + high) / 2;
        (0.5 * std::erfc(-mid / std::sqrt(2.0)) < share ? low : high) = mid;
    }
    return (low + high) / 2;
}

Interval wilson(int passed, int tries, double level)
{
    if (tries <= 0)
        return {0, 1};
    const double z = normalQuantile((1 + level) / 2);
    const double n = tries, p = double(passed) / n, z2 = z * z;
    const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    const double half = z / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    return {passed == 0 ? 0 : std::max(0.0, centre - half), passed == tries ? 1 : std::min(1.0, centre + half)};
}

double passAtK(int n, int c, int k)
{
    if (k < 1 || n < k || c < 0 || c > n)
        return nan;
    double none = 1; // of k drawn without putting back, none passes
    for (int i = 0; i < k; ++i)
        none *= std::max(0, n - c - i) / double(n - i);
    return 1 - none;
}

double passHatK(int n, int c, int k)
{
    if (k < 1 || n < k || c < 0 || c > n)
        return nan;
    double all = 1;
    for (int i = 0; i < k; ++i)
        all *= std::max(0, c - i) / double(n - i);
    return all;
}

double mcnemarExact(int b, int c)
{
    const int n = b + c;
    if (n <= 0)
        return 1;
    double tail = 0;
    for (int i = 0; i <= std::min(b, c); ++i)
        tail += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) - n * std::log(2.0));
    return std::min(1.0, 2 * tail);
}

Interval newcombePaired(int both, int onlyFirst, int onlySecond, int neither, double level)
{
    const double n = double(both) + onlyFirst + onlySecond + neither;
    if (n <= 0)
        return {nan, nan};
    const double p1 = (both + onlyFirst) / n, p2 = (both + onlySecond) / n;
    const auto [l1, u1] = wilson(both + onlyFirst, int(n), level);
    const auto [l2, u2] = wilson(both + onlySecond, int(n), level);
    // The correlation of the pairs, corrected towards independence where it is positive.
    const double margins = (double(both) + onlyFirst) * (double(onlySecond) + neither) * (double(both) + onlySecond) * (double(onlyFirst) + neither);
    double phi = 0;
    if (margins > 0) {
        const double cross = double(both) * neither - double(onlyFirst) * onlySecond;
        const double corrected = cross > n / 2 ? cross - n / 2 : cross >= 0 ? 0 : cross;
        phi = corrected / std::sqrt(margins);
    }
    const auto reach = [phi](double a, double b) { return std::sqrt(std::max(0.0, a * a - 2 * phi * a * b + b * b)); };
    const double d = p1 - p2;
    return {std::max(-1.0, d - reach(p1 - l1, u2 - p2)), std::min(1.0, d + reach(u1 - p1, p2 - l2))};
}

double signFlipTest(std::span<const double> differences, std::uint64_t seed, int rounds)
{
    std::vector<double> sizes;
    double seen = 0;
    for (const double one : differences) {
        seen += one;
        if (one != 0)
            sizes.push_back(std::abs(one));
    }
    if (sizes.empty())
        return 1;
    const double limit = std::abs(seen) - 1e-9; // sums of the same numbers in another order count as equal
    if (sizes.size() <= enumerated) {
        const std::uint64_t all = 1ULL << sizes.size();
        std::uint64_t extreme = 0;
        // Gray code: one sign changes from step to step.
        double sum = -std::accumulate(sizes.begin(), sizes.end(), 0.0);
        std::uint64_t signs = 0;
        extreme += std::abs(sum) >= limit;
        for (std::uint64_t i = 1; i < all; ++i) {
            const auto at = std::size_t(std::countr_zero(i));
            signs ^= 1ULL << at;
            sum += (signs >> at & 1 ? 2 : -2) * sizes[at];
            extreme += std::abs(sum) >= limit;
        }
        return double(extreme) / double(all);
    }
    Lots lots(seed);
    int extreme = 0;
    for (int round = 0; round < rounds; ++round) {
        double sum = 0;
        for (const double size : sizes)
            sum += lots.next() >> 63 ? size : -size;
        extreme += std::abs(sum) >= limit;
    }
    return (extreme + 1.0) / (rounds + 1.0); // what was seen is one of the possible
}

double median(std::vector<double> values)
{
    if (values.empty())
        return nan;
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double percentile(std::vector<double> values, double share)
{
    if (values.empty() || !(share >= 0) || !(share <= 1))
        return nan;
    std::ranges::sort(values);
    const auto rank = std::size_t(std::ceil(share * double(values.size())));
    return values[std::max<std::size_t>(rank, 1) - 1];
}

Interval bootstrap(std::span<const double> values, const std::function<double(const std::vector<double> &)> &figure, std::uint64_t seed, int rounds, double level)
{
    if (values.empty())
        return {nan, nan};
    Lots lots(seed);
    std::vector<double> figures, drawn(values.size());
    figures.reserve(std::size_t(rounds));
    for (int round = 0; round < rounds; ++round) {
        for (double &one : drawn)
            one = values[lots.below(values.size())];
        figures.push_back(figure(drawn));
    }
    return middle(std::move(figures), level);
}

Interval clusteredMean(std::span<const Cluster> clusters, std::uint64_t seed, int rounds, double level)
{
    const bool any = std::ranges::any_of(clusters, [](const Cluster &one) { return one.count > 0; });
    if (!any)
        return {nan, nan};
    Lots lots(seed);
    std::vector<double> means;
    means.reserve(std::size_t(rounds));
    while (int(means.size()) < rounds) {
        double sum = 0;
        long long count = 0;
        for (std::size_t i = 0; i < clusters.size(); ++i) {
            const Cluster &one = clusters[lots.below(clusters.size())];
            sum += one.sum;
            count += one.count;
        }
        if (count > 0)
            means.push_back(sum / double(count));
    }
    return middle(std::move(means), level);
}

} // namespace coppice::evals
