// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "library/settings.h"

#include <QMap>
#include <QString>

#include <functional>
#include <memory>

namespace coppice::gateway {

/// The way from one run's sandbox to exactly one model service: a reverse proxy on a unix socket that adds the key,
/// which the agent never sees, passes streams through unbuffered, refuses every other address, and counts tokens. Its root
/// stands for the base address: what is asked for is put behind that.
class Gateway
{
public:
    struct Usage {
        qint64 requests = 0;
        qint64 inputTokens = 0;
        qint64 outputTokens = 0;
        qint64 refused = 0;
    };
    /// Listens at `socketPath` until destroyed. An error when the key's variable is not set.
    [[nodiscard]] static Result<std::unique_ptr<Gateway>> start(const library::ModelEndpoint &endpoint,
                                                                const QString &socketPath);
    ~Gateway();
    [[nodiscard]] Usage usage() const;
    /// Ends open requests and refuses new ones.
    void stop();

private:
    Gateway();
    struct Proxy;
    std::unique_ptr<Proxy> m_proxy;
};

/// The variables (and files below HOME: path → content) that make a client of this dialect use the gateway.
struct ClientWiring {
    QMap<QString, QString> env;
    QMap<QString, QByteArray> homeFiles;
};
[[nodiscard]] ClientWiring wiringFor(const library::ModelEndpoint &endpoint, const QString &insideUrl);

} // namespace coppice::gateway
