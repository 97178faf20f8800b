// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/score.h"

#include "base/clock.h"

#include <QDate>
#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <numeric>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

using Verdict = Signal::Verdict;
constexpr int whole = 1000;

/// What one exemption says today.
struct Exemption {
    bool holds = false;
    QString told;
};
Exemption exemptionOf(const library::PluginSettings &settings, const QString &signal, qint64 now)
{
    Exemption answer;
    for (const auto &waiver : settings.waivers) {
        if (waiver.what.trimmed().toLower() != signal)
            continue;
        const QString until = waiver.until.trimmed();
        if (until.isEmpty())
            return {true, u"Exempt: %1"_s.arg(waiver.why)};
        const QDate date = QDate::fromString(until.left(10), Qt::ISODate);
        if (!date.isValid()) {
            answer.told = u"An exemption was left out: \"%1\" is no date like 2027-01-31 (%2)."_s.arg(until.left(40), waiver.why);
            continue;
        }
        // the whole of its last day, wherever one lives
        const qint64 end = QDateTime(date.addDays(1), QTime(12, 0), QTimeZone::utc()).toMSecsSinceEpoch();
        if (now < end)
            return {true, u"Exempt until %1: %2"_s.arg(until, waiver.why)};
        answer.told = u"Its exemption ended on %1 (%2): it counts again."_s.arg(until, waiver.why);
    }
    return answer;
}

/// 1000 tenths by weight, whole ones, with the largest remainders rounded up and ties in the order of the signals.
void share(std::vector<Signal> &signals_, const std::vector<double> &weights)
{
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (sum <= 0)
        return;
    std::vector<std::pair<double, size_t>> rests;
    int given = 0;
    for (size_t i = 0; i < signals_.size(); ++i) {
        const double exact = whole * weights[i] / sum;
        signals_[i].worth = int(exact);
        given += signals_[i].worth;
        if (weights[i] > 0)
            rests.emplace_back(exact - int(exact), i);
    }
    std::ranges::stable_sort(rests, [](const auto &a, const auto &b) { return a.first > b.first; });
    for (size_t i = 0; given < whole && !rests.empty(); i = (i + 1) % rests.size(), ++given)
        ++signals_[rests[i].second].worth;
}

/// The tier that so many points reach, held down by what is bad. `without`: as if this one were good.
QString cappedTier(const Policy &policy, const std::vector<Signal> &all, int tenths, const Signal *without, const Signal **cap)
{
    QString tier = policy.tierFor(tenths);
    for (const auto &signal : all) {
        const QString most = policy.atMost(signal.name);
        if (&signal == without || signal.verdict != Verdict::Bad || signal.points > 0 || most.isEmpty() || compareTiers(most, tier) <= 0)
            continue;
        tier = most;
        if (cap)
            *cap = &signal;
    }
    return tier;
}

/// The tier that is proven, and the one that it could be if all that is not known were good. Two steps or more between them,
/// or more than half of the points in the dark: nobody can tell.
struct Tiers {
    QString tier, best, why;
};
Tiers tiersOf(const Policy &policy, const std::vector<Signal> &all, int tenths, int unknown, const Signal *without)
{
    const Signal *cap = nullptr;
    Tiers tiers{cappedTier(policy, all, tenths, without, &cap), cappedTier(policy, all, tenths + unknown, without, nullptr), {}};
    const auto points = [](int some) { return QString::number(some / 10.0, 'f', 1); };
    const auto count = std::ranges::count_if(all, [](const auto &signal) { return signal.verdict == Verdict::Unknown && signal.worth > 0; });
    const auto of = std::ranges::count_if(all, [](const auto &signal) { return signal.worth > 0; });
    const QString dark = u"not measured yet: %1 of %2 signals, worth %3 points"_s.arg(count).arg(of).arg(points(unknown));
    const int between = compareTiers(tiers.tier, tiers.best);
    if (2 * unknown > whole || between >= 2) {
        tiers.why = u"%1 of 100 points are proven; %2. It may be %3, it may be %4: nobody can tell before they are."_s.arg(points(tenths), dark, tiers.tier, tiers.best);
        tiers.tier = u"unknown"_s;
        return tiers;
    }
    tiers.why = cap ? u"%1 of 100 points, but no better than %2 while this is so: %3"_s.arg(points(tenths), tiers.tier, cap->reason) : u"%1 of 100 points."_s.arg(points(tenths));
    if (unknown > 0)
        tiers.why += u" Still %1%2."_s.arg(dark, between > 0 ? u"; it could be %1"_s.arg(tiers.best) : QString());
    return tiers;
}

} // namespace

