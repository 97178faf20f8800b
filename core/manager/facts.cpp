// SPDX-License-Identifier: GPL-3.0-or-later
#include "facts.h"

#include "base/clock.h"
#include "capture/store.h"
#include "journal/command.h"
#include "manager/carry_out.h"
#include "review/reviews.h"

namespace coppice::manager {

using namespace Qt::StringLiterals;

namespace {

/// Puts what was read into its place, or says what could not be read.
template <class T> void take(Result<T> read, T &place, const QString &what, QStringList &unknown)
{
    if (read)
        place = std::move(*read);
    else
        unknown << u"%1: %2"_s.arg(what, read.error().message());
}

/// Also of a run or a pull that was queued, and failed later.
Result<std::vector<std::pair<qint64, QString>>> undoneOf(store::Database &state)
{
    COPPICE_TRY(const auto all, carriedOut(state));
    std::vector<std::pair<qint64, QString>> undone;
    journal::CommandQueue commands(state);
    for (const auto &one : all) {
        if (!one.problem.isEmpty()) {
            undone.emplace_back(one.at, one.problem);
        } else if (const auto id = Id::parse(one.outcome.section(u':', 1)); id && one.outcome.startsWith(u"command:")) {
            const auto command = commands.get(*id);
            if (command && command->error)
                undone.emplace_back(one.at, command->error->message());
        }
    }
    return undone;
}

} // namespace

Result<Facts> gather(const Sources &sources, std::stop_token stop, Progress &progress)
{
    Facts facts;
    facts.now = nowMs();
    COPPICE_TRY(facts.catalog, sources.library.scan(sources.state, stop, progress));
    take(tickets::Tickets(sources.state, sources.journal).list(), facts.tickets, u"Tickets"_s, facts.unknown);
    take(runs::RunStore(sources.state).list(), facts.runs, u"Runs"_s, facts.unknown);
    take(review::Reviews(sources.state, sources.journal).list(true), facts.patches, u"Patches"_s, facts.unknown);
    take(capture::EventStore(sources.events).groups(), facts.groups, u"Error groups"_s, facts.unknown);
    take(sync::status({sources.library, sources.state}, {}, stop, progress), facts.drift, u"Upstreams"_s, facts.unknown);
    take(shipping::leadTimes(sources.state, {}, 10'000), facts.times, u"Lead times"_s, facts.unknown);
    take(shipping::watches(sources.state), facts.watches, u"Watches"_s, facts.unknown);
    take(undoneOf(sources.state), facts.undone, u"Agreed proposals"_s, facts.unknown);
    take(runs::queueState(sources.state), facts.queue, u"The queue"_s, facts.unknown);
    if (stop.stop_requested())
        return failCancelled();
    return facts;
}

} // namespace coppice::manager
