// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/acp_stream.h"

#include "clients/json_bits.h"
#include "clients/model_errors.h"

#include <QJsonDocument>

namespace coppice::clients {

namespace {

using Outcome = AgentEnd::Outcome;

constexpr qsizetype keptOfEach = 20'000;
constexpr int requestCancelled = -32800;
constexpr int loginNeeded = -32000;

QString keyOf(const QJsonValue &id)
{
    return id.isString() ? u's' + id.toString() : u'n' + QString::number(id.toInteger(-1));
}

QString chunkOf(const QJsonValue &content)
{
    const QString type = content[u"type"].toString();
    if (type == QLatin1String("text") || content[u"text"].isString())
        return content[u"text"].toString();
    if (type == QLatin1String("resource"))
        return content[u"resource"][u"text"].toString();
    if (type == QLatin1String("resource_link"))
        return content[u"uri"].toString();
    return type.isEmpty() ? QString() : QString(u'[' + type + u']');
}

} // namespace

QJsonObject AcpReader::line(bool fromAgent, qint64 ms, const QJsonObject &message)
{
    return {{QStringLiteral("dir"), fromAgent ? QStringLiteral("<") : QStringLiteral(">")},
            {QStringLiteral("t"), ms},
            {QStringLiteral("msg"), message}};
}

void AcpReader::take(const QJsonObject &object)
{
    const bool wrapped = object[u"msg"].isObject();
    const QJsonObject message = wrapped ? object[u"msg"].toObject() : object;
    if (!message.contains(u"method") && !message.contains(u"id"))
        return;
    const QString direction = wrapped ? object[u"dir"].toString() : QString();
    if (direction == QLatin1String("<") || (direction.isEmpty() && looksFromAgent(message)))
        fromAgent(message);
    else
        fromClient(message, object[u"by"].toString());
}

bool AcpReader::looksFromAgent(const QJsonObject &message) const
{
    const QString method = message[u"method"].toString();
    if (!method.isEmpty())
        return method == QLatin1String("session/update") || method == QLatin1String("session/request_permission")
            || method.startsWith(QLatin1String("fs/")) || method.startsWith(QLatin1String("terminal/")) || method.startsWith(u'_');
    if (message[u"result"][u"outcome"].isObject())
        return false;
    return message[u"result"][u"stopReason"].isString() || m_ours.contains(keyOf(message[u"id"])) || !m_asked.contains(keyOf(message[u"id"]));
}

void AcpReader::fromAgent(const QJsonObject &message)
{
    const QString method = message[u"method"].toString();
    const QJsonObject params = message[u"params"].toObject();
    if (method == QLatin1String("session/update")) {
        know();
        update(params[u"update"].toObject());
    } else if (method == QLatin1String("session/request_permission")) {
        know();
        permissionAsked(keyOf(message[u"id"]), params);
    } else if (method.isEmpty()) {
        QString asked = m_ours.take(keyOf(message[u"id"]));
        if (asked.isEmpty() && message[u"result"][u"stopReason"].isString())
            asked = QStringLiteral("session/prompt"); // our half was not recorded
        else if (asked.isEmpty() && message[u"result"][u"sessionId"].isString())
            asked = QStringLiteral("session/new");
        answered(asked, message);
    }
}

void AcpReader::fromClient(const QJsonObject &message, const QString &by)
{
    const QString method = message[u"method"].toString();
    if (method.isEmpty()) {
        permissionAnswered(keyOf(message[u"id"]), message[u"result"].toObject(), by);
        return;
    }
    know();
    if (message.contains(u"id") && m_ours.size() < keptOfEach)
        m_ours[keyOf(message[u"id"])] = method;
    if (method == QLatin1String("initialize")) { // a process begins
        m_ours = {{keyOf(message[u"id"]), method}};
        m_asked.clear();
        m_costBefore = plus(m_costBefore, m_costNow - m_costLoaded);
        m_costNow = m_costLoaded = 0;
    } else if (method == QLatin1String("session/prompt")) {
        beginTurn();
        m_cancelSent = m_deniedInTurn = m_broken = false;
        m_brokenText.clear();
        m_brokenStatus = 0;
        m_withdrawn.clear();
    } else if (method == QLatin1String("session/cancel")) {
        m_cancelSent = true;
    } else if (method == QLatin1String("session/load") || method == QLatin1String("session/resume")) {
        m_loading = true;
        session(message[u"params"][u"sessionId"].toString());
    }
}

void AcpReader::answered(const QString &method, const QJsonObject &message)
{
    if (method.isEmpty() && !(message[u"error"].isObject() && open()))
        return;
    know();
    if (method == QLatin1String("session/load") || method == QLatin1String("session/resume")) {
        m_loading = false;
        m_costLoaded = m_costNow; // spent by earlier starts
    }
    if (method == QLatin1String("session/prompt") || method.isEmpty()) {
        promptAnswered(message);
        return;
    }
    if (method == QLatin1String("session/new") && message[u"result"].isObject())
        session(message[u"result"][u"sessionId"].toString());
    const bool needed = method == QLatin1String("initialize") || method == QLatin1String("session/new") || method == QLatin1String("authenticate");
    if (message[u"error"].isObject() && needed)
        promptAnswered(message);
    else if (message[u"error"].isObject())
        say("note", method + QStringLiteral(": ") + message[u"error"][u"message"].toString());
}

/// Either may be told: the answer's usage, or the older quota beside it; each of one turn.
void AcpReader::countUsage(const QJsonObject &result)
{
    const QJsonObject usage = result[u"usage"].toObject();
    const QJsonValue quota = result[u"_meta"][u"quota"][u"token_count"];
    const auto either = [&](QLatin1String own, QLatin1String camel, QLatin1String snake) {
        if (usage.contains(own))
            return countOf(usage[own]);
        return quota[camel].isUndefined() ? countOf(quota[snake]) : countOf(quota[camel]);
    };
    m_end.inputTokens = plus(m_end.inputTokens, either(QLatin1String("inputTokens"), QLatin1String("inputTokens"), QLatin1String("input_tokens")));
    m_end.outputTokens = plus(m_end.outputTokens, either(QLatin1String("outputTokens"), QLatin1String("outputTokens"), QLatin1String("output_tokens")));
    m_end.cachedTokens = plus(m_end.cachedTokens,
                              either(QLatin1String("cachedReadTokens"), QLatin1String("cachedInputTokens"), QLatin1String("cached_input_tokens")));
}

void AcpReader::promptAnswered(const QJsonObject &message)
{
    const QJsonObject result = message[u"result"].toObject();
    if (message[u"error"].isObject()) {
        const QJsonObject failure = message[u"error"].toObject();
        const int code = int(failure[u"code"].toInteger());
        QString said = failure[u"message"].toString();
        const QJsonValue data = failure[u"data"];
        const QString more = data.isString() ? data.toString()
            : data.isObject()                ? QString::fromUtf8(QJsonDocument(data.toObject()).toJson(QJsonDocument::Compact))
                                             : QString();
        if (!more.isEmpty() && more != QLatin1String("{}"))
            said += QStringLiteral(": ") + more;
        error(said);
        auto outcome = outcomeOfError(code >= 400 && code < 600 ? code : 0, said);
        if (code == requestCancelled)
            outcome = Outcome::Cancelled;
        else if (code == loginNeeded && outcome == Outcome::Failed)
            outcome = Outcome::ModelError;
        endTurn(outcome, said);
        return;
    }
    ++m_end.turns;
    countUsage(result);
    usage();
    const QString stop = result[u"stopReason"].toString();
    if (stop != QLatin1String("cancelled")) {
        for (const QString &key : std::as_const(m_withdrawn)) // nobody cancelled the turn: it was a refusal
            deny(key, m_tools.value(key)[u"title"].toString(key));
    }
    if (stop == QLatin1String("end_turn") && m_broken) {
        const QString said = m_brokenText.isEmpty() ? QStringLiteral("The agent's model service failed") : m_brokenText;
        error(said);
        const auto outcome = outcomeOfError(m_brokenStatus, said);
        endTurn(outcome == Outcome::Limited ? outcome : Outcome::ModelError, said);
    } else if (stop == QLatin1String("end_turn")) {
        endTurn(Outcome::Completed);
    } else if (stop == QLatin1String("cancelled")) {
        // Some agents end the turn by themselves when they are refused something.
        if (m_deniedInTurn && !m_cancelSent)
            endTurn(Outcome::Completed);
        else
            endTurn(Outcome::Cancelled, QStringLiteral("The client was stopped on request."));
    } else if (stop == QLatin1String("max_turn_requests")) {
        error(QStringLiteral("The client reached its most requests of one turn"));
        endTurn(Outcome::Turns, QStringLiteral("The client reached its most requests of one turn."));
    } else if (stop == QLatin1String("refusal")) {
        error(QStringLiteral("The model refused"));
        endTurn(Outcome::Failed, QStringLiteral("The model refused."));
    } else if (stop == QLatin1String("max_tokens")) {
        error(QStringLiteral("The model's answer was cut off: too many tokens"));
        endTurn(Outcome::Incomplete, QStringLiteral("The model's answer was cut off: too many tokens."));
    } else {
        error(QStringLiteral("The client ended for a reason that is not known: %1").arg(stop));
        endTurn(Outcome::Failed, QStringLiteral("The client ended for a reason that is not known: %1").arg(stop));
    }
}

void AcpReader::permissionAsked(const QString &key, const QJsonObject &params)
{
    const QJsonObject call = params[u"toolCall"].toObject();
    toolUpdate(call);
    Asked asked{call[u"toolCallId"].toString(), {}, {}};
    const QJsonObject known = m_tools.value(asked.tool, call);
    asked.title = clip(known[u"title"].toString(asked.tool), 400);
    QJsonArray options;
    for (const auto &option : params[u"options"].toArray()) {
        if (options.size() >= 20)
            break;
        asked.kinds[option[u"optionId"].toString()] = option[u"kind"].toString();
        options.append(QJsonObject{{QStringLiteral("id"), clip(option[u"optionId"].toString(), 200)},
                                   {QStringLiteral("name"), clip(option[u"name"].toString(), 200)},
                                   {QStringLiteral("kind"), clip(option[u"kind"].toString(), 40)}});
    }
    tell({AgentUpdate::Kind::Permission, {}, {{QStringLiteral("id"), key},
                                              {QStringLiteral("tool"), clip(asked.tool, 200)},
                                              {QStringLiteral("title"), asked.title},
                                              {QStringLiteral("kind"), clip(known[u"kind"].toString(QStringLiteral("other")), 40)},
                                              {QStringLiteral("options"), options}}});
    if (m_asked.size() < keptOfEach)
        m_asked[key] = std::move(asked);
}

void AcpReader::permissionAnswered(const QString &key, const QJsonObject &result, const QString &by)
{
    const auto found = m_asked.constFind(key);
    if (found == m_asked.constEnd())
        return;
    const Asked asked = *found;
    m_asked.erase(found);
    const QString denied = asked.tool.isEmpty() ? QStringLiteral("ask-%1").arg(++m_asks) : asked.tool;
    const QString kind = asked.kinds.value(result[u"outcome"][u"optionId"].toString());
    QString answer = QStringLiteral("cancelled");
    if (result[u"outcome"][u"outcome"].toString() != QLatin1String("selected")) {
        if (!m_cancelSent)
            m_withdrawn << denied;
    } else if (kind.startsWith(QLatin1String("reject"))) {
        answer = QStringLiteral("reject");
        m_deniedInTurn = true;
        deny(denied, asked.title);
    } else {
        answer = QStringLiteral("allow");
    }
    QJsonObject data{{QStringLiteral("id"), key}, {QStringLiteral("answer"), answer}};
    if (!by.isEmpty())
        data[QStringLiteral("by")] = by;
    tell({AgentUpdate::Kind::Permission, {}, data});
}

void AcpReader::countCost(const QJsonObject &cost)
{
    const auto micros = microsOf(cost[u"amount"]);
    if (!micros)
        return;
    m_costNow = *micros;
    const QString currency = clip(cost[u"currency"].toString(QStringLiteral("USD")), 8);
    m_end.cost = Money{plus(m_costBefore, std::max<qint64>(0, m_costNow - m_costLoaded)), currency.isEmpty() ? QStringLiteral("USD") : currency};
}

void AcpReader::update(const QJsonObject &update)
{
    const QString kind = update[u"sessionUpdate"].toString();
    if (kind == QLatin1String("tool_call") || kind == QLatin1String("tool_call_update")) {
        toolUpdate(update);
        return;
    }
    if (kind == QLatin1String("usage_update")) {
        if (update[u"cost"].isObject())
            countCost(update[u"cost"].toObject());
        if (!m_loading)
            usage({{QStringLiteral("context_used"), countOf(update[u"used"])}, {QStringLiteral("context_size"), countOf(update[u"size"])}});
        return;
    }
    if (m_loading)
        return; // the history of an earlier start
    if (kind == QLatin1String("session_info_update")) {
        sessionInfo(update[u"_meta"][u"codex"].toObject());
    } else if (kind == QLatin1String("agent_message_chunk")) {
        if (m_broken && m_brokenText.size() < 1000) // what it says after that is on the failure
            m_brokenText += u' ' + chunkOf(update[u"content"]).left(1000);
        say("agent", chunkOf(update[u"content"]));
    } else if (kind == QLatin1String("agent_thought_chunk")) {
        say("thought", chunkOf(update[u"content"]));
    } else if (kind == QLatin1String("user_message_chunk")) {
        say("user", chunkOf(update[u"content"]));
    } else if (kind == QLatin1String("plan")) {
        QJsonArray entries;
        for (const auto &entry : update[u"entries"].toArray())
            entries.append(QJsonObject{{QStringLiteral("content"), clip(entry[u"content"].toString(), 1000)},
                                       {QStringLiteral("status"), clip(entry[u"status"].toString(QStringLiteral("pending")), 40)},
                                       {QStringLiteral("priority"), clip(entry[u"priority"].toString(QStringLiteral("medium")), 40)}});
        tell({AgentUpdate::Kind::Plan, {}, {{QStringLiteral("entries"), entries}}});
    } else if (kind == QLatin1String("current_mode_update")) {
        say("note", QStringLiteral("Mode: ") + update[u"currentModeId"].toString());
    }
}

/// Codex by its adapter ends a turn as any other when its model service fails, and tells of it only here.
void AcpReader::sessionInfo(const QJsonObject &codex)
{
    if (codex[u"threadStatus"][u"type"].toString() == QLatin1String("systemError"))
        m_broken = true;
    const QJsonObject failure = codex[u"error"].toObject();
    if (failure.isEmpty())
        return;
    for (const auto &kind : failure[u"codexErrorInfo"].toObject()) {
        if (const int status = int(countOf(kind[u"httpStatusCode"])); status > 0)
            m_brokenStatus = status;
    }
    const QString kind = failure[u"codexErrorInfo"].toString(); // usageLimitExceeded, serverOverloaded, unauthorized, …
    m_brokenText = QString(failure[u"message"].toString() + u' ' + failure[u"additionalDetails"].toString()).trimmed();
    if (kind == QLatin1String("usageLimitExceeded") || kind == QLatin1String("serverOverloaded"))
        m_brokenStatus = 429;
    const auto outcome = outcomeOfError(m_brokenStatus, m_brokenText);
    if (failure[u"willRetry"].toBool())
        retry(outcome == Outcome::Limited ? outcome : Outcome::ModelError, m_brokenText);
    else
        m_broken = true;
}

/// Upserts: an update may come for a call that was never announced.
void AcpReader::toolUpdate(const QJsonObject &update)
{
    const QString id = update[u"toolCallId"].toString();
    if (id.isEmpty() || (m_tools.size() >= keptOfEach && !m_tools.contains(id)))
        return;
    QJsonObject &known = m_tools[id];
    for (const char *key : {"title", "kind", "locations", "rawInput"}) {
        const auto value = update[QLatin1String(key)];
        if (!value.isUndefined() && !value.isNull())
            known[QLatin1String(key)] = value.isObject() ? QJsonValue(clipped(value.toObject(), updateTextCap)) : value;
    }
    QJsonObject call{{QStringLiteral("id"), id}};
    for (const char *key : {"title", "kind", "status", "locations"}) {
        if (update[QLatin1String(key)].isString() || update[QLatin1String(key)].isArray())
            call[QLatin1String(key)] = update[QLatin1String(key)];
    }
    if (update[u"rawInput"].isObject())
        call[QStringLiteral("input")] = update[u"rawInput"];
    QStringList output;
    const QJsonArray content = update[u"content"].toArray();
    for (qsizetype i = 0; i < std::min<qsizetype>(content.size(), 200); ++i) {
        const QString type = content[i][u"type"].toString();
        if (type == QLatin1String("content"))
            output << chunkOf(content[i][u"content"]);
    }
    if (output.isEmpty() && !update[u"rawOutput"].isUndefined())
        output << (update[u"rawOutput"].isString() ? update[u"rawOutput"].toString() : textOf(update[u"rawOutput"]));
    if (!output.join(QString()).isEmpty())
        call[QStringLiteral("output")] = output.join(u'\n');
    if (m_loading)
        return;
    if (call.size() > 1)
        tool(std::move(call));
    for (qsizetype i = 0; i < std::min<qsizetype>(content.size(), 200); ++i) {
        const QJsonObject part = content[i].toObject();
        if (part[u"type"].toString() != QLatin1String("diff"))
            continue;
        const QString path = part[u"path"].toString();
        const size_t hash = qHash(part[u"newText"].toString(), qHash(part[u"oldText"].toString()));
        const QString key = id + QChar(0) + path;
        if (m_diffs.value(key) == hash || m_diffs.size() >= keptOfEach)
            continue;
        m_diffs[key] = hash;
        diff(id, path, part[u"oldText"], part[u"newText"].toString());
    }
}

} // namespace coppice::clients
