// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/cycles.h"

#include <QSet>

#include <algorithm>
#include <deque>

namespace coppice::graph {

std::vector<std::vector<int>> components(const Arrows &arrows)
{
    // Tarjan without recursion: a chain of plugins may be long.
    const int count = int(arrows.size());
    std::vector<int> index(size_t(count), -1), low(size_t(count), 0);
    std::vector<bool> onStack(size_t(count), false);
    std::vector<int> stack;
    std::vector<std::vector<int>> found;
    int next = 0;
    for (int root = 0; root < count; ++root) {
        if (index[size_t(root)] >= 0)
            continue;
        std::vector<std::pair<int, size_t>> calls{{root, 0}};
        while (!calls.empty()) {
            auto &[node, at] = calls.back();
            const auto n = size_t(node);
            if (at == 0) {
                index[n] = low[n] = next++;
                stack.push_back(node);
                onStack[n] = true;
            }
            bool deeper = false;
            while (at < arrows[n].size()) {
                const auto to = size_t(arrows[n][at++]);
                if (index[to] < 0) {
                    calls.emplace_back(int(to), 0);
                    deeper = true;
                    break;
                }
                if (onStack[to])
                    low[n] = std::min(low[n], index[to]);
            }
            if (deeper)
                continue;
            if (low[n] == index[n]) {
                auto &component = found.emplace_back();
                int member = -1;
                do {
                    member = stack.back();
                    stack.pop_back();
                    onStack[size_t(member)] = false;
                    component.push_back(member);
                } while (member != int(n));
                std::ranges::sort(component);
            }
            const int lowest = low[n];
            calls.pop_back();
            if (!calls.empty()) {
                auto &above = low[size_t(calls.back().first)];
                above = std::min(above, lowest);
            }
        }
    }
    return found;
}

namespace {

using Arrow = std::pair<int, int>;

/// Arrows that can be taken out and put back.
class Search
{
public:
    Search(const Arrows &arrows, const Arrows &strengths, std::stop_token stop, qint64 effort) : m_arrows(arrows), m_stop(std::move(stop)), m_effort(effort)
    {
        for (size_t from = 0; from < strengths.size() && from < arrows.size(); ++from) {
            for (size_t i = 0; i < strengths[from].size() && i < arrows[from].size(); ++i)
                m_strengths.insert({int(from), arrows[from][i]}, strengths[from][i]);
        }
        for (auto &list : m_arrows) {
            std::ranges::sort(list);
            list.erase(std::unique(list.begin(), list.end()), list.end());
        }
    }

    Cut run()
    {
        Cut cut;
        const auto rough = improved(byOrder());
        cut.atLeast = int(disjointCycles().size());
        const qint64 share = m_effort; // the search has its own, and so has the choice among equals
        m_effort += m_spent;
        for (int size = cut.atLeast; size < int(rough.size()) && m_best.empty() && !isOver(); ++size) {
            if (breaks(size, 0))
                break;
            if (!isOver())
                cut.atLeast = size + 1;
        }
        if (m_best.empty()) {
            m_best = rough;
            m_bestStrength = strengthOf(rough);
        }
        cut.exact = cut.atLeast == int(m_best.size());
        m_effort = m_spent + share;
        if (cut.exact && !m_strengths.isEmpty())
            breaks(int(m_best.size()), 0);
        cut.weakest = m_strengths.isEmpty() || (cut.exact && !isOver());
        cut.arrows = m_best;
        std::ranges::sort(cut.arrows);
        return cut;
    }

private:
    [[nodiscard]] bool isOut(int from, int to) const { return m_out.contains({from, to}); }
    [[nodiscard]] bool isOver() const { return m_spent >= m_effort || m_stop.stop_requested(); }
    [[nodiscard]] int strength(const Arrow &arrow) const { return m_strengths.value(arrow, 1); }
    [[nodiscard]] qint64 strengthOf(const std::vector<Arrow> &arrows) const
    {
        qint64 sum = 0;
        for (const auto &arrow : arrows)
            sum += strength(arrow);
        return sum;
    }

