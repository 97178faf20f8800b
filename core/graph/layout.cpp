// SPDX-License-Identifier: GPL-3.0-or-later
// Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures (1981).
#include "graph/layout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace coppice::graph {

namespace {

constexpr int sweeps = 12;
constexpr int pulls = 8;

/// A box, or the place of a long arrow in a layer between.
struct Place {
    int box = -1;
    int layer = 0;
    double width = 0;
    double x = 0; ///< of its middle
    std::vector<int> up, down;
};

class Layout
{
public:
    Layout(const Drawing &drawing, const QSizeF &gap) : m_drawing(drawing), m_gap(gap) { }

    Placed run()
    {
        breakCircles();
        chooseLayers();
        partLayers();
        makePlaces();
        if (m_parted)
            centreTrunks();
        order();
        setX();
        return finish();
    }

private:
    [[nodiscard]] size_t count() const { return m_drawing.boxes.size(); }

    /// Depth first, in the order of the boxes: arrows to a box that is still open are turned round.
    void breakCircles()
    {
        m_turned = m_drawing.back;
        m_turned.resize(m_drawing.arrows.size(), false);
        std::vector<std::vector<int>> out(count());
        for (size_t i = 0; i < m_drawing.arrows.size(); ++i)
            out[size_t(arrow(i).first)].push_back(int(i));
        std::vector<int> state(count(), 0); // 1: open, 2: done
        for (int root = 0; root < int(count()); ++root) {
            if (state[size_t(root)])
                continue;
            std::vector<std::pair<int, size_t>> stack{{root, 0}};
            state[size_t(root)] = 1;
            while (!stack.empty()) {
                const int box = stack.back().first;
                if (stack.back().second == out[size_t(box)].size()) {
                    state[size_t(box)] = 2;
                    stack.pop_back();
                    continue;
                }
                const auto number = size_t(out[size_t(box)][stack.back().second++]);
                const int to = arrow(number).second;
                if (state[size_t(to)] == 1) {
                    m_turned[number] = !m_turned[number];
                } else if (state[size_t(to)] == 0) {
                    state[size_t(to)] = 1;
                    stack.emplace_back(to, 0);
                }
            }
        }
    }
    [[nodiscard]] std::pair<int, int> arrow(size_t i) const
    {
        const auto [from, to] = m_drawing.arrows[i];
        return m_turned[i] ? std::pair(to, from) : std::pair(from, to);
    }

    /// As far up as what is above allows; then boxes that only lead down move next to what they lead to.
    void chooseLayers()
    {
        m_layers.assign(count(), 0);
        std::vector<std::vector<int>> out(count());
        std::vector<int> waiting(count(), 0);
        for (size_t i = 0; i < m_drawing.arrows.size(); ++i) {
            const auto [from, to] = arrow(i);
            if (from == to)
                continue;
            out[size_t(from)].push_back(to);
            ++waiting[size_t(to)];
        }
        std::vector<int> order;
        for (int box = 0; box < int(count()); ++box) {
            if (waiting[size_t(box)] == 0)
                order.push_back(box);
        }
        for (size_t i = 0; i < order.size(); ++i) {
            for (const int to : out[size_t(order[i])]) {
                m_layers[size_t(to)] = std::max(m_layers[size_t(to)], m_layers[size_t(order[i])] + 1);
                if (--waiting[size_t(to)] == 0)
                    order.push_back(to);
            }
        }
        std::vector<bool> hasAbove(count(), false);
        for (size_t box = 0; box < count(); ++box) {
            for (const int to : out[box])
                hasAbove[size_t(to)] = true;
        }
        for (auto box = order.rbegin(); box != order.rend(); ++box) {
            if (hasAbove[size_t(*box)] || out[size_t(*box)].empty())
                continue;
            int lowest = std::numeric_limits<int>::max();
            for (const int to : out[size_t(*box)])
                lowest = std::min(lowest, m_layers[size_t(to)]);
            m_layers[size_t(*box)] = lowest - 1;
        }
        const int first = m_layers.empty() ? 0 : *std::ranges::min_element(m_layers);
        for (int &layer : m_layers)
            layer -= first;
    }

