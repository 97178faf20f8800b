// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <stop_token>
#include <vector>

namespace coppice::review {

/// Lines of one text that stand in the place of lines of another; from 0.
struct LineChange {
    int oldFirst = 0, oldCount = 0;
    int newFirst = 0, newCount = 0;
    bool coarse = false; ///< the budget ended here: some of these lines may be equal
};
/// How much work a comparison may be, so that it ends soon whatever the texts are.
struct CompareBudget {
    int edits = 256;               ///< between two lines that both texts have once
    qint64 steps = 20'000'000;     ///< altogether
    [[nodiscard]] static CompareBudget quick() { return {}; }
    [[nodiscard]] static CompareBudget thorough() { return {2048, 2'000'000'000}; }
};
/// What differs between two lists of pieces, by exact comparison: lines that are in both once are anchors (the "patience"
/// way of Bram Cohen), and what is between is compared by Myers' greedy algorithm ("An O(ND) difference algorithm", 1986)
/// as long as the budget lasts. In order, never touching. Stopped: the rest is coarse.
[[nodiscard]] std::vector<LineChange> compareLines(const std::vector<QByteArrayView> &before, const std::vector<QByteArrayView> &after,
                                                   const CompareBudget &budget = {}, std::stop_token stop = {});

} // namespace coppice::review
