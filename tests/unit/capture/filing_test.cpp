// SPDX-License-Identifier: GPL-3.0-or-later
// Filing that remembers against filing that reads everything anew for each event: the same groups, whoever else writes in between.
#include "capture/event_json.h"
#include "capture/filing.h"
#include "capture/group_rules.h"
#include "capture/retention.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::capture;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};

struct House {
    test::Scratch scratch;
    std::unique_ptr<store::Database> state = open(QStringLiteral("state"));
    std::unique_ptr<store::Database> events = open(QStringLiteral("events"));
    journal::Journal journal{*state};
    GroupRules rules{*state, *events, journal};
    EventStore store{*events};

    House() { journal.addProjector(groupRuleProjector()); }
    [[nodiscard]] std::unique_ptr<store::Database> open(const QString &name) const
    {
        auto database = store::Database::open(scratch.path(name + QStringLiteral(".db")));
        if (!database)
            qFatal("%s", qPrintable(database.error().message()));
        for (const auto &room : {journal::migrations(), capture::migrations()}) {
            if (const auto done = (*database)->migrate(room); !done)
                qFatal("%s", qPrintable(done.error().message()));
        }
        return std::move(*database);
    }
    /// All that a group's row says, and whose events it holds, by the fingerprint's first event.
    [[nodiscard]] QStringList told()
    {
        QStringList all;
        const auto groups = store.groups();
        for (const auto &group : *groups) {
            QStringList ids;
            const auto stored = store.eventsOf(group.id.toString(), 10'000);
            for (const auto &event : *stored)
                ids << event.senderId + u'/' + event.messageTemplate;
            all << QStringLiteral("%1|%2|%3|%4|%5|%6|%7|%8|%9").arg(group.plugin, group.title, group.why).arg(int(group.level)).arg(group.count)
                       .arg(group.first).arg(group.last).arg(group.releases.join(u','), nameOf(group.state)) + u'|' + ids.join(u' ');
        }
        all.sort();
        return all;
    }
};

Event error(int number, QRandomGenerator &random)
{
    Event event;
    event.plugin = random.bounded(3) ? QStringLiteral("mail") : QStringLiteral("files");
    event.level = random.bounded(8) ? Level::Error : random.bounded(2) ? Level::Fatal : Level::Info;
    event.senderId = QStringLiteral("s%1").arg(random.bounded(6) ? number : random.bounded(number + 1)); // some come again
    event.received = 1'000'000 + number;
    event.at = random.bounded(3) ? 500'000 + qint64(random.bounded(10'000)) : 0;
    event.release = QStringLiteral("1.%1").arg(random.bounded(4));
    event.source = random.bounded(2) ? QStringLiteral("sentry") : QStringLiteral("otlp");
    if (random.bounded(4) == 0)
        event.twin = "twin" + QByteArray::number(random.bounded(30));
    event.tags[QStringLiteral("tenant")] = QStringLiteral("t%1").arg(random.bounded(3));
    const int site = random.bounded(4);
    event.message = QStringLiteral("could not %1 message %2 of %3").arg(site % 2 ? QStringLiteral("send") : QStringLiteral("open")).arg(number).arg(random.bounded(9));
    if (random.bounded(2)) {
        event.type = QStringLiteral("IOError");
        event.frames = {{QStringLiteral("step%1").arg(site), QStringLiteral("/srv/app/part.js"), 10 + site}, {QStringLiteral("main"), QStringLiteral("/srv/app/main.js"), 4}};
    }
    return event;
}

} // namespace

class FilingTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rememberingChangesNothing()
    {
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED")) : QRandomGenerator::global()->generate() % 1'000'000;
        qInfo("COPPICE_SEED=%u", seed);
        QRandomGenerator random(seed);
        House kept, anew;
        const auto other = kept.open(QStringLiteral("events")); // another process
        Filing filing(*kept.events);
        int number = 0;
        for (int round = 0; round < 24; ++round) {
            std::vector<Event> batch;
            for (int i = random.bounded(9); i >= 0; --i)
                batch.push_back(error(++number, random));
            for (const auto &event : batch)
                QVERIFY_RESULT(anew.store.add({event}));
            QVERIFY_RESULT(filing.add(batch));
            // Somebody else does the same to both.
            const int deed = random.bounded(6);
            const auto groups = kept.store.groups().value();
            if (groups.empty() || deed > 3)
                continue;
            const auto &one = groups[size_t(random.bounded(int(groups.size())))];
            const auto twin = groupLike(anew, one);
            QVERIFY(!twin.isEmpty());
            if (deed == 0) {
                QVERIFY_RESULT(EventStore(*other).setState(one.id.toString(), Group::State::Resolved));
                QVERIFY_RESULT(anew.store.setState(twin, Group::State::Resolved));
            } else if (deed == 1) {
                QVERIFY_RESULT(kept.store.setState(one.id.toString(), Group::State::Resolved));
                QVERIFY_RESULT(anew.store.setState(twin, Group::State::Resolved));
            } else if (deed == 2) {
                const GroupRule::By by{GroupRule::By::What::Tag, QStringLiteral("tenant"), {QStringLiteral("t1")}};
                QVERIFY_RESULT(kept.rules.mute(ann, one.id.toString(), by, 0, 5));
                QVERIFY_RESULT(anew.rules.mute(ann, twin, by, 0, 5));
            } else {
                const auto into = std::find_if(groups.begin(), groups.end(), [&](const Group &each) { return each.plugin == one.plugin && each.id != one.id; });
                if (into == groups.end())
                    continue;
                const QString also = groupLike(anew, *into);
                QVERIFY_RESULT(kept.rules.merge(ann, into->id.toString(), {one.id.toString()}));
                QVERIFY_RESULT(anew.rules.merge(ann, also, {twin}));
            }
        }
        QCOMPARE(kept.told(), anew.told());
        QVERIFY(filing.forgotten() > 3); // else nobody wrote in between
        QVERIFY(filing.forgotten() < 24);
    }
    void whatFailedIsNotRemembered()
    {
        House house;
        Filing filing(*house.events);
        QRandomGenerator random(7);
        std::vector<Event> good{error(1, random), error(2, random)};
        for (auto &event : good)
            event.level = Level::Error;
        good[0].senderId = QStringLiteral("a");
        good[1].senderId = QStringLiteral("b");
        std::vector<Event> bad = good;
        bad.push_back(good[0]);
        bad.back().senderId = QStringLiteral("c");
        bad.back().plugin.clear(); // refused, after the others were looked at
        bad.back().id = {};
        QVERIFY(!filing.add(bad));
        QVERIFY(house.told().isEmpty());
        // an id that is there already breaks the insert of the second one
        QVERIFY_RESULT(filing.add(std::span(good).first(1)));
        std::vector<Event> clash{good[1], good[1]};
        clash[1].senderId = QStringLiteral("d");
        clash[0].id = clash[1].id = Id::make();
        QVERIFY(!filing.add(clash));
        QVERIFY_RESULT(filing.add(std::span(good).last(1)));
        qint64 count = 0;
        const auto groups = house.store.groups().value();
        for (const auto &group : groups) {
            QCOMPARE(group.count, qint64(house.store.eventsOf(group.id.toString())->size()));
            count += group.count;
        }
        QCOMPARE(count, 2);
    }
    void nothingIsReadAnewWithoutNeed()
    {
        House house;
        Filing filing(*house.events);
        QRandomGenerator random(11);
        for (int i = 0; i < 20; ++i) {
            std::vector<Event> one{error(i, random)};
            QVERIFY_RESULT(filing.add(one));
        }
        QCOMPARE(filing.forgotten(), 0);
        QVERIFY_RESULT(house.store.setState(house.store.groups()->front().id.toString(), Group::State::Resolved));
        std::vector<Event> one{error(100, random)};
        one.front().level = Level::Error;
        QVERIFY_RESULT(filing.add(one));
        QCOMPARE(filing.forgotten(), 1);
    }
    void anEventAsJsonAndBack()
    {
        Event event;
        event.id = Id::make();
        event.senderId = QStringLiteral("x");
        event.plugin = QStringLiteral("mail");
        event.received = 5;
        event.at = 1'795'303'774'934;
        event.level = Level::Fatal;
        event.type = QStringLiteral("T\"y\\pe");
        event.message = QString::fromUtf8("line\nä € 𝄞 \t\r") + QChar(1) + QChar(0x7f);
        event.messageTemplate = QStringLiteral("line");
        event.frames = {{QStringLiteral("f"), QStringLiteral("a/b"), 3, false, 9, QStringLiteral("x = \"1\"")}, {}};
        event.causes = {{QStringLiteral("A"), QStringLiteral("b")}, {}};
        event.trace = QStringLiteral("1\n2");
        event.tags = {{QStringLiteral("k\""), QStringLiteral("v")}, {QStringLiteral("z"), {}}};
        event.identity = QByteArray("\0\xff", 2);
        event.twin = "t";
        event.record = 12;
        event.scrubbed = 3;
        const auto same = [](const Event &a, const Event &b) {
            const auto frame = [](const Frame &x, const Frame &y) { return x.function == y.function && x.file == y.file && x.line == y.line && x.inApp == y.inApp && x.column == y.column && x.code == y.code; };
            const auto cause = [](const Cause &x, const Cause &y) { return x.type == y.type && x.message == y.message; };
            return std::ranges::equal(a.frames, b.frames, frame) && std::ranges::equal(a.causes, b.causes, cause) && a.trace == b.trace && a.tags == b.tags;
        };
        const QByteArray text = eventJson(event);
        QVERIFY(!text.contains('\n'));
        QJsonParseError problem;
        const Event back = eventFrom(QJsonDocument::fromJson(text, &problem).object());
        QVERIFY2(problem.error == QJsonParseError::NoError, text.constData());
        QVERIFY(same(event, back));
        QCOMPARE(back.id.toString(), event.id.toString());
        QCOMPARE(back.message, event.message);
        QCOMPARE(back.type, event.type);
        QCOMPARE(back.at, event.at);
        QCOMPARE(int(back.level), int(event.level));
        QCOMPARE(back.identity, event.identity);
        QCOMPARE(back.twin, event.twin);
        QCOMPARE(back.record, event.record);
        QCOMPARE(back.scrubbed, event.scrubbed);
        Event body;
        readBody(QJsonDocument::fromJson(bodyJson(event)).object(), body);
        QVERIFY(same(event, body));
        // half a pair is no character
        event.message = QStringLiteral("a") + QChar(0xD834) + QStringLiteral("b");
        QCOMPARE(eventFrom(QJsonDocument::fromJson(eventJson(event)).object()).message, QStringLiteral("a\uFFFDb"));
        // nothing in it
        QVERIFY(eventFrom(QJsonDocument::fromJson(eventJson({})).object()).frames.empty());
    }

private:
    /// The group of the other house that holds the same first event.
    static QString groupLike(House &house, const Group &group)
    {
        const auto groups = house.store.groups(group.plugin).value();
        for (const auto &each : groups) {
            if (each.title == group.title && each.fingerprint == group.fingerprint)
                return each.id.toString();
        }
        return {};
    }
};

COPPICE_TEST(FilingTest)
#include "filing_test.moc"
