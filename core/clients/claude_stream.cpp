// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/claude_stream.h"

#include "clients/json_bits.h"
#include "clients/model_errors.h"

#include <QJsonDocument>

namespace coppice::clients {

namespace {

using Outcome = AgentEnd::Outcome;

constexpr qsizetype messagesCounted = 20'000;

bool fromMainLoop(const QJsonObject &object)
{
    return object[u"parent_tool_use_id"].toString().isEmpty();
}

QJsonArray planOf(const QJsonObject &input)
{
    QJsonArray entries;
    for (const auto &todo : input[u"todos"].toArray())
        entries.append(QJsonObject{{QStringLiteral("content"), clip(todo[u"content"].toString(), 1000)},
                                   {QStringLiteral("status"), clip(todo[u"status"].toString(QStringLiteral("pending")), 40)},
                                   {QStringLiteral("priority"), clip(todo[u"priority"].toString(QStringLiteral("medium")), 40)}});
    return entries;
}

} // namespace

QString kindOfClaudeTool(const QString &name)
{
    static const QHash<QString, QString> kinds{
        {QStringLiteral("Read"), QStringLiteral("read")},          {QStringLiteral("NotebookRead"), QStringLiteral("read")},
        {QStringLiteral("LS"), QStringLiteral("read")},            {QStringLiteral("Glob"), QStringLiteral("search")},
        {QStringLiteral("Grep"), QStringLiteral("search")},        {QStringLiteral("Edit"), QStringLiteral("edit")},
        {QStringLiteral("MultiEdit"), QStringLiteral("edit")},     {QStringLiteral("Write"), QStringLiteral("edit")},
        {QStringLiteral("NotebookEdit"), QStringLiteral("edit")},  {QStringLiteral("Bash"), QStringLiteral("execute")},
        {QStringLiteral("BashOutput"), QStringLiteral("execute")}, {QStringLiteral("KillShell"), QStringLiteral("execute")},
        {QStringLiteral("WebFetch"), QStringLiteral("fetch")},     {QStringLiteral("WebSearch"), QStringLiteral("fetch")},
        {QStringLiteral("Task"), QStringLiteral("think")},         {QStringLiteral("Agent"), QStringLiteral("think")},
        {QStringLiteral("TodoWrite"), QStringLiteral("think")},    {QStringLiteral("ExitPlanMode"), QStringLiteral("think")},
    };
    return kinds.value(name, QStringLiteral("other"));
}

QString titleOfClaudeTool(const QString &name, const QJsonObject &input)
{
    for (const char *key : {"file_path", "notebook_path", "command", "path", "pattern", "url", "query", "description"}) {
        const QString value = input[QLatin1String(key)].toString();
        if (!value.isEmpty())
            return clip(name + u' ' + value, 400).simplified();
    }
    return clip(name, 400);
}

void ClaudeReader::take(const QJsonObject &object)
{
    const QString type = object[u"type"].toString();
    if (type == QLatin1String("system"))
        system(object);
    else if (type == QLatin1String("assistant"))
        assistant(object);
    else if (type == QLatin1String("user"))
        user(object);
    else if (type == QLatin1String("result"))
        result(object);
    else if (type == QLatin1String("control_request") || type == QLatin1String("control_cancel_request"))
        control(object);
    else if (type == QLatin1String("stream_event"))
        streamEvent(object[u"event"].toObject());
}

/// `--output-format json` over several lines.
void ClaudeReader::takeWhole(const QByteArray &bytes)
{
    const auto document = QJsonDocument::fromJson(bytes);
    if (document.isObject())
        take(document.object());
    for (const auto &one : document.array())
        take(one.toObject());
}

void ClaudeReader::system(const QJsonObject &object)
{
    const QString subtype = object[u"subtype"].toString();
    if (subtype.isEmpty())
        return;
    know();
    if (subtype == QLatin1String("init")) {
        session(object[u"session_id"].toString());
        beginTurn();
    } else if (subtype == QLatin1String("api_retry")) {
        const int status = int(countOf(object[u"error_status"]));
        const QString what = object[u"error"].isString() ? object[u"error"].toString() : textOf(object[u"error"][u"message"]);
        auto kind = outcomeOfError(status, what);
        if (kind == Outcome::Failed)
            kind = Outcome::ModelError;
        retry(kind, QStringLiteral("The model did not answer (%1 %2), attempt %3 of %4")
                        .arg(status).arg(what).arg(countOf(object[u"attempt"])).arg(countOf(object[u"max_retries"])));
    } else if (subtype == QLatin1String("permission_denied")) {
        const QString id = object[u"tool_use_id"].toString();
        deny(id, m_titles.value(id, object[u"tool_name"].toString()) + QStringLiteral(": ") + object[u"message"].toString());
    }
}

void ClaudeReader::countMessage(const QString &id, const QJsonObject &usage)
{
    if (usage.isEmpty() || (!m_messages.contains(id) && m_messages.size() >= messagesCounted))
        return;
    Counts &counts = m_messages[id];
    const auto raise = [](qint64 &known, qint64 told, qint64 &sum) { // a message is told several times, and grows
        if (told > known)
            sum = plus(sum, told - std::exchange(known, told));
    };
    raise(counts.input, countOf(usage[u"input_tokens"]), m_end.inputTokens);
    raise(counts.output, countOf(usage[u"output_tokens"]), m_end.outputTokens);
    raise(counts.cached, countOf(usage[u"cache_read_input_tokens"]), m_end.cachedTokens);
}

void ClaudeReader::assistant(const QJsonObject &object)
{
    const QJsonObject message = object[u"message"].toObject();
    if (message.isEmpty())
        return;
    know();
    session(object[u"session_id"].toString());
    const bool main = fromMainLoop(object);
    if (main) {
        beginTurn();
        countMessage(message[u"id"].toString(), message[u"usage"].toObject());
        const bool failed = object[u"is_api_error_message"].toBool() || object[u"isApiErrorMessage"].toBool()
            || (object[u"error"].isString() && message[u"model"].toString() == QLatin1String("<synthetic>"));
        m_apiError = failed ? textOf(message[u"content"]) + u' ' + object[u"error"].toString() : QString();
        m_apiStatus = failed ? int(countOf(object[u"api_error_status"])) : 0;
    }
    if (message[u"content"].isString())
        say(main ? "agent" : "note", message[u"content"].toString());
    for (const auto &value : message[u"content"].toArray()) {
        const QJsonObject block = value.toObject();
        const QString type = block[u"type"].toString();
        if (type == QLatin1String("text")) {
            say(main ? "agent" : "note", block[u"text"].toString());
        } else if (type == QLatin1String("thinking")) {
            say("thought", block[u"thinking"].toString());
        } else if (type == QLatin1String("tool_use") || type == QLatin1String("server_tool_use")) {
            const QString name = block[u"name"].toString();
            const QJsonObject input = block[u"input"].toObject();
            if (name == QLatin1String("TodoWrite"))
                tell({AgentUpdate::Kind::Plan, {}, {{QStringLiteral("entries"), planOf(input)}}});
            if (m_titles.size() < messagesCounted)
                m_titles[block[u"id"].toString()] = titleOfClaudeTool(name, input);
            QJsonObject call{{QStringLiteral("id"), block[u"id"]},
                             {QStringLiteral("title"), titleOfClaudeTool(name, input)},
                             {QStringLiteral("kind"), kindOfClaudeTool(name)},
                             {QStringLiteral("status"), QStringLiteral("in_progress")},
                             {QStringLiteral("input"), input}};
            if (input[u"file_path"].isString())
                call[QStringLiteral("locations")] = QJsonArray{QJsonObject{{QStringLiteral("path"), input[u"file_path"]}}};
            tool(std::move(call));
        }
    }
}

void ClaudeReader::user(const QJsonObject &object)
{
    const QJsonObject message = object[u"message"].toObject();
    if (message.isEmpty())
        return;
    know();
    if (fromMainLoop(object) && !object[u"isReplay"].toBool())
        beginTurn();
    const QJsonObject detail = object[u"tool_use_result"].toObject();
    for (const auto &value : message[u"content"].toArray()) {
        const QJsonObject block = value.toObject();
        if (block[u"type"].toString() != QLatin1String("tool_result"))
            continue;
        const QString id = block[u"tool_use_id"].toString();
        tool({{QStringLiteral("id"), id},
              {QStringLiteral("status"), block[u"is_error"].toBool() ? QStringLiteral("failed") : QStringLiteral("completed")},
              {QStringLiteral("output"), textOf(block[u"content"])}});
        const QString path = detail[u"filePath"].toString();
        if (!path.isEmpty() && detail[u"newString"].isString())
            diff(id, path, detail[u"oldString"], detail[u"newString"].toString());
        else if (!path.isEmpty() && detail[u"content"].isString() && detail[u"type"].toString() != QLatin1String("text"))
            diff(id, path, detail[u"originalFile"], detail[u"content"].toString());
    }
    for (const auto &meta : object[u"tool_result_meta"].toArray()) {
        const auto decision = meta[u"permission_decision"];
        if (decision[u"decision"].toString() == QLatin1String("reject") && decision[u"source"].toString() != QLatin1String("user_abort"))
            deny(meta[u"id"].toString(), m_titles.value(meta[u"id"].toString(), QStringLiteral("a tool")));
    }
    const QString text = textOf(message[u"content"]);
    if (text.startsWith(QLatin1String("[Request interrupted by user")))
        m_interrupted = true;
}

/// The client asks; whether it is a denial is told by the result.
void ClaudeReader::control(const QJsonObject &object)
{
    know();
    if (object[u"type"].toString() == QLatin1String("control_cancel_request")) {
        tell({AgentUpdate::Kind::Permission, {}, {{QStringLiteral("id"), clip(object[u"request_id"].toString(), 200)},
                                                  {QStringLiteral("answer"), QStringLiteral("cancelled")}}});
        return;
    }
    const QJsonObject request = object[u"request"].toObject();
    if (request[u"subtype"].toString() != QLatin1String("can_use_tool"))
        return;
    beginTurn();
    const QString name = request[u"tool_name"].toString();
    tell({AgentUpdate::Kind::Permission, {},
          {{QStringLiteral("id"), clip(object[u"request_id"].toString(), 200)},
           {QStringLiteral("tool"), clip(request[u"tool_use_id"].toString(), 200)},
           {QStringLiteral("title"), titleOfClaudeTool(name, request[u"input"].toObject())},
           {QStringLiteral("kind"), kindOfClaudeTool(name)}}});
}

void ClaudeReader::streamEvent(const QJsonObject &event)
{
    const QString type = event[u"type"].toString();
    if (type == QLatin1String("message_start")) {
        m_streamed = event[u"message"][u"id"].toString();
        beginTurn();
        countMessage(m_streamed, event[u"message"][u"usage"].toObject());
    } else if (type == QLatin1String("message_delta")) {
        countMessage(m_streamed, event[u"usage"].toObject());
    }
}

void ClaudeReader::countResult(const QJsonObject &object)
{
    const QJsonObject usage = object[u"usage"].toObject();
    Counts counts{countOf(usage[u"input_tokens"]), countOf(usage[u"output_tokens"]), countOf(usage[u"cache_read_input_tokens"])};
    if (usage.isEmpty()) { // what the messages said is all there is
        for (const auto &one : std::as_const(m_messages))
            counts = {plus(counts.input, one.input), plus(counts.output, one.output), plus(counts.cached, one.cached)};
    }
    m_messages.clear();
    m_done = {plus(m_done.input, counts.input), plus(m_done.output, counts.output), plus(m_done.cached, counts.cached)};
    m_end.inputTokens = m_done.input;
    m_end.outputTokens = m_done.output;
    m_end.cachedTokens = m_done.cached;
    m_end.turns = int(std::min<qint64>(1'000'000, m_end.turns + countOf(object[u"num_turns"])));
}

/// total_cost_usd counts on within a session, over results and resumed processes. A figure below the last one, or another
/// session, is a new count.
void ClaudeReader::countCost(const QJsonObject &object)
{
    if (isResumed() && object[u"model_usage_since_last_result"].isObject()) {
        for (const auto &model : object[u"model_usage_since_last_result"].toObject())
            m_costBefore = plus(m_costBefore, microsOf(model[u"costUSD"]).value_or(0));
        m_end.cost = Money{m_costBefore};
        return;
    }
    const auto told = microsOf(object[u"total_cost_usd"].isUndefined() ? object[u"cost_usd"] : object[u"total_cost_usd"]);
    if (!told)
        return;
    const QString id = object[u"session_id"].toString();
    if (*told < m_costNow || (id != m_costSession && !m_costSession.isEmpty()))
        m_costBefore = plus(m_costBefore, m_costNow);
    m_costNow = *told;
    m_costSession = id;
    m_end.cost = Money{plus(m_costBefore, m_costNow)};
}

std::pair<Outcome, QString> ClaudeReader::judge(const QJsonObject &object)
{
    const QString subtype = object[u"subtype"].toString();
    const QString terminal = object[u"terminal_reason"].toString();
    const QString stop = object[u"stop_reason"].toString();
    const int status = object[u"api_error_status"].isDouble() ? int(countOf(object[u"api_error_status"])) : m_apiStatus;
    QStringList said;
    for (const auto &one : object[u"errors"].toArray())
        said << textOf(one);
    if (object[u"error"].isString())
        said << object[u"error"].toString();
    const bool wrong = object[u"is_error"].toBool() || (!subtype.isEmpty() && subtype != QLatin1String("success"));
    const QString text = object[u"result"].toString();
    if (said.isEmpty() && (wrong || !m_apiError.isEmpty()))
        said << (text.isEmpty() ? (m_apiError.isEmpty() ? subtype : m_apiError) : text);
    const QString first = said.value(0);

    if (subtype == QLatin1String("error_max_turns") || terminal == QLatin1String("max_turns")) {
        error(first);
        return {Outcome::Turns, first};
    }
    if (subtype == QLatin1String("error_max_budget_usd") || terminal == QLatin1String("budget_exhausted")) {
        error(first);
        return {Outcome::Budget, first};
    }
    if (terminal.startsWith(QLatin1String("aborted")) || (wrong && m_interrupted)) {
        for (const QString &one : std::as_const(said))
            error(one);
        return {Outcome::Cancelled, QStringLiteral("The client was interrupted.")};
    }
    // Older versions call a reached limit a success: their answer then is this one line.
    const bool limitLine = text.startsWith(QLatin1String("Claude AI usage limit reached")) || text.startsWith(QLatin1String("You've hit your "));
    if (wrong || !m_apiError.isEmpty() || (limitLine && text.size() < 300)) {
        if (said.isEmpty())
            said << text;
        for (const QString &one : std::as_const(said))
            error(one);
        const QString whole = said.join(u' ') + u' ' + m_apiError + u' ' + object[u"api_error_type"].toString();
        auto outcome = outcomeOfError(status, whole);
        const bool service = status > 0 || terminal == QLatin1String("api_error") || !m_apiError.isEmpty();
        if (service && (outcome == Outcome::Failed || outcome == Outcome::Turns || outcome == Outcome::Cancelled))
            outcome = Outcome::ModelError;
        return {outcome, said.first()};
    }
    if (stop == QLatin1String("refusal")) {
        error(QStringLiteral("The model refused: %1").arg(text));
        return {Outcome::Failed, QStringLiteral("The model refused.")};
    }
    if (stop == QLatin1String("max_tokens")) {
        error(QStringLiteral("The model's answer was cut off: too many tokens"));
        return {Outcome::Incomplete, QStringLiteral("The model's answer was cut off: too many tokens.")};
    }
    return {Outcome::Completed, {}};
}

void ClaudeReader::result(const QJsonObject &object)
{
    if (!object.contains(u"is_error") && !object.contains(u"subtype") && !object.contains(u"session_id"))
        return;
    know();
    session(object[u"session_id"].toString());
    countResult(object);
    countCost(object);
    for (const auto &denial : object[u"permission_denials"].toArray())
        deny(denial[u"tool_use_id"].toString(), titleOfClaudeTool(denial[u"tool_name"].toString(), denial[u"tool_input"].toObject()));
    const auto [outcome, reason] = judge(object);
    m_apiError.clear();
    m_apiStatus = 0;
    m_interrupted = false;
    usage();
    endTurn(outcome, reason);
}

} // namespace coppice::clients
