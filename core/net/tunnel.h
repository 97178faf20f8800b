// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace coppice::net {

/// A proxy on a unix socket that connects to named hosts only: what a prepare step in a sandbox reaches package hosts
/// by. Takes CONNECT (for https) and requests with a whole http address; everything else is refused. Goes through the
/// user's own proxy where there is one. Names that lead to this machine or into private networks are refused unless the
/// list names the host with its port. Source: RFC 9110, 9.3.6.
class AllowTunnel
{
public:
    /// "packages.example" (ports 80 and 443), "mirror.example:8443" (that port), "*.example.org" (all below it).
    /// `proxy`: "http://host:port" to go through where the user's environment names none.
    [[nodiscard]] static Result<std::unique_ptr<AllowTunnel>> start(const QStringList &allowed, const QString &socketPath,
                                                                    const QString &proxy = {});
    /// Takes CONNECT only, and to names that are listed one by one: "host" is its port 443, "host:8443" that port. Who asks
    /// has to show `password` as a proxy's password (RFC 7617), under any name.
    [[nodiscard]] static Result<std::unique_ptr<AllowTunnel>> startSecure(const QStringList &allowed, const QString &socketPath,
                                                                          const QByteArray &password);
    ~AllowTunnel(); ///< ends all connections and removes the socket
    /// Hosts that were asked for and refused, each once, at most 64.
    [[nodiscard]] QStringList refused() const;
    /// Connections made.
    [[nodiscard]] int connections() const;

private:
    struct Proxy;
    [[nodiscard]] static Result<> begin(Proxy &proxy, const QStringList &allowed, const QString &socketPath);
    explicit AllowTunnel(std::unique_ptr<Proxy> proxy);
    std::unique_ptr<Proxy> m_proxy;
};

/// One entry of the list, taken apart.
struct AllowedHost {
    QString host; ///< lower case; for "*.x": ".x"
    int port = 0; ///< 0: 80 and 443
    [[nodiscard]] bool covers(const QString &asked, int askedPort) const;
    /// None when it is no host: empty, with a path, a bad port, a star elsewhere.
    [[nodiscard]] static Result<AllowedHost> parse(const QString &text);
};

} // namespace coppice::net
