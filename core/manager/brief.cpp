// SPDX-License-Identifier: GPL-3.0-or-later
#include "brief.h"

#include "graph/dependents.h"
#include "manager/words.h"

#include <QSet>

#include <algorithm>

namespace coppice::manager {

using namespace Qt::StringLiterals;
using tickets::Ticket;

namespace {

constexpr qint64 Hour = 3'600'000;
constexpr qint64 Day = 24 * Hour;
constexpr qint64 WaitsLongInInbox = 3 * Day;
constexpr qint64 WaitsLongForReview = 2 * Day;
constexpr qint64 WaitsLongForAnswer = 4 * Hour;
constexpr qint64 StillHappens = 7 * Day; ///< an error that was last seen within this time
constexpr size_t MostClaims = 12;
constexpr size_t MostProposals = 8;

class Composer
{
public:
    explicit Composer(const Facts &facts) : m_facts(facts), m_dependents(facts.catalog) { }

    Brief compose()
    {
        m_brief.at = m_facts.now;
        m_brief.since = m_facts.since;
        m_brief.first = m_facts.first;
        m_brief.unknown = m_facts.unknown;
        plugins();
        shipped();
        errors();
        work();
        health();
        waiting();
        upstreams();
        queue();
        cut(m_brief.changed, m_brief.changedLeftOut);
        cut(m_brief.risks, m_brief.risksLeftOut);
        m_brief.proposals = propose(m_facts);
        if (m_brief.proposals.size() > MostProposals) {
            m_brief.proposalsLeftOut = int(m_brief.proposals.size() - MostProposals);
            m_brief.proposals.resize(MostProposals);
        }
        return std::move(m_brief);
    }

private:
    [[nodiscard]] bool isNew(qint64 at) const { return at > m_facts.since; }
    void changed(int weight, const QString &text, const QString &link, qint64 at, const QString &plugin, bool outside = false)
    {
        m_brief.changed.push_back({text, link, at, weight, outside, plugin});
    }
    void risk(int weight, const QString &text, const QString &link, qint64 at, const QString &plugin, bool outside = false)
    {
        m_brief.risks.push_back({text, link, at, weight, outside, plugin});
    }
    static void cut(std::vector<Claim> &claims, int &leftOut)
    {
        std::ranges::stable_sort(claims, std::ranges::greater(), &Claim::weight);
        if (claims.size() > MostClaims) {
            leftOut = int(claims.size() - MostClaims);
            claims.resize(MostClaims);
        }
    }

    void plugins()
    {
        if (m_facts.first)
            return;
        QSet<QString> there;
        for (const auto &entry : m_facts.catalog.entries) {
            const QString &id = entry.plugin.id;
            const QString version = entry.manifest.version.value;
            there.insert(id);
            const auto then = m_facts.then.constFind(id);
            if (then == m_facts.then.cend())
                changed(40, u"%1 is a new plugin of the library."_s.arg(id), u"plugin:"_s + id, 0, id);
            else if (then->version != version && !version.isEmpty())
                changed(20, then->version.isEmpty() ? u"%1 has version %2 now."_s.arg(id, version)
                                                    : u"%1 went from version %2 to %3."_s.arg(id, then->version, version),
                        u"plugin:"_s + id, 0, id);
        }
        for (auto then = m_facts.then.cbegin(); then != m_facts.then.cend(); ++then) {
            if (!there.contains(then.key()))
                changed(50, u"%1 is no longer a plugin of the library."_s.arg(then.key()), u"screen:catalog"_s, 0, then.key());
        }
    }

    [[nodiscard]] const Ticket *ticket(const QString &id) const
    {
        const auto found = std::ranges::find_if(m_facts.tickets, [&](const Ticket &one) { return one.id.toString() == id; });
        return found == m_facts.tickets.end() ? nullptr : &*found;
    }

