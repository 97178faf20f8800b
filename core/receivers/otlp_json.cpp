// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/otlp.h"

#include "receivers/lean_json.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

constexpr JsonBounds bounds{96, 200'000};

/// 64-bit numbers are strings in JSON; some exporters write them as numbers.
qint64 integer(LeanValue value)
{
    if (value.isString())
        return qint64(value.bytes().toByteArray().toULongLong());
    if (value.is(LeanNode::Is::Integer))
        return value.toInteger();
    const double number = value.toDouble();
    return number > -9e18 && number < 9e18 ? qint64(number) : 0;
}

/// Enumerations are numbers; lenient exporters write their names.
int enumeration(LeanValue value, QByteArrayView name, int number)
{
    return value.isString() ? (value.bytes() == name ? number : 0) : value.toInt();
}

QString hexId(LeanValue value)
{
    return value.toString().left(64).toLower();
}

QJsonObject attributesFrom(LeanValue list);

QJsonValue anyValue(LeanValue value)
{
    if (const LeanValue text = value["stringValue"]; text.isThere())
        return text.toQt();
    if (const LeanValue number = value["intValue"]; number.isThere())
        return number.isString() ? QJsonValue(number.toString().toLongLong()) : number.toQt();
    if (const LeanValue number = value["doubleValue"]; number.isThere())
        return number.isString() ? QJsonValue(number.toString().toDouble()) : number.toQt();
    if (const LeanValue truth = value["boolValue"]; truth.isThere())
        return truth.toQt();
    if (const LeanValue array = value["arrayValue"]; array.isThere()) {
        QJsonArray out;
        for (const auto each : array["values"].list())
            out.append(anyValue(each));
        return out;
    }
    if (const LeanValue members = value["kvlistValue"]; members.isThere())
        return attributesFrom(members["values"]);
    return value["bytesValue"].toQt();
}

QJsonObject attributesFrom(LeanValue list)
{
    QJsonObject out;
    for (const auto each : list.list()) {
        if (const QString key = each["key"].toString(); !key.isEmpty() && out.size() < otlpAttributes)
            out[key.left(256)] = anyValue(each["value"]);
    }
    return out;
}

/// A record below error without an exception makes no event: nothing more of it needs to be read.
bool isPassedOver(int severity, LeanValue attributes)
{
    if (severity <= 0 || severity >= 17)
        return false;
    const LeanList list = attributes.list();
    return std::none_of(list.begin(), list.end(), [](LeanValue each) { return each["key"].bytes().startsWith("exception."); });
}

OtlpLog logFrom(LeanValue record)
{
    OtlpLog log;
    log.time = integer(record["timeUnixNano"]);
    log.observed = integer(record["observedTimeUnixNano"]);
    log.severity = record["severityNumber"].toInt();
    if (isPassedOver(log.severity, record["attributes"]))
        return log;
    log.severityText = record["severityText"].toString();
    log.body = anyValue(record["body"]);
    log.attributes = attributesFrom(record["attributes"]);
    log.traceId = hexId(record["traceId"]);
    log.spanId = hexId(record["spanId"]);
    return log;
}

OtlpSpan spanFrom(LeanValue given)
{
    OtlpSpan span;
    span.traceId = hexId(given["traceId"]);
    span.spanId = hexId(given["spanId"]);
    span.name = given["name"].toString();
    span.kind = enumeration(given["kind"], "SPAN_KIND_SERVER", 2);
    span.end = integer(given["endTimeUnixNano"]);
    span.status = enumeration(given["status"]["code"], "STATUS_CODE_ERROR", 2);
    span.statusMessage = given["status"]["message"].toString();
    for (const auto each : given["events"].list()) {
        if (each["name"].bytes() == "exception" && span.events.size() < otlpSpanEvents)
            span.events.push_back({integer(each["timeUnixNano"]), u"exception"_s, attributesFrom(each["attributes"])});
    }
    if (span.status == 2 || !span.events.empty())
        span.attributes = attributesFrom(given["attributes"]);
    return span;
}

void visitMetric(LeanValue metric, const std::function<void(const OtlpPoint &)> &visit)
{
    const QString name = metric["name"].toString();
    if (!isRequestMetric(name))
        return;
    for (const QByteArrayView kind : {"histogram", "exponentialHistogram", "sum", "summary"}) {
        const LeanValue data = metric[kind];
        const bool isSum = kind == "sum";
        for (const auto given : data["dataPoints"].list()) {
            OtlpPoint point;
            point.metric = name;
            point.counts = !isSum;
            // A summary has no temporality: it always counts from the start.
            point.rising = kind == "summary" || enumeration(data["aggregationTemporality"], "AGGREGATION_TEMPORALITY_CUMULATIVE", 2) == 2;
            point.monotonic = !isSum || data["isMonotonic"].toBool();
            point.start = integer(given["startTimeUnixNano"]);
            point.time = integer(given["timeUnixNano"]);
            const LeanValue value = !isSum ? given["count"] : given["asInt"].isThere() ? given["asInt"] : given["asDouble"];
            point.value = value.isString() ? value.toString().toDouble() : value.toDouble();
            point.attributes = attributesFrom(given["attributes"]);
            visit(point);
        }
    }
}

} // namespace

Result<> readOtlpJson(const QByteArray &body, OtlpSignal signal, const OtlpVisitor &visitor)
{
    COPPICE_TRY(const LeanJson json, LeanJson::parse(body, bounds));
    const LeanValue root = json.root();
    const bool logs = signal == OtlpSignal::Logs;
    const bool traces = signal == OtlpSignal::Traces;
    const QByteArrayView outer = logs ? "resourceLogs" : traces ? "resourceSpans" : "resourceMetrics";
    const QByteArrayView middle = logs ? "scopeLogs" : traces ? "scopeSpans" : "scopeMetrics";
    const QByteArrayView inner = logs ? "logRecords" : traces ? "spans" : "metrics";
    if (root[outer].isThere() && !root[outer].isArray())
        return fail(u"otlp.malformed"_s, u"%1 is no list"_s.arg(QString::fromLatin1(outer)));
    for (const auto resource : root[outer].list()) {
        const QJsonObject about = attributesFrom(resource["resource"]["attributes"]);
        for (const auto scope : resource[middle].list()) {
            const QString name = scope["scope"]["name"].toString();
            for (const auto item : scope[inner].list()) {
                if (logs)
                    visitor.log(about, name, logFrom(item));
                else if (traces)
                    visitor.span(about, name, spanFrom(item));
                else
                    visitMetric(item, [&](const OtlpPoint &point) { visitor.point(about, name, point); });
            }
        }
    }
    return {};
}

} // namespace coppice::receivers
