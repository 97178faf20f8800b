// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/lines.h"

#include <QByteArray>
#include <QHash>
#include <QJsonObject>
#include <QString>

#include <functional>
#include <mutex>
#include <optional>

namespace coppice::rpc {

/// The usual codes of JSON-RPC 2.0, and what the Agent Client Protocol adds.
enum Code : int {
    ParseError = -32700,
    InvalidRequest = -32600,
    MethodNotFound = -32601,
    InvalidParams = -32602,
    InternalError = -32603,
    LoginNeeded = -32000,
    ResourceNotFound = -32002,
    RequestCancelled = -32800,
    ConnectionLost = -32900, ///< our own: no answer will come any more
};

/// The answer to a request of ours.
struct Reply {
    QJsonValue result;
    QJsonObject error; ///< {code, message, data?}; empty when it went well
    [[nodiscard]] bool ok() const { return error.isEmpty(); }
    [[nodiscard]] int code() const { return int(error[QLatin1String("code")].toInteger()); }
};

/// One side of JSON-RPC 2.0 over newline-delimited JSON: both sides send requests and notifications. It does no input or
/// output itself: bytes of the other side are fed to it, lines for the other side go to `send`. feed() is called from one
/// thread, everything else from any; callbacks come from the thread that feeds, without a lock held.
///
/// Lines that are no JSON, or longer than `lineCap`, are passed over (`onNoise`); a line that is JSON but no message is
/// answered as the standard wants it. Answers to nothing are ignored. Batches are taken apart.
class Peer
{
public:
    using Done = std::function<void(const Reply &)>;
    explicit Peer(std::function<bool(const QByteArray &line)> send) : m_send(std::move(send)) { }
    Peer(const Peer &) = delete;
    Peer &operator=(const Peer &) = delete;

    /// Answers the request's id. `done` is called once: with the answer, or with ConnectionLost.
    qint64 request(const QString &method, const QJsonValue &params, Done done);
    void notify(const QString &method, const QJsonValue &params);
    /// Tells the other side that the answer is no longer wanted ($/cancel_request); it answers all the same.
    void cancel(qint64 id);
    /// Answers a request of the other side; `note` goes with the message to onMessage, and not to the other side.
    void respond(const QJsonValue &id, const QJsonValue &result, const QJsonObject &note = {});
    void refuse(const QJsonValue &id, int code, const QString &message, const QJsonValue &data = {});

    void feed(QByteArrayView piece);
    /// No answer will come any more: whoever waits for one is told so.
    void disconnect(const QString &why);

    /// A request of the other side: to be answered by respond() or refuse(), now or later. None: MethodNotFound.
    std::function<void(const QJsonValue &id, const QString &method, const QJsonObject &params)> onRequest;
    std::function<void(const QString &method, const QJsonObject &params)> onNotification;
    /// Each message of either side, before it is acted on or once it was sent; from any thread, one at a time.
    std::function<void(bool fromOther, const QJsonObject &message, const QJsonObject &note)> onMessage;
    std::function<void(QByteArrayView line)> onNoise;

    static constexpr qsizetype lineCap = 64 << 20;
    static constexpr qsizetype waitingCap = 10'000;

private:
    void line(QByteArrayView bytes);
    void message(const QJsonObject &object);
    void post(const QJsonObject &message, const QJsonObject &note = {});

    std::function<bool(const QByteArray &)> m_send;
    process::LineSplitter m_lines{lineCap};
    std::mutex m_mutex; ///< of what follows
    QHash<qint64, Done> m_waiting;
    qint64 m_lastId = 0;
    bool m_lost = false;
    std::recursive_mutex m_posting; ///< messages are recorded in the order they are sent in
};

} // namespace coppice::rpc
