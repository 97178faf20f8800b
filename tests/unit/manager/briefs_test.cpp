// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <journal/approval.h>
#include <manager/briefs.h>
#include <manager/carry_out.h>

#include <QTest>

namespace coppice::tickets {
std::vector<store::Migration> migrations();
}
namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::journal {
std::vector<store::Migration> migrations();
}
namespace coppice::manager {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace Qt::StringLiterals;
using manager::Facts;

namespace {

const Actor ann{Actor::Kind::Person, u"ann"_s};
constexpr qint64 Day = 24LL * 3'600'000;

struct House {
    test::Scratch scratch;
    std::unique_ptr<store::Database> state = open("state");
    std::unique_ptr<store::Database> eventsDb = open("events");
    journal::Journal journal{*state};
    journal::CommandQueue commands{*state};
    journal::Approvals approvals{*state, journal};
    capture::EventStore events{*eventsDb};
    manager::Briefs briefs{*state, journal};

    House()
    {
        journal.addProjector(tickets::ticketProjector());
        journal.addProjector(journal::approvalProjector());
    }
    std::unique_ptr<store::Database> open(const char *name) const
    {
        auto database = store::Database::open(scratch.path(QLatin1String(name) + u".db"_s));
        if (!database)
            qFatal("%s", qPrintable(database.error().message()));
        std::vector<store::Migration> steps;
        for (const auto &room : {journal::migrations(), capture::migrations(), tickets::migrations(), manager::migrations()}) {
            for (const auto &step : room) {
                if (qstrcmp(step.database, name) == 0)
                    steps.push_back(step);
            }
        }
        if (const auto done = (*database)->migrate(steps); !done)
            qFatal("%s", qPrintable(done.error().message()));
        return std::move(*database);
    }
    /// Facts with one error group, seen often enough to be worth a ticket.
    Facts facts()
    {
        capture::Event event;
        event.plugin = u"mail"_s;
        event.level = capture::Level::Error;
        event.type = u"TypeError"_s;
        event.message = u"boom"_s;
        if (events.groups()->empty())
            static_cast<void>(events.add(std::vector<capture::Event>(9, event)));
        Facts some;
        some.now = nowMs();
        some.catalog.entries.resize(1);
        some.catalog.entries.front().plugin.id = u"mail"_s;
        some.catalog.entries.front().manifest.version.value = u"1.2.0"_s;
        some.groups = *events.groups();
        return some;
    }
    manager::Brief keep(const Facts &some)
    {
        auto brief = manager::compose(some);
        brief.id = Id::make();
        if (const auto kept = briefs.keep(brief, some); !kept)
            qFatal("%s", qPrintable(kept.error().message()));
        return brief;
    }
    [[nodiscard]] size_t made() { return tickets::Tickets(*state, journal).list()->size(); }
    Result<int> carryOut() { return manager::carryOutProposals(*state, *eventsDb, journal, commands, [this](const Actor &, const QString &plugin, const QString &signal) -> Result<QString> {
            findings << plugin + u'/' + signal;
            return u"01M83B98ZQ0XKE9QK1935GP64F"_s;
        });
    }
    QStringList findings;
};

} // namespace

class BriefsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { setClockForTests(0); }

    void remembersHowThePluginsStood()
    {
        House house;
        QVERIFY(!*house.briefs.last());
        auto some = house.facts();
        some.health = {{u"mail"_s, u"fair"_s, 1, {}, {}, {}, 0}};
        const auto brief = house.keep(some);
        const auto last = house.briefs.last();
        QVERIFY(last && *last);
        QCOMPARE((*last)->brief.id, brief.id);
        QCOMPARE((*last)->then[u"mail"_s].version, u"1.2.0"_s);
        QCOMPARE((*last)->then[u"mail"_s].tier, u"fair"_s);
        QVERIFY(!*house.briefs.lastBefore(brief.at - 1));
    }
    void asksOnce()
    {
        House house;
        setClockForTests(1'800'000'000'000);
        const auto some = house.facts();
        house.keep(some);
        house.keep(some);
        QCOMPARE(house.approvals.waiting()->size(), 1u);
        const auto question = house.approvals.waiting()->front();
        QVERIFY(question.tainted);
        QCOMPARE(question.plugin, u"mail"_s);
        QVERIFY(house.approvals.answer(ann, question.id.toString(), u"leave it"_s));
        house.keep(some);
        QVERIFY(house.approvals.waiting()->empty()); // a person left it
        setClockForTests(1'800'000'000'000 + 15 * Day);
        auto later = house.facts();
        later.groups.front().last = nowMs(); // and it still happens
        house.keep(later);
        QCOMPARE(house.approvals.waiting()->size(), 1u);
    }
    void asksNoLongerForWhatIsOver()
    {
        House house;
        auto some = house.facts();
        house.keep(some);
        QCOMPARE(house.approvals.waiting()->size(), 1u);
        some.groups.front().state = capture::Group::State::Ticketed;
        house.keep(some);
        QVERIFY(house.approvals.waiting()->empty());
        QCOMPARE(*house.carryOut(), 0);
    }
    void doesWhatWasAgreedOnce()
    {
        House house;
        house.keep(house.facts());
        QCOMPARE(*house.carryOut(), 0); // nobody has agreed
        const auto question = house.approvals.waiting()->front();
        QVERIFY(house.approvals.answer(ann, question.id.toString(), u"do it"_s));
        QCOMPARE(*house.carryOut(), 1);
        QCOMPARE(*house.carryOut(), 0);
        QCOMPARE(house.made(), 1u);
        const auto done = manager::carriedOut(*house.state);
        QCOMPARE(done->size(), 1u);
        QVERIFY(done->front().outcome.startsWith(u"ticket:"_s));
        QCOMPARE(done->front().problem, QString());
    }
    void aFindingBecomesATicket()
    {
        House house;
        Facts some;
        some.now = nowMs();
        some.health = {{u"mail"_s, u"poor"_s, 2, u"Licence: there is none."_s, u"Add one."_s, u"licence"_s, 55}};
        house.keep(some);
        const auto question = house.approvals.waiting()->front();
        QVERIFY(question.detail[u"question"].toString().contains(u"5.5 of 100 points"_s));
        QVERIFY(house.approvals.answer(ann, question.id.toString(), u"do it"_s));
        QCOMPARE(*house.carryOut(), 1);
        QCOMPARE(house.findings, QStringList{u"mail/licence"_s});
    }
    void isNotBegunAgainAfterACrash()
    {
        House house;
        house.keep(house.facts());
        const auto question = house.approvals.waiting()->front();
        QVERIFY(house.approvals.answer(ann, question.id.toString(), u"do it"_s));
        const auto begun = house.state->write<bool>([&](store::Connection &connection) -> Result<bool> {
            COPPICE_CHECK(connection.exec(u"INSERT INTO proposal_done (approval, at, problem) VALUES (?, 1, 'begun')"_s, {question.id.toString()}));
            return true;
        });
        QVERIFY(begun);
        QCOMPARE(*house.carryOut(), 0);
        QCOMPARE(house.made(), 0u);
        QCOMPARE(manager::carriedOut(*house.state)->front().problem, u"begun"_s);
    }
};

COPPICE_TEST(BriefsTest)
#include "briefs_test.moc"
