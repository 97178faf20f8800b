// SPDX-License-Identifier: GPL-3.0-or-later
// Raw streams of real clients (streams/, as they printed them) and made ones: how they ended, whatever way they are cut.
#include "support/scratch.h"
#include "support/test_main.h"

#include <clients/model_errors.h>
#include <clients/stream_reader.h>

#include <QFile>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

using namespace coppice;
using namespace coppice::clients;

namespace {

const QString streams = QStringLiteral(COPPICE_SOURCE_DIR "/tests/unit/clients/streams/");

QByteArray bytesOf(const QString &file)
{
    QFile in(streams + file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

AgentEnd read(const QString &dialect, const QByteArray &bytes, QList<AgentUpdate> *updates = nullptr)
{
    const auto reader = makeReader(dialect);
    if (updates)
        reader->onUpdate = [updates](const AgentUpdate &update) { updates->append(update); };
    reader->feed(bytes);
    reader->finish();
    return reader->end();
}

QString shortly(const AgentEnd &end)
{
    return QStringLiteral("%1 turns=%2 tokens=%3/%4/%5 cost=%6 denials=%7 errors=%8")
        .arg(nameOf(end.outcome))
        .arg(end.turns)
        .arg(end.inputTokens)
        .arg(end.outputTokens)
        .arg(end.cachedTokens)
        .arg(end.cost ? QString::number(end.cost->micros) : QStringLiteral("none"))
        .arg(end.denials.size())
        .arg(end.errors.size());
}

QByteArray init(const char *session = "s1")
{
    return QByteArray(R"({"type":"system","subtype":"init","session_id":")") + session + "\",\"tools\":[]}\n";
}

QByteArray answer(const char *id, const char *text, int input = 100, int output = 1)
{
    return QByteArray(R"({"type":"assistant","message":{"id":")") + id + R"(","role":"assistant","content":[{"type":"text","text":")" + text
        + R"("}],"usage":{"input_tokens":)" + QByteArray::number(input) + R"(,"output_tokens":)" + QByteArray::number(output)
        + "}},\"parent_tool_use_id\":null,\"session_id\":\"s1\"}\n";
}

QByteArray result(const char *more)
{
    return QByteArray(R"({"num_turns":1,"session_id":"s1","usage":{"input_tokens":100,"output_tokens":20,"cache_read_input_tokens":10},)") + more
        + R"(,"type":"result"})" + '\n';
}

QByteArray acp(const char *dir, const QByteArray &message)
{
    return QByteArray(R"({"dir":")") + dir + R"(","t":1,"msg":)" + message + "}\n";
}

QByteArray acpBegin()
{
    return acp(">", R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})") + acp("<", R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}})")
        + acp(">", R"({"jsonrpc":"2.0","id":2,"method":"session/new","params":{}})") + acp("<", R"({"jsonrpc":"2.0","id":2,"result":{"sessionId":"s"}})")
        + acp(">", R"({"jsonrpc":"2.0","id":3,"method":"session/prompt","params":{}})");
}

QByteArray acpAsk(const char *id, const char *call)
{
    return acp("<", QByteArray(R"({"jsonrpc":"2.0","id":)") + id + R"(,"method":"session/request_permission","params":{"toolCall":{"toolCallId":")" + call
                     + R"(","title":"do )" + call + R"("},"options":[{"optionId":"yes","kind":"allow_once"},{"optionId":"never","kind":"reject_always"}]}})");
}

} // namespace

class StreamTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recorded_data();
    void recorded();
    void made_data();
    void made();
    void everyBeginningIsIncompleteOrRight_data() { recorded_data(); }
    void everyBeginningIsIncompleteOrRight();
    void errors_data();
    void errors();
    void aResumedSessionCostsWhatItAdded();
    void updatesOfAnEdit();
    void gatheredByWhatIsPrinted();
    void hugeLinesAreSurvived();
};

