// SPDX-License-Identifier: GPL-3.0-or-later
// A real agent CLI (Claude Code, pinned, from the npm registry) by exec: sandboxed, through the gateway, against a
// scripted stand-in for the model service on loopback.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTest>

using namespace coppice::test;

namespace {

const QString package = QStringLiteral("@anthropic-ai/claude-code@2.1.330");
const QString key = QStringLiteral("key-of-the-model-service-4711");

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

/// The program, installed once into the build folder; empty when there is no npm or no registry.
QString claudeProgram()
{
    const QString dir = QStringLiteral(COPPICE_CLIENTS_DIR);
    const QString program = dir + QStringLiteral("/node_modules/@anthropic-ai/claude-code-linux-x64/claude");
    if (!QFileInfo(program).isExecutable()) {
        QProcess npm;
        npm.start(QStringLiteral("npm"), words("install --no-audit --no-fund --prefix") << dir << package);
        npm.waitForFinished(300'000);
    }
    return QFileInfo(program).isExecutable() ? program : QString();
}

/// tests/support/model_standin.py with a script of turns.
class Standin
{
public:
    Standin(const Scratch &scratch, const QJsonArray &turns) : m_requests(scratch.path(QStringLiteral("requests.jsonl")))
    {
        const QString script = scratch.write(QStringLiteral("turns.json"), QJsonDocument(turns).toJson());
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral("python3"),
                        {QStringLiteral(COPPICE_SOURCE_DIR "/tests/support/model_standin.py"), script, m_requests});
        m_process.waitForReadyRead(20'000);
        m_port = m_process.readLine().trimmed().toInt();
    }
    ~Standin()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] QList<QByteArray> requests() const
    {
        QFile file(m_requests);
        QList<QByteArray> lines;
        if (file.open(QIODevice::ReadOnly)) {
            while (!file.atEnd())
                lines << file.readLine();
        }
        return lines;
    }

private:
    QProcess m_process;
    QString m_requests;
    int m_port = 0;
};

QJsonObject tool(const char *name, const QJsonObject &input)
{
    return {{QStringLiteral("tool"), QString::fromLatin1(name)}, {QStringLiteral("input"), input}};
}

} // namespace

class ClaudeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void solvesATicketInTheSandboxThroughTheGateway()
    {
        const QString program = claudeProgram();
        if (program.isEmpty())
            QSKIP("npm, or the npm registry, is not there");
        const Scratch scratch;
        const QString terms = QStringLiteral("/src/invoice/invoice/terms.py");
        const Standin model(
            scratch,
            {tool("Bash", {{QStringLiteral("command"), QStringLiteral("env; ls -a / /src ~; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | sort -u")},
                           {QStringLiteral("description"), QStringLiteral("look around")}}),
             tool("Read", {{QStringLiteral("file_path"), terms}}),
             tool("Edit", {{QStringLiteral("file_path"), terms},
                           {QStringLiteral("old_string"), QStringLiteral("        return issued.replace(month=issued.month + 1)\n")},
                           {QStringLiteral("new_string"),
                            QStringLiteral("        year, month = divmod(issued.year * 12 + issued.month, 12)\n"
                                           "        last = monthrange(year, month + 1)[1]\n"
                                           "        return date(year, month + 1, min(issued.day, last))\n")}}),
             tool("Edit", {{QStringLiteral("file_path"), terms},
                           {QStringLiteral("old_string"), QStringLiteral("from datetime import date, timedelta\n")},
                           {QStringLiteral("new_string"), QStringLiteral("from calendar import monthrange\nfrom datetime import date, timedelta\n")}}),
             tool("Write", {{QStringLiteral("file_path"), QStringLiteral("/src/invoice/tests/test_month_end.py")},
                            {QStringLiteral("content"),
                             QStringLiteral("import unittest\nfrom datetime import date\n\nfrom invoice.terms import due_date\n\n\n"
                                            "class MonthEnd(unittest.TestCase):\n    def test_over_the_new_year(self):\n"
                                            "        self.assertEqual(due_date(date(2025, 12, 5), \"month\"), date(2026, 1, 5))\n\n"
                                            "    def test_into_a_shorter_month(self):\n"
                                            "        self.assertEqual(due_date(date(2026, 1, 31), \"month\"), date(2026, 2, 28))\n")}}),
             QJsonObject{{QStringLiteral("text"), QStringLiteral("Due dates cross the new year now.")}}});
        QVERIFY(model.port() > 0);

        Ctl bare(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home")));
        bare.setEnv(QStringLiteral("MODEL_KEY"), key);
        const auto demo = bare({QStringLiteral("demo"), scratch.path(QStringLiteral("demo"))}).json;
        const QString library = demo[u"library"].toString();
        QFile settings(library + QStringLiteral("/coppice.yaml"));
        QVERIFY(settings.open(QIODevice::Append));
        settings.write(QStringLiteral("clients:\n  claude-cli:\n    kind: exec\n    command: [bash, -c, '%1 -p \"$(cat \"$COPPICE_PROMPT_FILE\")\" "
                                      "--output-format stream-json --verbose --permission-mode bypassPermissions']\n"
                                      "    model: {dialect: anthropic, base_url: \"http://127.0.0.1:%2\", key_env: MODEL_KEY}\n")
                           .arg(program)
                           .arg(model.port())
                           .toUtf8());
        settings.close();
        scratch.git(library, words("commit -qam settings"));
        const Ctl ctl = bare.on(library);

        QCOMPARE_EXIT(ctl(words("ingest --plugin invoice") << scratch.path(QStringLiteral("demo/logs/invoice.log"))), 0);
        const QString group = ctl(words("groups list")).json[u"groups"].toArray().at(0)[u"id"].toString();
        const QString ticket = ctl(words("tickets new --group") << group).json[u"id"].toString();
        const auto run = ctl(words("run start --playbook fix --client claude-cli --wait --ticket") << ticket);
        QCOMPARE_EXIT(run, 0);
        const auto checks = run.json[u"checks"].toObject();
        QCOMPARE(checks[u"before"].toArray().at(0)[u"passed"].toBool(true), false);
        QCOMPARE(checks[u"after"].toArray().at(0)[u"passed"].toBool(false), true);
        QVERIFY(run.json[u"tokens"][u"input"].toInt() > 0);

        // The service saw the key; the agent did not, nor anything of the host.
        const auto requests = model.requests();
        QVERIFY(requests.size() >= 5);
        const auto last = QJsonDocument::fromJson(requests.last()).object();
        QCOMPARE(last[u"key"].toString(), key);
        const QByteArray seen = QJsonDocument(last[u"messages"].toArray()).toJson();
        QVERIFY(!seen.contains(key.toUtf8()));
        QVERIFY(!seen.contains(library.toUtf8()));
        QVERIFY(seen.contains("request failed") || seen.contains("ValueError")); // the evidence was given

        const QString review = run.json[u"review"].toString();
        QCOMPARE_EXIT(ctl(words("review accept --all") << review), 0);
        QCOMPARE_EXIT(ctl(words("review apply") << review), 0);
        QCOMPARE_EXIT(ctl(words("ship invoice")), 0);
        const QString upstream = demo[u"upstreams"][u"invoice"].toString();
        QVERIFY(scratch.git(upstream, words("show HEAD:invoice/terms.py")).contains("monthrange"));
    }
};
COPPICE_TEST(ClaudeTest)
#include "claude_test.moc"
