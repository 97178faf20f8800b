// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/http.h"
#include "receivers/keys.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>

namespace coppice::receivers {

enum class Road { Envelope, Store, Logs, Traces, Metrics, Spool };
[[nodiscard]] inline bool isSentry(Road road) { return road == Road::Envelope || road == Road::Store; }

/// Who may come in, by the head of a request alone. On loopback: the Host must be a name of this machine, so that a web page
/// cannot reach it under a name of its own. Elsewhere: the token must be there, before the path ("/TOKEN/api/1/envelope/") or
/// in the header x-coppice-token. A browser's Origin is refused everywhere. Immutable, but for the keys; safe from any thread.
class Door
{
public:
    /// `drainToken`: who shows it as a bearer may read what was spooled; empty: nobody.
    Door(KeyRing &keys, QByteArray token, QByteArray drainToken)
        : m_keys(keys), m_token(std::move(token)), m_drainToken(std::move(drainToken))
    {
    }

    struct Guest {
        Road road = Road::Envelope;
        QString plugin; ///< empty: the envelope's own dsn has to name its key
    };
    /// The guest, or the answer that refuses it.
    [[nodiscard]] std::expected<Guest, net::HttpResponse> admit(const net::HttpRequest &head) const;
    /// By the key of an envelope's dsn.
    [[nodiscard]] std::optional<QString> pluginOf(const QByteArray &key) const { return m_keys.pluginOf(key); }

private:
    [[nodiscard]] bool isKnownHost(const QByteArray &host) const;
    [[nodiscard]] std::expected<Guest, net::HttpResponse> admitReader(const net::HttpRequest &head) const;
    KeyRing &m_keys;
    QByteArray m_token; ///< empty: loopback only
    QByteArray m_drainToken;
};

/// The path of a request, without query and token, as a road; none when there is nothing at it.
[[nodiscard]] std::optional<Road> roadOf(const QByteArray &path);
/// An answer of JSON that says why, in Sentry's shape and that of OTLP in one.
[[nodiscard]] net::HttpResponse refusal(int status, const QString &why, const net::Headers &headers = {});

} // namespace coppice::receivers
