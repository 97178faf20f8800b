// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/door.h"

#include "base/json.h"
#include "receivers/sentry.h"

#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

QByteArray pathOf(const QByteArray &target)
{
    return target.left(target.indexOf('?') < 0 ? target.size() : target.indexOf('?'));
}

QByteArray otlpKey(const net::Headers &headers)
{
    if (const QByteArray key = net::header(headers, "x-coppice-key"); !key.isEmpty())
        return key.trimmed();
    const QByteArray bearer = net::header(headers, "authorization").trimmed();
    return bearer.left(7).toLower() == "bearer " ? bearer.mid(7).trimmed() : QByteArray();
}

/// The name in a Host header, without its port; empty for what is none.
QByteArray hostName(QByteArray host)
{
    host = host.trimmed().toLower();
    if (host.startsWith('[')) {
        const auto end = host.indexOf(']');
        return end < 0 ? QByteArray() : host.mid(1, end - 1);
    }
    if (host.count(':') > 1)
        return {};
    return host.left(host.indexOf(':') < 0 ? host.size() : host.indexOf(':'));
}

} // namespace

std::optional<Road> roadOf(const QByteArray &path)
{
    QByteArray trimmed = path;
    while (trimmed.endsWith('/'))
        trimmed.chop(1);
    if (trimmed.endsWith("/v1/logs"))
        return Road::Logs;
    if (trimmed.endsWith("/v1/traces"))
        return Road::Traces;
    if (trimmed.endsWith("/v1/metrics"))
        return Road::Metrics;
    if (trimmed.endsWith("/spool/events"))
        return Road::Spool;
    const auto parts = trimmed.split('/'); // …, "api", PROJECT, "envelope"
    if (parts.size() < 4 || parts[parts.size() - 3] != "api" || parts[parts.size() - 2].isEmpty())
        return {};
    if (parts.last() == "envelope")
        return Road::Envelope;
    if (parts.last() == "store")
        return Road::Store;
    return {};
}

net::HttpResponse refusal(int status, const QString &why, const net::Headers &headers)
{
    net::HttpResponse answer{status, headers, toJsonLine({{u"detail"_s, why}, {u"message"_s, why}})};
    answer.headers.emplace_back("content-type", "application/json");
    return answer;
}

bool Door::isKnownHost(const QByteArray &header) const
{
    const QByteArray host = hostName(header);
    if (host == "localhost" || host == "::1" || host.endsWith(".localhost"))
        return true;
    // 127.0.0.0/8 as four numbers, nothing that a resolver could be asked for
    const auto parts = host.split('.');
    if (parts.size() != 4 || parts[0] != "127")
        return false;
    for (const auto &part : parts) {
        bool isNumber = false;
        if (part.size() > 3 || part.toUInt(&isNumber) > 255 || !isNumber)
            return false;
    }
    return true;
}

std::expected<Door::Guest, net::HttpResponse> Door::admitReader(const net::HttpRequest &head) const
{
    if (head.method != "GET")
        return std::unexpected(refusal(405, u"Ask with GET"_s, {{"allow", "GET"}}));
    const QByteArray bearer = net::header(head.headers, "authorization").trimmed();
    if (bearer.left(7).toLower() != "bearer " || !equalInConstantTime(bearer.mid(7).trimmed(), m_drainToken))
        return std::unexpected(refusal(401, u"The token for reading the spool is missing or wrong"_s));
    return Guest{Road::Spool, {}};
}

std::expected<Door::Guest, net::HttpResponse> Door::admit(const net::HttpRequest &head) const
{
    const auto refuse = [](int status, const QString &why, const net::Headers &headers = {}) { return std::unexpected(refusal(status, why, headers)); };
    int hosts = 0;
    for (const auto &[name, value] : head.headers)
        hosts += name == "host" ? 1 : 0;
    if (hosts > 1)
        return refuse(400, u"There is more than one Host"_s);
    QByteArray path = pathOf(head.target);
    if (m_token.isEmpty()) {
        if (hosts == 0 || !isKnownHost(net::header(head.headers, "host")))
            return refuse(403, u"This receiver listens for this machine only"_s);
    } else {
        const auto second = path.indexOf('/', 1);
        const QByteArray prefix = second > 1 ? path.mid(1, second - 1) : QByteArray();
        if (equalInConstantTime(prefix, m_token))
            path = path.mid(second);
        else if (!equalInConstantTime(net::header(head.headers, "x-coppice-token").trimmed(), m_token))
            return refuse(401, u"The token is missing or wrong"_s);
    }
    const QByteArray site = net::header(head.headers, "sec-fetch-site");
    if (!net::header(head.headers, "origin").isEmpty() || (!site.isEmpty() && site != "none"))
        return refuse(403, u"Browsers are not served"_s);
    const auto road = roadOf(path);
    if (!road || (*road == Road::Spool && m_drainToken.isEmpty()))
        return refuse(404, u"There is nothing at this address"_s);
    if (*road == Road::Spool)
        return admitReader(head);
    if (head.method != "POST")
        return refuse(405, u"Send with POST"_s, {{"allow", "POST"}});
    QByteArray key = isSentry(*road) ? sentryKey(head) : otlpKey(head.headers);
    if (key.isEmpty()) {
        if (*road == Road::Envelope)
            return Guest{*road, {}};
        return refuse(401, u"There is no key in the request"_s);
    }
    const auto plugin = m_keys.pluginOf(key);
    if (!plugin)
        return refuse(403, u"The key is not known here"_s);
    return Guest{*road, *plugin};
}

} // namespace coppice::receivers