void StreamTest::recorded_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *file, const char *expected) { QTest::newRow(file) << QString::fromLatin1(file) << QString::fromLatin1(expected); };
    row("acp-claude100-allow.jsonl", "completed turns=1 tokens=4600/168/2000 cost=22160 denials=0 errors=0");
    row("acp-claude100-cancel.jsonl", "cancelled turns=1 tokens=2100/84/1000 cost=10280 denials=0 errors=0");
    row("acp-claude100-reject.jsonl", "denied turns=1 tokens=4600/168/2000 cost=22160 denials=2 errors=0");
    row("acp-codex-allow.jsonl", "completed turns=1 tokens=2006/160/2000 cost=none denials=0 errors=0");
    row("acp-codex-reject.jsonl", "denied turns=1 tokens=1001/80/1000 cost=none denials=1 errors=0");
    row("acp-gemini-allow.jsonl", "completed turns=1 tokens=4006/160/0 cost=none denials=0 errors=0");
    row("acp-gemini-cancel.jsonl", "cancelled turns=1 tokens=0/0/0 cost=none denials=0 errors=0");
    row("acp-gemini-reject.jsonl", "denied turns=1 tokens=4006/160/0 cost=none denials=2 errors=0");
    row("claude-2.1.330-edit.stream.jsonl", "completed turns=4 tokens=4600/168/2000 cost=22160 denials=0 errors=0");
    row("claude-401-r1.stream.jsonl", "model_error turns=1 tokens=0/0/0 cost=0 denials=0 errors=1");
    row("claude-budget.stream.jsonl", "budget turns=4 tokens=3300/126/1500 cost=22160 denials=0 errors=1");
    row("claude-deny.stream.jsonl", "denied turns=4 tokens=4600/168/2000 cost=22160 denials=2 errors=0");
    row("claude-maxturns.stream.jsonl", "turns turns=4 tokens=3300/126/1500 cost=16020 denials=0 errors=1");
    row("claude-resume-missing.stream.jsonl", "failed turns=0 tokens=0/0/0 cost=0 denials=0 errors=1");
    row("codex-401.stream.jsonl", "model_error turns=1 tokens=0/0/0 cost=none denials=0 errors=1");
    row("codex-edit.stream.jsonl", "completed turns=1 tokens=4006/160/2000 cost=none denials=0 errors=0");
    row("gemini-401.stream.jsonl", "model_error turns=1 tokens=0/0/0 cost=none denials=0 errors=1");
    row("gemini-edit.stream.jsonl", "completed turns=1 tokens=5006/200/500 cost=none denials=0 errors=0");
}

void StreamTest::recorded()
{
    QFETCH(QString, file);
    QFETCH(QString, expected);
    const QByteArray bytes = bytesOf(file);
    QVERIFY(!bytes.isEmpty());
    const QString dialect = file.section(u'-', 0, 0);
    QCOMPARE(shortly(read(dialect, bytes)), expected);

    // Cut anywhere, with other ends of lines and with noise between them, it is the same.
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const auto reader = makeReader(dialect);
    QByteArray noisy;
    for (const QByteArray &line : bytes.split('\n')) {
        if (random.bounded(3) == 0)
            noisy += "npm warn something\n{\"type\": \"result\", cut\n\xff\xfe\n[1, 2\n{}\n[]\nnull\n";
        noisy += line + (random.bounded(2) ? "\r\n" : "\n");
    }
    for (qsizetype at = 0; at < noisy.size();) {
        const qsizetype size = std::min<qsizetype>(noisy.size() - at, 1 + random.bounded(random.bounded(2) ? 7 : 4000));
        reader->feed(QByteArrayView(noisy).sliced(at, size));
        at += size;
    }
    reader->finish();
    QCOMPARE(shortly(reader->end()), expected);
}

