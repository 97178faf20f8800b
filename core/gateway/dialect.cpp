// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

#include <algorithm>

namespace coppice::gateway {

using namespace Qt::StringLiterals;

namespace {

/// Rather too many: program text has three to four bytes a token, dense scripts little more than two.
qint64 tokensOf(qsizetype bytes)
{
    return qint64(bytes) * 2 / 5 + 1;
}

qint64 bounded(const QJsonValue &value)
{
    return std::clamp<qint64>(qint64(std::clamp(value.toDouble(), 0.0, 1e12)), 0, 10'000'000);
}

bool hasPart(const QByteArrayList &parts, std::initializer_list<const char *> names)
{
    return std::any_of(names.begin(), names.end(), [&](const char *name) { return parts.contains(name); });
}

/// models/NAME:verb and deployments/NAME/… name the model in the path.
QString modelOfPath(const QByteArrayList &parts)
{
    for (qsizetype i = 0; i + 1 < parts.size(); ++i) {
        if (parts[i] == "models" || parts[i] == "tunedModels" || parts[i] == "deployments") {
            const QByteArray name = parts[i + 1];
            return QString::fromUtf8(QByteArray::fromPercentEncoding(name.left(name.indexOf(':') < 0 ? name.size() : name.indexOf(':'))));
        }
    }
    return {};
}

qint64 outputOf(const QString &dialect, const QJsonObject &body)
{
    if (dialect == u"gemini") {
        auto settings = body[u"generationConfig"].toObject();
        if (settings.isEmpty())
            settings = body[u"generation_config"].toObject();
        const qint64 most = bounded(settings.contains(u"maxOutputTokens") ? settings[u"maxOutputTokens"] : settings[u"max_output_tokens"]);
        return most * std::max<qint64>(1, bounded(settings[u"candidateCount"]));
    }
    qint64 most = 0;
    for (const auto key : {"max_tokens", "max_completion_tokens", "max_output_tokens"})
        most = std::max(most, bounded(body[QLatin1String(key)]));
    return most * std::max<qint64>(1, bounded(body[u"n"]));
}

} // namespace

QStringList dialectNames()
{
    return {u"anthropic"_s, u"openai-responses"_s, u"openai-chat"_s, u"gemini"_s};
}

Asked readAsked(const QString &dialect, const QByteArray &method, const QByteArray &path, const QByteArray &body)
{
    Asked asked;
    const QByteArrayList parts = path.split('/');
    const QByteArray last = parts.last();
    const QByteArray verb = last.mid(last.lastIndexOf(':') + 1);
    const bool changes = method != "GET" && method != "HEAD" && method != "OPTIONS";
    asked.countless = changes
        && (hasPart(parts, {"batches", "fine_tuning", "fine-tunes", "tunedModels", "videos", "realtime", "threads", "assistants",
                            "evals", "containers", "vector_stores", "cachedContents", "environments", "agents", "sessions"})
            || verb.startsWith("batch") || verb.startsWith("asyncBatch") || verb == "predictLongRunning");
    if (method != "POST" || asked.countless)
        return asked;
    // Counting is free; so is stopping what runs.
    if (last == "count_tokens" || verb == "countTokens" || last == "input_tokens" || last == "cancel" || last == "tokenize")
        return asked;
    asked.costs = true;
    const QJsonObject object = QJsonDocument::fromJson(body).object();
    asked.model = object[u"model"].toString().left(200);
    if (asked.model.isEmpty())
        asked.model = modelOfPath(parts).left(200);
    asked.inputTokens = tokensOf(body.size());
    asked.outputTokens = outputOf(dialect, object);
    asked.background = object[u"background"].toBool();
    if (object[u"service_tier"] == u"priority"_s || object[u"service_tier"] == u"fast"_s || object[u"speed"] == u"fast"_s)
        asked.factor = 2;
    return asked;
}

bool carriesKey(const QByteArray &header)
{
    static const QByteArrayList keys{"authorization", "x-api-key", "api-key", "x-goog-api-key", "proxy-authorization",
                                     "ocp-apim-subscription-key"};
    return keys.contains(header);
}

QStringList keyParameters()
{
    return {u"key"_s, u"api_key"_s, u"api-key"_s, u"access_token"_s};
}

void addKey(const library::ModelEndpoint &endpoint, const QByteArray &key, net::Headers &headers)
{
    if (key.isEmpty()) // a model on this machine may need none
        return;
    const QString host = QUrl(endpoint.baseUrl).host().toLower();
    if (endpoint.dialect == u"anthropic")
        headers.emplace_back("x-api-key", key);
    else if (endpoint.dialect == u"gemini")
        headers.emplace_back("x-goog-api-key", key);
    else if (host.endsWith(u".azure.com")) // there a bearer is a login, not a key
        headers.emplace_back("api-key", key);
    else
        headers.emplace_back("authorization", "Bearer " + key);
}

net::HttpResponse refusal(const QString &dialect, Refusal kind, int status, const QString &message)
{
    QJsonObject body;
    const bool budget = kind == Refusal::Budget;
    if (dialect == u"anthropic") {
        const QString type = budget ? u"billing_error"_s
            : kind == Refusal::Closed ? u"api_error"_s
            : status == 401           ? u"authentication_error"_s
                                      : u"permission_error"_s;
        body = {{u"type"_s, u"error"_s}, {u"error"_s, QJsonObject{{u"type"_s, type}, {u"message"_s, message}}}};
    } else if (dialect == u"gemini") {
        const QString name = budget ? u"FAILED_PRECONDITION"_s
            : kind == Refusal::Closed ? u"UNAVAILABLE"_s
            : status == 401           ? u"UNAUTHENTICATED"_s
                                      : u"PERMISSION_DENIED"_s;
        body = {{u"error"_s, QJsonObject{{u"code"_s, status}, {u"message"_s, message}, {u"status"_s, name}}}};
    } else {
        const QString code = budget ? u"insufficient_quota"_s
            : kind == Refusal::Closed ? u"server_error"_s
            : status == 401           ? u"invalid_api_key"_s
                                      : u"permission_denied"_s;
        body = {{u"error"_s,
                 QJsonObject{{u"message"_s, message}, {u"type"_s, code}, {u"param"_s, QJsonValue()}, {u"code"_s, code}}}};
    }
    net::Headers headers{{"content-type", "application/json"}, {"x-coppice-gateway", "refused"}};
    // Read by the SDKs of two dialects: trying again would change nothing.
    if (kind != Refusal::Closed)
        headers.emplace_back("x-should-retry", "false");
    return {status, headers, QJsonDocument(body).toJson(QJsonDocument::Compact)};
}

} // namespace coppice::gateway
