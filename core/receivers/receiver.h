// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/http.h"
#include "receivers/budget.h"
#include "receivers/cleaner.h"
#include "receivers/door.h"
#include "receivers/envelope.h"
#include "receivers/intake.h"
#include "receivers/quota.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace coppice::receivers {

/// Listens for what plugins in production send: Sentry's envelope and store endpoints, and OTLP over HTTP (logs, traces,
/// metrics) in JSON and protobuf. The key decides the plugin. An answer of success means: scrubbed, and on disk.
/// Bodies: 20 MB as sent, 24 MB inflated (OTLP 10 MB), one event 1 MB; what all requests together may hold is bounded.
class Receiver
{
public:
    struct Options {
        QString address;      ///< empty: loopback
        quint16 port = 0;     ///< 0: any free one
        QByteArray token;     ///< needed where `address` is not loopback
        QByteArray drainToken; ///< for reading the spool; empty: nobody may
        qint64 eventsPerMinute = 600'000; ///< of one plugin; 0: no bound
        std::chrono::seconds patience{30}; ///< in which a request has to have come whole; its head has a sixth of it
        /// Answers a request for what was spooled: cursor and most events in, JSON lines out.
        std::function<Result<QByteArray>(qint64 after, int limit)> spooled;
    };
    struct Counts {
        qint64 requests = 0;
        qint64 events = 0;  ///< accepted and on disk, those that were known already included
        qint64 below = 0;   ///< below level error: not kept
        qint64 refused = 0; ///< requests
        qint64 commits = 0; ///< that the events shared
    };
    /// Listens until destroyed; `keys` and `keeper` must live as long.
    [[nodiscard]] static Result<std::unique_ptr<Receiver>> start(KeyRing &keys, Keeper &keeper, text::Scrubber scrubber, Options options);
    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] Counts counts() const;

private:
    Receiver(KeyRing &keys, Keeper &keeper, text::Scrubber scrubber, Options options);
    std::optional<net::HttpResponse> admit(const net::HttpRequest &head, qint64 &bodyCap);
    void handleTogether(std::span<net::HttpServer::Exchange> exchanges);
    /// A request on its way: refused, or answered already, or read and to be kept.
    struct Taken {
        std::optional<net::HttpResponse> answer;
        Door::Guest guest;
        Batch batch;
        Budget::Share share; ///< for as long as the batch is in memory
        bool isJson = true;
        QString eventId;     ///< Sentry
        qint64 rejected = 0; ///< OTLP
        qint64 events = 0;
    };
    [[nodiscard]] Taken take(const net::HttpRequest &request);
    [[nodiscard]] net::HttpResponse answerTo(Taken &taken, const Result<> &kept);
    void takeSentry(const net::HttpRequest &request, Taken &taken);
    std::optional<net::HttpResponse> admitByEnvelope(const Envelope &envelope, Door::Guest &guest);
    void takeOtlp(const net::HttpRequest &request, Taken &taken);
    void prepare(Taken &taken);
    net::HttpResponse spool(const net::HttpRequest &request);
    /// The body out of its encoding, with a share of the budget for as long as it is worked on.
    struct Opened {
        QByteArray body;
        Budget::Share share;
    };
    std::expected<Opened, net::HttpResponse> open(const net::HttpRequest &request, qint64 cap);

    Options m_options;
    Door m_door;
    Cleaner m_cleaner;
    Intake m_intake;
    Quota m_quota;
    Budget m_budget;
    std::atomic<qint64> m_requests = 0, m_events = 0, m_below = 0, m_refused = 0;
    quint16 m_port = 0;
    std::unique_ptr<net::HttpServer> m_server; ///< last: ends first
};

/// Where a plugin sends to: what its DSN and OTEL_ variables are made of.
struct Wiring {
    QString dsn;
    QString otelEndpoint;
    QString otelHeaders; ///< one pair
};
/// `base`: "http://127.0.0.1:4318", or what is reachable from where the plugin runs. `token`: empty on loopback.
[[nodiscard]] Wiring wiringFor(const ReceiverKey &key, const QString &base, const QByteArray &token);

} // namespace coppice::receivers
