// SPDX-License-Identifier: GPL-3.0-or-later
// Signals about what happens to a plugin: checks, production, its history, its tickets.
#include "health/signals.h"

#include "base/clock.h"

#include <QJsonArray>

#include <cmath>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

constexpr double day = 24.0 * 3600 * 1000;

QString counted(qint64 n, const QString &one, const QString &many)
{
    return u"%1 %2"_s.arg(n).arg(n == 1 ? one : many);
}
QString age(const Judge &judge, qint64 at)
{
    return ageText(at, judge.now);
}

/// Of a command that was run in the sandbox.
Judged checked(const Judge &judge, const QString &which, const QString &what, const QString &ask)
{
    const QString state = judge.value[which].toString();
    const QString reason = judge.value[QString(which + u"_reason"_s)].toString();
    const qint64 at = judge.value[u"at"].toInteger();
    if (at == 0 || state.isEmpty())
        return unknown(u"%1 not run yet."_s.arg(what), ask);
    if (!judge.value[u"current"].toBool())
        return unknown(u"%1 run on an earlier state, %2."_s.arg(what, age(judge, at)), ask);
    if (state == "passed"_L1)
        return good(u"Passed in the sandbox, %1."_s.arg(age(judge, at)));
    if (state == "failed"_L1)
        return bad(u"Failed in the sandbox, %1: %2"_s.arg(age(judge, at), reason), u"Make a ticket of it, and send the plugin's agent."_s);
    return unknown(reason.isEmpty() ? u"%1 could not be run."_s.arg(what) : reason, ask);
}

Judged tests(const Judge &judge)
{
    if (judge.value[u"test_command"].toString().isEmpty())
        return bad(u"It has no tests that anybody could run: no command is set, and none was detected."_s,
                   u"Write tests, or set commands.test in .coppice/plugins/%1.yaml."_s.arg(judge.plugin));
    return checked(judge, u"test"_s, u"The tests were"_s, u"Run them: coppicectl health show %1 --probe-now."_s.arg(judge.plugin));
}

Judged setup(const Judge &judge)
{
    if (judge.value[u"setup_command"].toString().isEmpty())
        return exempt(u"It needs no set-up."_s);
    return checked(judge, u"setup"_s, u"The set-up was"_s, u"Run it: coppicectl health show %1 --probe-now."_s.arg(judge.plugin));
}

Judged sync(const Judge &judge)
{
    const QString state = judge.value[u"state"].toString(), why = judge.value[u"why"].toString();
    const int ahead = judge.value[u"ahead"].toInt(), behind = judge.value[u"behind"].toInt();
    const qint64 fetched = judge.value[u"fetched"].toInteger();
    const QString plugin = judge.plugin;
    if (state == "no-upstream"_L1)
        return exempt(u"It has no upstream that it could drift from."_s);
    if (state == "unknown"_L1)
        return unknown(why.isEmpty() ? u"Nothing is known of its upstream."_s : why, u"Ask it: coppicectl sync status --fetch."_s);
    if (state == "blocked"_L1)
        return bad(why, u"Mend the links, then push: coppicectl sync push %1."_s.arg(plugin));
    if (state == "diverged"_L1)
        return bad(u"It and its upstream went apart: %1 here, %2 there."_s.arg(counted(ahead, u"commit"_s, u"commits"_s)).arg(counted(behind, u"commit"_s, u"commits"_s)),
                   u"Pull: coppicectl sync pull %1."_s.arg(plugin));
    if (state == "behind"_L1)
        return bad(u"Its upstream has %1 that are not here."_s.arg(counted(behind, u"commit"_s, u"commits"_s)), u"Pull: coppicectl sync pull %1."_s.arg(plugin), 0.5);
    if (state == "ahead"_L1)
        return bad(u"%1 wait here to be pushed."_s.arg(counted(ahead, u"commit"_s, u"commits"_s)), u"Push: coppicectl sync push %1."_s.arg(plugin), 0.5);
    if (fetched > 0 && double(judge.now - fetched) > judge.policy.limit(limit::fetchDays) * day)
        return unknown(u"Its upstream was asked last %1."_s.arg(age(judge, fetched)), u"Ask it again: coppicectl sync status --fetch."_s);
    return good(fetched > 0 ? u"In step with its upstream, as fetched %1."_s.arg(age(judge, fetched)) : u"In step with what is known of its upstream."_s);
}

