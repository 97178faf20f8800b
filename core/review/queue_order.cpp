// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/queue_order.h"

#include "base/counted.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace coppice::review {

namespace {

struct Weight {
    QLatin1String kind;
    int points;
};
/// What a person should look at first. 100: may be an attack; 60: takes a guard away; 30: reaches further than its
/// plugin's code; 10: worth a look.
constexpr std::array weights{
    Weight{QLatin1String("hidden-characters"), 100},
    Weight{QLatin1String("secrets"), 100},
    Weight{QLatin1String("outside-plugin"), 80},
    Weight{QLatin1String("hooks"), 80},
    Weight{QLatin1String("ci"), 60},
    Weight{QLatin1String("agent-instructions"), 60},
    Weight{QLatin1String("tests-deleted"), 60},
    Weight{QLatin1String("coppice-settings"), 60},
    Weight{QLatin1String("tests-weakened"), 50},
    Weight{QLatin1String("network"), 40},
    Weight{QLatin1String("process"), 40},
    Weight{QLatin1String("new-dependency"), 40},
    Weight{QLatin1String("tainted"), 30},
    Weight{QLatin1String("lock-file"), 20},
    Weight{QLatin1String("vendored"), 20},
    Weight{QLatin1String("generated"), 10},
    Weight{QLatin1String("size"), 10},
};
constexpr int plainNote = 10;

constexpr qint64 dayMs = 24LL * 3600 * 1000;
constexpr int mostForAge = 60, mostForEvents = 60, mostForDependents = 60;

} // namespace

int weightOf(const QString &flagKind)
{
    const auto it = std::ranges::find_if(weights, [&](const Weight &weight) { return weight.kind == flagKind; });
    return it == weights.end() ? plainNote : it->points;
}

FlagKinds countKinds(const std::vector<Flag> &flags)
{
    FlagKinds kinds;
    for (const auto &flag : flags)
        ++kinds[flag.kind];
    return kinds;
}

Rank rankOf(const FlagKinds &kinds, const Waiting &waiting)
{
    Rank rank;
    std::vector<std::pair<int, QString>> why;
    for (auto it = kinds.begin(); it != kinds.end(); ++it) {
        const int weight = weightOf(it.key());
        // Many of one kind are worse than one, yet not without end: fifty lock files are no attack.
        const int points = weight + weight / 5 * std::min(*it - 1, 5);
        rank.risk += points;
        why.emplace_back(points, *it == 1 ? QString(it.key()).replace(u'-', u' ')
                                          : QStringLiteral("%1 (%2)").arg(QString(it.key()).replace(u'-', u' ')).arg(*it));
    }
    const auto add = [&](int points, const QString &reason) {
        if (points <= 0)
            return;
        rank.waits += points;
        why.emplace_back(points, reason);
    };
    const auto days = std::max<qint64>(waiting.ageMs, 0) / dayMs;
    add(int(std::min<qint64>(days * 3, mostForAge)), QStringLiteral("waits for %1").arg(counted(days, "day")));
    // Ten times the errors are one step more urgent.
    const double events = waiting.events > 0 ? 15 * (1 + std::log10(double(waiting.events))) : 0;
    add(std::min(int(events), mostForEvents), counted(waiting.events, "error"));
    add(std::min(waiting.dependents * 5, mostForDependents), counted(qint64(waiting.dependents), "dependent"));
    add(waiting.regressed ? 30 : 0, QStringLiteral("came back after a fix"));
    std::ranges::stable_sort(why, std::greater(), &std::pair<int, QString>::first);
    for (const auto &[points, reason] : why)
        rank.reasons << reason;
    return rank;
}

Rank rankOfUnreadable(const Error &why, const Waiting &waiting)
{
    Rank rank = rankOf({}, waiting);
    rank.reasons.prepend(QStringLiteral("cannot be read: %1").arg(why.what));
    return rank;
}

} // namespace coppice::review