    /// A shortest cycle among the arrows that are left: empty when nothing goes round any more.
    [[nodiscard]] std::vector<Arrow> shortestCycle() const
    {
        std::vector<Arrow> best;
        const auto count = m_arrows.size();
        std::vector<int> before(count);
        for (int start = 0; start < int(count); ++start) {
            std::ranges::fill(before, -1);
            std::deque<int> open{start};
            std::vector<int> far(count, 0);
            bool closed = false;
            while (!open.empty() && !closed) {
                const int at = open.front();
                open.pop_front();
                if (!best.empty() && far[size_t(at)] + 1 >= int(best.size()))
                    break;
                m_spent += qint64(m_arrows[size_t(at)].size());
                for (const int to : m_arrows[size_t(at)]) {
                    if (isOut(at, to))
                        continue;
                    if (to == start) {
                        best.clear();
                        best.emplace_back(at, to);
                        for (int back = at; back != start; back = before[size_t(back)])
                            best.emplace_back(before[size_t(back)], back);
                        std::ranges::reverse(best);
                        closed = true;
                        break;
                    }
                    if (before[size_t(to)] < 0) {
                        before[size_t(to)] = at;
                        far[size_t(to)] = far[size_t(at)] + 1;
                        open.push_back(to);
                    }
                }
            }
            if (best.size() <= 2 && !best.empty())
                break;
        }
        return best;
    }

    /// Cycles that share no arrow: each needs an arrow of its own taken out.
    std::vector<std::vector<Arrow>> disjointCycles()
    {
        const auto kept = m_out;
        std::vector<std::vector<Arrow>> found;
        for (auto cycle = shortestCycle(); !cycle.empty(); cycle = shortestCycle()) {
            for (const auto &arrow : cycle)
                m_out.insert(arrow);
            found.push_back(std::move(cycle));
            if (isOver())
                break; // fewer than there may be: as a bound, still true
        }
        m_out = kept;
        return found;
    }

    /// Can `left` more arrows end it? Every cycle has to lose one, so a shortest one is tried arrow by arrow. An arrow that
    /// was tried stays for the rest of its round: what is left are sets without it. Before there is an answer, the first ends
    /// the search; then only weaker ones count.
    bool breaks(int left, qint64 strengthSoFar)
    {
        if (isOver() || (!m_best.empty() && strengthSoFar + left >= m_bestStrength)) // an arrow's strength is 1 at least
            return false;
        auto cycle = shortestCycle();
        if (cycle.empty()) {
            m_best.assign(m_out.begin(), m_out.end());
            m_bestStrength = strengthSoFar;
            return true;
        }
        if (left == 0 || (left < 4 && int(disjointCycles().size()) > left))
            return false;
        const bool first = m_best.empty();
        bool found = false;
        std::ranges::stable_sort(cycle, {}, [this](const Arrow &arrow) { return strength(arrow); });
        std::vector<Arrow> tried;
        for (const auto &arrow : cycle) {
            if (m_kept.contains(arrow))
                continue;
            m_out.insert(arrow);
            found = breaks(left - 1, strengthSoFar + strength(arrow)) || found;
            m_out.remove(arrow);
            if (found && first)
                break;
            m_kept.insert(arrow);
            tried.push_back(arrow);
        }
        for (const auto &arrow : tried)
            m_kept.remove(arrow);
        return found;
    }

    /// Arrows that point backwards in an order by outgoing less incoming arrows (Eades, Lin, Smyth 1993).
    std::vector<Arrow> byOrder() const
    {
        const auto count = m_arrows.size();
        std::vector<int> out(count, 0), in(count, 0);
        std::vector<std::vector<int>> into(count);
        for (size_t from = 0; from < count; ++from) {
            for (const int to : m_arrows[from]) {
                ++out[from];
                ++in[size_t(to)];
                into[size_t(to)].push_back(int(from));
            }
        }
        std::vector<int> front, back;
        std::vector<bool> gone(count, false);
        const auto take = [&](int node) {
            gone[size_t(node)] = true;
            for (const int to : m_arrows[size_t(node)])
                --in[size_t(to)];
            for (const int from : into[size_t(node)])
                --out[size_t(from)];
        };
        for (size_t done = 0; done < count; ++done) {
            int best = -1, sink = -1, source = -1;
            for (int node = 0; node < int(count); ++node) {
                const auto n = size_t(node);
                if (gone[n])
                    continue;
                if (out[n] == 0 && sink < 0)
                    sink = node;
                if (in[n] == 0 && source < 0)
                    source = node;
                if (best < 0 || out[n] - in[n] > out[size_t(best)] - in[size_t(best)])
                    best = node;
            }
            if (sink >= 0) {
                back.push_back(sink);
                take(sink);
            } else {
                front.push_back(source >= 0 ? source : best);
                take(front.back());
            }
        }
        front.insert(front.end(), back.rbegin(), back.rend());
        std::vector<int> place(count, 0);
        for (size_t i = 0; i < front.size(); ++i)
            place[size_t(front[i])] = int(i);
        std::vector<Arrow> backwards;
        for (size_t from = 0; from < count; ++from) {
            for (const int to : m_arrows[from]) {
                if (place[size_t(to)] <= place[from])
                    backwards.emplace_back(int(from), to);
            }
        }
        return backwards;
    }

