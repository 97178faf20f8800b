// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway.h"

#include "gateway/usage_reader.h"
#include "net/http.h"
#include "secrets/secret_ref.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QUrl>
#include <QUrlQuery>

#include <array>
#include <mutex>
#include <set>

namespace coppice::gateway {

namespace {

constexpr int longestSilenceMs = 10 * 60 * 1000; // a model may think for long before it says a word
constexpr qint64 largestRequest = 64 << 20;      // contexts with pictures

/// For one hop, set by the client library, or telling who asks.
bool staysHere(const QByteArray &name)
{
    static const QByteArrayList names{"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
                                      "host", "content-length", "accept-encoding", "expect", "cookie", "forwarded", "via"};
    static const QByteArrayList keys{"authorization", "x-api-key", "api-key", "x-goog-api-key", "proxy-authorization",
                                     "x-goog-user-project", "openai-organization", "openai-project"};
    return names.contains(name) || keys.contains(name) || name.startsWith("x-forwarded-");
}

bool comesThrough(const QByteArray &name)
{
    static const QByteArrayList kept{"connection", "keep-alive", "transfer-encoding", "content-length", "set-cookie", "trailer", "upgrade"};
    return !kept.contains(name);
}

/// A path that stays where it is put: no way upwards, also after a server has decoded it twice.
bool isPlain(const QByteArray &path)
{
    const QByteArray decoded = QByteArray::fromPercentEncoding(QByteArray::fromPercentEncoding(path));
    for (const auto &part : decoded.split('/')) {
        if (part == ".." || part == ".")
            return false;
    }
    return path.startsWith('/') && !decoded.startsWith("//") && !decoded.contains('\\') && !decoded.contains('\0') && !path.contains('#');
}

QByteArray makeToken()
{
    std::array<quint32, 8> random{};
    QRandomGenerator::system()->fillRange(random.data(), qsizetype(random.size()));
    return "coppice-" + QByteArray(reinterpret_cast<const char *>(random.data()), sizeof random).toHex();
}

/// Compares without telling by its time how much was right.
bool same(const QByteArray &a, const QByteArray &b)
{
    if (a.size() != b.size())
        return false;
    unsigned char differs = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        differs |= static_cast<unsigned char>(a[i] ^ b[i]);
    return differs == 0;
}

/// Whether the agent shows the token of its run, in whatever place its client puts a key.
bool shows(const QByteArray &token, const net::HttpRequest &request)
{
    for (const auto &[name, value] : request.headers) {
        const bool bearer = name == "authorization" && value.left(7).compare("bearer ", Qt::CaseInsensitive) == 0;
        if ((name == "authorization" || name == "x-api-key" || name == "api-key" || name == "x-goog-api-key")
            && same(bearer ? value.mid(7).trimmed() : value, token))
            return true;
    }
    const auto mark = request.target.indexOf('?');
    const QUrlQuery query(QString::fromUtf8(mark < 0 ? QByteArray() : request.target.mid(mark + 1)));
    for (const char *name : {"key", "api_key", "access_token"}) {
        if (same(query.queryItemValue(QLatin1String(name), QUrl::FullyDecoded).toUtf8(), token))
            return true;
    }
    return false;
}

/// All gateways of this process.
struct Everyone {
    std::mutex mutex;
    std::set<Gateway *> all;
    static Everyone &get()
    {
        static Everyone everyone;
        return everyone;
    }
};

} // namespace

struct Gateway::Proxy {
    QByteArray token = makeToken();
    library::ModelEndpoint endpoint;
    QByteArray key;
    QByteArray base; ///< the base address without a trailing slash; what the agent asks for is put behind it
    std::stop_source stopped;
    mutable std::mutex mutex;
    Usage usage;
    std::unique_ptr<net::HttpServer> server;

