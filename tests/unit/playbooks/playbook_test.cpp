// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <playbooks/playbook.h>

#include <QDir>
#include <QFile>
#include <QJsonDocument>
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
                                               << QStringLiteral("'budget'");
        QTest::newRow("unknown kind") << QByteArray(head + "  - id: a\n    kind: magic\n") << 4 << QStringLiteral("'magic'");
        QTest::newRow("langgraph") << QByteArray(head + "  - id: a\n    kind: langgraph\n") << 4
                                   << QStringLiteral("cannot be carried out by this version");
        QTest::newRow("approve") << QByteArray(head + "  - id: a\n    kind: approve\n") << 4
                                 << QStringLiteral("cannot be carried out by this version");
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

    /// The shipped playbooks are read, and use no key that the schema for editors does not know.
    void theShippedOnesAreGood()
    {
        const QDir folder(QStringLiteral(COPPICE_SOURCE_DIR "/templates/playbooks"));
        const QStringList names = folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const char *needed : {"fix", "test", "document", "deploy"})
            QVERIFY2(names.contains(QLatin1String(needed)), needed);
        QFile schemaFile(QStringLiteral(COPPICE_SOURCE_DIR "/templates/schema/workflow.schema.json"));
        QVERIFY(schemaFile.open(QIODevice::ReadOnly));
        const QJsonObject schema = QJsonDocument::fromJson(schemaFile.readAll()).object();
        const QStringList stepKeys = schema[u"definitions"][u"step"][u"properties"].toObject().keys();
        QVERIFY(stepKeys.contains(QStringLiteral("may_fail")));
        for (const QString &name : names) {
            const auto playbook = parsePlaybook(name, [&](const QString &file) -> std::optional<QByteArray> {
                QFile one(folder.filePath(name + u'/' + file));
                return one.open(QIODevice::ReadOnly) ? std::optional(one.readAll()) : std::nullopt;
            });
            QVERIFY_RESULT(playbook);
        }
        // Every key that the schema names is one that the parser takes.
        const QMap<QString, QByteArray> samples{{QStringLiteral("id"), ""},
                                                {QStringLiteral("kind"), ""},
                                                {QStringLiteral("run"), ""},
                                                {QStringLiteral("prompt"), "prompt: x"},
                                                {QStringLiteral("needs"), "needs: []"},
                                                {QStringLiteral("if"), "if: always"},
                                                {QStringLiteral("timeout"), "timeout: 1m"},
                                                {QStringLiteral("retries"), "retries: 1"},
                                                {QStringLiteral("may_fail"), "may_fail: true"}};
        for (const QString &key : stepKeys) {
            QVERIFY2(samples.contains(key), qPrintable(key));
            const auto playbook = parsed("version: 1\nsteps:\n  - id: a\n    kind: agent\n    " + samples[key] + "\n");
            QVERIFY_RESULT(playbook);
        }
    }
};

COPPICE_TEST(PlaybookTest)
#include "playbook_test.moc"