Score scoreOf(const library::CatalogEntry &entry, const Facts &facts, const library::HealthSettings &settings, qint64 now)
{
    Score score;
    score.plugin = entry.plugin.id;
    score.kind = kindOf(entry);
    score.at = now;
    const Policy policy(settings, score.kind);
    std::vector<double> weights, parts;
    for (const auto &kind : signalKinds()) {
        const QString name = QLatin1String(kind.name);
        const double weight = policy.weight(name, kind.weight);
        if (weight <= 0)
            continue;
        Signal signal;
        signal.name = name;
        signal.title = QLatin1String(kind.title);
        signal.plugin = score.plugin;
        signal.probe = QLatin1String(kind.probe);
        const auto fact = facts.constFind(signal.probe);
        Judged judged;
        if (fact == facts.cend()) {
            judged = unknown(u"It was not measured yet."_s, u"Measure it: coppicectl health show."_s);
        } else if (!fact->probeOk) {
            judged = unknown(u"It could not be measured: %1"_s.arg(fact->problem), u"Mend what keeps Coppice from measuring, then measure again."_s);
        } else {
            judged = kind.judge({policy, fact->value, score.plugin, now});
        }
        signal.at = fact == facts.cend() ? 0 : fact->seen;
        signal.verdict = judged.verdict;
        signal.reason = judged.reason;
        signal.next = judged.next;
        const auto exemption = exemptionOf(entry.plugin.settings, name, now);
        signal.exemption = exemption.told;
        if (exemption.holds)
            signal.verdict = Verdict::Exempt;
        score.reasons.push_back(signal);
        weights.push_back(signal.verdict == Verdict::Exempt ? 0 : weight);
        parts.push_back(judged.verdict == Verdict::Good ? 1 : judged.verdict == Verdict::Bad ? std::clamp(judged.part, 0.0, 0.99) : 0);
    }
    share(score.reasons, weights);
    for (size_t i = 0; i < score.reasons.size(); ++i) {
        auto &signal = score.reasons[i];
        signal.points = signal.verdict == Verdict::Exempt ? 0 : int(signal.worth * parts[i]);
        signal.gain = signal.worth - signal.points;
        score.tenths += signal.points;
        if (signal.verdict == Verdict::Unknown)
            score.unknown += signal.worth;
    }
    const bool nothing = std::ranges::all_of(score.reasons, [](const auto &signal) { return signal.worth == 0; });
    if (nothing) {
        score.tier = u"unknown"_s;
        score.why = u"Nothing is left that counts: everything is exempt or asked of no such plugin."_s;
        return score;
    }
    const auto tiers = tiersOf(policy, score.reasons, score.tenths, score.unknown, nullptr);
    score.tier = tiers.tier;
    score.why = tiers.why;
    for (auto &signal : score.reasons) {
        if (signal.gain > 0)
            signal.then = tiersOf(policy, score.reasons, score.tenths + signal.gain, score.unknown - (signal.verdict == Verdict::Unknown ? signal.worth : 0), &signal).tier;
    }
    std::ranges::stable_sort(score.reasons, [](const auto &a, const auto &b) { return a.worth > b.worth; });
    return score;
}

std::vector<Movement::Cause> causesOf(const Score &before, const Score &after, bool policyChanged, const QSet<QString> &changed)
{
    using Kind = Movement::Cause::Kind;
    std::vector<Movement::Cause> causes;
    QHash<QString, const Signal *> old;
    for (const auto &signal : before.reasons)
        old.insert(signal.name, &signal);
    // Where something stops or starts to count, the worth of everything else moves with it; that part is told as such.
    int shifted = 0;
    QString shiftedBy;
    Kind shiftedKind = policyChanged ? Kind::Policy : Kind::Fact;
    for (const auto &signal : after.reasons) {
        const Signal *was = old.take(signal.name);
        const QString from = was ? nameOf(was->verdict) + u": "_s + was->reason : u"not asked"_s;
        const QString to = nameOf(signal.verdict) + u": "_s + (signal.verdict == Verdict::Exempt && !signal.exemption.isEmpty() ? signal.exemption : signal.reason);
        const int points = signal.points - (was ? was->points : 0);
        const bool other = !was || was->verdict != signal.verdict || (was->worth > 0 && signal.worth > 0 && qAbs(was->points * signal.worth - signal.points * was->worth) > 2 * qMax(was->worth, signal.worth));
        if (!other) {
            shifted += points;
            continue;
        }
        Kind kind = policyChanged ? Kind::Policy : Kind::Time;
        if (was && was->exemption != signal.exemption && (was->verdict == Verdict::Exempt || signal.verdict == Verdict::Exempt))
            kind = Kind::Exemption;
        else if (changed.contains(signal.probe))
            kind = Kind::Fact;
        if (was && (was->verdict == Verdict::Exempt || signal.verdict == Verdict::Exempt)) {
            shiftedBy = signal.title;
            shiftedKind = kind;
        }
        causes.push_back({kind, signal.name, from, to, points});
    }
    for (const Signal *gone : std::as_const(old))
        causes.push_back({Kind::Policy, gone->name, nameOf(gone->verdict) + u": "_s + gone->reason, u"not asked any more"_s, -gone->points});
    if (shifted != 0)
        causes.push_back({shiftedKind, QString(), u"other weights"_s,
                          shiftedBy.isEmpty() ? u"what each signal is worth has changed"_s : u"the others are worth more or less since \"%1\" counts otherwise"_s.arg(shiftedBy), shifted});
    if (causes.empty() && before.tier != after.tier) // the same points, and another tier for them
        causes.push_back({Kind::Policy, QString(), before.tier, after.tier, 0});
    std::ranges::stable_sort(causes, [](const auto &a, const auto &b) { return qAbs(a.points) > qAbs(b.points); });
    return causes;
}

} // namespace coppice::health
