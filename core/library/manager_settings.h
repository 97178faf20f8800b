// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"

#include <QList>
#include <QTime>
#include <QTimeZone>

namespace coppice::library {

class YamlFile;

/// Days of the week and a time of the day: "08:00" is every day, "mon 08:00", "mon,thu 07:30", "weekdays 08:00". Local time.
struct WeeklyTimes {
    QList<int> days; ///< 1 Monday to 7 Sunday, in order
    QTime time;      ///< not valid: never

    [[nodiscard]] bool isOn() const { return time.isValid() && !days.isEmpty(); }
    /// The newest due time at or before `now`, the next one after it; ms, 0: never. A time that a change of the clocks leaves
    /// out is moved by what the clock jumps, one that comes twice is the first of the two.
    [[nodiscard]] qint64 lastBefore(qint64 now, const QTimeZone &zone) const;
    [[nodiscard]] qint64 nextAfter(qint64 now, const QTimeZone &zone) const;
    [[nodiscard]] QString text() const; ///< in one form: "mon,thu 07:30"
};
/// Nothing where the text is no such times.
[[nodiscard]] std::optional<WeeklyTimes> weeklyTimesFrom(const QString &text);

/// `manager` of coppice.yaml.
struct ManagerSettings {
    WeeklyTimes brief;  ///< when a brief is given by itself
    QString client;     ///< that words these briefs; empty: none
    std::vector<Problem> problems;
};
[[nodiscard]] ManagerSettings managerSettingsFrom(const YamlFile &file);
[[nodiscard]] ManagerSettings managerSettingsAt(const git::Repository &repository, const git::Oid &commit);

} // namespace coppice::library