    /// Rows of about the same width; boxes with something above them come first, so that fewer arrows pass by others.
    void partLayers()
    {
        if (m_drawing.widest <= 0 || m_layers.empty())
            return;
        std::vector<bool> hasAbove(count(), false);
        for (size_t i = 0; i < m_drawing.arrows.size(); ++i)
            hasAbove[size_t(arrow(i).second)] = true;
        std::vector<std::vector<int>> layers(size_t(*std::ranges::max_element(m_layers)) + 1);
        for (int box = 0; box < int(count()); ++box)
            layers[size_t(m_layers[size_t(box)])].push_back(box);
        int row = 0;
        for (auto &boxes : layers) {
            std::ranges::stable_sort(boxes, [&](int a, int b) { return hasAbove[size_t(a)] && !hasAbove[size_t(b)]; });
            const auto widthOf = [this](int box) { return m_drawing.boxes[size_t(box)].width() + m_gap.width(); };
            double all = 0;
            for (const int box : boxes)
                all += widthOf(box);
            const int rows = std::max(1, int(std::ceil(all / m_drawing.widest)));
            m_parted = m_parted || rows > 1;
            double before = 0;
            for (const int box : boxes) {
                m_layers[size_t(box)] = row + std::min(rows - 1, int((before + widthOf(box) / 2) / (all / rows)));
                before += widthOf(box);
            }
            row += rows;
        }
        // A row that got nothing would be an empty band.
        std::vector<int> used(size_t(row) + 1, 0);
        for (const int layer : m_layers)
            used[size_t(layer) + 1] = 1;
        for (size_t i = 1; i < used.size(); ++i)
            used[i] += used[i - 1];
        for (int &layer : m_layers)
            layer = used[size_t(layer)];
    }

    int addPlace(int box, int layer, double width)
    {
        m_places.push_back({box, layer, width, 0, {}, {}});
        if (m_rows.size() <= size_t(layer))
            m_rows.resize(size_t(layer) + 1);
        m_rows[size_t(layer)].push_back(int(m_places.size()) - 1);
        return int(m_places.size()) - 1;
    }

    void makePlaces()
    {
        for (size_t box = 0; box < count(); ++box)
            addPlace(int(box), m_layers[box], m_drawing.boxes[box].width());
        m_ways.resize(m_drawing.arrows.size());
        for (size_t i = 0; i < m_drawing.arrows.size(); ++i) {
            const auto [from, to] = arrow(i);
            if (from == to)
                continue;
            auto &way = m_ways[i];
            way.push_back(from);
            size_t known = std::numeric_limits<size_t>::max(); // from here on it runs with others
            for (int layer = m_layers[size_t(from)] + 1; layer < m_layers[size_t(to)]; ++layer) {
                const auto shared = m_parted && !m_turned[i] ? m_trunks.find({to, layer}) : m_trunks.end();
                if (shared != m_trunks.end()) {
                    known = std::min(known, way.size());
                    way.push_back(shared->second);
                    continue;
                }
                way.push_back(addPlace(-1, layer, 8));
                if (m_parted && !m_turned[i])
                    m_trunks[{to, layer}] = way.back();
            }
            way.push_back(to);
            for (size_t k = 0; k + 1 < way.size() && k < known; ++k) {
                m_places[size_t(way[k])].down.push_back(way[k + 1]);
                m_places[size_t(way[k + 1])].up.push_back(way[k]);
            }
        }
    }

    /// Arrows that run together pass through the middle of a row, so that rows do not drift to one side.
    void centreTrunks()
    {
        for (auto &row : m_rows) {
            const auto ways = std::ranges::stable_partition(row, [this](int place) { return m_places[size_t(place)].box >= 0; });
            const auto count = row.end() - row.begin() - std::ssize(ways); // of boxes
            std::rotate(row.begin() + count / 2, row.begin() + count, row.end());
        }
    }

