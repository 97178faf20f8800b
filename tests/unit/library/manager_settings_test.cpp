// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <library/manager_settings.h>
#include <library/yaml_file.h>

#include <QDateTime>
#include <QTest>

using namespace coppice;
using namespace coppice::library;
using namespace Qt::StringLiterals;

namespace {

const QTimeZone berlin("Europe/Berlin");

qint64 at(const QString &iso)
{
    return QDateTime::fromString(iso, Qt::ISODate).toMSecsSinceEpoch();
}

QString shown(qint64 ms)
{
    return ms == 0 ? u"never"_s : QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODate);
}

} // namespace

class ManagerSettingsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsTimes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("is"); // empty: refused
        QTest::newRow("day") << u"mon 08:00"_s << u"mon 08:00"_s;
        QTest::newRow("whole words") << u"Thursday, Monday 7:30"_s << u"mon,thu 07:30"_s;
        QTest::newRow("every day") << u"08:00"_s << u"08:00"_s;
        QTest::newRow("daily") << u"daily 08:00"_s << u"08:00"_s;
        QTest::newRow("weekdays") << u"weekdays 18:05"_s << u"mon,tue,wed,thu,fri 18:05"_s;
        QTest::newRow("twice the same") << u"mon,mon 08:00"_s << u"mon 08:00"_s;
        QTest::newRow("no time") << u"mon"_s << QString();
        QTest::newRow("no such time") << u"mon 25:00"_s << QString();
        QTest::newRow("no such day") << u"moonday 08:00"_s << QString();
        QTest::newRow("cron") << u"0 8 * * 1"_s << QString();
        QTest::newRow("am") << u"mon 8am"_s << QString();
        QTest::newRow("empty") << QString() << QString();
    }
    void readsTimes()
    {
        QFETCH(QString, text);
        QFETCH(QString, is);
        const auto times = weeklyTimesFrom(text);
        QCOMPARE(times.has_value(), !is.isEmpty());
        if (times) {
            QCOMPARE(times->text(), is);
            QCOMPARE(weeklyTimesFrom(times->text())->text(), is);
        }
    }

    void knowsWhatIsDue()
    {
        const auto times = *weeklyTimesFrom(u"mon,thu 08:00"_s);
        const auto zone = berlin; // UTC+1 in winter
        QCOMPARE(shown(times.lastBefore(at(u"2026-11-25T12:00:00Z"_s), zone)), u"2026-11-23T07:00:00Z"_s); // Wednesday: Monday's
        QCOMPARE(shown(times.nextAfter(at(u"2026-11-25T12:00:00Z"_s), zone)), u"2026-11-26T07:00:00Z"_s);
        QCOMPARE(shown(times.lastBefore(at(u"2026-11-26T07:00:00Z"_s), zone)), u"2026-11-26T07:00:00Z"_s); // now
        QCOMPARE(shown(times.nextAfter(at(u"2026-11-26T07:00:00Z"_s), zone)), u"2026-11-30T07:00:00Z"_s);
        QCOMPARE(shown(times.lastBefore(at(u"2026-11-26T06:59:59Z"_s), zone)), u"2026-11-23T07:00:00Z"_s);
        const auto weekly = *weeklyTimesFrom(u"mon 08:00"_s);
        QCOMPARE(shown(weekly.lastBefore(at(u"2026-11-23T06:59:59Z"_s), zone)), u"2026-11-16T07:00:00Z"_s);
        QCOMPARE(shown(weekly.nextAfter(at(u"2026-11-23T07:00:00Z"_s), zone)), u"2026-11-30T07:00:00Z"_s);
        QCOMPARE(shown(WeeklyTimes().nextAfter(at(u"2026-11-23T07:00:00Z"_s), zone)), u"never"_s);
    }

    /// Each day has one due time, also where the clocks change: as seen minute by minute through both nights.
    void clocksThatChange()
    {
        const auto times = *weeklyTimesFrom(u"02:30"_s);
        for (const QString &night : {u"2026-03-28T00:00:00Z"_s, u"2026-10-24T00:00:00Z"_s}) {
            QSet<qint64> due;
            for (int minute = 0; minute < 3 * 24 * 60; ++minute) {
                const qint64 now = at(night) + minute * 60'000LL;
                const qint64 last = times.lastBefore(now, berlin);
                QVERIFY(last > 0 && last <= now);
                if (last >= at(night))
                    due << last;
            }
            QCOMPARE(due.size(), 3);
        }
    }

    void badValuesSayWhatToWrite()
    {
        const auto settings = managerSettingsFrom(YamlFile("version: 1\nmanager:\n  brief: every monday\n  client: nobody\n", u"coppice.yaml"_s));
        QVERIFY(!settings.brief.isOn());
        QCOMPARE(settings.problems.size(), 2U);
        QCOMPARE(settings.problems[1].line, 3);
        QVERIFY(settings.problems[1].text.contains(u"\"mon 08:00\""_s));
        QVERIFY(settings.problems[0].text.contains(u"nobody"_s));
        // And where people look for it.
        const auto whole = parseLibrarySettings("name: x\nmanager:\n  brief: every monday\n", u"coppice.yaml"_s);
        QVERIFY(std::ranges::any_of(whole.problems, [](const Problem &one) { return one.line == 3 && one.text.contains(u"every monday"_s); }));
        QVERIFY(parseLibrarySettings("clients:\n  talker: {kind: exec, command: [cat]}\nmanager: {brief: \"mon 08:00\", client: talker}\n", u"coppice.yaml"_s).problems.empty());
    }
};

COPPICE_TEST(ManagerSettingsTest)
#include "manager_settings_test.moc"