Judged unwatched(const Judge &judge)
{
    return unknown(u"Nobody tells Coppice of its errors."_s, u"Name its logs in .coppice/plugins/%1.yaml, or give it a key: coppicectl serve --keys %1."_s.arg(judge.plugin));
}

Judged errors(const Judge &judge)
{
    const auto &value = judge.value;
    if (!value[u"watched"].toBool())
        return unwatched(judge);
    const qint64 week = value[u"week"].toInteger(), requests = value[u"requests_week"].toInteger();
    if (requests > 0) {
        const double percent = 100.0 * double(week) / double(requests);
        const QString rate = u"%1 in %2 (%3 %)"_s.arg(counted(week, u"error"_s, u"errors"_s)).arg(counted(requests, u"request"_s, u"requests"_s)).arg(percent, 0, 'g', 2);
        if (percent > judge.policy.limit(limit::errorPercent))
            return bad(u"%1 in seven days; the newest: %2."_s.arg(rate, value[u"last_title"].toString()), u"Triage its error groups in the inbox."_s);
        return good(u"%1 in seven days."_s.arg(rate));
    }
    if (double(week) > judge.policy.limit(limit::errorsWeek))
        return bad(u"%1 in seven days; the newest: %2."_s.arg(counted(week, u"error"_s, u"errors"_s), value[u"last_title"].toString()), u"Triage its error groups in the inbox."_s);
    return good(week == 0 ? u"No errors in seven days."_s : u"%1 in seven days."_s.arg(counted(week, u"error"_s, u"errors"_s)));
}

Judged regressions(const Judge &judge)
{
    if (!judge.value[u"watched"].toBool())
        return unwatched(judge);
    const int regressed = judge.value[u"regressed"].toInt();
    if (regressed > 0)
        return bad(u"%1 came back after the fix."_s.arg(counted(regressed, u"error"_s, u"errors"_s)), u"Look at them first: they were thought mended."_s);
    return good(u"No error came back after its fix."_s);
}

Judged tickets(const Judge &judge)
{
    const int open = judge.value[u"open"].toInt();
    const qint64 oldest = judge.value[u"oldest"].toInteger();
    if (open == 0)
        return good(u"No open tickets."_s);
    const QString told = u"%1; the oldest was made %2: %3"_s.arg(counted(open, u"open ticket"_s, u"open tickets"_s), age(judge, oldest), judge.value[u"oldest_title"].toString());
    if (double(judge.now - oldest) > judge.policy.limit(limit::ticketDays) * day)
        return bad(told, u"Decide on it: send it to the agent, or decline it."_s);
    return good(told);
}

Judged care(const Judge &judge)
{
    const auto human = judge.value[u"human"].toObject(), agent = judge.value[u"agent"].toObject();
    const auto told = [&](const QJsonObject &one) { return u"%1, %2"_s.arg(one[u"who"].toString(), age(judge, one[u"at"].toInteger())); };
    const QString byAgent = agent.isEmpty() ? u"none of an agent"_s : u"the last of an agent: "_s + told(agent);
    if (human.isEmpty()) {
        if (!judge.value[u"complete"].toBool())
            return unknown(u"No human commit among the newest; older history is not here (%1)."_s.arg(byAgent), u"Fetch more of its history."_s);
        return bad(u"No person ever committed to it (%1)."_s.arg(byAgent), u"Have its owner look at it."_s);
    }
    const QString both = u"Last human commit: %1; %2."_s.arg(told(human), byAgent);
    if (double(judge.now - human[u"at"].toInteger()) > judge.policy.limit(limit::humanDays) * day)
        return bad(both, u"Have a person look at it, or retire it."_s, agent.isEmpty() || double(judge.now - agent[u"at"].toInteger()) > judge.policy.limit(limit::humanDays) * day ? 0 : 0.5);
    return good(both);
}

