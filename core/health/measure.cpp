// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/measure.h"

#include "base/clock.h"
#include "health/score.h"

#include <QCryptographicHash>

#include <algorithm>
#include <mutex>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

QByteArray hashed(const QByteArray &key, int version)
{
    return key.isEmpty() ? QByteArray() : QCryptographicHash::hash(QByteArray(key + '\n' + QByteArray::number(version)), QCryptographicHash::Sha1);
}

/// One probe in one round.
struct Turn {
    Probe *probe = nullptr;
    QString name;
    StoredProbe before, now;
    bool skipped = false; ///< nothing has changed for any plugin, but for those that have no fact yet
};

Day dayOf(const std::vector<HealthStore::Update> &updates, qint64 now)
{
    Day day{now, int(updates.size()), {}, 0};
    std::vector<int> all;
    for (const auto &update : updates) {
        ++day.tiers[update.score.score.tier];
        all.push_back(update.score.score.tenths);
    }
    if (!all.empty()) {
        std::ranges::sort(all);
        day.median = all[all.size() / 2];
    }
    return day;
}

/// Judges all plugins by what is known now. Only what is other than before is written.
Result<int> judge(HealthStore &store, const Round &round, const HealthStore::AllFacts &facts, const QHash<QString, QSet<QString>> &changed)
{
    const auto settings = library::healthSettingsAt(round.repository, round.catalog.head);
    const QString policy = QString::fromLatin1(hashOf(settings));
    COPPICE_TRY(const auto before, store.scores());
    std::vector<HealthStore::Update> all, written;
    int moved = 0;
    for (const auto &entry : round.catalog.entries) {
        Facts own;
        const auto stored = facts.value(entry.plugin.id);
        for (auto it = stored.cbegin(); it != stored.cend(); ++it)
            own.insert(it.key(), it->fact);
        HealthStore::Update update;
        update.score = {scoreOf(entry, own, settings, round.now), policy};
        const Score &score = update.score.score;
        const auto old = before.constFind(entry.plugin.id);
        bool other = old == before.cend() || old->policy != policy;
        if (old == before.cend()) {
            update.movement = Movement{score.plugin, round.now, -1, score.tenths, {}, score.tier, {{Movement::Cause::Kind::First, {}, {}, u"measured for the first time"_s, score.tenths}}};
        } else if (old->score.tenths != score.tenths || old->score.tier != score.tier) {
            update.movement = Movement{score.plugin, round.now, old->score.tenths, score.tenths, old->score.tier, score.tier,
                                       causesOf(old->score, score, old->policy != policy, changed.value(score.plugin))};
        }
        moved += update.movement.has_value();
        // Ages in reasons grow by themselves; they are written once an hour, and whenever anything else changes.
        const auto same = [](const Signal &a, const Signal &b) {
            return a.name == b.name && a.verdict == b.verdict && a.points == b.points && a.worth == b.worth && a.exemption == b.exemption && a.then == b.then;
        };
        other = other || update.movement || !std::ranges::equal(old->score.reasons, score.reasons, same) || !changed.value(score.plugin).isEmpty()
            || round.now - old->score.at > 3'600'000;
        if (other)
            written.push_back(update);
        all.push_back(std::move(update));
    }
    COPPICE_CHECK(store.saveScores(written));
    QStringList gone;
    for (auto it = before.cbegin(); it != before.cend(); ++it) {
        if (!round.catalog.find(it.key()))
            gone << it.key();
    }
    COPPICE_CHECK(store.forget(gone));
    if (!all.empty() && !written.empty())
        COPPICE_CHECK(store.saveDay(dayOf(all, round.now)));
    return moved;
}

} // namespace

