// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: what stands behind a Gateway.

#include "gateway/dialect.h"
#include "gateway/gateway.h"
#include "gateway/limits.h"
#include "gateway/prices.h"
#include "gateway/recording.h"
#include "gateway/usage_reader.h"
#include "net/http.h"
#include "net/tunnel.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace coppice::gateway {

/// 256 random bits in words that a header and an address can hold.
[[nodiscard]] QByteArray makeToken();

struct Gateway::Proxy {
    Request request;
    library::ModelEndpoint endpoint;
    QByteArray key;
    QByteArray base; ///< the base address without a trailing slash; what the agent asks for is put behind it
    QByteArray token = makeToken();
    PriceList prices;
    std::unique_ptr<Recorder> recorder;
    std::unique_ptr<Replayer> replayer;
    std::stop_source stopped;

    mutable std::mutex mutex;
    std::condition_variable idle;
    int open = 0; ///< requests that are being handled
    Usage usage;
    std::unique_ptr<net::AllowTunnel> tunnel;
    std::unique_ptr<net::HttpServer> server; ///< last: its end waits for the handlers, which use the rest

    void handle(const net::HttpRequest &request, net::HttpAnswer &answer, const std::stop_token &peerGone);
    void waitUntilIdle();

private:
    /// One request on its way.
    struct Passing {
        const net::HttpRequest &request;
        QByteArray target;
        Asked asked;
        Price price;
        bool priced = false;           ///< the list knows the model
        std::optional<Id> reservation;
        std::unique_ptr<UsageReader> reader;
        net::HttpResponse head;
        bool answered = false;         ///< there was a head
        bool begun = false;            ///< and it was passed on
        QByteArray problem;            ///< the body of an answer that is no success, while it is held back
        Exchange exchange;
        qsizetype recorded = 0;
    };
    void serve(Passing &passing, net::HttpAnswer &answer, const std::stop_token &stop);
    void replay(Passing &passing, net::HttpAnswer &answer);
    void forward(Passing &passing, net::HttpAnswer &answer, const std::stop_token &stop);
    void takeHead(Passing &passing, const net::HttpResponse &head, net::HttpAnswer &answer);
    bool takePiece(Passing &passing, QByteArrayView piece, net::HttpAnswer &answer);
    void passProblem(Passing &passing, net::HttpAnswer &answer);
    bool reserve(Passing &passing, net::HttpAnswer &answer);
    void settle(Passing &passing, const QString &failure);
    [[nodiscard]] Tokens measured(const Passing &passing) const;
    void noteProblem(Passing &passing);
    void noteLimit(const LimitSeen &seen);
    void record(Passing &passing, bool whole, const QString &failure);
    void refuse(net::HttpAnswer &answer, Refusal kind, int status, const QString &why);
    [[nodiscard]] net::Headers headersFor(const net::HttpRequest &request) const;
    [[nodiscard]] net::Headers headersBack(const net::HttpResponse &head) const;
    [[nodiscard]] bool shows(const net::HttpRequest &request) const;
};

} // namespace coppice::gateway