void StreamTest::made_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *dialect, const QByteArray &stream, const char *expected) {
        QTest::newRow(name) << QString::fromLatin1(dialect) << stream << QString::fromLatin1(expected);
    };
    const QByteArray ok = result(R"("subtype":"success","is_error":false,"total_cost_usd":0.001,"terminal_reason":"completed","stop_reason":"end_turn","permission_denials":[])");

    row("claude: nothing", "claude", "", "incomplete turns=0 tokens=0/0/0 cost=none denials=0 errors=0");
    row("claude: only words on stderr", "claude", "error: unknown option '--frob'\n", "incomplete turns=0 tokens=0/0/0 cost=none denials=0 errors=0");
    row("claude: killed within a turn, counted by messages", "claude", init() + answer("m1", "a", 100, 1) + answer("m1", "b", 100, 7) + answer("m2", "c", 120, 3),
        "incomplete turns=0 tokens=220/10/0 cost=none denials=0 errors=0");
    row("claude: two turns, the money counts on, the rest per turn", "claude",
        init() + answer("m1", "a") + ok + init() + answer("m2", "b")
            + result(R"("subtype":"success","is_error":false,"total_cost_usd":0.0025,"permission_denials":[])"),
        "completed turns=2 tokens=200/40/20 cost=2500 denials=0 errors=0");
    row("claude: two processes whose money begins anew", "claude",
        init() + ok + init() + result(R"("subtype":"success","is_error":false,"total_cost_usd":0.0004)"),
        "completed turns=2 tokens=200/40/20 cost=1400 denials=0 errors=0");
    row("claude: a denial of an earlier turn counts", "claude",
        init() + result(R"("subtype":"success","is_error":false,"permission_denials":[{"tool_name":"Bash","tool_use_id":"t1","tool_input":{"command":"rm x"}}])")
            + init() + ok,
        "denied turns=2 tokens=200/40/20 cost=1000 denials=1 errors=0");
    row("claude: a denial of a later turn counts, once", "claude",
        init() + ok + init() + R"({"type":"system","subtype":"permission_denied","tool_name":"Bash","tool_use_id":"t9","message":"no"})" + "\n"
            + result(R"("subtype":"success","is_error":false,"permission_denials":[{"tool_name":"Bash","tool_use_id":"t9","tool_input":{}}])"),
        "denied turns=2 tokens=200/40/20 cost=1000 denials=1 errors=0");
    row("claude: denied, and the budget ended: the budget", "claude",
        init() + result(R"~("subtype":"error_max_budget_usd","is_error":true,"errors":["Reached maximum budget ($1)"],"permission_denials":[{"tool_name":"Edit","tool_use_id":"t","tool_input":{}}])~"),
        "budget turns=1 tokens=100/20/10 cost=none denials=1 errors=1");
    row("claude: cut off in a second turn", "claude", init() + ok + init() + answer("m5", "x", 50, 2),
        "incomplete turns=1 tokens=150/22/10 cost=1000 denials=0 errors=0");
    row("claude: 429", "claude", init() + result(R"~("subtype":"success","is_error":true,"api_error_status":429,"terminal_reason":"api_error","result":"API Error: Request rejected (429)")~"),
        "limited turns=1 tokens=100/20/10 cost=none denials=0 errors=1");
    row("claude: 529 by words alone", "claude", init() + result(R"("subtype":"success","is_error":true,"result":"API Error: 529 {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}")"),
        "limited turns=1 tokens=100/20/10 cost=none denials=0 errors=1");
    row("claude: 500 by words alone", "claude", init() + result(R"("subtype":"success","is_error":true,"result":"API Error: 500 Internal server error")"),
        "model_error turns=1 tokens=100/20/10 cost=none denials=0 errors=1");
    row("claude: an old version calls a reached limit a success", "claude", init() + result(R"("subtype":"success","is_error":false,"result":"Claude AI usage limit reached|1760000000")"),
        "limited turns=1 tokens=100/20/10 cost=none denials=0 errors=1");
    row("claude: interrupted", "claude", init() + result(R"("subtype":"error_during_execution","is_error":true,"terminal_reason":"aborted_tools","errors":["Request was aborted."])"),
        "cancelled turns=1 tokens=100/20/10 cost=none denials=0 errors=1");
    row("claude: failed while working", "claude", init() + result(R"("subtype":"error_during_execution","is_error":true,"errors":["TypeError: x is not a function"])"),
        "failed turns=1 tokens=100/20/10 cost=none denials=0 errors=1");
    row("claude: refused", "claude", init() + result(R"("subtype":"success","is_error":false,"stop_reason":"refusal","result":"no")"),
        "failed turns=1 tokens=100/20/10 cost=none denials=0 errors=1");
    row("claude: too many tokens", "claude", init() + result(R"("subtype":"success","is_error":false,"stop_reason":"max_tokens","result":"half")"),
        "incomplete turns=1 tokens=100/20/10 cost=none denials=0 errors=1");
    row("claude: no usage in the result", "claude", init() + answer("m", "x", 70, 5) + R"({"type":"result","subtype":"success","is_error":false,"num_turns":1,"session_id":"s1"})" + "\n",
        "completed turns=1 tokens=70/5/0 cost=none denials=0 errors=0");
    row("claude: a subagent goes on after the end", "claude",
        init() + ok + R"({"type":"assistant","message":{"id":"sub","content":[{"type":"text","text":"x"}],"usage":{"input_tokens":5}},"parent_tool_use_id":"t1"})" + "\n",
        "completed turns=1 tokens=100/20/10 cost=1000 denials=0 errors=0");
    row("claude: killed while it was asked again and again", "claude",
        init() + R"({"type":"system","subtype":"api_retry","attempt":3,"max_retries":10,"error_status":500,"error":"server_error"})" + "\n",
        "incomplete turns=0 tokens=0/0/0 cost=none denials=0 errors=1");
    row("claude: asked again, then answered", "claude",
        init() + R"({"type":"system","subtype":"api_retry","attempt":1,"max_retries":10,"error_status":529,"error":"overloaded"})" + "\n" + answer("m", "x") + ok,
        "completed turns=1 tokens=100/20/10 cost=1000 denials=0 errors=0");
    row("claude: one list", "claude", "[" + init().trimmed() + "," + ok.trimmed() + "]\n", "completed turns=1 tokens=100/20/10 cost=1000 denials=0 errors=0");
    row("claude: the last line without its end", "claude", init() + ok.trimmed(), "completed turns=1 tokens=100/20/10 cost=1000 denials=0 errors=0");
    row("claude: figures that make no sense", "claude",
        init() + R"({"type":"result","subtype":"success","is_error":false,"num_turns":-4,"session_id":"s","total_cost_usd":-1,"usage":{"input_tokens":1e300,"output_tokens":"x","cache_read_input_tokens":-5}})" + "\n",
        "completed turns=0 tokens=1000000000000000/0/0 cost=none denials=0 errors=0");

    const QByteArray thread = R"({"type":"thread.started","thread_id":"t1"})" "\n";
    const QByteArray turn = R"({"type":"turn.started"})" "\n";
    const QByteArray done = R"({"type":"turn.completed","usage":{"input_tokens":100,"cached_input_tokens":10,"output_tokens":20}})" "\n";
    row("codex: a change that failed, though the turn completed", "codex",
        thread + turn + R"({"type":"item.completed","item":{"id":"i","type":"file_change","changes":[{"path":"a.py","kind":"update"}],"status":"failed"}})" + "\n" + done,
        "failed turns=1 tokens=100/20/10 cost=none denials=0 errors=1");
    row("codex: a change that failed and was made after", "codex",
        thread + turn + R"({"type":"item.completed","item":{"id":"i","type":"file_change","changes":[{"path":"a.py","kind":"update"}],"status":"failed"}})" + "\n"
            + R"({"type":"item.completed","item":{"id":"j","type":"file_change","changes":[{"path":"a.py","kind":"update"}],"status":"completed"}})" + "\n" + done,
        "completed turns=1 tokens=100/20/10 cost=none denials=0 errors=0");
    row("codex: a command was declined", "codex",
        thread + turn + R"({"type":"item.completed","item":{"id":"i","type":"command_execution","command":"rm -rf x","status":"declined","exit_code":-1}})" + "\n" + done,
        "denied turns=1 tokens=100/20/10 cost=none denials=1 errors=0");
    row("codex: a test that fails is no failure", "codex",
        thread + turn + R"({"type":"item.completed","item":{"id":"i","type":"command_execution","command":"make test","status":"failed","exit_code":1}})" + "\n" + done,
        "completed turns=1 tokens=100/20/10 cost=none denials=0 errors=0");
    row("codex: the figures of a thread count on", "codex",
        thread + turn + done + turn + R"({"type":"turn.completed","usage":{"input_tokens":250,"cached_input_tokens":30,"output_tokens":50}})" + "\n",
        "completed turns=2 tokens=250/50/30 cost=none denials=0 errors=0");
    row("codex: 429", "codex", thread + turn + R"({"type":"turn.failed","error":{"message":"exceeded retry limit, last status: 429 Too Many Requests"}})" + "\n",
        "limited turns=1 tokens=0/0/0 cost=none denials=0 errors=1");
    row("codex: usage limit", "codex", thread + turn + R"({"type":"error","message":"You've hit your usage limit. Try again later."})" + "\n"
            + R"({"type":"turn.failed","error":{"message":"You've hit your usage limit. Try again later."}})" + "\n",
        "limited turns=1 tokens=0/0/0 cost=none denials=0 errors=1");
    row("codex: cut off while it reconnects", "codex", thread + turn + R"~({"type":"error","message":"Reconnecting... 2/5 (unexpected status 500)"})~" + "\n",
        "incomplete turns=1 tokens=0/0/0 cost=none denials=0 errors=1");
    row("codex: reconnected, and done", "codex", thread + turn + R"~({"type":"error","message":"Reconnecting... 2/5 (unexpected status 500)"})~" + "\n" + done,
        "completed turns=1 tokens=100/20/10 cost=none denials=0 errors=0");
    row("codex: the older form", "codex",
        R"({"id":"0","msg":{"type":"task_started"}}
{"id":"0","msg":{"type":"token_count","info":{"total_token_usage":{"input_tokens":9,"cached_input_tokens":3,"output_tokens":2}}}}
{"id":"0","msg":{"type":"task_complete","last_agent_message":"ok"}}
)",
        "completed turns=1 tokens=9/2/3 cost=none denials=0 errors=0");

    const QByteArray begin = R"({"type":"init","session_id":"g1","model":"auto"})" "\n";
    const QByteArray fine = R"({"type":"result","status":"success","stats":{"input_tokens":50,"output_tokens":5,"cached":2}})" "\n";
    row("gemini: a policy said no", "gemini",
        begin + R"({"type":"tool_use","tool_name":"run_shell_command","tool_id":"t","parameters":{"command":"ls"}})" + "\n"
            + R"({"type":"tool_result","tool_id":"t","status":"error","error":{"type":"policy_violation","message":"Tool execution denied by policy."}})" + "\n" + fine,
        "denied turns=1 tokens=50/5/2 cost=none denials=1 errors=0");
    row("gemini: a tool that is not there is no denial", "gemini",
        begin + R"({"type":"tool_result","tool_id":"t","status":"error","error":{"type":"tool_not_registered","message":"Tool \"x\" not found in registry."}})" + "\n" + fine,
        "completed turns=1 tokens=50/5/2 cost=none denials=0 errors=0");
    row("gemini: quota", "gemini", begin + R"({"type":"result","status":"error","error":{"type":"Error","message":"[API Error: You exceeded your current quota (Status: RESOURCE_EXHAUSTED)]"},"stats":{}})" + "\n",
        "limited turns=1 tokens=0/0/0 cost=none denials=0 errors=1");
    row("gemini: turns", "gemini", begin + R"({"type":"result","status":"error","error":{"type":"FatalTurnLimitedError","message":"Reached max session turns for this session."},"stats":{"input_tokens":7}})" + "\n",
        "turns turns=1 tokens=7/0/0 cost=none denials=0 errors=1");
    row("gemini: cancelled", "gemini", begin + R"({"type":"result","status":"error","error":{"type":"FatalCancellationError","message":"Operation cancelled."}})" + "\n",
        "cancelled turns=1 tokens=0/0/0 cost=none denials=0 errors=1");
    row("gemini: cut off", "gemini", begin + R"({"type":"message","role":"assistant","content":"I","delta":true})" + "\n",
        "incomplete turns=0 tokens=0/0/0 cost=none denials=0 errors=0");
    row("gemini: one object of many lines", "gemini",
        "{\n  \"session_id\": \"g\",\n  \"response\": \"ok\",\n  \"stats\": {\"models\": {\"m\": {\"tokens\": {\"prompt\": 11, \"candidates\": 4, \"cached\": 1}}}}\n}\n",
        "completed turns=1 tokens=11/4/1 cost=none denials=0 errors=0");

    row("acp: cut off before an answer", "acp", acpBegin(), "incomplete turns=0 tokens=0/0/0 cost=none denials=0 errors=0");
    row("acp: rejected for good by whatever name", "acp",
        acpBegin() + acpAsk("7", "c1") + acp(">", R"({"jsonrpc":"2.0","id":7,"result":{"outcome":{"outcome":"selected","optionId":"never"}}})")
            + acp("<", R"({"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}})"),
        "denied turns=1 tokens=0/0/0 cost=none denials=1 errors=0");
    row("acp: cancelled by us within a question", "acp",
        acpBegin() + acpAsk("7", "c1") + acp(">", R"({"jsonrpc":"2.0","method":"session/cancel","params":{}})")
            + acp(">", R"({"jsonrpc":"2.0","id":7,"result":{"outcome":{"outcome":"cancelled"}}})") + acp("<", R"({"jsonrpc":"2.0","id":3,"result":{"stopReason":"cancelled"}})"),
        "cancelled turns=1 tokens=0/0/0 cost=none denials=0 errors=0");
    row("acp: bare messages", "acp",
        R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{}}
{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"x"}}}}
{"jsonrpc":"2.0","id":"q","method":"session/request_permission","params":{"toolCall":{"toolCallId":"c"},"options":[{"optionId":"n","kind":"reject_once"}]}}
{"jsonrpc":"2.0","id":"q","result":{"outcome":{"outcome":"selected","optionId":"n"}}}
{"jsonrpc":"2.0","id":1,"result":{"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":4,"cachedReadTokens":1}}}
)",
        "denied turns=1 tokens=3/4/1 cost=none denials=1 errors=0");
    for (const auto &[stop, expected] : {std::pair{"refusal", "failed turns=1 tokens=0/0/0 cost=none denials=0 errors=1"},
                                         {"max_turn_requests", "turns turns=1 tokens=0/0/0 cost=none denials=0 errors=1"},
                                         {"max_tokens", "incomplete turns=1 tokens=0/0/0 cost=none denials=0 errors=1"},
                                         {"something_new", "failed turns=1 tokens=0/0/0 cost=none denials=0 errors=1"}})
        row(stop, "acp", acpBegin() + acp("<", QByteArray(R"({"jsonrpc":"2.0","id":3,"result":{"stopReason":")") + stop + "\"}}"), expected);
    row("acp: 401 by a login error", "acp", acpBegin() + acp("<", R"({"jsonrpc":"2.0","id":3,"error":{"code":-32000,"message":"Authentication required"}})"),
        "model_error turns=0 tokens=0/0/0 cost=none denials=0 errors=1");
    row("acp: 500 in the details", "acp", acpBegin() + acp("<", R"({"jsonrpc":"2.0","id":3,"error":{"code":-32603,"message":"Internal error","data":{"details":"API Error: 500 scripted"}}})"),
        "model_error turns=0 tokens=0/0/0 cost=none denials=0 errors=1");
    row("acp: 429 as the code", "acp", acpBegin() + acp("<", R"({"jsonrpc":"2.0","id":3,"error":{"code":429,"message":"slow down"}})"),
        "limited turns=0 tokens=0/0/0 cost=none denials=0 errors=1");
    const auto info = [](const char *codex) {
        return acp("<", QByteArray(R"({"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"session_info_update","_meta":{"codex":)") + codex + "}}}}");
    };
    const QByteArray retrying = info(R"({"error":{"message":"Reconnecting... 5/5","codexErrorInfo":{"responseStreamDisconnected":{"httpStatusCode":null}},"additionalDetails":"high demand","willRetry":true}})");
    const QByteArray endTurn = acp("<", R"({"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn","usage":null}})");
    row("acp: the model service failed, though the turn is called ended", "acp", acpBegin() + retrying + info(R"({"threadStatus":{"type":"systemError"}})") + endTurn,
        "model_error turns=1 tokens=0/0/0 cost=none denials=0 errors=1");
    row("acp: a limit, though the turn is called ended", "acp",
        acpBegin() + info(R"({"error":{"message":"enough","codexErrorInfo":"usageLimitExceeded","willRetry":false}})") + endTurn,
        "limited turns=1 tokens=0/0/0 cost=none denials=0 errors=1");
    row("acp: asked again, then answered", "acp", acpBegin() + retrying + endTurn, "completed turns=1 tokens=0/0/0 cost=none denials=0 errors=0");
    row("acp: the session cannot begin", "acp",
        acp(">", R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})") + acp("<", R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params"}})"),
        "failed turns=0 tokens=0/0/0 cost=none denials=0 errors=1");
    row("acp: two turns and a history", "acp",
        acp(">", R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})") + acp(">", R"({"jsonrpc":"2.0","id":2,"method":"session/load","params":{"sessionId":"old"}})")
            + acp("<", R"({"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"usage_update","used":1,"size":2,"cost":{"amount":0.5,"currency":"USD"}}}})")
            + acp("<", R"({"jsonrpc":"2.0","id":2,"result":{}})") + acp(">", R"({"jsonrpc":"2.0","id":3,"method":"session/prompt","params":{}})")
            + acp("<", R"({"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"usage_update","used":1,"size":2,"cost":{"amount":0.75,"currency":"USD"}}}})")
            + acp("<", R"({"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn","usage":{"inputTokens":5,"outputTokens":6}}})")
            + acp(">", R"({"jsonrpc":"2.0","id":4,"method":"session/prompt","params":{}})")
            + acp("<", R"({"jsonrpc":"2.0","id":4,"result":{"stopReason":"end_turn","usage":{"inputTokens":50,"outputTokens":60}}})"),
        "completed turns=2 tokens=55/66/0 cost=250000 denials=0 errors=0");
}

