// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/codex_stream.h"

#include "clients/json_bits.h"
#include "clients/model_errors.h"

#include <QRegularExpression>

namespace coppice::clients {

namespace {

using Outcome = AgentEnd::Outcome;

constexpr qsizetype pathsKept = 1000;

QString statusOf(const QJsonObject &item, bool completed)
{
    const QString status = item[u"status"].toString();
    if (status == QLatin1String("failed") || status == QLatin1String("declined"))
        return QStringLiteral("failed");
    if (status == QLatin1String("in_progress"))
        return status;
    return completed ? QStringLiteral("completed") : QStringLiteral("in_progress");
}

bool saysRetry(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^\\s*(?:reconnecting|retrying|stream error)\\b.*\\d+\\s*/\\s*\\d+"),
                                         QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption);
    return form.match(text.left(1000)).hasMatch();
}

} // namespace

void CodexReader::take(const QJsonObject &object)
{
    if (object[u"msg"].isObject()) {
        older(object[u"msg"].toObject());
        return;
    }
    const QString type = object[u"type"].toString();
    if (type == QLatin1String("thread.started") || type == QLatin1String("session.created")) {
        know();
        const QString id = object[u"thread_id"].isString() ? object[u"thread_id"].toString() : object[u"session_id"].toString();
        if (!m_thread.isEmpty() && id != m_thread) {
            m_before = {m_end.inputTokens, m_end.outputTokens, m_end.cachedTokens};
            m_now = {};
        }
        m_thread = id;
        session(id);
    } else if (type == QLatin1String("turn.started")) {
        know();
        beginTurn();
        ++m_end.turns;
        m_unmade.clear();
        m_lastError.clear();
    } else if (type == QLatin1String("turn.completed")) {
        know();
        count(object[u"usage"].toObject());
        finishTurn();
    } else if (type == QLatin1String("turn.failed")) {
        know();
        count(object[u"usage"].toObject());
        const QString said = textOf(object[u"error"].isObject() ? object[u"error"][u"message"] : object[u"error"]);
        failTurn(said.isEmpty() ? (m_lastError.isEmpty() ? QStringLiteral("The turn failed; the client does not say why") : m_lastError) : said);
    } else if (type == QLatin1String("turn.aborted") || type == QLatin1String("turn.cancelled") || type == QLatin1String("turn.interrupted")) {
        know();
        endTurn(Outcome::Cancelled, QStringLiteral("The client was interrupted."));
    } else if (type == QLatin1String("error")) {
        know();
        const QString said = object[u"message"].isString() ? object[u"message"].toString() : textOf(object[u"error"][u"message"]);
        if (saysRetry(said)) {
            auto kind = outcomeOfError(0, said);
            retry(kind == Outcome::Limited ? kind : Outcome::ModelError, said);
        } else {
            m_lastError = said;
            error(said);
            say("note", said);
        }
    } else if (type.startsWith(QLatin1String("item."))) {
        know();
        item(object[u"item"].toObject(), type == QLatin1String("item.completed"));
    }
}

void CodexReader::item(const QJsonObject &item, bool completed)
{
    const QString type = item.contains(u"type") ? item[u"type"].toString() : item[u"item_type"].toString();
    if (type == QLatin1String("agent_message") || type == QLatin1String("assistant_message")) {
        if (completed)
            say("agent", item[u"text"].toString());
    } else if (type == QLatin1String("reasoning")) {
        if (completed)
            say("thought", item[u"text"].toString());
    } else if (type == QLatin1String("error")) {
        say("note", item[u"message"].toString()); // a warning: the turn goes on
    } else if (type == QLatin1String("command_execution")) {
        command(item);
    } else if (type == QLatin1String("file_change")) {
        fileChange(item, completed);
    } else if (type == QLatin1String("todo_list")) {
        QJsonArray entries;
        for (const auto &entry : item[u"items"].toArray())
            entries.append(QJsonObject{{QStringLiteral("content"), clip(entry[u"text"].toString(), 1000)},
                                       {QStringLiteral("status"), entry[u"completed"].toBool() ? QStringLiteral("completed") : QStringLiteral("pending")},
                                       {QStringLiteral("priority"), QStringLiteral("medium")}});
        tell({AgentUpdate::Kind::Plan, {}, {{QStringLiteral("entries"), entries}}});
    } else if (type == QLatin1String("mcp_tool_call") || type == QLatin1String("web_search")) {
        QJsonObject call{{QStringLiteral("id"), item[u"id"]},
                         {QStringLiteral("title"), type == QLatin1String("web_search") ? item[u"query"].toString()
                                                                                      : QString(item[u"server"].toString() + u' ' + item[u"tool"].toString())},
                         {QStringLiteral("kind"), type == QLatin1String("web_search") ? QStringLiteral("fetch") : QStringLiteral("other")},
                         {QStringLiteral("status"), statusOf(item, completed)}};
        if (item[u"arguments"].isObject())
            call[QStringLiteral("input")] = item[u"arguments"];
        tool(std::move(call));
    }
}

