// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway.h"

#include "gateway/proxy.h"
#include "secrets/secret_ref.h"

#include <QUrl>

#include <set>

namespace coppice::gateway {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 largestRequest = 64 << 20; // contexts with pictures

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

Result<QByteArray> baseOf(const library::ModelEndpoint &endpoint)
{
    if (!dialectNames().contains(endpoint.dialect))
        return failUsage(u"gateway.dialect"_s, u"There is no such model dialect"_s, endpoint.dialect,
                         u"Use one of: %1."_s.arg(dialectNames().join(u", "_s)));
    const QUrl url(endpoint.baseUrl, QUrl::StrictMode);
    if (!url.isValid() || (url.scheme() != u"http" && url.scheme() != u"https") || url.host().isEmpty() || url.hasQuery() || url.hasFragment()
        || !url.userInfo().isEmpty())
        return failUsage(u"gateway.url"_s, u"A model's base_url is an http or https address without query or user"_s,
                         url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemoveQuery));
    QByteArray base = url.toEncoded();
    while (base.endsWith('/'))
        base.chop(1);
    return base;
}

} // namespace

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
    m_proxy->stopped.request_stop();
    m_proxy->server.reset(); // waits for the handlers, which use the rest
}

Result<std::unique_ptr<Gateway>> Gateway::start(const Request &request)
{
    std::unique_ptr<Gateway> gateway(new Gateway);
    Proxy &proxy = *gateway->m_proxy;
    proxy.request = request;
    if (!request.endpoint) {
        if (request.loginHosts.isEmpty())
            return failUsage(u"gateway.endpoint"_s, u"A gateway needs a model service, or the hosts that a client logs in to"_s,
                             request.socketPath, u"Give the client a model or login_hosts in coppice.yaml."_s);
        proxy.usage.metered = false;
        COPPICE_TRY(proxy.tunnel, net::AllowTunnel::startSecure(request.loginHosts, request.socketPath, proxy.token));
        return gateway;
    }
    proxy.endpoint = *request.endpoint;
    COPPICE_TRY(proxy.base, baseOf(proxy.endpoint));
    COPPICE_TRY(proxy.prices, PriceList::parse(request.prices));
    if (!request.replayPath.isEmpty()) {
        COPPICE_TRY(proxy.replayer, Replayer::open(request.replayPath));
    }
    if (!proxy.endpoint.keyEnv.isEmpty() && !proxy.replayer) { // a model on this machine may need none; a recording never does
        auto key = secrets::readSecret({secrets::SecretRef::Store::Environment, proxy.endpoint.keyEnv});
        if (!key)
            return fail(u"gateway.key"_s, u"The variable that holds the model's key is not set"_s, proxy.endpoint.keyEnv,
                        u"Set it in the environment that Coppice is started from."_s);
        proxy.key = std::move(*key);
    }
    if (!request.recordPath.isEmpty()) {
        COPPICE_TRY(proxy.recorder, Recorder::open(request.recordPath, {proxy.key, proxy.token}));
    }
    proxy.server = std::make_unique<net::HttpServer>(
        [raw = &proxy](const net::HttpRequest &asking, net::HttpAnswer &answer, std::stop_token stop) { raw->handle(asking, answer, stop); },
        net::HttpServer::Limits{.body = largestRequest, .allBodies = 2 * largestRequest, .connections = 128, .threads = 32});
    COPPICE_CHECK(proxy.server->listenUnix(request.socketPath));
    return gateway;
}

Gateway::Usage Gateway::usage() const
{
    const std::lock_guard lock(m_proxy->mutex);
    Usage usage = m_proxy->usage;
    if (m_proxy->tunnel) {
        usage.requests = m_proxy->tunnel->connections();
        usage.refused = m_proxy->tunnel->refused().size();
    }
    return usage;
}

QByteArray Gateway::token() const
{
    return m_proxy->token;
}

void Gateway::stop()
{
    m_proxy->stopped.request_stop();
    if (!m_proxy->request.endpoint) {
        const auto counts = usage();
        std::unique_ptr<net::AllowTunnel> tunnel;
        {
            const std::lock_guard lock(m_proxy->mutex);
            m_proxy->usage = counts;
            tunnel = std::move(m_proxy->tunnel);
        }
        return; // its end closes the connections
    }
    m_proxy->waitUntilIdle();
}

void Gateway::stopAll()
{
    auto &everyone = Everyone::get();
    const std::lock_guard lock(everyone.mutex);
    for (auto *gateway : everyone.all)
        gateway->m_proxy->stopped.request_stop();
    for (auto *gateway : everyone.all)
        gateway->stop();
}

} // namespace coppice::gateway
