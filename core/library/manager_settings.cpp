// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/manager_settings.h"

#include "library/yaml_file.h"

#include <QDateTime>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {

const QStringList dayNames{u"mon"_s, u"tue"_s, u"wed"_s, u"thu"_s, u"fri"_s, u"sat"_s, u"sun"_s};
const QList<int> allDays{1, 2, 3, 4, 5, 6, 7};

qint64 timeOn(const QDate &day, const QTime &time, const QTimeZone &zone)
{
    return QDateTime(day, time, zone).toMSecsSinceEpoch();
}

} // namespace

qint64 WeeklyTimes::lastBefore(qint64 now, const QTimeZone &zone) const
{
    if (!isOn())
        return 0;
    const QDate today = QDateTime::fromMSecsSinceEpoch(now, zone).date();
    for (int back = 0; back <= 8; ++back) {
        const QDate day = today.addDays(-back);
        if (days.contains(day.dayOfWeek())) {
            if (const qint64 at = timeOn(day, time, zone); at <= now)
                return at;
        }
    }
    return 0;
}

qint64 WeeklyTimes::nextAfter(qint64 now, const QTimeZone &zone) const
{
    if (!isOn())
        return 0;
    const QDate today = QDateTime::fromMSecsSinceEpoch(now, zone).date();
    for (int on = 0; on <= 8; ++on) {
        const QDate day = today.addDays(on);
        if (days.contains(day.dayOfWeek())) {
            if (const qint64 at = timeOn(day, time, zone); at > now)
                return at;
        }
    }
    return 0;
}

QString WeeklyTimes::text() const
{
    if (!isOn())
        return {};
    QStringList names;
    for (const int day : days)
        names << dayNames[day - 1];
    const QString at = time.toString(u"HH:mm"_s);
    return days.size() == 7 ? at : names.join(u',') + u' ' + at;
}

std::optional<WeeklyTimes> weeklyTimesFrom(const QString &text)
{
    static const QRegularExpression form(u"^(?:([a-z]+(?: ?, ?[a-z]+)*) )?(\\d{1,2}:\\d{2})$"_s);
    const auto match = form.match(text.simplified().toLower());
    if (!match.hasMatch())
        return std::nullopt;
    WeeklyTimes times;
    times.time = QTime::fromString(match.captured(2), u"H:mm"_s);
    if (!times.time.isValid())
        return std::nullopt;
    for (QString word : match.captured(1).split(u',', Qt::SkipEmptyParts)) {
        word = word.trimmed();
        const auto name = std::ranges::find_if(dayNames, [&](const QString &one) { return word == one || (word.size() > 3 && word == QLocale::c().dayName(int(dayNames.indexOf(one)) + 1).toLower()); });
        if (word == u"daily")
            times.days += allDays;
        else if (word == u"weekdays")
            times.days += {1, 2, 3, 4, 5};
        else if (name != dayNames.end())
            times.days << int(name - dayNames.begin()) + 1;
        else
            return std::nullopt;
    }
    if (times.days.isEmpty())
        times.days = allDays;
    std::ranges::sort(times.days);
    times.days.erase(std::unique(times.days.begin(), times.days.end()), times.days.end());
    return times;
}

ManagerSettings managerSettingsFrom(const YamlFile &file)
{
    ManagerSettings settings;
    settings.client = file.text(u"manager/client"_s);
    if (!settings.client.isEmpty() && !file.has(yamlPath(u"clients"_s, settings.client)))
        settings.problems.push_back({file.file(), file.line(u"manager/client"_s),
                                     u"manager.client names \"%1\", which is none of the clients of this file"_s.arg(settings.client.left(80))});
    if (!file.has(u"manager/brief"_s))
        return settings;
    const QString said = file.text(u"manager/brief"_s);
    if (const auto times = weeklyTimesFrom(said))
        settings.brief = *times;
    else
        settings.problems.push_back({file.file(), file.line(u"manager/brief"_s),
                                     u"manager.brief has to be a time of the day (local), with days before it where it is not every day: \"08:00\", \"mon 08:00\", "
                                     "\"mon,thu 07:30\", \"weekdays 08:00\"; not \"%1\""_s.arg(said.left(80))});
    return settings;
}

ManagerSettings managerSettingsAt(const git::Repository &repository, const git::Oid &commit)
{
    if (commit.isNull())
        return {};
    const auto tree = repository.treeOf(commit);
    const auto entry = tree ? repository.entryAt(*tree, settingsFile) : std::unexpected(tree.error());
    if (!entry || !*entry || ((*entry)->mode != git::Mode::File && (*entry)->mode != git::Mode::Executable))
        return {};
    const auto bytes = repository.blob((*entry)->id, 1 << 20);
    return bytes ? managerSettingsFrom(YamlFile(*bytes, QString::fromUtf8(settingsFile))) : ManagerSettings{};
}

} // namespace coppice::library
