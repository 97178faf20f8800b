// SPDX-License-Identifier: GPL-3.0-or-later
// Whole runs of an agent that speaks ACP, in the real sandbox: what it may do, what it is told, and how its runs end.
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

const QStringList deeds = u"works outside asks breaks hangs goes_on noisy spends refuses overflows tires of_tomorrow"_s.split(u' ');

/// A library with one plugin in which the agent lies, and a client for each of its words.
class House
{
public:
    House() : bare(QStringLiteral(COPPICECTL), scratch.path(u"home"_s)), ctl(bare)
    {
        QByteArray settings = "clients:\n";
        for (const QString &deed : deeds)
            settings += "  " + deed.toUtf8() + ": {kind: acp, command: [python3, agent.py, " + deed.toUtf8() + "]}\n";
        QFile agent(QStringLiteral(COPPICE_SOURCE_DIR "/tests/support/acp_agent.py"));
        if (!agent.open(QIODevice::ReadOnly))
            qFatal("The agent is missing.");
        const QString library = scratch.repository(u"library"_s,
                                                   {{u"coppice.yaml"_s, settings},
                                                    {u"plugins/a/a.txt"_s, "one\n"},
                                                    {u"plugins/a/agent.py"_s, agent.readAll()},
                                                    {u"templates/playbooks/do/SKILL.md"_s, "---\nname: do\ndescription: Does.\n---\nDo.\n"},
                                                    {u"templates/playbooks/do/workflow.yaml"_s,
                                                     "version: 1\nneeds_ticket: false\nchanges: any\nsteps:\n  - {id: work, kind: agent, prompt: Do it., retries: 0, budget_usd: 0.2}\n"}});
        const auto adopted = bare({u"init"_s, u"--adopt"_s, library});
        if (adopted.exit != 0)
            qFatal("init --adopt: %s", adopted.err.constData());
        ctl = bare.on(library);
    }
    [[nodiscard]] QStringList start(const QString &deed) const
    {
        return {u"run"_s, u"start"_s, u"--plugin"_s, u"a"_s, u"--playbook"_s, u"do"_s, u"--client"_s, deed};
    }
    [[nodiscard]] Ctl::Answer run(const QString &deed) const { return ctl(start(deed) << u"--wait"_s); }
    [[nodiscard]] QJsonObject show(const QString &run) const { return ctl({u"run"_s, u"show"_s, run}).json; }
    /// A file as the run left it in its work folder.
    [[nodiscard]] static QByteArray left(const QJsonObject &run, const QString &name)
    {
        QFile file(run[u"folder"].toString() + u"/work/"_s + name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// What `clients explain` reads out of the raw stream of a run.
    [[nodiscard]] QJsonObject explained(const QJsonObject &run) const
    {
        return bare({u"clients"_s, u"explain"_s, u"--client"_s, u"acp"_s, run[u"folder"].toString() + u"/logs/agent-1.raw.jsonl"_s}).json;
    }
    [[nodiscard]] QStringList updates(const QJsonObject &run) const
    {
        QFile file(run[u"folder"].toString() + u"/updates.jsonl"_s);
        QStringList kinds;
        if (file.open(QIODevice::ReadOnly)) {
            while (!file.atEnd())
                kinds << QJsonDocument::fromJson(file.readLine())[u"kind"].toString();
        }
        return kinds;
    }

    Scratch scratch;
    Ctl bare;
    Ctl ctl;
};

} // namespace

class AcpTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void worksThroughFilesAndToolCalls()
    {
        const House house;
        const auto run = house.run(u"works"_s);
        QCOMPARE_EXIT(run, 0);
        QCOMPARE(run.json[u"state"].toString(), u"done"_s);
        QCOMPARE(House::left(run.json, u"made.txt"_s), QByteArray("read: one\n"));
        QCOMPARE(house.explained(run.json)[u"outcome"].toString(), u"completed"_s);
        const QStringList kinds = house.updates(run.json);
        for (const QString &kind : {u"plan"_s, u"text"_s, u"tool_call"_s, u"diff"_s, u"end"_s})
            QVERIFY2(kinds.contains(kind), qPrintable(kind + u" in "_s + kinds.join(u' ')));
    }

    void seesNothingOutsideByFileRequests()
    {
        const House house;
        const auto run = house.run(u"outside"_s);
        QCOMPARE_EXIT(run, 0);
        const QJsonObject told = QJsonDocument::fromJson(House::left(run.json, u"told.json"_s)).object();
        for (const QString &name : {u"/etc/passwd"_s, u"write"_s, u"git"_s})
            QVERIFY2(told[name].toBool(), qPrintable(name));
        QCOMPARE(told.size(), 6);
        for (auto it = told.begin(); it != told.end(); ++it)
            QVERIFY2(it->toBool() || it->toInt() == -32601, qPrintable(it.key()));
    }

