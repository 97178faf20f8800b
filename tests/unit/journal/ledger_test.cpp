// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <base/clock.h>
#include <journal/ledger.h>

#include <QTest>

#include <atomic>
#include <thread>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::journal;

class LedgerTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    int m_databases = 0;
    std::unique_ptr<store::Database> m_state;
    const Account m_account{"run-1", "billing", "ticket-1"};

    static Charge charge(qint64 micros, const QString &priceDate = QStringLiteral("2026-11-01"))
    {
        Charge charge;
        charge.model = "model-a";
        charge.inputTokens = 1000;
        charge.outputTokens = 200;
        charge.cachedTokens = 700;
        charge.money = {micros};
        charge.priceDate = priceDate;
        return charge;
    }
    void spend(Ledger &ledger, const Account &account, qint64 micros)
    {
        const auto id = ledger.reserve(account, micros, {});
        QVERIFY_RESULT(id);
        QVERIFY_RESULT(ledger.settle(*id, charge(micros)));
    }

private Q_SLOTS:
    void init()
    {
        setClockForTests(1'795'000'000'000); // 2026-11-18
        m_state = store::Database::open(m_scratch.path(QStringLiteral("%1.db").arg(++m_databases))).value();
        QVERIFY_RESULT(m_state->migrate(migrations()));
    }
    void cleanup() { setClockForTests(0); }

    void reservedThenSettled()
    {
        Ledger ledger(*m_state);
        const Id id = ledger.reserve(m_account, 500'000, {}).value();
        QCOMPARE(ledger.ofRun("run-1").value().reserved, 500'000);
        QCOMPARE(ledger.ofRun("run-1").value().micros, 0);
        QVERIFY(ledger.charges("run-1").value().empty());
        QVERIFY_RESULT(ledger.settle(id, charge(120'000)));
        const Spent spent = ledger.ofRun("run-1").value();
        QCOMPARE(spent.reserved, 0);
        QCOMPARE(spent.micros, 120'000);
        QCOMPARE(spent.inputTokens, 1000);
        QCOMPARE(spent.outputTokens, 200);
        QCOMPARE(spent.cachedTokens, 700);
        QVERIFY(!spent.estimated);
        QVERIFY(!spent.unpriced);
        QCOMPARE(ledger.ofTicket("ticket-1").value().micros, 120'000);
        QCOMPARE(ledger.ofPlugin("billing").value().micros, 120'000);
        QCOMPARE(ledger.ofPlugin("billing", Ledger::today()).value().micros, 120'000);
        QCOMPARE(ledger.ofPlugin("billing", "2026-11-17").value().micros, 0);
        QCOMPARE(ledger.ofDay("2026-11-18").value().micros, 120'000);
        QCOMPARE(ledger.ofDay("2026-11-19").value().micros, 0);
        const auto charges = ledger.charges("run-1").value();
        QCOMPARE(charges.size(), size_t(1));
        QCOMPARE(charges[0].id, id);
        QCOMPARE(charges[0].model, QStringLiteral("model-a"));
        QCOMPARE(charges[0].priceDate, QStringLiteral("2026-11-01"));
        QCOMPARE(charges[0].ticket, QStringLiteral("ticket-1"));
        // Once only.
        QCOMPARE(ledger.settle(id, charge(1)).error().kind, ErrorKind::NotFound);
        QCOMPARE(ledger.drop(id).error().kind, ErrorKind::NotFound);
        QCOMPARE(ledger.settle(Id::make(), charge(1)).error().kind, ErrorKind::NotFound);
    }
    void droppedAsIfNeverAsked()
    {
        Ledger ledger(*m_state);
        const Id id = ledger.reserve(m_account, 0, {}).value(); // a request that may cost nothing is known by its amount, too
        QVERIFY(ledger.ofRun("run-1").value().reserved > 0);
        QVERIFY_RESULT(ledger.drop(id));
        QCOMPARE(ledger.ofRun("run-1").value().reserved, 0);
        spend(ledger, m_account, 7);
        QVERIFY_RESULT(ledger.reserve(m_account, 10, {}));
        QVERIFY_RESULT(ledger.reserve({"run-2", "mail", {}}, 10, {}));
        QVERIFY_RESULT(ledger.dropAll());
        QCOMPARE(ledger.ofDay(Ledger::today()).value().reserved, 0);
        QCOMPARE(ledger.ofDay(Ledger::today()).value().micros, 7);
    }
    void capsBound_data()
    {
        QTest::addColumn<int>("cap"); // which one
        QTest::addColumn<QString>("run");
        QTest::addColumn<QString>("plugin");
        QTest::addColumn<QString>("ticket");
        QTest::addColumn<bool>("bounded");
        QTest::newRow("same run") << 0 << "run-1" << "billing" << "ticket-1" << true;
        QTest::newRow("other run") << 0 << "run-2" << "billing" << "ticket-1" << false;
        QTest::newRow("same ticket") << 1 << "run-2" << "mail" << "ticket-1" << true;
        QTest::newRow("other ticket") << 1 << "run-2" << "billing" << "ticket-2" << false;
        QTest::newRow("no ticket") << 1 << "run-2" << "billing" << "" << false;
        QTest::newRow("same plugin") << 2 << "run-2" << "billing" << "" << true;
        QTest::newRow("other plugin") << 2 << "run-2" << "mail" << "ticket-1" << false;
        QTest::newRow("same day") << 3 << "run-2" << "mail" << "" << true;
    }
    void capsBound()
    {
        QFETCH(int, cap);
        QFETCH(QString, run);
        QFETCH(QString, plugin);
        QFETCH(QString, ticket);
        QFETCH(bool, bounded);
        Caps caps;
        qint64 *const fields[] = {&caps.run, &caps.ticket, &caps.pluginDay, &caps.day};
        *fields[cap] = 1'000'000;
        Ledger ledger(*m_state);
        spend(ledger, m_account, 600'000);
        QVERIFY_RESULT(ledger.reserve(m_account, 300'000, {}));
        const Account account{run, plugin, ticket};
        const auto over = ledger.reserve(account, 100'001, caps);
        QCOMPARE(over.has_value(), !bounded);
        if (bounded) {
            QCOMPARE(over.error().code, QStringLiteral("budget.exceeded"));
            QVERIFY(over.error().what.contains("1.00 USD"));
            QVERIFY(over.error().what.contains("0.60 USD"));
            QVERIFY(!over.error().fix.isEmpty());
            QVERIFY_RESULT(ledger.reserve(account, 100'000, caps)); // to the last micro
            QVERIFY(!ledger.reserve(account, 1, caps));
        }
    }
    void nextDayIsANewDay()
    {
        Ledger ledger(*m_state);
        Caps caps;
        caps.pluginDay = caps.day = 100;
        spend(ledger, m_account, 100);
        QVERIFY(!ledger.reserve(m_account, 1, caps));
        setClockForTests(1'795'000'000'000 + 24 * 3'600'000);
        QVERIFY_RESULT(ledger.reserve(m_account, 100, caps));
        caps.run = 150;
        QVERIFY(!ledger.reserve(m_account, 1, caps)); // a run's cap knows no days
    }
    void hugeAmountsDoNotWrap()
    {
        Ledger ledger(*m_state);
        Caps caps;
        caps.run = 1'000;
        QVERIFY(!ledger.reserve(m_account, std::numeric_limits<qint64>::max(), caps));
        QVERIFY_RESULT(ledger.reserve(m_account, -5, caps)); // as nothing
        QVERIFY(!ledger.reserve(m_account, 1'000, caps));
    }
    void twoCannotTakeTheLast()
    {
        Caps caps;
        caps.day = 1'000;
        std::atomic<int> granted = 0;
        {
            const auto other = store::Database::open(m_state->path()).value(); // as another process
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i) {
                threads.emplace_back([&, i] {
                    Ledger ledger(i % 2 ? *m_state : *other);
                    for (int n = 0; n < 10; ++n)
                        granted += ledger.reserve({QString::number(i), "billing", {}}, 100, caps).has_value();
                });
            }
        }
        QCOMPARE(granted, 10);
        QCOMPARE(Ledger(*m_state).ofDay(Ledger::today()).value().reserved, 1'000);
    }
    void theClientsFigureWins()
    {
        Ledger ledger(*m_state);
        spend(ledger, m_account, 100);
        spend(ledger, m_account, 300);
        spend(ledger, {"run-2", "billing", {}}, 50);
        const Id open = ledger.reserve(m_account, 1'000, {}).value();
        QVERIFY_RESULT(ledger.clientSays(m_account, 1'001, 9, 9, 9));
        const Spent spent = ledger.ofRun("run-1").value();
        QCOMPARE(spent.micros, 1'001);
        QCOMPARE(spent.reserved, 1'000);
        QCOMPARE(spent.inputTokens, 2'000); // metered on the way: more exact than one sum
        QVERIFY(!spent.estimated);
        const auto charges = ledger.charges("run-1").value();
        QCOMPARE(charges[0].money.micros + charges[1].money.micros, 1'001);
        QVERIFY(charges[0].by == Charge::By::Client && charges[1].by == Charge::By::Client);
        QCOMPARE(ledger.ofRun("run-2").value().micros, 50);
        // A second start of a client says what that one cost.
        QVERIFY_RESULT(ledger.settle(open, charge(400)));
        QCOMPARE(ledger.ofRun("run-1").value().micros, 1'401);
        QVERIFY_RESULT(ledger.clientSays(m_account, 99, 0, 0, 0));
        QCOMPARE(ledger.ofRun("run-1").value().micros, 1'100);
    }
    void theClientsFigureCoversOnlyItsOwnStart()
    {
        Ledger ledger(*m_state);
        spend(ledger, m_account, 100); // of a start that died without a word
        setClockForTests(1'795'000'060'000);
        spend(ledger, m_account, 300);
        QVERIFY_RESULT(ledger.clientSays(m_account, 250, 0, 0, 0, 1'795'000'060'000));
        QCOMPARE(ledger.ofRun("run-1").value().micros, 350);
    }
    void oldPricesAreAnEstimate()
    {
        Ledger ledger(*m_state);
        const auto add = [&](const QString &date) {
            const Id id = ledger.reserve(m_account, 10, {}).value();
            return ledger.settle(id, charge(10, date));
        };
        QVERIFY_RESULT(add("2026-08-20")); // 90 days
        QVERIFY(!ledger.ofRun("run-1").value().estimated);
        QVERIFY_RESULT(add("2026-08-19"));
        QVERIFY(ledger.ofRun("run-1").value().estimated);
        QVERIFY_RESULT(ledger.clientSays(m_account, 20, 0, 0, 0));
        QVERIFY(!ledger.ofRun("run-1").value().estimated);
    }
    void theClientsFigureWhereNothingWasMetered()
    {
        Ledger ledger(*m_state);
        QVERIFY_RESULT(ledger.clientSays(m_account, 77, 10, 20, 5));
        const Spent spent = ledger.ofRun("run-1").value();
        QCOMPARE(spent.micros, 77);
        QCOMPARE(spent.inputTokens, 10);
        QCOMPARE(spent.outputTokens, 20);
        QCOMPARE(spent.cachedTokens, 5);
        QVERIFY(!spent.estimated);
    }
    void unpricedIsToldApart()
    {
        Ledger ledger(*m_state);
        const Id id = ledger.reserve(m_account, 10, {}).value();
        QVERIFY_RESULT(ledger.settle(id, charge(10, {})));
        QVERIFY(ledger.ofRun("run-1").value().unpriced);
        Charge other = charge(1);
        other.money.currency = "EUR";
        const Id second = ledger.reserve(m_account, 10, {}).value();
        QCOMPARE(ledger.settle(second, other).error().kind, ErrorKind::Usage);
    }
    void runsOfADay()
    {
        Ledger ledger(*m_state);
        spend(ledger, m_account, 5);
        spend(ledger, m_account, 6);
        spend(ledger, {"run-2", "mail", {}}, 7);
        const auto all = ledger.runsOfDay(Ledger::today()).value();
        QCOMPARE(all.size(), size_t(2));
        QCOMPARE(all[0].account.run, QStringLiteral("run-1"));
        QCOMPARE(all[0].account.ticket, QStringLiteral("ticket-1"));
        QCOMPARE(all[0].spent.micros, 11);
        QCOMPARE(all[0].priceDate, QStringLiteral("2026-11-01"));
        QCOMPARE(ledger.runsOfDay(Ledger::today(), "mail").value().size(), size_t(1));
        QVERIFY(ledger.runsOfDay("2026-11-17").value().empty());
    }
};

COPPICE_TEST(LedgerTest)
#include "ledger_test.moc"
