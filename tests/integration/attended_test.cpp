// SPDX-License-Identifier: GPL-3.0-or-later
// Runs and people: questions and answers, taking over, playing back, and the queue held by hand.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <csignal>
#include <sys/wait.h>

using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

const QByteArray asking = R"(version: 1
needs_ticket: false
steps:
  - id: look
    kind: command
    run: printf 'where=north\nhow=50%% "quoted"\n' > "$COPPICE_OUTPUTS"
    outputs: [where, how]
  - id: may
    kind: approve
    ask: Shall {{plugin.name}} go {{outputs.look.where}}?
    options: [go, turn back]
  - id: change
    kind: command
    run: printf '%s %s %s' "$COPPICE_OUT_LOOK_WHERE" "$COPPICE_OUT_LOOK_HOW" "$COPPICE_OUT_MAY_ANSWER" > way.txt
)";

/// A library with two plugins and a playbook that asks.
class House
{
public:
    House() : bare(QStringLiteral(COPPICECTL), scratch.path(u"home"_s)), ctl(bare)
    {
        library = scratch.repository(u"library"_s,
                                     {{u"plugins/a/a.txt"_s, "one\n"},
                                      {u"plugins/b/b.txt"_s, "one\n"},
                                      {u"templates/playbooks/ask/SKILL.md"_s, "---\nname: ask\ndescription: Asks.\n---\nAsk.\n"},
                                      {u"templates/playbooks/ask/workflow.yaml"_s, asking}});
        ctl = bare.on(library);
        const auto adopted = bare({u"init"_s, u"--adopt"_s, library});
        if (adopted.exit != 0)
            qFatal("init --adopt: %s", adopted.err.constData());
    }
    [[nodiscard]] Ctl::Answer ask() const { return ctl(words("run start --plugin a --playbook ask --client exec --command true --wait")); }
    [[nodiscard]] Ctl::Answer exec(const QString &command, const char *plugin = "a") const
    {
        return ctl(QStringList{u"run"_s, u"start"_s, u"--plugin"_s, QLatin1String(plugin), u"--playbook"_s, u"document"_s, u"--client"_s,
                               u"exec"_s, u"--wait"_s, u"--command"_s, command});
    }
    [[nodiscard]] QJsonArray runs() const { return ctl(words("run list")).json[u"runs"].toArray(); }
    [[nodiscard]] QString stateOf(const QString &run) const { return ctl({u"run"_s, u"show"_s, run}).json[u"state"].toString(); }
    /// The file that the patch of a run leaves in the plugin.
    [[nodiscard]] QByteArray applied(const Ctl::Answer &run, const QString &path) const
    {
        const QString review = run.json[u"review"].toString();
        if (ctl({u"review"_s, u"accept"_s, review, u"--all"_s}).exit != 0 || ctl({u"review"_s, u"apply"_s, review}).exit != 0)
            return "not applied";
        return scratch.git(library, {u"show"_s, u"HEAD:"_s + path});
    }

    Scratch scratch;
    Ctl bare;
    Ctl ctl;
    QString library;
};

} // namespace

class AttendedTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRunAsksAndGoesOnWithTheAnswer()
    {
        const House house;
        const auto waits = house.ask();
        QCOMPARE_EXIT(waits, 4);
        QCOMPARE(waits.json[u"state"].toString(), u"waiting"_s);
        const auto needs = waits.json[u"needs"].toArray();
        QCOMPARE(needs[0][u"kind"].toString(), u"approval"_s);
        const auto open = house.ctl(words("approvals list")).json[u"approvals"].toArray();
        QCOMPARE(open.size(), 1);
        QCOMPARE(open[0][u"title"].toString(), u"Shall a go north?"_s);
        QCOMPARE(open[0][u"options"].toArray(), (QJsonArray{u"go"_s, u"turn back"_s}));
        const QString question = open[0][u"id"].toString();
        QCOMPARE(needs[0][u"approval"].toString(), question);
        // Not by resuming, not with another word.
        QCOMPARE_EXIT(house.ctl({u"run"_s, u"resume"_s, waits.json[u"id"].toString()}), 2);
        QCOMPARE_EXIT(house.ctl({u"approvals"_s, u"answer"_s, question, u"maybe"_s}), 2);
        QCOMPARE_EXIT(house.ctl({u"approvals"_s, u"answer"_s, question, u"go"_s}), 0);
        QCOMPARE_EXIT(house.ctl({u"approvals"_s, u"answer"_s, question, u"turn back"_s}), 1);
        const auto done = house.ctl({u"run"_s, u"resume"_s, waits.json[u"id"].toString(), u"--wait"_s});
        QCOMPARE_EXIT(done, 0);
        QCOMPARE(house.applied(done, u"plugins/a/way.txt"_s), QByteArray("north 50% \"quoted\" go"));
        QVERIFY(house.ctl(words("approvals list")).json[u"approvals"].toArray().isEmpty());
    }

    void aRefusalEndsIt()
    {
        const House house;
        const auto waits = house.ask();
        QCOMPARE_EXIT(waits, 4);
        QCOMPARE_EXIT(house.ctl({u"approvals"_s, u"answer"_s, waits.json[u"approval"].toString(), u"turn back"_s, u"--message"_s,
                                 u"storms ahead"_s}), 0);
        const auto done = house.ctl({u"run"_s, u"resume"_s, waits.json[u"id"].toString(), u"--wait"_s});
        QCOMPARE_EXIT(done, 1);
        QVERIFY(done.json[u"reason"].toString().contains(u"storms ahead"_s));
        QVERIFY(done.json[u"review"].isNull());
        QVERIFY(house.ctl(words("approvals list")).json[u"approvals"].toArray().isEmpty()); // not asked again
    }

    void aCancelledRunAsksNoLonger()
    {
        const House house;
        const auto waits = house.ask();
        QCOMPARE_EXIT(waits, 4);
        QCOMPARE_EXIT(house.ctl({u"run"_s, u"cancel"_s, waits.json[u"id"].toString()}), 0);
        QVERIFY(house.ctl(words("approvals list")).json[u"approvals"].toArray().isEmpty());
        QCOMPARE_EXIT(house.ctl({u"approvals"_s, u"answer"_s, waits.json[u"approval"].toString(), u"go"_s}), 1);
    }

    void theNextEngineGoesOnByItself()
    {
        const House house;
        const auto waits = house.ask();
        QCOMPARE_EXIT(waits, 4);
        QCOMPARE_EXIT(house.ctl({u"approvals"_s, u"answer"_s, waits.json[u"approval"].toString(), u"go"_s}), 0);
        const pid_t engine = pid_t(house.ctl.start({u"serve"_s}));
        QTRY_COMPARE_WITH_TIMEOUT(house.stateOf(waits.json[u"id"].toString()), u"done"_s, 60'000);
        ::kill(engine, SIGTERM);
        ::waitpid(engine, nullptr, 0);
    }

    void aPersonTakesARunOver()
    {
        const House house;
        const pid_t engine = pid_t(house.ctl.start({u"serve"_s}));
        const auto started = house.ctl(QStringList{u"run"_s, u"start"_s, u"--plugin"_s, u"a"_s, u"--playbook"_s, u"document"_s, u"--client"_s,
                                                   u"exec"_s, u"--command"_s, u"echo half > half.md; echo ready; sleep 900"_s});
        const QString id = started.json[u"id"].toString();
        QTRY_VERIFY_WITH_TIMEOUT(house.ctl.plain({u"run"_s, u"logs"_s, id}).out.contains("ready"), 60'000);
        QCOMPARE_EXIT(house.ctl({u"run"_s, u"by-hand"_s, id}), 0);
        QTRY_COMPARE_WITH_TIMEOUT(house.stateOf(id), u"waiting"_s, 30'000);
        const QString folder = house.ctl({u"run"_s, u"show"_s, id}).json[u"folder"].toString() + u"/hand/"_s;
        QFile half(folder + u"half.md"_s);
        QVERIFY(half.open(QIODevice::ReadWrite));
        QCOMPARE(half.readAll(), QByteArray("half\n"));
        half.write("and the other\n");
        half.close();
        QCOMPARE_EXIT(house.ctl({u"run"_s, u"by-hand"_s, id}), 1);
        const auto done = house.ctl({u"run"_s, u"take"_s, id, u"--wait"_s});
        QCOMPARE_EXIT(done, 0);
        QCOMPARE(done.json[u"handed"], QJsonValue(true));
        ::kill(engine, SIGTERM);
        ::waitpid(engine, nullptr, 0);
        QCOMPARE(house.applied(done, u"plugins/a/half.md"_s), QByteArray("half\nand the other"));
    }

    void whatAFailedRunHadIsNotLost()
    {
        const House house;
        const auto failed = house.exec(u"echo much > work.md; exit 7"_s);
        QCOMPARE_EXIT(failed, 1);
        const QString id = failed.json[u"id"].toString();
        QCOMPARE(house.scratch.git(house.library, {u"show"_s, u"refs/coppice/wip/"_s + id + u":work.md"_s}), QByteArray("much"));
        const auto taken = house.ctl({u"run"_s, u"by-hand"_s, id, u"--wait"_s});
        QCOMPARE_EXIT(taken, 4);
        QVERIFY(taken.json[u"id"].toString() != id);
        QVERIFY(QFile::exists(taken.json[u"folder"].toString() + u"/hand/work.md"_s));
    }

    void aPlayedBackRunSaysSoAndMakesNoPatch()
    {
        const House house;
        const auto run = house.exec(u"echo more >> a.md; echo it is done"_s);
        QCOMPARE_EXIT(run, 0);
        const int reviews = int(house.ctl(words("review list")).json[u"reviews"].toArray().size());
        const auto replayed = house.ctl({u"run"_s, u"replay"_s, run.json[u"id"].toString(), u"--wait"_s});
        QCOMPARE_EXIT(replayed, 0);
        QCOMPARE(replayed.json[u"replayed"], QJsonValue(true));
        QCOMPARE(replayed.json[u"replay_of"].toString(), run.json[u"id"].toString());
        QVERIFY(replayed.json[u"review"].isNull());
        QCOMPARE(house.ctl(words("review list")).json[u"reviews"].toArray().size(), reviews);
        QVERIFY(house.ctl.plain({u"run"_s, u"logs"_s, replayed.json[u"id"].toString()}).out.contains("it is done"));
        QCOMPARE_EXIT(house.ctl(words("run start --plugin a --playbook document --client replay")), 2);
    }

    void aPausedQueueStartsNothing()
    {
        const House house;
        const pid_t engine = pid_t(house.ctl.start({u"serve"_s}));
        QTRY_VERIFY_WITH_TIMEOUT(!house.ctl(words("queue pause")).json.isEmpty(), 20'000);
        const auto paused = house.ctl(words("queue status"));
        QCOMPARE(paused.json[u"paused"], QJsonValue(true));
        const auto started = house.ctl(QStringList{u"run"_s, u"start"_s, u"--plugin"_s, u"a"_s, u"--playbook"_s, u"document"_s, u"--client"_s,
                                                   u"exec"_s, u"--command"_s, u"echo x > x.md"_s, u"--priority"_s, u"5"_s});
        QCOMPARE_EXIT(started, 0);
        QCOMPARE(started.json[u"priority"].toInt(), 5);
        QTest::qWait(1500);
        QCOMPARE(house.stateOf(started.json[u"id"].toString()), u"queued"_s);
        QCOMPARE_EXIT(house.ctl(words("queue resume")), 0);
        QTRY_COMPARE_WITH_TIMEOUT(house.stateOf(started.json[u"id"].toString()), u"done"_s, 60'000);
        // Everything is stopped at once.
        const auto forever = house.ctl(QStringList{u"run"_s, u"start"_s, u"--plugin"_s, u"b"_s, u"--playbook"_s, u"document"_s, u"--client"_s,
                                                   u"exec"_s, u"--command"_s, u"sleep 900"_s});
        QTRY_COMPARE_WITH_TIMEOUT(house.stateOf(forever.json[u"id"].toString()), u"running"_s, 60'000);
        const auto stopped = house.ctl(words("queue stop-all"));
        QCOMPARE_EXIT(stopped, 0);
        QCOMPARE(stopped.json[u"paused"], QJsonValue(true));
        QTRY_COMPARE_WITH_TIMEOUT(house.stateOf(forever.json[u"id"].toString()), u"cancelled"_s, 30'000);
        ::kill(engine, SIGTERM);
        ::waitpid(engine, nullptr, 0);
    }
};

COPPICE_TEST(AttendedTest)
#include "attended_test.moc"
