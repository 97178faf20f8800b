// SPDX-License-Identifier: GPL-3.0-or-later
// Real agent programs, pinned, from the npm registry: each in the sandbox, through the gateway, against a scripted stand-in
// for its model service on loopback, with no other network.
#include "clients/agents.h"
#include "clients/real_agent.h"
#include "support/test_main.h"

#include <QTest>

#include <thread>

#include <signal.h>
#include <unistd.h>

using namespace coppice;
using namespace coppice::test;
using clients::AgentEnd;
using clients::PermissionAnswer;
using clients::PermissionRequest;

namespace {

QString told(const AgentEnd &end, const RealAgent &real)
{
    return QStringLiteral("%1: %2 | denied: %3 | errors: %4 | turns %5, tokens %6/%7/%8, cost %9\n")
               .arg(nameOf(end.outcome), end.reason, end.denials.join(u';'), end.errors.join(u';'))
               .arg(end.turns).arg(end.inputTokens).arg(end.outputTokens).arg(end.cachedTokens)
               .arg(end.cost ? end.cost->toString() : QStringLiteral("none"))
        + QString::fromUtf8(real.log().right(6000));
}

QByteArray statOf(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray nameOfProcess(qint64 pid)
{
    const QByteArray stat = statOf(pid);
    return stat.mid(stat.indexOf('(') + 1, stat.lastIndexOf(')') - stat.indexOf('(') - 1);
}

/// A descendant of this test.
bool isOurs(qint64 pid)
{
    for (int depth = 0; depth < 50 && pid > 1; ++depth) {
        if (pid == ::getpid())
            return true;
        const QByteArray stat = statOf(pid);
        pid = stat.mid(stat.lastIndexOf(')') + 2).split(' ').value(1).toLongLong();
    }
    return false;
}

} // namespace

#define OUTCOME(end, real, wanted)                                                                                     \
    do {                                                                                                               \
        QVERIFY_RESULT(end);                                                                                           \
        QVERIFY2((end)->outcome == AgentEnd::Outcome::wanted, qPrintable(told(*(end), real)));                         \
    } while (false)

class AgentsCliTest : public QObject
{
    Q_OBJECT

private:
    static void all(bool onlyThoseThatAsk = false)
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"claude", "claude-acp", "codex-acp", "gemini-acp", "opencode"})
            QTest::newRow(name) << QString::fromLatin1(name);
        if (!onlyThoseThatAsk) {
            QTest::newRow("codex") << QStringLiteral("codex");
            QTest::newRow("gemini") << QStringLiteral("gemini");
        }
    }

private Q_SLOTS:
    void fixesABug_data() { all(); }
    void fixesABug();
    void deniedIsDenied_data() { all(true); }
    void deniedIsDenied();
    void cancelled_data() { all(); }
    void cancelled();
    void refusedByTheModelService_data();
    void refusedByTheModelService();
    void hangs_data() { all(); }
    void hangs();
    void killedAndResumed_data() { all(true); }
    void killedAndResumed();
    void claudeStopsAtItsBudget();
    void claudeStopsAtItsTurns();
    void severalTurns_data() { all(true); }
    void severalTurns();
};

#define AGENT(real, name, turns)                                                                                       \
    const Agent one = agent(name);                                                                                     \
    if (one.settings.command.isEmpty())                                                                                \
        QSKIP("npm, or the npm registry, is not there");                                                               \
    RealAgent real(one.settings, one.dialect, turns)

