// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <playbooks/playbook.h>
#include <playbooks/values.h>

#include <QJsonObject>
#include <QTest>

using namespace coppice;
using namespace coppice::playbooks;

namespace {

const QByteArray skill = "---\nname: mend\ndescription: Mends things.\n---\nMend it.\n";

Result<Playbook> parsed(const QByteArray &workflow, const QByteArray &text = skill, const QString &name = QStringLiteral("mend"))
{
    return parsePlaybook(name, [&](const QString &file) -> std::optional<QByteArray> {
        return file == QLatin1String("SKILL.md") ? text : workflow;
    });
}

} // namespace

class PlaybookTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAWholePlaybook()
    {
        const auto playbook = parsed("version: 1\nneeds_ticket: false\nchanges: tests\nneighbours: [a, b]\nsteps:\n"
                                     "  - {id: write, kind: agent, prompt: Write., timeout: 90s, retries: 2}\n"
                                     "  - {id: test, kind: check, run: \"{{commands.test}}\", timeout: 2h, may_fail: true}\n"
                                     "  - {id: tidy, kind: command, run: rm -f x, needs: [write], if: always}\n");
        QVERIFY_RESULT(playbook);
        QCOMPARE(playbook->description, QStringLiteral("Mends things."));
        QCOMPARE(playbook->instructions, QStringLiteral("Mend it."));
        QCOMPARE(playbook->allowsChanges, QStringLiteral("tests"));
        QVERIFY(!playbook->needsTicket);
        QCOMPARE(playbook->neighbours, (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
        QCOMPARE(playbook->steps.size(), 3u);
        QCOMPARE(playbook->steps[0].timeout, std::chrono::seconds(90));
        QCOMPARE(playbook->steps[0].retries, 2);
        QCOMPARE(playbook->steps[1].timeout, std::chrono::seconds(7200));
        QCOMPARE(playbook->steps[1].needs, QStringList{QStringLiteral("write")}); // all earlier ones
        QVERIFY(playbook->steps[1].mayFail);
        QCOMPARE(playbook->steps[2].needs, QStringList{QStringLiteral("write")});
        QCOMPARE(playbook->steps[2].when, QStringLiteral("always"));
        QCOMPARE(playbook->hash.size(), 64);
    }

    void theHashFollowsEitherFile()
    {
        const QByteArray flow = "version: 1\nsteps: [{id: a, kind: agent}]\n";
        const auto one = parsed(flow);
        const auto two = parsed(flow + "# more\n");
        const auto three = parsed(flow, skill + "More.\n");
        QVERIFY(one && two && three);
        QVERIFY(one->hash != two->hash);
        QVERIFY(one->hash != three->hash);
        QCOMPARE(parsed(flow)->hash, one->hash);
    }

    void saysWhereAWorkflowIsWrong_data()
    {
        QTest::addColumn<QByteArray>("workflow");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("says");
        const QByteArray head = "version: 1\nsteps:\n";
        QTest::newRow("not yaml") << QByteArray("version: [1\n") << 2 << QStringLiteral("not YAML");
        QTest::newRow("a list") << QByteArray("- a\n") << 1 << QStringLiteral("keys and values");
        QTest::newRow("no version") << QByteArray("steps: [{id: a, kind: agent}]\n") << 1 << QStringLiteral("version");
        QTest::newRow("later version") << QByteArray("version: 2\nsteps: [{id: a, kind: agent}]\n") << 1
                                       << QStringLiteral("version 1 only");
        QTest::newRow("no steps") << QByteArray("version: 1\n") << 1 << QStringLiteral("no steps");
        QTest::newRow("unknown key") << QByteArray("version: 1\ncolour: red\nsteps: [{id: a, kind: agent}]\n") << 2
                                     << QStringLiteral("'colour'");
        QTest::newRow("unknown key of a step") << QByteArray(head + "  - {id: a, kind: agent,\n     budget: 3}\n") << 4
                                               << QStringLiteral("no key 'budget'");
        QTest::newRow("unknown kind") << QByteArray(head + "  - id: a\n    kind: magic\n") << 4 << QStringLiteral("'magic'");
        QTest::newRow("key of another kind") << QByteArray(head + "  - id: a\n    kind: agent\n    run: x\n") << 5
                                             << QStringLiteral("kind agent has no key 'run'");
        QTest::newRow("twice") << QByteArray(head + "  - id: a\n    kind: agent\n    id: b\n") << 5 << QStringLiteral("second time");
        QTest::newRow("nothing to ask") << QByteArray(head + "  - id: a\n    kind: approve\n") << 3 << QStringLiteral("'ask' is missing");
        QTest::newRow("one answer") << QByteArray(head + "  - id: a\n    kind: approve\n    ask: Now?\n    options: [yes]\n") << 6
                                    << QStringLiteral("2 to 6");
        QTest::newRow("a patient question") << QByteArray(head + "  - id: a\n    kind: approve\n    ask: Now?\n    timeout: 1h\n") << 6
                                            << QStringLiteral("no key 'timeout'");
        QTest::newRow("graph outside") << QByteArray(head + "  - id: a\n    kind: langgraph\n    graph: ../x.mjs\n") << 5
                                       << QStringLiteral("'graph' does not name");
        QTest::newRow("graph of another language") << QByteArray(head + "  - id: a\n    kind: langgraph\n    graph: x.py\n") << 5
                                                   << QStringLiteral("'graph' does not name");
        QTest::newRow("budget") << QByteArray(head + "  - {id: a, kind: agent, budget_usd: 0}\n") << 3 << QStringLiteral("US dollars");
        QTest::newRow("turns") << QByteArray(head + "  - {id: a, kind: agent, max_turns: 0}\n") << 3 << QStringLiteral("1 to 1000");
        QTest::newRow("output's name") << QByteArray(head + "  - {id: a, kind: agent, outputs: [Root-Cause]}\n") << 3
                                       << QStringLiteral("no name of an output");
        QTest::newRow("condition") << QByteArray(head + "  - {id: a, kind: agent}\n  - id: b\n    kind: agent\n    if: sometimes\n") << 6
                                   << QStringLiteral("'sometimes' is no value");
        QTest::newRow("condition on a later step")
            << QByteArray(head + "  - id: a\n    kind: agent\n    if: outputs.b.x\n  - {id: b, kind: agent, outputs: [x]}\n") << 5
            << QStringLiteral("'b', which is no earlier step");
        QTest::newRow("condition on what is not declared")
            << QByteArray(head + "  - {id: b, kind: agent, outputs: [x]}\n  - id: a\n    kind: agent\n    if: outputs.b.y == 'z'\n") << 6
            << QStringLiteral("declares no output 'y'");
        QTest::newRow("slot of a later step") << QByteArray(head + "  - id: a\n    kind: agent\n    prompt: Do {{outputs.b.x}}.\n") << 5
                                              << QStringLiteral("no earlier step");
        QTest::newRow("output in a line")
            << QByteArray(head + "  - {id: b, kind: agent, outputs: [x]}\n  - id: a\n    kind: command\n    run: echo {{outputs.b.x}}\n") << 6
            << QStringLiteral("$COPPICE_OUT_STEP_NAME");
        QTest::newRow("one variable for two")
            << QByteArray(head + "  - {id: a-b, kind: agent, outputs: [c]}\n  - {id: a, kind: agent, outputs: [b_c]}\n") << 4
            << QStringLiteral("COPPICE_OUT_A_B_C");
        QTest::newRow("two of a name") << QByteArray(head + "  - {id: a, kind: agent}\n  - {id: a, kind: agent}\n") << 4
                                       << QStringLiteral("two steps 'a'");
        QTest::newRow("needs a later one")
            << QByteArray(head + "  - {id: a, kind: agent, needs: [b]}\n  - {id: b, kind: agent}\n") << 3
            << QStringLiteral("needs 'b'");
        QTest::newRow("nothing to run") << QByteArray(head + "  - {id: a, kind: check}\n") << 3
                                        << QStringLiteral("does not say what to run");
        QTest::newRow("unknown command") << QByteArray(head + "  - {id: a, kind: check,\n     run: \"{{commands.tset}}\"}\n") << 4
                                         << QStringLiteral("'tset'");
        QTest::newRow("timeout") << QByteArray(head + "  - {id: a, kind: agent, timeout: soon}\n") << 3
                                 << QStringLiteral("not a time");
        QTest::newRow("endless") << QByteArray(head + "  - {id: a, kind: agent, timeout: 25h}\n") << 3
                                 << QStringLiteral("one day");
        QTest::newRow("retries") << QByteArray(head + "  - {id: a, kind: agent, retries: -1}\n") << 3
                                 << QStringLiteral("0 to 9");
        QTest::newRow("changes") << QByteArray("version: 1\nchanges: some\nsteps: [{id: a, kind: agent}]\n") << 2
                                 << QStringLiteral("none of any");
    }
    void saysWhereAWorkflowIsWrong()
    {
        QFETCH(QByteArray, workflow);
        QFETCH(int, line);
        QFETCH(QString, says);
        const auto playbook = parsed(workflow);
        QVERIFY(!playbook);
        QVERIFY2(playbook.error().what.contains(says), qPrintable(playbook.error().what));
        QCOMPARE(playbook.error().where, QStringLiteral("templates/playbooks/mend/workflow.yaml:%1").arg(line));
    }

    void saysWhereASkillIsWrong()
    {
        const QByteArray flow = "version: 1\nsteps: [{id: a, kind: agent}]\n";
        QVERIFY(parsed(flow, "no frontmatter\n").error().where.endsWith(QStringLiteral("SKILL.md:1")));
        const auto other = parsed(flow, "---\ndescription: x\nname: other\n---\nText\n");
        QVERIFY(!other);
        QVERIFY(other.error().where.endsWith(QStringLiteral("SKILL.md:3")));
        QVERIFY(!parsed(flow, "---\nname: mend\n---\nText\n"));
        QVERIFY(!parsed(flow, "---\nname: mend\ndescription: x\n---\n\n"));
        QVERIFY(parsed(flow, "---\r\nname: mend\r\ndescription: x\r\n---\r\nText\r\n"));
        QCOMPARE(parsed(flow, skill, QStringLiteral("../x")).error().kind, ErrorKind::Usage);
    }

    void namesTheFileThatIsNotThere()
    {
        const auto playbook = parsePlaybook(QStringLiteral("mend"), [](const QString &file) -> std::optional<QByteArray> {
            return file == QLatin1String("SKILL.md") ? std::optional(skill) : std::nullopt;
        });
        QVERIFY(!playbook);
        QCOMPARE(playbook.error().kind, ErrorKind::NotFound);
        QVERIFY(playbook.error().where.endsWith(QStringLiteral("workflow.yaml")));
    }

    void readsTheOtherKinds()
    {
        const QByteArray flow = "version: 1\nsteps:\n"
                                "  - {id: diagnose, kind: agent, outputs: [kind, cause], budget_usd: 0.25, max_turns: 40}\n"
                                "  - id: ask\n    kind: approve\n    ask: Is {{outputs.diagnose.cause}} right?\n"
                                "    options: [go on, look again, stop]\n    if: outputs.diagnose.kind == 'plugin'\n"
                                "  - id: think\n    kind: langgraph\n    graph: graphs/think.mjs\n    outputs: [plan]\n"
                                "    inputs: {cause: \"{{outputs.diagnose.cause}}\", answer: \"{{ outputs.ask.answer }}\"}\n"
                                "  - {id: plain, kind: approve, ask: Sure, needs: []}\n";
        const auto read = [&](const QByteArray &graph) {
            return parsePlaybook(QStringLiteral("mend"), [&](const QString &file) -> std::optional<QByteArray> {
                if (file == QLatin1String("graphs/think.mjs"))
                    return graph.isEmpty() ? std::nullopt : std::optional(graph);
                return file == QLatin1String("SKILL.md") ? skill : flow;
            });
        };
        const auto playbook = read("export default x;");
        QVERIFY_RESULT(playbook);
        QCOMPARE(playbook->steps[0].budget, qint64(250'000));
        QCOMPARE(playbook->steps[0].maxTurns, 40);
        QCOMPARE(playbook->steps[0].outputs, (QStringList{QStringLiteral("kind"), QStringLiteral("cause")}));
        QCOMPARE(playbook->steps[1].options.size(), 3);
        QCOMPARE(playbook->steps[1].when, QStringLiteral("outputs.diagnose.kind == 'plugin'"));
        QCOMPARE(playbook->steps[2].graph, QStringLiteral("graphs/think.mjs"));
        QCOMPARE(playbook->steps[2].inputs.value(QStringLiteral("cause")), QStringLiteral("{{outputs.diagnose.cause}}"));
        QCOMPARE(playbook->steps[3].options, (QStringList{QStringLiteral("yes"), QStringLiteral("no")}));
        QVERIFY(read("other")->hash != playbook->hash); // the program is part of the playbook
        const auto missing = read({});
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
        QVERIFY(missing.error().where.endsWith(QStringLiteral("graphs/think.mjs")));
    }

    void outputsAsSlotsAndVariables()
    {
        const auto playbook = parsed("version: 1\nsteps:\n  - {id: write-test, kind: agent, outputs: [file, count]}\n"
                                     "  - {id: ask, kind: approve, ask: Now}\n");
        QVERIFY_RESULT(playbook);
        const QJsonObject outputs{{QStringLiteral("write-test"), QJsonObject{{QStringLiteral("count"), 3}, {QStringLiteral("file"), QStringLiteral("$(rm -rf ~)")}}}};
        const auto slots_ = outputSlots(*playbook, outputs);
        QCOMPARE(slots_.value(QStringLiteral("outputs.write-test.count")), QStringLiteral("3"));
        QCOMPARE(slots_.value(QStringLiteral("outputs.write-test.file")), QStringLiteral("$(rm -rf ~)"));
        QVERIFY(slots_.contains(QStringLiteral("outputs.ask.answer"))); // empty as long as there is none
        QCOMPARE(outputVariables(outputs), (QMap<QString, QString>{{QStringLiteral("COPPICE_OUT_WRITE_TEST_COUNT"), QStringLiteral("3")},
                                                                   {QStringLiteral("COPPICE_OUT_WRITE_TEST_FILE"), QStringLiteral("$(rm -rf ~)")}}));
        QCOMPARE(textOf(0.5), QStringLiteral("0.5"));
        QCOMPARE(textOf(true), QStringLiteral("true"));
    }
};

COPPICE_TEST(PlaybookTest)
#include "playbook_test.moc"
