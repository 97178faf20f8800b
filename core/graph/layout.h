// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QSizeF>

#include <utility>
#include <vector>

namespace coppice::graph {

/// Boxes and arrows to be laid out: arrows by the boxes' numbers; those that go round may be among them.
struct Drawing {
    std::vector<QSizeF> boxes;
    std::vector<std::pair<int, int>> arrows;
    std::vector<bool> back = {}; ///< of each arrow: it closes a circle, and is the one to go up; empty: any may
    double widest = 0; ///< a layer whose boxes are wider together is parted into rows; 0: none is
};
/// Where everything goes, in the boxes' own unit. The top left corner of all is at 0, 0.
struct Placed {
    std::vector<QPointF> boxes; ///< top left corners
    /// Of each arrow: from the lower edge of its first box to the upper edge of its second, over the points between;
    /// an arrow that closes a circle goes the other way round.
    std::vector<std::vector<QPointF>> arrows;
    std::vector<int> layers; ///< of each box, from 0 at the top
    std::vector<bool> upwards; ///< arrows that close a circle
    QSizeF size;
    int crossings = 0;
};
/// A layered layout: what depends stands above what it depends on. Layers by longest way, empty places for long arrows,
/// order within a layer by barycentres (the best of 12 sweeps each way), boxes pulled over their neighbours. Where a layer
/// had to be parted, long arrows to one box run together. The same input gives the same answer; 150 boxes take
/// milliseconds. `gap`: between boxes (width) and layers (height).
[[nodiscard]] Placed layOut(const Drawing &drawing, const QSizeF &gap);

} // namespace coppice::graph