    void handle(const net::HttpRequest &request, net::HttpAnswer &answer, const std::stop_token &peerGone);
    void forward(const net::HttpRequest &request, const QByteArray &target, net::HttpAnswer &answer, const std::stop_token &stop);
    void refuse(net::HttpAnswer &answer, int status, const QString &why);
    net::Headers headersFor(const net::HttpRequest &request) const;
};

void Gateway::Proxy::refuse(net::HttpAnswer &answer, int status, const QString &why)
{
    // The shape that the SDKs of all dialects show the message of.
    const QJsonObject body{{QStringLiteral("type"), QStringLiteral("error")},
                           {QStringLiteral("error"), QJsonObject{{QStringLiteral("type"), QStringLiteral("coppice_gateway")},
                                                                 {QStringLiteral("code"), status},
                                                                 {QStringLiteral("message"), why}}}};
    answer.send({status, {{"content-type", "application/json"}}, QJsonDocument(body).toJson(QJsonDocument::Compact)});
}

net::Headers Gateway::Proxy::headersFor(const net::HttpRequest &request) const
{
    net::Headers headers;
    for (const auto &header : request.headers) {
        if (!staysHere(header.first))
            headers.push_back(header);
    }
    headers.emplace_back("accept-encoding", "identity"); // so that tokens can be counted
    if (key.isEmpty())
        return headers;
    if (endpoint.dialect == u"anthropic")
        headers.emplace_back("x-api-key", key);
    else if (endpoint.dialect == u"gemini")
        headers.emplace_back("x-goog-api-key", key);
    else
        headers.emplace_back("authorization", "Bearer " + key);
    return headers;
}

void Gateway::Proxy::forward(const net::HttpRequest &request, const QByteArray &target, net::HttpAnswer &answer,
                             const std::stop_token &stop)
{
    std::unique_ptr<UsageReader> reader;
    bool begun = false;
    const auto response = net::httpSend(
        {request.method, QByteArray(base + target), headersFor(request), request.body}, longestSilenceMs, stop,
        [&](const net::HttpResponse &head) {
            net::Headers headers;
            for (const auto &header : head.headers) {
                if (comesThrough(header.first))
                    headers.push_back(header);
            }
            reader = std::make_unique<UsageReader>(endpoint.dialect, net::header(head.headers, "content-type"));
            begun = true;
            answer.begin(head.status, headers);
        },
        [&](QByteArrayView piece) {
            reader->read(piece);
            return answer.write(piece);
        });
    if (reader) {
        reader->end();
        const std::lock_guard lock(mutex);
        usage.inputTokens += reader->inputTokens();
        usage.outputTokens += reader->outputTokens();
    }
    if (response)
        answer.end();
    else if (!begun)
        refuse(answer, 502, QStringLiteral("The model service cannot be reached: %1").arg(response.error().message()));
    // Begun and broken off: the agent sees a connection that was cut, not an answer that looks whole.
}

void Gateway::Proxy::handle(const net::HttpRequest &request, net::HttpAnswer &answer, const std::stop_token &peerGone)
{
    const auto mark = request.target.indexOf('?');
    const QByteArray path = mark < 0 ? request.target : request.target.left(mark);
    const bool known = shows(token, request);
    const bool fine = known && isPlain(path) && request.method != "CONNECT" && request.method != "TRACE";
    {
        const std::lock_guard lock(mutex);
        fine && !stopped.stop_requested() ? ++usage.requests : ++usage.refused;
    }
    if (stopped.stop_requested())
        return refuse(answer, 503, QStringLiteral("This run's way to the model has been closed."));
    if (!known)
        return refuse(answer, 401, QStringLiteral("This is not the key of this run."));
    if (!fine)
        return refuse(answer, 403, QStringLiteral("This address is not part of the model service."));
    QByteArray target = path;
    if (mark >= 0) {
        QUrlQuery query(QString::fromUtf8(request.target.mid(mark + 1)));
        for (const char *name : {"key", "api_key", "access_token"})
            query.removeAllQueryItems(QLatin1String(name));
        if (!query.isEmpty())
            target += '?' + query.toString(QUrl::FullyEncoded).toUtf8();
    }
    std::stop_source either;
    const std::stop_callback first(peerGone, [&] { either.request_stop(); });
    const std::stop_callback second(stopped.get_token(), [&] { either.request_stop(); });
    forward(request, target, answer, either.get_token());
}

Gateway::Gateway() : m_proxy(std::make_unique<Proxy>())
{
    auto &everyone = Everyone::get();
    const std::lock_guard lock(everyone.mutex);
    everyone.all.insert(this);
}

Gateway::~Gateway()
{
    {
        auto &everyone = Everyone::get();
        const std::lock_guard lock(everyone.mutex);
        everyone.all.erase(this);
    }
    stop();
    m_proxy->server.reset(); // waits for the handlers, which use the rest
}

Result<std::unique_ptr<Gateway>> Gateway::start(const Request &request)
{
    if (!request.endpoint)
        return failUsage(QStringLiteral("gateway.endpoint"), QStringLiteral("A gateway needs a model service to lead to"), request.socketPath);
    const auto &endpoint = *request.endpoint;
    static const QStringList dialects{QStringLiteral("anthropic"), QStringLiteral("openai-responses"), QStringLiteral("openai-chat"),
                                      QStringLiteral("gemini")};
    if (!dialects.contains(endpoint.dialect))
        return failUsage(QStringLiteral("gateway.dialect"), QStringLiteral("There is no such model dialect"), endpoint.dialect,
                         QStringLiteral("Use one of: %1.").arg(dialects.join(QStringLiteral(", "))));
    const QUrl url(endpoint.baseUrl, QUrl::StrictMode);
    if (!url.isValid() || (url.scheme() != u"http" && url.scheme() != u"https") || url.host().isEmpty() || url.hasQuery() || url.hasFragment()
        || !url.userInfo().isEmpty())
        return failUsage(QStringLiteral("gateway.url"), QStringLiteral("A model's base_url is an http or https address without query or user"),
                         url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemoveQuery));
    std::unique_ptr<Gateway> gateway(new Gateway);
    Proxy &proxy = *gateway->m_proxy;
    proxy.endpoint = endpoint;
    proxy.base = url.toEncoded();
    while (proxy.base.endsWith('/'))
        proxy.base.chop(1);
    if (!endpoint.keyEnv.isEmpty()) { // a model on this machine may need none
        auto key = secrets::readSecret({secrets::SecretRef::Store::Environment, endpoint.keyEnv});
        if (!key)
            return fail(QStringLiteral("gateway.key"), QStringLiteral("The variable that holds the model's key is not set"), endpoint.keyEnv,
                        QStringLiteral("Set it in the environment that Coppice is started from."));
        proxy.key = std::move(*key);
    }
    proxy.server = std::make_unique<net::HttpServer>(
        [raw = &proxy](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token stop) { raw->handle(request, answer, stop); },
        net::HttpServer::Limits{.body = largestRequest, .allBodies = 2 * largestRequest, .connections = 128, .threads = 32});
    COPPICE_CHECK(proxy.server->listenUnix(request.socketPath));
    return gateway;
}

Gateway::Usage Gateway::usage() const
{
    const std::lock_guard lock(m_proxy->mutex);
    return m_proxy->usage;
}

QByteArray Gateway::token() const
{
    return m_proxy->token;
}

void Gateway::stop()
{
    m_proxy->stopped.request_stop();
}

void Gateway::stopAll()
{
    auto &everyone = Everyone::get();
    const std::lock_guard lock(everyone.mutex);
    for (auto *gateway : everyone.all)
        gateway->stop();
}

} // namespace coppice::gateway
