// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/answers.h"

#include "base/json.h"

#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

constexpr auto jsonType = "application/json";
constexpr auto protobufType = "application/x-protobuf";

QByteArray varint(quint64 value)
{
    QByteArray out;
    for (; value >= 0x80; value >>= 7)
        out += char(value | 0x80);
    return out + char(value);
}

QByteArray numberField(int field, quint64 value)
{
    return value == 0 ? QByteArray() : varint(quint64(field) << 3) + varint(value);
}

QByteArray bytesField(int field, const QByteArray &bytes)
{
    return varint((quint64(field) << 3) | 2) + varint(quint64(bytes.size())) + bytes;
}

/// google.rpc.Code for a status of HTTP
int codeOf(int status)
{
    return status == 429 || status == 413 ? 8 : status == 503 ? 14 : status == 500 ? 13 : 3;
}

} // namespace

int statusOf(const Error &error)
{
    static const struct {
        QLatin1String code;
        int status;
    } known[] = {{"inflate.too-large"_L1, 413}, {"sentry.too-large"_L1, 413}, {"json.too-many"_L1, 413}, {"inflate.broken"_L1, 400},
                 {"json.broken"_L1, 400},       {"json.too-deep"_L1, 400},    {"envelope.malformed"_L1, 400}, {"sentry.malformed"_L1, 400},
                 {"sentry.duplicate"_L1, 400},  {"otlp.malformed"_L1, 400},   {"intake.full"_L1, 503},   {"store.busy"_L1, 503},
                 {"store.full"_L1, 503}};
    for (const auto &each : known) {
        if (error.code == each.code)
            return each.status;
    }
    return 500;
}

net::HttpResponse answerTo(const Error &error, Road road, bool isJson)
{
    const int status = statusOf(error);
    // What went wrong in here is nothing that a sender should read.
    const QString why = status == 500 ? u"The receiver cannot keep it"_s : error.what;
    net::HttpResponse answer = refusal(status, why);
    if (!isSentry(road)) {
        const int code = codeOf(status);
        answer.body = isJson ? toJsonLine({{u"code"_s, code}, {u"message"_s, why}}) : numberField(1, quint64(code)) + bytesField(2, why.toUtf8());
        answer.headers = {{"content-type", isJson ? jsonType : protobufType}};
    }
    if (status == 503)
        answer.headers.emplace_back("retry-after", "5");
    return answer;
}

net::HttpResponse slowDown(int seconds)
{
    const QByteArray wait = QByteArray::number(seconds);
    return refusal(429, u"This plugin has sent more than it may for now"_s,
                   {{"retry-after", wait}, {"x-sentry-rate-limits", QByteArray(wait + "::key:plugin_quota")}});
}

net::HttpResponse otlpSuccess(Road road, bool isJson, qint64 rejected)
{
    net::HttpResponse answer{200, {{"content-type", isJson ? jsonType : protobufType}}, {}};
    const QString why = u"More errors at once than one request may bring"_s;
    const QString name = road == Road::Logs ? u"rejectedLogRecords"_s : road == Road::Traces ? u"rejectedSpans"_s : u"rejectedDataPoints"_s;
    QJsonObject partial;
    if (rejected > 0)
        partial = {{u"partialSuccess"_s, QJsonObject{{name, QString::number(rejected)}, {u"errorMessage"_s, why}}}};
    if (isJson)
        answer.body = toJsonLine(partial);
    else if (rejected > 0)
        answer.body = bytesField(1, numberField(1, quint64(rejected)) + bytesField(2, why.toUtf8()));
    return answer;
}

} // namespace coppice::receivers