    void asksForWhatNoRuleGrants_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("allowed") << u"allow"_s << QByteArray("yes yes yes\n") << u"completed"_s;
        QTest::newRow("rejected") << u"reject"_s << QByteArray("yes yes no\n") << u"denied"_s;
    }
    void asksForWhatNoRuleGrants()
    {
        QFETCH(QString, answer);
        QFETCH(QByteArray, file);
        QFETCH(QString, outcome);
        const House house;
        const pid_t waiting = pid_t(house.ctl.start(house.start(u"asks"_s) << u"--wait"_s));
        QJsonObject question;
        QTRY_VERIFY_WITH_TIMEOUT(!(question = house.ctl({u"approvals"_s, u"list"_s}).json[u"approvals"][0].toObject()).isEmpty(), 60'000);
        QVERIFY2(question[u"title"].toString().contains(u"Fetch a page"_s), qPrintable(question[u"title"].toString()));
        QCOMPARE_EXIT(house.ctl({u"approvals"_s, u"answer"_s, question[u"id"].toString(), answer}), 0);
        int status = 0;
        QCOMPARE(::waitpid(waiting, &status, 0), waiting);
        const auto run = house.show(house.ctl({u"run"_s, u"list"_s}).json[u"runs"][0][u"id"].toString());
        QCOMPARE(House::left(run, u"answers.txt"_s), file);
        QCOMPARE(run[u"outcome"].toString(), outcome);
        QVERIFY(house.ctl({u"approvals"_s, u"list"_s}).json[u"approvals"].toArray().isEmpty());
    }

    void endsThatAreNoSuccess_data()
    {
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<QString>("says");
        QTest::newRow("breaks") << u"failed"_s << u"a word on the way down"_s;
        QTest::newRow("refuses") << u"failed"_s << u"refus"_s;
        QTest::newRow("overflows") << u"incomplete"_s << u"token"_s;
        QTest::newRow("tires") << u"turns"_s << u"turn"_s;
        QTest::newRow("spends") << u"budget"_s << u"spent"_s;
        QTest::newRow("of_tomorrow") << u"failed"_s << u"version 7"_s;
    }
    void endsThatAreNoSuccess()
    {
        QFETCH(QString, outcome);
        QFETCH(QString, says);
        const House house;
        const auto run = house.run(QString::fromLatin1(QTest::currentDataTag()));
        QCOMPARE_EXIT(run, 1);
        QCOMPARE(run.json[u"state"].toString(), u"failed"_s);
        QVERIFY2(run.json[u"reason"].toString().contains(says, Qt::CaseInsensitive), qPrintable(run.json[u"reason"].toString()));
        QCOMPARE(run.json[u"outcome"].toString(), outcome);
        if (outcome == u"budget") { // what it told last, once
            const QString told = QString::number(house.explained(run.json)[u"cost_usd"].toDouble(), 'f', 2) + u" USD"_s;
            QCOMPARE(run.json[u"cost"].toString(), told);
            QCOMPARE_EXIT(house.ctl({u"budget"_s}), 0);
            QCOMPARE(house.ctl.plain({u"budget"_s}).out.count(told.toUtf8()), 3); // of the plugin, of the day, of the run
        }
    }

    void isCancelledPolitely()
    {
        const House house;
        const pid_t waiting = pid_t(house.ctl.start(house.start(u"hangs"_s) << u"--wait"_s));
        QString id;
        QTRY_VERIFY_WITH_TIMEOUT(!(id = house.ctl({u"run"_s, u"list"_s}).json[u"runs"][0][u"id"].toString()).isEmpty(), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(House::left(house.show(id), u"half.txt"_s), QByteArray("half\n"), 60'000);
        QCOMPARE_EXIT(house.ctl({u"run"_s, u"cancel"_s, id}), 0);
        int status = 0;
        QCOMPARE(::waitpid(waiting, &status, 0), waiting);
        const auto run = house.show(id);
        QCOMPARE(run[u"state"].toString(), u"cancelled"_s);
        QCOMPARE(House::left(run, u"cancelled.txt"_s), QByteArray("politely\n"));
    }

    /// kill -9 of the engine in the middle of a turn; the next one goes on in the agent's own session.
    void goesOnInItsSession()
    {
        const House house;
        const pid_t engine = pid_t(house.ctl.start(house.start(u"goes_on"_s) << u"--wait"_s));
        QString id;
        QTRY_VERIFY_WITH_TIMEOUT(!(id = house.ctl({u"run"_s, u"list"_s}).json[u"runs"][0][u"id"].toString()).isEmpty(), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(House::left(house.show(id), u"first.txt"_s), QByteArray("first\n"), 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(house.updates(house.show(id)).contains(u"text"_s), 60'000);
        ::kill(engine, SIGKILL);
        ::waitpid(engine, nullptr, 0);
        const auto done = house.ctl({u"run"_s, u"resume"_s, id, u"--wait"_s});
        QCOMPARE_EXIT(done, 0);
        QCOMPARE(House::left(done.json, u"second.txt"_s), QByteArray("loaded s-goes_on\n"));
    }

    void noiseIsNoMessage()
    {
        const House house;
        const auto run = house.run(u"noisy"_s);
        QCOMPARE_EXIT(run, 0);
        QCOMPARE(House::left(run.json, u"made.txt"_s), QByteArray("after the noise\n"));
    }
};

COPPICE_TEST(AcpTest)
#include "acp_test.moc"