void StreamTest::made()
{
    QFETCH(QString, dialect);
    QFETCH(QByteArray, stream);
    QFETCH(QString, expected);
    QCOMPARE(shortly(read(dialect, stream)), expected);
}

/// A stream that breaks off before its result never looks finished.
void StreamTest::everyBeginningIsIncompleteOrRight()
{
    QFETCH(QString, file);
    QFETCH(QString, expected);
    const QByteArray bytes = bytesOf(file);
    const QString dialect = file.section(u'-', 0, 0);
    const QList<QByteArray> lines = bytes.split('\n');
    QByteArray begun;
    for (const QByteArray &line : lines) {
        const QString now = shortly(read(dialect, begun + line.left(line.size() / 2)));
        QVERIFY2(now.startsWith(QLatin1String("incomplete")) || now == expected, qPrintable(now));
        begun += line + '\n';
    }
    QCOMPARE(shortly(read(dialect, begun)), expected);
}

void StreamTest::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](int status, const char *text, const char *expected) {
        QTest::newRow(text) << status << QString::fromUtf8(text) << QString::fromLatin1(expected);
    };
    row(401, "whatever", "model_error");
    row(429, "", "limited");
    row(529, "x", "limited");
    row(503, "The model is overloaded. Please try again later.", "limited");
    row(400, "Your credit balance is too low to access the API", "limited");
    row(0, "You've hit your session limit · resets 3pm", "limited");
    row(0, "5-hour limit reached ∙ resets 1am", "limited");
    row(0, "got status: 429 Too Many Requests", "limited");
    row(0, "unexpected status 500 Internal Server Error: scripted", "model_error");
    row(0, "stream disconnected before completion: error sending request for url", "model_error");
    row(0, "We\u2019re currently experiencing high demand, which may cause temporary errors.", "model_error");
    row(0, "The service is temporarily unavailable", "model_error");
    row(0, "Invalid API key · Please run /login", "model_error");
    row(0, "API key not valid. Please pass a valid API key.", "model_error");
    row(0, "Reached maximum budget ($0.02)", "budget");
    row(402, "The budget of this run is exhausted: budget exceeded", "budget");
    row(0, "Operation cancelled.", "cancelled");
    row(0, "Reached maximum number of turns (3)", "turns");
    row(0, "No conversation found with session ID: 4", "failed");
    row(0, "TypeError: undefined is not a function (line 404 of x.js)", "failed");
}

