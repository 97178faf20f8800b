// SPDX-License-Identifier: GPL-3.0-or-later
// The real LangGraph library (pinned, set up from the npm registry by the plugin's own prepare step) as a step of a whole run
// by coppicectl: it asks a person, its engine is killed, another one goes on and finishes.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFile>
#include <QJsonArray>
#include <QProcess>
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

const QByteArray graph = R"(import { Annotation, StateGraph, START, END, interrupt } from '@langchain/langgraph';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { appendFileSync, writeFileSync } from 'node:fs';

const State = Annotation.Root({ cause: Annotation(), patch: Annotation(), verdict: Annotation() });
const model = new FakeListChatModel({ responses: ['count months from zero'] });

export default () => new StateGraph(State)
    .addNode('diagnose', (state) => { appendFileSync('ran.md', 'diagnose\n'); return { cause: state.cause + ', found' }; })
    .addNode('write', async (state) => ({ patch: (await model.invoke(state.cause)).content }))
    .addNode('review', (state) => ({ verdict: interrupt({ question: `Take "${state.patch}"?`, options: ['take', 'leave'] }) }))
    .addNode('apply', (state) => { appendFileSync('ran.md', 'apply\n'); writeFileSync('patch.md', state.patch + ': ' + state.cause + '\n'); return {}; })
    .addEdge(START, 'diagnose').addEdge('diagnose', 'write').addEdge('write', 'review')
    .addConditionalEdges('review', (state) => (state.verdict === 'take' ? 'apply' : END))
    .addEdge('apply', END);
)";

const QByteArray workflow = R"(version: 1
needs_ticket: false
steps:
  - id: flow
    kind: langgraph
    graph: flow.mjs
    inputs: {cause: "december in {{plugin.name}}"}
    outputs: [patch, verdict]
  - id: seen
    kind: check
    run: grep -q 'count months' patch.md
)";

} // namespace

class LangGraphRunTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void asksSurvivesAndFinishes()
    {
        QProcess npm;
        npm.start(u"npm"_s, words("view @langchain/langgraph@1.7.3 version"));
        if (!npm.waitForFinished(60'000) || npm.exitCode() != 0)
            QSKIP("npm, or the npm registry, is not there");
        const Scratch scratch;
        Ctl ctl(QStringLiteral(COPPICECTL), scratch.path(u"home"_s));
        const QString library = scratch.repository(
            u"library"_s,
            {{u"plugins/flow/package.json"_s,
              R"({"name":"flow","version":"1.0.0","dependencies":{"@langchain/langgraph":"1.7.3","@langchain/core":"1.4.0"}})"},
             {u"plugins/flow/.gitignore"_s, "node_modules\n"},
             {u".coppice/plugins/flow.yaml"_s, "id: flow\nprefix: plugins/flow\ncommands:\n  setup: npm install --no-package-lock --no-audit --no-fund\n"},
             {u"templates/playbooks/flow/SKILL.md"_s, "---\nname: flow\ndescription: A graph.\n---\nFollow the graph.\n"},
             {u"templates/playbooks/flow/workflow.yaml"_s, workflow},
             {u"templates/playbooks/flow/flow.mjs"_s, graph}});
        QCOMPARE_EXIT(ctl({u"init"_s, u"--adopt"_s, library}), 0);
        ctl = ctl.on(library);
        const pid_t first = pid_t(ctl.start({u"serve"_s}));
        const auto started = ctl(words("run start --plugin flow --playbook flow --client exec --command true"));
        QCOMPARE_EXIT(started, 0);
        const QString id = started.json[u"id"].toString();
        const auto state = [&] { return ctl({u"run"_s, u"show"_s, id}).json[u"state"].toString(); };
        QTRY_VERIFY_WITH_TIMEOUT(state() == u"waiting"_s || state() == u"failed"_s, 240'000);
        const auto waits = ctl({u"run"_s, u"show"_s, id});
        QVERIFY2(waits.json[u"state"] == u"waiting"_s, waits.out.constData());
        ::kill(first, SIGKILL);
        ::waitpid(first, nullptr, 0);
        const auto question = ctl(words("approvals list")).json[u"approvals"].toArray()[0].toObject();
        QCOMPARE(question[u"title"].toString(), u"Take \"count months from zero\"?"_s);
        const pid_t second = pid_t(ctl.start({u"serve"_s}));
        QCOMPARE_EXIT(ctl(words("approvals answer") << question[u"id"].toString() << u"take"_s), 0);
        QTRY_VERIFY_WITH_TIMEOUT(state() == u"done"_s || state() == u"failed"_s, 120'000);
        const auto done = ctl({u"run"_s, u"show"_s, id});
        QVERIFY2(done.json[u"state"] == u"done"_s, done.out.constData());
        ::kill(second, SIGTERM);
        ::waitpid(second, nullptr, 0);
        const QString review = done.json[u"review"].toString();
        QCOMPARE_EXIT(ctl({u"review"_s, u"accept"_s, review, u"--all"_s}), 0);
        QCOMPARE_EXIT(ctl({u"review"_s, u"apply"_s, review}), 0);
        QCOMPARE(scratch.git(library, words("show HEAD:plugins/flow/patch.md")), QByteArray("count months from zero: december in flow, found"));
        QCOMPARE(scratch.git(library, words("show HEAD:plugins/flow/ran.md")), QByteArray("diagnose\napply")); // each node once
    }
};
COPPICE_TEST(LangGraphRunTest)
#include "langgraph_run_test.moc"
