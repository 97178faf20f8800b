// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/inbox.h"

#include <QHash>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace coppice::tickets {

using namespace Qt::StringLiterals;
using State = Ticket::State;
using GroupState = capture::Group::State;

namespace {

/// Regressions first, then what ended the program, then by how many users and events the last days had, each doubling
/// counting the same.
int rankOf(const InboxEntry &entry)
{
    const auto doublings = [](double number) { return std::log2(1 + number); };
    const double today = entry.days.back() + 0.5 * entry.days[entry.days.size() - 2];
    const double all = std::accumulate(entry.days.begin(), entry.days.end(), 0);
    double rank = 6 * doublings(double(entry.users)) + 4 * doublings(today) + 2 * doublings(all);
    rank += entry.regressed ? 40 : 0;
    if (entry.level)
        rank += *entry.level >= capture::Level::Fatal ? 20 : *entry.level >= capture::Level::Error ? 10 : 0;
    rank += entry.waiting ? 5 : 0;
    return int(std::lround(rank * 10));
}

void addGroup(InboxEntry &entry, const capture::Group &group, const InboxSource &source)
{
    const QString id = group.id.toString();
    const bool first = entry.events == 0;
    entry.events += group.count;
    entry.first = first ? group.first : std::min(entry.first, group.first);
    entry.last = first ? group.last : std::max(entry.last, group.last);
    entry.level = entry.level ? std::max(*entry.level, group.level) : group.level;
    entry.regressed = entry.regressed || group.state == GroupState::Regressed;
    for (const auto &release : group.releases) {
        if (!entry.releases.contains(release))
            entry.releases << release;
    }
    if (const auto trend = source.trends.constFind(id); trend != source.trends.cend()) {
        entry.users += trend->users;
        entry.purged += trend->purged;
        for (size_t day = 0; day < entry.days.size(); ++day)
            entry.days[day] += trend->days[day];
        if (!trend->environment.isEmpty() && !entry.environments.contains(trend->environment))
            entry.environments << trend->environment;
        if (first)
            entry.tags = trend->tags;
    }
    if (const qint64 came = source.news.events.value(id); came > 0) {
        entry.more += came;
        const bool known = source.news.known.contains(id) || group.count > came;
        entry.news = known || (!first && entry.news != InboxEntry::News::New) ? InboxEntry::News::More : InboxEntry::News::New;
    }
}

InboxEntry entryOf(const capture::Group &group, const InboxSource &source)
{
    InboxEntry entry;
    entry.key = u"group:"_s + group.id.toString();
    entry.groups = {group.id.toString()};
    entry.plugin = group.plugin;
    entry.title = group.title;
    entry.state = nameOf(group.state);
    entry.tainted = true;
    entry.muted = group.state == GroupState::Muted;
    entry.open = !entry.muted && group.state != GroupState::Resolved;
    entry.waiting = entry.open;
    addGroup(entry, group, source);
    return entry;
}

InboxEntry entryOf(const Ticket &ticket, const QHash<QString, const capture::Group *> &groups, const InboxSource &source)
{
    InboxEntry entry;
    entry.ticket = true;
    entry.key = u"ticket:"_s + ticket.id.toString();
    entry.plugin = ticket.plugin;
    entry.title = ticket.title;
    entry.state = nameOf(ticket.state);
    entry.assignee = ticket.assignee;
    entry.remote = ticket.remote;
    entry.tainted = ticket.tainted;
    entry.regressed = ticket.regressed;
    entry.snoozed = ticket.state == State::Snoozed;
    entry.snoozedUntil = entry.snoozed ? ticket.snoozedUntil : 0;
    entry.open = ticket.state != State::Closed && ticket.state != State::Declined && ticket.state != State::Duplicate && !entry.snoozed;
    entry.waiting = ticket.state == State::Inbox;
    entry.groups = ticket.groups;
    int muted = 0;
    for (const auto &id : ticket.groups) {
        const auto *group = groups.value(id);
        if (!group)
            continue;
        addGroup(entry, *group, source);
        muted += group->state == GroupState::Muted ? 1 : 0;
    }
    entry.muted = muted > 0 && muted == ticket.groups.size();
    if (entry.events == 0) {
        entry.first = ticket.made;
        entry.last = ticket.changed;
        if (source.lookedAt > 0 && ticket.made > source.lookedAt)
            entry.news = InboxEntry::News::New;
    }
    return entry;
}

qint64 measureOf(const InboxEntry &entry, InboxOrder order)
{
    switch (order) {
    case InboxOrder::Last: return entry.last;
    case InboxOrder::First: return entry.first;
    case InboxOrder::Events: return entry.events;
    case InboxOrder::Users: return entry.users;
    case InboxOrder::Priority: return entry.rank;
    }
    return 0;
}

constexpr std::pair<InboxOrder, const char *> orders[] = {{InboxOrder::Last, "last"}, {InboxOrder::First, "first"}, {InboxOrder::Events, "events"},
                                                          {InboxOrder::Users, "users"}, {InboxOrder::Priority, "priority"}};

} // namespace

std::vector<InboxEntry> inboxEntries(const InboxSource &source)
{
    QHash<QString, const capture::Group *> groups;
    for (const auto &group : source.groups)
        groups.insert(group.id.toString(), &group);
    std::vector<InboxEntry> entries;
    entries.reserve(source.groups.size() + source.tickets.size());
    for (const auto &ticket : source.tickets)
        entries.push_back(entryOf(ticket, groups, source));
    for (const auto &ticket : source.tickets) {
        for (const auto &id : ticket.groups)
            groups.remove(id);
    }
    for (const auto &group : source.groups) {
        if (groups.contains(group.id.toString()) && group.count > 0)
            entries.push_back(entryOf(group, source));
    }
    for (auto &entry : entries)
        entry.rank = rankOf(entry);
    return entries;
}

QString nameOf(InboxOrder order)
{
    for (const auto &[each, name] : orders) {
        if (each == order)
            return QLatin1String(name);
    }
    return {};
}

std::optional<InboxOrder> inboxOrderFrom(const QString &name)
{
    for (const auto &[each, own] : orders) {
        if (name == QLatin1String(own))
            return each;
    }
    return {};
}

void sortInbox(std::vector<InboxEntry> &entries, InboxOrder order)
{
    std::sort(entries.begin(), entries.end(), [order](const InboxEntry &a, const InboxEntry &b) {
        const qint64 left = measureOf(a, order), right = measureOf(b, order);
        if (left != right)
            return left > right;
        return a.last != b.last ? a.last > b.last : a.key > b.key;
    });
}

} // namespace coppice::tickets
