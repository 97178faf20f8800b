// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "support/test_main.h"

#include <manager/brief.h>

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace coppice;
using namespace coppice::manager;
using namespace Qt::StringLiterals;
using tickets::Ticket;

namespace {

constexpr qint64 Hour = 3'600'000;
constexpr qint64 Day = 24 * Hour;
constexpr qint64 Now = 1'800'000'000'000;

library::CatalogEntry plugin(const QString &id, const QString &version = u"1.0.0"_s, const QString &client = {})
{
    library::CatalogEntry entry;
    entry.plugin.id = id;
    entry.plugin.prefix = "plugins/" + id.toUtf8();
    entry.plugin.settings.agentClient = client;
    entry.manifest.version.value = version;
    return entry;
}

capture::Group group(const QString &plugin, qint64 count, qint64 first, qint64 last, capture::Group::State state = capture::Group::State::New)
{
    capture::Group one;
    one.id = Id::make();
    one.plugin = plugin;
    one.title = u"TypeError: no such thing"_s;
    one.count = count;
    one.first = first;
    one.last = last;
    one.state = state;
    return one;
}

Ticket ticket(const QString &plugin, Ticket::State state, qint64 made, qint64 changed)
{
    Ticket one;
    one.id = Id::make();
    one.plugin = plugin;
    one.title = u"It breaks"_s;
    one.state = state;
    one.made = made;
    one.changed = changed;
    return one;
}

runs::Run run(const Ticket &ticket, runs::Run::State state, qint64 ended)
{
    runs::Run one;
    one.id = Id::make();
    one.plugin = ticket.plugin;
    one.ticket = ticket.id.toString();
    one.state = state;
    one.started = ended - Hour;
    one.ended = ended;
    return one;
}

Facts facts()
{
    Facts some;
    some.now = Now;
    some.since = Now - Day;
    some.catalog.entries = {plugin(u"links"_s, u"2.0.0"_s, u"exec"_s), plugin(u"mail"_s)};
    some.then = {{u"links"_s, {u"2.0.0"_s, {}}}, {u"mail"_s, {u"1.0.0"_s, {}}}};
    return some;
}

QStringList textsOf(const std::vector<Claim> &claims)
{
    QStringList all;
    for (const auto &one : claims)
        all << one.text;
    return all;
}

} // namespace

class BriefTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingHappened()
    {
        const auto brief = compose(facts());
        QVERIFY2(brief.changed.empty(), qPrintable(textsOf(brief.changed).join(u'\n')));
        QVERIFY(brief.risks.empty());
        QVERIFY(brief.proposals.empty());
        QVERIFY(textOf(brief).contains(u"Nothing that is known."_s));
    }
    void pluginsComeGoAndMove()
    {
        auto some = facts();
        some.catalog.entries = {plugin(u"links"_s, u"2.1.0"_s), plugin(u"news"_s)};
        const auto told = textsOf(compose(some).changed);
        QCOMPARE(told, (QStringList{u"mail is no longer a plugin of the library."_s, u"news is a new plugin of the library."_s,
                                    u"links went from version 2.0.0 to 2.1.0."_s}));
        some.first = true; // nothing to compare with: nothing is called new
        QVERIFY(compose(some).changed.empty());
    }
    void errorsThatNobodyWorksOn()
    {
        auto some = facts();
        some.groups = {group(u"mail"_s, 40, Now - 2 * Hour, Now - Hour), group(u"mail"_s, 2, Now - 3 * Day, Now - Hour),
                       group(u"links"_s, 99, Now - 30 * Day, Now - 20 * Day), // long over
                       group(u"links"_s, 99, Now - Hour, Now - Hour, capture::Group::State::Muted)};
        const auto brief = compose(some);
        QCOMPARE(textsOf(brief.changed), QStringList{u"1 new kind of error in 1 plugin, seen 40 times."_s});
        QCOMPARE(brief.risks.size(), 2u);
        QVERIFY(brief.risks.front().text.contains(u"seen 40 times"_s));
        QCOMPARE(brief.risks.front().link, QString(u"group:"_s + some.groups.front().id.toString()));
        QVERIFY(brief.risks.front().outside);
        QCOMPARE(brief.proposals.size(), 1u); // two sightings are not worth a ticket
        QCOMPARE(brief.proposals.front().request[u"group"].toString(), some.groups.front().id.toString());
        QVERIFY(brief.proposals.front().tainted);
    }
    void whatDependsOnAPluginWeighs()
    {
        auto some = facts();
        some.groups = {group(u"links"_s, 12, Now - 3 * Day, Now - Hour), group(u"mail"_s, 10, Now - 3 * Day, Now - Hour)};
        some.catalog.entries.front().plugin.settings.needs = {u"mail"_s};
        const auto brief = compose(some);
        QVERIFY(brief.risks.front().text.startsWith(u"mail"_s));
        QVERIFY(brief.risks.front().text.contains(u"1 plugin depends on it"_s));
    }
    void failedRunsAndIdleTickets()
    {
        auto some = facts();
        const auto stuck = ticket(u"links"_s, Ticket::State::Accepted, Now - 9 * Day, Now - 3 * Day);
        const auto idle = ticket(u"links"_s, Ticket::State::Accepted, Now - 9 * Day, Now - 3 * Day);
        const auto nobody = ticket(u"mail"_s, Ticket::State::Accepted, Now - 9 * Day, Now - 3 * Day); // its agent has no client
        some.tickets = {stuck, idle, nobody};
        some.runs = {run(stuck, runs::Run::State::Failed, Now - Hour), run(stuck, runs::Run::State::Failed, Now - 2 * Hour)};
        const auto brief = compose(some);
        QVERIFY(textsOf(brief.risks).contains(u"links: the last 2 runs on “It breaks” failed."_s));
        QVERIFY(textsOf(brief.changed).contains(u"2 runs ended: 0 done, 2 failed."_s));
        QCOMPARE(brief.proposals.size(), 1u); // not a third time the same, and not without somebody to do it
        QCOMPARE(brief.proposals.front().request[u"ticket"].toString(), idle.id.toString());
    }
    void upstreamsAndHealth()
    {
        auto some = facts();
        some.drift.resize(2);
        some.drift[0].plugin = u"links"_s;
        some.drift[0].state = sync::SyncState::State::Behind;
        some.drift[0].behind = 3;
        some.drift[1].plugin = u"mail"_s;
        some.drift[1].state = sync::SyncState::State::Diverged;
        some.drift[1].ahead = 1;
        some.drift[1].behind = 2;
        some.then[u"mail"_s].tier = u"good"_s;
        some.health = {{u"mail"_s, u"poor"_s, 2, u"its tests fail."_s, u"Fix them."_s, {}, 0}, {u"links"_s, u"unknown"_s, -1, {}, {}, {}, 0}};
        some.unknown = {u"Tickets: the database is busy"_s};
        const auto brief = compose(some);
        QVERIFY(textsOf(brief.risks).contains(u"mail and its upstream have both changed: 1 commit here, 2 there."_s));
        QVERIFY(textsOf(brief.risks).contains(u"mail is poor: its tests fail."_s));
        QVERIFY(textsOf(brief.risks).contains(u"The health of 1 plugin is not known."_s));
        QVERIFY(textsOf(brief.changed).contains(u"mail moved from good to poor: its tests fail."_s));
        QCOMPARE(brief.proposals.size(), 1u);
        QCOMPARE(brief.proposals.front().plugin, u"links"_s);
        QVERIFY(textOf(brief).contains(u"the database is busy"_s));
    }
    void whatWasAgreedAndNotDoneIsTold()
    {
        auto some = facts();
        some.undone = {{Now - Hour, u"The plugin's agent has no client"_s}, {Now - 3 * Day, u"told before"_s}};
        QCOMPARE(textsOf(compose(some).risks), QStringList{u"What was agreed to was not done: “The plugin's agent has no client”."_s});
    }
    void manyPoorPluginsAreANumber()
    {
        auto some = facts();
        for (int i = 0; i < 40; ++i)
            some.health.push_back({u"p%1"_s.arg(i), u"poor"_s, 2, u"Licence: there is none."_s, u"Add one."_s, u"licence"_s, 55});
        const auto brief = compose(some);
        QCOMPARE(brief.risks.size(), 4u);
        QCOMPARE(brief.risks.back().text, u"37 more plugins are in poor health."_s);
        QCOMPARE(brief.proposals.size(), 3u);
        QCOMPARE(brief.risksLeftOut + brief.proposalsLeftOut, 0);
    }
    void saysHowMuchIsLeftOut()
    {
        auto some = facts();
        for (int i = 0; i < 30; ++i)
            some.groups.push_back(group(u"mail"_s, 100 + i, Now - 3 * Day, Now - Hour, capture::Group::State::Regressed));
        const auto brief = compose(some);
        QCOMPARE(brief.risks.size() + size_t(brief.risksLeftOut), 30u);
        QCOMPARE(brief.proposals.size() + size_t(brief.proposalsLeftOut), 30u);
        QVERIFY(textOf(brief).contains(u"%1 things are left out."_s.arg(brief.risksLeftOut)));
    }
    /// Over facts drawn at random: each claim leads to something that is there, and the document reads back the same.
    void everyClaimHasItsFact()
    {
        QRandomGenerator random(20261123);
        for (int round = 0; round < 200; ++round) {
            auto some = facts();
            const auto ago = [&] { return Now - qint64(random.bounded(20 * 24)) * Hour; };
            for (int i = random.bounded(6); i > 0; --i)
                some.groups.push_back(group(random.bounded(2) ? u"mail"_s : u"links"_s, random.bounded(50), ago(), ago(), capture::Group::State(random.bounded(5))));
            for (int i = random.bounded(6); i > 0; --i) {
                some.tickets.push_back(ticket(random.bounded(2) ? u"mail"_s : u"links"_s, Ticket::State(random.bounded(10)), ago(), ago()));
                some.tickets.back().regressed = random.bounded(3) == 0;
                if (random.bounded(2))
                    some.runs.push_back(run(some.tickets.back(), runs::Run::State(random.bounded(9)), ago()));
            }
            const auto brief = compose(some);
            QStringList links{u"screen:inbox"_s, u"screen:runs"_s, u"screen:review"_s, u"screen:catalog"_s, u"screen:sync"_s};
            for (const auto &one : some.groups)
                links << u"group:"_s + one.id.toString();
            for (const auto &one : some.tickets)
                links << u"ticket:"_s + one.id.toString();
            for (const auto &one : some.catalog.entries)
                links << u"plugin:"_s + one.plugin.id;
            for (const auto &claims : {brief.changed, brief.risks}) {
                for (const auto &claim : claims) {
                    QVERIFY2(links.contains(claim.link), qPrintable(claim.text + u' ' + claim.link));
                    QVERIFY2(claim.text.endsWith(u'.'), qPrintable(claim.text));
                }
            }
            for (const auto &one : brief.proposals)
                QVERIFY2(links.contains(one.link), qPrintable(one.title));
            const auto json = toJson(brief);
            QCOMPARE(toJson(briefFrom(json)), json);
        }
    }
};

COPPICE_TEST(BriefTest)
#include "brief_test.moc"
