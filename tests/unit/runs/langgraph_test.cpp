// SPDX-License-Identifier: GPL-3.0-or-later
// The protocol with a graph's process, by a small script in the sandbox; the real library is in tests/clients.
#include "support/scratch.h"
#include "support/test_main.h"

#include <runs/langgraph.h>

#include <QDir>
#include <QFile>
#include <QTest>

using namespace coppice;
using namespace coppice::runs;

namespace {

const QByteArray head = "import { readFileSync, writeFileSync, existsSync, appendFileSync } from 'node:fs';\n"
                        "const start = JSON.parse(readFileSync(0, 'utf8'));\n"
                        "const tell = (m) => process.stdout.write(JSON.stringify(m) + '\\n');\n";

struct House {
    test::Scratch scratch;
    LangGraphJob job;
    QStringList told;

    explicit House(const QByteArray &script)
    {
        scratch.write(QStringLiteral("run/playbook/graphs/g.mjs"), "export default null;\n");
        scratch.write(QStringLiteral("run/work/a"), "a\n");
        job.runner = scratch.write(QStringLiteral("run/runner.mjs"), head + script);
        job.sandbox.profile = sandbox::Profile::Agent;
        job.sandbox.workFolder = scratch.path(QStringLiteral("run/work"));
        job.sandbox.workInside = QStringLiteral("/src/weather");
        job.playbookFolder = scratch.path(QStringLiteral("run/playbook"));
        job.checkpointFolder = scratch.path(QStringLiteral("run/graph"));
        job.graph = QStringLiteral("graphs/g.mjs");
        job.state = {{QStringLiteral("cause"), QStringLiteral("december")}};
        job.outputs = {QStringLiteral("plan"), QStringLiteral("count")};
        job.logPath = scratch.path(QStringLiteral("run/graph.log"));
        job.onUpdate = [this](const clients::AgentUpdate &update) {
            told << (update.kind == clients::AgentUpdate::Kind::Text ? update.text.trimmed()
                                                                     : update.data[u"title"].toString() + u':' + update.data[u"output"].toString());
        };
    }
    [[nodiscard]] LangGraphEnd run() const
    {
        const auto end = runLangGraph(job, {});
        return end ? *end : LangGraphEnd{LangGraphEnd::Outcome::Failed, QStringLiteral("machine: ") + end.error().message(), {}, {}, {}, {}};
    }
};

} // namespace

class LangGraphTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void speaksTheProtocolAndComesBackAfterAnAnswer()
    {
        House house("if (!existsSync(start.checkpoint)) {\n"
                    "  writeFileSync(start.checkpoint, JSON.stringify(start.state));\n"
                    "  appendFileSync('a', 'changed\\n');\n"
                    "  tell({type: 'update', node: 'write', text: 'x\\u001b[31my'});\n"
                    "  console.log('a word between');\n"
                    "  tell({type: 'interrupt', question: 'Take it?\\u202e', options: ['take', 'leave', 'take', '']});\n"
                    "} else {\n"
                    "  const state = JSON.parse(readFileSync(start.checkpoint));\n"
                    "  tell({type: 'output', values: {plan: state.cause + ' ' + start.answer, count: 3, other: 1}});\n"
                    "  tell({type: 'done'});\n"
                    "}\n");
        const auto waits = house.run();
        QVERIFY2(waits.outcome == LangGraphEnd::Outcome::Interrupted, qPrintable(waits.reason));
        QCOMPARE(waits.question, QStringLiteral("Take it?"));
        QCOMPARE(waits.options, (QStringList{QStringLiteral("take"), QStringLiteral("leave")}));
        QCOMPARE(house.told, (QStringList{QStringLiteral("write:xy"), QStringLiteral("a word between")}));
        QCOMPARE(house.scratch.read(QStringLiteral("run/work/a")), QByteArray("a\nchanged\n"));

        house.job.answer = QStringLiteral("take");
        const auto done = house.run();
        QVERIFY2(done.outcome == LangGraphEnd::Outcome::Done, qPrintable(done.reason));
        QCOMPARE(done.outputs, (QJsonObject{{QStringLiteral("plan"), QStringLiteral("december take")}, {QStringLiteral("count"), 3}}));
        QVERIFY(house.scratch.read(QStringLiteral("run/graph.log")).contains("a word between"));
    }

    void seesOnlyWhatItIsGiven()
    {
        House house("const seen = [];\n"
                    "for (const path of [process.argv[1], start.graph, '/etc/shadow', '" + QDir::homePath().toUtf8() + "/.ssh'])\n"
                    "  { try { readFileSync(path); seen.push(path); } catch {} }\n"
                    "let wrote = 'no'; try { writeFileSync('/coppice/playbook/x', ''); wrote = 'yes'; } catch {}\n"
                    "tell({type: 'output', values: {plan: seen.join(' '), count: wrote}});\ntell({type: 'done'});\n");
        const auto done = house.run();
        QVERIFY2(done.outcome == LangGraphEnd::Outcome::Done, qPrintable(done.reason));
        QCOMPARE(done.outputs[u"plan"].toString(), QStringLiteral("/coppice/langgraph-runner.mjs /coppice/playbook/graphs/g.mjs"));
        QCOMPARE(done.outputs[u"count"].toString(), QStringLiteral("no"));
    }

    void everyBadEndIsASentence_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("says");
        QTest::newRow("error") << QByteArray("tell({type: 'error', message: 'no month 13'}); process.exitCode = 1;\n") << QStringLiteral("no month 13");
        QTest::newRow("dies") << QByteArray("process.exit(7);\n") << QStringLiteral("exit status 7");
        QTest::newRow("throws") << QByteArray("throw new Error('oops 4711');\n") << QStringLiteral("exit status 1");
        QTest::newRow("says nothing") << QByteArray("console.log('bye');\n") << QStringLiteral("did not say how");
        QTest::newRow("hangs") << QByteArray("setInterval(() => {}, 1000);\n") << QStringLiteral("in time");
        QTest::newRow("no output") << QByteArray("tell({type: 'output', values: {count: 1}}); tell({type: 'done'});\n") << QStringLiteral("plan");
        QTest::newRow("a list as output") << QByteArray("tell({type: 'output', values: {count: [1], plan: 'x'}}); tell({type: 'done'});\n") << QStringLiteral("count");
        QTest::newRow("endless line") << QByteArray("for (let i = 0; i < 300; ++i) process.stdout.write('x'.repeat(65536));\n") << QStringLiteral("did not say how");
    }
    void everyBadEndIsASentence()
    {
        QFETCH(QByteArray, script);
        QFETCH(QString, says);
        House house(script);
        if (says == QLatin1String("in time"))
            house.job.sandbox.limits.time = std::chrono::seconds(2);
        const auto end = house.run();
        QCOMPARE(end.outcome, LangGraphEnd::Outcome::Failed);
        QVERIFY2(end.reason.contains(says) && !end.reason.startsWith(QStringLiteral("machine")), qPrintable(end.reason));
    }

    void noProgramIsAnError()
    {
        House house("");
        for (const char *graph : {"graphs/other.mjs", "../run/runner.mjs", "/etc/passwd"}) {
            house.job.graph = QString::fromLatin1(graph);
            const auto end = runLangGraph(house.job, {});
            QVERIFY(!end);
            QCOMPARE(end.error().code, QStringLiteral("langgraph.program"));
        }
    }

    /// The shipped runner, in a folder where nothing is installed.
    void saysThatTheLibraryIsMissing()
    {
        House house("");
        house.job.runner.clear();
        const auto end = house.run();
        QCOMPARE(end.outcome, LangGraphEnd::Outcome::Failed);
        QVERIFY2(end.reason.contains(QStringLiteral("@langchain/langgraph")) && end.reason.contains(QStringLiteral("/src/weather")), qPrintable(end.reason));
    }
};

COPPICE_TEST(LangGraphTest)
#include "langgraph_test.moc"