    void shipped()
    {
        for (const auto &times : m_facts.times) {
            const auto *about = ticket(times.ticket);
            const QString what = about ? quoted(about->title) : u"a ticket"_s;
            const QString link = u"ticket:"_s + times.ticket;
            if (times.verified > 0 && isNew(times.verified)) {
                changed(70, u"The fix of %1 in %2 is verified."_s.arg(what, times.plugin), link, times.verified, times.plugin, true);
            } else if (times.shipped > 0 && isNew(times.shipped)) {
                const qint64 from = times.firstEvent > 0 ? times.firstEvent : times.made;
                QString text = u"%1 shipped the fix of %2"_s.arg(times.plugin, what);
                if (from > 0 && times.shipped > from)
                    text += times.firstEvent > 0 ? u", %1 after the first error"_s.arg(span(times.shipped - from))
                                                 : u", %1 after the ticket was made"_s.arg(span(times.shipped - from));
                changed(80, text + u'.', link, times.shipped, times.plugin, true);
            }
        }
        for (const auto &watch : m_facts.watches) {
            if (watch.lastEvent > 0)
                risk(60, u"%1 is watched after a fix, and releases without it still report the error."_s.arg(watch.plugin), u"ticket:"_s + watch.ticket,
                     watch.lastEvent, watch.plugin);
        }
    }

    void errors()
    {
        std::vector<const capture::Group *> fresh, loose;
        QSet<QString> freshPlugins;
        qint64 events = 0;
        for (const auto &group : m_facts.groups) {
            if (group.state == capture::Group::State::Muted)
                continue;
            if (isNew(group.first)) {
                fresh.push_back(&group);
                freshPlugins.insert(group.plugin);
                events += group.count;
            }
            if (group.state == capture::Group::State::New && m_facts.now - group.last < StillHappens)
                loose.push_back(&group);
            if (group.state == capture::Group::State::Regressed)
                risk(100, u"%1: an error that was fixed is back: %2."_s.arg(group.plugin, quoted(group.title)), u"group:"_s + group.id.toString(), group.last, group.plugin, true);
        }
        if (!fresh.empty())
            changed(60, u"%1 in %2, seen %3."_s.arg(counted(qint64(fresh.size()), u"new kind of error"_s, u"new kinds of error"_s),
                                                      counted(freshPlugins.size(), u"plugin"_s), counted(events, u"time"_s)),
                    fresh.size() == 1 ? u"group:"_s + fresh.front()->id.toString() : u"screen:inbox"_s, 0, fresh.size() == 1 ? fresh.front()->plugin : QString());
        const auto more = [this](const capture::Group *a, const capture::Group *b) { return weightOf(*a) > weightOf(*b); };
        std::ranges::stable_sort(loose, more);
        for (size_t i = 0; i < loose.size() && i < 5; ++i) {
            const auto &group = *loose[i];
            QString text = u"%1 reports %2, seen %3, and nobody works on it"_s.arg(group.plugin, quoted(group.title), counted(group.count, u"time"_s));
            if (const int dependents = m_dependents.count(group.plugin); dependents > 0)
                text += u"; %1 on it"_s.arg(counted(dependents, u"plugin depends"_s, u"plugins depend"_s));
            risk(50 + int(std::min<qint64>(weightOf(group), 30)), text + u'.', u"group:"_s + group.id.toString(), group.last, group.plugin, true);
        }
        if (loose.size() > 5)
            risk(49, u"%1 more that nobody works on."_s.arg(counted(qint64(loose.size()) - 5, u"kind of error"_s, u"kinds of error"_s)), u"screen:inbox"_s, 0, {});
    }
    /// Times seen, and what depends on the plugin.
    [[nodiscard]] qint64 weightOf(const capture::Group &group) const { return group.count + 5 * m_dependents.count(group.plugin); }