void AgentsCliTest::fixesABug()
{
    QFETCH(QString, name);
    AGENT(real, name, one.look + one.mend + one.test + QJsonArray{done});
    QStringList kinds;
    QMutex mutex;
    real.job.onPermission = [&](const PermissionRequest &request, std::stop_token) {
        const QMutexLocker lock(&mutex);
        kinds << request.kind;
        return PermissionAnswer{PermissionAnswer::Kind::AllowOnce, {}, false};
    };
    const auto end = real.work();
    OUTCOME(end, real, Completed);
    qInfo("%s", qPrintable(told(*end, real).section(u'\n', 0, 0)));
    QVERIFY2(real.plugin().contains("a + b"), qPrintable(told(*end, real)));
    QVERIFY(end->inputTokens > 0 && end->outputTokens > 0);
    QVERIFY(end->turns > 0 && end->denials.isEmpty());
    QVERIFY2(!real.obeyedTheRepository(), "configuration of the work folder was obeyed");
    if (one.asks)
        QVERIFY2(kinds.contains(QStringLiteral("edit")), qPrintable(kinds.join(u' ')));
    bool said = false;
    for (const auto &update : std::as_const(real.updates))
        said = said || (update.kind == clients::AgentUpdate::Kind::ToolCall && update.data[u"title"].toString().contains(QLatin1String("test_plugin.py")));
    QVERIFY(said);
    for (const auto &request : real.model.requests())
        QCOMPARE(request[u"key"].toString().remove(QStringLiteral("Bearer ")), QStringLiteral("key-of-the-model-service-4711"));
}

void AgentsCliTest::deniedIsDenied()
{
    QFETCH(QString, name);
    AGENT(real, name, one.look + one.mend + one.test + QJsonArray{done});
    real.job.onPermission = [&](const PermissionRequest &, std::stop_token) {
        return PermissionAnswer{PermissionAnswer::Kind::RejectOnce, QStringLiteral("no"), true};
    };
    const auto end = real.work();
    OUTCOME(end, real, Denied);
    QVERIFY(!end->denials.isEmpty());
    QVERIFY(real.plugin().contains("a - b"));
    QVERIFY(!real.obeyedTheRepository());
}

