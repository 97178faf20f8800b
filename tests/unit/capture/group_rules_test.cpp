// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "capture/group_rules.h"
#include "capture/store.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QTest>

namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::capture;
using What = GroupRule::By::What;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};

/// Databases and journal of a library, without a library.
struct House {
    test::Scratch scratch;
    std::unique_ptr<store::Database> state = open("state");
    std::unique_ptr<store::Database> events = open("events");
    journal::Journal journal{*state};
    EventStore store{*events};
    GroupRules rules{*state, *events, journal};

    House() { journal.addProjector(groupRuleProjector()); }
    std::unique_ptr<store::Database> open(const char *name) const
    {
        auto database = store::Database::open(scratch.path(QString::fromLatin1(name) + QStringLiteral(".db")));
        if (!database)
            qFatal("%s", qPrintable(database.error().message()));
        std::vector<store::Migration> steps;
        for (const auto &room : {journal::migrations(), capture::migrations()}) {
            for (const auto &step : room) {
                if (qstrcmp(step.database, name) == 0)
                    steps.push_back(step);
            }
        }
        if (const auto done = (*database)->migrate(steps); !done)
            qFatal("%s", qPrintable(done.error().message()));
        return std::move(*database);
    }
    /// Stores one event and answers the group it is filed in.
    QString add(const QString &message, const QString &tenant = {}, const QString &release = {})
    {
        Event event;
        event.plugin = QStringLiteral("mail");
        event.level = Level::Error;
        event.message = message;
        event.release = release;
        if (!tenant.isEmpty())
            event.tags[QStringLiteral("tenant")] = tenant;
        const QString sender = Id::make().toString();
        event.senderId = sender;
        if (const auto added = store.add({event}); !added || added->events != 1)
            qFatal("not added: %s", added ? "known" : qPrintable(added.error().message()));
        return groupOf(sender);
    }
    QString groupOf(const QString &sender)
    {
        const auto groups = store.groups();
        for (const auto &group : *groups) {
            const auto stored = store.eventsOf(group.id.toString(), 1000);
            for (const auto &event : *stored) {
                if (event.senderId == sender)
                    return group.id.toString();
            }
        }
        return {};
    }
    qint64 countOf(const QString &group) { return store.group(group)->count; }
    size_t shown() { return store.groups()->size(); }
};

} // namespace

class GroupRulesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void mergeHoldsForFutureEventsAndIsUndone()
    {
        House house;
        const QString disk = house.add(QStringLiteral("disk full"));
        const QString quota = house.add(QStringLiteral("quota exceeded"));
        house.add(QStringLiteral("quota exceeded"));
        QVERIFY(disk != quota);
        const auto rule = house.rules.merge(ann, disk, {quota});
        QVERIFY2(rule, qPrintable(rule ? QString() : rule.error().message()));
        QCOMPARE(house.countOf(disk), 3);
        QCOMPARE(house.shown(), 1u);
        QCOMPARE(house.add(QStringLiteral("quota exceeded")), disk);
        QCOMPARE(house.countOf(disk), 4);
        QVERIFY(house.journal.undo(ann, rule->operation));
        QVERIFY(house.rules.apply());
        QCOMPARE(house.countOf(disk), 1);
        QCOMPARE(house.countOf(quota), 3); // the one that came while they were one, too
        QCOMPARE(house.add(QStringLiteral("quota exceeded")), quota);
        // done again, and taken back by its newest operation
        const auto back = house.journal.recent(1);
        QVERIFY(house.journal.undo(ann, back->front().id.toString()));
        QVERIFY(house.rules.apply());
        QCOMPARE(house.countOf(disk), 5);
        const auto standing = house.rules.rules(disk);
        QCOMPARE(standing->size(), 1u);
        QVERIFY(house.journal.undo(ann, standing->front().operation));
        QVERIFY(house.rules.apply());
        QCOMPARE(house.countOf(quota), 4);
        QVERIFY(house.rules.rules()->empty());
    }
    void splitByTagHoldsAndFollowsAMerge()
    {
        House house;
        const QString group = house.add(QStringLiteral("upload failed"), QStringLiteral("acme"));
        house.add(QStringLiteral("upload failed"), QStringLiteral("other"));
        const auto rule = house.rules.split(ann, group, {What::Tag, QStringLiteral("tenant"), {QStringLiteral("acme")}});
        QVERIFY2(rule, qPrintable(rule ? QString() : rule.error().message()));
        QCOMPARE(house.countOf(group), 1);
        QCOMPARE(house.countOf(rule->made), 1);
        QCOMPARE(house.add(QStringLiteral("upload failed"), QStringLiteral("acme")), rule->made);
        QCOMPARE(house.add(QStringLiteral("upload failed"), QStringLiteral("third")), group);
        const auto made = house.store.group(rule->made);
        QCOMPARE(made->title, QStringLiteral("upload failed"));
        QVERIFY(made->why.contains(QStringLiteral("tag tenant is acme")));
        // what is merged later goes through the later rule only
        const QString other = house.add(QStringLiteral("sync lost"), QStringLiteral("acme"));
        QVERIFY(house.rules.merge(ann, group, {other}));
        QCOMPARE(house.add(QStringLiteral("sync lost"), QStringLiteral("acme")), group);
        QVERIFY(house.journal.undo(ann, rule->operation));
        QVERIFY(house.rules.apply());
        QCOMPARE(house.countOf(rule->made), 0);
        QCOMPARE(house.countOf(group), 6);
    }
    void splitByTheFormOfAMessage()
    {
        House house;
        GroupRule::By by{What::Form, {}, {}};
        const QString group = house.add(QStringLiteral("job mail of ann failed today at last"));
        QCOMPARE(house.add(QStringLiteral("job mail of bob failed today at last")), group);
        Event example;
        example.message = QStringLiteral("job mail of bob failed today at last");
        by.values << formOf(example);
        const auto rule = house.rules.split(ann, group, by);
        QVERIFY(rule);
        QCOMPARE(house.add(example.message), rule->made);
        QCOMPARE(house.add(QStringLiteral("job mail of ann failed today at last")), group);
        // all of it, or none of it, is no split
        QVERIFY(!house.rules.split(ann, group, {What::Message, {}, {QStringLiteral("job")}}));
        QVERIFY(!house.rules.split(ann, group, {What::Release, {}, {QStringLiteral("9")}}));
    }
    void muteByCountEndsByItself()
    {
        House house;
        const QString group = house.add(QStringLiteral("too loud"));
        const auto rule = house.rules.mute(ann, group, {}, 0, 2);
        QVERIFY(rule);
        QCOMPARE(house.store.group(group)->state, Group::State::Muted);
        const auto cursor = house.store.after(0, 100)->cursor;
        house.add(QStringLiteral("too loud"));
        house.add(QStringLiteral("too loud"));
        QVERIFY(house.store.after(cursor, 100)->events.empty());
        QCOMPARE(house.store.group(group)->state, Group::State::Muted);
        house.add(QStringLiteral("too loud")); // one more than was asked for
        QCOMPARE(house.store.group(group)->state, Group::State::New);
        QCOMPARE(house.store.after(cursor, 100)->events.size(), 1u);
        QCOMPARE(house.countOf(group), 4);
    }
    void muteByTagLeavesTheRest()
    {
        House house;
        const QString group = house.add(QStringLiteral("slow answer"), QStringLiteral("a"));
        QVERIFY(house.rules.mute(ann, group, {What::Tag, QStringLiteral("tenant"), {QStringLiteral("b")}}, 0, 0));
        const auto cursor = house.store.after(0, 100)->cursor;
        house.add(QStringLiteral("slow answer"), QStringLiteral("b"));
        QVERIFY(house.store.after(cursor, 100)->events.empty());
        house.add(QStringLiteral("slow answer"), QStringLiteral("a"));
        QCOMPARE(house.store.after(cursor, 100)->events.size(), 1u);
        QCOMPARE(house.store.group(group)->state, Group::State::New);
        QCOMPARE(*house.rules.unmute(ann, group), 1);
        house.add(QStringLiteral("slow answer"), QStringLiteral("b"));
        QCOMPARE(house.store.after(cursor, 100)->events.size(), 2u);
    }
    void muteUntilATimeAndBack()
    {
        House house;
        const QString group = house.add(QStringLiteral("night job failed"));
        QVERIFY(!house.rules.mute(ann, group, {}, nowMs() - 1000, 0));
        QVERIFY(house.store.setState(group, Group::State::Ticketed));
        QVERIFY(house.rules.mute(ann, group, {}, nowMs() + 3'600'000, 0));
        QCOMPARE(house.store.group(group)->state, Group::State::Muted);
        QCOMPARE(*house.rules.unmute(ann, group), 1);
        QCOMPARE(house.store.group(group)->state, Group::State::Ticketed);
    }
    void aSecondProcessMakesUpForOneThatDied()
    {
        House house;
        const QString disk = house.add(QStringLiteral("disk full"));
        const QString quota = house.add(QStringLiteral("quota exceeded"));
        // the operation is there, and nothing of it is carried out
        GroupRule rule;
        rule.id = Id::make().toString();
        rule.plugin = QStringLiteral("mail");
        rule.group = disk;
        rule.groups = {quota};
        QVERIFY(house.journal.append(ann, QStringLiteral("group:") + disk, QStringLiteral("merge"), toJson(rule)));
        QCOMPARE(house.countOf(disk), 1);
        GroupRules other(*house.state, *house.events, house.journal);
        QVERIFY(other.apply());
        QCOMPARE(house.countOf(disk), 2);
    }
};
COPPICE_TEST(GroupRulesTest)
#include "group_rules_test.moc"
