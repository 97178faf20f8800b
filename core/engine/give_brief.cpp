// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/give_brief.h"

#include "health/health_store.h"

#include <algorithm>

namespace coppice::engine {

using namespace Qt::StringLiterals;

namespace {

manager::PluginHealth healthOf(const health::Score &score)
{
    manager::PluginHealth told;
    told.plugin = score.plugin;
    told.tier = score.tier;
    told.rank = score.tier == u"unknown" ? -1 : score.tier == u"poor" ? 2 : score.tier == u"fair" ? 1 : 0;
    const health::Signal *worst = nullptr;
    for (const auto &signal : score.reasons) {
        if (signal.verdict == health::Signal::Verdict::Bad && (!worst || signal.gain > worst->gain))
            worst = &signal;
    }
    if (worst) {
        told.reason = worst->title + u": "_s + worst->reason;
        told.next = worst->next;
        told.signal = worst->name;
        told.gain = worst->gain;
    }
    return told;
}

} // namespace

Result<manager::Brief> giveBrief(Session &session, manager::BriefRequest request, std::stop_token stop, Progress &progress)
{
    COPPICE_CHECK(session.recoverIfOrphaned());
    return giveBrief(manager::Sources{session.library(), session.state(), session.events(), session.journal()}, std::move(request), std::move(stop), progress);
}

Result<manager::Brief> giveBrief(const manager::Sources &sources, manager::BriefRequest request, std::stop_token stop, Progress &progress)
{
    const auto scores = health::HealthStore(sources.state).scores();
    if (!scores) {
        request.healthUnknown = scores.error().message();
    } else if (scores->isEmpty()) {
        request.healthUnknown = u"nothing was measured yet; coppicectl health show measures"_s;
    } else {
        for (const auto &stored : *scores)
            request.health.push_back(healthOf(stored.score));
        std::ranges::sort(request.health, {}, &manager::PluginHealth::plugin);
    }
    return manager::makeBrief(sources, request, std::move(stop), progress);
}

} // namespace coppice::engine