void AgentsCliTest::cancelled()
{
    QFETCH(QString, name);
    AGENT(real, name, (one.asks ? one.look + one.mend + QJsonArray{done} : QJsonArray{QJsonObject{{QStringLiteral("hang"), true}}}));
    std::stop_source stop;
    bool withdrawn = false;
    real.job.onPermission = [&](const PermissionRequest &, std::stop_token mine) {
        stop.request_stop(); // while it asks
        for (int i = 0; i < 200 && !mine.stop_requested(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        withdrawn = mine.stop_requested();
        return PermissionAnswer{PermissionAnswer::Kind::AllowOnce, {}, false};
    };
    std::jthread later;
    if (!one.asks) {
        later = std::jthread([&](const std::stop_token &over) {
            while (real.model.requests().isEmpty() && !over.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            stop.request_stop();
        });
    }
    const auto end = real.work(stop.get_token());
    OUTCOME(end, real, Cancelled);
    QCOMPARE(withdrawn, one.asks);
    QVERIFY(real.plugin().contains("a - b"));
}

void AgentsCliTest::refusedByTheModelService_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("status");
    for (const char *name : {"claude", "claude-acp", "codex-acp", "gemini-acp", "opencode", "codex", "gemini"}) {
        for (const int status : {401, 500, 429})
            QTest::addRow("%s %d", name, status) << QString::fromLatin1(name) << status;
    }
}

void AgentsCliTest::refusedByTheModelService()
{
    QFETCH(QString, name);
    QFETCH(int, status);
    AGENT(real, name, (QJsonArray{QJsonObject{{QStringLiteral("status"), status}}}));
    real.job.silence = std::chrono::seconds(25); // some try again for minutes
    const auto end = real.work();
    QVERIFY_RESULT(end);
    const auto wanted = status == 429 ? AgentEnd::Outcome::Limited : AgentEnd::Outcome::ModelError;
    // A client that keeps trying in silence says nothing of the reason: then it has stalled, and the gateway knows it.
    const bool silent = end->stalled && real.usage.lastError == status;
    QVERIFY2(end->outcome == wanted || silent, qPrintable(told(*end, real)));
    qInfo("%s", qPrintable(told(*end, real).section(u'\n', 0, 0)));
}

void AgentsCliTest::hangs()
{
    QFETCH(QString, name);
    AGENT(real, name, (QJsonArray{QJsonObject{{QStringLiteral("hang"), true}}}));
    real.job.silence = std::chrono::seconds(20);
    const auto end = real.work();
    QVERIFY_RESULT(end);
    QVERIFY2(end->stalled, qPrintable(told(*end, real)));
    QVERIFY2(end->outcome == AgentEnd::Outcome::Failed || end->outcome == AgentEnd::Outcome::ModelError, qPrintable(told(*end, real)));
}

void AgentsCliTest::killedAndResumed()
{
    QFETCH(QString, name);
    AGENT(real, name, one.look + one.mend + one.test + QJsonArray{done});
    // Killed by force within a question; nothing of it stays.
    qint64 killed = 0;
    real.job.onPermission = [&](const PermissionRequest &, std::stop_token stop) {
        if (killed == 0) {
            // The sandbox's own processes: its whole PID namespace goes with them.
            for (const QString &pid : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
                if (pid.toLongLong() > 0 && isOurs(pid.toLongLong()) && nameOfProcess(pid.toLongLong()) == "bwrap") {
                    killed = pid.toLongLong();
                    ::kill(pid_t(killed), SIGKILL);
                }
            }
            for (int i = 0; i < 200 && !stop.stop_requested(); ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return PermissionAnswer{PermissionAnswer::Kind::AllowOnce, {}, false};
    };
    const auto first = real.work();
    QVERIFY_RESULT(first);
    QVERIFY(killed > 0);
    QVERIFY2(first->outcome == AgentEnd::Outcome::Incomplete || first->outcome == AgentEnd::Outcome::Failed, qPrintable(told(*first, real)));
    QVERIFY(real.plugin().contains("a - b"));
    QVERIFY2(!real.session.isEmpty(), "no session is known");
    real.job.session = real.session;
    const auto second = real.work();
    OUTCOME(second, real, Completed);
    QVERIFY(real.plugin().contains("a + b") || !real.model.requests().isEmpty());
    qInfo("%s: session %s, then %s", qPrintable(name), qPrintable(real.job.session), qPrintable(second->session));
}

void AgentsCliTest::claudeStopsAtItsBudget()
{
    AGENT(real, QStringLiteral("claude"), (QJsonArray{tool("Bash", {{QStringLiteral("command"), QStringLiteral("echo on")}, {QStringLiteral("description"), QStringLiteral("loop")}})}));
    real.job.budget = Money{3000};
    const auto end = real.work();
    OUTCOME(end, real, Budget);
    QVERIFY(end->cost && end->cost->micros >= 3000 && end->cost->micros < 10'000);
}

void AgentsCliTest::claudeStopsAtItsTurns()
{
    AGENT(real, QStringLiteral("claude"), (QJsonArray{tool("Bash", {{QStringLiteral("command"), QStringLiteral("echo on")}, {QStringLiteral("description"), QStringLiteral("loop")}})}));
    real.job.maxTurns = 3;
    const auto end = real.work();
    OUTCOME(end, real, Turns);
}

void AgentsCliTest::severalTurns()
{
    QFETCH(QString, name);
    AGENT(real, name, one.look + one.mend + QJsonArray{done});
    int turns = 0;
    real.job.onTurnEnd = [&](const AgentEnd &) -> std::optional<QString> {
        return ++turns < 3 ? std::optional(QStringLiteral("And now once more")) : std::nullopt;
    };
    const auto end = real.work();
    OUTCOME(end, real, Completed);
    QCOMPARE(turns, 3);
    qInfo("%s", qPrintable(told(*end, real).section(u'\n', 0, 0)));
    // Each turn's figures are added up: five answers of the stand-in. The gateway sees what a client asks beside them, too.
    QVERIFY(end->outputTokens <= real.usage.outputTokens);
    if (name != QLatin1String("opencode") && name != QLatin1String("gemini-acp")) // these tell of their last answers only
        QCOMPARE(end->outputTokens, qint64(5 * 20));
}

COPPICE_TEST(AgentsCliTest)
#include "agents_cli_test.moc"
