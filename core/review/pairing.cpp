// SPDX-License-Identifier: GPL-3.0-or-later
// Which removed line stands beside which added one.
#include "review/rows.h"

#include <QHash>

#include <algorithm>

namespace coppice::review {

namespace {

/// How alike two lines are by their words, 0 to 100.
int likeness(const QString &a, const QString &b)
{
    const auto words = [](const QString &line) {
        QHash<QStringView, int> counts;
        qsizetype from = -1;
        for (qsizetype i = 0; i <= line.size(); ++i) {
            const bool letter = i < line.size() && (line[i].isLetterOrNumber() || line[i] == u'_');
            if (letter && from < 0) {
                from = i;
            } else if (!letter && from >= 0) {
                ++counts[QStringView(line).mid(from, i - from)];
                from = -1;
            }
        }
        return counts;
    };
    if (a.trimmed() == b.trimmed())
        return 100;
    const auto left = words(a.left(1000)), right = words(b.left(1000));
    int common = 0, all = 0;
    for (auto it = left.cbegin(); it != left.cend(); ++it) {
        common += std::min(it.value(), right.value(it.key(), 0)) * int(it.key().size());
        all += it.value() * int(it.key().size());
    }
    for (auto it = right.cbegin(); it != right.cend(); ++it)
        all += it.value() * int(it.key().size());
    return all == 0 ? 0 : common * 200 / all;
}

} // namespace

std::vector<std::pair<size_t, size_t>> pairUp(const QStringList &removed, const QStringList &added)
{
    const size_t n = size_t(removed.size()), m = size_t(added.size());
    std::vector<std::pair<size_t, size_t>> pairs;
    if (n == m || n * m > mostPairings) {
        for (size_t i = 0; i < std::min(n, m); ++i)
            pairs.emplace_back(i, i);
        return pairs;
    }
    std::vector<int> like(n * m), best((n + 1) * (m + 1), 0);
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < m; ++j) {
            const int value = likeness(removed[qsizetype(i)], added[qsizetype(j)]);
            like[i * m + j] = value >= 30 ? value : 0;
        }
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            const int take = like[i * m + j] > 0 ? like[i * m + j] + best[(i + 1) * (m + 1) + j + 1] : 0;
            best[i * (m + 1) + j] = std::max({take, best[(i + 1) * (m + 1) + j], best[i * (m + 1) + j + 1]});
        }
    }
    for (size_t i = 0, j = 0; i < n && j < m;) {
        const int here = best[i * (m + 1) + j];
        if (like[i * m + j] > 0 && here == like[i * m + j] + best[(i + 1) * (m + 1) + j + 1])
            pairs.emplace_back(i++, j++);
        else if (here == best[(i + 1) * (m + 1) + j])
            ++i;
        else
            ++j;
    }
    return pairs;
}

} // namespace coppice::review
