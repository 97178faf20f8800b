// SPDX-License-Identifier: GPL-3.0-or-later
// What an agent would be given, and how it has done, by coppicectl.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QJsonArray>
#include <QTest>

using namespace coppice::test;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

const QByteArray flow = "version: 1\nsteps:\n"
                        "  - {id: look, kind: agent, prompt: \"Look at {{plugin.name}}.\", outputs: [cause]}\n"
                        "  - id: change\n    kind: agent\n    prompt: \"Mend {{outputs.look.cause}}.\"\n    if: outputs.look.cause\n";

class House
{
public:
    House() : bare(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home"))), ctl(bare)
    {
        library = scratch.repository(QStringLiteral("library"),
                                     {{QStringLiteral("plugins/sums/sums.py"), "x = 1\n"},
                                      {QStringLiteral("plugins/sums/AGENTS.md"), "# Rules\n\nOwn rules.\n"},
                                      {QStringLiteral("plugins/sums/.agents/knowledge/months.md"), "Months are from 1.\n"},
                                      {QStringLiteral("plugins/other/other.py"), "x = 1\n"},
                                      {QStringLiteral("templates/playbooks/two/SKILL.md"), "---\nname: two\ndescription: Two.\n---\nIn two steps.\n"},
                                      {QStringLiteral("templates/playbooks/two/workflow.yaml"), flow}});
        ctl = bare.on(library);
        const auto adopted = bare({QStringLiteral("init"), QStringLiteral("--adopt"), library});
        if (adopted.exit != 0)
            qFatal("init --adopt: %s", adopted.err.constData());
    }
    Scratch scratch;
    Ctl bare;
    Ctl ctl;
    QString library;
};

QJsonObject part(const QJsonObject &context, const char *title)
{
    for (const auto &one : context[u"parts"].toArray()) {
        if (one[u"title"].toString() == QLatin1String(title))
            return one.toObject();
    }
    return {};
}

} // namespace

class ContextShowTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsWhereEachPartCameFrom()
    {
        const House house;
        const auto shown = house.ctl(words("context show --plugin sums --playbook two"));
        QCOMPARE_EXIT(shown, 0);
        const auto rules = part(shown.json, "The plugin's rules");
        QCOMPARE(rules[u"source"].toString(), QStringLiteral("plugins/sums/AGENTS.md"));
        QCOMPARE(rules[u"first_line"].toInt(), 1);
        QCOMPARE(rules[u"last_line"].toInt(), 3);
        QVERIFY(rules[u"tokens"].toInt() > 5);
        QCOMPARE(part(shown.json, "Playbook two")[u"first_line"].toInt(), 5);
        QCOMPARE(part(shown.json, "Your job in the step change")[u"first_line"].toInt(), 4);
        QCOMPARE(shown.json[u"hash"].toString().size(), 64);
        const auto plain = house.ctl.plain(words("context show --plugin sums --playbook two"));
        QVERIFY2(plain.err.contains("plugins/sums/AGENTS.md:1-3"), plain.err.constData());
    }

    void showsAStepAndATicketsText()
    {
        const House house;
        const auto ticket = house.ctl({QStringLiteral("tickets"), QStringLiteral("new"), QStringLiteral("--plugin"), QStringLiteral("sums"),
                                       QStringLiteral("--title"), QStringLiteral("x is 2")}).json[u"id"].toString();
        const auto shown = house.ctl(words("context show --plugin sums --playbook two --step look --ticket") << ticket);
        QCOMPARE_EXIT(shown, 0);
        const QString text = shown.json[u"text"].toString();
        QVERIFY(text.contains(QStringLiteral("x is 2")) && text.contains(QStringLiteral("Look at sums.")) && text.contains(QStringLiteral("COPPICE_OUTPUTS")));
        QVERIFY(!text.contains(QStringLiteral("Mend")));
        QCOMPARE_EXIT(house.ctl(words("context show --plugin other --ticket") << ticket), 2);
        QCOMPARE_EXIT(house.ctl(words("context show --plugin sums --playbook two --step none")), 3);
        QCOMPARE_EXIT(house.ctl(words("context show")), 2);
    }

    void agentsShowSettingsKnowledgeAndRecord()
    {
        const House house;
        house.scratch.write(QStringLiteral("library/.coppice/plugins/sums.yaml"),
                            "id: sums\nprefix: plugins/sums\nagent: {client: codex, model: small, budget_usd_day: 2}\n");
        house.scratch.git(house.library, words("add -A"));
        house.scratch.git(house.library, words("commit -qm agent"));
        QCOMPARE_EXIT(house.ctl({QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--plugin"), QStringLiteral("sums"),
                                 QStringLiteral("--playbook"), QStringLiteral("document"), QStringLiteral("--client"), QStringLiteral("exec"),
                                 QStringLiteral("--command"), QStringLiteral("exit 3"), QStringLiteral("--wait")}), 1);
        const auto shown = house.ctl(words("agents show sums"));
        QCOMPARE_EXIT(shown, 0);
        QCOMPARE(shown.json[u"client"][u"value"].toString(), QStringLiteral("codex"));
        QCOMPARE(shown.json[u"client"][u"from"].toString(), QStringLiteral("plugin"));
        QCOMPARE(shown.json[u"model"][u"value"].toString(), QStringLiteral("small"));
        QCOMPARE(shown.json[u"budgets"][u"day"][u"usd"].toDouble(), 2.0);
        QCOMPARE(shown.json[u"knowledge"][u"files"].toArray().size(), 2);
        const auto record = shown.json[u"record"].toObject();
        QCOMPARE(record[u"runs"].toInt(), 1);
        QCOMPARE(record[u"states"][u"failed"].toInt(), 1);
        QCOMPARE(record[u"last_failures"].toArray().size(), 1);
        QVERIFY(record[u"last_failures"].toArray().at(0)[u"reason"].toString().contains(u'3'));
        const auto plain = house.ctl.plain(words("agents show sums"));
        QVERIFY2(plain.out.contains("codex (plugin)") && plain.out.contains("1 failed"), plain.out.constData());
        const auto list = house.ctl(words("agents list"));
        QCOMPARE_EXIT(list, 0);
        QCOMPARE(list.json[u"agents"].toArray().size(), 2);
        QCOMPARE_EXIT(house.ctl(words("agents show nobody")), 3);
    }

    void playbooksListTellsTheWholeStep()
    {
        const House house;
        const auto listed = house.ctl(words("playbooks list"));
        QCOMPARE_EXIT(listed, 0);
        for (const auto &one : listed.json[u"playbooks"].toArray()) {
            QCOMPARE(one[u"problem"].toString(), QString());
            if (one[u"name"].toString() != QLatin1String("two"))
                continue;
            QCOMPARE(one[u"steps"][0][u"outputs"].toArray(), QJsonArray{QStringLiteral("cause")});
            QCOMPARE(one[u"steps"][1][u"if"].toString(), QStringLiteral("outputs.look.cause"));
            return;
        }
        QFAIL("the library's own playbook is not listed");
    }
};

COPPICE_TEST(ContextShowTest)
#include "context_test.moc"