    [[nodiscard]] std::vector<int> positions() const
    {
        std::vector<int> position(m_places.size(), 0);
        for (const auto &row : m_rows) {
            for (size_t i = 0; i < row.size(); ++i)
                position[size_t(row[i])] = int(i);
        }
        return position;
    }

    /// Pairs of arrows that cross, layer by layer, by counting inversions in a tree of sums.
    [[nodiscard]] int crossings() const
    {
        const auto position = positions();
        qint64 all = 0;
        for (size_t layer = 0; layer + 1 < m_rows.size(); ++layer) {
            std::vector<int> targets;
            for (const int place : m_rows[layer]) {
                std::vector<int> own;
                for (const int to : m_places[size_t(place)].down)
                    own.push_back(position[size_t(to)]);
                std::ranges::sort(own);
                targets.insert(targets.end(), own.begin(), own.end());
            }
            std::vector<int> sums(m_rows[layer + 1].size() + 1, 0);
            for (size_t i = 0; i < targets.size(); ++i) {
                int before = 0;
                for (int at = targets[i] + 1; at > 0; at -= at & -at)
                    before += sums[size_t(at)];
                all += qint64(i) - before;
                for (int at = targets[i] + 1; at < int(sums.size()); at += at & -at)
                    ++sums[size_t(at)];
            }
        }
        return int(std::min<qint64>(all, std::numeric_limits<int>::max()));
    }

    void sortRow(size_t layer, bool byUpper)
    {
        const auto position = positions();
        auto &row = m_rows[layer];
        std::vector<std::pair<double, int>> keys;
        for (size_t i = 0; i < row.size(); ++i) {
            const auto &place = m_places[size_t(row[i])];
            const auto &others = byUpper ? place.up : place.down;
            double key = double(i);
            if (!others.empty()) {
                key = 0;
                for (const int other : others)
                    key += position[size_t(other)];
                key /= double(others.size());
            }
            keys.emplace_back(key, row[i]);
        }
        std::ranges::stable_sort(keys, {}, &std::pair<double, int>::first);
        for (size_t i = 0; i < row.size(); ++i)
            row[i] = keys[i].second;
    }

    void order()
    {
        auto best = m_rows;
        int fewest = crossings();
        for (int sweep = 0; sweep < sweeps && fewest > 0; ++sweep) {
            for (size_t layer = 1; layer < m_rows.size(); ++layer)
                sortRow(layer, true);
            for (size_t layer = m_rows.size(); layer-- > 1;)
                sortRow(layer - 1, false);
            if (const int now = crossings(); now < fewest) {
                fewest = now;
                best = m_rows;
            }
        }
        m_rows = std::move(best);
        m_crossings = fewest;
    }

    /// From left to right at first; then each row is pulled towards the middle of what it is joined to, keeping its order.
    void setX()
    {
        for (const auto &row : m_rows) {
            double x = 0;
            for (const int place : row) {
                auto &p = m_places[size_t(place)];
                p.x = x + p.width / 2;
                x += p.width + m_gap.width();
            }
        }
        for (int pull = 0; pull < pulls; ++pull) {
            const bool down = pull % 2 == 0;
            for (size_t n = 0; n < m_rows.size(); ++n)
                pullRow(m_rows[down ? n : m_rows.size() - 1 - n], down);
        }
        double left = std::numeric_limits<double>::max();
        for (const auto &place : m_places)
            left = std::min(left, place.x - place.width / 2);
        for (auto &place : m_places)
            place.x -= left;
    }

