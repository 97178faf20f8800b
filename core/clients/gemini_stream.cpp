// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/gemini_stream.h"

#include "clients/json_bits.h"
#include "clients/model_errors.h"

#include <QJsonDocument>
#include <QRegularExpression>

namespace coppice::clients {

namespace {

using Outcome = AgentEnd::Outcome;

constexpr qsizetype toolsKept = 20'000;

QString kindOf(const QString &name)
{
    static const QHash<QString, QString> kinds{
        {QStringLiteral("read_file"), QStringLiteral("read")},
        {QStringLiteral("read_many_files"), QStringLiteral("read")},
        {QStringLiteral("list_directory"), QStringLiteral("read")},
        {QStringLiteral("glob"), QStringLiteral("search")},
        {QStringLiteral("grep_search"), QStringLiteral("search")},
        {QStringLiteral("search_file_content"), QStringLiteral("search")},
        {QStringLiteral("replace"), QStringLiteral("edit")},
        {QStringLiteral("write_file"), QStringLiteral("edit")},
        {QStringLiteral("run_shell_command"), QStringLiteral("execute")},
        {QStringLiteral("web_fetch"), QStringLiteral("fetch")},
        {QStringLiteral("google_web_search"), QStringLiteral("fetch")},
        {QStringLiteral("write_todos"), QStringLiteral("think")},
        {QStringLiteral("save_memory"), QStringLiteral("think")},
    };
    return kinds.value(name, QStringLiteral("other"));
}

/// A tool that was refused rather than one that failed.
bool isDenial(const QString &type, const QString &text)
{
    if (type == QLatin1String("policy_violation") || type == QLatin1String("execution_denied") || type == QLatin1String("user_cancelled"))
        return true;
    static const QRegularExpression form(
        QStringLiteral("denied by (?:policy|admin|user|hook)|requires? (?:user )?(?:confirmation|approval)|not supported in non-interactive"
                       "|user (?:did not allow|denied|declined|rejected|cancelled)|tool execution (?:was )?(?:denied|blocked|rejected)"),
        QRegularExpression::CaseInsensitiveOption);
    return form.match(text.left(4000)).hasMatch();
}

} // namespace

void GeminiReader::take(const QJsonObject &object)
{
    const QString type = object[u"type"].toString();
    if (type == QLatin1String("init")) {
        know();
        session(object[u"session_id"].toString());
        beginTurn();
        m_lastError.clear();
    } else if (type == QLatin1String("message")) {
        know();
        beginTurn();
        if (object[u"role"].toString() != QLatin1String("user"))
            say("agent", textOf(object[u"content"]));
    } else if (type == QLatin1String("thought")) {
        say("thought", textOf(object[u"content"]));
    } else if (type == QLatin1String("tool_use")) {
        toolUse(object);
    } else if (type == QLatin1String("tool_result")) {
        toolResult(object);
    } else if (type == QLatin1String("error")) {
        know();
        const QString said = object[u"message"].isString() ? object[u"message"].toString() : textOf(object[u"error"][u"message"]);
        say("note", said);
        if (object[u"severity"].toString(QStringLiteral("error")) == QLatin1String("error")) {
            error(said);
            m_lastError = said;
        }
    } else if (type == QLatin1String("result")) {
        result(object);
    }
}

void GeminiReader::toolUse(const QJsonObject &object)
{
    know();
    beginTurn();
    const QString name = object[u"tool_name"].toString();
    const QJsonObject input = object[u"parameters"].toObject();
    QString about;
    for (const char *key : {"file_path", "absolute_path", "command", "path", "dir_path", "pattern", "url", "query"}) {
        if (about.isEmpty())
            about = input[QLatin1String(key)].toString();
    }
    const QString title = clip(QString(name + u' ' + about).trimmed(), 400).simplified();
    const QString id = object[u"tool_id"].toString();
    if (m_tools.size() < toolsKept)
        m_tools[id] = title;
    if (name == QLatin1String("write_todos")) {
        QJsonArray entries;
        for (const auto &todo : input[u"todos"].toArray())
            entries.append(QJsonObject{{QStringLiteral("content"), clip(todo[u"description"].toString(), 1000)},
                                       {QStringLiteral("status"), clip(todo[u"status"].toString(QStringLiteral("pending")), 40)},
                                       {QStringLiteral("priority"), QStringLiteral("medium")}});
        tell({AgentUpdate::Kind::Plan, {}, {{QStringLiteral("entries"), entries}}});
    }
    QJsonObject call{{QStringLiteral("id"), id},
                     {QStringLiteral("title"), title},
                     {QStringLiteral("kind"), kindOf(name)},
                     {QStringLiteral("status"), QStringLiteral("in_progress")},
                     {QStringLiteral("input"), input}};
    const QString path = input[u"file_path"].toString();
    if (!path.isEmpty())
        call[QStringLiteral("locations")] = QJsonArray{QJsonObject{{QStringLiteral("path"), path}}};
    tool(std::move(call));
    if (name == QLatin1String("replace") && !path.isEmpty())
        diff(id, path, input[u"old_string"], input[u"new_string"].toString());
    else if (name == QLatin1String("write_file") && !path.isEmpty())
        diff(id, path, {}, input[u"content"].toString());
}

void GeminiReader::toolResult(const QJsonObject &object)
{
    know();
    beginTurn();
    const QString id = object[u"tool_id"].toString();
    const QString status = object[u"status"].toString();
    const QString output = object[u"error"].isObject() ? textOf(object[u"error"][u"message"]) : textOf(object[u"output"]);
    if (status != QLatin1String("success")
        && (status == QLatin1String("cancelled") || isDenial(object[u"error"][u"type"].toString(), output + u' ' + textOf(object[u"output"]))))
        deny(id, m_tools.value(id, id));
    tool({{QStringLiteral("id"), id},
          {QStringLiteral("status"), status == QLatin1String("success") ? QStringLiteral("completed") : QStringLiteral("failed")},
          {QStringLiteral("output"), output}});
}

void GeminiReader::fail(const QJsonObject &told)
{
    const QString type = told[u"type"].toString();
    QString said = textOf(told[u"message"]);
    if (said.isEmpty())
        said = m_lastError.isEmpty() ? QStringLiteral("The client failed and does not say why") : m_lastError;
    error(said);
    const int code = told[u"code"].isDouble() ? int(countOf(told[u"code"])) : 0;
    auto outcome = outcomeOfError(code >= 400 && code < 600 ? code : 0, said);
    if (type.contains(QLatin1String("TurnLimit")) || code == 53)
        outcome = Outcome::Turns;
    else if (type.contains(QLatin1String("Cancel")) || type.contains(QLatin1String("Abort")) || code == 130)
        outcome = Outcome::Cancelled;
    else if (type.contains(QLatin1String("Authentication")) || code == 41)
        outcome = Outcome::ModelError;
    endTurn(outcome, said);
}

void GeminiReader::result(const QJsonObject &object)
{
    if (!object.contains(u"status") && !object.contains(u"stats"))
        return;
    know();
    const QJsonObject stats = object[u"stats"].toObject();
    m_end.inputTokens = plus(m_end.inputTokens, countOf(stats[u"input_tokens"]));
    m_end.outputTokens = plus(m_end.outputTokens, countOf(stats[u"output_tokens"]));
    m_end.cachedTokens = plus(m_end.cachedTokens, countOf(stats[u"cached"]));
    ++m_end.turns;
    usage();
    if (object[u"status"].toString() != QLatin1String("success") || object[u"error"].isObject())
        fail(object[u"error"].toObject());
    else if (!m_lastError.isEmpty() && outcomeOfError(0, m_lastError) == Outcome::Turns)
        endTurn(Outcome::Turns, m_lastError); // told as an event; the result itself is called a success
    else
        endTurn(Outcome::Completed);
    m_lastError.clear();
}

/// `-o json`: {session_id, response, stats: {models: {NAME: {tokens: {prompt, candidates, cached}}}}, error}
void GeminiReader::takeWhole(const QByteArray &bytes)
{
    const qsizetype begin = bytes.indexOf('{');
    const QJsonObject object = begin < 0 ? QJsonObject() : QJsonDocument::fromJson(bytes.mid(begin)).object();
    if (!object.contains(u"stats") && !object.contains(u"response") && !object[u"error"].isObject())
        return;
    know();
    session(object[u"session_id"].toString());
    for (const auto &model : object[u"stats"][u"models"].toObject()) {
        const auto tokens = model[u"tokens"];
        m_end.inputTokens = plus(m_end.inputTokens, countOf(tokens[u"prompt"]));
        m_end.outputTokens = plus(m_end.outputTokens, countOf(tokens[u"candidates"]));
        m_end.cachedTokens = plus(m_end.cachedTokens, countOf(tokens[u"cached"]));
    }
    m_end.turns = 1;
    say("agent", textOf(object[u"response"]));
    usage();
    if (object[u"error"].isObject())
        fail(object[u"error"].toObject());
    else
        endTurn(Outcome::Completed);
}

} // namespace coppice::clients
