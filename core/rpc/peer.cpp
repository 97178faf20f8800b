// SPDX-License-Identifier: GPL-3.0-or-later
#include "rpc/peer.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <utility>

namespace coppice::rpc {

namespace {

const QString version = QStringLiteral("2.0");

QJsonObject errorOf(int code, const QString &message, const QJsonValue &data = {})
{
    QJsonObject error{{QStringLiteral("code"), code}, {QStringLiteral("message"), message}};
    if (!data.isNull() && !data.isUndefined())
        error[QStringLiteral("data")] = data;
    return error;
}

} // namespace

void Peer::post(const QJsonObject &message, const QJsonObject &note)
{
    const std::lock_guard lock(m_posting);
    m_send(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
    if (onMessage)
        onMessage(false, message, note);
}

qint64 Peer::request(const QString &method, const QJsonValue &params, Done done)
{
    qint64 id = 0;
    bool lost = false;
    {
        const std::lock_guard lock(m_mutex);
        id = ++m_lastId;
        lost = m_lost || m_waiting.size() >= waitingCap;
        if (!lost)
            m_waiting[id] = done;
    }
    if (lost) {
        done({{}, errorOf(ConnectionLost, QStringLiteral("The connection is closed"))});
        return id;
    }
    post({{QStringLiteral("jsonrpc"), version}, {QStringLiteral("id"), id}, {QStringLiteral("method"), method}, {QStringLiteral("params"), params}});
    return id;
}

void Peer::notify(const QString &method, const QJsonValue &params)
{
    post({{QStringLiteral("jsonrpc"), version}, {QStringLiteral("method"), method}, {QStringLiteral("params"), params}});
}

void Peer::cancel(qint64 id)
{
    notify(QStringLiteral("$/cancel_request"), QJsonObject{{QStringLiteral("requestId"), id}});
}

void Peer::respond(const QJsonValue &id, const QJsonValue &result, const QJsonObject &note)
{
    post({{QStringLiteral("jsonrpc"), version}, {QStringLiteral("id"), id}, {QStringLiteral("result"), result}}, note);
}

void Peer::refuse(const QJsonValue &id, int code, const QString &message, const QJsonValue &data)
{
    post({{QStringLiteral("jsonrpc"), version}, {QStringLiteral("id"), id}, {QStringLiteral("error"), errorOf(code, message, data)}});
}

void Peer::feed(QByteArrayView piece)
{
    m_lines.feed(piece, [this](QByteArrayView one) { line(one); });
}

void Peer::line(QByteArrayView bytes)
{
    bytes = bytes.trimmed();
    if (bytes.isEmpty())
        return;
    const auto document = QJsonDocument::fromJson(QByteArray::fromRawData(bytes.data(), bytes.size()));
    if (document.isObject()) {
        message(document.object());
    } else if (document.isArray()) {
        for (const auto &one : document.array()) {
            if (one.isObject())
                message(one.toObject());
        }
    } else if (onNoise) {
        onNoise(bytes); // programs greet, warn and debug on stdout: that is no reason to end
    }
}

void Peer::message(const QJsonObject &object)
{
    const QJsonValue id = object[u"id"];
    const bool hasId = id.isString() || id.isDouble();
    if (!object[u"method"].isString() && !(hasId && (object.contains(u"result") || object.contains(u"error")))) {
        if (onNoise)
            onNoise(QJsonDocument(object).toJson(QJsonDocument::Compact));
        if (hasId)
            refuse(id, InvalidRequest, QStringLiteral("This is no request"));
        return;
    }
    {
        const std::lock_guard lock(m_posting);
        if (onMessage)
            onMessage(true, object, {});
    }
    if (object[u"method"].isString()) {
        const QString method = object[u"method"].toString();
        const QJsonObject params = object[u"params"].toObject();
        if (!hasId) {
            if (onNotification)
                onNotification(method, params);
        } else if (onRequest) {
            onRequest(id, method, params);
        } else {
            refuse(id, MethodNotFound, QStringLiteral("Method not found: %1").arg(method.left(200)));
        }
        return;
    }
    Done done;
    {
        const std::lock_guard lock(m_mutex);
        done = m_waiting.take(id.toInteger(-1));
    }
    if (done)
        done({object[u"result"], object[u"error"].toObject()});
}

void Peer::disconnect(const QString &why)
{
    QHash<qint64, Done> waiting;
    {
        const std::lock_guard lock(m_mutex);
        m_lost = true;
        waiting = std::exchange(m_waiting, {});
    }
    for (const Done &done : std::as_const(waiting))
        done({{}, errorOf(ConnectionLost, why)});
}

} // namespace coppice::rpc
