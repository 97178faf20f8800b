// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/sentry.h"

#include "net/inflate.h"
#include "receivers/lean_json.h"
#include "receivers/query.h"
#include "receivers/sentry_event.h"
#include "receivers/sentry_text.h"

#include <QCryptographicHash>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

using capture::Event;

namespace {

constexpr qsizetype eventCap = 1 << 20;
constexpr qsizetype containerCap = 4 << 20;
constexpr qsizetype mostInContainer = 1000;

/// "Sentry sentry_version=7, sentry_key=abc": the value of sentry_key.
QByteArray keyInHeader(QByteArray value)
{
    value = value.trimmed();
    if (value.left(7).toLower() != "sentry ")
        return {};
    for (const auto &part : value.mid(7).split(',')) {
        const QByteArray pair = part.trimmed();
        if (pair.startsWith("sentry_key="))
            return pair.mid(11).trimmed();
    }
    return {};
}

Fail malformed(const QString &what)
{
    return fail(u"sentry.malformed"_s, what);
}

Result<Event> eventFrom(QByteArrayView payload)
{
    if (payload.size() > eventCap)
        return fail(u"sentry.too-large"_s, u"An event is larger than 1 MB"_s);
    const auto json = LeanJson::parse(payload);
    if (!json)
        return malformed(u"The event cannot be read: %1"_s.arg(json.error().what));
    return sentryEvent(json->root());
}

void readLogs(const EnvelopeItem &item, Batch &batch)
{
    const auto json = item.payload.size() <= containerCap ? LeanJson::parse(item.payload) : Result<LeanJson>(LeanJson());
    const LeanList records = json ? json->root()["items"].list() : LeanList();
    for (qsizetype i = 0; i < records.size() && i < mostInContainer; ++i) {
        Event event = sentryLog(records[i]);
        // A record has no id: sent again, it is the same in every respect.
        event.identity = QCryptographicHash::hash(asText(records[i]).toUtf8(), QCryptographicHash::Sha256);
        batch.events.push_back(std::move(event));
    }
    if (records.isEmpty())
        ++batch.skipped[u"broken log"_s];
}

void readReport(const EnvelopeItem &item, Batch &batch)
{
    const auto json = item.payload.size() <= eventCap ? LeanJson::parse(item.payload) : Result<LeanJson>(LeanJson());
    if (!json) {
        ++batch.skipped[u"broken client_report"_s];
        return;
    }
    const LeanValue report = json->root();
    const qint64 at = sentryTime(report["timestamp"]);
    for (const auto *kind : {"discarded_events", "rate_limited_events", "filtered_events", "filtered_sampling_events"}) {
        const LeanList list = report[kind].list();
        for (qsizetype i = 0; i < list.size() && i < mostInContainer; ++i) {
            const auto quantity = qint64(list[i]["quantity"].toDouble());
            if (quantity > 0)
                batch.lost.push_back({{}, list[i]["reason"].toString().left(64), list[i]["category"].toString().left(64), at, quantity});
        }
    }
}

} // namespace

QByteArray sentryKey(const net::HttpRequest &request)
{
    if (QByteArray key = queryValue(request.target, "sentry_key"); !key.isEmpty())
        return key;
    for (const auto *name : {"x-sentry-auth", "authorization"}) {
        if (QByteArray key = keyInHeader(net::header(request.headers, name)); !key.isEmpty())
            return key;
    }
    return {};
}

QByteArray dsnKey(const Envelope &envelope)
{
    return QUrl(envelope.dsn, QUrl::StrictMode).userName().toLatin1();
}

Result<SentryRequest> readEnvelope(const Envelope &envelope)
{
    SentryRequest request;
    bool hasEvent = false;
    bool hasTransaction = false;
    request.eventId = sentryId(envelope.eventId);
    for (const auto &item : envelope.items) {
        const bool isEvent = item.type == u"event";
        const bool isTransaction = item.type == u"transaction";
        if ((isEvent || isTransaction) && (hasEvent || hasTransaction))
            return fail(u"sentry.duplicate"_s, u"An envelope may hold one event or one transaction"_s);
        hasEvent = hasEvent || isEvent;
        hasTransaction = hasTransaction || isTransaction;
        if (isEvent) {
            COPPICE_TRY(Event event, eventFrom(item.payload));
            if (!request.eventId.isEmpty())
                event.senderId = request.eventId;
            request.eventId = event.senderId;
            request.batch.events.push_back(std::move(event));
        } else if (item.type == u"log") {
            readLogs(item, request.batch);
        } else if (item.type == u"client_report") {
            readReport(item, request.batch);
        } else {
            ++request.batch.skipped[item.type];
        }
    }
    return request;
}

Result<SentryRequest> readStore(const QByteArray &body)
{
    const QByteArray trimmed = body.trimmed();
    QByteArray json = trimmed;
    if (!trimmed.startsWith('{')) {
        const auto packed = QByteArray::fromBase64Encoding(trimmed, QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
        if (!packed)
            return malformed(u"The body is neither JSON nor base64"_s);
        auto inflated = net::inflate(*packed, net::Encoding::Deflate, eventCap + 1);
        if (!inflated && inflated.error().code == u"inflate.too-large")
            return fail(u"sentry.too-large"_s, u"An event is larger than 1 MB"_s);
        if (!inflated && !(*packed).trimmed().startsWith('{'))
            return malformed(u"The body is base64 of neither zlib data nor JSON"_s);
        json = inflated ? *inflated : *packed;
    }
    SentryRequest request;
    COPPICE_TRY(Event event, eventFrom(json));
    request.eventId = event.senderId;
    request.batch.events.push_back(std::move(event));
    return request;
}

} // namespace coppice::receivers