void StreamTest::errors()
{
    QFETCH(int, status);
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(nameOf(outcomeOfError(status, text)), expected);
}

void StreamTest::aResumedSessionCostsWhatItAdded()
{
    const QByteArray stream = init()
        + result(R"("subtype":"success","is_error":false,"total_cost_usd":0.0032,"model_usage_since_last_result":{"m":{"costUSD":0.0008},"n":{"costUSD":0.0001}})");
    QCOMPARE(read(QStringLiteral("claude"), stream).cost->micros, 3200);
    const auto reader = makeReader(QStringLiteral("claude"));
    reader->setResumed();
    reader->feed(stream);
    QCOMPARE(reader->end().cost->micros, 900);
}

void StreamTest::updatesOfAnEdit()
{
    for (const char *file : {"acp-gemini-allow.jsonl", "acp-codex-allow.jsonl", "acp-claude100-allow.jsonl", "claude-2.1.330-edit.stream.jsonl",
                             "gemini-edit.stream.jsonl"}) {
        QList<AgentUpdate> updates;
        const QString name = QString::fromLatin1(file);
        (void)read(name.section(u'-', 0, 0), bytesOf(name), &updates);
        bool mended = false, ran = false, said = false, ended = false;
        for (const AgentUpdate &update : std::as_const(updates)) {
            mended = mended || (update.kind == AgentUpdate::Kind::Diff && update.data[u"new"].toString().contains(QLatin1String("return a + b"))
                                && update.data[u"path"].toString().endsWith(QLatin1String("plugin.py")));
            ran = ran || (update.kind == AgentUpdate::Kind::ToolCall && update.data[u"title"].toString().contains(QLatin1String("test_plugin.py")));
            said = said || (update.kind == AgentUpdate::Kind::Text && update.data[u"role"] == QLatin1String("agent"));
            ended = update.kind == AgentUpdate::Kind::End && update.data[u"outcome"] == QLatin1String("completed");
        }
        QVERIFY2(mended && ran && said && ended, file);
    }
}

