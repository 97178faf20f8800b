// SPDX-License-Identifier: GPL-3.0-or-later
// The real LangGraph library (pinned, from the npm registry) as a step: in the sandbox, with the library's own stand-in for a
// model, interrupted for a person, and gone on with by another process.
#include "support/scratch.h"
#include "support/test_main.h"

#include <runs/langgraph.h>

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTest>

#include <thread>

using namespace coppice;
using namespace coppice::runs;

namespace {

const QStringList packages{QStringLiteral("@langchain/langgraph@1.7.3"), QStringLiteral("@langchain/core@1.4.0")};

/// A folder with node_modules, installed once into the build folder; empty when there is no npm or no registry.
QString installed()
{
    const QString dir = QStringLiteral(COPPICE_CLIENTS_DIR) + QStringLiteral("/langgraph");
    const QString package = dir + QStringLiteral("/node_modules/@langchain/langgraph/package.json");
    if (!QFileInfo::exists(package)) {
        QProcess npm;
        npm.start(QStringLiteral("npm"), QStringList{QStringLiteral("install"), QStringLiteral("--no-audit"), QStringLiteral("--no-fund"),
                                                     QStringLiteral("--prefix"), dir} + packages);
        npm.waitForFinished(300'000);
    }
    return QFileInfo::exists(package) ? dir : QString();
}

/// diagnose → write → review, where a person is asked → write again, apply, or nothing. Each node says in a file that it ran.
const QByteArray graph = R"(import { Annotation, StateGraph, START, END, interrupt } from '@langchain/langgraph';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { appendFileSync } from 'node:fs';

const State = Annotation.Root({ cause: Annotation(), patch: Annotation(), verdict: Annotation() });
const ran = (node) => appendFileSync('ran.txt', node + '\n');
const model = new FakeListChatModel({ responses: ['count months from zero'] });

export default () => new StateGraph(State)
    .addNode('diagnose', (state) => { ran('diagnose'); console.log('noise'); return { cause: state.cause + ', found' }; })
    .addNode('write', async (state) => { ran('write'); return { patch: (await model.invoke(state.cause)).content }; })
    .addNode('review', (state) => {
        ran('review');
        return { verdict: interrupt({ question: `Take "${state.patch}"?`, options: ['take', 'again', 'leave'] }) };
    })
    .addNode('apply', async () => {
        ran('apply');
        if (process.env.SLOW) await new Promise((done) => setTimeout(done, 60000));
        return {};
    })
    .addEdge(START, 'diagnose').addEdge('diagnose', 'write').addEdge('write', 'review')
    .addConditionalEdges('review', (state) => ({ take: 'apply', again: 'write' })[state.verdict] ?? END)
    .addEdge('apply', END);
)";

struct House {
    test::Scratch scratch;
    LangGraphJob job;
    QStringList nodes;

    House(const QString &packagesFolder, const QByteArray &program)
    {
        scratch.write(QStringLiteral("run/playbook/graphs/review.mjs"), program);
        scratch.write(QStringLiteral("run/work/readme.txt"), "a plugin\n");
        job.sandbox.profile = sandbox::Profile::Agent;
        job.sandbox.workFolder = scratch.path(QStringLiteral("run/work"));
        job.sandbox.workInside = QStringLiteral("/src/weather");
        job.sandbox.binds = {{packagesFolder + QStringLiteral("/node_modules"), QStringLiteral("/src/node_modules"), false}};
        job.sandbox.limits.time = std::chrono::seconds(120);
        job.playbookFolder = scratch.path(QStringLiteral("run/playbook"));
        job.checkpointFolder = scratch.path(QStringLiteral("run/graph"));
        job.graph = QStringLiteral("graphs/review.mjs");
        job.state = {{QStringLiteral("cause"), QStringLiteral("december")}};
        job.outputs = {QStringLiteral("patch"), QStringLiteral("verdict")};
        job.logPath = scratch.path(QStringLiteral("run/graph.log"));
        job.onUpdate = [this](const clients::AgentUpdate &update) {
            if (update.kind == clients::AgentUpdate::Kind::ToolCall)
                nodes << update.data[u"title"].toString();
        };
    }
    [[nodiscard]] QString ran() const { return QString::fromUtf8(scratch.read(QStringLiteral("run/work/ran.txt"))).simplified(); }
};

} // namespace

class LangGraphClientTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_packages = installed();
        if (m_packages.isEmpty())
            QSKIP("npm, or the npm registry, is not there");
    }

    void runsInterruptsSurvivesAndFinishes()
    {
        House house(m_packages, graph);
        const auto first = runLangGraph(house.job, {});
        QVERIFY_RESULT(first);
        QVERIFY2(first->outcome == LangGraphEnd::Outcome::Interrupted, qPrintable(first->reason));
        QCOMPARE(first->question, QStringLiteral("Take \"count months from zero\"?"));
        QCOMPARE(first->options, (QStringList{QStringLiteral("take"), QStringLiteral("again"), QStringLiteral("leave")}));
        QCOMPARE(house.nodes, (QStringList{QStringLiteral("diagnose"), QStringLiteral("write")}));

        // Nothing of the process is left but the file. Asked again without an answer, nothing runs.
        const auto still = runLangGraph(house.job, {});
        QVERIFY_RESULT(still);
        QCOMPARE(still->outcome, LangGraphEnd::Outcome::Interrupted);
        QCOMPARE(still->question, first->question);
        QCOMPARE(house.ran(), QStringLiteral("diagnose write review"));

        house.job.answer = QStringLiteral("again");
        house.job.answerTo = first->questionId;
        QVERIFY(!first->questionId.isEmpty());
        const auto again = runLangGraph(house.job, {});
        QVERIFY_RESULT(again);
        QCOMPARE(again->outcome, LangGraphEnd::Outcome::Interrupted);
        // The node that asked runs again from its top; those that had ended do not.
        QCOMPARE(house.ran(), QStringLiteral("diagnose write review review write review"));

        // The answer to the first question is none to the second.
        QVERIFY(again->questionId != first->questionId);
        QCOMPARE(runLangGraph(house.job, {})->outcome, LangGraphEnd::Outcome::Interrupted);
        QCOMPARE(house.ran().count(QStringLiteral("review")), 3);

        house.job.answer = QStringLiteral("take");
        house.job.answerTo = again->questionId;
        const auto done = runLangGraph(house.job, {});
        QVERIFY_RESULT(done);
        QVERIFY2(done->outcome == LangGraphEnd::Outcome::Done, qPrintable(done->reason));
        QCOMPARE(done->outputs, (QJsonObject{{QStringLiteral("patch"), QStringLiteral("count months from zero")},
                                             {QStringLiteral("verdict"), QStringLiteral("take")}}));
        QCOMPARE(house.ran(), QStringLiteral("diagnose write review review write review review apply"));

        // Finished by an attempt that could not say so any more: the same answer, and nothing runs.
        house.job.answer.reset();
        const auto known = runLangGraph(house.job, {});
        QVERIFY_RESULT(known);
        QCOMPARE(known->outputs, done->outputs);
        QCOMPARE(house.ran().count(QStringLiteral("apply")), 1);
    }

    /// Killed within a node: what had ended before is not done again.
    void goesOnAfterAKill()
    {
        House house(m_packages, graph);
        QCOMPARE(runLangGraph(house.job, {})->outcome, LangGraphEnd::Outcome::Interrupted);
        house.job.answer = QStringLiteral("take");
        house.job.sandbox.env[QStringLiteral("SLOW")] = QStringLiteral("1");
        std::stop_source stop;
        std::jthread killer([&] {
            while (!house.ran().contains(QStringLiteral("apply")) && !stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            stop.request_stop();
        });
        const auto stopped = runLangGraph(house.job, stop.get_token());
        stop.request_stop();
        killer.join();
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
        house.job.sandbox.env.remove(QStringLiteral("SLOW"));
        house.job.answer.reset(); // it was given already
        const auto done = runLangGraph(house.job, {});
        QVERIFY_RESULT(done);
        QVERIFY2(done->outcome == LangGraphEnd::Outcome::Done, qPrintable(done->reason));
        QCOMPARE(house.ran(), QStringLiteral("diagnose write review review apply apply"));
    }

    void aGraphThatThrowsFails()
    {
        House house(m_packages, QByteArray(graph).replace("ran('write');", "throw new Error('no model 4711');"));
        const auto end = runLangGraph(house.job, {});
        QVERIFY_RESULT(end);
        QCOMPARE(end->outcome, LangGraphEnd::Outcome::Failed);
        QVERIFY2(end->reason.contains(QStringLiteral("no model 4711")), qPrintable(end->reason));
        // A retry goes on with the node that failed.
        house.scratch.write(QStringLiteral("run/playbook/graphs/review.mjs"), graph);
        QCOMPARE(runLangGraph(house.job, {})->outcome, LangGraphEnd::Outcome::Interrupted);
        QCOMPARE(house.ran(), QStringLiteral("diagnose write review"));
    }

    void aProgramThatIsNoGraphSaysSo()
    {
        House house(m_packages, "export default { hello: 1 };\n");
        const auto end = runLangGraph(house.job, {});
        QVERIFY_RESULT(end);
        QVERIFY2(end->reason.contains(QStringLiteral("neither a StateGraph")), qPrintable(end->reason));
    }

private:
    QString m_packages;
};

COPPICE_TEST(LangGraphClientTest)
#include "langgraph_test.moc"
