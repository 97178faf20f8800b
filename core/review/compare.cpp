// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/compare.h"

#include <QHashFunctions>

#include <algorithm>
#include <bit>
#include <optional>

namespace coppice::review {

namespace {

/// Gives equal pieces equal numbers. Compares bytes, so that no two different lines can pass for one.
class Names
{
public:
    explicit Names(size_t most) : m_slots(std::bit_ceil(std::max<size_t>(16, most * 2)), -1), m_seed(QHashSeed::globalSeed()) { }

    int of(QByteArrayView piece)
    {
        const size_t mask = m_slots.size() - 1;
        for (size_t at = qHashBits(piece.data(), size_t(piece.size()), m_seed) & mask;; at = (at + 1) & mask) {
            if (m_slots[at] < 0) {
                m_slots[at] = int(m_pieces.size());
                m_pieces.push_back(piece);
                return m_slots[at];
            }
            if (m_pieces[size_t(m_slots[at])] == piece)
                return m_slots[at];
        }
    }
    [[nodiscard]] size_t count() const { return m_pieces.size(); }

private:
    std::vector<int> m_slots;
    std::vector<QByteArrayView> m_pieces;
    size_t m_seed;
};

class Comparer
{
public:
    Comparer(const std::vector<QByteArrayView> &before, const std::vector<QByteArrayView> &after, const CompareBudget &budget,
             std::stop_token stop)
        : m_stop(std::move(stop)), m_edits(budget.edits), m_steps(budget.steps)
    {
        Names names(before.size() + after.size());
        m_old.reserve(before.size());
        m_new.reserve(after.size());
        for (const auto &line : before)
            m_old.push_back(names.of(line));
        for (const auto &line : after)
            m_new.push_back(names.of(line));
        m_seen.resize(names.count());
    }

    std::vector<LineChange> compare()
    {
        std::vector<Range> open{{0, int(m_old.size()), 0, int(m_new.size())}};
        while (!open.empty()) {
            Range range = open.back();
            open.pop_back();
            trim(range);
            if (range.oldFrom == range.oldTo || range.newFrom == range.newTo) {
                put(range, false);
            } else if (m_stop.stop_requested() || m_steps <= 0) {
                put(range, true);
            } else if (!split(range, open)) {
                greedy(range);
            }
        }
        return merged();
    }

private:
    struct Range {
        int oldFrom = 0, oldTo = 0, newFrom = 0, newTo = 0;
    };
    struct Seen {
        int inOld = 0, inNew = 0, oldAt = 0, newAt = 0;
    };

    void trim(Range &range) const
    {
        while (range.oldFrom < range.oldTo && range.newFrom < range.newTo && m_old[size_t(range.oldFrom)] == m_new[size_t(range.newFrom)]) {
            ++range.oldFrom;
            ++range.newFrom;
        }
        while (range.oldFrom < range.oldTo && range.newFrom < range.newTo && m_old[size_t(range.oldTo - 1)] == m_new[size_t(range.newTo - 1)]) {
            --range.oldTo;
            --range.newTo;
        }
    }

    void put(const Range &range, bool coarse)
    {
        if (range.oldFrom < range.oldTo || range.newFrom < range.newTo)
            m_changes.push_back({range.oldFrom, range.oldTo - range.oldFrom, range.newFrom, range.newTo - range.newFrom, coarse});
    }

    /// The gaps between lines that stand once on either side; false when there is no such line.
    bool split(const Range &range, std::vector<Range> &open)
    {
        m_steps -= (range.oldTo - range.oldFrom) + (range.newTo - range.newFrom);
        for (int i = range.oldFrom; i < range.oldTo; ++i) {
            auto &seen = m_seen[size_t(m_old[size_t(i)])];
            ++seen.inOld;
            seen.oldAt = i;
        }
        for (int i = range.newFrom; i < range.newTo; ++i) {
            auto &seen = m_seen[size_t(m_new[size_t(i)])];
            ++seen.inNew;
            seen.newAt = i;
        }
        // The longest series of such lines that rises on both sides.
        std::vector<std::pair<int, int>> once; // old, new
        for (int i = range.oldFrom; i < range.oldTo; ++i) {
            const auto &seen = m_seen[size_t(m_old[size_t(i)])];
            if (seen.inOld == 1 && seen.inNew == 1)
                once.emplace_back(i, seen.newAt);
        }
        for (int i = range.oldFrom; i < range.oldTo; ++i)
            m_seen[size_t(m_old[size_t(i)])] = {};
        for (int i = range.newFrom; i < range.newTo; ++i)
            m_seen[size_t(m_new[size_t(i)])] = {};
        if (once.empty())
            return false;
        std::vector<int> ends, previous(once.size(), -1);
        for (int i = 0; i < int(once.size()); ++i) {
            const auto place = std::lower_bound(ends.begin(), ends.end(), once[size_t(i)].second,
                                                [&](int end, int at) { return once[size_t(end)].second < at; });
            if (place != ends.begin())
                previous[size_t(i)] = *std::prev(place);
            if (place == ends.end())
                ends.push_back(i);
            else
                *place = i;
        }
        int oldTo = range.oldTo, newTo = range.newTo;
        for (int i = ends.back(); i >= 0; i = previous[size_t(i)]) {
            const auto [oldAt, newAt] = once[size_t(i)];
            if (oldAt + 1 < oldTo || newAt + 1 < newTo)
                open.push_back({oldAt + 1, oldTo, newAt + 1, newTo});
            oldTo = oldAt;
            newTo = newAt;
        }
        if (range.oldFrom < oldTo || range.newFrom < newTo)
            open.push_back({range.oldFrom, oldTo, range.newFrom, newTo});
        return true;
    }