    void pullRow(const std::vector<int> &row, bool byUpper)
    {
        // Wished-for middles, then clusters of places that would overlap share the mean of their wishes.
        struct Cluster {
            double wish = 0; ///< sum over members of (wish - offset)
            double weight = 0;
            double width = 0;
            size_t first = 0, last = 0;
            [[nodiscard]] double left() const { return wish / weight; }
        };
        std::vector<Cluster> clusters;
        for (size_t i = 0; i < row.size(); ++i) {
            const auto &place = m_places[size_t(row[i])];
            const auto &near = byUpper ? place.up : place.down;
            const auto &far = byUpper ? place.down : place.up;
            const auto &others = near.empty() ? far : near;
            double wish = place.x;
            if (!others.empty()) {
                wish = 0;
                for (const int other : others)
                    wish += m_places[size_t(other)].x;
                wish /= double(others.size());
            }
            const double weight = place.box < 0 ? 2 : 1; // long arrows are kept straight
            clusters.push_back({(wish - place.width / 2) * weight, weight, place.width, i, i});
            while (clusters.size() > 1) {
                const auto &last = clusters.back();
                auto &before = clusters[clusters.size() - 2];
                const double offset = before.width + m_gap.width();
                if (before.left() + offset <= last.left())
                    break;
                before.wish += last.wish - offset * last.weight;
                before.weight += last.weight;
                before.width = offset + last.width;
                before.last = last.last;
                clusters.pop_back();
            }
        }
        for (const auto &cluster : clusters) {
            double x = cluster.left();
            for (size_t i = cluster.first; i <= cluster.last; ++i) {
                auto &place = m_places[size_t(row[i])];
                place.x = x + place.width / 2;
                x += place.width + m_gap.width();
            }
        }
    }

    Placed finish()
    {
        Placed placed;
        std::vector<double> tops(m_rows.size(), 0), heights(m_rows.size(), 0);
        for (size_t box = 0; box < count(); ++box)
            heights[size_t(m_layers[box])] = std::max(heights[size_t(m_layers[box])], m_drawing.boxes[box].height());
        double y = 0;
        for (size_t layer = 0; layer < m_rows.size(); ++layer) {
            tops[layer] = y;
            y += heights[layer] + m_gap.height();
        }
        double right = 0;
        for (size_t box = 0; box < count(); ++box) {
            const auto &size = m_drawing.boxes[box];
            placed.boxes.emplace_back(m_places[box].x - size.width() / 2, tops[size_t(m_layers[box])]);
            right = std::max(right, m_places[box].x + size.width() / 2);
        }
        for (const auto &place : m_places)
            right = std::max(right, place.x + place.width / 2);
        for (size_t i = 0; i < m_ways.size(); ++i) {
            std::vector<QPointF> points;
            for (size_t k = 0; k < m_ways[i].size(); ++k) {
                const auto &place = m_places[size_t(m_ways[i][k])];
                const auto layer = size_t(place.layer);
                const double height = place.box < 0 ? heights[layer] : m_drawing.boxes[size_t(place.box)].height();
                if (k > 0)
                    points.emplace_back(place.x, tops[layer]);
                if (k + 1 < m_ways[i].size())
                    points.emplace_back(place.x, tops[layer] + height);
            }
            if (m_turned[i])
                std::ranges::reverse(points);
            placed.arrows.push_back(std::move(points));
        }
        placed.layers = m_layers;
        placed.upwards = m_turned;
        placed.size = QSizeF(right, std::max(0.0, y - m_gap.height()));
        placed.crossings = m_crossings;
        return placed;
    }

    const Drawing &m_drawing;
    const QSizeF m_gap;
    std::vector<bool> m_turned;
    std::vector<int> m_layers;
    std::vector<Place> m_places;
    std::vector<std::vector<int>> m_rows, m_ways;
    bool m_parted = false;
    std::map<std::pair<int, int>, int> m_trunks; ///< places of arrows that run together, by the box they lead to and the layer
    int m_crossings = 0;
};

} // namespace

Placed layOut(const Drawing &drawing, const QSizeF &gap)
{
    return Layout(drawing, gap).run();
}

} // namespace coppice::graph
