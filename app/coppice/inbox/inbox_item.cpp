// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox_item.h"

#include "runs/run_item.h"
#include "shell/tones.h"

#include <QCoreApplication>
#include <QDateTime>

namespace coppice::ui {

using namespace Qt::StringLiterals;
using News = tickets::InboxEntry::News;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("InboxItem", text);
}

Look lookOfState(const tickets::InboxEntry &entry)
{
    if (entry.ticket) {
        for (int i = 0; i <= int(tickets::Ticket::State::Duplicate); ++i) {
            const auto state = tickets::Ticket::State(i);
            if (nameOf(state) == entry.state)
                return lookOf(state);
        }
    }
    for (int i = 0; i <= int(capture::Group::State::Regressed); ++i) {
        const auto state = capture::Group::State(i);
        if (nameOf(state) == entry.state)
            return lookOf(state);
    }
    return {};
}

QString releasesText(const QStringList &releases)
{
    if (releases.isEmpty())
        return {};
    const QString newest = releases.last().left(40);
    return releases.size() == 1 ? newest : tr("%1 and %2 before").arg(newest).arg(releases.size() - 1);
}

} // namespace

QString snoozeText(const tickets::InboxEntry &entry)
{
    if (!entry.snoozed)
        return {};
    if (entry.snoozedUntil <= 0)
        return tr("until more comes");
    const auto time = QDateTime::fromMSecsSinceEpoch(entry.snoozedUntil);
    return tr("until %1").arg(time.toString(time.date() == QDate::currentDate() ? u"hh:mm"_s : u"d MMM, hh:mm"_s));
}

InboxItem inboxItem(const tickets::InboxEntry &entry)
{
    InboxItem item;
    item.key = entry.key;
    item.plugin = entry.plugin;
    item.title = entry.title;
    item.about = releasesText(entry.releases);
    const Look level = entry.level ? lookOf(*entry.level) : Look{u"neutral"_s, u"ticket"_s};
    item.icon = level.icon;
    item.iconTone = level.tone;
    const Look state = lookOfState(entry);
    item.status = entry.state;
    item.tone = state.tone;
    item.statusIcon = state.icon;
    item.assignee = entry.assignee;
    item.snoozed = snoozeText(entry);
    item.events = entry.events > 0 ? shortCount(entry.events) : QString();
    item.users = entry.users > 0 ? shortCount(entry.users) : QString();
    item.fresh = entry.news != News::None;
    item.more = entry.news == News::New ? tr("new") : entry.news == News::More ? u'+' + shortCount(entry.more) : QString();
    QStringList trend;
    for (const int day : entry.days) {
        item.days << day;
        trend << QString::number(day);
    }
    item.trend = trend.join(u", "_s);
    item.first = double(entry.first);
    item.last = double(entry.last);
    item.ticket = entry.ticket;
    item.waiting = entry.waiting;
    item.regressed = entry.regressed;
    item.tainted = entry.tainted;
    item.muted = entry.muted;
    QStringList spoken{entry.ticket ? tr("Ticket") : tr("Error group"), entry.plugin, entry.title, entry.state};
    if (entry.level)
        spoken << nameOf(*entry.level);
    if (entry.events > 0)
        spoken << counted(entry.events, "event");
    if (entry.users > 0)
        spoken << counted(entry.users, "user");
    if (entry.regressed)
        spoken << tr("came back after a fix");
    if (!entry.assignee.isEmpty())
        spoken << tr("assigned to %1").arg(entry.assignee);
    if (entry.snoozed)
        spoken << tr("snoozed %1").arg(item.snoozed);
    if (entry.news == News::New)
        spoken << tr("new since you last looked");
    else if (entry.news == News::More)
        spoken << tr("%1 more since you last looked").arg(entry.more);
    item.spoken = spoken.join(u", "_s);
    return item;
}

} // namespace coppice::ui