void StreamTest::gatheredByWhatIsPrinted()
{
    for (const char *file : {"claude-deny.stream.jsonl", "codex-401.stream.jsonl", "gemini-edit.stream.jsonl"}) {
        const QString name = QString::fromLatin1(file);
        DialectFinder finder;
        finder.feed("Loading…\n\nnpm warn x\n");
        finder.feed(bytesOf(name));
        QVERIFY2(finder.reader(), file);
        finder.reader()->finish();
        QCOMPARE(shortly(finder.reader()->end()), shortly(read(name.section(u'-', 0, 0), bytesOf(name))));
    }
    DialectFinder none;
    for (int i = 0; i < 100; ++i)
        none.feed("{\"name\": \"a program of its own\", \"type\": \"progress\"}\n");
    none.feed(bytesOf(QStringLiteral("codex-edit.stream.jsonl")));
    QVERIFY(!none.reader());
}

void StreamTest::hugeLinesAreSurvived()
{
    QByteArray stream = init();
    stream += R"({"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":")" + QByteArray(9 << 20, 'x') + "\"}]}}\n";
    stream += QByteArray(40 << 20, '{') + '\n'; // longer than what is read
    stream += result(R"("subtype":"success","is_error":false)");
    QList<AgentUpdate> updates;
    QCOMPARE(read(QStringLiteral("claude"), stream, &updates).outcome, AgentEnd::Outcome::Completed);
    for (const AgentUpdate &update : std::as_const(updates))
        QVERIFY(QJsonDocument(toJson(update)).toJson().size() < 3 * updateTextCap);
}

COPPICE_TEST(StreamTest)
#include "stream_test.moc"
