// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "store/database.h"

#include <QHash>
#include <QMap>

#include <array>
#include <vector>

namespace coppice::capture {

/// How the events of one group are spread over the last days and over users, as far as retention has kept them.
struct GroupTrend {
    static constexpr int Days = 14;
    std::array<int, Days> days{};  ///< events of each day, the oldest first; the last is today
    qint64 users = 0;              ///< different users whom events name; 0: they name none
    qint64 purged = 0;             ///< events that retention has deleted: they are in the group's count, and in none of these
    QString environment;           ///< of the newest event
    QMap<QString, QString> tags;   ///< of the newest event, from outside
    [[nodiscard]] int total() const; ///< of the days
};
using GroupTrends = QHash<QString, GroupTrend>; ///< group id → trend

/// Reads the trends of these groups, in one set of queries for each 200 of them, each set a snapshot of its own. `now` and
/// `offset` (both ms; the offset is local time minus UTC) say where days begin.
[[nodiscard]] Result<GroupTrends> trendsOf(store::Database &events, const QStringList &groups, qint64 now, qint64 offset);

/// What the events of one group differ in, of its newest 10,000; each list with what most have first.
struct GroupSpread {
    struct Part {
        QString value;
        qint64 events = 0;
        qint64 first = 0; ///< ms
        qint64 last = 0;
    };
    std::vector<Part> releases;     ///< by when each was first seen
    std::vector<Part> environments;
    std::vector<Part> sources;
    QMap<QString, std::vector<Part>> tags; ///< of the newest 200 events; at most 20 values of each, times are 0
    qint64 looked = 0;              ///< events that were looked at
};
[[nodiscard]] Result<GroupSpread> spreadOf(store::Database &events, const QString &group);

} // namespace coppice::capture
