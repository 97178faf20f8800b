// SPDX-License-Identifier: GPL-3.0-or-later
#include "brief.h"

#include "graph/dependents.h"
#include "manager/words.h"
#include "runs/agent.h"

#include <QHash>

#include <algorithm>

namespace coppice::manager {

using namespace Qt::StringLiterals;
using tickets::Ticket;

namespace {

constexpr qint64 EnoughTimes = 5;           ///< an error seen so often is worth a ticket
constexpr qint64 Day = 24 * 3'600'000LL;
constexpr qint64 StillHappens = 7 * Day;
constexpr int MostFindings = 3;             ///< tickets of health proposed at once
constexpr qint64 LiesIdle = Day;            ///< an accepted ticket without a run

struct Weighed {
    Proposal proposal;
    qint64 weight = 0;
};

} // namespace

QString nameOf(Proposal::Kind kind)
{
    switch (kind) {
    case Proposal::Kind::Ticket: return u"ticket"_s;
    case Proposal::Kind::Run: return u"run"_s;
    case Proposal::Kind::Pull: break;
    }
    return u"pull"_s;
}

std::vector<Proposal> propose(const Facts &facts)
{
    const graph::Dependents dependents(facts.catalog);
    std::vector<Weighed> found;
    for (const auto &group : facts.groups) {
        const bool back = group.state == capture::Group::State::Regressed;
        const bool loose = group.state == capture::Group::State::New && group.count >= EnoughTimes;
        if (!(back || loose) || facts.now - group.last > StillHappens || !facts.catalog.find(group.plugin))
            continue;
        Proposal one;
        one.kind = Proposal::Kind::Ticket;
        one.plugin = group.plugin;
        one.key = u"ticket:group:"_s + group.id.toString();
        one.title = u"Make a ticket of %1 in %2"_s.arg(quoted(group.title), group.plugin);
        one.why = back ? u"The error was fixed before and has been seen again."_s
                       : u"It was seen %1, last %2 ago, and no ticket is about it."_s.arg(counted(group.count, u"time"_s), span(facts.now - group.last));
        one.link = u"group:"_s + group.id.toString();
        one.request = {{u"group"_s, group.id.toString()}};
        one.tainted = true;
        found.push_back({one, (back ? 1'000'000 : 0) + group.count + 5 * dependents.count(group.plugin)});
    }

    QHash<QString, int> running, failed; // by ticket
    for (const auto &run : facts.runs) {
        if (run.ticket.isEmpty())
            continue;
        running[run.ticket] += !runs::isOver(run.state);
        failed[run.ticket] += run.state == runs::Run::State::Failed;
    }
    for (const auto &ticket : facts.tickets) {
        const QString id = ticket.id.toString();
        if (ticket.state != Ticket::State::Accepted || facts.now - ticket.changed < LiesIdle || running.value(id) > 0 || failed.value(id) >= 2)
            continue;
        const auto *entry = facts.catalog.find(ticket.plugin);
        if (!entry || runs::agentSettings(facts.catalog, *entry).client.value.isEmpty())
            continue; // nobody to give it to
        Proposal one;
        one.kind = Proposal::Kind::Run;
        one.plugin = ticket.plugin;
        one.key = u"run:ticket:"_s + id;
        one.title = u"Let the agent of %1 try %2"_s.arg(ticket.plugin, quoted(ticket.title));
        one.why = u"The ticket was accepted %1 ago and nothing has been started for it%2."_s.arg(
            span(facts.now - ticket.changed), failed.value(id) > 0 ? u" since a run failed"_s : QString());
        one.link = u"ticket:"_s + id;
        one.request = {{u"ticket"_s, id}, {u"playbook"_s, u"fix"_s}};
        one.tainted = ticket.tainted;
        found.push_back({one, 500 + dependents.count(ticket.plugin)});
    }

    // The few that most depends on: nobody works on hundreds at once.
    auto byDependents = facts.health;
    std::ranges::stable_sort(byDependents, std::ranges::greater(), [&](const PluginHealth &one) { return dependents.count(one.plugin); });
    int findings = 0;
    for (const auto &health : byDependents) {
        if (health.rank < 2 || health.signal.isEmpty())
            continue;
        // Who works on it already needs no second ticket.
        const bool worked = std::ranges::any_of(facts.tickets, [&](const Ticket &one) {
            return one.plugin == health.plugin && one.facts[u"signal"].toString() == health.signal && one.state != Ticket::State::Closed
                   && one.state != Ticket::State::Declined && one.state != Ticket::State::Duplicate;
        });
        if (worked)
            continue;
        if (++findings > MostFindings)
            break;
        Proposal one;
        one.kind = Proposal::Kind::Ticket;
        one.plugin = health.plugin;
        one.key = u"ticket:finding:%1/%2"_s.arg(health.plugin, health.signal);
        one.title = u"Make a ticket of what weighs most on the health of %1"_s.arg(health.plugin);
        one.why = health.reason + u" Mending it brings %1 of 100 points. "_s.arg(health.gain / 10.0, 0, 'f', 1) + health.next;
        one.link = u"health:"_s + health.plugin;
        one.request = {{u"plugin"_s, health.plugin}, {u"signal"_s, health.signal}};
        one.tainted = true; // a finding quotes files
        found.push_back({one, 100 + health.gain / 10 + 5 * dependents.count(health.plugin)});
    }

    for (const auto &state : facts.drift) {
        if (state.state != sync::SyncState::State::Behind)
            continue;
        Proposal one;
        one.kind = Proposal::Kind::Pull;
        one.plugin = state.plugin;
        one.key = u"pull:%1:%2"_s.arg(state.plugin, state.upstream.toString());
        one.title = u"Pull %1 from its upstream"_s.arg(state.plugin);
        one.why = u"The upstream has %1 that the library does not have, and the library has none of its own: nothing can conflict."_s.arg(
            counted(qint64(state.behind), u"commit"_s));
        one.link = u"plugin:"_s + state.plugin;
        one.request = {{u"plugin"_s, state.plugin}};
        found.push_back({one, 10 + dependents.count(state.plugin)});
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &Weighed::weight);
    std::vector<Proposal> all;
    for (auto &one : found)
        all.push_back(std::move(one.proposal));
    return all;
}

} // namespace coppice::manager
