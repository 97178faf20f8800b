// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to error groups by itself: rules, snoozes that end by events, drafts; and that all of it can be taken back.
#include "base/clock.h"
#include "capture/group_rules.h"
#include "support/scratch.h"
#include "support/test_main.h"
#include "tickets/drafts.h"
#include "tickets/triage_rules.h"

#include <QJsonArray>
#include <QTest>

namespace coppice::tickets {
std::vector<store::Migration> migrations();
}
namespace coppice::forges {
std::vector<store::Migration> migrations();
}
namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::tickets;
using library::TriageRule;
using State = Ticket::State;
using GroupState = capture::Group::State;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};
const QStringList playbooks{QStringLiteral("debug"), QStringLiteral("fix"), QStringLiteral("triage")};

struct House {
    test::Scratch scratch;
    std::unique_ptr<store::Database> state = open("state");
    std::unique_ptr<store::Database> eventsDb = open("events");
    journal::Journal journal{*state};
    Tickets tickets{*state, journal};
    TriageRules rules{*state, *eventsDb, journal};
    Drafts drafts{*state, journal};
    journal::CommandQueue commands{*state};
    capture::EventStore events{*eventsDb};

    House()
    {
        journal.addProjector(ticketProjector());
        journal.addProjector(capture::groupRuleProjector());
        for (auto &projector : triageProjectors())
            journal.addProjector(std::move(projector));
    }
    std::unique_ptr<store::Database> open(const char *name) const
    {
        auto database = store::Database::open(scratch.path(QLatin1String(name) + QStringLiteral(".db")));
        std::vector<store::Migration> steps;
        for (const auto &room : {journal::migrations(), capture::migrations(), forges::migrations(), tickets::migrations()}) {
            for (const auto &step : room) {
                if (qstrcmp(step.database, name) == 0)
                    steps.push_back(step);
            }
        }
        if (!database || !(*database)->migrate(steps))
            qFatal("no database");
        return std::move(*database);
    }
    static capture::Event event(const QString &type, const QString &release = QStringLiteral("1.0"))
    {
        capture::Event event;
        event.plugin = QStringLiteral("mail");
        event.level = capture::Level::Error;
        event.type = type;
        event.message = QStringLiteral("went wrong after 3 tries");
        event.release = release;
        event.environment = QStringLiteral("production");
        event.tags = {{QStringLiteral("region"), QStringLiteral("eu-1")}, {QStringLiteral("tool"), QStringLiteral("send_mail")}};
        event.frames = {{type, QStringLiteral("/srv/") + type, 3, true}};
        return event;
    }
    QString group(const QString &type, int times = 1, const QString &release = QStringLiteral("1.0"))
    {
        return events.add(std::vector<capture::Event>(size_t(times), event(type, release)))->groups.value(0); // none of what is muted
    }
    QString accepted(const QString &type)
    {
        const auto made = tickets.fromGroup(ann, events, group(type));
        return tickets.move(ann, made->id.toString(), State::Accepted)->id.toString();
    }
    int queued()
    {
        return state->read<int>([](store::Connection &connection) -> Result<int> {
            COPPICE_TRY(const auto count, connection.value(QStringLiteral("SELECT count(*) FROM command WHERE verb = 'run.start'")));
            return count.toInt();
        }).value();
    }
};

QJsonObject good()
{
    return {{QStringLiteral("title"), QStringLiteral("send_mail fails on an empty list")},
            {QStringLiteral("summary"), QStringLiteral("It fails.\nAlways.")},
            {QStringLiteral("owner"), QStringLiteral("plugin")},
            {QStringLiteral("severity"), QStringLiteral("high")},
            {QStringLiteral("suspect"), QStringLiteral("src/send.js:12")},
            {QStringLiteral("cause"), QStringLiteral("The list is not looked at.")},
            {QStringLiteral("reproduce"), QStringLiteral("Send to nobody.")},
            {QStringLiteral("playbook"), QStringLiteral("fix")}};
}

} // namespace

class TriageTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { setClockForTests(0); }

    void conditions_data()
    {
        QTest::addColumn<TriageRule>("rule");
        QTest::addColumn<bool>("holds");
        const auto row = [](const char *name, bool holds, const std::function<void(TriageRule &)> &set) {
            TriageRule rule;
            set(rule);
            QTest::newRow(name) << rule << holds;
        };
        row("plugin", true, [](auto &r) { r.plugins = {QStringLiteral("chat"), QStringLiteral("ma*")}; });
        row("other plugin", false, [](auto &r) { r.plugins = {QStringLiteral("chat"), QStringLiteral("ma")}; });
        row("end of a name", true, [](auto &r) { r.plugins = {QStringLiteral("*il")}; });
        row("middle of a name", true, [](auto &r) { r.types = {QStringLiteral("*meout*")}; });
        row("a dot is a dot", false, [](auto &r) { r.types = {QStringLiteral("Time.utError")}; });
        row("type in other case", true, [](auto &r) { r.types = {QStringLiteral("timeouterror")}; });
        row("level below", true, [](auto &r) { r.level = QStringLiteral("warning"); });
        row("level above", false, [](auto &r) { r.level = QStringLiteral("fatal"); });
        row("message", true, [](auto &r) { r.message = QStringLiteral("after [0-9]+ tries$"); });
        row("other message", false, [](auto &r) { r.message = QStringLiteral("^after"); });
        row("tag", true, [](auto &r) { r.tags = {{QStringLiteral("region"), QStringLiteral("eu-*")}}; });
        row("other tag", false, [](auto &r) { r.tags = {{QStringLiteral("region"), QStringLiteral("us-*")}}; });
        row("no such tag", false, [](auto &r) { r.tags = {{QStringLiteral("zone"), QStringLiteral("*")}}; });
        row("release", true, [](auto &r) { r.releases = {QStringLiteral("1.*")}; });
        row("other release", false, [](auto &r) { r.releases = {QStringLiteral("2.*")}; });
        row("environment", false, [](auto &r) { r.environments = {QStringLiteral("staging")}; });
        row("count", true, [](auto &r) { r.count = 3; });
        row("count to come", false, [](auto &r) { r.count = 4; });
        row("all have to hold", false, [](auto &r) { r.plugins = {QStringLiteral("mail")}; r.count = 4; });
    }
    void conditions()
    {
        QFETCH(TriageRule, rule);
        QFETCH(bool, holds);
        capture::Group group;
        group.plugin = QStringLiteral("mail");
        group.level = capture::Level::Error;
        group.count = 3;
        QCOMPARE(fits(rule, group, House::event(QStringLiteral("TimeoutError"))), holds);
    }

    void theFirstRuleActsOnce()
    {
        House house;
        TriageRule serious, rest;
        serious.name = QStringLiteral("serious");
        serious.types = {QStringLiteral("Data*")};
        serious.accept = true;
        serious.assign = QStringLiteral("bob");
        rest.name = QStringLiteral("rest");
        rest.plugins = {QStringLiteral("mail")};
        rest.mute = true;
        const QString data = house.group(QStringLiteral("DataError"));
        const QString noise = house.group(QStringLiteral("Noise"));
        auto done = house.rules.step(house.events, {serious, rest});
        QVERIFY_RESULT(done);
        QCOMPARE(done->size(), size_t(2));
        const auto ticket = house.tickets.ofGroup(data);
        QVERIFY(ticket->has_value());
        QCOMPARE((*ticket)->state, State::Accepted);
        QCOMPARE((*ticket)->assignee, QStringLiteral("bob"));
        QCOMPARE(house.events.group(noise)->state, GroupState::Muted);
        QVERIFY(!house.tickets.ofGroup(noise)->has_value());

        // Later events, and another start of the engine, change nothing.
        house.group(QStringLiteral("DataError"));
        house.group(QStringLiteral("Noise"));
        QCOMPARE(house.rules.step(house.events, {rest, serious})->size(), size_t(0));
        QCOMPARE(house.rules.actions()->size(), size_t(2));
        QCOMPARE(house.rules.actions(QStringLiteral("rest"))->size(), size_t(1));

        // Who did it stands in the journal.
        bool byRule = false;
        const auto operations = house.journal.recent(20);
        for (const auto &operation : *operations)
            byRule = byRule || operation.actor == Actor{Actor::Kind::Rule, QStringLiteral("serious")};
        QVERIFY(byRule);
    }

    void eachActCanBeTakenBack()
    {
        House house;
        TriageRule snooze, mute;
        snooze.name = QStringLiteral("later");
        snooze.types = {QStringLiteral("Late")};
        snooze.snoozeMs = 1000'000;
        mute.name = QStringLiteral("quiet");
        mute.types = {QStringLiteral("Noise")};
        mute.mute = true;
        const QString late = house.group(QStringLiteral("Late"));
        const QString noise = house.group(QStringLiteral("Noise"));
        QVERIFY_RESULT(house.rules.step(house.events, {snooze, mute}));
        QCOMPARE((*house.tickets.ofGroup(late))->state, State::Snoozed);
        const auto acts = house.rules.actions();
        for (const auto &action : *acts)
            QVERIFY_RESULT(house.rules.undo(ann, house.events, action.id));
        QVERIFY(!house.tickets.ofGroup(late)->has_value()); // as if it had never been
        QCOMPARE(house.events.group(late)->state, GroupState::New);
        QCOMPARE(house.events.group(noise)->state, GroupState::New);
        house.group(QStringLiteral("Late"));
        house.group(QStringLiteral("Noise"));
        QCOMPARE(house.rules.step(house.events, {snooze, mute})->size(), size_t(0)); // not done again
        QCOMPARE(house.rules.undo(ann, house.events, house.rules.actions()->front().id).error().code, QStringLiteral("triage.undone"));
    }

    void aPersonsTicketIsLeftAlone()
    {
        House house;
        TriageRule rule;
        rule.name = QStringLiteral("no");
        rule.plugins = {QStringLiteral("*")};
        rule.decline = QStringLiteral("not ours");
        const QString group = house.group(QStringLiteral("Mine"));
        QVERIFY_RESULT(house.tickets.fromGroup(ann, house.events, group));
        QCOMPARE(house.rules.step(house.events, {rule})->size(), size_t(0));
        QCOMPARE((*house.tickets.ofGroup(group))->state, State::Inbox);
    }

    void aRuleCanBeSwitchedOff()
    {
        House house;
        TriageRule rule;
        rule.name = QStringLiteral("no");
        rule.count = 2;
        rule.decline = QStringLiteral("not ours");
        QVERIFY_RESULT(house.rules.setOn(ann, rule.name, false));
        const QString group = house.group(QStringLiteral("A"), 2);
        QCOMPARE(house.rules.step(house.events, {rule})->size(), size_t(0));
        QVERIFY_RESULT(house.journal.undo(ann, house.journal.recent(1)->front().id.toString())); // on again
        QCOMPARE(house.rules.switchedOff()->size(), 0);
        house.group(QStringLiteral("A"));
        QCOMPARE(house.rules.step(house.events, {rule})->size(), size_t(1));
        const auto ticket = *house.tickets.ofGroup(group);
        QCOMPARE(ticket->state, State::Declined);
        QCOMPARE(ticket->reason, QStringLiteral("not ours"));
    }

    void aCountIsWaitedFor()
    {
        House house;
        TriageRule rule;
        rule.name = QStringLiteral("often");
        rule.count = 5;
        rule.accept = true;
        const QString group = house.group(QStringLiteral("Often"), 3);
        QCOMPARE(house.rules.step(house.events, {rule})->size(), size_t(0));
        house.group(QStringLiteral("Often"), 2);
        QCOMPARE(house.rules.step(house.events, {rule})->size(), size_t(1));
        QCOMPARE((*house.tickets.ofGroup(group))->state, State::Accepted);
    }

    /// An engine that died between writing down and acting: the next one acts, once.
    void whatIsWrittenDownIsCarriedOut()
    {
        House house;
        const QString group = house.group(QStringLiteral("Half"));
        const QJsonObject payload{{QStringLiteral("rule"), QStringLiteral("r")}, {QStringLiteral("group"), group}, {QStringLiteral("acts"), QJsonObject{{QStringLiteral("accept"), true}}}};
        QVERIFY_RESULT(house.journal.append({Actor::Kind::Rule, QStringLiteral("r")}, QStringLiteral("triage:") + Id::make().toString(), QStringLiteral("act"), payload));
        QVERIFY_RESULT(house.rules.step(house.events, {}));
        QCOMPARE((*house.tickets.ofGroup(group))->state, State::Accepted);
        const auto count = house.journal.recent(100)->size();
        QVERIFY_RESULT(house.rules.step(house.events, {}));
        QCOMPARE(house.journal.recent(100)->size(), count);
        // A second one for the same group cannot even be written.
        QVERIFY(!house.journal.append({Actor::Kind::Rule, QStringLiteral("q")}, QStringLiteral("triage:") + Id::make().toString(), QStringLiteral("act"), payload));
    }

    void snoozesEndByEvents()
    {
        House house;
        const QString group = house.group(QStringLiteral("Sleepy"), 2);
        const QString id = house.tickets.fromGroup(ann, house.events, group)->id.toString();
        QVERIFY_RESULT(house.tickets.snooze(ann, house.events, id, {0, 3, false}));
        QCOMPARE(house.tickets.get(id)->state, State::Snoozed);
        house.group(QStringLiteral("Sleepy"), 2);
        QCOMPARE(house.tickets.wake(house.events)->size(), 0);
        house.group(QStringLiteral("Sleepy"), 1);
        QCOMPARE(house.tickets.wake(house.events)->size(), 1);
        QCOMPARE(house.tickets.get(id)->state, State::Inbox);
        QVERIFY(house.tickets.get(id)->reason.contains(QStringLiteral("3 more events")));

        QVERIFY_RESULT(house.tickets.snooze(ann, house.events, id, {0, 0, true}));
        house.group(QStringLiteral("Sleepy"), 50);
        QCOMPARE(house.tickets.wake(house.events)->size(), 0);
        house.group(QStringLiteral("Sleepy"), 1, QStringLiteral("2.0"));
        QCOMPARE(house.tickets.wake(house.events)->size(), 1);
        QVERIFY(house.tickets.get(id)->reason.contains(QStringLiteral("2.0")));

        // The first of several ends: here the time.
        QVERIFY_RESULT(house.tickets.snooze(ann, house.events, id, {nowMs() + 1000, 100, true}));
        setClockForTests(nowMs() + 2000);
        QCOMPARE(house.tickets.get(id)->state, State::Inbox);

        const QString plain = house.tickets.create(ann, QStringLiteral("mail"), QStringLiteral("no group"))->id.toString();
        QCOMPARE(house.tickets.snooze(ann, house.events, plain, {0, 3, false}).error().kind, ErrorKind::Usage);
    }

    void draftsAreAskedForOnce()
    {
        House house;
        library::TriagePolicy policy;
        const QString first = house.accepted(QStringLiteral("One"));
        QCOMPARE(house.drafts.ask(policy, house.commands)->size(), 0); // nobody said so
        policy.draftAccepted = true;
        policy.draftsPerDay = 2;
        QCOMPARE(*house.drafts.ask(policy, house.commands), QStringList{first});
        QCOMPARE(house.drafts.ask(policy, house.commands)->size(), 0);
        QCOMPARE(house.queued(), 1);
        house.accepted(QStringLiteral("Two"));
        house.accepted(QStringLiteral("Three"));
        QCOMPARE(house.drafts.ask(policy, house.commands)->size(), 1); // the day's budget
        QCOMPARE(house.queued(), 2);
        setClockForTests(nowMs() + 25 * 3600'000LL);
        QCOMPARE(house.drafts.ask(policy, house.commands)->size(), 1);
        QCOMPARE(house.queued(), 3);

        // An engine that died between queueing and writing down does not queue again.
        const QString fourth = house.accepted(QStringLiteral("Four"));
        QVERIFY_RESULT(house.drafts.want(fourth));
        QVERIFY_RESULT(house.commands.enqueue(Actor::engine(), QStringLiteral("run.start"), {{QStringLiteral("ticket"), fourth}, {QStringLiteral("draft"), true}}));
        QVERIFY_RESULT(house.drafts.ask(policy, house.commands));
        QCOMPARE(house.queued(), 4);
    }

    void aDraftIsGuessesBesideFacts()
    {
        House house;
        const QString id = house.accepted(QStringLiteral("One"));
        const auto before = *house.tickets.get(id);
        QJsonObject outputs = good();
        // What a draft has no word for is left out, whatever it is called.
        for (const char *key : {"facts", "count", "project", "labels", "links", "assignee", "remote", "state", "plugin", "groups", "run", "commit"})
            outputs[QLatin1String(key)] = QStringLiteral("mine");
        outputs[QStringLiteral("cause")] = QStringLiteral("The key sk-ant-api03-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA is used.\x1b[31m");
        const auto taken = house.drafts.take(QStringLiteral("01RUN"), id, outputs, {{QStringLiteral("list_mail")}, {QStringLiteral("chat")}}, playbooks, house.events);
        QVERIFY_RESULT(taken);
        QVERIFY(*taken);
        const auto now = *house.tickets.get(id);
        QCOMPARE(now.guesses[u"playbook"].toString(), QStringLiteral("fix"));
        QCOMPARE(now.guesses[u"suspect"].toString(), QStringLiteral("src/send.js:12"));
        QVERIFY(!now.guesses[u"cause"].toString().contains(QStringLiteral("sk-ant")));
        QVERIFY(!now.guesses[u"cause"].toString().contains(QChar(0x1b)));
        QCOMPARE(now.facts[u"dependents"].toArray(), QJsonArray{QStringLiteral("chat")});
        QCOMPARE(now.facts[u"tools"].toArray(), (QJsonArray{QStringLiteral("list_mail"), QStringLiteral("send_mail")}));
        QCOMPARE(now.facts[u"count"].toInt(), 1);
        QCOMPARE(now.title, before.title);
        QCOMPARE(now.state, before.state);
        QCOMPARE(now.assignee, before.assignee);
        QCOMPARE(now.plugin, before.plugin);
        QCOMPARE(now.groups, before.groups);
        QCOMPARE(now.remote, before.remote);
        QVERIFY(!now.guesses.contains(u"project") && !now.guesses.contains(u"links") && !now.guesses.contains(u"labels"));
        QVERIFY(now.tainted);
        QCOMPARE(house.drafts.of(id)->state, QStringLiteral("drafted"));
        // The same run again changes nothing; and it can be taken back.
        QVERIFY(!*house.drafts.take(QStringLiteral("01RUN"), id, good(), {}, playbooks, house.events));
        QVERIFY_RESULT(house.journal.undo(ann, house.journal.recent(1)->front().id.toString()));
        QVERIFY(house.tickets.get(id)->guesses.isEmpty());
    }

    void aDraftThatIsNoneIsRefused_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QJsonValue>("value");
        const auto row = [](const char *name, const char *key, const QJsonValue &value) { QTest::newRow(name) << QString::fromLatin1(key) << value; };
        row("no such owner", "owner", QStringLiteral("somebody"));
        row("no such severity", "severity", QStringLiteral("apocalyptic"));
        row("a number", "title", 7);
        row("no title", "title", QString());
        row("long title", "title", QString(201, u'x'));
        row("two lines of title", "title", QStringLiteral("a\nb"));
        row("no playbook of ours", "playbook", QStringLiteral("deploy-everything"));
        row("a path", "playbook", QStringLiteral("../../x"));
        row("suspect outside", "suspect", QStringLiteral("/etc/passwd:1"));
        row("suspect above", "suspect", QStringLiteral("src/../../x.js:1"));
        row("suspect without line", "suspect", QStringLiteral("src/a.js"));
        row("suspect with more", "suspect", QStringLiteral("src/a.js:1\nhttp://x"));
        row("long cause", "cause", QString(4001, u'x'));
        row("missing", "severity", QJsonValue(QJsonValue::Undefined));
    }
    void aDraftThatIsNoneIsRefused()
    {
        QFETCH(QString, key);
        QFETCH(QJsonValue, value);
        House house;
        const QString id = house.accepted(QStringLiteral("One"));
        QJsonObject outputs = good();
        if (value.isUndefined())
            outputs.remove(key);
        else
            outputs[key] = value;
        QVERIFY(!draftFrom(outputs, playbooks));
        const auto operations = house.journal.recent(100)->size();
        QVERIFY(!*house.drafts.take(QStringLiteral("01RUN"), id, outputs, {}, playbooks, house.events));
        QCOMPARE(house.journal.recent(100)->size(), operations); // nothing was changed
        QCOMPARE(house.drafts.of(id)->state, QStringLiteral("refused"));
        QVERIFY(!house.drafts.of(id)->problem.isEmpty());
        QVERIFY(draftFrom(good(), playbooks));
    }

    void searchesAreKept()
    {
        House house;
        SavedSearches searches(*house.state, house.journal);
        QVERIFY_RESULT(searches.save(ann, QStringLiteral("mine"), QStringLiteral("assignee:ann")));
        QVERIFY_RESULT(searches.save(ann, QStringLiteral("mine"), QStringLiteral("assignee:ann state:inbox")));
        QCOMPARE(searches.list()->size(), size_t(1));
        QVERIFY_RESULT(house.journal.undo(ann, house.journal.recent(1)->front().id.toString()));
        QCOMPARE(searches.list()->front().query, QStringLiteral("assignee:ann"));
        QVERIFY_RESULT(searches.remove(ann, QStringLiteral("mine")));
        QCOMPARE(searches.list()->size(), size_t(0));
        QCOMPARE(searches.remove(ann, QStringLiteral("mine")).error().kind, ErrorKind::NotFound);
    }
};

COPPICE_TEST(TriageTest)
#include "triage_test.moc"