Judged release(const Judge &judge)
{
    const auto &value = judge.value;
    const QString version = value[u"version"].toString();
    const int changes = value[u"changes"].toInt(), inward = value[u"inward"].toInt();
    if (version.isEmpty())
        return unknown(u"Neither a file nor a tag that is known here names a version, so nobody can tell what was released."_s,
                       u"Have releases tagged (git_policy: {tags} in coppice.yaml), or write a version into its manifest."_s);
    if (value[u"commit"].toString().isEmpty())
        return unknown(u"The commit that made %1 is not among the history that is here."_s.arg(version), u"Fetch its upstream: coppicectl sync status --fetch."_s);
    if (changes == 0)
        return good(u"Nothing has changed since %1."_s.arg(version));
    if (value[u"first"].toBool())
        return unknown(u"It has said %1 since its first commit, and no tag tells when that was released."_s.arg(version),
                       u"Have releases tagged (git_policy: {tags} in coppice.yaml), or raise the version with each."_s);
    if (changes == inward)
        return good(u"%1 since %2, none that users see."_s.arg(counted(changes, u"change"_s, u"changes"_s), version));
    const qint64 oldest = value[u"oldest"].toInteger();
    const QString told = u"%1 since %2, the oldest %3; the newest: %4"_s.arg(counted(changes, u"change"_s, u"changes"_s), version, age(judge, oldest), value[u"newest"].toString());
    if (double(judge.now - oldest) > judge.policy.limit(limit::unreleasedDays) * day)
        return bad(told, u"Release it: coppicectl ship %1."_s.arg(judge.plugin));
    return good(told);
}

Judged gitPolicy(const Judge &judge)
{
    const auto asked = judge.value[u"asked"].toArray(), broken = judge.value[u"broken"].toArray();
    if (asked.isEmpty())
        return exempt(u"coppice.yaml asks for nothing under git_policy."_s);
    if (!broken.isEmpty())
        return bad(u"Of git_policy: %1%2."_s.arg(broken.first()[u"what"].toString(), broken.size() > 1 ? u", and %1 more"_s.arg(broken.size() - 1) : QString()),
                   u"Mend it before the next version is shipped."_s);
    return good(u"git_policy is kept (%1)."_s.arg(listed(asked, nullptr, int(asked.size()), 5)));
}

} // namespace

std::vector<SignalKind> workSignals()
{
    return {
        {"tests", "Tests pass", "checks", 16, tests},
        {"setup", "Set-up works", "checks", 6, setup},
        {"errors", "Errors in production", "errors", 9, errors},
        {"regressions", "No error came back", "errors", 4, regressions},
        {"sync", "In step with upstream", "sync", 6, sync},
        {"tickets", "Tickets are dealt with", "tickets", 5, tickets},
        {"care", "Somebody cares for it", "history", 5, care},
        {"release", "Changes are released", "release", 5, release},
        {"git_policy", "Git policy kept", "git_policy", 4, gitPolicy},
    };
}

const std::vector<SignalKind> &signalKinds()
{
    static const std::vector<SignalKind> all = [] {
        auto kinds = workSignals();
        const auto files = fileSignals();
        kinds.insert(kinds.end(), files.begin(), files.end());
        std::ranges::stable_sort(kinds, [](const auto &a, const auto &b) { return a.weight > b.weight; });
        return kinds;
    }();
    return all;
}

const SignalKind *signalKind(const QString &name)
{
    for (const auto &kind : signalKinds()) {
        if (name == QLatin1String(kind.name))
            return &kind;
    }
    return nullptr;
}

} // namespace coppice::health