void CodexReader::command(const QJsonObject &item)
{
    const QString line = item[u"command"].toString();
    if (item[u"status"].toString() == QLatin1String("declined"))
        deny(m_thread + item[u"id"].toString(), line);
    QJsonObject call{{QStringLiteral("id"), item[u"id"]},
                     {QStringLiteral("title"), clip(line, 400)},
                     {QStringLiteral("kind"), QStringLiteral("execute")},
                     {QStringLiteral("status"), statusOf(item, false)},
                     {QStringLiteral("input"), QJsonObject{{QStringLiteral("command"), line}}}};
    if (item[u"status"].toString() == QLatin1String("completed"))
        call[QStringLiteral("status")] = QStringLiteral("completed");
    if (!item[u"aggregated_output"].toString().isEmpty())
        call[QStringLiteral("output")] = item[u"aggregated_output"];
    tool(std::move(call));
}

void CodexReader::fileChange(const QJsonObject &item, bool completed)
{
    QJsonArray locations;
    QStringList names;
    for (const auto &change : item[u"changes"].toArray()) {
        const QString path = change[u"path"].toString();
        if (locations.size() < pathsKept)
            locations.append(QJsonObject{{QStringLiteral("path"), path}});
        if (names.size() < 5)
            names << clip(QString(change[u"kind"].toString() + u' ' + path).trimmed(), 200);
        if (!completed)
            continue;
        if (item[u"status"].toString() == QLatin1String("completed"))
            m_unmade.remove(path);
        else if (item[u"status"].toString() == QLatin1String("failed") && m_unmade.size() < pathsKept)
            m_unmade[path] = QStringLiteral("The change was not made: %1").arg(names.last());
    }
    if (item[u"status"].toString() == QLatin1String("declined"))
        deny(m_thread + item[u"id"].toString(), names.join(QStringLiteral(", ")));
    tool({{QStringLiteral("id"), item[u"id"]},
          {QStringLiteral("title"), names.isEmpty() ? QStringLiteral("change files") : names.join(QStringLiteral(", "))},
          {QStringLiteral("kind"), QStringLiteral("edit")},
          {QStringLiteral("status"), statusOf(item, completed)},
          {QStringLiteral("locations"), locations}});
}

/// The figures count on within a thread.
void CodexReader::count(const QJsonObject &told)
{
    if (told.isEmpty())
        return;
    m_now = {std::max(m_now.input, countOf(told[u"input_tokens"])), std::max(m_now.output, countOf(told[u"output_tokens"])),
             std::max(m_now.cached, countOf(told[u"cached_input_tokens"]))};
    m_end.inputTokens = plus(m_before.input, m_now.input);
    m_end.outputTokens = plus(m_before.output, m_now.output);
    m_end.cachedTokens = plus(m_before.cached, m_now.cached);
    usage();
}

/// The client calls a turn completed, also when a change that it wanted was never made.
void CodexReader::finishTurn()
{
    if (m_end.turns == 0)
        m_end.turns = 1; // its beginning was not seen
    if (m_unmade.isEmpty()) {
        endTurn(Outcome::Completed);
        return;
    }
    for (const QString &why : std::as_const(m_unmade))
        error(why);
    endTurn(Outcome::Failed, *m_unmade.cbegin());
}

void CodexReader::failTurn(const QString &text)
{
    if (m_end.turns == 0)
        m_end.turns = 1;
    error(text);
    endTurn(outcomeOfError(0, text), text);
}

void CodexReader::older(const QJsonObject &message)
{
    const QString type = message[u"type"].toString();
    if (type.isEmpty())
        return;
    know();
    if (type == QLatin1String("session_configured")) {
        session(message[u"session_id"].toString());
    } else if (type == QLatin1String("task_started")) {
        beginTurn();
        ++m_end.turns;
    } else if (type == QLatin1String("agent_message")) {
        say("agent", message[u"message"].toString());
    } else if (type == QLatin1String("agent_reasoning")) {
        say("thought", message[u"text"].toString());
    } else if (type == QLatin1String("exec_command_begin") || type == QLatin1String("exec_command_end")) {
        QStringList words;
        for (const auto &word : message[u"command"].toArray())
            words << word.toString();
        QJsonObject call{{QStringLiteral("id"), message[u"call_id"]}, {QStringLiteral("kind"), QStringLiteral("execute")}};
        if (!words.isEmpty())
            call[QStringLiteral("title")] = clip(words.join(u' '), 400);
        const bool done = type == QLatin1String("exec_command_end");
        call[QStringLiteral("status")] = done ? QStringLiteral("completed") : QStringLiteral("in_progress");
        if (done)
            call[QStringLiteral("output")] = message[u"aggregated_output"].isString() ? message[u"aggregated_output"] : message[u"stdout"];
        tool(std::move(call));
    } else if (type == QLatin1String("token_count")) {
        count(message[u"info"].isObject() ? message[u"info"][u"total_token_usage"].toObject() : message);
    } else if (type == QLatin1String("stream_error")) {
        const auto kind = outcomeOfError(0, message[u"message"].toString());
        retry(kind == Outcome::Limited ? kind : Outcome::ModelError, message[u"message"].toString());
    } else if (type == QLatin1String("error")) {
        failTurn(message[u"message"].toString());
    } else if (type == QLatin1String("turn_aborted")) {
        endTurn(Outcome::Cancelled, QStringLiteral("The client was interrupted."));
    } else if (type == QLatin1String("task_complete") && open()) {
        finishTurn();
    }
}

} // namespace coppice::clients