Result<RoundAnswer> measure(const House &house, std::stop_token stop, Progress &progress)
{
    // Only the engine measures, by a command or by itself: two rounds at once would tell each movement twice.
    static std::mutex one;
    const std::lock_guard lock(one);
    COPPICE_TRY(auto catalog, house.library.scan(house.state, stop, progress));
    COPPICE_TRY(auto repository, house.library.repository());
    Round round(house, std::move(repository), std::move(catalog), nowMs());
    round.stop = stop;
    round.progress = &progress;
    HealthStore store(house.state);
    COPPICE_TRY(auto facts, store.facts());
    COPPICE_TRY(const auto probesBefore, store.probes());
    RoundAnswer answer;
    answer.at = round.now;
    answer.plugins = int(round.catalog.entries.size());

    const auto probes = makeProbes();
    std::vector<Turn> turns;
    for (const auto &probe : probes) {
        Turn turn{probe.get(), probe->name(), probesBefore.value(probe->name()), {probe->version(), round.now, {}, {}}, false};
        if (const auto begun = probe->begin(round); !begun) {
            if (begun.error().kind == ErrorKind::Cancelled)
                return std::unexpected(begun.error());
            turn.now.problem = begun.error().message();
        } else if (const auto key = probe->roundKey(round); key) {
            turn.now.follows = hashed(*key, turn.now.version);
        } else {
            turn.now.problem = key.error().message();
        }
        if (!turn.now.problem.isEmpty())
            answer.unwell << turn.name + u": "_s + turn.now.problem;
        turn.skipped = turn.now.problem.isEmpty() && turn.before.problem.isEmpty() && !turn.now.follows.isEmpty() && turn.now.follows == turn.before.follows;
        turns.push_back(std::move(turn));
    }

    QHash<QString, QSet<QString>> changed;
    std::vector<StoredFact> written;
    qint64 done = 0;
    const auto keep = [&]() -> Result<> {
        COPPICE_CHECK(store.saveFacts(written));
        written.clear();
        return {};
    };
    for (const auto &entry : round.catalog.entries) {
        progress.report(done++, answer.plugins, u"Measuring %1"_s.arg(entry.plugin.id));
        if (stop.stop_requested()) {
            COPPICE_CHECK(keep());
            return failCancelled();
        }
        auto &own = facts[entry.plugin.id];
        for (auto &turn : turns) {
            const auto there = own.constFind(turn.name);
            const bool wasWell = there != own.cend() && there->fact.problem.isEmpty();
            if (!turn.now.problem.isEmpty()) { // not well: what it said last stays, marked
                if (there != own.cend()) {
                    auto marked = *there;
                    marked.fact.probeOk = false;
                    marked.fact.problem = turn.now.problem;
                    own[turn.name] = marked;
                }
                changed[entry.plugin.id].insert(turn.name);
                continue;
            }
            if (turn.skipped && wasWell) {
                ++answer.kept;
                own[turn.name].fact.seen = round.now;
                continue;
            }
            const QByteArray follows = hashed(turn.probe->key(round, entry), turn.now.version);
            if (wasWell && !follows.isEmpty() && follows == there->follows) {
                ++answer.kept;
                own[turn.name].fact.seen = round.now;
                continue;
            }
            ++answer.measured;
            Measured measured = turn.probe->measure(round, entry);
            if (stop.stop_requested())
                break;
            const bool same = there != own.cend() && there->fact.value == measured.value && there->fact.problem == measured.problem;
            StoredFact stored;
            stored.fact = {turn.name, entry.plugin.id, measured.value, same ? there->fact.at : round.now, round.now, turn.probe->source(), measured.problem.isEmpty(), measured.problem};
            stored.follows = follows;
            if (!same)
                changed[entry.plugin.id].insert(turn.name);
            if (!same || there->follows != follows)
                written.push_back(stored);
            own[turn.name] = std::move(stored);
        }
        if (written.size() >= 2000)
            COPPICE_CHECK(keep());
    }
    COPPICE_CHECK(keep());
    if (stop.stop_requested())
        return failCancelled();
    for (const auto &turn : turns) {
        auto now = turn.now;
        if (!now.problem.isEmpty()) // looked, and saw nothing
            now.seen = turn.before.seen;
        COPPICE_CHECK(store.saveProbe(turn.name, now));
    }
    COPPICE_TRY(answer.moved, judge(store, round, facts, changed));
    progress.report(answer.plugins, answer.plugins, u"Measured"_s);
    return answer;
}

} // namespace coppice::health
