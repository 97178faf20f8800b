// SPDX-License-Identifier: GPL-3.0-or-later
// The playbooks that a new library starts with, and the schema that editors check theirs by.
#include "support/test_main.h"

#include <library/json_schema.h>
#include <library/yaml_file.h>
#include <playbooks/playbook.h>

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace coppice;
using namespace coppice::playbooks;

namespace {

const QString folder = QStringLiteral(COPPICE_SOURCE_DIR "/templates/playbooks");

std::optional<QByteArray> fileAt(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? std::optional(file.readAll()) : std::nullopt;
}

Result<Playbook> shipped(const QString &name)
{
    return parsePlaybook(name, [&](const QString &file) { return fileAt(folder + u'/' + name + u'/' + file); });
}

Result<Playbook> parsed(const QByteArray &workflow)
{
    return parsePlaybook(QStringLiteral("mend"), [&](const QString &file) -> std::optional<QByteArray> {
        return file == QLatin1String("SKILL.md") ? QByteArray("---\nname: mend\ndescription: x\n---\nText\n")
            : file == QLatin1String("workflow.yaml") ? workflow : QByteArray("export default null;");
    });
}

class Schema
{
public:
    Schema() : m_schema(QJsonDocument::fromJson(*fileAt(QStringLiteral(COPPICE_SOURCE_DIR "/templates/schema/workflow.schema.json"))).object()) { }
    [[nodiscard]] bool accepts(const QByteArray &yaml) const
    {
        return m_schema.check(library::YamlFile(yaml, QStringLiteral("workflow.yaml")).root()).empty();
    }
    [[nodiscard]] QStringList stepKeys() const { return m_schema.json()[u"definitions"][u"step"][u"properties"].toObject().keys(); }

private:
    library::JsonSchema m_schema;
};

} // namespace

class ShippedTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areGoodByParserAndSchema_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"triage", "debug", "test", "fix", "document", "update-dependency", "migrate-mcp", "release", "deploy", "rollback"})
            QTest::newRow(name) << QString::fromLatin1(name);
        for (const QString &name : QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            QTest::newRow(qPrintable(QStringLiteral("found ") + name)) << name;
    }
    void areGoodByParserAndSchema()
    {
        QFETCH(QString, name);
        const auto playbook = shipped(name);
        QVERIFY_RESULT(playbook);
        QVERIFY(Schema().accepts(fileAt(folder + u'/' + name + QStringLiteral("/workflow.yaml")).value_or(QByteArray())));
        QVERIFY(!playbook->description.isEmpty());
        QVERIFY2(playbook->instructions.size() > 500 && playbook->instructions.count(u'\n') < 500, "a skill is worth reading, and is short");
        // What an agent is told of the outputs in SKILL.md is what workflow.yaml declares.
        for (const auto &step : playbook->steps) {
            for (const QString &output : step.outputs)
                QVERIFY2(playbook->instructions.contains(u'`' + output + u'`'), qPrintable(output));
        }
        QCOMPARE(playbook->deploys, name == QLatin1String("deploy") || name == QLatin1String("rollback"));
    }

    void onlyLookingChangesNothing()
    {
        for (const char *name : {"triage", "debug", "deploy", "rollback"})
            QCOMPARE(shipped(QString::fromLatin1(name))->allowsChanges, QStringLiteral("none"));
        QCOMPARE(shipped(QStringLiteral("test"))->allowsChanges, QStringLiteral("tests"));
        QCOMPARE(shipped(QStringLiteral("document"))->allowsChanges, QStringLiteral("docs"));
    }

    void everyKeyOfTheSchemaIsReadAndTheOtherWayRound()
    {
        const Schema schema;
        QMap<QString, QByteArray> samples{
            {QStringLiteral("id"), "{id: a, kind: agent}"},
            {QStringLiteral("kind"), "{id: a, kind: agent}"},
            {QStringLiteral("prompt"), "{id: a, kind: agent, prompt: x}"},
            {QStringLiteral("run"), "{id: a, kind: command, run: x}"},
            {QStringLiteral("ask"), "{id: a, kind: approve, ask: x}"},
            {QStringLiteral("options"), "{id: a, kind: approve, ask: x, options: [a, b, c]}"},
            {QStringLiteral("graph"), "{id: a, kind: langgraph, graph: x/y.mjs}"},
            {QStringLiteral("inputs"), "{id: a, kind: langgraph, graph: x.js, inputs: {a: x, B: 3, c: true}}"},
            {QStringLiteral("outputs"), "{id: a, kind: agent, outputs: [a, b_c]}"},
            {QStringLiteral("needs"), "{id: a, kind: agent, needs: []}"},
            {QStringLiteral("if"), "{id: a, kind: agent, if: not failed}"},
            {QStringLiteral("timeout"), "{id: a, kind: agent, timeout: 90}"},
            {QStringLiteral("retries"), "{id: a, kind: agent, retries: 2}"},
            {QStringLiteral("budget_usd"), "{id: a, kind: agent, budget_usd: 0.5}"},
            {QStringLiteral("max_turns"), "{id: a, kind: agent, max_turns: 30}"},
            {QStringLiteral("may_fail"), "{id: a, kind: check, run: x, may_fail: true}"},
        };
        QCOMPARE(schema.stepKeys(), QStringList(samples.keys()));
        QVERIFY(schema.accepts("version: 1\nsteps: [{id: a, kind: agent, if: true}]\n") && parsed("version: 1\nsteps: [{id: a, kind: agent, if: true}]\n"));
        for (const auto &[key, sample] : samples.asKeyValueRange()) {
            const QByteArray flow = "version: 1\nsteps:\n  - " + sample + "\n";
            const auto playbook = parsed(flow);
            QVERIFY_RESULT(playbook);
            QVERIFY2(schema.accepts(flow), sample.constData());
        }
    }

    void agreeOnWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("workflow");
        const auto step = [](const char *text) { QTest::newRow(text) << QByteArray("version: 1\nsteps:\n  - ") + text + "\n"; };
        const auto whole = [](const char *text) { QTest::newRow(QByteArray(text).simplified().constData()) << QByteArray(text); };
        whole("steps: [{id: a, kind: agent}]\n");
        whole("version: 2\nsteps: [{id: a, kind: agent}]\n");
        whole("version: \"1\"\nsteps: [{id: a, kind: agent}]\n");
        whole("version: 1\n");
        whole("version: 1\nsteps: []\n");
        whole("version: 1\nsteps: {a: b}\n");
        whole("version: 1\nsteps: [agent]\n");
        whole("version: 1\ncolour: red\nsteps: [{id: a, kind: agent}]\n");
        whole("version: 1\nneeds_ticket: \"true\"\nsteps: [{id: a, kind: agent}]\n");
        whole("version: 1\ndeploys: perhaps\nsteps: [{id: a, kind: agent}]\n");
        whole("version: 1\nchanges: some\nsteps: [{id: a, kind: agent}]\n");
        whole("version: 1\nneighbours: b\nsteps: [{id: a, kind: agent}]\n");
        step("{kind: agent}");
        step("{id: a}");
        step("{id: A, kind: agent}");
        step("{id: 1a, kind: agent}");
        step("{id: a, kind: magic}");
        step("{id: a, kind: agent, run: x}");
        step("{id: a, kind: agent, may_fail: true}");
        step("{id: a, kind: agent, color: red}");
        step("{id: a, kind: command}");
        step("{id: a, kind: command, run: \" \"}");
        step("{id: a, kind: command, run: x, prompt: y}");
        step("{id: a, kind: command, run: x, budget_usd: 1}");
        step("{id: a, kind: check}");
        step("{id: a, kind: check, run: x, outputs: [a]}");
        step("{id: a, kind: check, run: x, may_fail: maybe}");
        step("{id: a, kind: approve}");
        step("{id: a, kind: approve, ask: x, timeout: 1h}");
        step("{id: a, kind: approve, ask: x, retries: 1}");
        step("{id: a, kind: approve, ask: x, options: [yes]}");
        step("{id: a, kind: approve, ask: x, options: [a, a]}");
        step("{id: a, kind: approve, ask: x, options: [a, b, c, d, e, f, g]}");
        step("{id: a, kind: langgraph}");
        step("{id: a, kind: langgraph, graph: x.py}");
        step("{id: a, kind: langgraph, graph: /x.mjs}");
        step("{id: a, kind: langgraph, graph: x.mjs, inputs: [a]}");
        step("{id: a, kind: langgraph, graph: x.mjs, inputs: {a-b: x}}");
        step("{id: a, kind: langgraph, graph: x.mjs, max_turns: 3}");
        step("{id: a, kind: agent, retries: 10}");
        step("{id: a, kind: agent, retries: \"1\"}");
        step("{id: a, kind: agent, timeout: soon}");
        step("{id: a, kind: agent, budget_usd: 0}");
        step("{id: a, kind: agent, budget_usd: -1}");
        step("{id: a, kind: agent, budget_usd: \"1\"}");
        step("{id: a, kind: agent, max_turns: 0}");
        step("{id: a, kind: agent, outputs: []}");
        step("{id: a, kind: agent, outputs: [a, a]}");
        step("{id: a, kind: agent, outputs: [A]}");
        step("{id: a, kind: agent, needs: b}");
        step("{id: a, kind: agent, if: [a]}");
    }
    void agreeOnWhatIsWrong()
    {
        QFETCH(QByteArray, workflow);
        QVERIFY2(!parsed(workflow), "the parser takes it");
        QVERIFY2(!Schema().accepts(workflow), "the schema takes it");
    }
};

COPPICE_TEST(ShippedTest)
#include "shipped_test.moc"
