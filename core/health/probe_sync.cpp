// SPDX-License-Identifier: GPL-3.0-or-later
// Subtree drift: where the plugin stands against its upstream, by what is known here.
#include "health/probe.h"

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

class Sync final : public Probe
{
public:
    QString name() const override { return u"sync"_s; }
    QString title() const override { return u"Drift from the upstream"_s; }
    QString source() const override { return u"the library's history, and what was fetched last"_s; }
    Result<QByteArray> roundKey(Round &round) override { return round.linesKey(); }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        const auto lines = round.lines();
        if (!lines)
            return {{}, lines.error().message()};
        const auto state = (*lines)->value(entry.plugin.id).sync;
        return {{{u"state"_s, sync::nameOf(state.state)}, {u"ahead"_s, qint64(state.ahead)}, {u"behind"_s, qint64(state.behind)}, {u"fetched"_s, state.fetchedAt},
                 {u"branch"_s, factText(state.upstreamBranch)}, {u"why"_s, factText(state.why, 400)}},
                {}};
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> sync()
{
    return std::make_unique<Sync>();
}
}

} // namespace coppice::health
