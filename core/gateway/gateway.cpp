// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway.h"

#include "gateway/usage.h"
#include "net/http.h"

#include <QUrl>

#include <algorithm>
#include <array>
#include <mutex>

namespace coppice::gateway {

namespace {

constexpr int silenceMs = 600'000; // a model may think for minutes before its first token

/// Headers that belong to one hop, or that would carry somebody's key; RFC 9110, 7.6.1.
bool isDropped(QByteArrayView name)
{
    static constexpr std::array<const char *, 18> dropped{
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "accept-encoding", "authorization", "x-api-key",
        "x-goog-api-key", "api-key", "cookie", "expect"};
    return std::any_of(dropped.begin(), dropped.end(), [&](const char *one) { return name == QByteArrayView(one); });
}

Result<std::pair<QByteArray, QByteArray>> keyHeader(const QString &dialect, const QByteArray &key)
{
    if (dialect == u"anthropic")
        return std::pair<QByteArray, QByteArray>{"x-api-key", key};
    if (dialect == u"openai-responses" || dialect == u"openai-chat")
        return std::pair<QByteArray, QByteArray>{"authorization", "Bearer " + key};
    if (dialect == u"gemini")
        return std::pair<QByteArray, QByteArray>{"x-goog-api-key", key};
    return failUsage(QStringLiteral("gateway.dialect"), QStringLiteral("This is no dialect of a model service"), dialect,
                     QStringLiteral("Use anthropic, openai-responses, openai-chat or gemini."));
}

/// The query without a `key=` parameter, which Gemini's clients may send.
QByteArray withoutKey(const QByteArray &target)
{
    const auto at = target.indexOf('?');
    if (at < 0)
        return target;
    QByteArrayList kept;
    for (const auto &pair : target.mid(at + 1).split('&')) {
        if (!pair.startsWith("key="))
            kept << pair;
    }
    return kept.isEmpty() ? target.left(at) : target.left(at + 1) + kept.join('&');
}

bool isPlainPath(const QByteArray &target)
{
    const QByteArray path = QByteArray::fromPercentEncoding(target.split('?').first());
    return target.startsWith('/') && !target.startsWith("//") && !path.contains("/../") && !path.endsWith("/..")
           && !path.contains('\\') && !target.contains('#');
}

} // namespace

struct Gateway::Proxy {
    QByteArray base; ///< scheme, host, port and path, without a slash at the end
    std::pair<QByteArray, QByteArray> key;
    mutable std::mutex mutex;
    Usage usage;
    std::stop_source stopAll;
    std::unique_ptr<net::HttpServer> server; ///< last: its handlers use the rest