    void work()
    {
        int done = 0, failed = 0, cancelled = 0;
        qint64 micros = 0;
        QString currency;
        for (const auto &run : m_facts.runs) {
            if (run.ended <= 0 || !isNew(run.ended))
                continue;
            done += run.state == runs::Run::State::Done;
            failed += run.state == runs::Run::State::Failed;
            cancelled += run.state == runs::Run::State::Cancelled;
            micros += run.cost.micros;
            if (run.cost.micros > 0)
                currency = run.cost.currency;
        }
        if (done + failed + cancelled > 0) {
            QStringList parts{u"%1 done"_s.arg(done)};
            if (failed > 0)
                parts << u"%1 failed"_s.arg(failed);
            if (cancelled > 0)
                parts << u"%1 cancelled"_s.arg(cancelled);
            Money sum;
            sum.micros = micros;
            if (!currency.isEmpty())
                sum.currency = currency;
            changed(55, u"%1 ended: %2%3."_s.arg(counted(done + failed + cancelled, u"run"_s), parts.join(u", "_s), micros > 0 ? u"; they cost "_s + sum.toString() : QString()),
                    u"screen:runs"_s, 0, {});
        }
        const auto made = std::ranges::count_if(m_facts.tickets, [this](const Ticket &one) { return isNew(one.made); });
        const auto closed = std::ranges::count_if(m_facts.tickets, [this](const Ticket &one) { return one.state == Ticket::State::Closed && isNew(one.changed); });
        if (made + closed > 0)
            changed(45, u"%1 made, %2 closed."_s.arg(counted(made, u"ticket"_s)).arg(closed), u"screen:inbox"_s, 0, {});
        // The newest runs come first: failures until the last success.
        QMap<QString, int> failures;
        QSet<QString> settled;
        for (const auto &run : m_facts.runs) {
            if (run.ticket.isEmpty() || settled.contains(run.ticket))
                continue;
            if (run.state == runs::Run::State::Failed)
                ++failures[run.ticket];
            else if (run.state == runs::Run::State::Done)
                settled.insert(run.ticket);
        }
        for (auto it = failures.cbegin(); it != failures.cend(); ++it) {
            const auto *about = ticket(it.key());
            if (*it >= 2 && about && about->state != Ticket::State::Closed && about->state != Ticket::State::Declined)
                risk(65, u"%1: the last %2 on %3 failed."_s.arg(about->plugin, counted(*it, u"run"_s), quoted(about->title)), u"ticket:"_s + it.key(), 0, about->plugin, true);
        }
    }

    void health()
    {
        const auto unknown = std::ranges::count(m_facts.health, -1, &PluginHealth::rank);
        if (unknown > 0)
            risk(10, unknown == 1 ? u"The health of 1 plugin is not known."_s : u"The health of %1 plugins is not known."_s.arg(unknown), u"screen:health"_s, 0, {});
        // One by one those that most depends on; the others as a number.
        std::vector<const PluginHealth *> poor;
        for (const auto &now : m_facts.health) {
            const QString link = u"health:"_s + now.plugin;
            const QString before = m_facts.then.value(now.plugin).tier;
            if (!before.isEmpty() && before != now.tier)
                changed(35, u"%1 moved from %2 to %3%4"_s.arg(now.plugin, before, now.tier, now.reason.isEmpty() ? u"."_s : u": "_s + now.reason), link, 0, now.plugin, !now.reason.isEmpty());
            if (now.rank >= 2)
                poor.push_back(&now);
        }
        std::ranges::stable_sort(poor, std::ranges::greater(), [this](const PluginHealth *one) { return m_dependents.count(one->plugin); });
        constexpr size_t named = 3;
        if (poor.size() > named)
            risk(19, poor.size() == named + 1 ? u"1 more plugin is in poor health."_s : u"%1 more plugins are in poor health."_s.arg(poor.size() - named), u"screen:health"_s, 0, {});
        for (size_t i = 0; i < std::min(poor.size(), named); ++i) {
            const auto &now = *poor[i];
            const QString link = u"health:"_s + now.plugin;
            QString text = u"%1 is %2"_s.arg(now.plugin, now.tier);
            const int dependents = m_dependents.count(now.plugin);
            if (dependents > 0)
                text += u", and %1 on it"_s.arg(counted(dependents, u"plugin depends"_s, u"plugins depend"_s));
            risk(20 + 5 * now.rank + std::min(dependents, 10), text + (now.reason.isEmpty() ? u"."_s : u": "_s + now.reason), link, 0, now.plugin, !now.reason.isEmpty());
        }
    }

