// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "journal/ledger.h"
#include "library/settings.h"

#include <QMap>
#include <QString>

#include <functional>
#include <memory>
#include <optional>

namespace coppice::gateway {

/// A provider said that it is enough for now.
struct Limit {
    QString account; ///< the model service's host and the name of its key: what the pause is for
    qint64 until = 0; ///< milliseconds since 1970; when the provider named no time, a little later than now
    QString reason;   ///< for people
};

/// The way from one run's sandbox to exactly one model service: a reverse proxy on a unix socket that adds the key,
/// which the agent never sees, passes streams through unbuffered, refuses every other address, counts tokens and money, and
/// sets budget aside before each request. Its root stands for the base address: what is asked for is put behind that. For
/// clients that log in themselves it is a tunnel to the named hosts instead, and nothing is metered.
class Gateway
{
public:
    struct Request {
        std::optional<library::ModelEndpoint> endpoint; ///< none: a tunnel to `loginHosts`
        QStringList loginHosts;
        QString socketPath;
        journal::Ledger *ledger = nullptr; ///< none: counted, but neither charged nor bounded
        journal::Account account;
        journal::Caps caps;
        QByteArray prices;  ///< the text of prices.yaml; empty: the shipped one
        QString recordPath; ///< every exchange is appended here (keys never); empty: not recorded
        QString replayPath; ///< exchanges of an earlier recording are answered from there and nothing is asked outside
        std::function<void(const Limit &)> onLimit; ///< from a thread of the gateway
    };
    struct Usage {
        qint64 requests = 0;
        qint64 inputTokens = 0; ///< with what the cache gave
        qint64 outputTokens = 0;
        qint64 cachedTokens = 0;
        qint64 refused = 0;
        qint64 overBudget = 0; ///< requests that were refused because a cap would have been passed
        qint64 micros = 0;     ///< what it cost by the price list
        QString budget;        ///< why the last of these was refused; a sentence
        std::optional<Limit> limit; ///< the last that was seen
        int lastError = 0;     ///< status of the last answer of the service that was no success
        bool metered = true;   ///< false of a tunnel: requests are connections then, and nothing is known of their cost
        QString recordError;   ///< why something was not recorded
    };
    /// Listens at the socket until destroyed. An error when the key's variable is not set.
    [[nodiscard]] static Result<std::unique_ptr<Gateway>> start(const Request &request);
    ~Gateway();
    [[nodiscard]] Usage usage() const;
    /// What a client has to show as its key; whoever has it not is refused.
    [[nodiscard]] QByteArray token() const;
    /// Ends open requests, waits up to two seconds until they are settled, and refuses new ones. Not from `onLimit`.
    void stop();
    /// The same for every gateway of this process.
    static void stopAll();

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
/// `token` stands where the client wants a key.
[[nodiscard]] ClientWiring wiringFor(const library::ModelEndpoint &endpoint, const QString &insideUrl, const QByteArray &token);
/// The same for a client that logs in itself: everything goes through the tunnel, which knows the hosts.
[[nodiscard]] ClientWiring tunnelWiring(const QString &insideUrl, const QByteArray &token);
/// Whose limit it is when this service says that it is enough: its host and the name of its key; what Limit::account holds.
[[nodiscard]] QString accountOf(const library::ModelEndpoint &endpoint);

} // namespace coppice::gateway