    void refuse(net::HttpAnswer &answer, int status, const QByteArray &why)
    {
        {
            const std::lock_guard lock(mutex);
            ++usage.refused;
        }
        answer.send({status, {{"content-type", "application/json"}}, "{\"error\":{\"message\":\"" + why + "\"}}"});
    }
    void handle(const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token gone);
};

void Gateway::Proxy::handle(const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token gone)
{
    if (stopAll.stop_requested())
        return refuse(answer, 503, "the gateway was stopped");
    if (!isPlainPath(request.target))
        return refuse(answer, 403, "only the configured model service can be reached");
    net::HttpRequest onward{request.method, base + withoutKey(request.target), {}, request.body};
    for (const auto &header : request.headers) {
        if (!isDropped(header.first))
            onward.headers.push_back(header);
    }
    onward.headers.push_back({"accept-encoding", "identity"});
    onward.headers.push_back(key);

    std::stop_source either;
    const std::stop_callback onGone(gone, [&] { either.request_stop(); });
    const std::stop_callback onStop(stopAll.get_token(), [&] { either.request_stop(); });
    std::unique_ptr<UsageReader> reader;
    bool begun = false;
    const auto sent = net::httpSend(
        onward, silenceMs, either.get_token(),
        [&](const net::HttpResponse &head) {
            net::Headers passed;
            for (const auto &header : head.headers) {
                if (!isDropped(header.first) && header.first != "set-cookie" && header.first != "content-encoding")
                    passed.push_back(header);
            }
            reader = std::make_unique<UsageReader>(net::header(head.headers, "content-type").contains("event-stream"));
            begun = true;
            answer.begin(head.status, passed);
        },
        [&](QByteArrayView piece) {
            if (reader)
                reader->read(piece);
            return answer.write(piece);
        });
    if (reader)
        reader->finish();
    {
        const std::lock_guard lock(mutex);
        ++usage.requests;
        if (reader) {
            usage.inputTokens += reader->inputTokens();
            usage.outputTokens += reader->outputTokens();
        }
    }
    if (begun)
        answer.end();
    else
        answer.send({502, {{"content-type", "application/json"}}, "{\"error\":{\"message\":\"the model service could not be reached\"}}"});
}

Gateway::Gateway() : m_proxy(std::make_unique<Proxy>()) { }
Gateway::~Gateway()
{
    stop();
}

Result<std::unique_ptr<Gateway>> Gateway::start(const library::ModelEndpoint &endpoint, const QString &socketPath)
{
    const QUrl url(endpoint.baseUrl, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"https" && url.scheme() != u"http") || !url.userInfo().isEmpty()
        || url.hasQuery() || url.hasFragment())
        return failUsage(QStringLiteral("gateway.url"), QStringLiteral("The model's base_url is no address of a web service"),
                         endpoint.baseUrl, QStringLiteral("Give scheme, host and path, for example https://host/path."));
    const QByteArray key = qgetenv(endpoint.keyEnv.toLocal8Bit().constData());
    if (endpoint.keyEnv.isEmpty() || key.isEmpty())
        return fail(QStringLiteral("gateway.key"), QStringLiteral("The variable that holds the model's key is not set"), endpoint.keyEnv,
                    QStringLiteral("Set it in the environment that Coppice is started from."));
    std::unique_ptr<Gateway> gateway(new Gateway);
    Proxy &proxy = *gateway->m_proxy;
    COPPICE_TRY(proxy.key, keyHeader(endpoint.dialect, key));
    proxy.base = url.adjusted(QUrl::StripTrailingSlash).toEncoded();
    net::HttpServer::Limits limits;
    limits.body = 64 << 20;
    limits.allBodies = 128 << 20;
    limits.connections = 32;
    limits.threads = 8;
    proxy.server = std::make_unique<net::HttpServer>(
        [&proxy](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token gone) { proxy.handle(request, answer, gone); },
        limits);
    COPPICE_CHECK(proxy.server->listenUnix(socketPath));
    return gateway;
}

Gateway::Usage Gateway::usage() const
{
    const std::lock_guard lock(m_proxy->mutex);
    return m_proxy->usage;
}

void Gateway::stop()
{
    m_proxy->stopAll.request_stop();
}

ClientWiring wiringFor(const library::ModelEndpoint &endpoint, const QString &insideUrl)
{
    // A word in the key's place: clients refuse to start without one, and the real key never comes in.
    const QString word = QStringLiteral("kept-by-the-gateway");
    ClientWiring wiring;
    if (endpoint.dialect == u"anthropic") {
        wiring.env = {{QStringLiteral("ANTHROPIC_BASE_URL"), insideUrl},
                      {QStringLiteral("ANTHROPIC_API_KEY"), word},
                      {QStringLiteral("DISABLE_TELEMETRY"), QStringLiteral("1")},
                      {QStringLiteral("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"), QStringLiteral("1")},
                      {QStringLiteral("CLAUDE_CODE_MAX_RETRIES"), QStringLiteral("2")},
                      {QStringLiteral("IS_SANDBOX"), QStringLiteral("1")}};
    } else if (endpoint.dialect == u"gemini") {
        wiring.env = {{QStringLiteral("GOOGLE_GEMINI_BASE_URL"), insideUrl},
                      {QStringLiteral("GEMINI_API_KEY"), word},
                      {QStringLiteral("GEMINI_CLI_TRUST_WORKSPACE"), QStringLiteral("true")}};
        wiring.homeFiles[QStringLiteral(".gemini/settings.json")] = R"({"security":{"auth":{"selectedType":"gemini-api-key"}}})";
    } else if (endpoint.dialect == u"openai-responses") {
        wiring.env = {{QStringLiteral("CODEX_HOME"), QStringLiteral("/home/agent/.codex")}, {QStringLiteral("OPENAI_API_KEY"), word}};
        wiring.homeFiles[QStringLiteral(".codex/config.toml")]
            = "model_provider = \"gateway\"\n[model_providers.gateway]\nname = \"gateway\"\nbase_url = \"" + insideUrl.toUtf8()
              + "\"\nenv_key = \"OPENAI_API_KEY\"\nwire_api = \"responses\"\n";
    } else {
        wiring.env = {{QStringLiteral("OPENAI_BASE_URL"), insideUrl}, {QStringLiteral("OPENAI_API_KEY"), word}};
    }
    return wiring;
}

} // namespace coppice::gateway