    /// What people are waited for.
    void waiting()
    {
        const auto tell = [this](int weight, qint64 count, qint64 oldest, const QString &one, const QString &many, const QString &screen) {
            if (count > 0)
                risk(weight, u"%1, the longest for %2."_s.arg(counted(count, one, many), span(m_facts.now - oldest)), screen, oldest, {});
        };
        qint64 inbox = 0, oldestTicket = m_facts.now, back = 0;
        for (const auto &one : m_facts.tickets) {
            if (one.state == Ticket::State::Inbox && m_facts.now - one.made > WaitsLongInInbox) {
                ++inbox;
                oldestTicket = std::min(oldestTicket, one.made);
            }
            const bool open = one.state != Ticket::State::Closed && one.state != Ticket::State::Declined && one.state != Ticket::State::Duplicate;
            if (one.regressed && open && ++back <= 3)
                risk(95, u"%1: %2 came back after its fix."_s.arg(one.plugin, quoted(one.title)), u"ticket:"_s + one.id.toString(), one.changed, one.plugin, true);
        }
        tell(40, inbox, oldestTicket, u"ticket waits to be triaged"_s, u"tickets wait to be triaged"_s, u"screen:inbox"_s);
        qint64 patches = 0, oldestPatch = m_facts.now;
        for (const auto &patch : m_facts.patches) {
            if (patch.state == review::Patch::State::Open && m_facts.now - patch.made > WaitsLongForReview) {
                ++patches;
                oldestPatch = std::min(oldestPatch, patch.made);
            }
        }
        tell(45, patches, oldestPatch, u"patch waits for review"_s, u"patches wait for review"_s, u"screen:review"_s);
        qint64 runs = 0, oldestRun = m_facts.now;
        for (const auto &run : m_facts.runs) {
            if (run.state == runs::Run::State::Waiting && run.started > 0 && m_facts.now - run.started > WaitsLongForAnswer) {
                ++runs;
                oldestRun = std::min(oldestRun, run.started);
            }
        }
        tell(42, runs, oldestRun, u"run waits for an answer"_s, u"runs wait for an answer"_s, u"screen:runs"_s);
    }

    void upstreams()
    {
        qint64 behind = 0;
        QString onlyBehind;
        for (const auto &state : m_facts.drift) {
            const QString link = u"plugin:"_s + state.plugin;
            if (state.state == sync::SyncState::State::Diverged)
                risk(35, u"%1 and its upstream have both changed: %2 here, %3 there."_s
                             .arg(state.plugin, counted(qint64(state.ahead), u"commit"_s)).arg(state.behind), link, 0, state.plugin);
            else if (state.state == sync::SyncState::State::Blocked)
                risk(35, u"%1 cannot be pushed: %2"_s.arg(state.plugin, state.why), link, 0, state.plugin, true);
            else if (state.state == sync::SyncState::State::Behind && ++behind)
                onlyBehind = state.plugin;
        }
        if (behind > 0)
            risk(15, behind == 1 ? u"%1 is behind its upstream."_s.arg(onlyBehind) : u"%1 are behind their upstreams."_s.arg(counted(behind, u"plugin"_s)),
                 behind == 1 ? u"plugin:"_s + onlyBehind : u"screen:sync"_s, 0, behind == 1 ? onlyBehind : QString());
    }

    void queue()
    {
        for (const auto &[at, why] : m_facts.undone) {
            if (isNew(at))
                risk(85, u"What was agreed to was not done: %1."_s.arg(quoted(why)), u"screen:overview"_s, at, {}, true);
        }
        if (m_facts.queue.paused)
            risk(75, u"The queue of runs is paused, for %1."_s.arg(span(m_facts.now - m_facts.queue.pausedAt)), u"screen:runs"_s, m_facts.queue.pausedAt, {});
        for (const auto &limit : m_facts.queue.limits) {
            if (limit.until > m_facts.now)
                risk(30, u"A model service has reached its limit; its runs go on in %1."_s.arg(span(limit.until - m_facts.now)), u"screen:runs"_s, 0, {});
        }
    }

    const Facts &m_facts;
    graph::Dependents m_dependents;
    Brief m_brief;
};

} // namespace

Brief compose(const Facts &facts)
{
    return Composer(facts).compose();
}

} // namespace coppice::manager
