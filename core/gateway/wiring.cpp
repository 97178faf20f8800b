// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

namespace coppice::gateway {

namespace {

void wireAnthropic(ClientWiring &wiring, const QString &url, const QString &key)
{
    wiring.env = {{QStringLiteral("ANTHROPIC_BASE_URL"), url},
                  {QStringLiteral("ANTHROPIC_API_KEY"), key},
                  {QStringLiteral("DISABLE_TELEMETRY"), QStringLiteral("1")},
                  {QStringLiteral("DISABLE_AUTOUPDATER"), QStringLiteral("1")},
                  {QStringLiteral("DISABLE_ERROR_REPORTING"), QStringLiteral("1")},
                  {QStringLiteral("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"), QStringLiteral("1")},
                  {QStringLiteral("CLAUDE_CODE_MAX_RETRIES"), QStringLiteral("2")}, // ten retries take minutes
                  {QStringLiteral("IS_SANDBOX"), QStringLiteral("1")}};
}

/// OpenCode asks before it changes and runs; Coppice answers.
void wireOpenCode(ClientWiring &wiring, const QString &url, const QString &key, const QString &model)
{
    const QString name = model.isEmpty() ? QStringLiteral("claude-sonnet-4-5") : model;
    const QString ask = QStringLiteral("ask");
    const QJsonObject provider{{QStringLiteral("options"), QJsonObject{{QStringLiteral("baseURL"), QString(url + QStringLiteral("/v1"))},
                                                                       {QStringLiteral("apiKey"), key}}},
                               {QStringLiteral("models"), QJsonObject{{name, QJsonObject{{QStringLiteral("name"), name}}}}}};
    const QJsonObject settings{
        {QStringLiteral("model"), QString(QStringLiteral("anthropic/") + name)},
        {QStringLiteral("small_model"), QString(QStringLiteral("anthropic/") + name)},
        {QStringLiteral("provider"), QJsonObject{{QStringLiteral("anthropic"), provider}}},
        {QStringLiteral("permission"), QJsonObject{{QStringLiteral("edit"), ask}, {QStringLiteral("bash"), ask}, {QStringLiteral("webfetch"), ask}}},
        {QStringLiteral("share"), QStringLiteral("disabled")},
        {QStringLiteral("autoupdate"), false}};
    wiring.homeFiles[QStringLiteral(".config/opencode/opencode.json")] = QJsonDocument(settings).toJson();
}

void wireGemini(ClientWiring &wiring, const QString &url, const QString &key)
{
    wiring.env = {{QStringLiteral("GOOGLE_GEMINI_BASE_URL"), url},
                  {QStringLiteral("GEMINI_API_KEY"), key},
                  {QStringLiteral("GEMINI_CLI_TRUST_WORKSPACE"), QStringLiteral("true")}};
    // Without the type in this file the client takes the address for a gateway, and then refuses it.
    const QJsonObject settings{
        {QStringLiteral("security"),
         QJsonObject{{QStringLiteral("auth"), QJsonObject{{QStringLiteral("selectedType"), QStringLiteral("gemini-api-key")}}}}},
        {QStringLiteral("privacy"), QJsonObject{{QStringLiteral("usageStatisticsEnabled"), false}}},
        {QStringLiteral("general"), QJsonObject{{QStringLiteral("disableAutoUpdate"), true}, {QStringLiteral("enableAutoUpdate"), false}}}};
    wiring.homeFiles[QStringLiteral(".gemini/settings.json")] = QJsonDocument(settings).toJson();
}

void wireOpenAi(ClientWiring &wiring, const QString &url, const QString &key)
{
    wiring.env = {{QStringLiteral("OPENAI_BASE_URL"), url},
                  {QStringLiteral("OPENAI_API_BASE"), url},
                  {QStringLiteral("OPENAI_API_KEY"), key}};
}

/// Codex: its helper links must not lie under /tmp. It runs inside our sandbox, where its own cannot nest.
void wireCodex(ClientWiring &wiring, const QString &url, const QString &key)
{
    wireOpenAi(wiring, url, key);
    wiring.env[QStringLiteral("CODEX_HOME")] = QStringLiteral("/home/agent/.codex");
    wiring.homeFiles[QStringLiteral(".codex/config.toml")] =
        QStringLiteral("model_provider = \"coppice\"\n"
                       "approval_policy = \"never\"\n"
                       "sandbox_mode = \"danger-full-access\"\n"
                       "check_for_update_on_startup = false\n"
                       "\n"
                       "[model_providers.coppice]\n"
                       "name = \"Coppice\"\n"
                       "base_url = \"%1\"\n"
                       "env_key = \"OPENAI_API_KEY\"\n"
                       "wire_api = \"responses\"\n"
                       "\n"
                       "[shell_environment_policy]\n"
                       "inherit = \"core\"\n")
            .arg(url)
            .toUtf8();
}

/// The model that was asked for, the way that each kind of client is told of one. Without: the client's own choice.
void nameModel(ClientWiring &wiring, const library::ModelEndpoint &endpoint)
{
    if (endpoint.name.isEmpty())
        return;
    if (endpoint.dialect == u"anthropic")
        wiring.env[QStringLiteral("ANTHROPIC_MODEL")] = endpoint.name;
    else if (endpoint.dialect == u"gemini")
        wiring.env[QStringLiteral("GEMINI_MODEL")] = endpoint.name;
    else if (endpoint.dialect == u"openai-responses") // a text of JSON is one of TOML
        wiring.homeFiles[QStringLiteral(".codex/config.toml")].prepend("model = " + QJsonDocument(QJsonArray{endpoint.name}).toJson(QJsonDocument::Compact).sliced(1).chopped(1) + '\n');
}

} // namespace

ClientWiring wiringFor(const library::ModelEndpoint &endpoint, const QString &insideUrl, const QByteArray &token)
{
    // Clients insist on a key; the gateway takes this one away again and puts the real one in its place.
    const QString key = QString::fromLatin1(token);
    // The gateway's root is the base address, with whatever path that has.
    const QString &url = insideUrl;
    ClientWiring wiring;
    if (endpoint.dialect == u"anthropic") {
        wireAnthropic(wiring, url, key);
        wireOpenCode(wiring, url, key, endpoint.name);
    } else if (endpoint.dialect == u"gemini") {
        wireGemini(wiring, url, key);
    } else if (endpoint.dialect == u"openai-responses") {
        wireCodex(wiring, url, key);
    } else {
        wireOpenAi(wiring, url, key);
    }
    nameModel(wiring, endpoint);
    return wiring;
}

ClientWiring tunnelWiring(const QString &insideUrl, const QByteArray &token)
{
    // A proxy's name and password are what every client library knows how to send.
    QString proxy = insideUrl;
    proxy.insert(proxy.indexOf(QLatin1String("//")) + 2, QStringLiteral("agent:") + QString::fromLatin1(token) + u'@');
    ClientWiring wiring;
    for (const char *name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"})
        wiring.env[QLatin1String(name)] = proxy;
    // A client's own helpers are on this side of the tunnel.
    wiring.env[QStringLiteral("NO_PROXY")] = wiring.env[QStringLiteral("no_proxy")] = QStringLiteral("localhost,127.0.0.1,::1");
    wiring.env[QStringLiteral("NODE_USE_ENV_PROXY")] = QStringLiteral("1"); // Node asks for it since 24
    wiring.env[QStringLiteral("IS_SANDBOX")] = QStringLiteral("1");
    for (const char *name : {"DISABLE_TELEMETRY", "DISABLE_AUTOUPDATER", "DISABLE_ERROR_REPORTING", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"})
        wiring.env[QLatin1String(name)] = QStringLiteral("1");
    return wiring;
}

QString accountOf(const library::ModelEndpoint &endpoint)
{
    const QUrl url(endpoint.baseUrl);
    const QString host = url.port() < 0 ? url.host() : QStringLiteral("%1:%2").arg(url.host()).arg(url.port());
    return endpoint.keyEnv.isEmpty() ? host : QStringLiteral("%1 (%2)").arg(host, endpoint.keyEnv);
}

} // namespace coppice::gateway