    void greedy(const Range &range)
    {
        const int n = range.oldTo - range.oldFrom, m = range.newTo - range.newFrom;
        const int most = std::min(n + m, m_edits);
        std::vector<std::vector<int>> trace;
        std::vector<int> reach(size_t(2 * most + 3), 0);
        const auto at = [&](int k) -> int & { return reach[size_t(k + most + 1)]; };
        for (int d = 0; d <= most; ++d) {
            trace.emplace_back(reach.begin() + (most + 1 - d), reach.begin() + (most + 2 + d)); // diagonals -d … d
            for (int k = -d; k <= d; k += 2) {
                int x = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
                const int begin = x;
                while (x < n && x - k < m && m_old[size_t(range.oldFrom + x)] == m_new[size_t(range.newFrom + x - k)])
                    ++x;
                m_steps -= 1 + x - begin;
                at(k) = x;
                if (x >= n && x - k >= m) {
                    walkBack(range, trace, d);
                    return;
                }
            }
            if (m_steps <= 0 || m_stop.stop_requested())
                break;
        }
        put(range, true);
    }

    /// From the end to the beginning along what each round of greedy() had reached.
    void walkBack(const Range &range, const std::vector<std::vector<int>> &trace, int d)
    {
        int x = range.oldTo - range.oldFrom, y = range.newTo - range.newFrom;
        for (; d > 0; --d) {
            const auto &reach = trace[size_t(d)]; // as it was before round d, diagonals -d … d
            const auto was = [&](int k) { return reach[size_t(k + d)]; };
            const int k = x - y;
            const bool down = k == -d || (k != d && was(k - 1) < was(k + 1));
            const int oldX = down ? was(k + 1) : was(k - 1);
            const int oldY = oldX - (down ? k + 1 : k - 1);
            if (down)
                put({range.oldFrom + oldX, range.oldFrom + oldX, range.newFrom + oldY, range.newFrom + oldY + 1}, false);
            else
                put({range.oldFrom + oldX, range.oldFrom + oldX + 1, range.newFrom + oldY, range.newFrom + oldY}, false);
            x = oldX;
            y = oldY;
        }
    }

    std::vector<LineChange> merged()
    {
        std::sort(m_changes.begin(), m_changes.end(), [](const LineChange &a, const LineChange &b) {
            return std::pair(a.oldFirst + a.oldCount, a.newFirst + a.newCount) < std::pair(b.oldFirst + b.oldCount, b.newFirst + b.newCount);
        });
        std::vector<LineChange> all;
        for (const auto &change : m_changes) {
            if (!all.empty() && all.back().oldFirst + all.back().oldCount == change.oldFirst
                && all.back().newFirst + all.back().newCount == change.newFirst) {
                all.back().oldCount += change.oldCount;
                all.back().newCount += change.newCount;
                all.back().coarse = all.back().coarse || change.coarse;
            } else {
                all.push_back(change);
            }
        }
        return all;
    }

    std::stop_token m_stop;
    int m_edits;
    qint64 m_steps;
    std::vector<int> m_old, m_new;
    std::vector<Seen> m_seen; ///< by name; all zero outside split()
    std::vector<LineChange> m_changes;
};

} // namespace

std::vector<LineChange> compareLines(const std::vector<QByteArrayView> &before, const std::vector<QByteArrayView> &after,
                                     const CompareBudget &budget, std::stop_token stop)
{
    return Comparer(before, after, budget, std::move(stop)).compare();
}

} // namespace coppice::review
