// SPDX-License-Identifier: GPL-3.0-or-later
// Claude Code natively (pinned, from the npm registry) in whole runs by coppicectl: asked about, metered, held to a budget,
// killed and gone on with, held back by a provider's limit. The model service is a scripted stand-in on loopback.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <sys/wait.h>

using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

const QString key = u"key-of-the-model-service-4711"_s;

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

/// The program, installed once into the build folder; empty when there is no npm or no registry.
QString claudeProgram()
{
    const QString dir = QStringLiteral(COPPICE_CLIENTS_DIR);
    const QString program = dir + u"/node_modules/@anthropic-ai/claude-code-linux-x64/claude"_s;
    if (!QFileInfo(program).isExecutable()) {
        QProcess npm;
        npm.start(u"npm"_s, words("install --no-audit --no-fund --prefix") << dir << u"@anthropic-ai/claude-code@2.1.330"_s);
        npm.waitForFinished(300'000);
    }
    return QFileInfo(program).isExecutable() ? program : QString();
}

QJsonObject tool(const char *name, const QJsonObject &input)
{
    return {{u"tool"_s, QString::fromLatin1(name)}, {u"input"_s, input}};
}

const QJsonObject edit = tool("Edit", {{u"file_path"_s, u"/src/sums/sums.py"_s}, {u"old_string"_s, u"a - b"_s}, {u"new_string"_s, u"a + b"_s}});
const QJsonObject look = tool("Read", {{u"file_path"_s, u"/src/sums/sums.py"_s}});
const QJsonObject end{{u"text"_s, u"The sign is right now."_s}};

QJsonObject shell(const QString &line)
{
    return tool("Bash", {{u"command"_s, line}, {u"description"_s, u"run it"_s}});
}

/// A library with one plugin whose sum is wrong, and a client `agent` of kind claude before the stand-in.
class House
{
public:
    House(const QJsonArray &turns, const QByteArray &settings = {}) : ctl(QStringLiteral(COPPICECTL), scratch.path(u"home"_s))
    {
        const QString script = scratch.write(u"turns.json"_s, QJsonDocument(turns).toJson());
        m_model.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_model.start(u"python3"_s, {QStringLiteral(COPPICE_SOURCE_DIR "/tests/support/model_standin.py"), script, scratch.path(u"asked.jsonl"_s)});
        m_model.waitForReadyRead(20'000);
        const int port = m_model.readLine().trimmed().toInt();
        library = scratch.repository(u"library"_s,
                                     {{u"plugins/sums/sums.py"_s, "def add(a, b):\n    return a - b\n"},
                                      {u"plugins/sums/tests/__init__.py"_s, ""},
                                      {u"plugins/sums/tests/test_sums.py"_s,
                                       "import unittest\nfrom sums import add\n\nclass Add(unittest.TestCase):\n"
                                       "    def test_add(self):\n        self.assertEqual(add(2, 2), 4)\n"}});
        const auto adopted = ctl({u"init"_s, u"--adopt"_s, library});
        if (adopted.exit != 0)
            qFatal("init --adopt: %s", adopted.err.constData());
        QFile file(library + u"/coppice.yaml"_s);
        if (!file.open(QIODevice::Append))
            qFatal("coppice.yaml");
        file.write(settings
                   + u"clients:\n  agent:\n    kind: claude\n    command: [%1]\n    model: {dialect: anthropic, base_url: \"http://127.0.0.1:%2\", "
                     "key_env: MODEL_KEY}\n"_s.arg(claudeProgram())
                         .arg(port)
                         .toUtf8());
        file.close();
        scratch.git(library, words("commit -qam settings"));
        ctl.setEnv(u"MODEL_KEY"_s, key);
        ctl = ctl.on(library);
        ticket = ctl(words("tickets new --plugin sums --title add(2,2)_answers_0")).json[u"id"].toString();
    }
    ~House()
    {
        m_model.kill();
        m_model.waitForFinished();
    }
    [[nodiscard]] QStringList line(bool wait = true) const
    {
        QStringList start = words("run start --playbook fix --client agent --ticket") << ticket;
        return wait ? start << u"--wait"_s : start;
    }
    [[nodiscard]] QJsonObject newest() const { return ctl(words("run list")).json[u"runs"].toArray().at(0).toObject(); }
    [[nodiscard]] QList<QJsonObject> updates() const
    {
        QFile file(ctl(words("run show") << newest()[u"id"].toString()).json[u"folder"].toString() + u"/updates.jsonl"_s);
        QList<QJsonObject> all;
        if (file.open(QIODevice::ReadOnly)) {
            while (!file.atEnd())
                all << QJsonDocument::fromJson(file.readLine()).object();
        }
        return all;
    }
    [[nodiscard]] QList<QByteArray> asked() const { return scratch.read(u"asked.jsonl"_s).split('\n'); }
    [[nodiscard]] QJsonArray questions() const { return ctl(words("approvals list")).json[u"approvals"].toArray(); }

    Scratch scratch;
    Ctl ctl;
    QString library, ticket;

private:
    QProcess m_model;
};

} // namespace

class ClaudeRunTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (claudeProgram().isEmpty())
            QSKIP("npm, or the npm registry, is not there");
    }

    void worksAndIsMetered()
    {
        const House house({look, edit, shell(u"python3 -m unittest"_s), end});
        const auto run = house.ctl(house.line());
        QCOMPARE_EXIT(run, 0);
        QCOMPARE(run.json[u"outcome"].toString(), u"completed"_s);
        QVERIFY(run.json[u"tokens"][u"input"].toInt() > 0);
        QVERIFY(!run.json[u"cost"].isNull());
        QCOMPARE(run.json[u"checks"][u"after"].toArray()[0][u"passed"], QJsonValue(true));
        QStringList kinds;
        for (const auto &update : house.updates())
            kinds << update[u"kind"].toString();
        QVERIFY(kinds.contains(u"tool_call"_s) && kinds.contains(u"diff"_s) && kinds.contains(u"usage"_s) && kinds.contains(u"permission"_s));
        // Each question is told once, and each answer.
        QStringList told;
        for (const auto &update : house.updates()) {
            if (update[u"kind"] == u"permission"_s)
                told << update[u"data"][u"id"].toString() + update[u"data"][u"answer"].toString();
        }
        QCOMPARE(told.size(), QSet<QString>(told.begin(), told.end()).size());
        QVERIFY(told.size() >= 2);
        const auto budget = house.ctl(words("budget"));
        QCOMPARE_EXIT(budget, 0);
        QVERIFY(budget.json[u"runs"].toArray().size() == 1);
        // Played back through the same code: the same outcome, no patch, nothing asked of the model.
        const auto before = house.asked().size();
        const auto replayed = house.ctl(words("run replay --wait") << run.json[u"id"].toString());
        QCOMPARE_EXIT(replayed, 0);
        QCOMPARE(replayed.json[u"outcome"].toString(), u"completed"_s);
        QCOMPARE(replayed.json[u"replayed"], QJsonValue(true));
        QVERIFY(replayed.json[u"cost"].isNull()); // it was paid for once
        QCOMPARE(house.asked().size(), before);
    }

    void aPersonIsAsked_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<int>("exit");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("allowed") << u"allow"_s << 0 << u"completed"_s;
        QTest::newRow("rejected") << u"reject"_s << 1 << u"denied"_s;
    }
    void aPersonIsAsked()
    {
        QFETCH(QString, answer);
        QFETCH(QString, outcome);
        const House house({look, edit, end}, "permissions: ask\n");
        const pid_t waiting = pid_t(house.ctl.start(house.line()));
        QTRY_VERIFY_WITH_TIMEOUT(!house.questions().isEmpty(), 90'000);
        const auto question = house.questions()[0].toObject();
        QCOMPARE(question[u"detail"][u"kind"].toString(), u"edit"_s);
        QVERIFY(question[u"detail"][u"paths"].toArray().contains(u"/src/sums/sums.py"_s));
        QCOMPARE_EXIT(house.ctl(words("approvals answer") << question[u"id"].toString() << answer), 0);
        int status = 0;
        ::waitpid(waiting, &status, 0);
        QTEST(WEXITSTATUS(status), "exit");
        QCOMPARE(house.newest()[u"outcome"].toString(), outcome);
        QVERIFY(house.questions().isEmpty());
    }

    void aBudgetIsHeld()
    {
        const House house({look, edit, end}, "budgets: {usd_run: 0.000001}\n");
        const auto run = house.ctl(house.line());
        QCOMPARE_EXIT(run, 1);
        QCOMPARE(run.json[u"outcome"].toString(), u"budget"_s);
        QCOMPARE(run.json[u"failure"].toString(), u"budget"_s);
        QVERIFY(house.scratch.read(u"asked.jsonl"_s).isEmpty()); // the service was asked for nothing
        QVERIFY(run.json[u"review"].isNull());
    }

    void aLimitOfTheProviderIsWaitedFor()
    {
        const House house({look, QJsonObject{{u"status"_s, 429}, {u"message"_s, u"rate limit"_s}, {u"headers"_s, QJsonObject{{u"retry-after"_s, u"3600"_s}}}}});
        const pid_t waiting = pid_t(house.ctl.start(house.line()));
        QTRY_VERIFY_WITH_TIMEOUT(house.newest()[u"not_before"].isString(), 120'000);
        QCOMPARE(house.newest()[u"state"].toString(), u"queued"_s);
        QVERIFY(house.newest()[u"failure"].isNull());
        const auto queue = house.ctl(words("queue status"));
        QCOMPARE(queue.json[u"limits"].toArray().size(), 1);
        ::kill(waiting, SIGKILL);
        ::waitpid(waiting, nullptr, 0);
    }

    void killedAndGoneOnWith()
    {
        const House house({look, edit, shell(u"if [ ! -e ~/waited ]; then touch ~/waited; sleep 600; fi; cat sums.py"_s), end});
        const pid_t engine = pid_t(house.ctl.start(house.line()));
        const auto edited = [&house] {
            const auto all = house.updates();
            return std::ranges::any_of(all, [](const QJsonObject &one) {
                return one[u"kind"] == u"tool_call"_s && one[u"data"][u"kind"] == u"execute"_s;
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(edited(), 90'000);
        ::kill(engine, SIGKILL);
        ::waitpid(engine, nullptr, 0);
        QCOMPARE(house.newest()[u"state"].toString(), u"interrupted"_s);
        const auto before = house.asked().size();
        const auto run = house.ctl(words("run resume --wait") << house.newest()[u"id"].toString());
        QCOMPARE_EXIT(run, 0);
        QCOMPARE(run.json[u"attempt"].toInt(), 2);
        QCOMPARE(run.json[u"checks"][u"after"].toArray()[0][u"passed"], QJsonValue(true));
        // It went on: the first request of the second attempt holds what was said in the first.
        const auto first = QJsonDocument::fromJson(house.asked().at(before - 1)).object();
        const QByteArray said = QJsonDocument(first[u"messages"].toArray()).toJson();
        QVERIFY(said.contains("a - b"));
        QVERIFY(said.contains("interrupted"));
    }
};
COPPICE_TEST(ClaudeRunTest)
#include "claude_run_test.moc"
