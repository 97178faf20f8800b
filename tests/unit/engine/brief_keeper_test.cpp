// SPDX-License-Identifier: GPL-3.0-or-later
// Briefs by coppice.yaml: each due time once, whatever slept or ended in between.
#include "base/clock.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <engine/brief_keeper.h>
#include <engine/give_brief.h>
#include <engine/session.h>
#include <manager/briefs.h>

#include <QDateTime>
#include <QTest>

using namespace coppice;
using namespace coppice::engine;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Minute = 60'000;
constexpr qint64 Day = 24 * 60 * Minute;
const qint64 Sunday = QDateTime(QDate(2026, 11, 22), QTime(12, 0), Qt::UTC).toMSecsSinceEpoch();
const qint64 Monday8 = QDateTime(QDate(2026, 11, 23), QTime(8, 0), Qt::UTC).toMSecsSinceEpoch();

} // namespace

class BriefKeeperTest final : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::Scratch> m_scratch;
    QString m_library;
    std::unique_ptr<Session> m_session;

    void settings(const QByteArray &manager)
    {
        m_scratch->commit(m_library, u"coppice.yaml"_s, "clients:\n  talker: {kind: exec, command: [cat]}\n" + manager, u"settings"_s);
    }
    /// A new one is an engine that was started again.
    [[nodiscard]] BriefKeeper keeper() const
    {
        return BriefKeeper({m_session->library(), m_session->state(), m_session->events(), m_session->journal(), m_session->commands()}, QTimeZone::utc());
    }
    /// Steps at a time; answers how many briefs there are then.
    int briefsAt(BriefKeeper &one, qint64 now)
    {
        setClockForTests(now);
        if (const auto done = one.step({}); !done)
            qWarning("%s", qPrintable(done.error().message()));
        return count(u"SELECT count(*) FROM brief"_s);
    }
    int count(const QString &question)
    {
        const auto number = m_session->state().read<int>([&](store::Connection &connection) -> Result<int> {
            COPPICE_TRY(const auto found, connection.value(question));
            return found.toInt();
        });
        return number.value_or(-1);
    }

private Q_SLOTS:
    void init()
    {
        m_scratch = std::make_unique<test::Scratch>();
        m_library = m_scratch->repository(u"library"_s, {{u"plugins/a/README.md"_s, "a\n"}});
        settings("manager: {brief: \"mon 08:00\"}\n");
        auto session = Session::open(m_library);
        QVERIFY_RESULT(session);
        m_session = std::move(*session);
    }
    void cleanup()
    {
        setClockForTests(0);
        m_session.reset();
    }

    void onceForADueTime()
    {
        auto one = keeper();
        QCOMPARE(briefsAt(one, Sunday), 0); // last Monday was before anybody asked
        QCOMPARE(briefsAt(one, Monday8 - 1), 0);
        QCOMPARE(briefsAt(one, Monday8), 1);
        QCOMPARE(briefsAt(one, Monday8 + 5000), 1);
        QCOMPARE(briefsAt(one, Monday8 + 6 * Day), 1);
        QCOMPARE(briefsAt(one, Monday8 + 7 * Day), 2);
        const auto last = manager::Briefs(m_session->state(), m_session->journal()).last();
        QCOMPARE((*last)->brief.due, Monday8 + 7 * Day);
        QCOMPARE((*last)->brief.since, Monday8);
    }

    void onceAlsoAfterARestart()
    {
        {
            auto one = keeper();
            QCOMPARE(briefsAt(one, Sunday), 0);
        }
        for (int i = 0; i < 5; ++i) {
            auto again = keeper();
            QCOMPARE(briefsAt(again, Monday8 + i * Minute), 1);
        }
    }

    void oneAndNotManyAfterALongSleep()
    {
        auto one = keeper();
        QCOMPARE(briefsAt(one, Sunday), 0);
        QCOMPARE(briefsAt(one, Monday8 + 23 * Day), 1); // four were missed
        QCOMPARE(briefsAt(one, Monday8 + 23 * Day + Minute), 1);
        const auto last = manager::Briefs(m_session->state(), m_session->journal()).last();
        QCOMPARE((*last)->brief.due, Monday8 + 21 * Day);
        auto again = keeper();
        QCOMPARE(briefsAt(again, Monday8 + 27 * Day), 1);
        QCOMPARE(briefsAt(again, Monday8 + 28 * Day), 2);
    }

    void whoGaveOneHasServedIt()
    {
        auto one = keeper();
        QCOMPARE(briefsAt(one, Sunday), 0);
        setClockForTests(Monday8 + Minute);
        QVERIFY_RESULT(giveBrief(*m_session, {}));
        QCOMPARE(briefsAt(one, Monday8 + 2 * Minute), 1);
    }

    void otherTimesBeginAnew()
    {
        auto one = keeper();
        QCOMPARE(briefsAt(one, Sunday), 0);
        settings("manager: {brief: \"07:00\"}\n");
        QCOMPARE(briefsAt(one, Monday8), 0); // 07:00 of today was before these times stood there
        QCOMPARE(briefsAt(one, Monday8 + Day), 1);
        settings("");
        QCOMPARE(briefsAt(one, Monday8 + 3 * Day), 1);
        settings("manager: {brief: every now and then}\n"); // told where settings are looked at; nothing happens
        QCOMPARE(briefsAt(one, Monday8 + 14 * Day), 1);
    }

    void theClientIsAskedOnce()
    {
        settings("manager: {brief: \"mon 08:00\", client: talker}\n");
        const QString asked = u"SELECT count(*) FROM command WHERE verb = 'manager.word'"_s;
        auto one = keeper();
        QCOMPARE(briefsAt(one, Sunday), 0);
        QCOMPARE(count(asked), 0);
        QCOMPARE(briefsAt(one, Monday8), 1);
        QCOMPARE(count(asked), 1);
        auto again = keeper();
        QCOMPARE(briefsAt(again, Monday8 + Minute), 1);
        QCOMPARE(count(asked), 1);
    }
};

COPPICE_TEST(BriefKeeperTest)
#include "brief_keeper_test.moc"
