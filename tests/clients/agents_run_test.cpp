// SPDX-License-Identifier: GPL-3.0-or-later
// Real agent programs in whole runs by coppicectl: what each uses is metered, a budget that is reached is one to each of
// them, and a model service that is too busy makes a run wait instead of fail.
#include "clients/agents.h"
#include "clients/real_agent.h"
#include "support/ctl.h"
#include "support/test_main.h"

#include <QTest>

using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

QByteArray listed(const QStringList &words)
{
    QStringList quoted;
    for (const QString &word : words)
        quoted << u'"' + word + u'"';
    return '[' + quoted.join(u", "_s).toUtf8() + ']';
}

/// A library with one plugin whose sum is wrong, and one agent before the stand-in.
class House
{
public:
    House(const Agent &one, const QJsonArray &turns, const QByteArray &settings = {})
        : ctl(QStringLiteral(COPPICECTL), scratch.path(u"home"_s)), model(scratch, turns)
    {
        QByteArray client = "clients:\n  agent:\n    kind: " + one.settings.kind.toUtf8() + "\n    command: " + listed(one.settings.command) + "\n";
        if (!one.settings.mode.isEmpty())
            client += "    mode: " + one.settings.mode.toUtf8() + "\n";
        const QByteArray base = "http://127.0.0.1:" + QByteArray::number(model.port()) + (one.dialect.startsWith(u"openai") ? "/v1" : "");
        client += "    model: {dialect: " + one.dialect.toUtf8() + ", base_url: \"" + base + "\", key_env: MODEL_KEY}\n";
        const QString library = scratch.repository(u"library"_s,
                                                   {{u"coppice.yaml"_s, settings + client},
                                                    {u"plugins/weather/plugin.py"_s, "def add(a, b):\n    return a - b\n"},
                                                    {u"plugins/weather/test_plugin.py"_s, "from plugin import add\nassert add(1, 2) == 3\nprint('ok')\n"}});
        ctl.setEnv(u"MODEL_KEY"_s, u"key-of-the-model-service-4711"_s);
        const auto adopted = ctl({u"init"_s, u"--adopt"_s, library});
        if (adopted.exit != 0)
            qFatal("init --adopt: %s", adopted.err.constData());
        ctl = ctl.on(library);
        ticket = ctl(words("tickets new --plugin weather --title add(1,2)_answers_-1")).json[u"id"].toString();
    }
    [[nodiscard]] Ctl::Answer run() const { return ctl(words("run start --playbook fix --client agent --wait --ticket") << ticket); }

    Scratch scratch;
    Ctl ctl;
    Standin model;
    QString ticket;
};

} // namespace

class AgentsRunTest : public QObject
{
    Q_OBJECT

    static void everyAgent()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"claude", "claude-acp", "codex-acp", "gemini-acp", "opencode", "codex", "gemini"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (agent(u"claude"_s).settings.command.isEmpty())
            QSKIP("npm, or the npm registry, is not there");
    }

    void worksAndIsMetered_data() { everyAgent(); }
    void worksAndIsMetered()
    {
        QFETCH(QString, name);
        const Agent one = agent(name);
        QVERIFY2(!one.settings.command.isEmpty(), "it cannot be installed");
        const House house(one, one.look + one.mend + one.test + QJsonArray{done});
        const auto run = house.run();
        QCOMPARE_EXIT(run, 0);
        QCOMPARE(run.json[u"outcome"].toString(), u"completed"_s);
        QVERIFY(run.json[u"tokens"][u"output"].toInt() > 0);
        const auto files = house.ctl({u"review"_s, u"show"_s, run.json[u"review"].toString()}).json[u"files"].toArray();
        QCOMPARE(files.size(), 1);
        QCOMPARE(files[0][u"path"].toString(), u"plugins/weather/plugin.py"_s);
        QVERIFY(!house.ctl(words("budget")).json[u"runs"].toArray().isEmpty());
    }

    void aBudgetIsHeld_data() { everyAgent(); }
    void aBudgetIsHeld()
    {
        QFETCH(QString, name);
        const Agent one = agent(name);
        QVERIFY2(!one.settings.command.isEmpty(), "it cannot be installed");
        const House house(one, one.look + one.mend + QJsonArray{done}, "budgets: {usd_run: 0.000001}\n");
        const auto run = house.run();
        QCOMPARE_EXIT(run, 1);
        QVERIFY2(run.json[u"outcome"].toString() == u"budget" && run.json[u"failure"].toString() == u"budget", run.out.constData());
        QVERIFY(house.model.requests().isEmpty()); // the service was asked for nothing
        QVERIFY(run.json[u"review"].isNull());
    }
};

COPPICE_TEST(AgentsRunTest)
#include "agents_run_test.moc"