    /// Puts back each arrow that closes no cycle, the strongest first.
    std::vector<Arrow> improved(std::vector<Arrow> cut)
    {
        QSet<Arrow> out(cut.begin(), cut.end());
        std::ranges::sort(cut);
        std::ranges::stable_sort(cut, std::ranges::greater(), [this](const Arrow &arrow) { return strength(arrow); });
        for (const auto &arrow : cut) {
            if (m_stop.stop_requested())
                break;
            out.remove(arrow);
            if (reaches(arrow.second, arrow.first, out))
                out.insert(arrow);
        }
        std::vector<Arrow> kept(out.begin(), out.end());
        return kept;
    }

    [[nodiscard]] bool reaches(int from, int to, const QSet<Arrow> &out) const
    {
        std::vector<bool> seen(m_arrows.size(), false);
        std::vector<int> open{from};
        while (!open.empty()) {
            const int at = open.back();
            open.pop_back();
            if (at == to)
                return true;
            if (seen[size_t(at)])
                continue;
            seen[size_t(at)] = true;
            for (const int next : m_arrows[size_t(at)]) {
                if (!seen[size_t(next)] && !out.contains({at, next}))
                    open.push_back(next);
            }
        }
        return false;
    }

    Arrows m_arrows;
    std::stop_token m_stop;
    qint64 m_effort;
    mutable qint64 m_spent = 0; ///< arrows looked at
    QHash<Arrow, int> m_strengths; ///< empty: all alike
    QSet<Arrow> m_out, m_kept;
    std::vector<Arrow> m_best;
    qint64 m_bestStrength = 0;

public:
    [[nodiscard]] std::vector<Arrow> shortest() const { return shortestCycle(); }
};

} // namespace

Cut smallestCut(const Arrows &arrows, const Arrows &strengths, std::stop_token stop, qint64 effort)
{
    return Search(arrows, strengths, std::move(stop), effort).run();
}

std::vector<Cycle> cyclesOf(const Graph &graph, std::stop_token stop)
{
    const auto &nodes = graph.nodes();
    const auto &edges = graph.edges();
    Arrows arrows(nodes.size());
    for (const auto &edge : edges)
        arrows[size_t(edge.from)].push_back(edge.to);
    std::vector<Cycle> cycles;
    for (auto &component : components(arrows)) {
        if (component.size() < 2 || stop.stop_requested())
            continue;
        Cycle cycle;
        cycle.plugins = std::move(component);
        std::vector<int> place(nodes.size(), -1);
        for (size_t i = 0; i < cycle.plugins.size(); ++i)
            place[size_t(cycle.plugins[i])] = int(i);
        Arrows inner(cycle.plugins.size()), strengths(cycle.plugins.size());
        std::map<std::pair<int, int>, int> edgeOf;
        for (const int plugin : cycle.plugins) {
            for (const int edge : nodes[size_t(plugin)].out) {
                const int from = place[size_t(plugin)], to = place[size_t(edges[size_t(edge)].to)];
                if (to < 0)
                    continue;
                inner[size_t(from)].push_back(to);
                strengths[size_t(from)].push_back(edges[size_t(edge)].strength());
                edgeOf[{from, to}] = edge;
                cycle.edges.push_back(edge);
            }
        }
        const auto cut = smallestCut(inner, strengths, stop);
        for (const auto &arrow : cut.arrows)
            cycle.cut.push_back(edgeOf[arrow]);
        cycle.exact = cut.exact;
        cycle.weakest = cut.weakest;
        cycle.atLeast = cut.atLeast;
        for (const auto &[from, to] : Search(inner, {}, stop, 1).shortest())
            cycle.shortest.push_back(cycle.plugins[size_t(from)]);
        cycles.push_back(std::move(cycle));
    }
    std::ranges::stable_sort(cycles, [](const Cycle &a, const Cycle &b) {
        return a.plugins.size() != b.plugins.size() ? a.plugins.size() > b.plugins.size() : a.plugins < b.plugins;
    });
    return cycles;
}

} // namespace coppice::graph
