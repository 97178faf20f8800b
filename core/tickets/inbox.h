// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event_news.h"
#include "capture/group_trend.h"
#include "tickets/ticket.h"

#include <QMap>

#include <array>
#include <optional>
#include <vector>

namespace coppice::tickets {

/// One line of the inbox: an error group that has no ticket, or a ticket with its groups.
struct InboxEntry {
    /// What came since somebody looked last.
    enum class News { None, More, New };
    QString key; ///< "group:ID" or "ticket:ID"
    QString plugin;
    QString title; ///< text from outside
    QString state; ///< of the ticket, or of the group
    std::optional<capture::Level> level; ///< none: no error made the ticket
    QStringList groups;
    QStringList releases; ///< by when each was first seen
    QStringList environments; ///< of the groups' newest events
    QMap<QString, QString> tags; ///< of the newest event of its first group
    QString assignee;
    QString remote;
    qint64 events = 0;
    qint64 purged = 0; ///< of these, deleted by retention
    qint64 users = 0;  ///< of each group; who stands in two groups of a ticket counts twice
    qint64 first = 0;  ///< event, or the making of a ticket without events
    qint64 last = 0;   ///< event, or the last change of a ticket without events
    qint64 snoozedUntil = 0; ///< 0: not snoozed, or until events or a release come
    qint64 more = 0;   ///< events that came since somebody looked
    int rank = 0;      ///< what orders by priority: the higher the sooner
    News news = News::None;
    bool ticket = false;
    bool open = false;    ///< asks for something still, and now
    bool waiting = false; ///< nobody has decided about it yet
    bool snoozed = false;
    bool muted = false;   ///< its groups are
    bool regressed = false;
    bool tainted = false;
    std::array<int, capture::GroupTrend::Days> days{};

    [[nodiscard]] QString id() const { return key.section(u':', 1); }
    friend bool operator==(const InboxEntry &, const InboxEntry &) = default;
};

/// What the lines are made of. A group that is not among the trends has an empty one.
struct InboxSource {
    const std::vector<capture::Group> &groups;
    const std::vector<Ticket> &tickets;
    const capture::GroupTrends &trends;
    const capture::EventNews &news;
    qint64 lookedAt = 0; ///< ms; tickets made later are new; 0: nobody ever looked
};
[[nodiscard]] std::vector<InboxEntry> inboxEntries(const InboxSource &source);

enum class InboxOrder { Last, First, Events, Users, Priority };
[[nodiscard]] QString nameOf(InboxOrder order); ///< last, first, events, users, priority
[[nodiscard]] std::optional<InboxOrder> inboxOrderFrom(const QString &name);
/// The latest, most or most urgent first; equal ones by what was seen last, then by key.
void sortInbox(std::vector<InboxEntry> &entries, InboxOrder order);

} // namespace coppice::tickets
